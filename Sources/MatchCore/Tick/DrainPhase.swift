// Takes commands in order: tickets in, tickets back. Every refusal is an outcome with a reason.
// A command that is not taken because the outbox is full stays with the caller.

extension Matchmaker {
    /// Commands ahead of the one in work whose table cells are read early.
    private static let touchAheadCount = 16

    mutating func drainCommands(
        _ commands: UnsafeBufferPointer<Command>, _ outbox: inout OutcomeProducer
    ) {
        var position = 0
        var touched = 0
        while position < commands.count {
            if !outbox.hasRoom(for: 2) {
                report.outboxFull = true
                break
            }
            if touched <= position {
                touched = min(position + Matchmaker.touchAheadCount, commands.count)
                for ahead in position..<touched { warmth &+= touch(commands[ahead]) }
            }
            switch commands[position] {
            case .enqueue(let request):
                let groups = request.memberGroupCount
                enqueue(request, commands, position + 1, groups, &outbox)
                position += 1 + membersFollowing(commands, position + 1, atMost: groups)
            case .members:
                // Members whose ticket did not come before them belong to nobody.
                position += 1
                refuse(TicketID(high: 0, low: 0), .malformedParty, &outbox)
            case .cancel(let request):
                cancel(request, &outbox)
                position += 1
            }
        }
        report.commandsTaken = position
    }

    /// Reads the cells of both tables that the command will need: independent reads overlap,
    /// where one command's own chain of reads would wait for each in turn.
    @inline(__always) private func touch(_ command: Command) -> UInt64 {
        switch command {
        case .enqueue(let request):
            return ticketMap.touch(hashOf(request.ticket))
                &+ playerMap.touch(hashOf(request.leader.player))
        case .cancel(let request): return ticketMap.touch(hashOf(request.ticket))
        case .members: return 0
        }
    }

    private func membersFollowing(
        _ commands: UnsafeBufferPointer<Command>, _ start: Int, atMost limit: Int
    ) -> Int {
        var count = 0
        while count < limit, start + count < commands.count,
            case .members = commands[start + count]
        {
            count += 1
        }
        return count
    }

    private mutating func refuse(
        _ ticket: TicketID, _ reason: RejectReason, queue: QueueIndex = QueueIndex(.max),
        lobby: LobbyIndex = LobbyIndex(.max), _ outbox: inout OutcomeProducer
    ) {
        report.commandsRejected += 1
        hash.note(ticket, Int(reason.rawValue) + 256)
        outbox.write(
            .rejected(
                RejectedRecord(ticket: ticket, queue: queue, lobby: lobby, reason: reason)))
    }

    private mutating func cancel(_ request: CancelRequest, _ outbox: inout OutcomeProducer) {
        guard let slot = slot(of: request.ticket) else {
            refuse(request.ticket, .unknownTicket, lobby: request.lobby, &outbox)
            return
        }
        report.ticketsCancelled += 1
        close(slot, .cancelled, &outbox)
    }

    @inline(__always) private mutating func enqueue(
        _ request: TicketRequest, _ commands: UnsafeBufferPointer<Command>, _ start: Int,
        _ groups: Int, _ outbox: inout OutcomeProducer
    ) {
        if let reason = admit(request, commands, start, groups) {
            refuse(
                request.ticket, reason, queue: request.queue, lobby: request.lobby, &outbox)
            return
        }
        report.ticketsEnqueued += 1
    }

    /// Lets the ticket in, or says why not; then nothing has changed.
    @inline(__always) private mutating func admit(
        _ request: TicketRequest, _ commands: UnsafeBufferPointer<Command>, _ start: Int,
        _ groups: Int
    ) -> RejectReason? {
        guard let queue = grid.queue(request.queue) else { return .unknownQueue }
        let count = Int(request.memberCount)
        if count > Int(queue.pointee.partySizeMax) { return .oversizeParty }
        let party = PartyView(
            leader: request.leader, count: count, commands: commands, start: start)
        if groups > 0, !party.isComplete { return .malformedParty }
        if slot(of: request.ticket) != nil { return .duplicateTicket }
        if let reason = clash(party) { return reason }
        if tickets.isFull || !members.hasRoom(for: count)
            || !index.hasRoom(forInsertions: 1)
        {
            return .tableFull
        }
        guard let rating = partyRating(party, queue.pointee) else { return .ratingOutOfRange }
        let best = request.latencies.lowest(regionCount: grid.regionCount)
        let isReachable =
            best != LatencyVector.unreachable && Int32(best) <= queue.pointee.latencyCap.max
        if !isReachable { return .noReachableRegion }
        store(request, party, rating, bestLatency: best)
        return nil
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

    @inline(__always) private mutating func store(
        _ request: TicketRequest, _ party: PartyView, _ rating: Int32, bestLatency: UInt16
    ) {
        precondition(sequence < RatingKey.sequenceMax)
        sequence += 1
        let slot = tickets.allocate()
        var next = TicketRecord.noSlot
        for position in stride(from: party.count - 1, through: 0, by: -1) {
            let member = members.allocate(party[position], next: next)
            playerMap.insert(hashOf(party[position].player), slot: member)
            next = Int32(member)
        }
        ticketMap.insert(hashOf(request.ticket), slot: slot)
        let record = tickets.records.pointer(slot)
        record.pointee.ticket = request.ticket
        record.pointee.key = RatingKey.make(rating: rating, sequence: sequence)
        let waited = min(max(0, request.waitedTicks), TicketRequest.waitedTicksMax)
        record.pointee.enqueuedAt = now - waited
        record.pointee.wakeAt = TicketRecord.notScheduled
        record.pointee.firstMember = next
        record.pointee.deviationWithin = party.deviationWithin()
        record.pointee.nextLook = Int32.max
        record.pointee.queue = request.queue
        record.pointee.lobby = request.lobby
        record.pointee.regions = 0
        record.pointee.memberCount = UInt8(party.count)
        record.pointee.bestLatency = bestLatency
        let latencies = tickets.latencies.pointer(slot * grid.regionCount)
        for region in 0..<grid.regionCount {
            latencies[region] = request.latencies[RegionIndex(UInt8(truncatingIfNeeded: region))]
        }
        hash.note(request.ticket, Int(rating))
        addAnchors(slot)
    }
}

/// The members of a request: the leader and those in the commands behind it.
struct PartyView {
    let leader: Member
    let count: Int
    let commands: UnsafeBufferPointer<Command>
    let start: Int

    /// True if the commands behind the request hold exactly the members it announced.
    var isComplete: Bool {
        var found = 1
        var position = start
        while found < count {
            guard position < commands.count, case .members(let group) = commands[position],
                Int(group.count) == min(count - found, MemberGroup.capacity)
            else { return false }
            found += Int(group.count)
            position += 1
        }
        return found == count
    }

    subscript(position: Int) -> Member {
        @inline(__always) get {
            if position == 0 { return leader }
            let group = (position - 1) / MemberGroup.capacity
            guard case .members(let found) = commands[start + group] else { return leader }
            return found.members[(position - 1) % MemberGroup.capacity]
        }
    }

    /// Sum of the squared differences of members to their mean, in points².
    @inline(__always) func deviationWithin() -> Float {
        if count == 1 { return 0 }
        var sum = 0.0
        var squares = 0.0
        for position in 0..<count {
            let points = self[position].rating.points
            sum += points
            squares += points * points
        }
        return Float(max(0, squares - sum * sum / Double(count)))
    }
}
