// Finds function bodies by counting braces in code whose comments and strings are blanked. Enough
// for the size rule; it does not understand Swift beyond that.

/// A function with a body.
struct FunctionSpan: Equatable {
    /// Line of the keyword, counted from 1.
    var line: Int
    /// Lines from the opening to the closing brace, both included.
    var lineCount: Int
}

struct FunctionFinder {
    private struct Token {
        var text: String
        var line: Int
    }

    static func functions(in file: SourceFile) -> [FunctionSpan] {
        let tokens = tokens(of: file.code)
        let starters: Set<String> = ["func", "init", "deinit", "subscript"]
        var found: [FunctionSpan] = []
        for index in tokens.indices where starters.contains(tokens[index].text) {
            // `.init(...)`, `self.init(...)` and key paths call, they do not declare.
            if index > 0, tokens[index - 1].text == "." { continue }
            if let span = span(of: tokens, from: index) { found.append(span) }
        }
        return found
    }

    private static func tokens(of code: [String]) -> [Token] {
        var tokens: [Token] = []
        for (index, line) in code.enumerated() {
            var word = ""
            for character in line {
                if character.isLetter || character.isNumber || character == "_" {
                    word.append(character)
                    continue
                }
                if !word.isEmpty { tokens.append(Token(text: word, line: index + 1)) }
                word = ""
                if "(){}[].".contains(character) {
                    tokens.append(Token(text: String(character), line: index + 1))
                }
            }
            if !word.isEmpty { tokens.append(Token(text: word, line: index + 1)) }
        }
        return tokens
    }

    /// The body that belongs to the declaration at `start`; nil for a protocol's requirement.
    private static func span(of tokens: [Token], from start: Int) -> FunctionSpan? {
        let declarations: Set<String> = [
            "func", "init", "deinit", "subscript", "var", "let", "struct", "class", "enum", "case",
            "extension", "protocol", "typealias", "associatedtype", "import",
        ]
        var parentheses = 0
        var braces = 0
        var opened = 0
        for index in (start + 1)..<max(start + 1, tokens.count) {
            switch tokens[index].text {
            case "(", "[": parentheses += 1
            case ")", "]": parentheses -= 1
            case "{" where braces > 0 || parentheses == 0:
                if braces == 0 { opened = tokens[index].line }
                braces += 1
            case "}" where braces > 0:
                braces -= 1
                if braces == 0 {
                    let lineCount = tokens[index].line - opened + 1
                    return FunctionSpan(line: tokens[start].line, lineCount: lineCount)
                }
            case "}" where parentheses == 0: return nil
            case let word where braces == 0 && parentheses == 0 && declarations.contains(word):
                return nil
            default: break
            }
        }
        return nil
    }
}
