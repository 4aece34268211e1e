// Swift source with comments and string literals blanked out, so that the rules look at code only.
// A small lexer, not a parser: it knows line and nested block comments, plain, raw and multi-line
// strings and their interpolations; line numbers and columns stay as they were.

/// One file of the project as the rules see it.
struct SourceFile {
    /// Path relative to the package, with slashes.
    let path: String
    let lines: [String]
    /// `lines` with every comment and string literal replaced by spaces.
    let code: [String]

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        code = path.hasSuffix(".swift") ? CodeOnly.lines(of: text) : lines
    }

    /// Folders and name: `Sources/MatchCore/Model/Limits.swift` has four parts.
    var parts: [Substring] { path.split(separator: "/") }
    /// The target's folder, as `MatchCore` in `Sources/MatchCore/...`; empty for top-level files.
    var target: String { parts.count > 2 ? String(parts[1]) : "" }
    var isSwift: Bool { path.hasSuffix(".swift") }
    /// Whether it ends in a newline, lines then hold one empty entry too many.
    var lineCount: Int { lines.last == "" ? lines.count - 1 : lines.count }
}

/// Blanks comments and string literals.
struct CodeOnly {
    private let input: [UInt8]
    private var output: [UInt8] = []
    private var position = 0

    static func lines(of text: String) -> [String] {
        var lexer = CodeOnly(input: Array(text.utf8))
        lexer.code(untilClosingParenthesis: false)
        let code = String(decoding: lexer.output, as: UTF8.self)
        return code.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    private init(input: [UInt8]) {
        self.input = input
        output.reserveCapacity(input.count)
    }

    private func at(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard position + count <= input.count else { return false }
        var index = 0
        while index < count {
            if input[position + index] != text.utf8Start[index] { return false }
            index += 1
        }
        return true
    }

    private mutating func keep() {
        output.append(input[position])
        position += 1
    }

    private mutating func blank(_ count: Int = 1) {
        for _ in 0..<count where position < input.count {
            let newline = input[position] == UInt8(ascii: "\n")
            output.append(newline ? UInt8(ascii: "\n") : UInt8(ascii: " "))
            position += 1
        }
    }

    /// Copies code; inside an interpolation it returns at the parenthesis that closes it.
    private mutating func code(untilClosingParenthesis: Bool) {
        var depth = 0
        while position < input.count {
            let next = input[position]
            // Most of a source file is none of these; asking once keeps the debug build quick.
            if next != UInt8(ascii: "/"), next != UInt8(ascii: "\""), next != UInt8(ascii: "#"),
                next != UInt8(ascii: "("), next != UInt8(ascii: ")")
            {
                keep()
            } else if at("//") {
                while position < input.count, !at("\n") { blank() }
            } else if at("/*") {
                blockComment()
            } else if at("\"") || at("#\"") || at("##\"") {
                string()
            } else {
                if at("(") { depth += 1 }
                if at(")") {
                    if untilClosingParenthesis, depth == 0 { return }
                    depth -= 1
                }
                keep()
            }
        }
    }

    private mutating func blockComment() {
        var depth = 0
        repeat {
            if at("/*") {
                depth += 1
                blank(2)
            } else if at("*/") {
                depth -= 1
                blank(2)
            } else {
                blank()
            }
        } while depth > 0 && position < input.count
    }

    private func hashCount(from start: Int) -> Int {
        var count = 0
        while start + count < input.count, input[start + count] == UInt8(ascii: "#") { count += 1 }
        return count
    }

    private mutating func string() {
        let hashes = hashCount(from: position)
        blank(hashes)
        let quotes = at("\"\"\"") ? 3 : 1
        blank(quotes)
        while position < input.count {
            if at("\\"), hashCount(from: position + 1) >= hashes {
                let opens = position + 1 + hashes
                if opens < input.count, input[opens] == UInt8(ascii: "(") {
                    blank(2 + hashes)
                    code(untilClosingParenthesis: true)
                    blank()
                } else {
                    blank(2 + hashes)
                }
            } else if quotes == 3 ? at("\"\"\"") : at("\""),
                hashCount(from: position + quotes) >= hashes
            {
                blank(quotes + hashes)
                return
            } else if quotes == 1, at("\n") {
                return
            } else {
                blank()
            }
        }
    }
}
