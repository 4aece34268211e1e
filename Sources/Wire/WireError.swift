// Why bytes are no message. One error carries every wrong field, so that a sender can mend all of
// them at once. The texts are the same for both forms of a message.

/// One wrong field.
package struct FieldIssue: Equatable, Sendable, CustomStringConvertible {
    /// The field's path by its name in proto/, such as `ticket.players[2].rating`.
    package let path: String
    /// What is wrong with it and what would be right.
    package let why: String

    package init(path: String, why: String) {
        self.path = path
        self.why = why
    }

    package var description: String { path + ": " + why }
}

/// Why a message could not be decoded.
package enum WireError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The message has more bytes than allowed; it was not looked into.
    case tooLarge(byteCount: Int, byteCountMax: Int)
    /// The bytes are no protobuf or JSON message at all.
    case malformed(String)
    /// Only version 1 is known; 0 stands for a missing version too.
    case unknownVersion(UInt32)
    /// At least one issue, at most `WireLimits.issueCountMax`; `further` more were found.
    case invalidFields([FieldIssue], further: Int)

    /// The whole error in one line.
    package var description: String {
        switch self {
        case .tooLarge(let byteCount, let byteCountMax):
            return "message of \(byteCount) bytes; at most \(byteCountMax) are allowed"
        case .malformed(let why): return why
        case .unknownVersion(let version):
            return "version \(version) is not known; this reader knows version \(wireVersion)"
        case .invalidFields(let issues, let further):
            let text = issues.map(\.description).joined(separator: "; ")
            return further == 0 ? text : "\(text); and \(further) more"
        }
    }

    /// The reason that a rejection gives for this error.
    package var rejectCode: RejectCode {
        switch self {
        case .tooLarge, .malformed: .malformed
        case .unknownVersion: .unknownVersion
        case .invalidFields: .invalidField
        }
    }
}

/// Collects the wrong fields of one message. Allocates nothing as long as there are none.
struct IssueList {
    private(set) var issues: [FieldIssue] = []
    private(set) var further = 0

    var isEmpty: Bool { issues.isEmpty }

    /// Notes a wrong field. The first complaint about a path stands; later ones follow from it.
    mutating func add(_ path: @autoclosure () -> String, _ why: @autoclosure () -> String) {
        let path = path()
        if issues.contains(where: { $0.path == path }) { return }
        if issues.count == WireLimits.issueCountMax {
            further += 1
        } else {
            issues.append(FieldIssue(path: path, why: why()))
        }
        assert(issues.count <= WireLimits.issueCountMax)
    }

    /// Throws if there is any issue.
    func finish() throws(WireError) {
        if !issues.isEmpty { throw .invalidFields(issues, further: further) }
    }
}
