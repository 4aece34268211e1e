// Reading of a configuration tree: what is accepted, and that every mistake is told with its place.
import DaemonKit
import Testing

@Suite struct ConfigReaderTests {
    private func node(_ text: String) throws -> ConfigNode {
        let tree = try ConfigTree.parse(json5: Array(text.utf8), file: "f")
        return ConfigNode(tree, file: "f", problems: ConfigProblems())
    }

    @Test func json5WithCommentsAndTrailingCommasIsRead() throws {
        let tree = try ConfigTree.parse(
            json5: Array("{ // why\n a: 1, b: [true, 1.5, 'x', null,], }".utf8), file: "f")
        #expect(
            tree
                == .fields([
                    "a": .integer(1),
                    "b": .list([.bool(true), .number(1.5), .text("x"), .null]),
                ]))
    }

    @Test func brokenTextNamesTheFile() {
        #expect(throws: ConfigProblem.self) {
            try ConfigTree.parse(json5: Array("{ a: ".utf8), file: "broken.json5")
        }
        do {
            _ = try ConfigTree.parse(json5: Array("{ a: ".utf8), file: "broken.json5")
        } catch {
            #expect(error.description.hasPrefix("broken.json5: not valid JSON5"))
        }
    }

    @Test func missingFileIsAProblem() {
        do {
            _ = try ConfigTree.load(file: "/does/not/exist")
            Issue.record("must throw")
        } catch {
            #expect(error.file == "/does/not/exist")
            #expect(error.why.contains("No such file"))
        }
    }

    @Test func everyMistakeIsNoted() throws {
        let root = try node("{ count: 'x', rate: true, nme: 1, list: [1, 'two', 300], on: 0 }")
        let fields = try #require(root.object(known: ["count", "rate", "name", "list", "on"]))
        #expect(fields.integer("count", in: 3...9, standard: 5) == 3)
        #expect(fields.number("rate", in: 0...1, standard: 0.5) == 0)
        #expect(fields.required("name") == nil)
        #expect(fields["list"]?.list(count: 0...2).map { $0.integer(in: 0...9) } == [1, 0, 0])
        #expect(fields["on"]?.bool() == false)
        #expect(
            root.problems.list.map(\.description) == [
                "f: nme: unknown field; did you mean 'name'?",
                "f: count: must be a whole number, is a text",
                "f: rate: must be a number, is a truth value",
                "f: name: is missing",
                "f: list: has 3 entries, must have 0 to 2",
                "f: list[1]: must be a whole number, is a text",
                "f: list[2]: is 300, must be 0 to 9",
                "f: on: must be true or false, is a whole number",
            ])
    }

    @Test func leftOutFieldsTakeTheStandard() throws {
        let root = try node("{}")
        let fields = try #require(root.object(known: ["a"]))
        #expect(fields.integer("a", in: 0...9, standard: 4) == 4)
        #expect(fields.number("a", in: 0...9, standard: 4.5) == 4.5)
        #expect(root.problems.isEmpty)
    }

    @Test(arguments: ["NaN", "Infinity", "-Infinity", "1e400"])
    func numbersThatAreNoneAreRefused(_ text: String) throws {
        guard let root = try? node("{ a: \(text) }"), let fields = root.object(known: ["a"]) else {
            return  // Refused by the parser already.
        }
        _ = fields.number("a", in: 0...9, standard: 0)
        #expect(!root.problems.isEmpty)
    }
}
