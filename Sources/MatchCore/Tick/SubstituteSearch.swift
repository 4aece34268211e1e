// Finds who may take an open seat of a proposed match: a waiting ticket of the same queue, region
// and size that everybody who stays accepts, and that accepts them; the longest waiting if any is
// overdue, else the nearest to the rating of who left. It plays in the same team, so all other
// rules are asked for that team. A war party's seat goes to another war party that can field as
// many, a mercenary's to mercenaries: both sides keep their shares.

/// What a substitute must agree with.
private struct SubstituteTerms {
    var team = 0
    /// Players who take the seat: a whole ticket's, or those that a war party fields.
    var size: UInt8 = 0
    var isWarParty = false
    /// Ratings that all who stay accept now, and the nearest to who left among them.
    var low = Int32.min
    var high = Int32.max
    var wanted: Int32 = 0
    /// The lowest and the highest of their ratings.
    var lowest = Int32.max
    var highest = Int32.min
    /// Wait in ticks that the substitute must have, because the shape asks it of somebody.
    var ageMin: Int32 = 0
    /// All who stay are premades.
    var premadesOnly = true
    var map: UInt8 = 0
    var caps: RoleCaps?
    /// Roles of those who stay in the team.
    var tally = RoleTally()
}

/// The best found so far.
private struct SubstituteChoice {
    var slot: Int32 = TicketRecord.noSlot
    var distance = Int32.max
    var sequence = UInt64.max
}

extension Matchmaker {
    /// Places looked at on one side of one lane, and in all for one seat.
    private static let substituteSideLooksMax = 64
    private static let substituteLooksMax = 512

    /// The slot of the ticket that takes the seat, or nil if none fits at this tick.
    mutating func substitute(
        _ row: Int, _ position: Int, _ queue: CompiledQueue, _ looks: inout Int
    ) -> Int? {
        // New rules have made another kind of queue of it.
        if queue.lanes.hasWarParties != proposals.rows[row].isWar { return nil }
        let record = proposals.rows[row].record
        let region = Int(record.region.raw)
        let bucket = grid.bucketIndex(record.queue, region)
        if !isPresent(proposals.seat(row, position).pointee, queue, bucket) { return nil }
        guard let terms = terms(row, position, queue) else { return nil }
        var lanes: UInt64 = 0
        var present = grid.buckets[bucket].lanesPresent
        while present != 0 {
            let kind = queue.lanes[present.trailingZeroBitCount]
            if mayPlay(kind, terms, queue) { lanes |= present & (~present &+ 1) }
            present &= present &- 1
        }
        if queue.overdueAge != Int32.max,
            let slot = overdueSubstitute(lanes, row, terms, queue, &looks)
        {
            return slot
        }
        var best = SubstituteChoice()
        let looksMax = looks + Matchmaker.substituteLooksMax
        while lanes != 0, looks < looksMax {
            let lane = lanes.trailingZeroBitCount
            lanes &= lanes &- 1
            let kind = queue.lanes[lane]
            let root = grid.roots[grid.rootIndex(queue, region, lane: lane)]
            lookUp(root, kind, row, terms, queue, &best, &looks)
            lookDown(root, kind, row, terms, queue, &best, &looks)
        }
        return best.slot == TicketRecord.noSlot ? nil : Int(best.slot)
    }

    /// Whether any ticket of the seat's kind waits in the bucket.
    private func isPresent(
        _ seat: ProposalSeat, _ queue: CompiledQueue, _ bucket: Int
    ) -> Bool {
        let state = grid.buckets[bucket]
        if queue.lanes.hasWarParties, seat.isOfWarParty { return state.warPlayerCount > 0 }
        return seat.size <= 64 && state.sizesPresent & (1 << UInt64(seat.size - 1)) != 0
    }

    /// The longest waiting overdue ticket of the lanes that fits.
    private mutating func overdueSubstitute(
        _ lanes: UInt64, _ row: Int, _ terms: SubstituteTerms, _ queue: CompiledQueue,
        _ looks: inout Int
    ) -> Int? {
        var search = OldestPlace(
            from: terms.low, through: terms.high, before: now - queue.overdueAge + 1,
            looks: Matchmaker.substituteLooksMax)
        var rest = lanes
        while rest != 0 {
            let lane = rest.trailingZeroBitCount
            rest &= rest &- 1
            let kind = queue.lanes[lane]
            let root =
                grid.roots
                + grid.rootIndex(
                    queue, Int(proposals.rows[row].record.region.raw), lane: lane)
            index.findOldest(in: &root.pointee, &search) { fits($0, kind, row, terms, queue) }
        }
        looks += Matchmaker.substituteLooksMax - search.looks
        if search.looks == 0 { report.overdueCutShort += 1 }
        guard let place = search.place else { return nil }
        report.overdueSeated += 1
        return Int(place.slot)
    }

    private func lookUp(
        _ root: IndexRoot, _ kind: Lane, _ row: Int, _ terms: SubstituteTerms,
        _ queue: CompiledQueue, _ best: inout SubstituteChoice, _ looks: inout Int
    ) {
        var cursor = index.seek(root, RatingKey.make(rating: terms.wanted, sequence: 0))
        for _ in 0..<Matchmaker.substituteSideLooksMax {
            guard let place = index.place(at: cursor) else { return }
            let rating = RatingKey.rating(of: place.key)
            if rating > terms.high { return }
            looks += 1
            if !weigh(place, rating - terms.wanted, kind, row, terms, queue, &best) { return }
            index.advance(&cursor)
        }
    }

    private func lookDown(
        _ root: IndexRoot, _ kind: Lane, _ row: Int, _ terms: SubstituteTerms,
        _ queue: CompiledQueue, _ best: inout SubstituteChoice, _ looks: inout Int
    ) {
        let start = index.seek(root, RatingKey.make(rating: terms.wanted, sequence: 0))
        var cursor = index.before(start, in: root)
        for _ in 0..<Matchmaker.substituteSideLooksMax {
            guard let place = index.place(at: cursor) else { return }
            let rating = RatingKey.rating(of: place.key)
            if rating < terms.low { return }
            looks += 1
            if !weigh(place, terms.wanted - rating, kind, row, terms, queue, &best) { return }
            index.retreat(&cursor)
        }
    }

    /// Keeps the place if it fits and is nearer than the best; at equal distance who came first.
    /// - Returns: false if nothing further out can be better.
    private func weigh(
        _ place: IndexPlace, _ distance: Int32, _ kind: Lane, _ row: Int,
        _ terms: SubstituteTerms, _ queue: CompiledQueue, _ best: inout SubstituteChoice
    ) -> Bool {
        if distance > best.distance { return false }
        let sequence = place.key & RatingKey.sequenceMax
        if distance == best.distance && sequence > best.sequence { return true }
        if !fits(place, kind, row, terms, queue) { return true }
        best = SubstituteChoice(slot: place.slot, distance: distance, sequence: sequence)
        return true
    }
}

// MARK: - What a substitute must agree with

extension Matchmaker {
    /// The terms of an open seat; nil if nobody at all can take it.
    private func terms(
        _ row: Int, _ position: Int, _ queue: CompiledQueue
    ) -> SubstituteTerms? {
        let proposal = proposals.rows[row]
        let features = queue.features
        if queue.teamCount != Int32(proposal.record.teamCount) { return nil }
        var terms = SubstituteTerms()
        terms.team = Int(proposals.seat(row, position).pointee.team)
        terms.size = proposals.seat(row, position).pointee.memberCount
        terms.isWarParty =
            proposal.isWar && proposals.seat(row, position).pointee.isOfWarParty
        if terms.isWarParty, Int32(terms.size) < features.pointee.warOwnMin { return nil }
        terms.map = proposal.record.map
        var earliest = now
        for other in 0..<Int(proposal.seatCount) {
            let seat = proposals.seat(row, other).pointee
            if seat.slot == TicketRecord.noSlot { continue }
            let enqueuedAt = tickets.records[Int(seat.slot)].enqueuedAt
            let stretch = tickets.records[Int(seat.slot)].stretch
            let window = queue.window(age: now - enqueuedAt, stretch)
            terms.low = max(terms.low, seat.rating - window)
            terms.high = min(terms.high, seat.rating + window)
            terms.lowest = min(terms.lowest, seat.rating)
            terms.highest = max(terms.highest, seat.rating)
            if Int32(seat.size) < features.pointee.premadeSizeMin { terms.premadesOnly = false }
            earliest = min(earliest, enqueuedAt)
        }
        if terms.low > terms.high { return nil }
        let left = proposals.seat(row, position).pointee.rating
        terms.wanted = min(max(left, terms.low), terms.high)
        if now - earliest < proposal.shape.ageMin { terms.ageMin = proposal.shape.ageMin }
        return addRoles(row, queue, &terms) ? terms : nil
    }

    /// Adds what the team's composition asks.
    /// - Returns: false if those who stay do not fit the composition themselves: it is a new one.
    private func addRoles(
        _ row: Int, _ queue: CompiledQueue, _ terms: inout SubstituteTerms
    ) -> Bool {
        let proposal = proposals.rows[row]
        let hasRoles = queue.hasTeamRules && queue.features.pointee.roleCount > 0
        if !hasRoles { return !proposal.hasRoles }
        // As everywhere: roles are assigned in matches of two teams.
        if queue.teamCount != 2 { return true }
        if !proposal.hasRoles { return false }
        let rules = queue.features.pointee.splitRules(proposal.shape)
        for team in 0..<2 {
            let caps = team == 0 ? rules.firstCaps : rules.secondCaps
            var tally = RoleTally()
            for position in 0..<Int(proposal.seatCount) {
                let seat = proposals.seat(row, position).pointee
                if seat.slot == TicketRecord.noSlot || Int(seat.team) != team { continue }
                addMembers(Int(seat.slot), caps, &tally)
            }
            if !caps.holds(tally) { return false }
            if team != terms.team { continue }
            terms.caps = caps
            terms.tally = tally
        }
        return true
    }

    /// Counts a ticket's members in by their roles.
    func addMembers(_ slot: Int, _ caps: RoleCaps, _ tally: inout RoleTally) {
        var member = tickets.records[slot].firstMember
        while member != TicketRecord.noSlot {
            tally.add(caps.clip(members.records[Int(member)].roles))
            member = members.records[Int(member)].next
        }
    }

    /// What can be said of a whole lane: whose seats its tickets take, a side that they ever play
    /// for, and roles of players alone.
    private func mayPlay(
        _ kind: Lane, _ terms: SubstituteTerms, _ queue: CompiledQueue
    ) -> Bool {
        if kind.isWarParty != terms.isWarParty { return false }
        if !kind.isWarParty, kind.size != terms.size { return false }
        if queue.features.pointee.hasFactions {
            let sides = queue.features.pointee.sides(kind, age: Int32.max)
            if sides & (1 << UInt8(terms.team)) == 0 { return false }
        }
        guard let caps = terms.caps, kind.size == 1 else { return true }
        var tally = terms.tally
        tally.add(kind.roles)
        return caps.holds(tally)
    }

    private func fits(
        _ place: IndexPlace, _ kind: Lane, _ row: Int, _ terms: SubstituteTerms,
        _ queue: CompiledQueue
    ) -> Bool {
        let rating = RatingKey.rating(of: place.key)
        let age = now - place.enqueuedAt
        let window = queue.window(age: age, place.stretch)
        if rating - terms.lowest > window || terms.highest - rating > window { return false }
        if age < terms.ageMin { return false }
        let features = queue.features
        if features.pointee.hasFactions,
            features.pointee.sides(kind, age: age) & (1 << UInt8(terms.team)) == 0
        {
            return false
        }
        if !terms.premadesOnly, age < features.pointee.premadePoolTicks,
            Int32(terms.size) >= features.pointee.premadeSizeMin
        {
            return false
        }
        let slot = Int(place.slot)
        if terms.isWarParty, !mayFight(slot, row, terms) { return false }
        if features.pointee.mapCount > 1, !plays(slot, map: Int(terms.map)) { return false }
        if let caps = terms.caps, kind.size > 1 {
            var tally = terms.tally
            addMembers(slot, caps, &tally)
            if !caps.holds(tally) { return false }
        }
        return !isExcluded(slot, row, queue)
    }

    /// Whether the war party brings enough to field, and is another team than the one opposite.
    private func mayFight(_ slot: Int, _ row: Int, _ terms: SubstituteTerms) -> Bool {
        if tickets.records[slot].memberCount < terms.size { return false }
        let team = teamIdentity(slot)
        if team == 0 { return true }
        for position in 0..<Int(proposals.rows[row].seatCount) {
            let seat = proposals.seat(row, position).pointee
            if seat.slot == TicketRecord.noSlot || !seat.isOfWarParty { continue }
            if teamIdentity(Int(seat.slot)) == team { return false }
        }
        return true
    }

    private func isExcluded(_ slot: Int, _ row: Int, _ queue: CompiledQueue) -> Bool {
        if !queue.hasExclusions { return false }
        let exclusions = exclusions(queue.features)
        for position in 0..<Int(proposals.rows[row].seatCount) {
            let other = proposals.seat(row, position).pointee.slot
            if other != TicketRecord.noSlot, exclusions.exclude(slot, Int(other)) { return true }
        }
        return false
    }
}

// MARK: - The match with its substitute

extension Matchmaker {
    /// Gives the team its roles anew and, once all seats are taken, works out the quality.
    mutating func rescore(_ row: Int, team: UInt8, _ queue: CompiledQueue) {
        let roles = assignRoles(row, team: team, queue)
        let proposal = proposals.rows[row]
        if proposal.openCount > 0 { return }
        let count = Int(proposal.seatCount)
        var lowest = Int32.max
        for position in 0..<count {
            lowest = min(lowest, proposals.seat(row, position).pointee.rating)
        }
        for team in 0..<Int(proposal.record.teamCount) { balance.teamSums[team] = 0 }
        for position in 0..<count {
            let seat = proposals.seat(row, position).pointee
            let record = tickets.records[Int(seat.slot)]
            balance.teams[position] = Int32(seat.team)
            var value = Int64(seat.memberCount) * Int64(seat.rating - lowest)
            if let roles = proposals.roles(row, position) {
                value += roleGain(record, roles: roles, queue)
            }
            balance.teamSums[Int(seat.team)] += value
            scratch.chosen[position] = Int32(position)
            scratch.candidates[position] = Candidate(
                rating: seat.rating, window: 0, slot: seat.slot, enqueuedAt: record.enqueuedAt,
                size: seat.memberCount, lane: record.lane)
        }
        let region = Int(proposal.record.region.raw)
        proposals.rows[row].record.quality = quality(
            count, proposal.shape, queue, region, roles)
    }

    /// Gives the players of the substitute's team their roles anew. Who will sit in a seat that is
    /// still open may play anything.
    /// - Returns: how far all roles are to the players' liking; nil without roles.
    private func assignRoles(_ row: Int, team: UInt8, _ queue: CompiledQueue) -> RoleScore? {
        let proposal = proposals.rows[row]
        if !proposal.hasRoles { return nil }
        var rules = queue.features.pointee.splitRules(proposal.shape)
        rules.usesRoleOffsets = givesRoleRatings(row, queue)
        let roles = balance.members
        var listed = 0
        for position in 0..<Int(proposal.seatCount) {
            let seat = proposals.seat(row, position).pointee
            let first = Int(seat.firstPlayer)
            readRoles(row, position, rules)
            if seat.team != team { continue }
            for player in first..<first + Int(seat.size) {
                roles.list[listed] = Int32(player)
                listed += 1
            }
        }
        let isAssigned = roles.assign(listed, to: team == 0 ? rules.firstCaps : rules.secondCaps)
        precondition(isAssigned)
        if rules.usesRoleOffsets { balanceRoles(row, team: team, count: listed, rules) }
        var score = RoleScore()
        for position in 0..<Int(proposal.seatCount) {
            let seat = proposals.seat(row, position).pointee
            let first = Int(seat.firstPlayer)
            for player in first..<first + Int(seat.size) { roles.note(player, in: &score) }
            proposals.roles(row, position)?.update(
                from: roles.roles.pointer(first), count: Int(seat.size))
        }
        return score
    }

    /// Gives the balancer what the seat's players play and what they have been given.
    private func readRoles(_ row: Int, _ position: Int, _ rules: SplitRules) {
        let seat = proposals.seat(row, position).pointee
        guard let given = proposals.roles(row, position) else { return }
        let roles = balance.members
        let first = Int(seat.firstPlayer)
        for player in 0..<Int(seat.size) { roles.roles[first + player] = given[player] }
        if seat.slot != TicketRecord.noSlot {
            _ = readRoles(Int(seat.slot), from: first, rules)
            return
        }
        for player in first..<first + Int(seat.size) {
            roles.masks[player] = rules.firstCaps.clip(RoleSet.all.bits)
            roles.preferred[player] = RoleSet.noPreference
        }
        roles.readOffsets(TicketRecord.noSlot, of: details, from: first, count: Int(seat.size))
    }
}
