// Forms matches round the tick's anchors, in rating order within each bucket, so that a crowd that
// arrives at once is cut into neighbours. An anchor that finds no lobby asks for its next wake.
// Bounded by searches per tick and by room in the outbox; what is left is carried over.

/// What became of one anchor.
enum AnchorResult {
    case matched
    /// A match was formed round it, and an overdue ticket took its place.
    case displaced
    case none
    /// No more matches can be made in this tick.
    case stop
}

extension Matchmaker {
    mutating func formRoundAnchors(_ outbox: inout OutcomeProducer) {
        var touched = 0
        while anchors.position < anchors.count {
            if touched <= anchors.position {
                touched = min(anchors.position + 16, anchors.count)
                for ahead in anchors.position..<touched {
                    warmth &+= tickets.records[Int(anchors.row(ahead).slot)].key
                }
            }
            let row = anchors.row(anchors.position)
            let slot = Int(row.slot)
            if tickets.isWaiting(slot, key: row.key) {
                let bucket = row.bucket
                if search(slot, bucket: bucket, &outbox) == .stop { break }
            }
            anchors.position += 1
        }
        for position in anchors.position..<anchors.count {
            let row = anchors.row(position)
            if !tickets.isWaiting(Int(row.slot), key: row.key) { continue }
            report.carriedOver += 1
            wakeNextTick(Int(row.slot))
        }
    }

    /// Searches the buckets for which the list of anchors was too short, each in rating order,
    /// last lanes (larger parties) first.
    mutating func sweepFullBuckets(_ outbox: inout OutcomeProducer) {
        var kept = 0
        for position in 0..<grid.sweepCount {
            let bucket = grid.sweepBucket(position)
            if kept == 0, sweep(bucket, &outbox) {
                grid.buckets[bucket].isSweepDue = false
            } else {
                grid.keepSweep(bucket, at: kept)
                kept += 1
            }
        }
        grid.trimSweeps(to: kept)
        report.carriedOver += kept
    }

    /// - Returns: false if the tick's bounds ended the sweep before the bucket's end.
    private mutating func sweep(_ bucket: Int, _ outbox: inout OutcomeProducer) -> Bool {
        let region = bucket % grid.regionCount
        let queueIndex = QueueIndex(UInt16(bucket / grid.regionCount))
        guard let queue = grid.queue(queueIndex)?.pointee else { return true }
        var progress = grid.sweepProgress[bucket]
        if progress.lane == 0 { progress.lane = queue.lanes.count }
        while progress.lane >= 1 {
            let rootIndex = grid.rootIndex(queue, region, lane: Int(progress.lane) - 1)
            while true {
                let cursor = index.seek(grid.roots[rootIndex], progress.key)
                guard let place = index.place(at: cursor) else { break }
                if search(Int(place.slot), bucket: bucket, &outbox) == .stop {
                    grid.sweepProgress[bucket] = progress
                    return false
                }
                progress.key = place.key + 1
            }
            progress.lane -= 1
            progress.key = 0
        }
        return grid.finishSweep(bucket)
    }

    private func wakeNextTick(_ slot: Int) {
        if tickets.records[slot].wakeAt != TicketRecord.notScheduled {
            wheel.remove(slot, tickets.records)
        }
        wheel.insert(slot, at: now + 1, tickets.records)
    }

    /// Leaves a ticket's search to a later tick: as many matches are proposed as there may be.
    private mutating func lookLater(_ slot: Int) {
        report.carriedOver += 1
        let at = now + Matchmaker.indexRetryTicks
        tickets.records[slot].nextLook = min(tickets.records[slot].nextLook, at)
        schedule(slot)
    }

    /// Looks for a lobby round the ticket in the bucket and forms the match if there is one; once
    /// more for each match in which its place went to an overdue ticket.
    @inline(__always) private mutating func search(
        _ slot: Int, bucket: Int, _ outbox: inout OutcomeProducer
    ) -> AnchorResult {
        while true {
            let result = searchOnce(slot, bucket: bucket, &outbox)
            if result != .displaced { return result }
        }
    }

    @inline(__always) private mutating func searchOnce(
        _ slot: Int, bucket: Int, _ outbox: inout OutcomeProducer
    ) -> AnchorResult {
        let record = tickets.records[slot]
        let queue = grid.queues[Int(record.queue.raw)]
        let region = bucket % grid.regionCount
        // Without a place it waits for its next wake: its lobby could not be taken out together.
        if record.regions & (1 << UInt16(region)) == 0 { return .none }
        if !grid.mayMatch(queue, bucket, size: Int(record.memberCount)) {
            schedule(slot)
            return .none
        }
        if report.searches >= limits.searchCountPerTickMax { return .stop }
        if !outbox.hasRoom(for: 1 + 3 * Int(queue.playerCount)) {
            report.outboxFull = true
            return .stop
        }
        if reservations.isFull {
            report.reservationsFull = true
            return .stop
        }
        if !hasRoomForProposal(queue) {
            lookLater(slot)
            return .none
        }
        report.searches += 1
        if let (lobby, plan) = findLobby(slot, record, queue, bucket) {
            form(lobby, plan, queue, record.queue, region, &outbox)
            if queue.overdueAge == Int32.max && !plan.isWar
                || !tickets.isWaiting(slot, key: record.key)
            {
                return .matched
            }
            if !plan.isWar { return .displaced }
            // War parties near a mercenary may have made do without him.
            schedule(slot)
            return .matched
        }
        schedule(slot)
        return .none
    }

    /// Who came later looks for himself, but has not seen a ticket that came into the region after
    /// him, when its latency cap had grown or a proposed match gave it back: that one must look
    /// when he comes to accept it.
    @inline(__always) private func noteLateJoin(
        _ slot: Int, _ anchor: Candidate, _ queue: CompiledQueue, _ region: Int,
        _ gathering: inout Gathering
    ) {
        guard let place = gathering.firstOfLater,
            Int32(tickets.latency(slot, region)) > queue.latencyCap.start
                || tickets.records[slot].flags.contains(.hasReturned)
        else { return }
        let distance = abs(RatingKey.rating(of: place.key) - anchor.rating)
        if let age = queue.age(windowReaching: distance, place.stretch) {
            gathering.nextAgreement = min(gathering.nextAgreement, place.enqueuedAt + age)
        }
    }

    @inline(__always) func anchor(
        _ slot: Int, _ record: TicketRecord, _ queue: CompiledQueue
    ) -> Candidate {
        let age = now - record.enqueuedAt
        var anchor = Candidate(
            rating: RatingKey.rating(of: record.key),
            window: queue.window(age: age, record.stretch),
            slot: Int32(slot), enqueuedAt: record.enqueuedAt, size: record.memberCount,
            lane: record.lane)
        if queue.hasTeamRules {
            let kind = queue.lanes[Int(record.lane)]
            anchor.sides = queue.features.pointee.sides(kind, age: age)
            anchor.roles = kind.rolesBrought
        }
        return anchor
    }

    /// The best lobby round the ticket and what it was found for; else the ticket's next look.
    @inline(__always) private mutating func findLobby(
        _ slot: Int, _ record: TicketRecord, _ queue: CompiledQueue, _ bucket: Int
    ) -> (Lobby, LobbyPlan)? {
        let anchor = anchor(slot, record, queue)
        var gathering = Gathering()
        if queue.lanes.hasWarParties {
            let found = findWarLobby(anchor, record, queue, bucket, &gathering)
            if gathering.isCutShort { report.searchesCutShort += 1 }
            if let found { return found }
        } else if isRuled(queue, bucket) {
            let found = findRuledLobby(anchor, record, queue, bucket, &gathering)
            if gathering.isCutShort { report.searchesCutShort += 1 }
            if let found { return found }
        } else {
            let gather = CandidateGather(
                index: index, scratch: scratch, queue: queue, tick: now,
                anchorSequence: record.key & RatingKey.sequenceMax)
            gathering = gather.run(
                anchor, key: record.key, grid: grid, bucket: bucket,
                admits: { _ in true })
            if gathering.isCutShort { report.searchesCutShort += 1 }
            var search = LobbySearch(scratch: scratch, queue: queue, tick: now)
            if let lobby = search.run(gathering) {
                return (lobby, LobbyPlan(shape: TeamShape(queue)))
            }
        }
        noteLateJoin(slot, anchor, queue, bucket % grid.regionCount, &gathering)
        let look = lookAgain(record, queue, gathering)
        tickets.records[slot].nextLook = min(tickets.records[slot].nextLook, look)
        return nil
    }
}
