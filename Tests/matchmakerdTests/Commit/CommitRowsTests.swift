// The arrays of a commit: tickets point at matches, players at tickets, messages at matches.
import DaemonKit
import Testing
import Wire

@testable import MatchCore
@testable import matchmakerd

@Suite struct CommitRowsTests {
    private func seat(_ ticket: UInt64, _ players: [UInt64]) -> SeatMessage {
        SeatMessage(
            ticket: TicketID(high: 0, low: ticket), lobby: "red",
            players: players.map { PlayerID($0) }, rating: 1_500, waitMilliseconds: 1,
            latencyMilliseconds: 2)
    }

    private func group(_ number: UInt64, _ teams: [[SeatMessage]]) -> FormedGroup {
        let match = MatchMessage(
            match: MatchID(high: 0, low: number), queue: "pairs", region: "eu", rulesVersion: 3,
            tick: 4,
            quality: QualityMessage(
                MatchQuality(
                    fairness: 1, spread: 1, latency: 1, roles: 1, composite: 1,
                    ratingDeviationPoints: 0, ratingRangePoints: 0, teamGapPoints: 0,
                    latencyMillisecondsMax: 2)),
            teams: teams.map { TeamMessage(seats: $0) }, formedAtMilliseconds: 5)
        var announcement = Announcement()
        announcement.add(.match(match), allocationForm: .protobuf, form: { _ in .json })
        return FormedGroup(
            allocation: .match(match), reservation: 0, queue: QueueIndex(0),
            announcement: announcement)
    }

    @Test func everythingPointsWhereItBelongs() {
        let groups = [
            group(1, [[seat(10, [100, 101])], [seat(11, [102]), seat(12, [103])]]),
            group(2, [[seat(13, [104])], [seat(14, [105])]]),
        ]
        let rows = CommitRows(groups[...])
        #expect(rows.matches == groups.map { PostgresUUID(high: $0.match.high, low: $0.match.low) })
        #expect(rows.queues == ["pairs", "pairs"] && rows.regions == ["eu", "eu"])
        #expect(rows.modes == ["2v2", "1v1"])
        #expect(rows.bodies == groups.map { $0.announcement[.allocations][0].body })
        let tickets = (10...14).map { PostgresUUID(high: 0, low: $0) }
        #expect(
            rows.places == [
                .uuids(tickets), .int32s([1, 1, 1, 2, 2]), .ints([100, 101, 102, 103, 104, 105]),
                .int32s([1, 1, 2, 3, 4, 5]),
            ])
        let first = groups[0].match.uuidText
        let second = groups[1].match.uuidText
        #expect(
            rows.messages == [
                .int32s([1, 1, 2, 2]),
                .texts(["mm.v1.alloc.eu", "mm.v1.evt.red", "mm.v1.alloc.eu", "mm.v1.evt.red"]),
                .texts([first, first + ":red", second, second + ":red"]),
                // The allocation's body stands with the match.
                .byteArrays([
                    [], groups[0].announcement[.events][0].body, [],
                    groups[1].announcement[.events][0].body,
                ]),
            ])
    }

    @Test func theFormOfAStoredMessageIsToldByItsFirstByte() {
        let group = group(1, [[seat(10, [100])], [seat(11, [101])]])
        let forms = (group.announcement[.allocations] + group.announcement[.events]).map {
            ContentType(firstByte: $0.body.first)
        }
        #expect(forms == [.protobuf, .json])
        #expect(ContentType(firstByte: nil) == .protobuf)
    }
}
