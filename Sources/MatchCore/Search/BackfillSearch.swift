// Who may join a running match: of those near its mean rating whose windows agree, the longest
// waiting first, each whole in the team that needs it most. Looks at a bounded number of tickets.

extension Matchmaker {
    /// Tickets that one look weighs, and those it passes over on one side of a lane.
    static let joinerCandidateCountMax = 512
    static let joinersPassedOverMax = 64
    /// Tickets held back to keep teams even for which one look seeks a counterpart.
    static let heldJoinersTriedMax = 8

    /// Fits as many as it can into the open places; nil if nobody fits.
    mutating func findJoiners(
        _ request: BackfillRequest, _ window: Int32, _ queue: CompiledQueue, _ bucket: Int
    ) -> Joiners? {
        let count = gatherJoiners(request, window, queue, bucket)
        if count == 0 { return nil }
        for position in 0..<count { scratch.eligible[position] = Int32(position) }
        WaitOrder(candidates: scratch.candidates, list: scratch.eligible).sort(0, count)
        var joiners = pick(count, request, queue)
        if joiners.count == 0 { return nil }
        swapEvenly(&joiners, request, queue)
        seatOverdue(&joiners, request, window, queue, bucket)
        return joiners
    }

    // MARK: - Gathering

    /// Puts the tickets near the match's mean into `scratch.candidates`.
    private mutating func gatherJoiners(
        _ request: BackfillRequest, _ window: Int32, _ queue: CompiledQueue, _ bucket: Int
    ) -> Int {
        var lanes = grid.buckets[bucket].lanesPresent
        if queue.lanes.hasWarParties { lanes &= ~(1 << UInt64(queue.lanes.warPartyLane)) }
        let roots = grid.roots + grid.rootIndex(queue, Int(request.region.raw), lane: 0)
        let limit = Matchmaker.joinerCandidateCountMax / (2 * max(lanes.nonzeroBitCount, 1))
        let key = RatingKey.make(rating: request.rating.steps, sequence: 0)
        var count = 0
        while lanes != 0 {
            let lane = lanes.trailingZeroBitCount
            lanes &= lanes &- 1
            let size = queue.lanes[lane].size
            if size > max(request.openPlaces[0], request.openPlaces[1]) { continue }
            var cursor = index.seek(roots[lane], key)
            var below = index.before(cursor, in: roots[lane])
            var passedOver = 0
            let half = count + limit
            while count < half, let place = index.place(at: cursor) {
                if !weigh(place, lane, request, window, queue, bucket, &count, &passedOver) {
                    break
                }
                index.advance(&cursor)
            }
            passedOver = 0
            let most = count + limit
            while count < most, let place = index.place(at: below) {
                if !weigh(place, lane, request, window, queue, bucket, &count, &passedOver) {
                    break
                }
                index.retreat(&below)
            }
        }
        return count
    }

    /// Adds the ticket if it and the request accept each other.
    /// - Returns: false when the walk on this side ends.
    private mutating func weigh(
        _ place: IndexPlace, _ lane: Int, _ request: BackfillRequest, _ window: Int32,
        _ queue: CompiledQueue, _ bucket: Int, _ count: inout Int, _ passedOver: inout Int
    ) -> Bool {
        let rating = RatingKey.rating(of: place.key)
        let distance = abs(rating - request.rating.steps)
        if distance > window { return false }
        let age = now - place.enqueuedAt
        let own = queue.window(age: age, place.stretch)
        let kind = queue.lanes[lane]
        let sides = sides(of: kind, age: age, queue)
        let isFitting =
            distance <= own && fits(kind, sides, request)
            && mayJoin(Int(place.slot), kind, age, request, queue, bucket)
        if !isFitting {
            passedOver += 1
            if passedOver <= Matchmaker.joinersPassedOverMax { return true }
            report.searchesCutShort += 1
            return false
        }
        scratch.candidates[count] = Candidate(
            rating: rating, window: own, slot: place.slot, enqueuedAt: place.enqueuedAt,
            size: kind.size, lane: UInt8(lane), sides: sides)
        count += 1
        return true
    }

    /// Teams in which a ticket of this kind may play, a bit each.
    private func sides(of kind: Lane, age: Int32, _ queue: CompiledQueue) -> UInt8 {
        if queue.teamCount == 1 { return 1 }
        return queue.hasTeamRules ? queue.features.pointee.sides(kind, age: age) : 3
    }

    private func fits(_ kind: Lane, _ sides: UInt8, _ request: BackfillRequest) -> Bool {
        for team in 0..<2 where sides & (1 << UInt8(team)) != 0 {
            if kind.size <= request.openPlaces[team] { return true }
        }
        return false
    }

    /// The premade pool and the map.
    func mayJoin(
        _ slot: Int, _ kind: Lane, _ age: Int32, _ request: BackfillRequest,
        _ queue: CompiledQueue, _ bucket: Int
    ) -> Bool {
        let features = queue.features
        let isPremade = Int32(kind.size) >= features.pointee.premadeSizeMin
        if isPremade, age < features.pointee.premadePoolTicks { return false }
        if features.pointee.mapCount < 2 || grid.buckets[bucket].chooserCount == 0 { return true }
        return request.map < UInt8(MapSet.capacity) && plays(slot, map: Int(request.map))
    }

    // MARK: - Choosing

    /// Takes each ticket that still fits, the longest waiting first. One that would leave the teams
    /// uneven is held until somebody else evens that out: a pair does not join seven against seven
    /// alone.
    private func pick(
        _ count: Int, _ request: BackfillRequest, _ queue: CompiledQueue
    ) -> Joiners {
        var state = JoinState(request, queue)
        let exclusions = queue.hasExclusions ? exclusions(queue.features) : nil
        var hasHeld = takeInOrder(count, &state, exclusions)
        var tries = 0
        var position = 0
        while hasHeld, position < count, tries < Matchmaker.heldJoinersTriedMax {
            let before = state
            if place(position, &state, exclusions, gapMax: .max) == .taken {
                tries += 1
                if evenOut(count, &state, exclusions, to: before.gapMax) {
                    hasHeld = takeInOrder(count, &state, exclusions)
                    position = 0
                    continue
                }
                putBack(state, before)
                state = before
            }
            position += 1
        }
        return state.joiners
    }

    /// - Returns: true if a ticket is held that would leave the teams uneven.
    private func takeInOrder(
        _ count: Int, _ state: inout JoinState, _ exclusions: Exclusions?
    ) -> Bool {
        var hasHeld = false
        var position = 0
        while position < count, state.joiners.hasOpenPlaces {
            let result = place(position, &state, exclusions, gapMax: state.gapMax)
            if result == .held { hasHeld = true }
            let isHeldAgain = result == .taken && hasHeld
            // Who is held has waited longer than those who follow.
            position = isHeldAgain ? 0 : position + 1
            if isHeldAgain { hasHeld = false }
        }
        return hasHeld
    }

    /// Takes tickets that bring the teams nearer to each other until they are near enough.
    private func evenOut(
        _ count: Int, _ state: inout JoinState, _ exclusions: Exclusions?, to gapMax: Int
    ) -> Bool {
        for position in 0..<count {
            if state.joiners.gap <= gapMax { return true }
            _ = place(position, &state, exclusions, gapMax: state.joiners.gap - 1)
        }
        return state.joiners.gap <= gapMax
    }

    /// Lists those again that were taken since `before`.
    private func putBack(_ state: JoinState, _ before: JoinState) {
        for taken in before.joiners.count..<state.joiners.count {
            scratch.eligible[Int(scratch.trial[taken])] = scratch.chosen[taken]
        }
    }

    /// Takes the ticket at a position of the list if it fits in one of the teams.
    private func place(
        _ position: Int, _ state: inout JoinState, _ exclusions: Exclusions?, gapMax: Int
    ) -> Placing {
        let index = scratch.eligible[position]
        if index < 0 { return .none }
        let candidate = scratch.candidates[Int(index)]
        var result = Placing.none
        let first = state.joiners.neediest
        for team in stride(from: first, through: 1 - first, by: 1 - 2 * first) {
            if candidate.sides & (1 << UInt8(team)) == 0 { continue }
            if candidate.size > state.joiners.openPlaces[team] { continue }
            if state.joiners.gap(after: candidate.size, in: team) > gapMax, state.isEven {
                result = .held
                continue
            }
            if let exclusions, excludes(candidate, state.joiners.count, exclusions) { break }
            if !state.roles.add(tally(candidate, state.roles), to: team) { continue }
            scratch.chosen[state.joiners.count] = index
            scratch.trial[state.joiners.count] = Int32(position)
            balance.teams[state.joiners.count] = Int32(team)
            scratch.eligible[position] = -1
            state.joiners.add(candidate, to: team, mean: state.mean)
            return .taken
        }
        return result
    }

    /// The roles that the ticket's members bring; nothing in queues without roles.
    private func tally(_ candidate: Candidate, _ roles: borrowing JoinRoles) -> RoleTally {
        var tally = RoleTally()
        if roles.roleCount == 0 { return tally }
        var member = tickets.records[Int(candidate.slot)].firstMember
        while member != TicketRecord.noSlot {
            tally.add(members.records[Int(member)].roles & roles.known)
            member = members.records[Int(member)].next
        }
        return tally
    }

    private func excludes(
        _ candidate: Candidate, _ count: Int, _ exclusions: Exclusions
    ) -> Bool {
        for position in 0..<count {
            let other = scratch.candidates[Int(scratch.chosen[position])].slot
            if exclusions.exclude(Int(candidate.slot), Int(other)) { return true }
        }
        return false
    }

    /// Swaps equally large joiners between the teams where that narrows the gap between their sums.
    private func swapEvenly(
        _ joiners: inout Joiners, _ request: BackfillRequest, _ queue: CompiledQueue
    ) {
        for left in 0..<joiners.count {
            for right in 0..<joiners.count
            where balance.teams[left] == 0 && balance.teams[right] == 1 {
                let one = scratch.candidates[Int(scratch.chosen[left])]
                let other = scratch.candidates[Int(scratch.chosen[right])]
                if one.size != other.size || one.sides & other.sides != 3 { continue }
                let moved = Int64(one.size) * Int64(one.rating - other.rating)
                let gap = joiners.sums[0] - joiners.sums[1]
                if abs(gap - 2 * moved) >= abs(gap) { continue }
                balance.teams[left] = 1
                balance.teams[right] = 0
                if !rolesHold(joiners, request, queue) {
                    balance.teams[left] = 0
                    balance.teams[right] = 1
                    continue
                }
                joiners.sums[0] -= moved
                joiners.sums[1] += moved
            }
        }
    }

    func rolesHold(
        _ joiners: Joiners, _ request: BackfillRequest, _ queue: CompiledQueue
    ) -> Bool {
        var roles = JoinRoles(request, queue)
        if roles.roleCount == 0 { return true }
        for position in 0..<joiners.count {
            let candidate = scratch.candidates[Int(scratch.chosen[position])]
            let party = tally(candidate, roles)
            if !roles.add(party, to: Int(balance.teams[position])) { return false }
        }
        return true
    }
}
