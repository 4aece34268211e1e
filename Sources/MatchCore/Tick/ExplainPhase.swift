// Answers "what holds this ticket?" from the state at the beginning of the tick: one look round the
// ticket in its best region, with the same gathering that the search uses. Changes nothing.

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
        let region = bestRegion(slot, record)
        let bucket = grid.bucketIndex(record.queue, region)
        answer.region = RegionIndex(UInt8(region))
        answer.window = queue.window(age: now - record.enqueuedAt, record.stretch)
        answer.playersNeeded = UInt16(queue.playerCount)
        answer.playersWaiting = grid.buckets[bucket].playerCount
        answer.ticksToExpiry = max(0, record.enqueuedAt + queue.timeoutTicks - now)
        if record.state == .proposed {
            answer.obstacle = .proposed
            return answer
        }
        look(round: slot, record, queue, bucket, &answer)
        return answer
    }

    /// The region in which the ticket has its lowest latency among those that it stands in, or
    /// among all if it stands in none yet.
    private func bestRegion(_ slot: Int, _ record: TicketRecord) -> Int {
        var best = 0
        var lowest = LatencyVector.unreachable
        for region in 0..<grid.regionCount {
            let isOpen = record.regions == 0 || record.regions & (1 << UInt16(region)) != 0
            if isOpen, tickets.latency(slot, region) < lowest {
                lowest = tickets.latency(slot, region)
                best = region
            }
        }
        return best
    }

    private mutating func look(
        round slot: Int, _ record: TicketRecord, _ queue: CompiledQueue, _ bucket: Int,
        _ answer: inout ExplainedRecord
    ) {
        if queue.lanes.hasWarParties, explainWar(slot, record, queue, bucket, &answer) { return }
        let found = gatherForExplanation(anchor(slot, record, queue), record, queue, bucket)
        answer.playersWithin = UInt16(clamping: found.playerCount)
        answer.nextDistance = found.nextReach
        answer.ticksToWidening = ticksToWidening(slot, record, queue, found)
        answer.missingRoles = RoleSet(bits: found.missingRoles)
        answer.obstacle = obstacle(record, queue, bucket, found)
    }

    private func obstacle(
        _ record: TicketRecord, _ queue: CompiledQueue, _ bucket: Int, _ found: Gathering
    ) -> Obstacle {
        let needed = grid.buckets[bucket].ripeCount > 0 ? queue.playerCountMin : queue.playerCount
        if grid.buckets[bucket].playerCount < needed {
            var elsewhere: Int32 = 0
            for region in 0..<grid.regionCount {
                let other = grid.bucketIndex(record.queue, region)
                elsewhere = max(elsewhere, grid.buckets[other].playerCount)
            }
            return elsewhere >= needed ? .region : .tooFewPlayers
        }
        if found.missingRoles != 0 { return .roles }
        if found.playerCount < Int(needed) {
            let isExcluded = found.playerCount + found.excludedCount >= Int(needed)
            return isExcluded ? .exclusions : .ratingWindow
        }
        if !grid.canComplete(
            queue, grid.buckets[bucket].sizesPresent, size: Int(record.memberCount))
        {
            return .partySizes
        }
        if queue.hasTeamRules, queue.features.pointee.hasFactions, lacksFaction(queue, found) {
            return .factions
        }
        return record.nextLook > now ? .ratingWindow : .none
    }

    /// True if the candidates do not fill one of the sides.
    private func lacksFaction(_ queue: CompiledQueue, _ found: Gathering) -> Bool {
        var first: Int32 = 0
        var second: Int32 = 0
        for position in 0..<found.count {
            let candidate = scratch.candidates[position]
            if candidate.sides & 1 != 0 { first += Int32(candidate.size) }
            if candidate.sides & 2 != 0 { second += Int32(candidate.size) }
        }
        return first < queue.teamSize || second < queue.teamSize
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
