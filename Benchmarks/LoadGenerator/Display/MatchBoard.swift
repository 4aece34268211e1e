// Figures of the last minute, per queue and in all, and the last matches. Bounded: old samples go.
import Wire

/// Figures of one queue, or of all, over the window.
struct QueueFigures: Equatable {
    var matchesPerMinute = 0.0
    /// Waits of tickets in seconds, nil without a match.
    var waitMedian: Double?
    var waitNinetieth: Double?
    /// Composite quality 0...1 of matches.
    var qualityMedian: Double?
    var qualityTenth: Double?
    /// Worst round trip of a player to his match.
    var latencyMillisecondsMax: UInt32?
}

/// Gathers matches.
struct MatchBoard {
    /// Length of the window in seconds.
    static let windowSeconds = 60.0
    /// Matches kept for figures, and for the list.
    private static let sampleCountMax = 20_000
    static let lastCountMax = 8

    private struct Sample {
        let seconds: Double
        let queue: Int
        let quality: Double
        let latencyMillisecondsMax: UInt32
        let waitSeconds: [Double]
    }

    private let queues: [String]
    private var samples: [Sample] = []
    /// The last matches, newest first.
    private(set) var last: [(seconds: Double, match: MatchMessage)] = []

    init(queues: [String]) { self.queues = queues }

    mutating func record(_ match: MatchMessage, nowSeconds: Double) {
        guard let queue = queues.firstIndex(of: match.queue) else { return }
        let waits = match.teams.flatMap(\.seats).map { Double($0.waitMilliseconds) / 1_000 }
        samples.append(
            Sample(
                seconds: nowSeconds, queue: queue, quality: Double(match.quality.composite),
                latencyMillisecondsMax: match.quality.latencyMillisecondsMax, waitSeconds: waits))
        // Thrown away in large pieces, so that it costs nothing on average.
        if samples.count > 2 * Self.sampleCountMax {
            samples.removeFirst(samples.count - Self.sampleCountMax)
        }
        last.insert((nowSeconds, match), at: 0)
        if last.count > Self.lastCountMax { last.removeLast() }
    }

    /// Figures of each queue, and of all together at the end.
    mutating func figures(nowSeconds: Double) -> [QueueFigures] {
        let start = nowSeconds - Self.windowSeconds
        let kept = samples.firstIndex { $0.seconds >= start } ?? samples.count
        samples.removeFirst(kept)
        // A shorter time counts fully until the window has been filled once.
        let minutes = min(max(nowSeconds, 1), Self.windowSeconds) / 60
        return (queues.indices.map { queue in samples.filter { $0.queue == queue } } + [samples])
            .map { Self.figures($0, minutes: minutes) }
    }

    private static func figures(_ samples: [Sample], minutes: Double) -> QueueFigures {
        let waits = samples.flatMap(\.waitSeconds).sorted()
        let qualities = samples.map(\.quality).sorted()
        return QueueFigures(
            matchesPerMinute: Double(samples.count) / minutes,
            waitMedian: quantile(waits, 0.5), waitNinetieth: quantile(waits, 0.9),
            qualityMedian: quantile(qualities, 0.5), qualityTenth: quantile(qualities, 0.1),
            latencyMillisecondsMax: samples.map(\.latencyMillisecondsMax).max())
    }

    /// The value below which a share of the sorted values lies (nearest rank).
    static func quantile(_ sorted: [Double], _ share: Double) -> Double? {
        if sorted.isEmpty { return nil }
        let rank = Int((share * Double(sorted.count)).rounded(.up))
        return sorted[min(max(rank, 1), sorted.count) - 1]
    }
}
