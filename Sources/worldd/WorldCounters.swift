// Every metric of worldd, declared once, in the order in which /metrics lists them. Writers: the
// world thread (claims, joins, ticks, ends), the messaging library's thread (unreadable requests),
// the session thread (tokens, connections), the report thread (reports). All are atomics.
import DaemonKit
import ServerTrust
import Wire

/// Counters that differ in one label, one for each case.
struct CounterTable<Key: CaseIterable & Equatable & Sendable>: Sendable {
    private let series: MetricSeries<Counter>
    private let keys: [Key]

    init(_ registry: MetricsRegistry, _ name: String, help: String, label: String) {
        keys = Array(Key.allCases)
        series = registry.counters(name, help: help, label: label, values: keys.map { "\($0)" })
    }

    subscript(key: Key) -> Counter {
        guard let index = keys.firstIndex(of: key) else { preconditionFailure("an unknown case") }
        return series[index]
    }
}

/// How a match ended on this server.
enum MatchEnd: CaseIterable {
    case played
    case failed
    case released
}

/// The metrics of worldd.
final class WorldCounters: Sendable {
    let registry: MetricsRegistry
    let claims: CounterTable<ClaimStatus>
    let releases: CounterTable<ReleaseStatus>
    let requestsDropped: Counter
    let joins: Counter
    let joinRefusals: CounterTable<JoinRefusal>
    let tokenErrors: CounterTable<JoinTokenError>
    let connections: Gauge
    let linesDropped: Counter
    let ended: CounterTable<MatchEnd>
    let ticks: Counter
    let ticksSkipped: Counter
    let tickSeconds: Histogram
    let heartbeats: Counter
    let reports: CounterTable<ReportKind>
    let reportFailures: Counter
    let spoolSeconds: Histogram
    let spoolFailures: Counter

    private static let secondsBounds = [
        0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3,
    ]

    init(registry: MetricsRegistry) {
        self.registry = registry
        claims = CounterTable(
            registry, "mm_world_claims_total", help: "Claims answered, by status.",
            label: "status")
        releases = CounterTable(
            registry, "mm_world_releases_total", help: "Releases answered, by status.",
            label: "status")
        requestsDropped = registry.counter(
            "mm_world_requests_dropped_total",
            help: "Requests left without an answer because the world thread was behind.")
        joins = registry.counter("mm_world_joins_total", help: "Players who were let in.")
        joinRefusals = CounterTable(
            registry, "mm_world_join_refusals_total",
            help: "Players with a sound token who were not let in, by reason.", label: "reason")
        tokenErrors = CounterTable(
            registry, "mm_world_token_errors_total", help: "Tokens refused, by reason.",
            label: "reason")
        connections = registry.gauge(
            "mm_world_connections", help: "Players' connections, joined or not.")
        linesDropped = registry.counter(
            "mm_world_lines_dropped_total",
            help: "States not sent because the session thread was behind.")
        ended = CounterTable(
            registry, "mm_world_matches_ended_total", help: "Matches that ended, by how.",
            label: "end")
        ticks = registry.counter("mm_world_ticks_total", help: "Ticks of the world.")
        ticksSkipped = registry.counter(
            "mm_world_tick_overrun_total", help: "Ticks left out because the world was late.")
        tickSeconds = registry.histogram(
            "mm_world_tick_seconds", help: "Duration of a tick of all matches.",
            bounds: WorldCounters.secondsBounds)
        heartbeats = registry.counter("mm_world_heartbeats_total", help: "Heartbeats sent.")
        reports = CounterTable(
            registry, "mm_world_reports_total", help: "Reports stored in MMRES, by kind.",
            label: "kind")
        reportFailures = registry.counter(
            "mm_world_report_failures_total",
            help: "Attempts to store a report that failed; each is repeated.")
        spoolSeconds = registry.histogram(
            "mm_world_spool_seconds", help: "Time to put a claim or a result on the disk.",
            bounds: WorldCounters.secondsBounds)
        spoolFailures = registry.counter(
            "mm_world_spool_failures_total", help: "Times that the disk did not take it.")
        ProcessMetrics.register(in: registry)
    }
}
