// Reads the project's own tree for the tidy tests: Swift sources and Markdown pages, without what
// is built, fetched or private to a checkout.
import Foundation

enum ProjectFiles {
    /// The package's folder, found from this file's place in it.
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Every file and folder that belongs to the project, relative to the package.
    static func paths() throws -> [String] {
        try below("").sorted()
    }

    private static func below(_ folder: String) throws -> [String] {
        let manager = FileManager.default
        let names = try manager.contentsOfDirectory(atPath: root.appending(path: folder).path)
        return try names.flatMap { name -> [String] in
            if folder.isEmpty, ignored.contains(where: { name.hasPrefix($0) }) { return [] }
            if name == "__pycache__" || name == ".git" { return [] }
            let path = folder.isEmpty ? name : "\(folder)/\(name)"
            var isDirectory: ObjCBool = false
            let full = root.appending(path: path).path
            guard manager.fileExists(atPath: full, isDirectory: &isDirectory) else { return [] }
            return isDirectory.boolValue ? try [path] + below(path) : [path]
        }
    }

    private static let ignored = [".build", ".run", ".venv", ".swiftpm"]

    static func text(of path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// All Swift files, read once for all rules.
    static let sources = Result {
        try paths()
            .filter { $0.hasSuffix(".swift") }
            .map { try SourceFile(path: $0, text: text(of: $0)) }
    }

    static func tree() throws -> ProjectTree {
        let paths = try paths()
        var pages: [String: String] = [:]
        for path in paths where path.hasSuffix(".md") { pages[path] = try text(of: path) }
        return ProjectTree(paths: Set(paths), pages: pages)
    }
}
