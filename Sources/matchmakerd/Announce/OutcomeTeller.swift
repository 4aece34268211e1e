// What each of the core's outcomes is told as, to whom, and how it is counted. A value owned by
// the announcer; nothing is sent here.
import DaemonKit
import MatchCore
import Wire

/// Turns outcomes into messages.
struct OutcomeTeller {
    var names: OutcomeNames
    private let counters: MatchmakerCounters
    private let allocationForm: ContentType
    private let explains: ExplainDesk
    /// Makes the ids of what may be told repeatedly differ between runs.
    private let epoch: UInt64
    private var repeatableCount: UInt64 = 0
    private var assembler = MatchAssembler()
    private var waitNews: OutcomeNews

    init(
        names: OutcomeNames, counters: MatchmakerCounters,
        allocationForm: ContentType, explains: ExplainDesk, estimates: EstimateDesk, epoch: UInt64
    ) {
        waitNews = OutcomeNews(desk: estimates)
        self.names = names
        self.counters = counters
        self.allocationForm = allocationForm
        self.explains = explains
        self.epoch = epoch
    }

    /// Adds what an outcome makes known, or remembers it until the rest of it comes.
    mutating func take(
        _ outcome: Outcome, formedAtMilliseconds: UInt64, into decisions: inout Decisions
    ) {
        waitNews.note(outcome)
        switch outcome {
        case .matched(let record): assembler.begin(record)
        case .proposed(let record): assembler.begin(proposed: record)
        case .substituted(let record): assembler.begin(substituted: record)
        case .backfilled(let record): assembler.begin(record)
        case .seat(let record): assembler.add(record, names: names)
        case .ratings(let group): assembler.add(group)
        case .players(let group):
            let assembled = assembler.add(
                group, names: names, formedAtMilliseconds: formedAtMilliseconds)
            if let assembled { tell(assembled, &decisions) }
        case .closed(let record): tell(record, &decisions.rest)
        case .rejected(let record): tell(record, &decisions.rest)
        case .returned(let record): tell(record, &decisions.rest)
        case .backfillEnded(let record): tell(record, &decisions.rest)
        case .explained(let record): explains.take(record, names)
        }
    }

    // MARK: - Matches

    private func tell(_ assembled: MatchAssembler.Assembled, _ decisions: inout Decisions) {
        let form = { (lobby: String) in names.lobbies.form(of: lobby) }
        switch assembled.content {
        case .matched(let match, let row):
            decisions.groups.append(group(.match(match), row, assembled))
        case .backfilled(let backfilled, let row):
            decisions.groups.append(group(.backfill(backfilled), row, assembled))
        case .proposed(let proposed):
            decisions.rest.add(proposed, form: form)
            counters.announce.proposals.add()
        case .substituted(let substituted):
            decisions.rest.add(substituted, form: form(substituted.seat.lobby))
            counters.announce.substitutes.add()
        }
    }

    private func group(
        _ allocation: AllocationMessage, _ reservation: Int32, _ assembled: MatchAssembler.Assembled
    ) -> FormedGroup {
        var announcement = Announcement()
        announcement.add(
            allocation, allocationForm: allocationForm,
            form: { names.lobbies.form(of: $0) })
        return FormedGroup(
            allocation: allocation, reservation: reservation, queue: assembled.queue,
            announcement: announcement)
    }

    /// Counts what has come into the books.
    func confirm(_ group: FormedGroup) {
        switch group.allocation {
        case .match(let match):
            observe(match)
            let series = counters.announce.queueMatches.current
            let queue = Int(group.queue.raw)
            if queue < series.count { series[queue].add() }
        case .backfill(let backfilled):
            let players = backfilled.seats.reduce(0) { $0 + $1.players.count }
            counters.announce.backfilledPlayers.add(players)
            observe(backfilled.seats)
        }
    }

    private func observe(_ match: MatchMessage) {
        counters.announce.quality.observe(Double(match.quality.composite))
        counters.announce.fairness.observe(Double(match.quality.fairness))
        counters.announce.spreadPoints.observe(Double(match.quality.ratingDeviationPoints))
        counters.announce.latencySeconds.observe(Double(match.quality.latencyMillisecondsMax) / 1e3)
        for team in match.teams { observe(team.seats) }
    }

    private func observe(_ seats: [SeatMessage]) {
        for seat in seats {
            counters.announce.waitSeconds.observe(Double(seat.waitMilliseconds) / 1e3)
            if seat.isMercenary { counters.announce.mercenaries.add(seat.players.count) }
        }
    }

    // MARK: - Single tickets and requests

    private func tell(_ record: ClosedRecord, _ announcement: inout Announcement) {
        let reason = CloseCode(record.reason)
        counters.announce.countClosed(reason)
        let closed = ClosedMessage(
            ticket: record.ticket, queue: names.queue(record.queue),
            lobby: names.lobby(record.lobby), reason: reason,
            waitMilliseconds: names.milliseconds(record.waitTicks))
        announcement.add(closed, form: names.lobbies.form(of: record.lobby))
    }

    private mutating func tell(_ record: RejectedRecord, _ announcement: inout Announcement) {
        let reason = RejectCode(record.reason)
        counters.intake.countRejection(reason)
        let rejection = RejectionMessage(
            ticket: record.ticket, queue: names.queue(record.queue),
            lobby: names.lobby(record.lobby), reason: reason,
            retryAfterMilliseconds: names.milliseconds(record.ticksLeft),
            match: record.match == MatchID(high: 0, low: 0) ? nil : record.match)
        announcement.add(
            rejection, id: "\(record.ticket.uuidText):rejected:\(nextRepeatable())",
            form: names.lobbies.form(of: record.lobby))
    }

    private func tell(_ record: ReturnedRecord, _ announcement: inout Announcement) {
        let reason = ReturnCode(record.reason)
        counters.announce.countReturned(reason)
        let returned = ReturnedMessage(
            match: record.match, ticket: record.ticket, queue: names.queue(record.queue),
            lobby: names.lobby(record.lobby), reason: reason)
        announcement.add(returned, form: names.lobbies.form(of: record.lobby))
    }

    private mutating func tell(_ record: BackfillEndedRecord, _ announcement: inout Announcement) {
        let reason = BackfillEndCode(record.reason)
        counters.announce.countBackfillEnded(reason)
        let ended = BackfillEndedMessage(
            match: record.match, queue: names.queue(record.queue),
            lobby: names.lobby(record.lobby), generation: record.generation, reason: reason)
        announcement.add(
            ended, id: "\(record.match.uuidText):backfill_ended:\(nextRepeatable())",
            form: names.lobbies.form(of: record.lobby))
    }

    private mutating func nextRepeatable() -> String {
        repeatableCount += 1
        return "\(epoch).\(repeatableCount)"
    }
}
