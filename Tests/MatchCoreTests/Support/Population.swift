// A seeded stream of arrivals, cancels and returns to the queue for the property tests, with a
// share of faulty steps among them.

@testable import MatchCore

/// How ratings are drawn.
enum RatingStyle: CaseIterable, Sendable {
    /// About normal, standard deviation 300.
    case normal
    /// All 1,500.
    case equal
    /// Seven values, so that many are equal.
    case coarse
    /// Lowest, highest and between.
    case extreme
}

struct PopulationSettings: Sendable {
    var mode: Mode
    var ratings: RatingStyle
    var regionCount: Int
    /// Arrivals in a tick, at most.
    var arrivalsMax: Int
    var faultShare = 0.03
    var cancelShare = 0.03
    /// Longest wait in ticks that a returning ticket brings.
    var waitedMax = 120
}

struct Population {
    let settings: PopulationSettings
    var random: Random
    private var nextNumber = 1
    /// Tickets given and not known to have ended.
    private var given: [TestTicket] = []

    init(_ settings: PopulationSettings, seed: UInt64) {
        self.settings = settings
        random = Random(seed: seed)
    }

    /// The next tick's steps.
    mutating func steps() -> [Step] {
        var steps: [Step] = []
        for _ in 0..<random.next(in: 0...settings.arrivalsMax) {
            if random.chance(settings.faultShare) {
                steps.append(faultyStep())
            } else {
                let ticket = nextTicket()
                given.append(ticket)
                steps.append(.enqueue(ticket))
                // Now and then taken back at once.
                if random.chance(0.02) { steps.append(.cancel(ticket.id, ticket.lobby)) }
            }
        }
        if !given.isEmpty, random.chance(settings.cancelShare * Double(settings.arrivalsMax)) {
            let ticket = random.element(given)
            steps.append(.cancel(ticket.id, ticket.lobby))
        }
        return steps
    }

    mutating func nextTicket() -> TestTicket {
        // Small parties are the more common ones.
        let most = random.chance(0.5) ? 1 : random.next(in: 1...settings.mode.partySizeMax)
        let size = random.next(in: 1...most)
        let base = nextPoints()
        var points: [Double] = []
        for _ in 0..<size { points.append(nearby(base)) }
        var ticket = TestTicket(nextNumber, points: points)
        nextNumber += 1
        ticket.latencies = nextLatencies()
        if random.chance(0.15) { ticket.waited = Int32(random.next(in: 0...settings.waitedMax)) }
        ticket.lobby = LobbyIndex(UInt16(random.next(in: 0...5)))
        return ticket
    }

    private mutating func nearby(_ base: Double) -> Double {
        switch settings.ratings {
        case .normal: base + random.normal() * 60
        case .equal, .coarse: base
        case .extreme: base
        }
    }

    private mutating func nextPoints() -> Double {
        switch settings.ratings {
        case .normal: return 1500 + 300 * random.normal()
        case .equal: return 1500
        case .coarse: return Double(1200 + 100 * random.next(in: 0...6))
        case .extreme:
            let most = Rating.pointsMax - 1000
            return random.element([Rating.pointsMin, Rating.pointsMin + 50, 0, 0.5, most])
        }
    }

    /// At least one region within reach.
    private mutating func nextLatencies() -> [UInt16?] {
        var latencies: [UInt16?] = []
        for _ in 0..<settings.regionCount {
            let isReachable = random.chance(0.7)
            latencies.append(isReachable ? UInt16(random.next(in: 5...220)) : nil)
        }
        latencies[random.next(in: 0...settings.regionCount - 1)] = UInt16(
            random.next(in: 10...140))
        return latencies
    }

    private mutating func faultyStep() -> Step {
        var ticket = nextTicket()
        switch random.next(in: 0...6) {
        case 0: ticket.queue = QueueIndex(9)
        case 1:
            let extra = settings.mode.partySizeMax + 1
            ticket = TestTicket(nextNumber, points: [Double](repeating: 1500, count: extra))
            nextNumber += 1
        case 2:
            ticket.latencies = [UInt16?](repeating: 400, count: settings.regionCount)
        case 3: ticket.members += [ticket.members[0]]
        case 4: if let other = given.last { ticket.id = other.id }
        case 5: if let other = given.last { ticket.members[0] = other.members[0] }
        default: return .cancel(TicketID(number: 900_000 + nextNumber), LobbyIndex(1))
        }
        return .enqueue(ticket)
    }
}
