// The demo's state as lines of text: a table of queues, totals, the last matches. Pure; who draws
// them decides about colours and cursor.
import Wire

/// Everything that is shown at one moment.
struct DemoState {
    var seconds: Double
    var hour: Double
    var daySeconds: Double
    var queues: [String]
    /// Players waiting, by queue.
    var waiting: [Int]
    var playing: Int
    /// Of each queue, and of all together at the end.
    var figures: [QueueFigures]
    var totals: CrowdTotals
    var last: [(seconds: Double, match: MatchMessage)]
    var isConnected: Bool
    /// Messages sent that no acknowledgement has come for yet.
    var unacknowledged: Int
    /// Of matchmakerd, where it is scraped.
    var server: ServerFigures?
}

/// What a line is, so that a terminal may set it off.
enum LineStyle {
    case title
    case heading
    case plain
    case sum
    case faint
}

/// Lays out a state.
enum DemoPicture {
    static func lines(_ state: DemoState) -> [(style: LineStyle, text: String)] {
        var lines: [(LineStyle, String)] = [(.title, title(state)), (.faint, status(state))]
        lines.append((.plain, ""))
        lines.append((.heading, heading()))
        for (index, queue) in state.queues.enumerated() {
            lines.append((.plain, row(queue, state.waiting[index], state.figures[index])))
        }
        if let all = state.figures.last {
            lines.append((.sum, row("all", state.waiting.reduce(0, +), all)))
        }
        lines.append((.faint, totals(state)))
        lines.append((.plain, ""))
        lines.append((.heading, "last matches"))
        for entry in state.last {
            let age = NumberText.fixed(max(0, state.seconds - entry.seconds), 0) + " s"
            lines.append((.plain, "\(age.right(5))  \(EventWords.sentence(entry.match))"))
        }
        for _ in state.last.count..<MatchBoard.lastCountMax { lines.append((.plain, "")) }
        return lines
    }

    /// One line for those who do not watch a screen.
    static func summary(_ state: DemoState) -> String {
        let all = state.figures.last ?? QueueFigures()
        return "\(NumberText.duration(seconds: state.seconds).right(9))  "
            + "\(NumberText.clock(hour: state.hour)) UTC  "
            + "waiting \(NumberText.grouped(state.waiting.reduce(0, +))), "
            + "playing \(NumberText.grouped(state.playing)); "
            + "\(NumberText.fixed(all.matchesPerMinute, 0)) matches/min, "
            + "wait p50 \(wait(all.waitMedian)) p90 \(wait(all.waitNinetieth)), "
            + "quality p50 \(score(all.qualityMedian)) p10 \(score(all.qualityTenth)), "
            + "ping ≤ \(ping(all.latencyMillisecondsMax))"
            + (state.isConnected ? "" : "; broker lost")
    }

    static func totals(_ state: DemoState) -> String {
        let totals = state.totals
        let others = totals.closedOtherwise == 0 ? "" : ", closed \(totals.closedOtherwise)"
        return "\(NumberText.grouped(totals.matches)) matches, "
            + "\(NumberText.grouped(totals.playersMatched)) players; "
            + "\(NumberText.grouped(totals.ticketsSent)) tickets: "
            + "\(NumberText.grouped(totals.ticketsMatched)) matched, "
            + "\(NumberText.grouped(totals.cancelled)) gave up, "
            + "\(NumberText.grouped(totals.expired)) expired, "
            + "\(NumberText.grouped(totals.outOfReach)) out of reach, "
            + "\(NumberText.grouped(totals.rejected)) rejected\(others)"
    }

    private static func title(_ state: DemoState) -> String {
        "Muster demo   \(NumberText.clock(hour: state.hour)) UTC "
            + "(a day takes \(NumberText.duration(seconds: state.daySeconds)))   "
            + "running \(NumberText.duration(seconds: state.seconds))   "
            + "playing \(NumberText.grouped(state.playing))"
    }

    private static func status(_ state: DemoState) -> String {
        var parts = [state.isConnected ? "broker connected" : "BROKER LOST, reconnecting"]
        if state.unacknowledged > 0 { parts.append("unacknowledged \(state.unacknowledged)") }
        if let server = state.server {
            parts.append("matchmakerd: \(NumberText.grouped(server.poolTickets)) tickets waiting")
            if let bound = server.tickBoundSeconds {
                parts.append("tick p99 ≤ \(NumberText.fixed(bound * 1_000, 1)) ms")
            }
            parts.append("ticks left out \(NumberText.grouped(server.overruns))")
        }
        return parts.joined(separator: "   ")
    }

    // 79 columns and, with eight queues, 24 lines: the terminal that everybody has.

    private static func heading() -> String {
        "queue".left(18) + "waiting".right(8) + "match/min".right(10) + "wait p50".right(10)
            + "p90".right(9) + "qual p50".right(9) + "p10".right(6) + "max ping".right(9)
    }

    private static func row(_ name: String, _ waiting: Int, _ figures: QueueFigures) -> String {
        name.left(18) + NumberText.grouped(waiting).right(8)
            + NumberText.fixed(figures.matchesPerMinute, 0).right(10)
            + wait(figures.waitMedian).right(10) + wait(figures.waitNinetieth).right(9)
            + score(figures.qualityMedian).right(9) + score(figures.qualityTenth).right(6)
            + ping(figures.latencyMillisecondsMax).right(9)
    }

    private static func wait(_ seconds: Double?) -> String {
        seconds.map { NumberText.duration(seconds: $0) } ?? "–"
    }

    private static func score(_ value: Double?) -> String {
        value.map { NumberText.fixed($0, 2) } ?? "–"
    }

    private static func ping(_ milliseconds: UInt32?) -> String {
        milliseconds.map { "\($0) ms" } ?? "–"
    }
}
