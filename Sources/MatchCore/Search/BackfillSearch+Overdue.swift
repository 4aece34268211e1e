// Overdue tickets that the look for a running match did not see among so many nearer to its mean:
// each takes the place of an equally large ticket that came later, the longest waiting first.

extension Matchmaker {
    /// Overdue tickets that one look weighs.
    static let overdueJoinerLookCountMax = 256

    /// Exchanges joiners until no overdue ticket is left that fits a later comer's place.
    mutating func seatOverdue(
        _ joiners: inout Joiners, _ request: BackfillRequest, _ window: Int32,
        _ queue: CompiledQueue, _ bucket: Int
    ) {
        var looks = Matchmaker.overdueJoinerLookCountMax
        var isChanged = queue.overdueAge != Int32.max
        while isChanged {
            isChanged = false
            for position in 0..<joiners.count {
                let old = chosen(position)
                guard
                    let new = overdueJoiner(
                        for: position, joiners, request, window, queue, bucket, &looks)
                else { continue }
                scratch.candidates[Int(scratch.chosen[position])] = new
                let gain = Int64(new.size) * Int64(new.rating - old.rating)
                joiners.sums[Int(balance.teams[position])] += gain
                report.overdueSeated += 1
                isChanged = true
            }
        }
        if looks == 0 { report.overdueCutShort += 1 }
    }

    /// The longest waiting overdue ticket that came before the joiner and fits its place.
    private func overdueJoiner(
        for position: Int, _ joiners: Joiners, _ request: BackfillRequest, _ window: Int32,
        _ queue: CompiledQueue, _ bucket: Int, _ looks: inout Int
    ) -> Candidate? {
        let joiner = chosen(position)
        let region = Int(request.region.raw)
        var search = OldestPlace(
            from: request.rating.steps - window, through: request.rating.steps + window,
            before: min(joiner.enqueuedAt, now - queue.overdueAge + 1), looks: looks)
        var lanes = grid.buckets[bucket].lanesPresent
        if queue.lanes.hasWarParties { lanes &= ~(1 << UInt64(queue.lanes.warPartyLane)) }
        while lanes != 0 {
            let lane = lanes.trailingZeroBitCount
            lanes &= lanes &- 1
            if queue.lanes[lane].size != joiner.size { continue }
            let root = grid.roots + grid.rootIndex(queue, region, lane: lane)
            index.findOldest(in: &root.pointee, &search) { place in
                let candidate = anchor(
                    Int(place.slot), tickets.records[Int(place.slot)], queue)
                return fits(candidate, position, joiners, request, queue, bucket)
            }
        }
        looks = search.looks
        return search.place.map {
            anchor(Int($0.slot), tickets.records[Int($0.slot)], queue)
        }
    }

    /// True if the ticket could join in the place of the joiner at `position`.
    private func fits(
        _ candidate: Candidate, _ position: Int, _ joiners: Joiners, _ request: BackfillRequest,
        _ queue: CompiledQueue, _ bucket: Int
    ) -> Bool {
        let slot = Int(candidate.slot)
        if abs(candidate.rating - request.rating.steps) > candidate.window { return false }
        let team = balance.teams[position]
        if queue.hasTeamRules, candidate.sides & (1 << UInt8(team)) == 0 { return false }
        let kind = queue.lanes[Int(candidate.lane)]
        let age = now - candidate.enqueuedAt
        if !mayJoin(slot, kind, age, request, queue, bucket) { return false }
        let exclusions = queue.hasExclusions ? exclusions(queue.features) : nil
        for other in 0..<joiners.count {
            let otherSlot = chosen(other).slot
            if otherSlot == candidate.slot { return false }
            if other == position { continue }
            if let exclusions, exclusions.exclude(slot, Int(otherSlot)) { return false }
        }
        let index = Int(scratch.chosen[position])
        let joiner = scratch.candidates[index]
        scratch.candidates[index] = candidate
        let isHeld = rolesHold(joiners, request, queue)
        scratch.candidates[index] = joiner
        return isHeld
    }
}
