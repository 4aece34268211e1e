// Matches and proposals: who plays, who has answered, who is replaced, who waits again.

import MatchCore

/// A proposed match.
struct Proposal {
    var record: MatchRecord
    /// In order of joining.
    var seats: [SeatView]
    var accepted: Set<TicketID> = []
    /// When each was asked.
    var askedAt: [TicketID: Int32] = [:]
    var substitutes: Set<TicketID> = []
    /// Free seats. Which of two alike a substitute takes is not told: here the one that was free
    /// for longer is taken, in `oldGaps` the other.
    var gaps: [Gap] = []
    var oldGaps: [Gap] = []
    /// When the last answer came in.
    var completeSince: Int32?
    /// The queue's rules when it was proposed: by them it was made.
    let rules: QueueRules
    var acceptance: AcceptanceRules
    /// New rules have come into force since: who joins keeps those, who was in it the old ones.
    var isOld = false
    /// A first of its tickets has been given back.
    var isGivenUp = false
}

/// A seat that is free.
struct Gap {
    var team: UInt16
    var playerCount: Int
    /// Its ticket was a war party.
    var isOfWarParty: Bool
    var since: Int32
}

/// The last match of a team or leader in a queue with a rematch delay.
struct LastMatch {
    var match: MatchID
    var queue: QueueIndex
    var team: UInt16
    /// The first tick at which its opponents may meet again.
    var until: Int32
}

extension Auditor {
    // MARK: - Matches

    mutating func takeMatch(_ record: MatchRecord, _ seats: [SeatView]) {
        if let proposal = proposals[record.match] {
            confirm(record, seats, proposal)
        } else {
            guard let rules = checkHead(record) else { return }
            if rules.acceptance != nil { fail("proposal", "match \(record.match.low) not asked") }
            checkNew(record, seats, rules, isWhole: true)
        }
        if let seat = seats.first { anyMatch = (record, seat) }
        noteMatch(record, players: seats.reduce(0) { $0 + $1.players.count })
        for seat in seats where returnedTickets.contains(seat.record.ticket) {
            note(.returnedThenMatched)
        }
        depart(record.match, record.queue, record.reservation, seats)
    }

    private mutating func checkHead(_ record: MatchRecord) -> QueueRules? {
        if record.tick.raw != tick { fail("tick", "match of tick \(record.tick.raw)") }
        if record.rulesVersion != rules.version {
            fail("version", "match by rules \(record.rulesVersion), not \(rules.version)")
        }
        guard let rules = queue(record.queue) else {
            fail("queue", "a match in queue \(record.queue.raw), which does not exist")
            return nil
        }
        return rules
    }

    /// Tickets that come from waiting into a match or proposal.
    private mutating func checkNew(
        _ record: MatchRecord, _ seats: [SeatView], _ rules: QueueRules, isWhole: Bool
    ) {
        if !matchIDs.insert(record.match).inserted {
            fail("identity", "match \(record.match.low) exists already")
        }
        checkSeated(record, seats, rules, isWhole: isWhole, isFresh: true)
        for seat in seats { checkWaits(seat.record.ticket, record) }
        checkWindows(seats, record.queue, rules)
        checkRematches(record, seats, rules)
        checkPassedOver(record, seats, rules)
        checkServedFirst(record, seats, rules)
    }

    mutating func checkWaits(_ id: TicketID, _ record: MatchRecord) {
        guard let known = live[id] else { return }
        if let match = known.proposal {
            fail("double", "ticket \(id.low) is part of proposed match \(match.low)")
        }
        if isHeld(id) { fail("double", "ticket \(id.low) is in a match already") }
        if !known.entries.contains(record.queue) {
            fail("queue", "ticket \(id.low) does not stand in queue \(record.queue.raw) any more")
        }
        let wait = tick - known.enqueuedAt
        if let rules = queue(record.queue), wait >= rules.timeoutTicks, known.arrivedAt < tick,
            !isBounded
        {
            fail("overdue", "ticket \(id.low) matched after its time, \(wait) ticks")
        }
    }

    /// Every rule of the match for the tickets in these seats.
    mutating func checkSeated(
        _ record: MatchRecord, _ seats: [SeatView], _ rules: QueueRules, isWhole: Bool,
        isFresh: Bool = false
    ) {
        var pairs: [(SeatView, Known)] = []
        var seen: Set<TicketID> = []
        for seat in seats {
            let id = seat.record.ticket
            guard let known = live[id] else {
                let before = ended.contains(id) ? "has ended before" : "never came"
                fail("life", "ticket \(id.low) sits in match \(record.match.low), but it \(before)")
                continue
            }
            if !seen.insert(id).inserted { fail("double", "ticket \(id.low) has two seats") }
            pairs.append((seat, known))
        }
        var audit = MatchAudit(
            record, pairs, rules, tick: tick, regionCount: limits.regionCount, isWhole: isWhole)
        audit.isFresh = isFresh
        audit.run()
        for (rule, text) in audit.broken { fail(rule, text) }
        for situation in audit.met { note(situation) }
    }

    mutating func checkRematches(
        _ record: MatchRecord, _ seats: [SeatView], _ rules: QueueRules
    ) {
        guard rules.rematchDelayTicks > 0 else { return }
        let known = seats.compactMap { live[$0.record.ticket] }
        for (position, left) in known.enumerated() {
            for right in known[(position + 1)...] {
                guard lastMatches[left.identity]?.queue == record.queue,
                    let until = meetingTick(left, right)
                else { continue }
                if tick < until {
                    fail(
                        "rematch",
                        "tickets \(left.id.low) and \(right.id.low) may meet from \(until)")
                } else {
                    note(.rematchAllowed)
                }
            }
        }
    }

    /// The first tick at which two opponents of their last match may meet; nil if they were none.
    private func meetingTick(_ left: Known, _ right: Known) -> Int32? {
        guard let one = lastMatches[left.identity], let other = lastMatches[right.identity],
            one.match == other.match, one.team != other.team
        else { return nil }
        return max(one.until, other.until)
    }

    /// Whether the two are kept apart because they met a moment ago, in whatever queue.
    func meetTooSoon(_ left: Known, _ right: Known, _ rules: QueueRules) -> Bool {
        guard rules.rematchDelayTicks > 0 else { return false }
        return meetingTick(left, right).map { tick < $0 } ?? false
    }

    mutating func noteOpponents(_ match: MatchID, _ index: QueueIndex, _ seats: [SeatView]) {
        guard let delay = queue(index)?.rematchDelayTicks, delay > 0 else { return }
        for seat in seats {
            guard let known = live[seat.record.ticket] else { continue }
            lastMatches[known.identity] = LastMatch(
                match: match, queue: index, team: seat.record.team, until: tick + delay)
        }
    }

    // MARK: - Proposals

    mutating func takeProposal(_ record: MatchRecord, _ seats: [SeatView]) {
        guard let rules = checkHead(record) else { return }
        guard let acceptance = rules.acceptance else {
            return fail("proposal", "queue \(record.queue.raw) asks nobody")
        }
        note(.proposed)
        checkNew(record, seats, rules, isWhole: true)
        var proposal = Proposal(record: record, seats: seats, rules: rules, acceptance: acceptance)
        for seat in seats {
            proposal.askedAt[seat.record.ticket] = tick
            live[seat.record.ticket]?.proposal = record.match
        }
        proposals[record.match] = proposal
    }

    private mutating func confirm(
        _ record: MatchRecord, _ seats: [SeatView], _ proposal: Proposal
    ) {
        proposals[record.match] = nil
        if record.tick.raw != tick { fail("tick", "match of tick \(record.tick.raw)") }
        if record.rulesVersion != proposal.record.rulesVersion {
            fail("version", "match by rules \(record.rulesVersion)")
        }
        let asked = Set(proposal.seats.map(\.record.ticket))
        if asked != Set(seats.map(\.record.ticket)) {
            fail("proposal", "match \(record.match.low) begins with others than were asked")
        }
        for id in asked.sorted(by: { $0.low < $1.low }) where !proposal.accepted.contains(id) {
            fail("proposal", "ticket \(id.low) plays, but has not accepted")
        }
        checkSame(record, seats, proposal)
        if !proposal.isOld {
            checkSeated(record, seats, proposal.rules, isWhole: true)
        }
        note(.proposalAccepted)
        if !proposal.substitutes.isEmpty { note(.substituteAccepted) }
    }

    /// The match is the one that was proposed, with its substitutes in their seats.
    private mutating func checkSame(
        _ record: MatchRecord, _ seats: [SeatView], _ proposal: Proposal
    ) {
        let asked = proposal.record
        if record.queue != asked.queue || record.region != asked.region || record.map != asked.map
            || record.teamCount != asked.teamCount || record.playerCount != asked.playerCount
        {
            fail("proposal", "match \(record.match.low) is another than was proposed")
        }
        for seat in seats {
            let id = seat.record.ticket
            guard let known = live[id],
                let old = proposal.seats.first(where: { $0.record.ticket == id })
            else { continue }
            if seat.record.team != old.record.team || seat.players != old.players
                || seat.record.isMercenary != old.record.isMercenary
            {
                fail("proposal", "ticket \(id.low) sits elsewhere than was proposed")
            }
            checkRoles(seat, known, proposal)
            if seat.record.lobby != known.lobby { fail("lobby", "ticket \(id.low)") }
            if seat.record.waitTicks != tick - known.enqueuedAt {
                fail("wait", "ticket \(id.low): \(seat.record.waitTicks)")
            }
        }
    }

    private mutating func checkRoles(_ seat: SeatView, _ known: Known, _ proposal: Proposal) {
        guard proposal.rules.roles != nil else { return }
        for (player, role) in zip(seat.players, seat.roles) {
            let member = known.members.first { $0.player == player }
            let isPlayed = role < 8 && (member?.roles.bits ?? 0) & (1 << role) != 0
            if !isPlayed || Int(role) >= Limits.roleCountMax {
                fail("role", "player \(player.raw) does not play role \(role)")
            }
        }
    }

    /// The ticket gives up its place in a proposed match.
    mutating func leave(_ match: MatchID, _ id: TicketID) {
        guard let proposal = proposals[match] else { return }
        for seat in proposal.seats where seat.record.ticket == id {
            let gap = Gap(
                team: seat.record.team, playerCount: seat.players.count,
                isOfWarParty: live[id]?.isWarParty ?? false, since: tick)
            proposals[match]?.gaps.append(gap)
            proposals[match]?.oldGaps.append(gap)
        }
        proposals[match]?.seats.removeAll { $0.record.ticket == id }
        proposals[match]?.accepted.remove(id)
        proposals[match]?.completeSince = nil
        if proposals[match]?.seats.isEmpty ?? false { proposals[match] = nil }
    }

    mutating func answer(_ request: AnswerRequest) {
        guard let known = live[request.ticket], known.proposal == request.match,
            let proposal = proposals[request.match],
            request.answer == .accepted || !proposal.accepted.contains(known.id)
        else { return refused(request.ticket, [.unknownProposal], lobby: request.lobby) }
        if request.answer == .accepted {
            proposals[request.match]?.accepted.insert(known.id)
            return noteIfComplete(request.match)
        }
        let isUndelivered = request.answer == .undelivered
        guard case .closed(let record) = upcoming, record.ticket == known.id,
            record.reason == (isUndelivered ? .notAccepted : .declined)
        else { return fail("silence", "answer of ticket \(known.id.low) changed nothing") }
        position += 1
        checkClosed(record, known)
        note(isUndelivered ? .undelivered : .declined)
        if !isUndelivered { punish(known, request.match, culprit: request.player) }
        leave(request.match, known.id)
        end(known.id, "declined")
    }

    private mutating func noteIfComplete(_ match: MatchID) {
        guard let proposal = proposals[match], proposal.gaps.isEmpty,
            proposal.accepted.count == proposal.seats.count
        else { return }
        proposals[match]?.completeSince = tick
    }

    /// Marks the culprit, or everybody in the party if none is named.
    private mutating func punish(_ known: Known, _ match: MatchID, culprit: PlayerID) {
        guard let proposal = proposals[match],
            let rules = queue(proposal.record.queue), let scope = rules.cooldownScope,
            let acceptance = rules.acceptance, !acceptance.cooldownTicks.isEmpty
        else { return }
        let isNamed = known.members.contains { $0.player == culprit }
        for member in known.members where !isNamed || member.player == culprit {
            let count = marks.offend(member.player, scope, acceptance, now: tick)
            if count > 1 { note(.offendedAgain) }
            if count == 1, acceptance.cooldownTicks.first == 0 { note(.warned) }
        }
    }

    /// An offence of an earlier run counts as if it had happened here.
    mutating func restore(_ request: OffenceRequest) {
        guard let rules = queue(request.queue), let scope = rules.cooldownScope,
            let acceptance = rules.acceptance, !acceptance.cooldownTicks.isEmpty
        else { return }
        marks.offend(request.player, scope, acceptance, now: tick - max(0, request.ticksAgo))
        note(.offenceRestored)
    }

    /// A ticket is closed because it stayed silent.
    mutating func takeSilent(_ known: Known, _ record: ClosedRecord) {
        guard let match = known.proposal, let proposal = proposals[match] else {
            return fail("proposal", "ticket \(known.id.low) silent, but nobody asked it")
        }
        let asked = proposal.askedAt[known.id, default: tick]
        if proposal.accepted.contains(known.id) {
            fail("proposal", "ticket \(known.id.low) has accepted and is called silent")
        }
        if tick - asked < proposal.acceptance.ticks {
            fail("proposal", "ticket \(known.id.low) had only \(tick - asked) ticks to answer")
        }
        note(.notAccepted)
        punish(known, match, culprit: PlayerID(0))
        leave(match, known.id)
    }

    mutating func takeReturned(_ record: ReturnedRecord) {
        guard let known = live[record.ticket], known.proposal == record.match else {
            return fail("proposal", "ticket \(record.ticket.low) returned from no proposal")
        }
        if record.lobby != known.lobby { fail("lobby", "return of ticket \(known.id.low)") }
        let proposal = proposals[record.match]
        switch record.reason {
        case .noSubstitute:
            note(.returned)
            if proposal?.gaps.isEmpty ?? true {
                fail("proposal", "match \(record.match.low) given up, no place is free")
            }
            if let proposal { checkGivenUp(proposal) }
        case .rulesChanged:
            note(.returnedByRules)
            if !hasReloaded { fail("proposal", "returned by new rules, there are none") }
        }
        live[known.id]?.proposal = nil
        noteComer(known)
        returnedNow.insert(known.id)
        returnedTickets.insert(known.id)
        proposals[record.match]?.seats.removeAll { $0.record.ticket == known.id }
        if proposals[record.match]?.seats.isEmpty ?? false { proposals[record.match] = nil }
    }

    /// At the end of a tick: no silence past its time, no free place past its time, no match that
    /// is complete and does not begin, none of which a part was given back.
    mutating func checkProposals() {
        for (match, proposal) in proposals where !isBounded {
            for seat in proposal.seats where !proposal.accepted.contains(seat.record.ticket) {
                let silence = tick - proposal.askedAt[seat.record.ticket, default: tick]
                if silence > proposal.acceptance.ticks + slack {
                    fail("overdue", "ticket \(seat.record.ticket.low) silent for \(silence) ticks")
                }
            }
            for gap in proposal.gaps
            where tick - gap.since > proposal.acceptance.substituteTicks + slack {
                fail("overdue", "match \(match.low) lacks players for \(tick - gap.since) ticks")
            }
            if let since = proposal.completeSince, tick - since > slack {
                fail("overdue", "match \(match.low) is accepted and does not begin")
            }
            if proposal.seats.contains(where: { returnedNow.contains($0.record.ticket) }) {
                fail("proposal", "match \(match.low) is given back in part")
            }
        }
    }

    /// Ticks that have passed unseen: what was due among them is done now.
    private var slack: Int32 { max(1, tick - previousTick) }
}
