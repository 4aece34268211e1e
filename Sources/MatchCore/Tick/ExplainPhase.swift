// Answers "what holds this ticket?" from the state at the beginning of the tick: one look round the
// ticket in the best of its regions in which enough players wait, with the same gathering that the
// search uses. Changes nothing.

extension Matchmaker {
    /// Writes one record for each queue of the ticket, or one that says that it does not wait.
    /// - Precondition: the outbox has room for `1 + Limits.furtherQueueCountMax` records.
    mutating func explain(_ request: ExplainRequest, _ outbox: inout OutcomeProducer) {
        guard let slot = slot(of: request.ticket) else {
            outbox.write(.explained(ExplainedRecord(absent: request)))
            return
        }
        let count = entryCount(slot)
        for position in 0..<count {
            var record = explanation(entry(slot, at: position), request)
            record.isLast = position == count - 1
            outbox.write(.explained(record))
        }
    }

    private mutating func explanation(_ slot: Int, _ request: ExplainRequest) -> ExplainedRecord {
        let record = tickets.records[slot]
        var answer = ExplainedRecord(absent: request)
        answer.isWaiting = true
        answer.queue = record.queue
        answer.waitTicks = now - record.enqueuedAt
        guard let queue = grid.queue(record.queue)?.pointee else { return answer }
        let view = regionView(slot, record, queue)
        let bucket = grid.bucketIndex(record.queue, view.region)
        answer.region = RegionIndex(UInt8(view.region))
        answer.window = queue.window(age: now - record.enqueuedAt, record.stretch)
        answer.playersNeeded = UInt16(queue.playerCount)
        answer.playersWaiting = grid.buckets[bucket].playerCount
        answer.ticksToExpiry = max(0, record.enqueuedAt + queue.timeoutTicks - now)
        if record.state != .waiting {
            answer.obstacle = .proposed
            return answer
        }
        look(round: slot, record, queue, bucket, view, &answer)
        return answer
    }

    /// What waits in the ticket's regions, itself included.
    private struct RegionView {
        /// The region with its lowest latency among its own in which enough players wait; else
        /// among its own; else among all.
        var region = 0
        /// Enough wait in that region.
        var hasEnough = false
        /// Enough wait in a region that it may come to accept.
        var hasEnoughElsewhere = false
    }

    private func regionView(
        _ slot: Int, _ record: TicketRecord, _ queue: CompiledQueue
    ) -> RegionView {
        var view = RegionView()
        var best = (hasEnough: false, isOwn: false, latency: LatencyVector.unreachable)
        for region in 0..<grid.regionCount {
            let latency = tickets.latency(slot, region)
            if latency == LatencyVector.unreachable { continue }
            let isOwn = queue.accepts(
                latency: latency, best: record.bestLatency, age: now - record.enqueuedAt)
            let bucket = grid.bucketIndex(record.queue, region)
            let isCounted = record.regions & (1 << UInt16(region)) != 0
            let players =
                grid.buckets[bucket].playerCount + (isCounted ? 0 : Int32(record.memberCount))
            let hasEnough = players >= playersNeeded(queue, bucket)
            if hasEnough && !isOwn { view.hasEnoughElsewhere = true }
            let found = (hasEnough: hasEnough && isOwn, isOwn: isOwn, latency: latency)
            if isBetter(found, best) {
                best = found
                view.region = region
                view.hasEnough = found.hasEnough
            }
        }
        return view
    }

    private func isBetter(
        _ found: (hasEnough: Bool, isOwn: Bool, latency: UInt16),
        _ best: (hasEnough: Bool, isOwn: Bool, latency: UInt16)
    ) -> Bool {
        if found.hasEnough != best.hasEnough { return found.hasEnough }
        if found.isOwn != best.isOwn { return found.isOwn }
        return found.latency < best.latency
    }

    /// Players of the smallest match that could be made in the bucket now.
    private func playersNeeded(_ queue: CompiledQueue, _ bucket: Int) -> Int32 {
        queue.teamCount * teamSizeNeeded(queue, bucket)
    }

    private func teamSizeNeeded(_ queue: CompiledQueue, _ bucket: Int) -> Int32 {
        let steps = Int(queue.features.pointee.smallerTeamCount)
        if steps == 0 || grid.buckets[bucket].ripeCount == 0 { return queue.teamSize }
        return queue.features.pointee.smallerTeamSizes[steps - 1]
    }

    private mutating func look(
        round slot: Int, _ record: TicketRecord, _ queue: CompiledQueue, _ bucket: Int,
        _ view: RegionView, _ answer: inout ExplainedRecord
    ) {
        if queue.lanes.hasWarParties, explainWar(slot, record, queue, bucket, &answer) { return }
        var found = gatherForExplanation(anchor(slot, record, queue), record, queue, bucket)
        // A newcomer stands nowhere yet.
        found.playerCount = max(found.playerCount, Int(record.memberCount))
        answer.playersWithin = UInt16(clamping: found.playerCount)
        answer.nextDistance = found.nextReach
        answer.ticksToWidening = ticksToWidening(slot, record, queue, found)
        answer.missingRoles = RoleSet(bits: found.missingRoles)
        if view.hasEnough {
            answer.obstacle = obstacle(record, queue, bucket, found)
        } else {
            answer.obstacle = view.hasEnoughElsewhere ? .region : .tooFewPlayers
        }
    }

    /// What holds a ticket in a region in which enough players wait.
    private func obstacle(
        _ record: TicketRecord, _ queue: CompiledQueue, _ bucket: Int, _ found: Gathering
    ) -> Obstacle {
        let isDue = record.regions == 0 || record.nextLook <= now
        if queue.lanes.hasWarParties {
            let mercenariesMin = queue.features.pointee.mercenaryOnlyPlayerMin
            let mayHire = mercenariesMin > 0 && mercenaryCount(bucket) >= mercenariesMin
            if warPartyCount(queue, bucket) < 2, !mayHire { return .partySizes }
            return isDue ? .none : .ratingWindow
        }
        if found.missingRoles != 0 { return .roles }
        let needed = Int(playersNeeded(queue, bucket))
        if found.playerCount < needed {
            let isExcluded = found.playerCount + found.excludedPlayerCount >= needed
            return isExcluded ? .exclusions : .ratingWindow
        }
        // New rules of this tick may allow no party so large.
        if Int32(record.memberCount) > queue.partySizeMax { return .partySizes }
        let sizes = grid.buckets[bucket].sizesPresent | 1 << UInt64(record.memberCount - 1)
        if grid.buckets[bucket].ripeCount == 0,
            !grid.canComplete(queue, sizes, size: Int(record.memberCount))
        {
            return .partySizes
        }
        if queue.hasTeamRules, queue.features.pointee.hasFactions,
            lacksFaction(teamSizeNeeded(queue, bucket), found)
        {
            return .factions
        }
        return isDue ? .none : .ratingWindow
    }

    /// True if the candidates do not fill one of the sides.
    private func lacksFaction(_ teamSize: Int32, _ found: Gathering) -> Bool {
        var first: Int32 = 0
        var second: Int32 = 0
        for position in 0..<found.count {
            let candidate = scratch.candidates[position]
            if candidate.sides & 1 != 0 { first += Int32(candidate.size) }
            if candidate.sides & 2 != 0 { second += Int32(candidate.size) }
        }
        return first < teamSize || second < teamSize
    }

    /// Ticks until the window reaches the nearest ticket outside, a ticket inside agrees, or a
    /// further region comes within the latency cap; −1 if none of these will come.
    func ticksToWidening(
        _ slot: Int, _ record: TicketRecord, _ queue: CompiledQueue, _ found: Gathering
    ) -> Int32 {
        var at = found.nextAgreement
        if found.nextReach <= queue.windowMax(record.stretch),
            let age = queue.age(windowReaching: found.nextReach, record.stretch)
        {
            at = min(at, record.enqueuedAt + age)
        }
        let region = ageOfNextRegion(slot, record, queue)
        if region < Int32.max / 2 { at = min(at, record.enqueuedAt + region) }
        return at == Int32.max ? -1 : max(0, at - now)
    }
}

extension ExplainedRecord {
    /// The answer about a ticket that does not wait.
    init(absent request: ExplainRequest) {
        self.init(
            ticket: request.ticket, token: request.token, isWaiting: false, isLast: true,
            queue: QueueIndex(.max), region: RegionIndex(0), obstacle: .none,
            missingRoles: RoleSet(bits: 0), waitTicks: 0, window: 0, playersNeeded: 0,
            playersWaiting: 0, playersWithin: 0, nextDistance: .max, ticksToWidening: -1,
            ticksToExpiry: 0)
    }
}
