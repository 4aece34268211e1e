// Copies the pool's figures into gauges, and writes one line in a while that says how things go.
// Its own thread, because it takes the metric families' locks and logs.
import DaemonKit

/// Shows the state of the pool.
final class StateReporter: Agent {
    private let board: PoolBoard
    private let counters: MatchmakerCounters
    private let connections: [NATSConnectionState]
    private let log: Log
    private var nextCopy: UInt64 = 0
    private var nextLine: UInt64 = 0
    private var disconnectCount: UInt64 = 0

    private static let copyNanoseconds: UInt64 = 250_000_000
    private static let lineNanoseconds: UInt64 = 60_000_000_000

    init(
        board: PoolBoard, counters: MatchmakerCounters, connections: [NATSConnectionState],
        log: Log
    ) {
        self.board = board
        self.counters = counters
        self.connections = connections
        self.log = log
    }

    func step(nowNanoseconds: UInt64) -> Int {
        if nowNanoseconds < nextCopy { return 0 }
        nextCopy = nowNanoseconds + StateReporter.copyNanoseconds
        copyGauges()
        reportConnections()
        if nowNanoseconds >= nextLine {
            if nextLine != 0 { writeLine() }
            nextLine = nowNanoseconds + StateReporter.lineNanoseconds
        }
        return 0
    }

    func finish() { writeLine() }

    private func copyGauges() {
        let tickets = counters.pool.waitingTickets.current
        for queue in 0..<min(tickets.count, board.queueCountMax) {
            tickets[queue].set(board.waitingCount(queue: queue))
        }
        let places = counters.pool.waitingPlaces.current
        for cell in 0..<min(places.count, board.queueCountMax * board.regionCount) {
            places[cell].set(
                board.placeCount(queue: cell / board.regionCount, region: cell % board.regionCount))
        }
    }

    private func reportConnections() {
        let count = connections.reduce(0) { $0 + $1.disconnectCount }
        if count != disconnectCount {
            log.warning(
                "lost the broker for a moment",
                ["disconnects": count, "error": connections.first?.lastErrorText ?? "none"])
            disconnectCount = count
        }
    }

    private func writeLine() {
        log.info(
            "state",
            [
                "waiting": board.waitingTicketCount, "players": board.waitingPlayerCount,
                "matches": counters.tick.matches.value,
                "enqueued": counters.tick.ticketsEnqueued.value,
                "matched": counters.tick.ticketsMatched.value, "ticks": counters.tick.ticks.value,
                "skipped": counters.tick.skipped.value,
                "hash": String(board.stateHash, radix: 16),
            ])
    }
}
