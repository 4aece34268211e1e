// The sections that belong to one queue: roles, smaller teams, backfill, war parties.
import DaemonKit
import MatchCore

/// A role in each team.
struct RoleSettings: Equatable, Sendable {
    var name: String
    /// Players of the role; nil: as many as the team has.
    var min: Int
    var max: Int?
    /// The same once the queue relaxes; nil: as before.
    var relaxedMin: Int?
    var relaxedMax: Int?
    /// Points of difference between the teams that one player more on a side is worth.
    var differenceCost: Double

    /// The most in a team of `teamSize`.
    func most(_ teamSize: Int) -> Int { Swift.min(max ?? teamSize, teamSize) }
    func relaxedMost(_ teamSize: Int) -> Int {
        Swift.min(relaxedMax ?? most(teamSize), teamSize)
    }
    var relaxedLeast: Int { relaxedMin ?? min }
    /// Something changes when the queue relaxes.
    func relaxes(_ teamSize: Int) -> Bool {
        relaxedLeast != min || relaxedMost(teamSize) != most(teamSize)
    }

    static func readAll(_ node: ConfigNode, _ reader: QueueFileReader) -> [RoleSettings] {
        if node.isOff { return [] }
        var roles: [RoleSettings] = []
        let known = ["name", "min", "max", "relaxedMin", "relaxedMax", "differenceCost"]
        for item in node.list(count: 1...Limits.roleCountMax) {
            guard let fields = item.object(known: known) else { continue }
            let taken = roles.map(\.name)
            let name = fields.required("name").map { reader.readName($0, taken: taken) } ?? ""
            func count(_ field: String) -> Int? {
                fields[field]?.integer(in: 0...Limits.teamSizeMax)
            }
            roles.append(
                RoleSettings(
                    name: name, min: count("min") ?? 0, max: count("max"),
                    relaxedMin: count("relaxedMin"), relaxedMax: count("relaxedMax"),
                    differenceCost: fields.number("differenceCost", in: 0...10_000, standard: 0)))
        }
        return roles
    }
}

/// A smaller team that will do after a wait.
struct SmallerTeamSettings: Equatable, Sendable {
    var teamSize: Int
    var afterSeconds: Double

    static let countMax = 8

    static func readAll(_ node: ConfigNode) -> [SmallerTeamSettings] {
        if node.isOff { return [] }
        var steps: [SmallerTeamSettings] = []
        for item in node.list(count: 1...countMax) {
            guard let fields = item.object(known: ["teamSize", "afterSeconds"]) else { continue }
            let size = fields.required("teamSize")?.integer(in: 1...Limits.teamSizeMax)
            let wait = fields.required("afterSeconds")?.number(in: 0...QueueSettings.secondsMax)
            steps.append(SmallerTeamSettings(teamSize: size ?? 1, afterSeconds: wait ?? 0))
        }
        return steps
    }
}

/// Filling up running matches.
struct BackfillSettings: OptionalSection, Equatable, Sendable {
    /// Points.
    var window = CurveSettings(start: 100, perSecond: 10, max: 500)
    /// A request that nobody renews for so long ends.
    var timeoutSeconds = 120.0

    mutating func read(_ node: ConfigNode) {
        guard let fields = node.object(known: ["window", "timeoutSeconds"]) else { return }
        if let node = fields["window"] { window = window.overridden(by: node) }
        timeoutSeconds = fields.number("timeoutSeconds", in: 1...86_400, standard: timeoutSeconds)
    }
}

/// Two war parties and their mercenaries.
struct WarPartySettings: OptionalSection, Equatable, Sendable {
    var rosterMax = Limits.partySizeMax
    var ownMin: Int
    /// Players alone from which a match without war parties is formed; 0: never.
    var mercenaryOnlyPlayers = 0

    init(teamSize: Int) { ownMin = min(10, teamSize) }

    mutating func read(_ node: ConfigNode) {
        let names = ["rosterMax", "ownMin", "mercenaryOnlyPlayers"]
        guard let fields = node.object(known: names) else { return }
        rosterMax = fields.integer("rosterMax", in: 1...Limits.partySizeMax, standard: rosterMax)
        ownMin = fields.integer("ownMin", in: 1...Limits.teamSizeMax, standard: ownMin)
        mercenaryOnlyPlayers = fields.integer(
            "mercenaryOnlyPlayers", in: 0...1_000_000, standard: mercenaryOnlyPlayers)
    }
}
