// Running matches ask for players; before new matches form, those who wait join them. A request
// looks when it comes, when somebody new stands in its bucket, and now and then because windows
// grow: its cost does not depend on how many wait. Looks per tick are bounded and go round in a
// circle. Whom the players of the running match avoid, or have just played, is not known here.

extension Matchmaker {
    /// Looks that one tick makes for running matches; what is left is carried over and counted.
    static let backfillLookCountMax = 64
    /// Ticks between two looks of a request while nobody new comes.
    static let backfillLookTicks: Int32 = 16

    // MARK: - What a match says

    mutating func askForPlayers(_ request: BackfillRequest, _ outbox: inout OutcomeProducer) {
        guard Int(request.region.raw) < grid.regionCount,
            let queue = grid.queue(request.queue)?.pointee, allowsBackfill(queue)
        else {
            refuse(request, .notAllowed, &outbox)
            return
        }
        let key = hashOf(request.match)
        let known = backfills.row(of: request.match, key)
        if let known, request.generation <= backfills.rows[known].request.generation {
            refuse(request, .staleGeneration, &outbox)
            return
        }
        var row = BackfillRow(within(request, queue), at: now, rulesVersion: rulesVersion)
        if let known {
            let old = backfills.rows[known]
            let isSame =
                old.request.queue == request.queue && old.request.region == request.region
            if isSame { row.askedAt = old.askedAt }
            backfills.rows[known] = row
            if row.openCount == 0 { end(known, .filled, &outbox) }
        } else if row.openCount == 0 {
            refuse(request, .filled, &outbox)
            return
        } else if backfills.isFull {
            refuse(request, .tableFull, &outbox)
            return
        } else {
            backfills.insert(row, key)
        }
        report.backfillRequests += 1
        hash.note(request)
    }

    mutating func endBackfill(
        _ request: EndBackfillRequest, _ outbox: inout OutcomeProducer
    ) {
        if let row = backfills.row(of: request.match, hashOf(request.match)) {
            end(row, .withdrawn, &outbox)
            return
        }
        let unknown = BackfillRequest(
            match: request.match, queue: QueueIndex(.max), region: RegionIndex(.max),
            lobby: request.lobby, generation: 0, rating: Rating(steps: 0), openPlaces: [0, 0])
        refuse(unknown, .unknownMatch, &outbox)
    }

    private func hashOf(_ match: MatchID) -> UInt32 {
        UInt32(truncatingIfNeeded: mixed(match.low ^ mixed(match.high ^ hashSeed)) >> 32)
    }

    /// More than two teams have no words in a request.
    private func allowsBackfill(_ queue: CompiledQueue) -> Bool {
        queue.teamCount <= 2 && queue.features.pointee.allowsBackfill
    }

    /// The request with its numbers inside the queue's bounds.
    private func within(_ request: BackfillRequest, _ queue: CompiledQueue) -> BackfillRequest {
        var bounded = request
        for team in 0..<2 {
            let most = team < Int(queue.teamCount) ? UInt8(queue.teamSize) : 0
            bounded.openPlaces[team] = min(request.openPlaces[team], most)
        }
        let lowest = Rating(points: Rating.pointsMin)
        bounded.rating = min(max(request.rating, lowest), Rating(points: Rating.pointsMax))
        return bounded
    }

    // MARK: - Ends

    private mutating func refuse(
        _ request: BackfillRequest, _ reason: BackfillEndReason, _ outbox: inout OutcomeProducer
    ) {
        report.backfillsEnded += 1
        hash.note(request.match.low ^ UInt64(request.generation) << 8 | UInt64(reason.rawValue))
        outbox.write(
            .backfillEnded(
                BackfillEndedRecord(
                    match: request.match, queue: request.queue, lobby: request.lobby,
                    generation: request.generation, reason: reason)))
    }

    /// Tells a match that those who were to join it do not: its request, if it still stands, ends.
    mutating func loseJoiners(
        _ request: EndBackfillRequest, _ queue: QueueIndex, generation: UInt32,
        _ outbox: inout OutcomeProducer
    ) {
        if let row = backfills.row(of: request.match, hashOf(request.match)),
            backfills.rows[row].request.generation == generation
        {
            end(row, .joinersLost, &outbox)
            return
        }
        let gone = BackfillRequest(
            match: request.match, queue: queue, region: RegionIndex(.max), lobby: request.lobby,
            generation: generation, rating: Rating(steps: 0), openPlaces: [0, 0])
        refuse(gone, .joinersLost, &outbox)
    }

    private mutating func end(
        _ row: Int, _ reason: BackfillEndReason, _ outbox: inout OutcomeProducer
    ) {
        let request = backfills.rows[row].request
        backfills.remove(row, hashOf(request.match))
        refuse(request, reason, &outbox)
    }

    /// Why the request ends by itself, or nil. New rules are noticed here.
    private func reasonToEnd(_ row: Int) -> BackfillEndReason? {
        let entry = backfills.rows.pointer(row)
        let queue = grid.queue(entry.pointee.request.queue)
        guard let queue, allowsBackfill(queue.pointee) else { return .notAllowed }
        if entry.pointee.rulesVersion != rulesVersion {
            entry.pointee.rulesVersion = rulesVersion
            entry.pointee.nextLook = now
        }
        let timeout = queue.pointee.features.pointee.backfillTimeoutTicks
        return now - entry.pointee.renewedAt >= timeout ? .expired : nil
    }

    // MARK: - The phase

    /// - Complexity: O(rows in use), and a bounded number of looks.
    mutating func fillRunningMatches(_ outbox: inout OutcomeProducer) {
        if backfills.count == 0 { return }
        let rows = backfills.highWater
        let start = backfills.cursor % rows
        var firstLate = -1
        for step in 0..<rows {
            let row = (start + step) % rows
            if !backfills.rows[row].isUsed { continue }
            // At most a seat and two groups for each place, and the end.
            if !outbox.hasRoom(for: 2 + 3 * backfills.rows[row].openCount) {
                report.outboxFull = true
                backfills.cursor = row
                return
            }
            if let reason = reasonToEnd(row) {
                end(row, reason, &outbox)
            } else if isDue(row) {
                if reservations.isFull { report.reservationsFull = true }
                if report.backfillLooks < Matchmaker.backfillLookCountMax, !reservations.isFull {
                    look(for: row, &outbox)
                } else {
                    if firstLate < 0 { firstLate = row }
                    report.carriedOver += 1
                }
            }
        }
        backfills.cursor = firstLate < 0 ? start + 1 : firstLate
    }

    /// True if a look may find somebody whom the last one did not.
    private func isDue(_ row: Int) -> Bool {
        let entry = backfills.rows.pointer(row)
        let bucket = bucket(of: entry.pointee.request)
        if grid.buckets[bucket].ticketCount == 0 { return false }
        return now >= entry.pointee.nextLook
            || grid.buckets[bucket].arrivalCount != entry.pointee.arrivalsSeen
    }

    private func bucket(of request: BackfillRequest) -> Int {
        grid.bucketIndex(request.queue, Int(request.region.raw))
    }

    private mutating func look(for row: Int, _ outbox: inout OutcomeProducer) {
        report.backfillLooks += 1
        let request = backfills.rows[row].request
        let bucket = bucket(of: request)
        backfills.rows[row].arrivalsSeen = grid.buckets[bucket].arrivalCount
        backfills.rows[row].nextLook = now + Matchmaker.backfillLookTicks
        let queue = grid.queues[Int(request.queue.raw)]
        let window = queue.features.pointee.backfillWindow.limit(
            age: now - backfills.rows[row].askedAt)
        guard let joiners = findJoiners(request, window, queue, bucket) else { return }
        seat(joiners, row, queue, &outbox)
        if backfills.rows[row].openCount == 0 { end(row, .filled, &outbox) }
    }

    // MARK: - Joining

    /// Writes the joiners' seats, shrinks the request and takes them out of the pool.
    private mutating func seat(
        _ joiners: Joiners, _ row: Int, _ queue: CompiledQueue, _ outbox: inout OutcomeProducer
    ) {
        var request = backfills.rows[row].request
        let places = request.openPlaces
        request.openPlaces = joiners.openPlaces
        for team in 0..<2 { request.teamSums[team] = Int32(clamping: joiners.sums[team]) }
        let hasRoles = assignRoles(joiners, places, &request, queue)
        backfills.rows[row].request = request
        hash.note(request)
        let reservation = reservations.open(Reservation(request))
        outbox.write(
            .backfilled(
                BackfilledRecord(
                    match: request.match, queue: request.queue, region: request.region,
                    lobby: request.lobby, generation: request.generation, tick: Tick(now),
                    rulesVersion: rulesVersion, ticketCount: UInt16(joiners.count),
                    playerCount: UInt16(joiners.playerCount), openPlaces: request.openPlaces,
                    reservation: reservation)))
        var firstMember = 0
        for position in 0..<joiners.count {
            let candidate = scratch.candidates[Int(scratch.chosen[position])]
            seat(
                candidate, team: Int(balance.teams[position]), request,
                firstMember: hasRoles ? firstMember : -1, reservation: reservation, &outbox)
            firstMember += Int(candidate.size)
        }
        report.backfills += 1
        report.ticketsBackfilled += joiners.count
        report.playersBackfilled += joiners.playerCount
    }

    private mutating func seat(
        _ candidate: Candidate, team: Int, _ request: BackfillRequest, firstMember: Int,
        reservation: Int32, _ outbox: inout OutcomeProducer
    ) {
        let slot = Int(candidate.slot)
        let record = tickets.records[slot]
        assert(record.state == .waiting)
        outbox.write(
            .seat(
                SeatRecord(
                    ticket: record.ticket, rating: Rating(steps: candidate.rating),
                    waitTicks: now - record.enqueuedAt, lobby: record.lobby, team: UInt16(team),
                    memberCount: UInt16(record.memberCount),
                    latencyMilliseconds: tickets.latency(slot, Int(request.region.raw)),
                    window: candidate.window,
                    isMercenary: isMercenary(record, team: team))))
        hash.note(record.ticket, team)
        writePlayers(record, firstMember, &outbox)
        depart(slot, with: request.match, team: team, reservation: reservation)
    }

    /// Gives each joiner his role among those that his team still takes.
    /// - Returns: false in queues without roles.
    private func assignRoles(
        _ joiners: Joiners, _ places: InlineArray<2, UInt8>, _ request: inout BackfillRequest,
        _ queue: CompiledQueue
    ) -> Bool {
        let roleCount = Int(queue.features.pointee.roleCount)
        if roleCount == 0 { return false }
        let isRated = giveRoleRatings(joiners, queue)
        for team in 0..<2 {
            guard let caps = RoleCaps(openIn: team, request, places, roleCount: roleCount) else {
                continue
            }
            let count = readMembers(joiners, team: team, caps, isRated: isRated)
            let isAssigned = balance.members.assign(count, to: caps, usesOffsets: isRated)
            precondition(isAssigned)
            if isRated, queue.teamCount == 2 {
                balanceRoles(team: team, count: count, caps, &request, queue)
            }
            for position in 0..<count {
                let role = balance.members.roles[Int(balance.members.list[position])]
                let cell = team * Limits.roleCountMax + Int(role)
                // 255 stands for "as many as come".
                if request.openRoles[cell] != .max { request.openRoles[cell] -= 1 }
            }
        }
        return true
    }

    /// Lists the members who join `team`, by their place among all joiners.
    private func readMembers(
        _ joiners: Joiners, team: Int, _ caps: RoleCaps, isRated: Bool
    ) -> Int {
        var count = 0
        var place = 0
        for position in 0..<joiners.count {
            let slot = Int(scratch.candidates[Int(scratch.chosen[position])].slot)
            var member = tickets.records[slot].firstMember
            if isRated {
                balance.members.readOffsets(
                    tickets.records[slot].detail, of: details, from: place,
                    count: Int(tickets.records[slot].memberCount))
            }
            while member != TicketRecord.noSlot {
                let record = members.records[Int(member)]
                if balance.teams[position] == Int32(team) {
                    balance.members.masks[place] = caps.clip(record.roles)
                    balance.members.preferred[place] = record.preferredRole
                    balance.members.list[count] = Int32(place)
                    count += 1
                }
                place += 1
                member = record.next
            }
        }
        return count
    }
}

extension RoleCaps {
    /// What a team of a running match can still take; nil if nobody.
    init?(
        openIn team: Int, _ request: BackfillRequest, _ places: InlineArray<2, UInt8>,
        roleCount: Int
    ) {
        var mosts = InlineArray<6, UInt8>(repeating: 0)
        var most = 0
        for role in 0..<roleCount {
            let open = request.openRoles[team * Limits.roleCountMax + role]
            mosts[role] = min(open, places[team])
            most += Int(mosts[role])
        }
        if most == 0 { return nil }
        // Caps are of a team that can be full: places for which no role is open do not count.
        self.init(
            roleCount: roleCount, needs: InlineArray(repeating: 0), mosts: mosts,
            teamSize: min(Int(places[team]), most))
    }
}

extension StateHash {
    /// Notes what a running match asks for.
    fileprivate mutating func note(_ request: BackfillRequest) {
        note(request.match.low ^ UInt64(request.generation))
        let places = UInt64(request.openPlaces[0]) << 8 | UInt64(request.openPlaces[1])
        note(places << 32 | UInt64(UInt32(bitPattern: request.rating.steps)))
    }
}
