// Who takes another's seat in a proposed match, and that a match is given up only when its time has
// come and nobody fits.

import MatchCore

extension Auditor {
    mutating func takeSubstitute(_ record: MatchRecord, _ seats: [SeatView]) {
        guard var proposal = proposals[record.match], let seat = seats.first,
            let rules = queue(record.queue)
        else { return fail("proposal", "a substitute for match \(record.match.low)") }
        let isOfWarParty = live[seat.record.ticket]?.isWarParty ?? false
        func isFor(_ gap: Gap) -> Bool {
            gap.team == seat.record.team && gap.playerCount == seat.players.count
                && gap.isOfWarParty == isOfWarParty
        }
        if let gap = proposal.gaps.firstIndex(where: isFor),
            let old = proposal.oldGaps.lastIndex(where: isFor)
        {
            proposal.gaps.remove(at: gap)
            proposal.oldGaps.remove(at: old)
        } else {
            fail("proposal", "a substitute in match \(record.match.low) where no seat is free")
        }
        note(.substituted)
        if rules.warParties != nil {
            note(seat.record.isMercenary ? .mercenarySubstituted : .warPartySubstituted)
        }
        checkWaits(seat.record.ticket, record)
        if let known = live[seat.record.ticket] {
            checkWindow(seat.record.window, known, record.queue, rules)
        }
        proposal.seats.append(seat)
        proposal.substitutes.insert(seat.record.ticket)
        proposal.askedAt[seat.record.ticket] = tick
        var asOfNow = proposal.record
        asOfNow.tick = record.tick
        asOfNow.map = record.map
        proposal.record = asOfNow
        if !proposal.isOld {
            checkSeated(asOfNow, seatsAsOfNow(proposal), rules, isWhole: false)
            // Among war parties shares decide who may take a seat.
            if rules.warParties == nil {
                checkPassedOver(substitute: seat, asOfNow, seatsAsOfNow(proposal), rules)
            }
        }
        checkRematches(asOfNow, proposal.seats, rules)
        live[seat.record.ticket]?.proposal = record.match
        proposals[record.match] = proposal
    }

    /// The seats with the waits of this tick.
    private func seatsAsOfNow(_ proposal: Proposal) -> [SeatView] {
        proposal.seats.map { seat in
            var seat = seat
            if let known = live[seat.record.ticket] {
                seat.record.waitTicks = tick - known.enqueuedAt
            }
            return seat
        }
    }

    /// A match whose first ticket has just been given back: a seat was open for as long as the
    /// rules say, and for one such seat nobody who waits would do.
    mutating func checkGivenUp(_ proposal: Proposal) {
        if proposal.isGivenUp { return }
        let match = proposal.record.match
        proposals[match]?.isGivenUp = true
        let overdue = proposal.oldGaps.filter {
            tick - $0.since >= proposal.acceptance.substituteTicks
        }
        if overdue.isEmpty { return fail("proposal", "match \(match.low) given up too early") }
        guard let rules = queue(proposal.record.queue), isJudged(proposal, rules) else { return }
        note(.givenUp)
        let waiting = live.values.filter { mayTake($0, proposal.record, rules) }
        let fitting = overdue.map { gap in
            waiting.first { fits($0, gap, proposal, rules) }
        }
        if !fitting.contains(where: { $0 == nil }) {
            let numbers = fitting.compactMap { $0?.id.low }
            fail("passed over", "tickets \(numbers) could play in match \(match.low)")
        }
    }

    /// Matches of which the auditor can tell who fits: teams of full size, and no roles, which
    /// would have to be dealt anew.
    private func isJudged(_ proposal: Proposal, _ rules: QueueRules) -> Bool {
        unboundedTicks > 4 && !proposal.isOld && rules.roles == nil && rules.rematchDelayTicks == 0
            && Int(proposal.record.playerCount) == rules.teamCount * rules.teamSize
            && live.count <= 64
    }

    /// Waits in the match's queue and region.
    private func mayTake(_ known: Known, _ record: MatchRecord, _ rules: QueueRules) -> Bool {
        known.isFree && known.entries.contains(record.queue) && known.uncertain.isEmpty
            && !returnedNow.contains(known.id) && reasonToLeave(known, record.queue) == nil
            && known.accepts(
                Int(record.region.raw), rules, tick: tick, regionCount: limits.regionCount)
    }

    /// Keeps every rule together with those who stay, by the narrowest windows.
    private func fits(
        _ known: Known, _ gap: Gap, _ proposal: Proposal, _ rules: QueueRules
    ) -> Bool {
        let isOfKind =
            known.isWarParty == gap.isOfWarParty
            && (known.isWarParty
                ? known.members.count >= gap.playerCount : known.members.count == gap.playerCount)
        let staying = seatsAsOfNow(proposal).compactMap { seat in
            live[seat.record.ticket].map { (seat, $0) }
        }
        guard isOfKind, var seat = staying.first?.0 else { return false }
        let isWar = rules.warParties != nil
        seat.record.ticket = known.id
        seat.record.rating = Rating(steps: Int32(known.rating(proposal.record.queue, rules)))
        seat.record.waitTicks = tick - known.enqueuedAt
        seat.record.lobby = known.lobby
        seat.record.team = gap.team
        seat.record.memberCount = UInt16(gap.playerCount)
        seat.record.latencyMilliseconds = known.latencies[proposal.record.region]
        seat.record.isMercenary =
            isWar ? !known.isWarParty : rules.factions != nil && gap.team != UInt16(known.faction)
        seat.players = known.members.prefix(gap.playerCount).map(\.player)
        var audit = MatchAudit(
            proposal.record, staying + [(seat, known)], rules, tick: tick,
            regionCount: limits.regionCount, isWhole: false)
        audit.usesNarrowWindows = true
        audit.run()
        return audit.broken.isEmpty
    }
}
