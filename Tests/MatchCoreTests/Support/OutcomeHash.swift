// A fingerprint of outcomes, field by field and bit by bit, for comparing runs and machines.

@testable import MatchCore

struct OutcomeHash {
    private(set) var value: UInt64 = 0
    /// Leaves out what a seed may change: match ids and which team comes first.
    let ignoresSeed: Bool

    init(ignoresSeed: Bool = false) { self.ignoresSeed = ignoresSeed }

    private mutating func note(_ word: UInt64) { value = mixed(value ^ word) }

    private mutating func note(_ number: some BinaryInteger) {
        note(UInt64(truncatingIfNeeded: number))
    }

    private mutating func note(_ number: Float) { note(number.bitPattern) }

    mutating func note(_ result: TickResult) {
        for outcome in result.outcomes { note(outcome) }
    }

    mutating func note(_ outcome: Outcome) {
        switch outcome {
        case .matched(let record): note(record)
        case .seat(let record): note(record)
        case .ratings(let group):
            for position in 0..<Int(group.count) { note(group.ratings[position].steps) }
        case .players(let group):
            for position in 0..<Int(group.count) { note(group.players[position].raw) }
        case .closed(let record):
            note(record.ticket.low)
            note(record.waitTicks)
            note(record.reason.rawValue)
        case .rejected(let record):
            note(record.ticket.low)
            note(record.queue.raw)
            note(record.reason.rawValue)
        case .proposed(let record), .substituted(let record): note(record)
        case .returned(let record):
            note(record.ticket.low)
            note(record.reason.rawValue)
        case .backfilled(let record):
            note(record.generation)
            note(record.ticketCount)
            note(record.playerCount)
        case .backfillEnded(let record):
            note(record.generation)
            note(record.reason.rawValue)
        case .explained(let record):
            note(record.ticket.low)
            note(record.obstacle.rawValue)
            note(record.window)
        }
    }

    private mutating func note(_ record: MatchRecord) {
        if !ignoresSeed {
            note(record.match.high)
            note(record.match.low)
        }
        note(record.rulesVersion)
        note(record.tick.raw)
        note(record.queue.raw)
        note(record.region.raw)
        note(record.ticketCount)
        let quality = record.quality
        note(quality.fairness)
        note(quality.spread)
        note(quality.latency)
        note(quality.roles)
        note(quality.composite)
        note(quality.ratingDeviationPoints)
        note(quality.ratingRangePoints)
        note(quality.teamGapPoints)
        note(quality.latencyMillisecondsMax)
    }

    private mutating func note(_ record: SeatRecord) {
        note(record.ticket.high)
        note(record.ticket.low)
        note(record.rating.steps)
        note(record.waitTicks)
        note(record.lobby.raw)
        if !ignoresSeed { note(record.team) }
        note(record.latencyMilliseconds)
    }
}
