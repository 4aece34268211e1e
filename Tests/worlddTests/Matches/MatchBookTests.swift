// Answers to claims and releases: the same question, the same answer; no stale owner or attempt;
// never more than there is room for. One test runs a storm of random requests against the rules.
import MatchCore
import Testing
import Wire

@testable import worldd

@Suite struct MatchBookTests {
    private func book(_ countMax: Int = 4) -> MatchBook {
        MatchBook(content: .duels, matchCountMax: countMax)
    }

    /// As the world thread does it: what is accepted is held.
    private func ask(_ book: inout MatchBook, _ claim: ClaimMessage) -> ClaimStatus {
        switch book.decide(claim).0 {
        case .answer(let status, _): return status
        case .accept:
            book.hold(claim.session())
            return .accepted
        }
    }

    private func release(
        _ book: inout MatchBook, _ number: UInt64, attempt: UInt32, epoch: UInt64 = 1
    ) -> (ReleaseStatus, isDropped: Bool) {
        let (status, _, dropped) = book.release(
            ReleaseMessage(
                match: MatchID(high: number, low: 1), attempt: attempt,
                owner: ShardOwner(shard: "s", epoch: epoch), reason: .orphan))
        return (status, dropped != nil)
    }

    @Test func refusalsAreRemembered() {
        var book = book(1)
        #expect(ask(&book, .of(1)) == .accepted)
        #expect(ask(&book, .of(2)) == .full)
        #expect(ask(&book, .of(3, queue: "chess")) == .unknownMode)
        _ = release(&book, 1, attempt: 1)
        #expect(ask(&book, .of(2)) == .full && ask(&book, .of(3)) == .unknownMode)
        #expect(ask(&book, .of(2, attempt: 2)) == .accepted)
        book.isDraining = true
        #expect(ask(&book, .of(4)) == .draining && ask(&book, .of(2, attempt: 2)) == .accepted)
    }

    @Test func aMatchThatIsOverKeepsItsPlaceUntilItIsReported() {
        var book = book(1)
        #expect(ask(&book, .of(1)) == .accepted)
        let match = MatchID(high: 1, low: 1)
        let closed = [book.close(match), book.close(match)]
        #expect(closed.map { $0 != nil } == [true, false])
        #expect(book.summaries.map(\.state) == [.over] && ask(&book, .of(1)) == .over)
        #expect(ask(&book, .of(2)) == .full)
        // A further attempt comes here while the first is not reported yet.
        book.noteReported(match, attempt: 2)
        #expect(ask(&book, .of(1, attempt: 2)) == .full)
        book.noteReported(match, attempt: 1)
        #expect(ask(&book, .of(1, attempt: 3)) == .accepted)
        #expect(book.refusal(of: match, attempt: 3) == .unknownMatch)
    }

    @Test func aMatchOfMoreFightersThanThereAreIsInvalid() {
        var book = book()
        let crowd = (0..<129).map { [UInt64($0 + 1)] }
        #expect(ask(&book, .of(1, players: crowd)) == .invalid)
        #expect(ask(&book, .of(1)) == .accepted, "an invalid claim leaves nothing behind")
    }

    @Test func theNumberOfShardsIsBounded() {
        var book = book()
        for shard in 0..<4_096 { _ = ask(&book, .of(1, shard: "s\(shard)")) }
        #expect(ask(&book, .of(2, shard: "one more")) == .unavailable)
        #expect(ask(&book, .of(2, shard: "s7")) == .accepted)
    }

    @Test(arguments: 0..<30)
    func aStormOfRequestsBreaksNoRule(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var book = book(6)
        var epoch: UInt64 = 0
        var highest: [UInt64: UInt32] = [:]
        var said: [String: ClaimStatus] = [:]
        for _ in 0..<2_000 {
            let number = UInt64.random(in: 1...12, using: &random)
            let attempt = UInt32.random(in: 1...6, using: &random)
            // One below what is known, that, or one above.
            let asked = max(1, max(1, epoch) - 1 + UInt64.random(in: 0...2, using: &random))
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<6:
                let claim = ClaimMessage.of(number, attempt: attempt, epoch: asked)
                let status = ask(&book, claim)
                let name = "\(number).\(attempt)"
                #expect((status == .staleEpoch) == (asked < epoch))
                if status == .staleEpoch { continue }
                epoch = asked
                #expect((status == .staleAttempt) == (attempt < highest[number] ?? 0))
                if status == .staleAttempt { continue }
                highest[number] = attempt
                // What was accepted may be over by now; all else stays as it was said.
                if let before = said[name], before != status {
                    #expect(before == .accepted && status == .over, "\(before) then \(status)")
                }
                said[name] = status
            case 6..<9:
                let (status, _) = release(&book, number, attempt: attempt, epoch: asked)
                #expect((status == .staleEpoch) == (asked < epoch))
                if status == .staleEpoch { continue }
                epoch = asked
                if attempt >= highest[number] ?? 0 {
                    highest[number] = attempt
                    said["\(number).\(attempt)"] = .over
                    #expect(book.sessions[MatchID(high: number, low: 1)] == nil)
                }
            default:
                let match = MatchID(high: number, low: 1)
                if let session = book.close(match), Bool.random(using: &random) {
                    book.noteReported(match, attempt: session.attempt)
                }
                if let first = book.unreported.first, Bool.random(using: &random) {
                    book.noteReported(first.match, attempt: first.attempt)
                }
            }
            #expect(book.heldCount <= 6)
            for session in book.sessions.values {
                #expect(highest[session.match.high] == session.attempt)
            }
        }
    }
}

/// SplitMix64: the same requests for the same seed on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
