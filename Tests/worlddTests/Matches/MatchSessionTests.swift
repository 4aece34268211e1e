// A match from its claim to its result, without sockets or broker.
import DaemonKit
import MatchCore
import ServerTrust
import Testing
import Wire
import WorldCore

@testable import worldd

@Suite struct MatchSessionTests {
    private let claim = ClaimMessage.of(1)
    private let one = LineConnectionID(1)
    private let two = LineConnectionID(2)

    /// Plays to the end; the news in their order.
    private func play(_ session: inout MatchSession, now: UInt64 = 1_000) -> [SessionNews] {
        var news: [SessionNews] = []
        for _ in 0..<1_000 {
            guard let new = session.advance(nowNanoseconds: now, tickMilliseconds: 100) else {
                continue
            }
            news.append(new)
            if case .ended = new { break }
        }
        return news
    }

    private func advance(_ session: inout MatchSession, at now: UInt64) -> SessionNews? {
        session.advance(nowNanoseconds: now, tickMilliseconds: 100)
    }

    @Test func aMatchWaitsForItsPlayersAndNoLonger() {
        var session = claim.session()
        #expect(advance(&session, at: 999) == nil)
        #expect(session.summary.state == .ready)
        #expect(advance(&session, at: 1_000) == .started(playerCount: 0))
        #expect(session.summary.state == .running)
        var complete = claim.session()
        for player: UInt64 in 1...4 {
            let token = claim.token(player, team: player < 3 ? 0 : 1)
            let joined = complete.join(token, LineConnectionID(player))
            #expect((try? joined.get()) != nil)
        }
        #expect(advance(&complete, at: 0) == .started(playerCount: 4))
        var bots = claim.session(isAutoplay: true)
        #expect(advance(&bots, at: 0) == .started(playerCount: 0))
    }

    @Test func theResultSaysWhoDidWhatAndWhoWasThere() throws {
        var session = claim.session(seed: 7)
        _ = session.join(claim.token(1, team: 0), one)
        _ = session.join(claim.token(3, team: 1), two)
        _ = session.advance(nowNanoseconds: 1_000, tickMilliseconds: 100)
        session.leave(two)
        guard case .ended(let result) = try #require(play(&session).last) else {
            Issue.record("not ended")
            return
        }
        #expect(result.teams.map { $0.players.map(\.player.raw) } == [[1, 2], [3, 4]])
        #expect(
            result.teams.flatMap { $0.players.map(\.presence) } == [
                .played, .neverJoined, .leftEarly, .neverJoined,
            ])
        #expect(result.seed == 7)
        #expect(result.durationMilliseconds == UInt32(session.fight.tick) * 100)
        for team in result.teams {
            #expect(team.score == team.players.reduce(0) { $0 + $1.kills })
        }
        #expect(result.teams[try #require(result.winner)].score == 2)
    }

    @Test func theSameSeedAndPlayersGiveTheSameResult() {
        func result(_ seed: UInt64) -> [SessionNews] {
            var session = claim.session(seed: seed)
            _ = session.join(claim.token(1, team: 0), one)
            return play(&session)
        }
        #expect(result(3) == result(3) && result(3) != result(4))
    }

    @Test func everyPlaceHasOnePlayerAndEachTokenOneUse() {
        var session = claim.session()
        func join(
            _ player: UInt64, _ team: UInt32, _ nonce: UInt64, _ connection: LineConnectionID
        ) -> JoinRefusal? {
            let token = claim.token(player, team: team, nonce: nonce)
            guard case .failure(let error) = session.join(token, connection) else { return nil }
            return error.refusal
        }
        #expect(join(1, 1, 1, one) == .notInMatch && join(9, 0, 1, one) == .notInMatch)
        #expect(join(1, 0, 1, one) == nil)
        #expect(join(1, 0, 2, two) == .alreadyJoined && join(2, 0, 1, one) == .alreadyJoined)
        session.leave(one)
        #expect(join(1, 0, 1, one) == .alreadyUsed && join(1, 0, 2, two) == nil)
        for nonce: UInt64 in 3...16 {
            session.leave(two)
            #expect(join(1, 0, nonce, two) == nil)
        }
        session.leave(two)
        #expect(join(1, 0, 17, two) == .tooManyJoins)
        var other = claim.token(1, team: 0, nonce: 99)
        other.attempt = 2
        let refused = session.join(other, one)
        #expect(refused == .failure(JoinError(.wrongAttempt)))
    }

    @Test func aPlayerTurnsOnWhomHeNames() {
        var session = claim.session()
        _ = session.join(claim.token(1, team: 0), one)
        let isKnown = [
            session.focus(one, on: PlayerID(4)), session.focus(one, on: PlayerID(5)),
            session.focus(two, on: PlayerID(4)),
        ]
        #expect(isKnown == [true, false, false])
    }
}
