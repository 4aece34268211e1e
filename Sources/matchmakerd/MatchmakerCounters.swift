// Every metric of matchmakerd, declared once, in the order in which /metrics lists them.
// Writers: the tick thread (ticks, core counts), the intake thread (messages, refusals), the
// announcer (outcomes, publishing), the reporter (gauges). All are atomics.
import DaemonKit
import MatchCore
import Wire

/// The metrics of matchmakerd.
final class MatchmakerCounters: Sendable {
    let registry: MetricsRegistry
    let intake: IntakeCounters
    let tick: TickCounters
    let commit: CommitCounters
    let announce: AnnounceCounters
    let explain: ExplainCounters
    let pool: PoolGauges

    init(registry: MetricsRegistry) {
        self.registry = registry
        intake = IntakeCounters(registry)
        tick = TickCounters(registry)
        commit = CommitCounters(registry)
        announce = AnnounceCounters(registry)
        explain = ExplainCounters(registry)
        pool = PoolGauges(registry)
        ProcessMetrics.register(in: registry)
    }
}

/// Streams by their place in `published` and `publishFailures`, in the order of publishing.
enum PublishStage: Int, CaseIterable {
    case allocations
    case events
    case deadLetters

    var stream: String {
        switch self {
        case .allocations: StreamName.allocations
        case .events: StreamName.events
        case .deadLetters: StreamName.deadLetters
        }
    }
}

/// Counts of the intake thread and the watchdog.
struct IntakeCounters: Sendable {
    let messages: MetricSeries<Counter>
    let rejections: MetricSeries<Counter>
    let ringFull: Counter
    let rejectionsDropped: Counter
    let deadLetters: MetricSeries<Counter>
    let deadLettersDropped: Counter
    let consumersRecreated: Counter
    let ticketsRecovered: Counter

    init(_ registry: MetricsRegistry) {
        let reasons = RejectCode.allCases.map(\.label)
        messages = registry.counters(
            "mm_intake_messages_total", help: "Messages taken from the intake stream by form.",
            label: "form", values: ["protobuf", "json"])
        rejections = registry.counters(
            "mm_rejections_total",
            help: "Messages refused, by reason.",
            label: "reason", values: reasons)
        ringFull = registry.counter(
            "mm_ingest_ring_full_total", help: "Messages refused because the ingest ring was full.")
        rejectionsDropped = registry.counter(
            "mm_rejections_dropped_total",
            help: "Refusals whose sender was not told because the side queue was full.")
        deadLetters = registry.counters(
            "mm_dead_letters_total", help: "Messages kept aside for inspection, by reason.",
            label: "reason", values: reasons)
        deadLettersDropped = registry.counter(
            "mm_dead_letters_dropped_total",
            help: "Bad messages that could not be kept aside (queue or stream full).")
        consumersRecreated = registry.counter(
            "mm_intake_consumers_recreated_total",
            help: "Times the watchdog made the intake consumer anew.")
        ticketsRecovered = registry.counter(
            "mm_tickets_recovered_total", help: "Tickets put back into the queue at the start.")
    }

    func countMessage(_ form: ContentType) { messages[form == .json ? 1 : 0].add() }

    func countRejection(_ reason: RejectCode) {
        if let index = RejectCode.allCases.firstIndex(of: reason) { rejections[index].add() }
    }

    func countDeadLetter(_ reason: RejectCode) {
        if let index = RejectCode.allCases.firstIndex(of: reason) { deadLetters[index].add() }
    }
}

/// Counts of the tick thread.
struct TickCounters: Sendable {
    let ticks: Counter
    let skipped: Counter
    let seconds: Histogram
    let ticketsEnqueued: Counter
    let matches: Counter
    let ticketsMatched: Counter
    let playersMatched: Counter
    let searches: Counter
    let searchesCutShort: Counter
    let overdueSeated: Counter
    let overdueCutShort: Counter
    let wakes: Counter
    let carriedOver: Counter
    let outboxFull: Counter
    private let answers: MetricSeries<Counter>
    let cooldownsRefused: Counter
    let marksDropped: Counter

    init(_ registry: MetricsRegistry) {
        ticks = registry.counter("mm_ticks_total", help: "Ticks run.")
        skipped = registry.counter(
            "mm_tick_overrun_total", help: "Ticks left out because an earlier one ran too long.")
        seconds = registry.histogram(
            "mm_tick_duration_seconds", help: "Time from a tick's start to its end.",
            bounds: [
                0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.02, 0.03,
                0.05, 0.1, 0.25, 1,
            ])
        ticketsEnqueued = registry.counter(
            "mm_tickets_enqueued_total", help: "Tickets let into the pool.")
        matches = registry.counter("mm_matches_total", help: "Matches formed.")
        ticketsMatched = registry.counter(
            "mm_tickets_matched_total", help: "Tickets that got a match.")
        playersMatched = registry.counter(
            "mm_players_matched_total", help: "Players that got a match.")
        searches = registry.counter("mm_searches_total", help: "Searches round a ticket.")
        searchesCutShort = registry.counter(
            "mm_searches_cut_short_total", help: "Searches stopped by a bound.")
        overdueSeated = registry.counter(
            "mm_overdue_seated_total",
            help: "Overdue tickets that got the place of tickets that came later.")
        overdueCutShort = registry.counter(
            "mm_overdue_cut_short_total",
            help: "Matches for which a bound ended the look for overdue tickets.")
        wakes = registry.counter(
            "mm_wakes_total", help: "Tickets whose own moment came (window grew or time ran out).")
        carriedOver = registry.counter(
            "mm_work_carried_over_total", help: "Due work left to a later tick by a bound.")
        outboxFull = registry.counter(
            "mm_outbox_full_ticks_total",
            help: "Ticks that stopped early because outcomes were not being published.")
        answers = registry.counters(
            "mm_proposal_answers_total",
            help: "Tickets asked to accept a match, by what they said or did not.",
            label: "answer", values: ["accepted", "declined", "silent", "undelivered"])
        cooldownsRefused = registry.counter(
            "mm_cooldown_refusals_total", help: "Tickets refused because a member bears a mark.")
        marksDropped = registry.counter(
            "mm_marks_dropped_total",
            help: "Marks and offences forgotten before their time because the table was full.")
    }

    /// Adds up one tick's report.
    func add(_ report: TickReport) {
        ticks.add()
        ticketsEnqueued.add(report.ticketsEnqueued)
        matches.add(report.matches)
        ticketsMatched.add(report.ticketsMatched)
        playersMatched.add(report.playersMatched)
        searches.add(report.searches)
        searchesCutShort.add(report.searchesCutShort)
        overdueSeated.add(report.overdueSeated)
        overdueCutShort.add(report.overdueCutShort)
        wakes.add(report.wakes)
        carriedOver.add(report.carriedOver)
        if report.outboxFull { outboxFull.add() }
        answers[0].add(report.accepted)
        answers[1].add(report.declined)
        answers[2].add(report.silent)
        answers[3].add(report.undelivered)
        cooldownsRefused.add(report.cooldownsRefused)
        marksDropped.add(report.marksDropped)
    }
}

/// Counts of the committing and the outbox thread.
struct CommitCounters: Sendable {
    let seconds: Histogram
    let committed: Counter
    let refused: Counter
    let failures: Counter
    let fenced: Counter
    let swept: Counter
    let unsent: Gauge

    init(_ registry: MetricsRegistry) {
        seconds = registry.histogram(
            "mm_commit_seconds", help: "Time of a commit's round trip.",
            bounds: [0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2])
        committed = registry.counter(
            "mm_matches_committed_total", help: "Matches and joins that are in the database.")
        refused = registry.counter(
            "mm_matches_refused_total",
            help: "Formed matches that did not come about: a player was in another match.")
        failures = registry.counter(
            "mm_commit_failures_total", help: "Commits without an answer or refused; repeated.")
        fenced = registry.counter(
            "mm_fenced_total", help: "Commits refused because another process owns the shard.")
        swept = registry.counter(
            "mm_outbox_swept_total",
            help: "Messages published from the outbox that their owner had not told.")
        unsent = registry.gauge(
            "mm_outbox_unsent", help: "Committed messages that no stream has stored yet.")
    }
}

/// Counts of the announcer.
struct AnnounceCounters: Sendable {
    let ticketsClosed: MetricSeries<Counter>
    let proposals: Counter
    let substitutes: Counter
    let ticketsReturned: MetricSeries<Counter>
    let backfilledPlayers: Counter
    let backfillsEnded: MetricSeries<Counter>
    let mercenaries: Counter
    let queueMatches: MetricFamily<Counter>
    let waitSeconds: Histogram
    let quality: Histogram
    let fairness: Histogram
    let spreadPoints: Histogram
    let latencySeconds: Histogram
    let published: MetricSeries<Counter>
    let publishFailures: MetricSeries<Counter>

    init(_ registry: MetricsRegistry) {
        let scores = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 1]
        let streams = PublishStage.allCases.map(\.stream)
        ticketsClosed = registry.counters(
            "mm_tickets_closed_total", help: "Tickets that left without a match, by reason.",
            label: "reason", values: CloseCode.allCases.map(\.label))
        proposals = registry.counter(
            "mm_proposals_total", help: "Matches that were proposed to be accepted.")
        substitutes = registry.counter(
            "mm_substitutes_total", help: "Tickets that took another's place in a proposed match.")
        ticketsReturned = registry.counters(
            "mm_tickets_returned_total",
            help: "Tickets of proposed matches that wait again, by reason.",
            label: "reason", values: ReturnCode.allCases.map(\.label))
        backfilledPlayers = registry.counter(
            "mm_backfilled_players_total", help: "Players that joined running matches.")
        backfillsEnded = registry.counters(
            "mm_backfills_ended_total",
            help: "Requests of running matches that ended or were refused, by reason.",
            label: "reason", values: BackfillEndCode.allCases.map(\.label))
        mercenaries = registry.counter(
            "mm_mercenaries_total", help: "Players matched for a side that is not their own.")
        queueMatches = registry.counterFamily(
            "mm_queue_matches_total", help: "Matches announced by queue.", labels: ["queue"])
        waitSeconds = registry.histogram(
            "mm_ticket_wait_seconds", help: "Wait of matched tickets.",
            bounds: [0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600])
        quality = registry.histogram(
            "mm_match_quality", help: "Composite quality of matches, 0 to 1.", bounds: scores)
        fairness = registry.histogram(
            "mm_match_fairness", help: "Fairness of matches, 0 to 1.", bounds: scores)
        spreadPoints = registry.histogram(
            "mm_match_spread_points",
            help: "Standard deviation of the ratings in a match, in points.",
            bounds: [5, 10, 20, 40, 60, 80, 100, 150, 200, 300, 500])
        latencySeconds = registry.histogram(
            "mm_match_latency_seconds", help: "Worst round trip in a match to its region.",
            bounds: [0.01, 0.02, 0.03, 0.04, 0.06, 0.08, 0.1, 0.15, 0.2, 0.3, 0.5])
        published = registry.counters(
            "mm_published_total", help: "Messages that a stream has acknowledged.",
            label: "stream", values: streams)
        publishFailures = registry.counters(
            "mm_publish_failures_total",
            help: "Publishes that were not acknowledged; they are repeated under the same id.",
            label: "stream", values: streams)
    }

    // Each of these enumerations counts up from 0.

    func countClosed(_ reason: CloseCode) { ticketsClosed[Int(reason.rawValue)].add() }

    func countReturned(_ reason: ReturnCode) { ticketsReturned[Int(reason.rawValue)].add() }

    func countBackfillEnded(_ reason: BackfillEndCode) {
        backfillsEnded[Int(reason.rawValue)].add()
    }
}

/// Questions what holds a ticket, by how they were answered.
struct ExplainCounters: Sendable {
    private let explains: MetricSeries<Counter>

    init(_ registry: MetricsRegistry) {
        explains = registry.counters(
            "mm_explains_total", help: "Questions what holds a ticket, by the answer's status.",
            label: "status", values: ReplyStatus.allCases.map { "\($0)" })
    }

    func count(_ status: ReplyStatus) { explains[Int(status.rawValue)].add() }
}

/// What waits, by queue and region, and what became of reloads.
struct PoolGauges: Sendable {
    let waitingTickets: MetricFamily<Gauge>
    let waitingPlaces: MetricFamily<Gauge>
    let reloads: MetricSeries<Counter>

    init(_ registry: MetricsRegistry) {
        waitingTickets = registry.gaugeFamily(
            "mm_waiting_tickets",
            help: "Tickets that stand in a queue; one that stands in several counts in each.",
            labels: ["queue"])
        waitingPlaces = registry.gaugeFamily(
            "mm_waiting_places", help: "Tickets that accept a region of a queue at present.",
            labels: ["queue", "region"])
        reloads = registry.counters(
            "mm_reloads_total", help: "Reloads of the queue file.", label: "result",
            values: ["applied", "refused"])
    }
}

extension RejectCode {
    /// The reason as a metric label and log word: `duplicate_ticket`.
    var label: String { String(name.dropFirst("REJECT_REASON_".count)).lowercased() }
}

extension CloseCode {
    /// The reason as a metric label and log word: `queue_removed`.
    var label: String { String(name.dropFirst("CLOSE_REASON_".count)).lowercased() }
}

extension ReturnCode {
    /// The reason as a metric label: `no_substitute`.
    var label: String { String(name.dropFirst("RETURN_REASON_".count)).lowercased() }
}

extension BackfillEndCode {
    /// The reason as a metric label: `stale_generation`.
    var label: String { String(name.dropFirst("BACKFILL_END_REASON_".count)).lowercased() }
}
