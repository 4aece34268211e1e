// News from the daemon's threads reaches the estimator in the right order, and what comes out is
// counted.
import DaemonKit
import Testing

@testable import MatchCore
@testable import matchmakerd

@Suite struct EstimateDeskTests {
    private let registry = MetricsRegistry()
    private let profile = WaitProfile(
        queue: QueueIndex(2), region: RegionIndex(0), rating: Rating(points: 1500), partySize: 1)

    private func arrival(_ number: Int, waited: Int32 = 0) -> [Command] {
        var latencies = LatencyVector()
        latencies[RegionIndex(0)] = 20
        return [
            .enqueue(
                TicketRequest(
                    ticket: ticket(number),
                    leader: Member(
                        player: PlayerID(UInt64(number)), rating: Rating(points: 1500)),
                    latencies: latencies, waitedTicks: waited, queue: QueueIndex(2),
                    lobby: LobbyIndex(0)))
        ]
    }

    private func ticket(_ number: Int) -> TicketID { TicketID(high: 1, low: UInt64(number)) }

    private func figure(_ name: String) -> Double? {
        String(decoding: registry.response().body, as: UTF8.self).split(separator: "\n")
            .first { $0.hasPrefix(name + " ") }.flatMap { Double($0.dropFirst(name.count + 1)) }
    }

    @Test func whatIsNotedIsEstimatedAndCounted() {
        let desk = EstimateDesk(tickMilliseconds: 50, registry: registry)
        var now = MonotonicClock.nowNanoseconds()
        #expect(desk.estimate(profile) == .unknown(basis: 0))
        for number in 0..<20 {
            desk.noteArrival(arrival(number))
            desk.noteMatched(ticket(number), in: QueueIndex(2), waited: 40)
        }
        now += 1_000_000
        #expect(desk.work(nowNanoseconds: now) == 40)
        #expect(desk.work(nowNanoseconds: now) == 0)
        let estimate = desk.estimate(profile)
        #expect(estimate.basis == 20)
        #expect((40...48).contains(estimate.p50 ?? 0))
        #expect(figure("mm_estimate_calibration_total{result=\"unknown\"}") == 20)
        desk.noteArrival(arrival(100))
        desk.noteArrival(arrival(101))
        desk.noteArrival(arrival(102))
        desk.noteMatched(ticket(100), in: QueueIndex(2), waited: 42)
        desk.noteMatched(ticket(101), in: QueueIndex(2), waited: 2)
        desk.noteMatched(ticket(102), in: QueueIndex(2), waited: 900)
        _ = desk.work(nowNanoseconds: now)
        for result in ["within", "below", "above"] {
            #expect(figure("mm_estimate_calibration_total{result=\"\(result)\"}") == 1)
        }
    }

    @Test func refusedAndClosedTicketsTeachNoMatch() {
        let desk = EstimateDesk(tickMilliseconds: 50, registry: registry)
        for number in 0..<20 {
            desk.noteArrival(arrival(number))
            if number % 2 == 0 {
                desk.noteRejected(ticket(number), .duplicatePlayer)
            } else {
                desk.noteClosed(ticket(number), waited: 30)
            }
        }
        _ = desk.work(nowNanoseconds: MonotonicClock.nowNanoseconds())
        #expect(desk.estimate(profile) == .unknown(basis: 0))
    }

    @Test func aTicketSentTwiceGoesOnWithItsFirstCopy() {
        let desk = EstimateDesk(tickMilliseconds: 50, registry: registry)
        for number in 0..<10 {
            desk.noteArrival(arrival(number))
            desk.noteArrival(arrival(number))
            desk.noteRejected(ticket(number), .duplicateTicket)
            desk.noteMatched(ticket(number), in: QueueIndex(2), waited: 40)
        }
        _ = desk.work(nowNanoseconds: MonotonicClock.nowNanoseconds())
        #expect(desk.estimate(profile).basis == 10)
    }

    /// A match, proposal or substitute of queue 2.
    private func match() -> MatchRecord {
        MatchRecord(
            match: MatchID(high: 1, low: 1), rulesVersion: 1, tick: Tick(5), queue: QueueIndex(2),
            region: RegionIndex(0), teamCount: 2, ticketCount: 1, playerCount: 1,
            quality: MatchQuality(
                fairness: 1, spread: 1, latency: 1, roles: 1, composite: 1,
                ratingDeviationPoints: 0, ratingRangePoints: 0, teamGapPoints: 0,
                latencyMillisecondsMax: 20))
    }

    private func seat(_ number: Int) -> SeatRecord {
        SeatRecord(
            ticket: ticket(number), rating: Rating(points: 1500), waitTicks: 40,
            lobby: LobbyIndex(0), team: 0, memberCount: 1, latencyMilliseconds: 20, window: 0)
    }

    @Test func aProposalEndsNoWaitButItsMatchDoes() {
        let desk = EstimateDesk(tickMilliseconds: 50, registry: registry)
        var news = OutcomeNews(desk: desk)
        for number in 0..<15 {
            desk.noteArrival(arrival(number))
            news.note(.proposed(match()))
            news.note(.seat(seat(number)))
        }
        _ = desk.work(nowNanoseconds: MonotonicClock.nowNanoseconds())
        #expect(desk.estimate(profile) == .unknown(basis: 0))
        for number in 0..<12 {
            news.note(.matched(match()))
            news.note(.seat(seat(number)))
        }
        news.note(
            .closed(
                ClosedRecord(
                    ticket: ticket(12), waitTicks: 40, queue: QueueIndex(2), lobby: LobbyIndex(0),
                    reason: .declined)))
        // An answer that came too late ends nothing.
        news.note(
            .rejected(
                RejectedRecord(
                    ticket: ticket(13), queue: QueueIndex(2), lobby: LobbyIndex(0),
                    reason: .unknownProposal)))
        _ = desk.work(nowNanoseconds: MonotonicClock.nowNanoseconds())
        #expect(desk.estimate(profile).basis == 13)
        news.note(.matched(match()))
        news.note(.seat(seat(13)))
        _ = desk.work(nowNanoseconds: MonotonicClock.nowNanoseconds())
        #expect(desk.estimate(profile).basis == 14)
    }

    @Test func newsBeyondTheQueueIsDroppedAndCounted() {
        let desk = EstimateDesk(tickMilliseconds: 50, registry: registry, queueCapacity: 8)
        for number in 0..<12 { desk.noteArrival(arrival(number)) }
        #expect(figure("mm_estimate_dropped_total") == 4)
        #expect(desk.work(nowNanoseconds: MonotonicClock.nowNanoseconds()) == 8)
    }
}
