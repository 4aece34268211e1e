// The loop of `loadgen demo`. Owned by the main thread; the broker's library fills the feed.
import DaemonKit
import Wire

/// One run of the demo.
struct DemoRun {
    /// Pause between two steps; far below what a person notices.
    private static let stepMilliseconds: Int64 = 50
    private static let drawSeconds = 0.5
    private static let plainSeconds = 5.0
    private static let metricsSeconds = 2.0

    private let workload: Workload
    private let connection: NATSConnection
    private let feed: EventFeed
    private let isPainted: Bool
    private var crowd: Crowd
    private var sender: IntakeSender
    private var metrics: MetricsReader?
    private var server: ServerFigures?
    private var board: MatchBoard
    private var terminal: Terminal
    private var unreadableCount = 0
    private let startNanoseconds = MonotonicClock.nowNanoseconds()

    init(
        _ workload: Workload, crowd: Crowd, connection: NATSConnection, feed: EventFeed,
        sender: IntakeSender, metrics: MetricsReader?, isPainted: Bool
    ) {
        self.workload = workload
        self.crowd = crowd
        self.connection = connection
        self.feed = feed
        self.sender = sender
        self.metrics = metrics
        self.isPainted = isPainted
        board = MatchBoard(queues: workload.queues.map(\.name))
        terminal = Terminal(isPainted: isPainted)
    }

    /// Runs until a signal, or for `durationSeconds` if that is above 0.
    mutating func run(durationSeconds: Double) -> ExitCode {
        var nextDraw = 0.0
        var nextMetrics = 0.0
        while true {
            let now = nowSeconds
            if durationSeconds > 0 && now >= durationSeconds { break }
            takeEvents(now)
            send(crowd.step(nowSeconds: now), now)
            if metrics != nil && now >= nextMetrics {
                server = metrics?.read()
                nextMetrics = now + Self.metricsSeconds
            }
            if now >= nextDraw {
                show(now)
                nextDraw = now + (isPainted ? Self.drawSeconds : Self.plainSeconds)
            }
            if Signals.wait(milliseconds: Self.stepMilliseconds) == .stop { break }
        }
        return finish(isTimed: durationSeconds > 0)
    }

    private var nowSeconds: Double {
        Double(MonotonicClock.nowNanoseconds() - startNanoseconds) / 1e9
    }

    private mutating func takeEvents(_ now: Double) {
        // A broker that is away is shown as such; the feed goes on where it stopped.
        guard let entries = try? feed.take() else { return }
        for entry in entries {
            guard let event = entry.event else {
                unreadableCount += 1
                continue
            }
            crowd.take(event, nowSeconds: now)
            if case .matched(let match) = event { board.record(match, nowSeconds: now) }
        }
    }

    private mutating func send(_ messages: [IntakeMessage], _ now: Double) {
        let anyQueue = workload.queues[0].name
        sender.send(
            messages,
            queueOf: { message in
                // A cancel names no queue; the subject's queue is for permissions only.
                if case .ticket(let ticket) = message { ticket.queue } else { anyQueue }
            }, now: now)
    }

    private mutating func show(_ now: Double) {
        let state = state(now)
        if isPainted {
            terminal.draw(DemoPicture.lines(state))
            return
        }
        Terminal.line(DemoPicture.summary(state))
        if let last = state.last.first {
            Terminal.line("           " + EventWords.sentence(last.match))
        }
    }

    private mutating func state(_ now: Double) -> DemoState {
        DemoState(
            seconds: now, hour: crowd.hour(atSeconds: now),
            daySeconds: workload.arrivals.daySeconds, queues: workload.queues.map(\.name),
            waiting: crowd.waitingPlayers, playing: crowd.playingPlayers,
            figures: board.figures(nowSeconds: now), totals: crowd.totals, last: board.last,
            isConnected: connection.isConnected, unacknowledged: sender.pendingCount,
            server: server)
    }

    /// Takes the waiting tickets back, so that nobody is matched who has gone.
    private mutating func finish(isTimed: Bool) -> ExitCode {
        show(nowSeconds)
        terminal.finish()
        let cancels = crowd.leave()
        send(cancels, .infinity)
        feed.close()
        let state = state(nowSeconds)
        Terminal.line(
            "ran \(NumberText.duration(seconds: state.seconds)); \(DemoPicture.totals(state))")
        if !cancels.isEmpty { Terminal.line("took back \(cancels.count) waiting tickets") }
        if sender.pendingCount > 0 || sender.givenUpCount > 0 {
            let count = sender.pendingCount + sender.givenUpCount
            let why = sender.lastRefusal.isEmpty ? "" : "; last refusal: \(sender.lastRefusal)"
            Terminal.complain("loadgen demo: \(count) messages were not acknowledged\(why)")
        }
        let lostCount = unreadableCount + feed.droppedCount
        if lostCount > 0 { Terminal.complain("loadgen demo: \(lostCount) events not read") }
        if isTimed && state.totals.matches == 0 && state.totals.ticketsSent > 0 {
            Terminal.complain("loadgen demo: no match was formed")
            return .failure
        }
        return .success
    }
}
