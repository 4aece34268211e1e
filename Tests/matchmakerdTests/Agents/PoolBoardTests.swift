// The pool's figures as others see them.
import MatchCore
import Testing

@testable import matchmakerd

@Suite struct PoolBoardTests {
    @Test func waitingIsWhatCameLessWhatWasAnswered() {
        let board = PoolBoard(queueCountMax: 2, regionCount: 3)
        for _ in 0..<5 { board.noteOffered(QueueIndex(1)) }
        board.noteAnswered(QueueIndex(1), count: 2)
        #expect(board.waitingCount(queue: 1) == 3)
        #expect(board.waitingCount(queue: 0) == 0)
        // A refused cancel names no queue.
        board.noteAnswered(QueueIndex(.max))
        #expect(board.waitingCount(queue: 1) == 3)
    }

    @Test func placesAndTicksAreShown() {
        let board = PoolBoard(queueCountMax: 2, regionCount: 3)
        board.publish(places: 7, at: 4)
        #expect(board.placeCount(queue: 1, region: 1) == 7)
        board.publish(tickets: 9, players: 11)
        #expect(board.waitingTicketCount == 9 && board.waitingPlayerCount == 11)
        #expect(board.tickAge(nowNanoseconds: 500) == nil)
        board.noteTick(nanoseconds: 400, stateHash: 3)
        #expect(board.tickAge(nowNanoseconds: 500) == 100)
        #expect(board.stateHash == 3)
    }
}
