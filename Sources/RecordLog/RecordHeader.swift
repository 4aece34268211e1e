// What a run was started with: everything besides commands and ticks that its decisions depend on.
import MatchCore

/// The circumstances of a recorded run.
package struct RecordHeader: Sendable, Equatable {
    package var limits: Limits
    /// 1...1,000.
    package var tickMilliseconds: Int
    package var seed: UInt64
    package var epoch: UInt64
    /// The tick before the first one.
    package var firstTick: Tick
    /// A queue's timeout could not be longer than this when its file was checked.
    package var timeoutSecondsMax: Int
    /// The queue file at the start.
    package var rules: RecordedRules

    package init(
        limits: Limits, tickMilliseconds: Int, seed: UInt64, epoch: UInt64, firstTick: Tick,
        timeoutSecondsMax: Int, rules: RecordedRules
    ) {
        self.limits = limits
        self.tickMilliseconds = tickMilliseconds
        self.seed = seed
        self.epoch = epoch
        self.firstTick = firstTick
        self.timeoutSecondsMax = timeoutSecondsMax
        self.rules = rules
    }
}

/// Rules as a queue file says them, under the version with which they came into force.
package struct RecordedRules: Sendable, Equatable {
    package var version: UInt64
    /// Where the file was, for messages.
    package var path: String
    /// The file's bytes.
    package var text: [UInt8]

    package init(version: UInt64, path: String, text: [UInt8]) {
        self.version = version
        self.path = path
        self.text = text
    }
}

extension ByteWriter {
    mutating func header(_ header: RecordHeader) {
        for field in Limits.recorded { count(header.limits[keyPath: field]) }
        count(header.tickMilliseconds)
        whole(header.seed)
        whole(header.epoch)
        signed(header.firstTick.raw)
        count(header.timeoutSecondsMax)
        rules(header.rules)
    }

    mutating func rules(_ rules: RecordedRules) {
        number(rules.version)
        text(Array(rules.path.utf8))
        text(rules.text)
    }
}

extension ByteReader {
    mutating func header() throws(ByteError) -> RecordHeader {
        var limits = Limits(ticketCountMax: 1)
        for field in Limits.recorded { limits[keyPath: field] = try count() }
        guard limits.isPlausible else { throw ByteError(what: "the limits are impossible") }
        return RecordHeader(
            limits: limits, tickMilliseconds: try count(max: 1_000), seed: try whole(),
            epoch: try whole(), firstTick: Tick(try signed()), timeoutSecondsMax: try count(),
            rules: try rules())
    }

    mutating func rules() throws(ByteError) -> RecordedRules {
        RecordedRules(
            version: try number(), path: String(decoding: try text(), as: UTF8.self),
            text: try text())
    }
}

extension Limits {
    /// Every limit, in the order of the layout. A test compares this with the fields that there
    /// are.
    nonisolated(unsafe) static let recorded: [WritableKeyPath<Limits, Int>] = [
        \.ticketCountMax, \.playerCountMax, \.placeCountMax, \.queueCountMax, \.regionCount,
        \.detailCountMax, \.avoidedPlayerCountMax, \.ratedPlayerCountMax,
        \.recentMatchCountMax, \.proposalCountMax, \.backfillCountMax, \.cooldownCountMax,
        \.reservationCountMax, \.endedCountMax, \.endedMemoryTicks, \.searchCountPerTickMax,
        \.wakeCountPerTickMax,
    ]

    /// A matchmaker of these limits can be made.
    fileprivate var isPlausible: Bool {
        ticketCountMax >= 1 && playerCountMax >= 1 && queueCountMax >= 1
            && (1...LatencyVector.capacity).contains(regionCount)
            && Limits.recorded.allSatisfy { self[keyPath: $0] <= 1 << 40 }
    }
}
