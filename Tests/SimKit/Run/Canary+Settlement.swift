// Planted bugs in what happens between a formed match and the word of the books, and in what is
// remembered of ended tickets.

import MatchCore

/// What a planted bug has to know of the run so far.
struct SettlementWatch {
    private(set) var held: [TicketID: (seat: SeatRecord, since: Int32, queue: QueueIndex)] = [:]
    private(set) var released: Set<TicketID> = []
    private(set) var heldPlayers: [PlayerID: TicketID] = [:]
    /// Reservation of the last match.
    private(set) var lastNumber: Int32?
    private var tickets: [Int32: [SeatView]] = [:]

    mutating func follow(_ record: TickRecord) {
        for case .settle(let request) in record.commands {
            for seat in tickets.removeValue(forKey: request.reservation) ?? [] {
                held[seat.record.ticket] = nil
                for player in seat.players { heldPlayers[player] = nil }
                if !request.isCommitted { released.insert(seat.record.ticket) }
            }
        }
        for case .closed(let closed) in record.events { released.remove(closed.ticket) }
        for event in record.events {
            switch event {
            case .matched(let match, let seats):
                hold(match.reservation, match.queue, seats, record.tick)
            case .backfilled(let match, let seats):
                hold(match.reservation, match.queue, seats, record.tick)
            default: break
            }
        }
    }

    private mutating func hold(
        _ number: Int32, _ queue: QueueIndex, _ seats: [SeatView], _ tick: Int32
    ) {
        if number < 0 { return }
        lastNumber = number
        tickets[number] = seats
        for seat in seats {
            released.remove(seat.record.ticket)
            held[seat.record.ticket] = (seat.record, tick, queue)
            for player in seat.players { heldPlayers[player] = seat.record.ticket }
        }
    }
}

extension Canary {
    /// Bugs that need to know who is held.
    var watchesSettlement: Bool {
        switch self {
        case .releasedLosesWait, .lateCancelIgnored, .freedEarly, .expiredWhileHeld, .reusedNumber,
            .forgetful, .lateCancelUnknown, .wrongMatchNamed, .joinersNotTold, .busyStays,
            .committedReturns:
            true
        default: false
        }
    }

    /// - Returns: true if the tick was falsified.
    func alter(_ record: inout TickRecord, _ watch: SettlementWatch) -> Bool {
        switch self {
        case .expiredWhileHeld: return expire(&record, watch)
        case .freedEarly: return free(&record, watch)
        case .committedReturns: return giveBack(&record, watch)
        default: break
        }
        for (position, event) in record.events.enumerated() {
            if let changed = alter(event, watch) {
                record.events.replaceSubrange(position...position, with: changed)
                return true
            }
        }
        return false
    }

    private func alter(_ event: SimEvent, _ watch: SettlementWatch) -> [SimEvent]? {
        switch event {
        case .matched(var record, var seats):
            if self == .reusedNumber, record.reservation >= 0, let last = watch.lastNumber {
                record.reservation = last
                return [.matched(record, seats)]
            }
            guard self == .releasedLosesWait,
                let at = seats.firstIndex(where: {
                    watch.released.contains($0.record.ticket) && $0.record.waitTicks > 0
                })
            else { return nil }
            seats[at].record.waitTicks -= 1
            return [.matched(record, seats)]
        case .closed(let record):
            return self == .busyStays && record.reason == .playerBusy ? [] : nil
        case .backfillEnded(let record):
            return self == .joinersNotTold && record.reason == .joinersLost ? [] : nil
        case .rejected(let record): return alter(record, watch)
        default: return nil
        }
    }

    private func alter(_ record: RejectedRecord, _ watch: SettlementWatch) -> [SimEvent]? {
        var changed = record
        switch (self, record.reason) {
        case (.forgetful, .ticketEnded): return []
        case (.lateCancelIgnored, .tooLate):
            return watch.held[record.ticket] == nil ? nil : []
        case (.lateCancelUnknown, .tooLate): changed.reason = .unknownTicket
        case (.wrongMatchNamed, .tooLate): changed.match = MatchID(number: 1 << 50)
        default: return nil
        }
        return [.rejected(changed)]
    }

    private func expire(_ record: inout TickRecord, _ watch: SettlementWatch) -> Bool {
        let settled = record.commands.contains {
            if case .settle = $0 { true } else { false }
        }
        let first = watch.held.min { $0.key.low < $1.key.low }
        guard !settled, let first else { return false }
        let wait = first.value.seat.waitTicks + record.tick - first.value.since
        record.events.append(
            .closed(
                ClosedRecord(
                    ticket: first.key, waitTicks: wait, queue: first.value.queue,
                    lobby: first.value.seat.lobby, reason: .expired)))
        return true
    }

    /// A player of a held ticket is let in with another.
    private func free(_ record: inout TickRecord, _ watch: SettlementWatch) -> Bool {
        for case .enqueue(let request) in record.commands
        where watch.heldPlayers[request.leader.player] != nil {
            let at = record.events.firstIndex {
                guard case .rejected(let refusal) = $0 else { return false }
                return refusal.ticket == request.ticket && refusal.reason == .duplicatePlayer
            }
            guard let at else { continue }
            record.events.remove(at: at)
            return true
        }
        return false
    }

    /// The books refuse, and the core takes it for a yes.
    private func giveBack(_ record: inout TickRecord, _ watch: SettlementWatch) -> Bool {
        for (position, command) in record.commands.enumerated() {
            guard case .settle(var request) = command, !request.isCommitted else { continue }
            request.isCommitted = true
            record.commands[position] = .settle(request)
            return record.report.matchesRefused > 0
        }
        return false
    }
}
