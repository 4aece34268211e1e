// Draws a whole scenario from a seed: rules, a people of players who come again and again, and a
// stream of their commands with a share of trouble among them.

import MatchCore

/// Makes scenarios.
package struct ScenarioMaker {
    let seed: UInt64
    let features: Set<Feature>
    var random: SimRandom
    let regionCount: Int
    let queueCount: Int
    let playerCount: Int
    let tickCount: Int32
    /// How far apart ratings lie, in points.
    let ratingSpread: Double
    var rules: [Rules] = []
    var steps: [TimedStep] = []
    var nextTicket = 1
    var nextMatch = 1

    /// The scenario of a seed.
    /// - Parameters:
    ///   - wanted: features that it contains for certain.
    ///   - allowed: features of which it draws a share besides.
    package static func make(
        seed: UInt64, wanted: Set<Feature>, allowed: Set<Feature>
    ) -> Scenario {
        var random = SimRandom(seed: seed)
        // Few at a time find other faults than all at once.
        let share = random.element([0.15, 0.35, 0.6])
        var features = wanted
        for feature in Feature.allCases where allowed.contains(feature) {
            if random.chance(share) { features.insert(feature) }
        }
        if features.contains(.floods), !wanted.contains(.floods), random.chance(0.7) {
            features.remove(.floods)
        }
        var maker = ScenarioMaker(seed: seed, features: features, random: random)
        return maker.scenario()
    }

    private init(seed: UInt64, features: Set<Feature>, random: SimRandom) {
        self.seed = seed
        self.features = features
        self.random = random
        regionCount = features.contains(.regions) ? self.random.next(in: 2...3) : 1
        queueCount = features.contains(.severalQueues) ? self.random.next(in: 2...3) : 1
        playerCount = self.random.element([12, 40, 150])
        tickCount = Int32(self.random.next(in: 20...50))
        ratingSpread = self.random.element([0, 60, 200])
    }

    private mutating func scenario() -> Scenario {
        makeRules()
        let arrivalsMax = random.element([1, 3, 6])
        for tick in 1...tickCount {
            for _ in 0..<random.next(in: 0...arrivalsMax) { arrive(tick) }
            command(tick)
            trouble(tick)
        }
        // The faults stop; people still come for a while.
        let calm = tickCount + 1
        add(calm, .readerPace(.max))
        for tick in calm...tickCount + 8 where random.chance(0.7) { arriveCalmly(tick) }
        var scenario = Scenario(
            seed: seed, features: features, limits: limits(), rules: rules,
            tickCount: tickCount + 8, steps: steps)
        scenario.books = books()
        return scenario
    }

    private mutating func limits() -> Limits {
        var limits = Limits(
            ticketCountMax: 512, playerCountMax: 2048, placeCountMax: 4096, queueCountMax: 16,
            regionCount: regionCount, detailCountMax: 256, recentMatchCountMax: 512,
            proposalCountMax: 64, backfillCountMax: 32, cooldownCountMax: 512)
        addSettlement(&limits)
        guard features.contains(.tightLimits) else { return limits }
        switch random.next(in: 0...4) {
        case 0: limits.ticketCountMax = random.next(in: 4...16)
        case 1: limits.playerCountMax = random.next(in: 8...24)
        case 2:
            limits.detailCountMax = random.next(in: 1...4)
            limits.avoidedPlayerCountMax = random.next(in: 4...16)
            limits.ratedPlayerCountMax = random.next(in: 2...8)
        case 3: limits.searchCountPerTickMax = random.next(in: 1...4)
        default: limits.wakeCountPerTickMax = random.next(in: 1...4)
        }
        return limits
    }

    private mutating func makeRules() {
        var maker = RulesMaker(features: features, random: random)
        let first = (0..<queueCount).map { _ in Optional(maker.queue()) }
        rules = [Rules(version: 1, queues: first)]
        if features.contains(.reloads) {
            for version in 2...4 {
                var queues = rules[rules.count - 1].queues
                let at = random.next(in: 0...queueCount - 1)
                if let old = queues[at], random.chance(0.3) {
                    queues[at] = nil
                    // The queue comes back with the next version, or never.
                    rules.append(Rules(version: UInt64(version * 10), queues: queues))
                    queues[at] = random.chance(0.5) ? old : maker.queue()
                } else if let old = queues[at] {
                    queues[at] = maker.changed(old)
                }
                rules.append(Rules(version: UInt64(version * 10 + 1), queues: queues))
            }
            let ticks = (1..<rules.count).map { _ in Int32(random.next(in: 2...Int(tickCount))) }
            for (version, tick) in ticks.sorted().enumerated() {
                steps.append(TimedStep(at: tick, .apply(version + 1)))
            }
            steps.sort { $0.at < $1.at }
        }
        random = maker.random
    }

    mutating func add(_ tick: Int32, _ step: SimStep) {
        // Steps of one tick stay in order; a change of rules given before comes first.
        let at = steps.firstIndex { $0.at > tick } ?? steps.endIndex
        steps.insert(TimedStep(at: tick, step), at: at)
    }

    // MARK: - Commands and trouble

    private mutating func command(_ tick: Int32) {
        if features.contains(.cancels), nextTicket > 1, random.chance(0.35) {
            let ticket = random.next(in: max(1, nextTicket - 12)...nextTicket - 1)
            add(tick, .cancel(ticket: ticket, lobby: LobbyIndex(UInt16(random.next(in: 0...5)))))
        }
        if features.contains(.explains), random.chance(0.3) {
            let ticket = TicketID(number: random.next(in: max(1, nextTicket - 12)...nextTicket))
            add(tick, .explain(ExplainRequest(ticket: ticket, token: random.next() >> 20)))
        }
        if features.contains(.cooldown), random.chance(0.3) {
            add(
                tick,
                .mark(
                    MarkRequest(
                        player: PlayerID(UInt64(random.next(in: 1...playerCount))),
                        scope: CooldownScope(UInt8(random.next(in: 0...3))),
                        ticks: random.chance(0.15) ? 0 : Int32(random.next(in: 1...40)))))
        }
        if features.contains(.backfill), random.chance(0.3) { askForPlayers(tick) }
        if features.contains(.cooldown), features.contains(.acceptance), random.chance(0.1) {
            add(
                tick,
                .offence(
                    OffenceRequest(
                        player: PlayerID(UInt64(random.next(in: 1...playerCount))),
                        queue: QueueIndex(UInt16(random.next(in: 0...queueCount))),
                        ticksAgo: Int32(random.next(in: -2...60)))))
        }
        tellOfEnded(tick)
    }

    private mutating func askForPlayers(_ tick: Int32) {
        if nextMatch > 1, random.chance(0.2) {
            let match = MatchID(number: random.next(in: 1...nextMatch))
            add(tick, .endBackfill(EndBackfillRequest(match: match, lobby: LobbyIndex(8))))
            return
        }
        let isNew = nextMatch == 1 || random.chance(0.5)
        let number = isNew ? nextMatch : random.next(in: 1...nextMatch - 1)
        if isNew { nextMatch += 1 }
        let queue = random.next(in: 0...(random.chance(0.05) ? queueCount : queueCount - 1))
        let size = queue < queueCount ? rules[0].queues[queue]?.teamSize ?? 1 : 1
        var open: InlineArray<2, UInt8> = [0, 0]
        open[0] = UInt8(random.next(in: 0...size))
        open[1] = UInt8(random.next(in: open[0] == 0 ? 1...size : 0...size))
        var request = BackfillRequest(
            match: MatchID(number: number), queue: QueueIndex(UInt16(queue)),
            region: RegionIndex(UInt8(random.next(in: 0...regionCount - 1))),
            lobby: LobbyIndex(8), generation: UInt32(random.next(in: 1...6)),
            rating: Rating(points: 1500 + 200 * random.normal()), openPlaces: open)
        request.map = UInt8(random.next(in: 0...3))
        request.teamSums = [Int32(random.next(in: 0...20_000)), Int32(random.next(in: 0...20_000))]
        if random.chance(0.6) {
            for cell in 0..<12 { request.openRoles[cell] = UInt8(random.next(in: 0...size)) }
        }
        add(tick, .backfill(request))
    }

    private mutating func trouble(_ tick: Int32) {
        if features.contains(.jumps), random.chance(0.06) {
            add(tick, .jump(Int32(random.element([1, 7, 40, 300]))))
        }
        guard features.contains(.floods) else { return }
        if random.chance(0.15) { add(tick, .flood(count: random.next(in: 100...500))) }
        if random.chance(0.2) {
            add(tick, .readerPace(random.element([0, 5, 60, 400, .max, .max])))
        }
    }
}
