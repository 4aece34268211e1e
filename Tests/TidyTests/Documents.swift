// Rules for the Markdown pages: links lead somewhere, and the folders that README's tour names
// exist. Headings are turned into anchors as code hosts do it.

/// What the rules need to know of the project's tree.
struct ProjectTree {
    /// Every file and folder, relative to the package.
    var paths: Set<String>
    /// Text of every Markdown page by its path.
    var pages: [String: String]
}

/// Links of all pages that lead to no file, folder or heading.
func brokenLinks(_ tree: ProjectTree) -> [Violation] {
    tree.pages.keys.sorted().flatMap { path in
        links(in: tree.pages[path] ?? "").compactMap { line, target -> Violation? in
            guard let why = problem(with: target, on: path, tree) else { return nil }
            return Violation(path: path, line: line, message: "link to \(target): \(why)")
        }
    }
}

/// Source folders that README names in backticks, as `Sources/MatchCore`, but that do not exist.
func missingTourFolders(_ tree: ProjectTree) -> [Violation] {
    guard let text = tree.pages["README.md"] else {
        return [Violation(path: "README.md", message: "is missing")]
    }
    let roots = ["Sources/", "Tests/", "Benchmarks/", "scripts/", "docs/", "config/", "proto/"]
    var violations: [Violation] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
        // Every second piece between backticks is code.
        for piece in line.split(separator: "`", omittingEmptySubsequences: false).enumerated()
        where piece.offset % 2 == 1 {
            let path = piece.element
            guard roots.contains(where: { path.hasPrefix($0) }),
                path.allSatisfy({ $0.isLetter || $0.isNumber || "/._-".contains($0) })
            else { continue }
            let trimmed = path.hasSuffix("/") ? String(path.dropLast()) : String(path)
            if !tree.paths.contains(trimmed) {
                violations.append(
                    Violation(
                        path: "README.md", line: index + 1, message: "\(path) does not exist"))
            }
        }
    }
    return violations
}

/// `[text](target)` outside code, with line numbers from 1.
func links(in text: String) -> [(line: Int, target: String)] {
    var found: [(line: Int, target: String)] = []
    var isInBlock = false
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
        if line.drop(while: { $0 == " " }).hasPrefix("```") {
            isInBlock.toggle()
            continue
        }
        guard !isInBlock else { continue }
        let prose = line.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .map { $0.offset % 2 == 0 ? String($0.element) : "" }.joined(separator: "code")
        for piece in prose.split(separator: "](", omittingEmptySubsequences: false).dropFirst() {
            guard let end = piece.firstIndex(of: ")") else { continue }
            let target = piece[..<end].split(separator: " ").first.map(String.init) ?? ""
            found.append((index + 1, target))
        }
    }
    return found
}

private func problem(with target: String, on page: String, _ tree: ProjectTree) -> String? {
    if target.hasPrefix("http://") || target.hasPrefix("https://") || target.hasPrefix("mailto:") {
        return nil
    }
    let halves = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    let file = String(halves.first ?? "")
    let resolved = file.isEmpty ? page : resolve(file, from: page)
    guard let resolved, resolved.isEmpty || tree.paths.contains(resolved) else {
        return "no such file"
    }
    guard halves.count == 2, let text = tree.pages[resolved] else { return nil }
    return anchors(of: text).contains(String(halves[1])) ? nil : "no such heading"
}

/// A path relative to the page's folder, with `..` removed; nil if it leaves the project.
private func resolve(_ target: String, from page: String) -> String? {
    var parts = target.hasPrefix("/") ? [] : page.split(separator: "/").dropLast().map(String.init)
    for part in target.split(separator: "/") where part != "." {
        if part == ".." {
            guard parts.popLast() != nil else { return nil }
        } else {
            parts.append(String(part))
        }
    }
    return parts.joined(separator: "/")
}

/// Anchors of a page's headings: lower case, punctuation dropped, spaces as hyphens.
func anchors(of text: String) -> Set<String> {
    var anchors: Set<String> = []
    var isInBlock = false
    for line in text.split(separator: "\n") {
        if line.hasPrefix("```") { isInBlock.toggle() }
        guard !isInBlock, line.hasPrefix("#") else { continue }
        let title = line.drop { $0 == "#" }.drop { $0 == " " }.lowercased()
        anchors.insert(
            title.filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" || $0 == "_" }
                .map { $0 == " " ? "-" : String($0) }.joined())
    }
    return anchors
}
