// What holds a waiting ticket, worked out a second time: by who waits about it when the question is
// taken, each with its own window, and by the meaning of each answer.

import MatchCore

/// What the auditor knows about a question for one queue.
struct ObstacleView {
    let known: Known
    let index: QueueIndex
    let rules: QueueRules
    let tick: Int32
    /// The tick before: what the core had found by then.
    let seenTick: Int32
    let regionCount: Int
    /// Everybody who waits in the queue by region, as the core had them when the tick began. The
    /// ticket itself is not among them.
    var pools: [[Known]] = []
    /// It came in this tick and stands in no region yet.
    var isNew: Bool { known.arrivedAt == tick }
    /// Not to be beside the ticket at this tick.
    var mayMeet: (Known) -> Bool = { _ in true }

    /// Everything that may be said; nil where stretches leave open who is within reach.
    func answers() -> Set<Obstacle>? {
        if !known.isFree { return [.proposed] }
        if rules.warParties != nil { return answersInWar() }
        guard let region = regionToLookIn else {
            return isElsewhere ? [.region] : [.tooFewPlayers]
        }
        guard let reach = reach(region) else { return nil }
        let within = players(reach.within) + known.members.count
        let beside = within + players(reach.excluded)
        let needed = needed(region)
        let lacksASide = lacksSide(region, reach.within)
        var answers: Set<Obstacle> = lackingRoles(region, reach.within) == 0 ? [] : [.roles]
        if rules.partySizeMax > 1 {
            // Of each size and side only so many are looked at as one match could hold.
            answers.insert(.ratingWindow)
            if beside >= needed, !reach.excluded.isEmpty { answers.insert(.exclusions) }
            if within >= needed, lacksSizes(region) { answers.insert(.partySizes) }
            if within >= needed, lacksASide { answers.insert(.factions) }
            if within >= needed { answers.insert(.none) }
        } else if within < needed {
            answers.insert(beside < needed ? .ratingWindow : .exclusions)
        } else {
            if !lacksASide { answers.formUnion(isNew ? [.none] : [.none, .ratingWindow]) }
            // Of more than one match could hold only the nearest are looked at.
            let mayBeBounded = rules.factions != nil && within > rules.playerCount
            if lacksASide || mayBeBounded { answers.insert(.factions) }
        }
        return answers
    }

    /// Whether the figures of the answer can be true.
    func isTrue(_ record: ExplainedRecord) -> Bool {
        guard let region = regionToLookIn ?? nearestRegion else { return true }
        if Int(record.region.raw) != region { return false }
        let isCounted = !isNew && known.isFree && stands(region)
        let waiting = players(pools[region]) + (isCounted ? known.members.count : 0)
        if Int(record.playersWaiting) != waiting { return false }
        if rules.warParties != nil || record.obstacle == .proposed { return true }
        guard let reach = reach(region) else { return true }
        let within = players(reach.within) + known.members.count
        if Int(record.playersWithin) > within { return false }
        if rules.partySizeMax == 1, Int(record.playersWithin) < min(within, needed(region)) {
            return false
        }
        let lacking = lackingRoles(region, reach.within)
        if record.missingRoles.bits & ~lacking != 0 { return false }
        return record.obstacle != .roles || record.missingRoles.bits != 0
    }

    // MARK: - Regions

    private func accepts(_ region: Int) -> Bool {
        known.accepts(region, rules, tick: tick, regionCount: regionCount)
    }

    private func players(_ tickets: [Known]) -> Int {
        tickets.reduce(0) { $0 + $1.members.count }
    }

    private func hasEnough(_ region: Int) -> Bool {
        players(pools[region]) + known.members.count >= needed(region)
    }

    /// The nearest of its regions in which enough wait.
    var regionToLookIn: Int? {
        (0..<regionCount).filter { accepts($0) && hasEnough($0) }.min {
            known.latencies[RegionIndex(UInt8($0))] < known.latencies[RegionIndex(UInt8($1))]
        }
    }

    /// The nearest of its regions, or of all if it plays in none yet.
    private var nearestRegion: Int? {
        let reachable = (0..<regionCount).filter {
            known.latencies[RegionIndex(UInt8($0))] != LatencyVector.unreachable
        }
        let own = reachable.filter(accepts)
        return (own.isEmpty ? reachable : own).min {
            known.latencies[RegionIndex(UInt8($0))] < known.latencies[RegionIndex(UInt8($1))]
        }
    }

    /// It stands in the region since an earlier tick.
    private func stands(_ region: Int) -> Bool {
        known.accepts(region, rules, tick: seenTick, regionCount: regionCount)
    }

    /// Enough wait in a region that it does not accept yet.
    private var isElsewhere: Bool {
        (0..<regionCount).contains {
            known.latencies[RegionIndex(UInt8($0))] != LatencyVector.unreachable && !accepts($0)
                && hasEnough($0)
        }
    }

    /// Whether somebody in the region has waited for the first relaxation of the rules.
    private func isRipe(_ region: Int) -> Bool {
        let ages = [rules.roles?.relaxedAfterTicks, rules.smallerTeams.first?.afterTicks]
        guard let age = ages.compactMap({ $0 }).min() else { return false }
        let standing = pools[region] + (isNew || !stands(region) ? [] : [known])
        return standing.contains { seenTick - $0.enqueuedAt >= age }
    }

    private func teamSize(_ region: Int) -> Int {
        isRipe(region) ? rules.smallerTeams.last?.teamSize ?? rules.teamSize : rules.teamSize
    }

    private func needed(_ region: Int) -> Int { rules.teamCount * teamSize(region) }

    // MARK: - Within reach

    /// Who lies within its window and within whose it lies; nil where stretches leave that open.
    private func reach(_ region: Int) -> (within: [Known], excluded: [Known])? {
        let own = known.windows(index, rules, tick: tick)
        var within: [Known] = []
        var excluded: [Known] = []
        for other in pools[region] {
            let distance = abs(other.rating(index, rules) - known.rating(index, rules))
            let theirs = other.windows(index, rules, tick: tick)
            if distance > min(own.upperBound, theirs.upperBound) { continue }
            if distance > min(own.lowerBound, theirs.lowerBound) { return nil }
            isBeside(other) ? within.append(other) : excluded.append(other)
        }
        return (within, excluded)
    }

    private func isBeside(_ other: Known) -> Bool {
        if known.avoids(other, rules, tick: tick) || other.avoids(known, rules, tick: tick) {
            return false
        }
        let sharesMap = (0..<rules.mapCount).contains {
            known.maps.bits & other.maps.bits & (1 << UInt32($0)) != 0
        }
        return (sharesMap || rules.mapCount == 0) && sharesPool(other) && mayMeet(other)
    }

    /// A premade that is kept to its own pool meets premades alone, and only from there.
    private func sharesPool(_ other: Known) -> Bool {
        let pool = rules.premades
        if pool.ownPoolTicks == 0 { return true }
        func isPremade(_ known: Known) -> Bool { known.members.count >= pool.sizeMin }
        func isKept(_ known: Known) -> Bool {
            isPremade(known) && tick - known.enqueuedAt < pool.ownPoolTicks
        }
        return isKept(known) ? isPremade(other) : !isKept(other)
    }

    // MARK: - What may lack

    /// Roles that fewer play than all teams need, parties counted as playing anything; a bit each.
    private func lackingRoles(_ region: Int, _ within: [Known]) -> UInt8 {
        guard let roles = rules.roles else { return 0 }
        let ripe = isRipe(region) && roles.relaxedAfterTicks != nil
        var lacking: UInt8 = 0
        for (role, count) in roles.roles.enumerated() {
            let players = ([known] + within).reduce(0) { sum, ticket in
                let plays =
                    ticket.members.count > 1
                    || ticket.members[0].roles.bits & (1 << UInt8(role)) != 0
                return sum + (plays ? ticket.members.count : 0)
            }
            let least = ripe ? min(count.min, count.relaxedMin) : count.min
            if players < rules.teamCount * least { lacking |= 1 << UInt8(role) }
        }
        return lacking
    }

    /// Parties of the sizes that wait in the region cannot fill full teams with it, however many
    /// of each there were.
    private func lacksSizes(_ region: Int) -> Bool {
        if isRipe(region) && !rules.smallerTeams.isEmpty { return false }
        let own = known.members.count
        let sizes = Set(pools[region].map(\.members.count) + [own])
        func fills(_ places: Int) -> Bool {
            places == 0 || sizes.contains { $0 <= places && fills(places - $0) }
        }
        return !(own <= rules.teamSize && fills(rules.teamSize - own) && fills(rules.teamSize))
    }

    /// Those within reach do not fill one of two factions' sides.
    private func lacksSide(_ region: Int, _ within: [Known]) -> Bool {
        guard let factions = rules.factions else { return false }
        return (0..<2).contains { side in
            let able = ([known] + within).filter { ticket in
                if Int(ticket.faction) == side { return true }
                guard ticket.isMercenary, !rules.isRated, let after = factions.mercenaryAfterTicks
                else { return false }
                return tick - ticket.enqueuedAt >= after
            }
            return players(able) < teamSize(region)
        }
    }

    /// What may hold a ticket among war parties, whose two sides are not modelled here; enough
    /// mercenaries make matches among themselves, as in any other queue.
    private func answersInWar() -> Set<Obstacle> {
        var answers: Set<Obstacle> = [
            .warParties, .mercenaries, .partySizes, .ratingWindow, .exclusions, .region, .none,
        ]
        let least = rules.warParties?.mercenaryOnlyPlayerMin ?? 0
        guard least > 0, !known.isWarParty, regionToLookIn == nil, let region = nearestRegion
        else { return answers }
        let here = pools[region] + (isNew || !stands(region) ? [] : [known])
        if players(here.filter { !$0.isWarParty }) >= least { answers.insert(.tooFewPlayers) }
        return answers
    }
}
