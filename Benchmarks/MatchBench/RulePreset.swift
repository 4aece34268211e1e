// Queues with rules switched on, and the crowds that go with them: what each rule costs is the
// difference between two such runs.

import MatchCore

/// One set of optional rules.
enum RulePreset: String, CaseIterable {
    case plain
    case parties
    case roles
    case factions
    case premades
    case maps
    case density
    /// All of the above at once.
    case all
    /// War parties and the mercenaries who fill them up; nothing else goes with it.
    case war

    /// The mode's rules with the preset's switched on.
    func rules(_ mode: BenchMode) -> QueueRules {
        var rules = mode.rules
        if has(.roles) { rules.roles = RulePreset.roles(teamSize: mode.teamSize) }
        if has(.factions) { rules.factions = FactionRules(mercenaryAfterTicks: 0) }
        if has(.premades) {
            rules.premades.differenceCost = 30 * Rating.stepsPerPoint
            rules.premades.ownPoolTicks = 100
        }
        if has(.maps) { rules.mapCount = 3 }
        if has(.density) {
            rules.density = DensityRules(exponentHundredths: 46, stretchCodeMax: 48)
        }
        if self == .war {
            rules.warParties = WarPartyRules(
                rosterMax: RulePreset.rosterMax(mode), ownMin: RulePreset.ownMin(mode))
        }
        return rules
    }

    /// True if the rule is part of the preset.
    private func has(_ rule: RulePreset) -> Bool { self == rule || self == .all }

    private static func rosterMax(_ mode: BenchMode) -> Int {
        min(2 * mode.teamSize, Limits.partySizeMax)
    }

    private static func ownMin(_ mode: BenchMode) -> Int { max(1, mode.teamSize / 4) }

    /// A tenth tanks, a fifth healers (one at least of each), the rest damage.
    private static func roles(teamSize: Int) -> RoleRules {
        let tanks = max(1, teamSize / 10)
        let healers = max(1, teamSize / 5)
        let counts = [tanks, healers, teamSize - tanks - healers]
        return RoleRules(roles: counts.map { RoleCount(min: $0, max: $0) })
    }

    /// What one more ticket is: its size, its roles, its side.
    func draw(_ mode: BenchMode, _ generator: inout SeededGenerator) -> TicketTraits {
        var traits = TicketTraits()
        if self == .war { return warTraits(mode, &generator) }
        if has(.parties) || has(.premades) { traits.size = partySize(mode, &generator) }
        if has(.factions) {
            traits.faction = generator.uniform() < 0.55 ? 0 : 1
            traits.isMercenary = generator.uniform() < 0.3
        }
        if has(.roles) { traits.roles = (0..<traits.size).map { _ in roleSet(mode, &generator) } }
        return traits
    }

    /// One ticket in ten is a war party, of any size that the queue takes; the others are
    /// mercenaries, alone or in small parties.
    private func warTraits(
        _ mode: BenchMode, _ generator: inout SeededGenerator
    ) -> TicketTraits {
        var traits = TicketTraits()
        traits.isWarParty = generator.uniform() < 0.1
        traits.isMercenary = !traits.isWarParty
        if traits.isWarParty {
            let least = RulePreset.ownMin(mode)
            let sizes = UInt64(RulePreset.rosterMax(mode) - least + 1)
            traits.size = least + Int(generator.next() % sizes)
        } else {
            traits.size = partySize(mode, &generator)
        }
        return traits
    }

    /// Solo 68, duo 18, trio 5, four 2, five 7 % of tickets, as far as the queue takes them.
    private func partySize(_ mode: BenchMode, _ generator: inout SeededGenerator) -> Int {
        let draw = generator.uniform()
        let size = draw < 0.68 ? 1 : draw < 0.86 ? 2 : draw < 0.91 ? 3 : draw < 0.93 ? 4 : 5
        return min(size, mode.rules.partySizeMax)
    }

    /// Roles are supplied as they are needed; two in five players also play a second one.
    private func roleSet(_ mode: BenchMode, _ generator: inout SeededGenerator) -> UInt8 {
        let team = Double(mode.teamSize)
        let tanks = max(1, mode.teamSize / 10)
        let healers = max(1, mode.teamSize / 5)
        let draw = generator.uniform() * team
        let first: UInt8 = draw < Double(tanks) ? 1 : draw < Double(tanks + healers) ? 2 : 4
        if generator.uniform() >= 0.4 { return first }
        return first | 1 << UInt8(generator.next() % 3)
    }
}

/// What a ticket of a rule benchmark is.
struct TicketTraits {
    var size = 1
    /// By member; empty for all roles.
    var roles: [UInt8] = []
    var faction: UInt8 = 0
    var isMercenary = false
    var isWarParty = false
}
