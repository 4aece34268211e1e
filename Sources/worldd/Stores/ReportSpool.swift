// What outlives a crash: matches that were accepted, final reports that are not stored yet, and the
// number of this run. One small file each; the world thread writes, the report thread removes.
import DaemonKit
import MatchCore
import Wire

/// A match's attempt, as the files are named.
struct AttemptName: Hashable, Sendable {
    let match: MatchID
    let attempt: UInt32

    fileprivate func file(_ kind: Kind) -> String {
        "\(match.uuidText).\(attempt).\(kind.rawValue)"
    }

    fileprivate enum Kind: String {
        /// A match that is held; the content is the number of the run that accepted it.
        case claim
        /// A final report, as protobuf.
        case report
    }

    fileprivate init?(file: String, _ kind: Kind) {
        let parts = file.split(separator: ".")
        guard parts.count == 3, parts[2] == kind.rawValue, let attempt = UInt32(parts[1]),
            let match = MatchID(uuidText: String(parts[0]))
        else { return nil }
        self.match = match
        self.attempt = attempt
    }

    init(_ match: MatchID, _ attempt: UInt32) {
        self.match = match
        self.attempt = attempt
    }
}

/// A match that an earlier run accepted and did not end.
struct OrphanClaim: Equatable {
    let name: AttemptName
    let incarnation: UInt64
}

/// What an earlier run has left.
struct SpoolContents {
    /// Above those of all earlier runs.
    var incarnation: UInt64
    var reports: [ReportMessage] = []
    var orphans: [OrphanClaim] = []
    /// Files that cannot be read; they are left alone.
    var unreadable: [String] = []
}

/// The spool of a game server.
final class ReportSpool: Sendable {
    private let folder: SpoolFolder

    private static let incarnationFile = "incarnation"

    /// Takes the folder for this process.
    /// - Throws: `SystemError`.
    init(_ path: String) throws(SystemError) { folder = try SpoolFolder(path) }

    /// Begins a run: reads what the last one left, and takes the next number.
    /// - Parameter nowMilliseconds: wall clock; numbers follow it, so that a server whose disk was
    ///   lost still gets a higher one.
    /// - Throws: `SystemError`.
    func open(nowMilliseconds: UInt64) throws(SystemError) -> SpoolContents {
        var last: UInt64 = 0
        var contents = SpoolContents(incarnation: 0)
        let names = try folder.names()
        for name in names {
            let bytes = try folder.read(name)
            let text = String(decoding: bytes, as: UTF8.self)
            if name == ReportSpool.incarnationFile {
                last = UInt64(text) ?? 0
            } else if AttemptName(file: name, .report) != nil {
                let report = bytes.withRawBytes { try? ReportMessage($0, as: .protobuf) }
                if let report { contents.reports.append(report) }
                if report == nil { contents.unreadable.append(name) }
            } else if let orphan = AttemptName(file: name, .claim), let run = UInt64(text) {
                // The report was written first, and is what counts.
                if names.contains(orphan.file(.report)) {
                    try folder.remove(name)
                } else {
                    contents.orphans.append(OrphanClaim(name: orphan, incarnation: run))
                }
            } else {
                contents.unreadable.append(name)
            }
        }
        contents.incarnation = max(last + 1, nowMilliseconds)
        let number = String(contents.incarnation)
        try folder.write(Array(number.utf8), to: ReportSpool.incarnationFile)
        return contents
    }

    /// A match is accepted: a crash from here on will be reported.
    /// - Throws: `SystemError`; then it must not be accepted.
    func noteClaim(_ name: AttemptName, incarnation: UInt64) throws(SystemError) {
        try folder.write(Array(String(incarnation).utf8), to: name.file(.claim))
    }

    /// A match ends by this report, which will be sent until it is stored.
    /// - Throws: `SystemError`.
    func noteFinal(_ report: ReportMessage) throws(SystemError) {
        let name = AttemptName(report.match, report.attempt)
        try folder.write(report.protobuf, to: name.file(.report))
        try folder.remove(name.file(.claim))
    }

    /// Nothing is owed for this attempt any more.
    /// - Throws: `SystemError`.
    func forget(_ name: AttemptName) throws(SystemError) {
        try folder.remove(name.file(.report))
        try folder.remove(name.file(.claim))
    }
}
