// Everybody of one run: who arrives next, who comes back, how long they wait before they give up.
// Knows the truth; policies get tickets only.

import MatchCore

/// A party that arrives.
struct Arrival {
    let seconds: Double
    let queue: Int
    let players: [Int]
    /// Seconds that it waits before it gives up; infinity if it never does.
    let patience: Double
}

/// The players of a run and the stream of their arrivals. Whoever is ready for another match takes
/// the next arrival's place, so that the rate of arrivals is the same for every policy.
struct Crowd {
    private(set) var players: [LabPlayer] = []
    private let workload: LabWorkload
    private let seed: UInt64
    private var times: ArrivalTimes
    private var factory: PlayerFactory
    private var choices: LabRandom
    private var initialLeft: Int
    /// When the next party comes, in seconds.
    private(set) var nextSeconds = 0.0
    /// Parties that have had their break, longest first, with their queue.
    private var ready: [(players: [Int], queue: Int)] = []
    private var readyTaken = 0
    /// Accounts that are not in the game at the moment, where the population is a fixed one.
    private var idle: [Int] = []

    init(_ workload: LabWorkload, playersPerSecond: Double, seed: UInt64) {
        self.workload = workload
        self.seed = seed
        times = ArrivalTimes(
            workload.arrivals, homes: workload.geography.homes,
            ticketsPerSecond: playersPerSecond / Crowd.meanPartySize(workload),
            random: LabRandom(seed: seed, stream: 1))
        factory = PlayerFactory(workload, random: LabRandom(seed: seed, stream: 2))
        choices = LabRandom(seed: seed, stream: 3)
        initialLeft = workload.arrivals.initialTickets
        for _ in 0..<workload.population.accounts {
            idle.append(players.count)
            players += factory.party(size: 1, home: drawHome(at: 0))
        }
        advance()
    }

    /// The hour of the day at a time of the run.
    func hour(at seconds: Double) -> Double { times.hour(at: seconds) }
    func isPeak(at seconds: Double) -> Bool { times.isPeak(at: seconds) }

    /// The party that comes at `nextSeconds`: one that is ready again, an account, or a new one.
    mutating func next() -> Arrival {
        let seconds = nextSeconds
        advance()
        if readyTaken < ready.count {
            let party = ready[readyTaken]
            readyTaken += 1
            if readyTaken > 1_000 {
                ready.removeFirst(readyTaken)
                readyTaken = 0
            }
            return arrival(of: party.players, queue: party.queue, seconds: seconds)
        }
        let queue = choices.pick(workload.queues.map(\.share))
        if let account = popIdle(at: seconds) {
            return arrival(of: [account], queue: queue, seconds: seconds)
        }
        let made = factory.party(size: drawSize(queue), home: drawHome(at: seconds))
        let party = Array(players.count..<players.count + made.count)
        players += made
        return arrival(of: party, queue: queue, seconds: seconds)
    }

    private mutating func advance() {
        if initialLeft > 0 {
            initialLeft -= 1
        } else {
            nextSeconds = times.next()
        }
    }

    /// What becomes of a party after its match, by draws of its own: seconds until it is ready for
    /// the next, or nil if it leaves.
    mutating func secondsToReady(_ party: [Int]) -> Double? {
        guard let games = workload.games, let first = party.first else { return nil }
        for player in party { players[player].games += 1 }
        var draws = random(of: first, stream: 5)
        let isLeaving = draws.uniform() < games.leaveProbability
        let length = draws.lognormal(median: games.medianSeconds, sigma: games.sigma)
        let pause = draws.exponential(mean: games.breakSeconds)
        if isLeaving {
            leave(party)
            return nil
        }
        return length + pause
    }

    /// The party would play again.
    mutating func becomeReady(_ party: [Int], queue: Int) { ready.append((party, queue)) }

    /// The party goes home; accounts may come again.
    mutating func leave(_ party: [Int]) {
        if workload.population.accounts > 0 { idle += party }
    }

    private func arrival(of party: [Int], queue: Int, seconds: Double) -> Arrival {
        Arrival(seconds: seconds, queue: queue, players: party, patience: patience(party[0]))
    }

    /// A draw of a player's own, for what happens to him after he has arrived.
    func random(of player: Int, stream: UInt64) -> LabRandom {
        LabRandom(
            seed: seed ^ (UInt64(player) << 20) ^ UInt64(players[player].games), stream: stream)
    }

    mutating func setRating(_ player: Int, _ rating: Double) { players[player].rating = rating }

    private func patience(_ player: Int) -> Double {
        guard let patience = workload.patience else { return .infinity }
        var draws = random(of: player, stream: 4)
        return draws.weibull(shape: patience.shape, scale: patience.scaleSeconds)
    }

    private mutating func popIdle(at seconds: Double) -> Int? {
        guard !idle.isEmpty else { return nil }
        idle.swapAt(choices.index(below: idle.count), idle.count - 1)
        let account = idle.removeLast()
        drift(account, to: seconds)
        return account
    }

    private mutating func drift(_ player: Int, to seconds: Double) {
        let weeks = (seconds - players[player].driftedAt) / 604_800
        guard weeks > 0, workload.population.driftPerRootWeek > 0 else { return }
        players[player].skill +=
            workload.population.driftPerRootWeek * weeks.squareRoot() * choices.normal()
        players[player].driftedAt = seconds
    }

    private mutating func drawHome(at seconds: Double) -> Int {
        let homes = workload.geography.homes
        if homes.isEmpty { return 0 }
        return choices.pick(homes.map { times.weight(of: $0, at: seconds) })
    }

    private mutating func drawSize(_ queue: Int) -> Int {
        let parties = Crowd.parties(workload, queue)
        return parties[choices.pick(parties.map(\.share))].item
    }

    /// Party sizes of a queue: those that it takes.
    private static func parties(_ workload: LabWorkload, _ queue: Int) -> [LabShare<Int>] {
        let own = workload.queues[queue].parties
        let rules = workload.queues[queue].rules
        let taken = (own.isEmpty ? workload.parties : own).filter {
            $0.item >= rules.partySizeMin && $0.item <= rules.partySizeMax
        }
        return taken.isEmpty ? [LabShare(item: rules.partySizeMin, share: 1)] : taken
    }

    private static func meanPartySize(_ workload: LabWorkload) -> Double {
        var players = 0.0
        var tickets = 0.0
        for queue in workload.queues.indices {
            let parties = parties(workload, queue)
            let total = parties.reduce(0) { $0 + $1.share }
            let mean = parties.reduce(0) { $0 + $1.share * Double($1.item) } / total
            players += workload.queues[queue].share * mean
            tickets += workload.queues[queue].share
        }
        return players / tickets
    }
}
