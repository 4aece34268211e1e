// The style page as a test: every rule holds for the whole project, and every rule finds a
// violation that is planted for it.
import Testing

@Suite struct TidyTests {
    @Test("no source file breaks a rule", arguments: fileRules.map(\.name))
    func sourcesAreTidy(rule name: String) throws {
        let rule = try #require(fileRules.first { $0.name == name })
        let sources = try ProjectFiles.sources.get()
        #expect(sources.count > 20, "the project's sources were not found")
        let violations = sources.flatMap(rule.check)
        #expect(violations.isEmpty, "\(listing(violations))")
    }

    @Test func everyLinkOfThePagesLeadsSomewhere() throws {
        let violations = brokenLinks(try ProjectFiles.tree())
        #expect(violations.isEmpty, "\(listing(violations))")
    }

    @Test func everyFolderOfTheTourExists() throws {
        let violations = missingTourFolders(try ProjectFiles.tree())
        #expect(violations.isEmpty, "\(listing(violations))")
    }

    private func listing(_ violations: [Violation]) -> String {
        violations.map(\.description).joined(separator: "\n")
    }
}

/// A planted violation and the rule that must find it.
struct Planted: CustomTestStringConvertible {
    var rule: String
    var path = "Sources/MatchCore/Model/Planted.swift"
    var text: String
    var line = 0
    var testDescription: String { "\(rule): \(path)" }
}

@Suite struct PlantedViolationTests {
    static let header = "// A planted file that breaks one rule.\n"

    static let broken: [Planted] = [
        Planted(rule: "file length", text: String(repeating: "// line\n", count: 501)),
        Planted(
            rule: "file length", path: "Tests/MatchCoreTests/Long.swift",
            text: String(repeating: "// line\n", count: 801)),
        Planted(rule: "line length", text: String(repeating: "x", count: 101), line: 1),
        Planted(
            rule: "function length",
            text: "func long() {\n" + String(repeating: "    go()\n", count: 69) + "}\n", line: 1),
        Planted(
            rule: "function length",
            text: "init(a: () -> Void = { go() }) {\n" + String(repeating: "\n", count: 70) + "}",
            line: 1),
        Planted(rule: "header comment", text: "let a = 1\n", line: 1),
        Planted(rule: "unfinished work", text: header + "// TO" + "DO: later\n", line: 2),
        Planted(rule: "unfinished work", text: "// FIX" + "ME\n", line: 1),
        Planted(rule: "imports", text: header + "import Foundation\n", line: 2),
        Planted(rule: "imports", text: header + "@preconcurrency import Glibc\n", line: 2),
        Planted(rule: "imports", text: header + "import struct Foundation.Date\n", line: 2),
        Planted(
            rule: "imports", path: "Sources/Wire/Subjects.swift", text: "import Foundation", line: 1
        ),
        Planted(
            rule: "imports", path: "Sources/matchmakerd/Wiring.swift", text: "import CNats",
            line: 1),
        Planted(rule: "imports", path: "Benchmarks/Load/A.swift", text: "import CLibPQ", line: 1),
        Planted(
            rule: "imports", path: "Sources/WorldCore/Fight.swift", text: "import Synchronization",
            line: 1),
        Planted(
            rule: "imports", path: "Sources/ServerTrust/A.swift", text: "import CCrypto", line: 1),
        Planted(
            rule: "purity", path: "Sources/WorldCore/Fight.swift", text: "let s: Set<Int> = []",
            line: 1),
        Planted(rule: "purity", text: header + "print(1)\n", line: 2),
        Planted(rule: "purity", text: header + "let now = Date()\n", line: 2),
        Planted(rule: "purity", text: header + "actor Holder {}\n", line: 2),
        Planted(rule: "purity", text: header + "let lock = Mutex(0)\n", line: 2),
        Planted(rule: "purity", text: header + "let text = \"\\(print(1))\"\n", line: 2),
        Planted(
            rule: "infrastructure words", path: "Sources/DaemonKit/A.swift",
            text: "var maxTicketCount = 1", line: 1),
        Planted(
            rule: "infrastructure words", path: "Sources/DaemonKit/A.swift",
            text: "func open_lobby() {}", line: 1),
        Planted(
            rule: "SQL text", path: "Sources/lobbyd/Store.swift",
            text: "let sql = \"SELECT * FROM a WHERE b = \\(b)\"", line: 1),
    ]

    @Test("each rule finds what it forbids", arguments: broken)
    func found(planted: Planted) throws {
        let rule = try #require(fileRules.first { $0.name == planted.rule })
        let violations = rule.check(SourceFile(path: planted.path, text: planted.text))
        let first = try #require(violations.first)
        #expect(violations.count == 1)
        #expect(first.line == planted.line)
        #expect(first.path == planted.path)
    }

    static let clean: [Planted] = [
        Planted(rule: "purity", text: "// print(1), Date and actor in a comment\nlet a = \"Task\""),
        Planted(rule: "purity", text: "/* a /* nested */ print(1) */ let b = #\"print(\"a\")\"#"),
        Planted(
            rule: "purity", text: "let text = \"\"\"\n  print(\"1\")\n  \"\"\"\nlet c = taskCount"),
        Planted(rule: "purity", path: "Sources/matchmakerd/A.swift", text: "print(1)"),
        Planted(rule: "imports", text: "import Synchronization\nlet important = 1"),
        Planted(rule: "imports", path: "Sources/Wire/JSON/A.swift", text: "import Foundation"),
        Planted(rule: "imports", path: "Sources/DaemonKit/A.swift", text: "import CNats"),
        Planted(rule: "header comment", text: "// What this file is for.\nlet a = 1"),
        Planted(
            rule: "function length",
            text: "protocol P {\n    func a()\n    init(b: Int)\n}\nstruct S {\n"
                + String(repeating: "    var a: Int { 1 }\n", count: 90) + "}\n"),
        Planted(
            rule: "infrastructure words", path: "Sources/DaemonKit/A.swift",
            text: "// a match\nlet matching = \"ticket\"; let worldwide = dispatched"),
        Planted(
            rule: "SQL text", path: "Sources/lobbyd/Store.swift",
            text: "let sql = \"SELECT a FROM b WHERE c = $1\""),
    ]

    @Test("no rule finds what it allows", arguments: clean)
    func allowed(planted: Planted) throws {
        let rule = try #require(fileRules.first { $0.name == planted.rule })
        #expect(rule.check(SourceFile(path: planted.path, text: planted.text)).isEmpty)
    }

    @Test func aLinkToNothingIsFound() {
        let page =
            "[a](docs/A.md) [b](docs/A.md#one-two) [c](gone.md) [d](docs/A.md#three)\n"
            + "`[e](gone.md)` [f](https://example.org) [g](docs) [h](../outside.md)\n"
        let tree = ProjectTree(
            paths: ["README.md", "docs", "docs/A.md"],
            pages: ["README.md": page, "docs/A.md": "# One, two\n\n[up](../README.md)\n"])
        let targets = brokenLinks(tree).map(\.message)
        #expect(
            targets == [
                "link to gone.md: no such file", "link to docs/A.md#three: no such heading",
                "link to ../outside.md: no such file",
            ])
    }

    @Test func aTourFolderThatDoesNotExistIsFound() {
        let page = "The core is `Sources/MatchCore`, then `Sources/Gone/` and `Sources/<name>`.\n"
        let tree = ProjectTree(
            paths: ["README.md", "Sources/MatchCore"], pages: ["README.md": page])
        #expect(missingTourFolders(tree).map(\.message) == ["Sources/Gone/ does not exist"])
        #expect(missingTourFolders(ProjectTree(paths: [], pages: [:])).count == 1)
    }
}
