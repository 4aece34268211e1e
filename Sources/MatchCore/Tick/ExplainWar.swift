// What holds a ticket in a queue of war parties: another war party, mercenaries for both sides, or
// time until smaller teams will do. The same looks as those that form such matches.

/// What a war party could have with another and the mercenaries about, at this moment.
private struct WarOutlook {
    /// Members that each of the two would field of its own.
    var own: Int32 = 0
    var teamSize: Int32 = 0
    /// Mercenary players whom both war parties accept and who accept both; those among them who
    /// come alone.
    var hired: Int32 = 0
    var alone: Int32 = 0
    var missing = Int32.max

    /// Places for mercenaries on both sides.
    var placeCount: Int32 { 2 * (teamSize - own) }
}

extension Matchmaker {
    /// Says what holds the ticket.
    /// - Returns: false if it waits for a match without war parties, as in any other queue.
    mutating func explainWar(
        _ slot: Int, _ record: TicketRecord, _ queue: CompiledQueue, _ bucket: Int,
        _ answer: inout ExplainedRecord
    ) -> Bool {
        let anchor = anchor(slot, record, queue)
        let isWarParty = record.flags.contains(.isWarParty)
        let alone = queue.features.pointee.mercenaryOnlyPlayerMin
        if !isWarParty, alone > 0, mercenaryCount(bucket) >= alone { return false }
        var gathered = Gathering()
        var ripest = now - record.enqueuedAt
        var outlook = WarOutlook()
        if isWarParty {
            outlook = self.outlook(round: anchor, record, queue, bucket, &gathered, &ripest)
        } else {
            let near = warParties(
                near: anchor, record, queue, bucket, Matchmaker.warPartiesPerMercenaryMax,
                &gathered)
            for position in 0..<near.count {
                let party = near.parties[position]
                var unused = Gathering()
                let other = self.outlook(
                    round: party, tickets.records[Int(party.slot)], queue, bucket, &unused, &ripest)
                if other.missing < outlook.missing { outlook = other }
            }
        }
        answer.obstacle = obstacle(record, queue, bucket, outlook, gathered)
        if outlook.missing == Int32.max {
            // Without another war party as many mercenaries may make a match among themselves.
            if !isWarParty, alone > 0 {
                answer.obstacle = .mercenaries
                answer.mercenariesMissing = UInt16(clamping: alone - mercenaryCount(bucket))
            }
        } else {
            answer.ownPlayers = UInt8(clamping: outlook.own)
            answer.mercenariesMissing = UInt16(clamping: outlook.missing)
            answer.playersNeeded = UInt16(clamping: 2 * outlook.teamSize)
            answer.playersWithin = UInt16(clamping: 2 * outlook.own + outlook.hired)
        }
        answer.nextDistance = gathered.nextReach
        answer.ticksToWidening = ticksToWidening(slot, record, queue, gathered)
        tellSizes(queue, ripest, &answer)
        return true
    }

    private func obstacle(
        _ record: TicketRecord, _ queue: CompiledQueue, _ bucket: Int, _ outlook: WarOutlook,
        _ gathered: Gathering
    ) -> Obstacle {
        if outlook.missing == Int32.max {
            if warPartyCount(queue, bucket) < 2 {
                return isWarElsewhere(record, queue) ? .region : .warParties
            }
            let isNear = gathered.nextReach != .max || gathered.nextAgreement != .max
            return isNear ? .ratingWindow : .exclusions
        }
        let isTooLarge =
            !record.flags.contains(.isWarParty)
            && 2 * Int32(record.memberCount) > outlook.placeCount
        if isTooLarge { return .partySizes }
        if outlook.missing > 0 { return .mercenaries }
        if outlook.alone < outlook.placeCount { return .partySizes }
        return record.nextLook > now ? .ratingWindow : .none
    }

    /// True if two war parties wait in a region of the queue.
    private func isWarElsewhere(_ record: TicketRecord, _ queue: CompiledQueue) -> Bool {
        for region in 0..<grid.regionCount
        where warPartyCount(queue, grid.bucketIndex(record.queue, region)) >= 2 {
            return true
        }
        return false
    }

    /// The least lacking match of the war party, of those the largest.
    private func outlook(
        round anchor: Candidate, _ record: TicketRecord, _ queue: CompiledQueue, _ bucket: Int,
        _ gathered: inout Gathering, _ ripest: inout Int32
    ) -> WarOutlook {
        let opponents = warParties(
            near: anchor, record, queue, bucket, Matchmaker.warOpponentCountMax, &gathered)
        let mercenaries = gatherMercenaries(anchor, record, queue, bucket, map: nil)
        ripest = max(ripest, now - earliest(mercenaries.count, opponents))
        let sizes = WarSizes(queue, isRipe: grid.buckets[bucket].ripeCount > 0)
        var best = WarOutlook()
        for size in stride(from: queue.teamSize, through: sizes.least, by: -1) {
            guard let ageMin = sizes.ageMin(size), ageMin <= ripest else { continue }
            for position in 0..<opponents.count {
                let found = outlook(
                    anchor, opponents.parties[position], size, mercenaries.count, queue)
                let isFielded = found.own >= queue.features.pointee.warOwnMin
                if isFielded, found.missing < best.missing { best = found }
            }
        }
        return best
    }

    private func outlook(
        _ anchor: Candidate, _ opponent: Candidate, _ size: Int32, _ count: Int,
        _ queue: CompiledQueue
    ) -> WarOutlook {
        var outlook = WarOutlook()
        outlook.teamSize = size
        outlook.own = min(Int32(anchor.size), Int32(opponent.size), size)
        for position in 0..<count {
            let candidate = scratch.candidates[position]
            if candidate.slot == anchor.slot { continue }
            if Int32(candidate.size) > size - outlook.own { continue }
            let distance = abs(candidate.rating - opponent.rating)
            if distance > min(candidate.window, opponent.window) { continue }
            outlook.hired += Int32(candidate.size)
            if candidate.size == 1 { outlook.alone += 1 }
        }
        outlook.missing = max(0, outlook.placeCount - outlook.hired)
        return outlook
    }

    /// The smallest team that will do by the longest wait, and when a smaller one will.
    private func tellSizes(
        _ queue: CompiledQueue, _ ripest: Int32, _ answer: inout ExplainedRecord
    ) {
        answer.teamSize = UInt8(clamping: queue.teamSize)
        let features = queue.features
        for step in 0..<Int(features.pointee.smallerTeamCount) {
            let size = features.pointee.smallerTeamSizes[step]
            let left = features.pointee.smallerTeamAges[step] - ripest
            if left > 0 {
                answer.nextTeamSize = UInt8(clamping: size)
                answer.ticksToSmaller = left
                return
            }
            answer.teamSize = UInt8(clamping: size)
        }
    }
}
