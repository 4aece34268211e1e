// Every rule that a match must keep, each by its definition, for tickets as the auditor knows them.
// Pure: says what is broken and what situation it met, changes nothing.

import MatchCore

/// A ticket with its seat.
struct Seated {
    var seat: SeatView
    var known: Known
    var wait: Int32
    var rating: Int
}

/// Checks one match, a proposed one, or the tickets so far of one that lost some.
struct MatchAudit {
    let record: MatchRecord
    let seats: [Seated]
    let queue: QueueRules
    let tick: Int32
    let regionCount: Int
    /// All places are taken; false for a proposal that looks for substitutes.
    let isWhole: Bool
    /// The quality must be that of these tickets.
    var checksQuality = true
    /// Each ticket's window is the narrowest that it may have, not the widest.
    var usesNarrowWindows = false
    /// The match has just been made of these tickets: no seats of theirs may be better.
    var isFresh = false
    private(set) var broken: [(rule: String, text: String)] = []
    var met: [Situation] = []

    init(
        _ record: MatchRecord, _ seats: [(SeatView, Known)], _ queue: QueueRules, tick: Int32,
        regionCount: Int, isWhole: Bool
    ) {
        self.record = record
        self.queue = queue
        self.tick = tick
        self.regionCount = regionCount
        self.isWhole = isWhole
        self.seats = seats.map { seat, known in
            Seated(
                seat: seat, known: known, wait: tick - known.enqueuedAt,
                rating: known.rating(record.queue, queue))
        }
    }

    var longestWait: Int32 { seats.map(\.wait).max() ?? 0 }

    mutating func run() {
        for seated in seats { checkSeat(seated) }
        checkPairs()
        checkSizes()
        if queue.roles != nil { checkRoles() }
        checkRoleRatings()
        if queue.factions != nil {
            checkSides()
        } else if queue.warParties == nil, seats.contains(where: \.seat.record.isMercenary) {
            fail("side", "a mercenary where there are no sides")
        }
        if queue.warParties != nil { checkWar() }
        checkPremades()
        checkMap()
        if isWhole, checksQuality {
            checkQuality()
            checkGap()
        }
        if isFresh, broken.isEmpty { checkSeatsAreBest() }
    }

    mutating func fail(_ rule: String, _ text: String) {
        broken.append((rule, "\(text) in match \(record.match.low)"))
    }

    // MARK: - Single tickets and pairs

    private mutating func checkSeat(_ seated: Seated) {
        let (seat, known) = (seated.seat, seated.known)
        let number = known.id.low
        if !known.choices.contains(where: { $0.queue == record.queue }) {
            fail("queue", "ticket \(number) never asked for queue \(record.queue.raw)")
        }
        if seat.record.waitTicks != seated.wait {
            fail("wait", "ticket \(number) waited \(seated.wait), not \(seat.record.waitTicks)")
        }
        if seat.record.lobby != known.lobby { fail("lobby", "ticket \(number)") }
        if Int(seat.record.rating.steps) != seated.rating {
            fail("rating", "ticket \(number): \(seat.record.rating.steps), not \(seated.rating)")
        }
        checkPlayers(seat, known)
        let region = Int(record.region.raw)
        if !known.accepts(region, queue, tick: tick, regionCount: regionCount) {
            fail("region", "ticket \(number) does not accept region \(region)")
        }
        let latency = known.latencies[record.region]
        if seat.record.latencyMilliseconds != latency { fail("latency", "ticket \(number)") }
        if Int(latency) > limit(queue.latencyCap, age: seated.wait) {
            met.append(.matchedByBestRegion)
        } else if Int(latency) > Int(queue.latencyCap.start) {
            met.append(.matchedBeyondFirstCap)
        }
        if known.members.count > 1 { met.append(.matchedParty) }
        if known.choices[0].queue != record.queue { met.append(.matchedInFurtherQueue) }
        if let choice = known.choices.first(where: { $0.queue == record.queue }),
            choice.rating != QueueChoice.sameRating
        {
            met.append(.matchedWithOwnRating)
        }
    }

    private mutating func checkPlayers(_ seat: SeatView, _ known: Known) {
        let all = known.members.map(\.player)
        if known.isWarParty {
            var rest = all[...]
            for player in seat.players {
                guard let at = rest.firstIndex(of: player) else {
                    fail("party", "player \(player.raw) is not of ticket \(known.id.low)")
                    return
                }
                rest = rest[(at + 1)...]
            }
            if seat.players.count < all.count { met.append(.warWithBench) }
        } else if seat.players != all {
            fail("party", "ticket \(known.id.low) does not play as a whole")
        }
    }

    private mutating func checkPairs() {
        var widened = false
        for (position, left) in seats.enumerated() {
            for right in seats[(position + 1)...] {
                let names = "tickets \(left.known.id.low) and \(right.known.id.low)"
                let distance = abs(left.rating - right.rating)
                if distance > reach(left) || distance > reach(right) {
                    fail("window", "\(names) are \(distance) steps apart")
                }
                widened = widened || distance > Int(queue.ratingWindow.start)
                if distance > left.known.window(queue, tick: tick) { met.append(.stretched) }
                if left.known.avoids(right.known, queue, tick: tick)
                    || right.known.avoids(left.known, queue, tick: tick)
                {
                    fail("avoided", "\(names) avoid each other")
                }
                if isListed(left.known, right.known) || isListed(right.known, left.known) {
                    met.append(.avoidedButOld)
                }
            }
        }
        if widened { met.append(.matchedByWidening) }
    }

    private func reach(_ seated: Seated) -> Int {
        let windows = seated.known.windows(record.queue, queue, tick: tick)
        return usesNarrowWindows ? windows.lowerBound : windows.upperBound
    }

    /// On the part of the list that counts, whatever the wait.
    private func isListed(_ one: Known, _ other: Known) -> Bool {
        let listed = one.avoided.prefix(queue.avoidance.countMax)
        return !listed.isEmpty && other.members.contains { listed.contains($0.player) }
    }

    // MARK: - Teams

    private var teamSizes: [Int] {
        var sizes = [Int](repeating: 0, count: queue.teamCount)
        for seated in seats where Int(seated.seat.record.team) < sizes.count {
            sizes[Int(seated.seat.record.team)] += seated.seat.players.count
        }
        return sizes
    }

    private mutating func checkSizes() {
        if Int(record.teamCount) != queue.teamCount { fail("teams", "\(record.teamCount) teams") }
        for seated in seats where Int(seated.seat.record.team) >= queue.teamCount {
            fail("teams", "team \(seated.seat.record.team) does not exist")
        }
        let sizes = teamSizes
        if !isWhole {
            if sizes.contains(where: { $0 > queue.teamSize }) { fail("size", "teams \(sizes)") }
            return
        }
        if sizes.reduce(0, +) != Int(record.playerCount) {
            fail("count", "\(record.playerCount) players announced, teams of \(sizes)")
        }
        if Int(record.ticketCount) != seats.count { fail("count", "tickets") }
        let most = sizes.max() ?? 0
        let least = sizes.min() ?? 0
        // A size between two steps is allowed with the smaller one, which comes later.
        let step = queue.smallerTeams.first { $0.teamSize <= least }
        let isAllowed = step.map { longestWait >= $0.afterTicks } ?? false
        if most > queue.teamSize || least < queue.teamSize && !isAllowed
            || most - least > queue.teamSizeDifferenceMax
        {
            fail("size", "teams of \(sizes), wait \(longestWait)")
        }
        if most < queue.teamSize { met.append(.smallerTeam) }
        if most != least { met.append(.unevenTeams) }
    }

    private mutating func checkRoles() {
        guard let rules = queue.roles else { return }
        let empty = [Int](repeating: 0, count: rules.roles.count)
        var counts = [[Int]](repeating: empty, count: queue.teamCount)
        for seated in seats where Int(seated.seat.record.team) < queue.teamCount {
            for (player, role) in zip(seated.seat.players, seated.seat.roles) {
                guard Int(role) < rules.roles.count else {
                    fail("role", "role \(role) does not exist")
                    continue
                }
                counts[Int(seated.seat.record.team)][Int(role)] += 1
                guard let member = seated.known.members.first(where: { $0.player == player })
                else { continue }
                if member.roles.bits & (1 << role) == 0 {
                    fail("role", "player \(player.raw) does not play role \(role)")
                }
                if member.preferredRole == role { met.append(.preferredRoleGiven) }
            }
            if Set(seated.seat.roles).count > 1 { met.append(.partyRolesSplit) }
        }
        if isWhole { checkComposition(counts, rules) }
    }

    private mutating func checkComposition(_ counts: [[Int]], _ rules: RoleRules) {
        let mayRelax = rules.relaxedAfterTicks.map { longestWait >= $0 } ?? false
        var isStrict = true
        for team in counts {
            for (role, count) in rules.roles.enumerated() {
                if team[role] >= count.min, team[role] <= count.max { continue }
                isStrict = false
                if !mayRelax || team[role] < count.relaxedMin || team[role] > count.relaxedMax {
                    fail("composition", "\(team[role]) of role \(role), wait \(longestWait)")
                }
            }
        }
        met.append(isStrict ? .rolesAssigned : .rolesRelaxed)
    }

    private mutating func checkSides() {
        guard let factions = queue.factions else { return }
        for seated in seats {
            let known = seated.known
            let crossed = seated.seat.record.team != UInt16(known.faction)
            if crossed != seated.seat.record.isMercenary {
                fail("side", "ticket \(known.id.low) is told otherwise than it plays")
            }
            if !crossed { continue }
            met.append(.mercenaryCrossed)
            let mayCross =
                known.isMercenary && !queue.isRated
                && factions.mercenaryAfterTicks.map { seated.wait >= $0 } ?? false
            if !mayCross { fail("side", "ticket \(known.id.low) crossed, wait \(seated.wait)") }
        }
        met.append(.sidesKept)
    }

    private mutating func checkWar() {
        guard let war = queue.warParties else { return }
        let parties = seats.filter(\.known.isWarParty)
        for seated in seats {
            let known = seated.known
            if !known.isWarParty, !known.isMercenary {
                fail("war", "ticket \(known.id.low) is neither war party nor mercenary")
            }
            if seated.seat.record.isMercenary == known.isWarParty {
                fail("war", "ticket \(known.id.low) is told otherwise than it plays")
            }
        }
        checkOwn(parties, war)
        if parties.isEmpty {
            if isWhole, war.mercenaryOnlyPlayerMin == 0 { fail("war", "no war party") }
            if isWhole { met.append(.mercenaryOnlyMatch) }
        } else if isWhole, parties.count != 2 {
            fail("war", "\(parties.count) war parties, not one on each side")
        } else if isWhole {
            met.append(.warMatch)
        }
    }

    /// What holds of the war parties that are there, be it of a match that lacks one.
    private mutating func checkOwn(_ parties: [Seated], _ war: WarPartyRules) {
        if Set(parties.map(\.seat.record.team)).count < parties.count {
            fail("war", "two war parties on one side")
        }
        let own = parties.map(\.seat.players.count)
        if Set(own).count > 1 || own.contains(where: { $0 < war.ownMin }) {
            fail("war", "\(own) own players, at least \(war.ownMin) and equally many asked for")
        }
        let teams = parties.map(\.known.team).filter { $0 != 0 }
        if Set(teams).count < teams.count { fail("war", "one war party on both sides") }
    }

    private mutating func checkPremades() {
        let rules = queue.premades
        guard rules.ownPoolTicks > 0, queue.warParties == nil else { return }
        let premades = seats.filter { $0.known.members.count >= rules.sizeMin }
        if premades.count == seats.count {
            if premades.contains(where: { $0.wait < rules.ownPoolTicks }) {
                met.append(.premadesAlone)
            }
            return
        }
        for premade in premades where premade.wait < rules.ownPoolTicks {
            fail("premade", "ticket \(premade.known.id.low) after \(premade.wait) ticks")
        }
        if !premades.isEmpty { met.append(.premadesMixed) }
    }

    private mutating func checkMap() {
        if queue.mapCount == 0 {
            if record.map != 0 { fail("map", "map \(record.map) where there is none") }
            return
        }
        if Int(record.map) >= queue.mapCount { fail("map", "map \(record.map) does not exist") }
        let bit = UInt32(1) << UInt32(record.map & 31)
        for seated in seats where seated.known.maps.bits & bit == 0 {
            fail("map", "ticket \(seated.known.id.low) does not play map \(record.map)")
        }
        if seats.contains(where: { $0.known.maps != .any }) { met.append(.mapChosen) }
    }

    private mutating func checkQuality() {
        let quality = record.quality
        let scores = [
            quality.fairness, quality.spread, quality.latency, quality.roles, quality.composite,
        ]
        if scores.contains(where: { !($0 >= 0 && $0 <= 1) }) { fail("quality", "\(scores)") }
        let ratings = seats.map(\.rating)
        let range = Float((ratings.max() ?? 0) - (ratings.min() ?? 0)) / 128
        if abs(quality.ratingRangePoints - range) > 0.01 * max(1, range) {
            fail("quality", "range of \(quality.ratingRangePoints), not \(range)")
        }
        let worst = seats.map { $0.known.latencies[record.region] }.max()
        if quality.latencyMillisecondsMax != worst { fail("quality", "worst latency") }
    }
}
