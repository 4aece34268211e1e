// The search of queues with team rules: the same gathering and choice of a range as everywhere,
// tried for each pool, map and shape of teams that the anchor allows, best first.

/// What a lobby was found for, beside its tickets.
struct LobbyPlan {
    var shape: TeamShape
    var map: UInt8 = 0
    /// Two war parties are in it, whose candidates' sizes are those that they field.
    var isWar = false
}

/// Which tickets a gathering takes, beside windows.
private struct GatheringFilter {
    var map: UInt8 = 0
    /// Some tickets about do not play every map.
    var asksMaps = false
    /// The match is made of premades alone.
    var premadesOnly = false
    /// Pairs about may exclude each other.
    var asksPairs = false
    /// Any map that both play will do, instead of `map`, and those of another pool count as
    /// excluded, instead of not being there.
    var explains = false
}

extension Matchmaker {
    /// True if the bucket's search must look at rules beyond windows and party sizes.
    @inline(__always) func isRuled(_ queue: CompiledQueue, _ bucket: Int) -> Bool {
        queue.hasTeamRules || queue.hasExclusions && asksPairs(queue, bucket)
    }

    @inline(__always) private func asksPairs(_ queue: CompiledQueue, _ bucket: Int) -> Bool {
        grid.buckets[bucket].avoiderCount > 0 || queue.features.pointee.rematchDelayTicks > 0
    }

    /// The best lobby round the anchor in the first pool, map and shape that has one.
    mutating func findRuledLobby(
        _ anchor: Candidate, _ record: TicketRecord, _ queue: CompiledQueue, _ bucket: Int,
        _ gathered: inout Gathering
    ) -> (Lobby, LobbyPlan)? {
        var filter = GatheringFilter()
        filter.asksPairs = asksPairs(queue, bucket)
        let pools = pools(record, queue.features)
        for pool in 0..<2 where pools & (1 << pool) != 0 {
            filter.premadesOnly = pool == 0
            if let found = searchMaps(anchor, record, queue, bucket, filter, &gathered) {
                return found
            }
        }
        return nil
    }

    /// Pools that the ticket is matched in now: bit 0 premades alone, bit 1 all but those premades
    /// that are still kept to themselves.
    private func pools(_ record: TicketRecord, _ features: UnsafePointer<Features>) -> Int {
        let poolTicks = features.pointee.premadePoolTicks
        if poolTicks == 0 || Int32(record.memberCount) < features.pointee.premadeSizeMin {
            return 2
        }
        return now - record.enqueuedAt < poolTicks ? 1 : 3
    }

    private mutating func searchMaps(
        _ anchor: Candidate, _ record: TicketRecord, _ queue: CompiledQueue, _ bucket: Int,
        _ filter: GatheringFilter, _ gathered: inout Gathering
    ) -> (Lobby, LobbyPlan)? {
        var filter = filter
        let mapCount = Int(queue.features.pointee.mapCount)
        if mapCount == 0 { return searchShapes(anchor, record, queue, bucket, filter, &gathered) }
        // A fair draw where several maps would do.
        let start = Int(mixed(matchSeed ^ record.key ^ UInt64(UInt32(bitPattern: now))) >> 32)
        filter.asksMaps = grid.buckets[bucket].chooserCount > 0
        for step in 0..<mapCount {
            let map = (start + step) % mapCount
            if !plays(Int(anchor.slot), map: map) { continue }
            filter.map = UInt8(map)
            if let found = searchShapes(anchor, record, queue, bucket, filter, &gathered) {
                return found
            }
            // Nobody is choosy: the other maps have the same players.
            if !filter.asksMaps { return nil }
        }
        return nil
    }

    private mutating func searchShapes(
        _ anchor: Candidate, _ record: TicketRecord, _ queue: CompiledQueue, _ bucket: Int,
        _ filter: GatheringFilter, _ gathered: inout Gathering
    ) -> (Lobby, LobbyPlan)? {
        let gathering = gather(anchor, record, queue, bucket, filter)
        gathered.merge(gathering)
        if gathering.playerCount < Int(queue.playerCountMin) { return nil }
        let ripest = grid.buckets[bucket].ripeCount > 0 ? longestWait(gathering.count) : 0
        var shapes = TeamShapes(queue, ripest: ripest)
        var rules = TeamRuleCheck(
            queue, region: bucket % grid.regionCount, balance: balance, members: members,
            tickets: tickets,
            exclusions: filter.asksPairs ? exclusions(queue.features) : nil)
        var search = LobbySearch(scratch: scratch, queue: queue, tick: now)
        while let shape = shapes.pop() {
            rules.takeShape(shape)
            search.takeShape(shape)
            let lobby = withUnsafePointer(to: rules) { rules in
                search.teamRules = rules
                return search.run(gathering)
            }
            gathered.isCutShort = gathered.isCutShort || search.isExhausted
            if let lobby {
                return (lobby, LobbyPlan(shape: shape, map: filter.map))
            }
        }
        return nil
    }

    private func gather(
        _ anchor: Candidate, _ record: TicketRecord, _ queue: CompiledQueue, _ bucket: Int,
        _ filter: GatheringFilter, seesAll: Bool = false
    ) -> Gathering {
        var gather = CandidateGather(
            index: index, scratch: scratch, queue: queue, tick: now,
            anchorSequence: record.key & RatingKey.sequenceMax)
        gather.seesAll = seesAll
        let features = queue.features
        gather.premadeSizeMin = features.pointee.premadeSizeMin
        if filter.premadesOnly {
            let others = queue.lanes.lanes(below: features.pointee.premadeSizeMin)
            gather.lanesExcluded = filter.explains ? 0 : others
        } else {
            gather.premadeAgeMin = features.pointee.premadePoolTicks
        }
        if queue.lanes.hasWarParties {
            gather.lanesExcluded |= 1 << UInt64(queue.lanes.warPartyLane)
        }
        let slot = Int(anchor.slot)
        let exclusions = filter.asksPairs ? exclusions(features) : nil
        var meetingTick = Int32.max
        var gathering = gather.run(
            anchor, key: record.key, grid: grid, bucket: bucket,
            admits: { other in
                if other == slot { return true }
                if filter.asksMaps, !plays(other, map: Int(filter.map)) { return false }
                if filter.explains, !sharesMapAndPool(slot, other, filter, features) {
                    return false
                }
                guard let exclusions, exclusions.exclude(slot, other) else { return true }
                if let tick = exclusions.meetingTick(slot, other) {
                    meetingTick = min(meetingTick, tick)
                }
                return false
            })
        gathering.nextAgreement = min(gathering.nextAgreement, meetingTick)
        return gathering
    }

    /// Gathers for an explanation: everybody about, without the early end that a search takes.
    func gatherForExplanation(
        _ anchor: Candidate, _ record: TicketRecord, _ queue: CompiledQueue, _ bucket: Int
    ) -> Gathering {
        var filter = GatheringFilter()
        // The ticket itself may have only just come: not by what the bucket counts.
        if queue.hasTeamRules || queue.hasExclusions {
            filter.asksPairs = queue.hasExclusions
            filter.premadesOnly = pools(record, queue.features) == 1
            filter.explains = true
        }
        return gather(anchor, record, queue, bucket, filter, seesAll: true)
    }

    /// True if the ticket plays the map.
    func plays(_ slot: Int, map: Int) -> Bool {
        let record = tickets.records[slot]
        if !record.flags.contains(.choosesMaps) { return true }
        return details.records[Int(record.detail)].maps & (1 << UInt32(map)) != 0
    }

    private func sharesMapAndPool(
        _ slot: Int, _ other: Int, _ filter: GatheringFilter, _ features: UnsafePointer<Features>
    ) -> Bool {
        let isPremade =
            Int32(tickets.records[other].memberCount) >= features.pointee.premadeSizeMin
        if filter.premadesOnly && !isPremade { return false }
        for map in 0..<Int(features.pointee.mapCount)
        where plays(slot, map: map) && plays(other, map: map) { return true }
        return features.pointee.mapCount == 0
    }

    private func longestWait(_ count: Int) -> Int32 {
        var earliest = now
        for position in 0..<count {
            earliest = min(earliest, scratch.candidates[position].enqueuedAt)
        }
        return now - earliest
    }
}
