// The rules that hold for single files: sizes, header, imports, forbidden words. Each is a pure
// function from a file to its violations, so that a test can plant one and see it found.

/// A broken rule at a place.
struct Violation: Equatable, CustomStringConvertible {
    var path: String
    /// Counted from 1; 0 for the file as a whole.
    var line: Int = 0
    var message: String

    var description: String { line > 0 ? "\(path):\(line): \(message)" : "\(path): \(message)" }
}

/// A rule for one file.
struct FileRule: Sendable {
    let name: String
    let check: @Sendable (SourceFile) -> [Violation]
}

/// All rules for Swift sources, in the order of the style page.
let fileRules: [FileRule] = [
    FileRule(name: "file length", check: fileLength),
    FileRule(name: "line length", check: lineLength),
    FileRule(name: "function length", check: functionLength),
    FileRule(name: "header comment", check: headerComment),
    FileRule(name: "unfinished work", check: unfinishedWork),
    FileRule(name: "imports", check: imports),
    FileRule(name: "purity", check: purity),
    FileRule(name: "infrastructure words", check: infrastructureWords),
    FileRule(name: "SQL text", check: interpolatedSQL),
]

/// The longest file in lines; tests may hold longer tables.
func fileLength(_ file: SourceFile) -> [Violation] {
    let limit = file.path.hasPrefix("Tests/") ? 800 : 500
    guard file.lineCount > limit else { return [] }
    return [
        Violation(
            path: file.path, message: "has \(file.lineCount) lines, at most \(limit) are allowed")
    ]
}

func lineLength(_ file: SourceFile) -> [Violation] {
    file.lines.enumerated().compactMap { index, line in
        line.count > 100
            ? Violation(
                path: file.path, line: index + 1, message: "is \(line.count) columns wide, not 100")
            : nil
    }
}

/// The longest function body in lines, braces included.
func functionLength(_ file: SourceFile) -> [Violation] {
    FunctionFinder.functions(in: file).compactMap { function in
        function.lineCount > 70
            ? Violation(
                path: file.path, line: function.line,
                message: "function has \(function.lineCount) lines, at most 70 are allowed")
            : nil
    }
}

/// A file opens with one to eight lines of comment that say what it is for.
func headerComment(_ file: SourceFile) -> [Violation] {
    var lines = file.lines[...]
    if lines.first?.hasPrefix("// swift-tools-version") == true { lines = lines.dropFirst() }
    let header = lines.prefix { $0.hasPrefix("//") }
    if header.isEmpty || header.allSatisfy({ $0.count < 10 }) {
        return [Violation(path: file.path, line: 1, message: "has no header comment")]
    }
    return []
}

/// Marks of unfinished work, also in comments. Written so that this file does not contain them.
func unfinishedWork(_ file: SourceFile) -> [Violation] {
    let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X"]
    return file.lines.enumerated().flatMap { index, line in
        let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_") }
        return marks.filter { words.contains(Substring($0)) }.map {
            Violation(path: file.path, line: index + 1, message: "holds the mark \($0)")
        }
    }
}

/// What each target may import. Targets that are not listed may import anything but C modules.
private let allowedImports: [String: Set<String>] = [
    "MatchCore": ["Synchronization"],
    "Ratings": [],
    "WorldCore": [],
    "Wire": ["MatchCore", "CWire"],
]

/// C modules by the only targets that may see them.
private let modulesOfC: [String: Set<String>] = [
    "CNats": ["DaemonKit"], "CHiredis": ["DaemonKit"], "CLibPQ": ["DaemonKit"],
    "CLibWebSockets": ["DaemonKit"], "CCrypto": ["DaemonKit"], "CPlatform": ["DaemonKit"],
    "CWire": ["Wire"],
]

func imports(_ file: SourceFile) -> [Violation] {
    guard file.path.hasPrefix("Sources/") || file.path.hasPrefix("Benchmarks/") else { return [] }
    return file.code.enumerated().compactMap { index, line in
        guard let module = importedModule(line) else { return nil }
        if let owners = modulesOfC[module], !owners.contains(file.target) {
            return Violation(
                path: file.path, line: index + 1,
                message: "only \(owners.sorted().joined(separator: ", ")) may import \(module)")
        }
        guard var allowed = allowedImports[file.target] else { return nil }
        // People's form of the messages is the one place where Wire may use a JSON library.
        if file.path.hasPrefix("Sources/Wire/JSON/") {
            allowed.formUnion(["Foundation", "FoundationEssentials"])
        }
        guard !allowed.contains(module) else { return nil }
        return Violation(
            path: file.path, line: index + 1, message: "\(file.target) may not import \(module)")
    }
}

/// The top-level module of an import declaration.
func importedModule(_ line: String) -> String? {
    let words = line.split(separator: " ")
    guard let at = words.firstIndex(of: "import"), at + 1 < words.count,
        words[..<at].allSatisfy({ $0.hasPrefix("@") || accessLevels.contains($0) })
    else { return nil }
    let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "var", "typealias"]
    let name = kinds.contains(words[at + 1]) ? words.last : words[at + 1]
    return name?.split(separator: ".").first.map(String.init)
}

private let accessLevels: Set<Substring> = [
    "private", "fileprivate", "internal", "package", "public",
]

/// Names that would bring a clock, a thread, a lock, the environment or output into the cores.
private let impureNames: Set<String> = [
    "print", "debugPrint", "dump", "readLine", "Date", "Clock", "ContinuousClock",
    "SuspendingClock", "Mutex", "NSLock", "Task", "TaskGroup", "actor", "async", "await",
    "DispatchQueue", "Thread", "FileHandle", "FileManager", "ProcessInfo", "CommandLine", "getenv",
    "fopen", "SystemRandomNumberGenerator", "Set", "Dictionary", "hashValue", "Hasher",
]

func purity(_ file: SourceFile) -> [Violation] {
    guard ["MatchCore", "Ratings", "WorldCore"].contains(file.target),
        file.path.hasPrefix("Sources/")
    else { return [] }
    return file.code.enumerated().flatMap { index, line in
        identifiers(in: line).filter { impureNames.contains($0) }.map {
            Violation(
                path: file.path, line: index + 1, message: "\(file.target) may not use \($0)")
        }
    }
}

/// `DaemonKit` serves all daemons and knows none of the game's words.
func infrastructureWords(_ file: SourceFile) -> [Violation] {
    guard file.path.hasPrefix("Sources/DaemonKit/") else { return [] }
    let forbidden: Set<String> = [
        "ticket", "tickets", "match", "matches", "lobby", "lobbies", "world", "worlds",
    ]
    return file.code.enumerated().flatMap { index, line in
        identifiers(in: line).flatMap(wordsOfIdentifier).filter { forbidden.contains($0) }.map {
            Violation(path: file.path, line: index + 1, message: "says \"\($0)\" in an identifier")
        }
    }
}

/// Statements reach libpq as constants with parameters; a value inside the text is an injection.
func interpolatedSQL(_ file: SourceFile) -> [Violation] {
    guard file.path.hasPrefix("Sources/") else { return [] }
    let statements = [("select ", " from "), ("insert into ", " "), ("update ", " set ")]
    return file.lines.enumerated().compactMap { index, line in
        let lowered = line.lowercased()
        guard let quote = lowered.firstIndex(of: "\"") else { return nil }
        let text = lowered[quote...].dropFirst()
        let isSQL = statements.contains { text.hasPrefix($0.0) && text.contains($0.1) }
        guard isSQL || text.hasPrefix("delete from "), text.contains("\\(") else { return nil }
        return Violation(
            path: file.path, line: index + 1, message: "interpolates a value into SQL")
    }
}

/// The identifiers of a line of code.
func identifiers(in line: String) -> [String] {
    line.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
        .filter { $0.first?.isNumber == false }
}

/// `maxMatchCount` is max, match, count.
func wordsOfIdentifier(_ identifier: String) -> [String] {
    var words: [String] = []
    var word = ""
    for character in identifier {
        if character == "_" || (character.isUppercase && word.last?.isLowercase == true) {
            if !word.isEmpty { words.append(word.lowercased()) }
            word = character == "_" ? "" : String(character)
        } else {
            word.append(character)
        }
    }
    if !word.isEmpty { words.append(word.lowercased()) }
    return words
}
