// What a run leaves behind, and what the next one makes of it.
import DaemonKit
import MatchCore
import Testing
import Wire

@testable import worldd

@Suite struct ReportSpoolTests {
    private let path = "/tmp/report-spool-test-\(UInt64.random(in: 0...UInt64.max))"
    private let match = MatchID(high: 1, low: 2)

    private func report(_ attempt: UInt32) -> ReportMessage {
        ReportMessage(
            server: "a", incarnation: 5, match: match, attempt: attempt,
            reportedAtMilliseconds: 1, body: .failed(.shutdown, detail: ""))
    }

    @Test func theNextRunFindsReportsAndOrphans() throws {
        var first: ReportSpool? = try ReportSpool(path)
        let empty = try #require(try first?.open(nowMilliseconds: 100))
        #expect(empty.incarnation == 100 && empty.reports.isEmpty && empty.orphans.isEmpty)
        try first?.noteClaim(AttemptName(match, 1), incarnation: 100)
        try first?.noteClaim(AttemptName(match, 2), incarnation: 100)
        try first?.noteClaim(AttemptName(match, 3), incarnation: 100)
        try first?.noteFinal(report(2))
        try first?.forget(AttemptName(match, 3))
        first = nil
        // A wall clock that was set back does not make the number smaller.
        let left = try ReportSpool(path).open(nowMilliseconds: 50)
        #expect(left.incarnation == 101 && left.unreadable.isEmpty)
        #expect(left.reports == [report(2)])
        #expect(left.orphans == [OrphanClaim(name: AttemptName(match, 1), incarnation: 100)])
    }

    @Test func aReportThatWasWrittenBeforeItsClaimWasRemovedCounts() throws {
        var folder: SpoolFolder? = try SpoolFolder(path)
        try folder?.write(Array("7".utf8), to: "\(match.uuidText).2.claim")
        try folder?.write(report(2).protobuf, to: "\(match.uuidText).2.report")
        try folder?.write(Array("x".utf8), to: "\(match.uuidText).3.report")
        try folder?.write(Array("x".utf8), to: "\(match.uuidText).4.claim")
        try folder?.write([], to: "stranger")
        folder = nil
        let left = try ReportSpool(path).open(nowMilliseconds: 1)
        #expect(left.reports == [report(2)] && left.orphans.isEmpty)
        #expect(left.unreadable.count == 3)
    }
}
