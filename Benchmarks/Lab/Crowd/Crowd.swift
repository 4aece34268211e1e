// Everybody of one run: who arrives next, who comes back, how long they wait before they give up.
// Knows the truth; policies get tickets only.

import MatchCore

/// A party that arrives.
struct Arrival {
    var seconds: Double
    let queue: Int
    let players: [Int]
    /// Seconds that it waits before it gives up; infinity if it never does.
    var patience: Double
    /// Position among the standing teams; nil where there are none.
    var team: Int?
    var isWarParty = false
}

/// The players of a run and the stream of their arrivals. Whoever is ready for another match takes
/// the next arrival's place, so that the rate of arrivals is the same for every policy.
struct Crowd {
    private(set) var players: [LabPlayer] = []
    /// Ratings of standing teams, where the workload has them.
    var arena: ArenaBooks?
    private let workload: LabWorkload
    private let seed: UInt64
    private var times: ArrivalTimes
    private var factory: PlayerFactory
    private var choices: LabRandom
    private var initialLeft: Int
    /// When the next party comes, in seconds.
    private(set) var nextSeconds = 0.0
    /// Parties that have had their break, longest first.
    private var ready: [Arrival] = []
    private var readyTaken = 0
    /// Accounts or standing teams that are not in the game at the moment, where the population is a
    /// fixed one: those who come often, and those who do not.
    private var idle: [[Int]] = [[], []]
    private var isCasual: [Bool] = []

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
            let draw = workload.population.casuals.map { _ in choices.uniform() } ?? 1
            isCasual.append(draw < workload.population.casuals?.share ?? 0)
            idle[isCasual[players.count] ? 1 : 0].append(players.count)
            players += factory.party(size: 1, home: drawHome(at: 0))
        }
        if let rules = workload.arena { foundTeams(rules) }
        advance()
    }

    private mutating func foundTeams(_ rules: LabArena) {
        var books = ArenaBooks(rules)
        for team in 0..<rules.teams {
            let queue = choices.pick(workload.queues.map(\.share))
            let size = workload.queues[queue].rules.partySizeMin + rules.reserves
            let made = factory.party(size: size, home: drawHome(at: 0))
            let roster = Array(players.count..<players.count + size)
            players += made
            let draw = choices.uniform()
            let kind: TeamKind =
                draw < rules.hop.share
                ? .hopper : draw < rules.hop.share + rules.snipe.share ? .sniper : .plain
            books.found(queue: queue, roster: roster, kind: kind)
            idle[0].append(team)
        }
        arena = books
    }

    /// The hour of the day at a time of the run.
    func hour(at seconds: Double) -> Double { times.hour(at: seconds) }
    func isPeak(at seconds: Double) -> Bool { times.isPeak(at: seconds) }

    /// The party that comes at `nextSeconds`: one that is ready again, a team, accounts, or a new
    /// one; nil if all of a fixed population are in the game.
    mutating func next() -> Arrival? {
        let seconds = nextSeconds
        advance()
        if readyTaken < ready.count {
            let again = ready[readyTaken]
            readyTaken += 1
            if readyTaken > 1_000 {
                ready.removeFirst(readyTaken)
                readyTaken = 0
            }
            return arrival(
                again.players, queue: again.queue, team: again.team,
                isWarParty: again.isWarParty, seconds: seconds)
        }
        if arena != nil { return nextTeam(at: seconds) }
        let queue = choices.pick(workload.queues.map(\.share))
        let (size, isWarParty) = drawSize(queue)
        if workload.population.accounts > 0 {
            let party = popAccounts(size, at: seconds)
            return party.isEmpty ? nil : arrival(party, queue: queue, seconds: seconds)
        }
        let made = factory.party(size: size, home: drawHome(at: seconds))
        let party = Array(players.count..<players.count + made.count)
        players += made
        return arrival(party, queue: queue, isWarParty: isWarParty, seconds: seconds)
    }

    private mutating func advance() {
        if initialLeft > 0 {
            initialLeft -= 1
        } else {
            nextSeconds = times.next()
        }
    }

    /// What a party does after a match, by draws of its own: how long the match lasts for it, and
    /// the break until it is ready for the next; no break if it leaves.
    mutating func afterGame(_ party: Arrival) -> (length: Double, pause: Double?)? {
        guard let games = workload.games, let first = party.players.first else { return nil }
        for player in party.players {
            players[player].games += 1
            players[player].lastPlayed = party.seconds
        }
        var draws = random(of: first, stream: 5)
        let isLeaving = draws.uniform() < games.leaveProbability
        let length = draws.lognormal(median: games.medianSeconds, sigma: games.sigma)
        let pause = draws.exponential(mean: games.breakSeconds)
        return (length, isLeaving ? nil : pause)
    }

    /// The party would play again.
    mutating func becomeReady(_ party: Arrival) { ready.append(party) }

    /// The party goes home; accounts and standing teams may come again.
    mutating func leave(_ party: Arrival) {
        if let team = party.team {
            idle[0].append(team)
        } else if workload.population.accounts > 0 {
            for player in party.players { idle[isCasual[player] ? 1 : 0].append(player) }
        }
    }

    private mutating func arrival(
        _ party: [Int], queue: Int, team: Int? = nil, isWarParty: Bool = false, seconds: Double
    ) -> Arrival {
        if let team, let arena {
            let rating = arena.matchRating(team, party)
            for player in party { setRating(player, rating) }
        }
        return Arrival(
            seconds: seconds, queue: queue, players: party, patience: patience(party[0]),
            team: team, isWarParty: isWarParty)
    }

    /// A draw of a player's own, for what happens to him after he has arrived.
    func random(of player: Int, stream: UInt64) -> LabRandom {
        LabRandom(
            seed: seed ^ (UInt64(player) << 20) ^ UInt64(players[player].games), stream: stream)
    }

    mutating func setRating(_ player: Int, _ rating: Double) { players[player].rating = rating }

    /// A result changed the rating.
    mutating func learn(_ player: Int, _ change: Double) {
        players[player].rating += change
        players[player].gamesLearned += 1
    }

    /// A new season: ratings are drawn to the mean and move faster again.
    mutating func beginSeason(_ learning: LabLearning) {
        let mean = workload.population.mean
        for index in players.indices {
            players[index].rating = mean + learning.seasonKeep * (players[index].rating - mean)
            players[index].gamesLearned = min(
                players[index].gamesLearned, learning.seasonGamesMax)
        }
    }

    /// A week's decay for those who have been away.
    mutating func decay(_ decay: LabDecay, at seconds: Double) {
        for index in players.indices
        where players[index].rating > decay.above
            && seconds - players[index].lastPlayed >= decay.idleSeconds
        {
            players[index].rating = max(
                decay.above, players[index].rating - decay.pointsPerWeek)
        }
    }

    private func patience(_ player: Int) -> Double {
        guard let patience = workload.patience else { return .infinity }
        var draws = random(of: player, stream: 4)
        return draws.weibull(shape: patience.shape, scale: patience.scaleSeconds)
    }

    // MARK: A fixed population

    /// A team that is idle, with as many of its roster as play.
    private mutating func nextTeam(at seconds: Double) -> Arrival? {
        guard let team = popIdle(), let standing = arena?.teams[team] else { return nil }
        let size = workload.queues[standing.queue].rules.partySizeMin
        let party = Array(standing.roster.shuffled(using: &choices).prefix(size)).sorted()
        for player in party { drift(player, to: seconds) }
        return arrival(party, queue: standing.queue, team: team, seconds: seconds)
    }

    /// Up to `size` accounts that are idle.
    private mutating func popAccounts(_ size: Int, at seconds: Double) -> [Int] {
        var party: [Int] = []
        while party.count < size, let account = popIdle() {
            drift(account, to: seconds)
            party.append(account)
        }
        return party
    }

    private mutating func popIdle() -> Int? {
        let weight = workload.population.casuals?.weight ?? 1
        let total = idle[0].count + idle[1].count
        guard total > 0 else { return nil }
        var pool = idle[0].isEmpty ? 1 : 0
        if pool == 0, !idle[1].isEmpty {
            pool = choices.pick([Double(idle[0].count), Double(idle[1].count) * weight])
        }
        idle[pool].swapAt(choices.index(below: idle[pool].count), idle[pool].count - 1)
        return idle[pool].removeLast()
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

    private mutating func drawSize(_ queue: Int) -> (size: Int, isWarParty: Bool) {
        let parties = Crowd.parties(workload, queue)
        let position = choices.pick(parties.map(\.share))
        let ordinary = parties.count - workload.queues[queue].warParties.count
        return (parties[position].item, position >= ordinary)
    }

    /// Party sizes of a queue: those that it takes, then its war parties.
    private static func parties(_ workload: LabWorkload, _ queue: Int) -> [LabShare<Int>] {
        let own = workload.queues[queue].parties
        let rules = workload.queues[queue].rules
        var taken = (own.isEmpty ? workload.parties : own).filter {
            $0.item >= rules.partySizeMin && $0.item <= rules.partySizeMax
        }
        if taken.isEmpty { taken = [LabShare(item: rules.partySizeMin, share: 1)] }
        return taken + workload.queues[queue].warParties
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
