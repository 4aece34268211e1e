// The pool's figures as others see them.
import MatchCore
import Testing

@testable import matchmakerd

@Suite struct PoolBoardTests {
    @Test func placesAndTicksAreShown() {
        let board = PoolBoard(queueCountMax: 2, regionCount: 3)
        board.publish(places: 7, at: 4)
        #expect(board.placeCount(queue: 1, region: 1) == 7)
        board.publish(waiting: 5, queue: 1)
        #expect(board.waitingCount(queue: 1) == 5 && board.waitingCount(queue: 0) == 0)
        board.publish(tickets: 9, players: 11)
        #expect(board.waitingTicketCount == 9 && board.waitingPlayerCount == 11)
        #expect(board.tickAge(nowNanoseconds: 500) == nil)
        board.noteTick(nanoseconds: 400, stateHash: 3)
        #expect(board.tickAge(nowNanoseconds: 500) == 100)
        #expect(board.stateHash == 3)
    }
}
