// Marks that keep players out of the queues of a scope: given by command, or for refusing or
// ignoring a proposed match. The first offence may be a warning, and all are forgotten in time.

extension Matchmaker {
    @inline(__always) private func cooldownHash(_ player: PlayerID, _ scope: UInt8) -> UInt32 {
        let scoped = mixed(hashSeed &+ UInt64(scope))
        return UInt32(truncatingIfNeeded: mixed(player.raw ^ scoped) >> 32)
    }

    /// Ticks until the last of the party's marks ends, over all queues of the ticket; 0 if it bears
    /// none.
    @inline(__always) func ticksOnCooldown(_ arrival: Arrival) -> Int32 {
        if cooldowns.count == 0 { return 0 }
        var longest: Int32 = 0
        for choice in 0..<arrival.queueCount {
            guard let queue = grid.queue(arrival.queue(choice).queue),
                queue.pointee.cooldownScope != Features.noScope
            else { continue }
            let scope = queue.pointee.cooldownScope
            for position in 0..<arrival.party.count {
                let player = arrival.party[position].player
                let until = cooldowns.until(player, scope, hash: cooldownHash(player, scope))
                if until > now { longest = max(longest, until - now) }
            }
        }
        return longest
    }

    /// Takes a mark, or takes one back.
    mutating func mark(_ request: MarkRequest) {
        let dropped = cooldowns.droppedCount
        defer { report.marksDropped += cooldowns.droppedCount - dropped }
        let scope = request.scope.raw
        if Int(scope) >= CooldownScope.capacity { return }
        let key = cooldownHash(request.player, scope)
        hash.note(request.player.raw ^ UInt64(scope) << 56)
        hash.note(UInt64(UInt32(bitPattern: request.ticks)))
        if request.ticks <= 0 {
            cooldowns.clear(request.player, scope, hash: key)
        } else {
            cooldowns.mark(
                request.player, scope, hash: key, until: tick(in: request.ticks, after: now),
                at: now)
        }
    }

    /// Marks the ticket's players for an offence against a proposed match.
    /// - Parameter blamed: the only one of them to blame; player 0, or one who is not of the
    ///   party: all of them.
    mutating func punish(_ slot: Int, blamed: PlayerID = PlayerID(0)) {
        guard let queue = grid.queue(tickets.records[slot].queue),
            queue.pointee.cooldownScope != Features.noScope
        else { return }
        let isOneToBlame = isMember(blamed, of: slot)
        var member = tickets.records[slot].firstMember
        while member != TicketRecord.noSlot {
            let player = members.records[Int(member)].player
            member = members.records[Int(member)].next
            if isOneToBlame && player != blamed { continue }
            offend(player, queue.pointee, at: now)
        }
    }

    /// Takes an offence of an earlier run.
    mutating func restore(_ request: OffenceRequest) {
        guard let queue = grid.queue(request.queue),
            queue.pointee.cooldownScope != Features.noScope
        else { return }
        let ago = min(max(0, request.ticksAgo), TicketRequest.waitedTicksMax)
        hash.note(request.player.raw ^ UInt64(queue.pointee.cooldownScope) << 56)
        hash.note(UInt64(UInt32(bitPattern: ago)))
        offend(request.player, queue.pointee, at: now - ago)
    }

    /// Remembers an offence of the tick `then`, and marks the player for it by the number of his
    /// offences that were remembered then.
    private mutating func offend(_ player: PlayerID, _ queue: CompiledQueue, at then: Int32) {
        let scope = queue.cooldownScope
        let features = queue.features
        if features.pointee.cooldownStepCount == 0 { return }
        let dropped = cooldowns.droppedCount
        defer { report.marksDropped += cooldowns.droppedCount - dropped }
        let key = cooldownHash(player, scope)
        let count = cooldowns.offend(
            player, scope, hash: key,
            forgetAt: tick(in: features.pointee.offenceTicks, after: then), at: then)
        let step = min(count, Int(features.pointee.cooldownStepCount)) - 1
        let ticks = features.pointee.cooldownSteps[step]
        if ticks <= 0 { return }
        cooldowns.mark(
            player, scope, hash: key, until: tick(in: ticks, after: then), at: then)
    }

    private func isMember(_ player: PlayerID, of slot: Int) -> Bool {
        var member = tickets.records[slot].firstMember
        while member != TicketRecord.noSlot {
            if members.records[Int(member)].player == player { return true }
            member = members.records[Int(member)].next
        }
        return false
    }

    /// The tick that lies so many ticks after another, or the last there is.
    private func tick(in ticks: Int32, after then: Int32) -> Int32 {
        Int32(clamping: Int64(then) + Int64(max(0, ticks)))
    }
}
