// Matches of war parties: two that accept each other field equally many of their own, and the same
// number of mercenaries fills up each side. Looked for round a war party, or round the war parties
// near a mercenary who may complete one. Where none can be had, enough mercenaries make a match
// among themselves, by the search of all other queues.
// A war party's own team never comes to both sides: tickets of one team are never paired.

extension Matchmaker {
    /// War parties that one search pairs with another, and those it passes over on one side.
    static let warOpponentCountMax = 8
    static let warPartiesPassedOverMax = 64
    /// War parties round which a mercenary's search looks.
    static let warPartiesPerMercenaryMax = 4
    /// Ticks between two looks of a war party while time alone may bring a match: mercenaries come
    /// to accept each other. War parties are few.
    static let warLookTicks: Int32 = 16

    /// The best lobby round a war party, or round or near a mercenary; the mercenary need not be
    /// part of it.
    mutating func findWarLobby(
        _ anchor: Candidate, _ record: TicketRecord, _ queue: CompiledQueue, _ bucket: Int,
        _ gathered: inout Gathering
    ) -> (Lobby, LobbyPlan)? {
        if record.flags.contains(.isWarParty) {
            gathered.nextAgreement = now + Matchmaker.warLookTicks
            return matchWarParty(anchor, record, queue, bucket, &gathered)
        }
        if let found = completeWarMatch(anchor, record, queue, bucket, &gathered) { return found }
        let needed = queue.features.pointee.mercenaryOnlyPlayerMin
        if needed == 0 || mercenaryCount(bucket) < needed { return nil }
        return findRuledLobby(anchor, record, queue, bucket, &gathered)
    }

    /// Mercenary players in the bucket.
    func mercenaryCount(_ bucket: Int) -> Int32 {
        grid.buckets[bucket].playerCount - grid.buckets[bucket].warPlayerCount
    }

    func warPartyCount(_ queue: CompiledQueue, _ bucket: Int) -> Int32 {
        warRoot(queue, bucket).count
    }

    private func warRoot(_ queue: CompiledQueue, _ bucket: Int) -> IndexRoot {
        let lane = queue.lanes.warPartyLane
        return grid.roots[grid.rootIndex(queue, bucket % grid.regionCount, lane: lane)]
    }

    // MARK: - Round a mercenary

    /// Tries the war parties nearest to a mercenary that accept him and that he accepts.
    private mutating func completeWarMatch(
        _ anchor: Candidate, _ record: TicketRecord, _ queue: CompiledQueue, _ bucket: Int,
        _ gathered: inout Gathering
    ) -> (Lobby, LobbyPlan)? {
        if warPartyCount(queue, bucket) < 2 { return nil }
        let near = warParties(
            near: anchor, record, queue, bucket, Matchmaker.warPartiesPerMercenaryMax, &gathered)
        for position in 0..<near.count {
            let other = tickets.records[Int(near.parties[position].slot)]
            var unused = Gathering()
            let found = matchWarParty(near.parties[position], other, queue, bucket, &unused)
            if let found { return found }
        }
        return nil
    }

    // MARK: - Round a war party

    /// The largest match that the war party can have now, and of that size the closest.
    private mutating func matchWarParty(
        _ anchor: Candidate, _ record: TicketRecord, _ queue: CompiledQueue, _ bucket: Int,
        _ gathered: inout Gathering
    ) -> (Lobby, LobbyPlan)? {
        let opponents = warParties(
            near: anchor, record, queue, bucket, Matchmaker.warOpponentCountMax, &gathered)
        let sizes = WarSizes(queue, isRipe: grid.buckets[bucket].ripeCount > 0)
        let most = sizes.largest(anchor, opponents, mercenaryCount: mercenaryCount(bucket))
        if most < sizes.least { return nil }
        let mapCount = Int(queue.features.pointee.mapCount)
        if mapCount < 2 || grid.buckets[bucket].chooserCount == 0 {
            let map = mapCount < 2 ? 0 : drawnMap(record, mapCount, step: 0)
            return matchWarParty(
                anchor, record, opponents, sizes, queue, bucket, map, asksMaps: false, &gathered)
        }
        for step in 0..<mapCount {
            let map = drawnMap(record, mapCount, step: step)
            if !plays(Int(anchor.slot), map: map) { continue }
            let found = matchWarParty(
                anchor, record, opponents, sizes, queue, bucket, map, asksMaps: true, &gathered)
            if let found { return found }
        }
        return nil
    }

    /// A fair draw where several maps would do.
    private func drawnMap(_ record: TicketRecord, _ mapCount: Int, step: Int) -> Int {
        let start = mixed(matchSeed ^ record.key ^ UInt64(UInt32(bitPattern: now))) >> 32
        return (Int(start) + step) % mapCount
    }

    private mutating func matchWarParty(
        _ anchor: Candidate, _ record: TicketRecord, _ opponents: WarParties, _ sizes: WarSizes,
        _ queue: CompiledQueue, _ bucket: Int, _ map: Int, asksMaps: Bool,
        _ gathered: inout Gathering
    ) -> (Lobby, LobbyPlan)? {
        let exclusions = queue.hasExclusions ? exclusions(queue.features) : nil
        let mercenaries = gatherMercenaries(
            anchor, record, queue, bucket, map: asksMaps ? map : nil)
        gathered.merge(mercenaries)
        let most = sizes.largest(
            anchor, opponents, mercenaryCount: Int32(mercenaries.playerCount))
        let ripest = now - earliest(mercenaries.count, opponents)
        var search = WarPartySearch(
            scratch: scratch, queue: queue, tick: now, exclusions: exclusions)
        for size in stride(from: most, through: sizes.least, by: -1) {
            guard let ageMin = sizes.ageMin(size), ageMin <= ripest else { continue }
            let lobby = matchWarParty(
                opponents, size, ageMin, mercenaries, asksMaps ? map : nil, &search)
            if let lobby {
                var plan = plan(lobby, size, map, record, queue)
                // A substitute for whoever has waited that long must have waited as long.
                plan.shape.ageMin = ageMin
                return (lobby, plan)
            }
            if search.isCutShort { break }
        }
        gathered.isCutShort = gathered.isCutShort || search.isCutShort
        return nil
    }

    /// Puts the mercenaries near a war party, and itself, into `scratch.candidates`.
    /// - Parameter map: one that all must play; nil for whichever.
    func gatherMercenaries(
        _ anchor: Candidate, _ record: TicketRecord, _ queue: CompiledQueue, _ bucket: Int,
        map: Int?
    ) -> Gathering {
        let exclusions = queue.hasExclusions ? exclusions(queue.features) : nil
        var gather = CandidateGather(
            index: index, scratch: scratch, queue: queue, tick: now,
            anchorSequence: record.key & RatingKey.sequenceMax)
        gather.lanesExcluded = 1 << UInt64(queue.lanes.warPartyLane)
        gather.seesAll = true
        let slot = Int(anchor.slot)
        var mercenaries = gather.run(
            anchor, key: record.key, grid: grid, bucket: bucket,
            admits: { other in
                if let map, !plays(other, map: map) { return false }
                return !(exclusions?.exclude(slot, other) ?? false)
            })
        let gatheredPlayers = mercenaries.playerCount - Int(anchor.size)
        mercenaries.playerCount = max(0, gatheredPlayers)
        return mercenaries
    }

    /// The closest lobby of one size with any of the opponents, the nearest tried first.
    private func matchWarParty(
        _ opponents: WarParties, _ size: Int32, _ ageMin: Int32, _ mercenaries: Gathering,
        _ map: Int?, _ search: inout WarPartySearch
    ) -> Lobby? {
        var best: Lobby?
        let anchor = scratch.candidates[mercenaries.anchorIndex]
        for position in 0..<opponents.count {
            let opponent = opponents.parties[position]
            if let map, !plays(Int(opponent.slot), map: map) { continue }
            // Each opponent keeps a place of its own behind the mercenaries: one found stays.
            let place = mercenaries.count + position
            if place >= SearchScratch.candidateCountMax { break }
            scratch.candidates[place] = opponent
            let own = min(Int32(anchor.size), Int32(opponent.size), size)
            let pair = WarPair(
                first: Int32(mercenaries.anchorIndex), second: Int32(place), own: own,
                teamSize: size, ageMin: ageMin)
            let limit = best?.cost ?? .infinity
            if let found = search.run(pair, mercenaries.count, below: limit) { best = found }
        }
        return best
    }

    func earliest(_ count: Int, _ opponents: WarParties) -> Int32 {
        var earliest = now
        for position in 0..<count {
            earliest = min(earliest, scratch.candidates[position].enqueuedAt)
        }
        for position in 0..<opponents.count {
            earliest = min(earliest, opponents.parties[position].enqueuedAt)
        }
        return earliest
    }

    /// Ties the war parties of the lobby in `scratch.chosen` to a side each, by a fair draw, and
    /// leaves those of their members who are not fielded out of the count.
    private func plan(
        _ lobby: Lobby, _ size: Int32, _ map: Int, _ record: TicketRecord, _ queue: CompiledQueue
    ) -> LobbyPlan {
        let first = Int(scratch.chosen[lobby.ticketCount - 2])
        let second = Int(scratch.chosen[lobby.ticketCount - 1])
        let own = min(
            scratch.candidates[first].size, scratch.candidates[second].size, UInt8(size))
        let draw = mixed(matchSeed ^ record.key ^ UInt64(UInt32(bitPattern: now)) << 1) & 1
        for position in 0..<lobby.ticketCount {
            scratch.candidates[Int(scratch.chosen[position])].sides = 3
        }
        scratch.candidates[first].size = own
        scratch.candidates[second].size = own
        scratch.candidates[first].sides = draw == 0 ? 1 : 2
        scratch.candidates[second].sides = draw == 0 ? 2 : 1
        var shape = TeamShape(queue)
        shape.firstSize = size
        shape.otherSize = size
        return LobbyPlan(shape: shape, map: UInt8(map), isWar: true)
    }

    // MARK: - War parties about

    /// The nearest war parties that accept the anchor and that it accepts; for a war party, those
    /// of other teams.
    func warParties(
        near anchor: Candidate, _ record: TicketRecord, _ queue: CompiledQueue, _ bucket: Int,
        _ countMax: Int, _ gathered: inout Gathering
    ) -> WarParties {
        let root = warRoot(queue, bucket)
        var above = index.seek(root, record.key)
        var below = index.before(above, in: root)
        var found = WarParties()
        var passedOver = 0
        while found.count < countMax, passedOver <= Matchmaker.warPartiesPassedOverMax {
            guard let next = nearer(above, below, anchor.rating) else { break }
            if next.isAbove { index.advance(&above) } else { index.retreat(&below) }
            let place = next.place
            if place.slot == anchor.slot { continue }
            let distance = abs(RatingKey.rating(of: place.key) - anchor.rating)
            if distance > anchor.window {
                gathered.nextReach = min(gathered.nextReach, distance)
                break
            }
            let age = now - place.enqueuedAt
            if distance > queue.ratingWindow.limit(age: age) {
                if let agreeing = queue.ratingWindow.age(reaching: distance) {
                    gathered.nextAgreement = min(
                        gathered.nextAgreement, place.enqueuedAt + agreeing)
                }
                passedOver += 1
            } else if isBarred(Int(place.slot), Int(anchor.slot), queue) {
                passedOver += 1
            } else {
                found.parties[found.count] = self.anchor(
                    Int(place.slot), tickets.records[Int(place.slot)], queue)
                found.count += 1
            }
        }
        return found
    }

    /// The nearer of the two places between which a rating lies; nil beyond both ends.
    private func nearer(
        _ above: IndexCursor, _ below: IndexCursor, _ rating: Int32
    ) -> (place: IndexPlace, isAbove: Bool)? {
        guard let high = index.place(at: above) else {
            return index.place(at: below).map { ($0, false) }
        }
        guard let low = index.place(at: below) else { return (high, true) }
        let isAbove =
            RatingKey.rating(of: high.key) - rating <= rating - RatingKey.rating(of: low.key)
        return isAbove ? (high, true) : (low, false)
    }

    /// True if the two may not meet: one team, avoided players, opponents of a moment ago.
    private func isBarred(_ one: Int, _ other: Int, _ queue: CompiledQueue) -> Bool {
        if queue.hasExclusions, exclusions(queue.features).exclude(one, other) { return true }
        let team = teamIdentity(one)
        return team != 0 && team == teamIdentity(other)
    }

    /// The war party's lasting identity; 0 for none.
    func teamIdentity(_ slot: Int) -> UInt64 {
        let record = tickets.records[slot]
        if !record.flags.contains(.isWarParty) || record.detail == TicketRecord.noSlot { return 0 }
        return details.records[Int(record.detail)].team
    }
}

/// War parties near a ticket, the nearest first.
struct WarParties {
    var count = 0
    var parties = InlineArray<8, Candidate>(
        repeating: Candidate(rating: 0, window: 0, slot: 0, enqueuedAt: 0, size: 0, lane: 0))
}

/// The sizes of teams that war parties may have.
struct WarSizes {
    /// The smallest that any wait allows in the bucket.
    let least: Int32
    private let most: Int32
    private let features: UnsafePointer<Features>

    /// - Parameter isRipe: somebody in the bucket has waited long enough for smaller teams.
    init(_ queue: CompiledQueue, isRipe: Bool) {
        features = queue.features
        most = queue.teamSize
        let steps = Int(features.pointee.smallerTeamCount)
        let smallest =
            isRipe && steps > 0 ? features.pointee.smallerTeamSizes[steps - 1] : queue.teamSize
        least = max(smallest, features.pointee.warOwnMin)
    }

    /// The wait from which a match may have teams of this size, or nil if never.
    func ageMin(_ size: Int32) -> Int32? {
        size == most ? 0 : features.pointee.age(allowing: size)
    }

    /// The largest size for which one of the pairs and so many mercenaries are enough; 0 for none.
    func largest(_ anchor: Candidate, _ opponents: WarParties, mercenaryCount: Int32) -> Int32 {
        var largest: Int32 = 0
        for position in 0..<opponents.count {
            let own = min(Int32(anchor.size), Int32(opponents.parties[position].size))
            if own < features.pointee.warOwnMin { continue }
            largest = max(largest, min(most, own + mercenaryCount / 2))
        }
        return largest
    }
}
