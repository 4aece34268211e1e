// Lets a ticket in, into all of its queues or into none: every check first, then every change.

extension Matchmaker {
    @inline(__always) mutating func enqueue(
        _ arrival: Arrival, _ outbox: inout OutcomeProducer
    ) {
        if let reason = admit(arrival) {
            let request = arrival.request
            let left = reason == .onCooldown ? ticksOnCooldown(arrival) : 0
            refuse(
                request.ticket, reason, queue: request.queue, lobby: request.lobby,
                ticksLeft: left, match: reason == .ticketEnded ? endOf(request.ticket) : nil,
                &outbox)
            return
        }
        report.ticketsEnqueued += 1
    }

    /// Lets the ticket in, or says why not; then nothing has changed.
    @inline(__always) private mutating func admit(_ arrival: Arrival) -> RejectReason? {
        let request = arrival.request
        guard let first = grid.queue(request.queue) else { return .unknownQueue }
        if let reason = refusal(ofSize: arrival, first.pointee) { return reason }
        if !arrival.isComplete { return .malformedParty }
        if slot(of: request.ticket) != nil { return .duplicateTicket }
        if endOf(request.ticket) != nil { return .ticketEnded }
        if let reason = clash(arrival.party) { return reason }
        if ticksOnCooldown(arrival) > 0 {
            report.cooldownsRefused += 1
            return .onCooldown
        }
        if hasNoRoom(for: arrival) { return .tableFull }
        let best = request.latencies.lowest(regionCount: grid.regionCount)
        if let reason = refusal(of: arrival, first.pointee, bestLatency: best) { return reason }
        if arrival.needsRow {
            if let reason = refusalOfFurtherQueues(arrival, best) { return reason }
            storeWithDetail(arrival, bestLatency: best)
            return nil
        }
        guard let rating = partyRating(arrival.party, first.pointee) else {
            return .ratingOutOfRange
        }
        let leader = storeMembers(arrival)
        let slot = store(
            arrival, request.queue, rating, bestLatency: best, firstMember: leader,
            detail: TicketRecord.noSlot)
        ticketMap.insert(hashOf(request.ticket), slot: slot)
        addAnchors(slot)
        return nil
    }

    @inline(__always) private func hasNoRoom(for arrival: Arrival) -> Bool {
        let entries = arrival.queueCount
        if !tickets.hasRoom(for: entries) || !members.hasRoom(for: arrival.party.count)
            || !index.hasRoom(forInsertions: entries)
        {
            return true
        }
        return arrival.needsRow
            && !details.hasRoom(
                avoided: Int(arrival.request.avoidedCount),
                rated: Int(arrival.request.ratedCount))
    }

    @inline(__always) private func clash(_ party: PartyView) -> RejectReason? {
        for position in 0..<party.count {
            let player = party[position].player
            for earlier in 0..<position where party[earlier].player == player {
                return .repeatedMember
            }
            let isWaiting = playerMap.find(hashOf(player)) { members.records[$0].player == player }
            if isWaiting != nil { return .duplicatePlayer }
        }
        return nil
    }

    // MARK: - What a queue asks of a ticket

    @inline(__always) private func refusal(
        ofSize arrival: Arrival, _ queue: CompiledQueue
    ) -> RejectReason? {
        refusal(
            size: Int32(arrival.request.memberCount), isWarParty: arrival.request.isWarParty,
            isMercenary: arrival.request.isMercenary, queue)
    }

    @inline(__always) private func refusal(
        size: Int32, isWarParty: Bool, isMercenary: Bool, _ queue: CompiledQueue
    ) -> RejectReason? {
        if queue.lanes.hasWarParties {
            if isWarParty {
                if size > queue.features.pointee.warRosterMax { return .oversizeParty }
                return size < queue.features.pointee.warOwnMin ? .undersizeParty : nil
            }
            if !isMercenary { return .notAdmitted }
        } else if isWarParty {
            return .notAdmitted
        }
        if size > queue.partySizeMax { return .oversizeParty }
        return size < queue.partySizeMin ? .undersizeParty : nil
    }

    /// Why the queue does not take the ticket, its size and its rating apart.
    @inline(__always) private func refusal(
        of arrival: Arrival, _ queue: CompiledQueue, bestLatency: UInt16
    ) -> RejectReason? {
        if !isReachable(bestLatency, queue) { return .noReachableRegion }
        if queue.hasTeamRules, queue.features.pointee.roleCount > 0 {
            var party = RoleTally()
            for position in 0..<arrival.party.count {
                party.add(queue.features.pointee.clip(arrival.party[position].roles.bits))
            }
            if !queue.features.pointee.takesParty(party) { return .impossibleRoles }
        }
        return nil
    }

    @inline(__always) private func isReachable(_ best: UInt16, _ queue: CompiledQueue) -> Bool {
        if best == LatencyVector.unreachable { return false }
        return Int32(best) <= queue.latencyCap.max || queue.bestRegionAge != Int32.max
    }

    private func refusalOfFurtherQueues(_ arrival: Arrival, _ best: UInt16) -> RejectReason? {
        if Int(arrival.detail.choiceCount) > Limits.furtherQueueCountMax {
            return .conflictingQueues
        }
        for position in 0..<arrival.queueCount {
            let choice = arrival.queue(position)
            for earlier in 0..<position where arrival.queue(earlier).queue == choice.queue {
                return .conflictingQueues
            }
            guard let queue = grid.queue(choice.queue)?.pointee else { return .unknownQueue }
            if let reason = refusal(ofSize: arrival, queue) { return reason }
            if let reason = refusal(of: arrival, queue, bestLatency: best) { return reason }
            if rating(arrival, choice, queue) == nil { return .ratingOutOfRange }
        }
        return nil
    }

    /// Why the rules in force do not admit a ticket that waits, or nil.
    func refusal(ofWaiting slot: Int, _ queue: CompiledQueue) -> RejectReason? {
        let record = tickets.records[slot]
        let reason = refusal(
            size: Int32(record.memberCount), isWarParty: record.flags.contains(.isWarParty),
            isMercenary: record.flags.contains(.isMercenary), queue)
        if reason != nil { return reason }
        if !isReachable(record.bestLatency, queue) { return .noReachableRegion }
        if queue.hasTeamRules, queue.features.pointee.roleCount > 0 {
            var party = RoleTally()
            var member = record.firstMember
            while member != TicketRecord.noSlot {
                party.add(queue.features.pointee.clip(members.records[Int(member)].roles))
                member = members.records[Int(member)].next
            }
            if !queue.features.pointee.takesParty(party) { return .impossibleRoles }
        }
        return nil
    }

    // MARK: - Storing

    /// Stores the members and returns the leader's place.
    @inline(__always) private mutating func storeMembers(_ arrival: Arrival) -> Int32 {
        var next = TicketRecord.noSlot
        for position in stride(from: arrival.party.count - 1, through: 0, by: -1) {
            let member = members.allocate(arrival.party[position], next: next)
            playerMap.insert(hashOf(arrival.party[position].player), slot: member)
            next = Int32(member)
        }
        return next
    }

    /// Stores the ticket's entry in one queue.
    /// - Returns: its slot.
    @inline(__always) private mutating func store(
        _ arrival: Arrival, _ queueIndex: QueueIndex, _ rating: Int32, bestLatency: UInt16,
        firstMember: Int32, detail: Int32
    ) -> Int {
        precondition(sequence < RatingKey.sequenceMax)
        sequence += 1
        let request = arrival.request
        let slot = tickets.allocate(in: queueIndex)
        let record = tickets.records.pointer(slot)
        record.pointee.ticket = request.ticket
        record.pointee.key = RatingKey.make(rating: rating, sequence: sequence)
        let waited = min(max(0, request.waitedTicks), TicketRequest.waitedTicksMax)
        record.pointee.enqueuedAt = now - waited
        record.pointee.wakeAt = TicketRecord.notScheduled
        record.pointee.firstMember = firstMember
        record.pointee.detail = detail
        record.pointee.nextLook = Int32.max
        record.pointee.lobby = request.lobby
        record.pointee.regions = 0
        record.pointee.memberCount = UInt8(request.memberCount)
        record.pointee.bestLatency = bestLatency
        record.pointee.flags = flags(request)
        let latencies = tickets.latencies.pointer(slot * grid.regionCount)
        for region in 0..<grid.regionCount {
            latencies[region] = request.latencies[RegionIndex(UInt8(truncatingIfNeeded: region))]
        }
        record.pointee.stretch = .none
        fit(slot)
        if grid.densities != nil { noteArrival(slot) }
        hash.note(request.ticket, Int(rating))
        return slot
    }

    @inline(__always) private func flags(_ request: TicketRequest) -> TicketFlags {
        var flags: TicketFlags = []
        if request.faction == 1 { flags.insert(.isSecondFaction) }
        if request.isMercenary { flags.insert(.isMercenary) }
        if request.isWarParty { flags.insert(.isWarParty) }
        if request.avoidedCount > 0 { flags.insert(.hasAvoidList) }
        return flags
    }

    /// Works out what follows from the queue's rules: the lane, and whether the ticket is ripe.
    @inline(__always) func fit(_ slot: Int) {
        let record = tickets.records.pointer(slot)
        let queue = grid.queues + Int(record.pointee.queue.raw)
        let isWarParty = record.pointee.flags.contains(.isWarParty)
        if isWarParty { record.pointee.lane = UInt8(queue.pointee.lanes.warPartyLane) }
        if !queue.pointee.hasTeamRules {
            record.pointee.flags.subtract(.ofRules)
            if !isWarParty { record.pointee.lane = record.pointee.memberCount - 1 }
            return
        }
        let features = queue.pointee.features
        if !isWarParty { record.pointee.lane = laneByRules(record, queue, features) }
        record.pointee.flags.remove(.isRipe)
        if now - record.pointee.enqueuedAt >= features.pointee.ripeAge {
            record.pointee.flags.insert(.isRipe)
        }
        noteChoice(record, features)
    }

    @inline(__always) private func laneByRules(
        _ record: UnsafeMutablePointer<TicketRecord>, _ queue: UnsafeMutablePointer<CompiledQueue>,
        _ features: UnsafePointer<Features>
    ) -> UInt8 {
        var roles: UInt8 = 0
        if features.pointee.roleCount > 0, record.pointee.memberCount == 1 {
            roles = features.pointee.clip(members.records[Int(record.pointee.firstMember)].roles)
        }
        return UInt8(
            queue.pointee.lanes.lane(
                size: Int32(record.pointee.memberCount), roles: roles,
                faction: record.pointee.flags.contains(.isSecondFaction) ? 1 : 0,
                isMercenary: record.pointee.flags.contains(.isMercenary)))
    }

    private func noteChoice(
        _ record: UnsafeMutablePointer<TicketRecord>, _ features: UnsafePointer<Features>
    ) {
        record.pointee.flags.remove(.choosesMaps)
        if record.pointee.detail == TicketRecord.noSlot || features.pointee.mapCount < 2 { return }
        let all = features.pointee.allMaps
        if details.records[Int(record.pointee.detail)].maps & all != all {
            record.pointee.flags.insert(.choosesMaps)
        }
    }

    private mutating func storeWithDetail(_ arrival: Arrival, bestLatency: UInt16) {
        let leader = storeMembers(arrival)
        let row = details.allocate()
        let detail = arrival.detail
        details.records[row].team = detail.team
        details.records[row].maps = detail.maps.bits
        for position in (0..<Int(arrival.request.avoidedCount)).reversed() {
            details.avoid(arrival.avoided(position), row: row)
        }
        for index in (0..<Int(arrival.request.ratedCount)).reversed() {
            details.rate(arrival.rated(index), row: row)
        }
        for position in 0..<arrival.queueCount {
            let choice = arrival.queue(position)
            guard let queue = grid.queue(choice.queue)?.pointee,
                let rating = rating(arrival, choice, queue)
            else { preconditionFailure("checked before") }
            let slot = store(
                arrival, choice.queue, rating, bestLatency: bestLatency, firstMember: leader,
                detail: Int32(row))
            details.records[row].entries[position] = Int32(slot)
            details.records[row].ratings[position] = choice.rating.steps
            details.records[row].entryCount += 1
            if position == 0 { ticketMap.insert(hashOf(arrival.request.ticket), slot: slot) }
        }
        for position in 0..<arrival.queueCount {
            addAnchors(Int(details.records[row].entries[position]))
        }
    }

    /// The party's rating in one of its queues, or nil outside the allowed range.
    private func rating(
        _ arrival: Arrival, _ choice: QueueChoice, _ queue: CompiledQueue
    ) -> Int32? {
        if choice.rating == QueueChoice.sameRating { return partyRating(arrival.party, queue) }
        return partyRating(
            sum: Int64(choice.rating.steps) * Int64(arrival.party.count),
            count: arrival.party.count, queue)
    }

}
