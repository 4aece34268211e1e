// A queue's settings in people's units, as `defaults`, each queue and an experiment give them.
// Reading takes over what is given and leaves the rest, so that a queue overrides the defaults
// and an experiment the queue, inside a section field by field; null takes a section away.
import DaemonKit
import MatchCore

/// A queue's settings in players, points, seconds and milliseconds.
struct QueueSettings: Equatable, Sendable {
    // Shape.
    var teamCount = 2
    var teamSize = 1
    var partyMin = 1
    var partyMax = Limits.teamSizeMax

    // Tuning: what `defaults` may give too.
    /// Points added to a party's mean for each member beyond the first.
    var premadeOffset = 15.0
    /// Points.
    var window = CurveSettings(start: 100, perSecond: 10, max: 500)
    var latency = LatencySettings()
    var timeoutSeconds = 600
    /// Points of extra spread that a second of waiting is worth.
    var waitPreferencePerSecond = 0.0
    /// Wait from which those who came later give way; nil: never.
    var overdueAfterSeconds: Double? = 60
    var quality = QualitySettings()
    var premades = PremadeSettings()
    var rematchDelaySeconds = 0.0
    var avoid = AvoidSettings()
    var acceptance: AcceptanceSettings?
    /// Name of a scope of the file.
    var cooldownScope: String?
    var density: DensitySettings?

    // Composition: what belongs to one queue.
    var isRated = false
    var smallerTeams: [SmallerTeamSettings] = []
    var teamSizeDifference = 0
    var roles: [RoleSettings] = []
    var rolesRelaxAfterSeconds: Double?
    /// Players count by their ratings in the roles that they play, where tickets give them.
    var roleRatings = true
    var factions: [String] = []
    var mercenaryAfterSeconds: Double?
    var maps: [String] = []
    var backfill: BackfillSettings?
    var warParties: WarPartySettings?

    /// Fields that `defaults` may have.
    static let defaultNames = [
        "partyMax", "premadeOffset", "window", "latency", "timeoutSeconds",
        "waitPreferencePerSecond", "overdueAfterSeconds", "quality", "premades",
        "rematchDelaySeconds", "avoid", "acceptance", "cooldownScope", "density",
    ]

    /// Fields that a queue and an experiment may have.
    static let fieldNames =
        defaultNames + [
            "teams", "teamSize", "partyMin", "rated", "smallerTeams", "teamSizeDifference",
            "roles", "rolesRelaxAfterSeconds", "roleRatings", "factions",
            "mercenaryAfterSeconds", "maps", "backfill", "warParties",
        ]

    /// Longest wait or cooldown that a field can give: a week.
    static let secondsMax = 604_800.0

    /// Teams and their size.
    /// - Parameter isComplete: both must be there.
    mutating func readShape(
        _ fields: ConfigFields, _ reader: QueueFileReader, isComplete: Bool
    ) {
        let teams = isComplete ? fields.required("teams") : fields["teams"]
        teamCount =
            teams?.integer(in: 1...Limits.playersPerMatchMax) ?? (isComplete ? 1 : teamCount)
        let size = isComplete ? fields.required("teamSize") : fields["teamSize"]
        teamSize = size?.integer(in: 1...Limits.teamSizeMax) ?? (isComplete ? 1 : teamSize)
        // What is inherited is an upper bound; a queue's own party limit must fit.
        partyMax = min(partyMax, teamSize)
    }

    /// The fields that `defaults` may give too.
    mutating func readTuning(_ fields: ConfigFields, _ reader: QueueFileReader) {
        partyMax = fields.integer("partyMax", in: 1...Limits.teamSizeMax, standard: partyMax)
        premadeOffset = fields.number("premadeOffset", in: -500...500, standard: premadeOffset)
        if let node = fields["window"] { window = window.overridden(by: node) }
        if let node = fields["latency"] { latency.read(node, reader) }
        timeoutSeconds = fields.integer(
            "timeoutSeconds", in: 1...reader.context.timeoutSecondsMax, standard: timeoutSeconds)
        waitPreferencePerSecond = fields.number(
            "waitPreferencePerSecond", in: 0...1_000, standard: waitPreferencePerSecond)
        if let node = fields["overdueAfterSeconds"] { overdueAfterSeconds = node.seconds() }
        if let node = fields["quality"] { quality.read(node) }
        if let node = fields["premades"] { premades.read(node) }
        rematchDelaySeconds = fields.number(
            "rematchDelaySeconds", in: 0...QueueSettings.secondsMax, standard: rematchDelaySeconds)
        if let node = fields["avoid"] { avoid.read(node) }
        if let node = fields["acceptance"] {
            acceptance = acceptance.overridden(by: node, reader, AcceptanceSettings())
        }
        if let node = fields["cooldownScope"] { cooldownScope = reader.readScope(node) }
        if let node = fields["density"] {
            density = density.overridden(by: node, reader, DensitySettings())
        }
    }

    /// The fields that belong to one queue.
    mutating func readComposition(_ fields: ConfigFields, _ reader: QueueFileReader) {
        partyMin = fields.integer("partyMin", in: 1...Limits.teamSizeMax, standard: partyMin)
        isRated = fields["rated"]?.bool() ?? isRated
        if let node = fields["smallerTeams"] {
            smallerTeams = reader.sound([]) { SmallerTeamSettings.readAll(node) }
        }
        teamSizeDifference = fields.integer(
            "teamSizeDifference", in: 0...1, standard: teamSizeDifference)
        if let node = fields["roles"] {
            roles = reader.sound([]) { RoleSettings.readAll(node, reader) }
        }
        if let node = fields["rolesRelaxAfterSeconds"] { rolesRelaxAfterSeconds = node.seconds() }
        roleRatings = fields["roleRatings"]?.bool() ?? roleRatings
        if let node = fields["factions"] {
            factions = reader.sound([]) {
                node.isOff ? [] : reader.readNames(node, count: 2...2)
            }
        }
        if let node = fields["mercenaryAfterSeconds"] { mercenaryAfterSeconds = node.seconds() }
        if let node = fields["maps"] {
            maps = reader.sound([]) {
                node.isOff ? [] : reader.readNames(node, count: 1...MapSet.capacity)
            }
        }
        if let node = fields["backfill"] {
            backfill = backfill.overridden(by: node, reader, BackfillSettings())
        }
        if let node = fields["warParties"] {
            warParties = warParties.overridden(
                by: node, reader, WarPartySettings(teamSize: teamSize))
        }
    }
}

/// A section that a queue may lack.
protocol OptionalSection {
    /// Takes over what the node gives.
    mutating func read(_ node: ConfigNode)
}

extension Optional where Wrapped: OptionalSection {
    /// The section with what `node` gives: none for null, and, where there was none, over `base`.
    /// A section with a mistake stays as it was.
    func overridden(by node: ConfigNode, _ reader: QueueFileReader, _ base: Wrapped) -> Wrapped? {
        if node.isOff { return nil }
        return reader.sound(self) {
            var section = self ?? base
            section.read(node)
            return section
        }
    }
}

extension ConfigNode {
    /// The field is null: what it stands for is switched off.
    var isOff: Bool { tree == .null }

    /// A time in seconds, or nil for null: never.
    func seconds() -> Double? { isOff ? nil : number(in: 0...QueueSettings.secondsMax) }
}

extension QueueFileReader {
    /// The name of one of the file's scopes; nil for null.
    func readScope(_ node: ConfigNode) -> String? {
        if node.isOff { return nil }
        let name = sound(nil) { node.text() }
        guard let name else { return nil }
        if !scopes.contains(name) {
            node.problem(
                "'\(name)' is not in cooldownScopes" + NearestName.hint(name, among: scopes))
            return nil
        }
        return name
    }
}
