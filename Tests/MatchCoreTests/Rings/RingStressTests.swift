// The rings between threads. Each test names the outcomes that must never be seen and counts them.
// Small enough for the thread sanitizer.

import Foundation
import Synchronization
import Testing

@testable import MatchCore

/// What must never come out of the ingest ring.
private struct ForbiddenIngest: Equatable {
    var lost = 0
    var doubled = 0
    var tornParty = 0
    var foreignCellInParty = 0
    var orderOfProducerBroken = 0
    var acceptedBeyondCapacity = 0
    var refusedButWritten = 0
}

/// What must never come out of the outcome ring.
private struct ForbiddenOutcome: Equatable {
    var lost = 0
    var orderBroken = 0
    var matchSeenInPart = 0
    var beyondCapacity = 0
}

/// Runs the bodies on a thread each and waits for all of them.
private func onThreads(_ bodies: [@Sendable () -> Void]) {
    let group = DispatchGroup()
    for body in bodies {
        group.enter()
        Thread.detachNewThread {
            body()
            group.leave()
        }
    }
    group.wait()
}

/// Plain memory beside a ring, written before an entry shows and read after it was seen. The
/// sanitizer of Swift 6.3.1 does not look into copies of whole records (memcpy); it does look at
/// single words, so that a missing release or acquire in the ring shows here.
// SAFETY: a word is written again only once its last reader has given the entry's room back.
private final class Witness: @unchecked Sendable {
    private let words: UnsafeMutablePointer<Int>
    private let count: Int

    init(count: Int) {
        self.count = count
        words = .allocate(capacity: count)
        words.initialize(repeating: 0, count: count)
    }

    deinit { words.deallocate() }

    subscript(number: Int) -> Int {
        get { words[number % count] }
        set { words[number % count] = newValue }
    }
}

/// One producer's stream: parties numbered 0, 1, 2 …, each of a size that follows from its number.
private struct PartyStream {
    let producer: Int

    func size(_ number: Int) -> Int {
        1 + Int(mixed(UInt64(producer * 1_000_003 + number)) % 13)
    }

    func player(_ number: Int, _ position: Int) -> PlayerID {
        PlayerID(UInt64(producer) << 48 | UInt64(number) << 8 | UInt64(position))
    }

    /// The party's cells, in `space`.
    func fill(_ space: UnsafeMutableBufferPointer<Command>, _ number: Int) -> Int {
        let count = size(number)
        let rating = Rating(steps: Int32(number))
        space[0] = .enqueue(
            TicketRequest(
                ticket: TicketID(high: UInt64(producer), low: UInt64(number)),
                leader: Member(player: player(number, 0), rating: rating),
                latencies: LatencyVector(), queue: QueueIndex(0), lobby: LobbyIndex(0),
                memberCount: count))
        var cell = 1
        for first in stride(from: 1, to: count, by: MemberGroup.capacity) {
            let group = (first..<min(first + MemberGroup.capacity, count)).map {
                Member(player: player(number, $0), rating: rating)
            }
            space[cell] = .members(MemberGroup(group))
            cell += 1
        }
        return cell
    }
}

/// Reads what the ring gives and judges it.
private struct IngestJudge {
    var forbidden = ForbiddenIngest()
    var nextNumber: [Int]
    private(set) var cellCount = 0
    let witnesses: [Witness]

    init(producerCount: Int, capacity: Int) {
        nextNumber = [Int](repeating: 0, count: producerCount)
        // A batch is judged after its room was given back, and holds at most 64 parties: words are
        // used again one ring and one batch later.
        witnesses = (0..<producerCount).map { _ in Witness(count: capacity + 65) }
    }

    /// Judges one drained batch.
    mutating func take(_ batch: UnsafeMutableBufferPointer<Command>.SubSequence) {
        var cells = batch[...]
        while let cell = cells.popFirst() {
            cellCount += 1
            guard case .enqueue(let request) = cell else {
                forbidden.tornParty += 1
                continue
            }
            let producer = Int(request.ticket.high)
            let number = Int(request.ticket.low)
            judgeOrder(producer, number)
            if witnesses[producer][number] != number { forbidden.lost += 1 }
            takeMembers(PartyStream(producer: producer), number, request, &cells)
        }
    }

    private mutating func judgeOrder(_ producer: Int, _ number: Int) {
        let expected = nextNumber[producer]
        if number < expected { forbidden.doubled += 1 }
        if number > expected { forbidden.orderOfProducerBroken += 1 }
        nextNumber[producer] = number + 1
    }

    private mutating func takeMembers(
        _ stream: PartyStream, _ number: Int, _ request: TicketRequest,
        _ cells: inout UnsafeMutableBufferPointer<Command>.SubSequence
    ) {
        var found = 1
        if Int(request.memberCount) != stream.size(number) { forbidden.foreignCellInParty += 1 }
        for _ in 0..<request.memberGroupCount {
            guard let cell = cells.popFirst(), case .members(let group) = cell else {
                forbidden.tornParty += 1
                return
            }
            cellCount += 1
            for position in 0..<Int(group.count) {
                if group.members[position].player != stream.player(number, found) {
                    forbidden.foreignCellInParty += 1
                }
                found += 1
            }
        }
        if found != stream.size(number) { forbidden.tornParty += 1 }
    }
}

/// What the threads of the ingest test share.
// SAFETY: `judge` is written by the consumer's thread alone and read after all threads have ended.
private final class IngestShare: @unchecked Sendable {
    let consumer: IngestConsumer
    let capacity: Int
    let cellsAccepted = Atomic<Int>(0)
    let refusals = Atomic<Int>(0)
    let producersRunning: Atomic<Int>
    var judge: IngestJudge
    let witnesses: [Witness]

    init(capacity: Int, producerCount: Int) {
        consumer = IngestConsumer(capacity: capacity)
        self.capacity = capacity
        producersRunning = Atomic(producerCount)
        judge = IngestJudge(producerCount: producerCount, capacity: capacity)
        witnesses = judge.witnesses
    }

    /// Gives parties until all are accepted.
    func produce(_ stream: PartyStream, _ partyCount: Int) {
        let producer = consumer.producer
        let space = UnsafeMutableBufferPointer<Command>.allocate(capacity: 16)
        defer { space.deallocate() }
        let witness = witnesses[stream.producer]
        for number in 0..<partyCount {
            let count = stream.fill(space, number)
            witness[number] = number
            let party = UnsafeBufferPointer(rebasing: space[0..<count])
            while !producer.push(party) {
                refusals.add(1, ordering: .relaxed)
                sched_yield()
            }
            cellsAccepted.add(count, ordering: .relaxed)
        }
        producersRunning.subtract(1, ordering: .releasing)
    }

    /// Drains batches of changing size until the producers are done and the ring is empty.
    func consume() {
        let space = UnsafeMutableBufferPointer<Command>.allocate(capacity: 64)
        defer { space.deallocate() }
        let producer = consumer.producer
        var random = Random(seed: 77)
        while true {
            let isLast = producersRunning.load(ordering: .acquiring) == 0
            if producer.depth > capacity { judge.forbidden.acceptedBeyondCapacity += 1 }
            let room = random.next(in: 4...64)
            let count = consumer.drain(into: UnsafeMutableBufferPointer(rebasing: space[0..<room]))
            if count > room { judge.forbidden.acceptedBeyondCapacity += 1 }
            judge.take(space[0..<count])
            if count > 0 { continue }
            if isLast, producer.depth == 0 { return }
            sched_yield()
        }
    }
}

/// What the threads of the outcome test share.
// SAFETY: `producer` belongs to the announcing thread, `forbidden` to the observing one; both are
// read by the test after the threads have ended.
private final class OutcomeShare: @unchecked Sendable {
    var producer: OutcomeProducer
    let consumer: OutcomeConsumer
    let capacity = 1024
    let isDone = Atomic<Bool>(false)
    var forbidden = ForbiddenOutcome()
    // A match takes two records at least: so many are under way at most.
    let witness = Witness(count: 512)

    init() {
        var producer = OutcomeProducer(capacity: capacity)
        consumer = producer.takeConsumer()
        self.producer = producer
    }

    /// Small matches and now and then a large one: the sanitizer forgets what lies too far back, so
    /// that the witness's words must come round soon.
    private func seatCount(_ match: Int) -> Int {
        1 + Int(mixed(UInt64(match)) % (match % 32 == 0 ? 80 : 4))
    }

    private func record(_ match: Int, seats: Int) -> MatchRecord {
        MatchRecord(
            match: MatchID(high: 0, low: UInt64(match)), rulesVersion: 0, tick: Tick(0),
            queue: QueueIndex(0), region: RegionIndex(0), teamCount: 2,
            ticketCount: UInt16(seats), playerCount: UInt16(seats),
            quality: MatchQuality(
                fairness: 0, spread: 0, latency: 0, roles: 0, composite: 0,
                ratingDeviationPoints: 0, ratingRangePoints: 0, teamGapPoints: 0,
                latencyMillisecondsMax: 0))
    }

    private func seat(_ match: Int, _ position: Int) -> SeatRecord {
        SeatRecord(
            ticket: TicketID(high: UInt64(match), low: UInt64(position)),
            rating: Rating(steps: 0), waitTicks: 0, lobby: LobbyIndex(0), team: 0,
            memberCount: 1, latencyMilliseconds: 0)
    }

    /// Announces matches, each published whole; waits where there is no room.
    func announce(_ matchCount: Int) {
        for match in 0..<matchCount {
            let seats = seatCount(match)
            while !producer.hasRoom(for: 1 + seats) { sched_yield() }
            witness[match] = match
            producer.write(.matched(record(match, seats: seats)))
            for position in 0..<seats { producer.write(.seat(seat(match, position))) }
            producer.publish()
        }
        isDone.store(true, ordering: .releasing)
    }

    func observe(_ matchCount: Int) {
        var match = -1
        var nextSeat = 0
        var seats = 0
        while true {
            let isLast = isDone.load(ordering: .acquiring)
            if consumer.depth > capacity { forbidden.beyondCapacity += 1 }
            let count = consumer.drain(max: .max) { outcome in
                switch copy outcome {
                case .matched(let record):
                    if nextSeat != seats { forbidden.matchSeenInPart += 1 }
                    if record.match.low != UInt64(match + 1) { forbidden.orderBroken += 1 }
                    match = Int(record.match.low)
                    if witness[match] != match { forbidden.orderBroken += 1 }
                    seats = Int(record.ticketCount)
                    nextSeat = 0
                case .seat(let record):
                    let expected = TicketID(high: UInt64(match), low: UInt64(nextSeat))
                    if record.ticket != expected { forbidden.orderBroken += 1 }
                    nextSeat += 1
                default: forbidden.orderBroken += 1
                }
            }
            // All that shows at one time ends with a whole match.
            if nextSeat != seats { forbidden.matchSeenInPart += 1 }
            if count > 0 { continue }
            if isLast { break }
            sched_yield()
        }
        forbidden.lost = matchCount - 1 - match
    }
}

/// MM-13, WE-31. Refusals are allowed: a producer that is refused gives the same party again.
@Suite(.serialized) struct RingStressTests {
    @Test(arguments: [64, 1024])
    func ingestRingKeepsThePartiesOfFourProducersWhole(capacity: Int) {
        let producerCount = 4
        let partyCount = 8000
        let share = IngestShare(capacity: capacity, producerCount: producerCount)
        var bodies: [@Sendable () -> Void] = [{ share.consume() }]
        for index in 0..<producerCount {
            bodies.append { share.produce(PartyStream(producer: index), partyCount) }
        }
        onThreads(bodies)
        var forbidden = share.judge.forbidden
        let accepted = share.cellsAccepted.load(ordering: .relaxed)
        let seen = share.judge.cellCount
        forbidden.lost += share.judge.nextNumber.count { $0 != partyCount }
        forbidden.lost += max(0, accepted - seen)
        forbidden.refusedButWritten += max(0, seen - accepted)
        #expect(forbidden == ForbiddenIngest())
        let refusals = share.refusals.load(ordering: .relaxed)
        if capacity == 64 { #expect(refusals > 0, "the ring was full at times") }
    }

    @Test func outcomeRingShowsWholeMatchesInOrder() {
        let matchCount = 100_000
        let share = OutcomeShare()
        onThreads([{ share.announce(matchCount) }, { share.observe(matchCount) }])
        #expect(share.forbidden == ForbiddenOutcome())
    }
}
