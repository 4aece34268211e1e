// Makes the players of a run: true skill, displayed rating, home, roles. All draws come from one
// stream in the order of arrival, so that every policy meets the same people.

import Glibc
import MatchCore

/// Draws players and parties.
struct PlayerFactory {
    private let population: LabPopulation
    private let geography: LabGeography
    private let roles: LabRoles?
    private var random: LabRandom

    init(_ workload: LabWorkload, random: LabRandom) {
        population = workload.population
        geography = workload.geography
        roles = workload.roles
        self.random = random
    }

    /// A party of `size` strangers to all others who live in one home.
    mutating func party(size: Int, home: Int) -> [LabPlayer] {
        let correlation = size > 1 ? population.partyCorrelation : 0
        let common = random.normal()
        return (0..<size).map { _ in
            let own = random.normal()
            let standard = correlation.squareRoot() * common + (1 - correlation).squareRoot() * own
            return player(standard: standard, home: home)
        }
    }

    private mutating func player(standard: Double, home: Int) -> LabPlayer {
        var skill = population.mean + population.deviation * standard
        var rating = skill + population.ratingError * random.normal()
        var deviation = population.ratingError
        var kind = LabPlayer.Kind.settled
        let draw = random.uniform()
        let newcomers = population.newcomers?.share ?? 0
        if let newcomer = population.newcomers, draw < newcomers {
            kind = .newcomer
            skill += newcomer.shift
            rating = newcomer.rating
            deviation = newcomer.ratingDeviation
        } else if let smurfs = population.smurfs, draw < newcomers + smurfs.share {
            kind = .smurf
            skill = rating + smurfs.above
        }
        let (willing, preferred) = drawRoles()
        return LabPlayer(
            kind: kind, skill: skill, rating: rating, deviation: deviation, home: home,
            latencies: geography.latencies(home: home, &random), roles: willing,
            preferredRole: preferred)
    }

    private mutating func drawRoles() -> (RoleSet, UInt8) {
        guard let roles else { return (.all, RoleSet.noPreference) }
        let first = random.pick(roles.supply)
        var bits = UInt8(1) << UInt8(first)
        if roles.supply.count > 1, random.uniform() < roles.flexibleShare {
            var others = roles.supply
            others[first] = 0
            if others.contains(where: { $0 > 0 }) { bits |= 1 << UInt8(random.pick(others)) }
        }
        return (RoleSet(bits: bits), UInt8(first))
    }
}
