// What people read: numbers, sentences, figures, the picture.
import MatchCore
import Testing
import Wire

@testable import loadgen

/// A match of teams given as the players of each seat.
func sampleMatch(_ teams: [[Int]], queue: String = "skirmish-5v5") -> MatchMessage {
    var player: UInt64 = 0
    return MatchMessage(
        match: MatchID(high: 1, low: 2), queue: queue, region: "eu", rulesVersion: 1, tick: 1,
        quality: QualityMessage(
            composite: 0.94, ratingDeviationPoints: 38.4, latencyMillisecondsMax: 41),
        teams: teams.enumerated().map { index, seats in
            TeamMessage(
                seats: seats.map { size in
                    SeatMessage(
                        ticket: TicketID(high: 1, low: player + 1), lobby: "l",
                        players: (0..<size).map { _ in
                            player += 1
                            return PlayerID(player)
                        },
                        rating: 1_512 - 3 * Double(index), waitMilliseconds: 4_200,
                        latencyMilliseconds: 41)
                })
        }, formedAtMilliseconds: 1)
}

@Suite struct DisplayTests {
    @Test(arguments: [
        (0.0, 2, "0.00"), (0.005, 2, "0.01"), (-0.004, 2, "0.00"), (-1.25, 1, "-1.3"),
        (1_234_567.89, 1, "1,234,567.9"), (999.96, 1, "1,000.0"), (12, 0, "12"), (.nan, 1, "–"),
        (.infinity, 0, "–"),
    ])
    func numbers(value: Double, decimals: Int, expected: String) {
        #expect(NumberText.fixed(value, decimals) == expected)
    }

    @Test(arguments: [
        (0.0, "0.0 s"), (59.94, "59.9 s"), (59.96, "1:00 min"), (125, "2:05 min"),
        (3_725, "1:02 h"),
    ])
    func durations(seconds: Double, expected: String) {
        #expect(NumberText.duration(seconds: seconds) == expected)
    }

    @Test func clocks() {
        #expect(NumberText.clock(hour: 0) == "00:00")
        #expect(NumberText.clock(hour: 23.999) == "23:59")
        #expect(NumberText.grouped(-1_000) == "-1,000")
    }

    @Test func aMatchInWords() {
        #expect(
            EventWords.sentence(sampleMatch([[1, 2, 2], [5]]))
                == "5v5 in eu: 10 players, 1,512 against 1,509, spread 38, waited 4.2 s, "
                + "ping ≤ 41 ms, quality 0.94")
    }

    @Test func modesInWords() {
        #expect(EventWords.mode(sampleMatch([[2], [1, 1], [2]])) == "2v2v2")
        #expect(
            EventWords.mode(sampleMatch(Array(repeating: [1], count: 8)))
                == "8-player free-for-all")
        #expect(EventWords.mode(sampleMatch([[1], [1]])) == "1v1")
        #expect(
            EventWords.sentence(sampleMatch([[2], [1, 1], [2]]))
                .contains("1,512, 1,509 and 1,506"))
        #expect(
            EventWords.sentence(sampleMatch(Array(repeating: [1], count: 8)))
                .contains("1,491 to 1,512"))
    }

    @Test func otherEventsInWords() {
        let ticket = TicketID(high: 1, low: 2)
        let closed = EventMessage.closed(
            ClosedMessage(
                ticket: ticket, queue: "q", lobby: "l", reason: .queueRemoved,
                waitMilliseconds: 3_100))
        #expect(
            EventWords.sentence(closed)
                == "closed: ticket \(ticket.uuidText) in q after 3.1 s: queue removed")
        let rejected = EventMessage.rejected(
            RejectionMessage(ticket: nil, queue: "", lobby: "l", reason: .malformed, detail: "x"))
        #expect(EventWords.sentence(rejected) == "rejected: a message: malformed (x)")
    }

    @Test func figuresAreOfTheLastMinute() {
        var board = MatchBoard(queues: ["a", "b"])
        var old = sampleMatch([[1], [1]], queue: "a")
        old.quality.composite = 0.1
        board.record(old, nowSeconds: 5)
        for second in 70..<80 {
            board.record(sampleMatch([[1], [1]], queue: "a"), nowSeconds: Double(second))
        }
        let figures = board.figures(nowSeconds: 90)
        #expect(figures.count == 3)
        #expect(figures[0].matchesPerMinute == 10)
        #expect(figures[0].qualityTenth == Double(Float(0.94)))
        #expect(figures[0].waitMedian == 4.2)
        #expect(figures[0].latencyMillisecondsMax == 41)
        #expect(figures[1] == QueueFigures())
        #expect(figures[2] == figures[0])
        #expect(board.last.count == MatchBoard.lastCountMax)
        #expect(board.last[0].seconds == 79)
    }

    @Test(arguments: [(0.5, 3.0), (0.9, 5), (0.1, 1), (0.0, 1), (1.0, 5)])
    func quantilesAreNearestRanks(share: Double, expected: Double) {
        #expect(MatchBoard.quantile([1, 2, 3, 4, 5], share) == expected)
        #expect(MatchBoard.quantile([], share) == nil)
    }

    @Test func thePictureFitsAnOrdinaryTerminal() throws {
        let workload = try demoWorkload()
        var board = MatchBoard(queues: workload.queues.map(\.name))
        for queue in workload.queues {
            board.record(sampleMatch([[1, 2, 2], [5]], queue: queue.name), nowSeconds: 1)
        }
        let state = DemoState(
            seconds: 2, hour: 12, daySeconds: 480, queues: workload.queues.map(\.name),
            waiting: workload.queues.map { _ in 12_345 }, playing: 1_000,
            figures: board.figures(nowSeconds: 2), totals: CrowdTotals(), last: board.last,
            isConnected: true, unacknowledged: 0,
            server: ServerFigures(poolTickets: 1, overruns: 0, tickBoundSeconds: 0.001))
        let lines = DemoPicture.lines(state)
        #expect(lines.count == 24)
        let table = lines[3...12]
        #expect(table.allSatisfy { $0.text.count == 79 })
        #expect(lines[1].text.contains("tick p99 ≤ 1.0 ms"))
    }
}
