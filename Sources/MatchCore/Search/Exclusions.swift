// Who may not play beside whom: avoid lists, and opponents of a moment ago. Asked about pairs of
// waiting tickets, in buckets where somebody excludes somebody. Copies of the tables' handles, so
// that the search can ask while it works; they own nothing.

struct Exclusions {
    let tickets: TicketTable
    let members: MemberTable
    let details: DetailTable
    let recents: RecentOpponents
    let rematchDelayTicks: Int32
    let avoidedCountMax: Int32
    let avoidedHardTicks: Int32
    let tick: Int32

    /// True if the two may not be in one match at this tick.
    func exclude(_ left: Int, _ right: Int) -> Bool {
        if avoids(left, right) || avoids(right, left) { return true }
        return meetingTick(left, right) != nil
    }

    /// The first tick at which two opponents of a moment ago may meet again; nil if they may now.
    func meetingTick(_ left: Int, _ right: Int) -> Int32? {
        if rematchDelayTicks == 0 { return nil }
        return recents.meetingTick(identity(left), identity(right), at: tick)
    }

    /// What a ticket's matches are remembered by: its team, or else its leader.
    func identity(_ slot: Int) -> UInt64 {
        let record = tickets.records[slot]
        if record.detail != TicketRecord.noSlot {
            let team = details.records[Int(record.detail)].team
            // Apart from the leaders, whose numbers are below 2⁶³.
            if team != 0 { return team | 1 << 63 }
        }
        return members.records[Int(record.firstMember)].player.raw
    }

    private func avoids(_ left: Int, _ right: Int) -> Bool {
        let record = tickets.records[left]
        if !record.flags.contains(.hasAvoidList) || avoidedCountMax == 0 { return false }
        if tick - record.enqueuedAt >= avoidedHardTicks { return false }
        var member = tickets.records[right].firstMember
        while member != TicketRecord.noSlot {
            let player = members.records[Int(member)].player
            if details.avoids(player, row: Int(record.detail), countMax: Int(avoidedCountMax)) {
                return true
            }
            member = members.records[Int(member)].next
        }
        return false
    }
}

extension Matchmaker {
    /// What excludes whom in this queue.
    func exclusions(_ features: UnsafePointer<Features>) -> Exclusions {
        Exclusions(
            tickets: tickets, members: members, details: details, recents: recents,
            rematchDelayTicks: features.pointee.rematchDelayTicks,
            avoidedCountMax: features.pointee.avoidedCountMax,
            avoidedHardTicks: features.pointee.avoidedHardTicks, tick: now)
    }
}
