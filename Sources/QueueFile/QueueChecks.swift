// What the fields of a queue must keep between them; each field's own range is checked where it is
// read. Every check notes its mistake and goes on, at the field that is wrong where the queue
// gives it, else at the queue.
import DaemonKit
import MatchCore

/// The checks of one queue, or of an experiment's arm.
struct QueueChecks {
    let settings: QueueSettings
    let fields: ConfigFields
    let reader: QueueFileReader

    /// Classes that the core tells apart in a bucket.
    static let classCountMax = 64

    func run() {
        guard shapeIsSound() else { return }
        checkTwoTeams()
        checkSmallerTeams()
        checkRated()
        checkRoles()
        checkSides()
        checkWaits()
        checkCooldown()
        checkWarParties()
        checkClasses()
    }

    // MARK: - Shape

    /// False if teams and sizes are such that further checks would only confuse.
    private func shapeIsSound() -> Bool {
        let countBefore = reader.problems.list.count
        let playerCount = settings.teamCount * settings.teamSize
        if playerCount < 2 || playerCount > Limits.playersPerMatchMax {
            fields.place.problem(
                "teams × teamSize is \(playerCount), must be 2 to \(Limits.playersPerMatchMax)")
        }
        if settings.partyMax > settings.teamSize {
            note("partyMax", "is \(settings.partyMax), teamSize is \(settings.teamSize)")
        } else if settings.partyMin > settings.partyMax {
            note("partyMin", "is \(settings.partyMin), above partyMax \(settings.partyMax)")
        }
        return reader.problems.list.count == countBefore
    }

    private func checkTwoTeams() {
        guard settings.teamCount != 2 else { return }
        let used = [
            ("smallerTeams", !settings.smallerTeams.isEmpty),
            ("teamSizeDifference", settings.teamSizeDifference > 0),
            // One team alone may have roles: a group for a dungeon.
            ("roles", !settings.roles.isEmpty && settings.teamCount > 2),
            ("factions", !settings.factions.isEmpty),
            ("backfill", settings.backfill != nil), ("warParties", settings.warParties != nil),
        ]
        for (name, isUsed) in used where isUsed {
            note(name, "is possible with 2 teams only, teams is \(settings.teamCount)")
        }
    }

    private func checkSmallerTeams() {
        var size = settings.teamSize
        var wait = -1.0
        for (index, step) in settings.smallerTeams.enumerated() {
            if step.teamSize >= size {
                note("smallerTeams", index, "teamSize is \(step.teamSize), must be below \(size)")
            }
            if step.teamSize < settings.partyMin {
                note(
                    "smallerTeams", index,
                    "teamSize is \(step.teamSize), below partyMin \(settings.partyMin): no party "
                        + "would fit")
            }
            if step.afterSeconds <= wait {
                note(
                    "smallerTeams", index,
                    "afterSeconds is \(step.afterSeconds), must be above \(wait)")
            }
            (size, wait) = (step.teamSize, step.afterSeconds)
        }
        if settings.teamSizeDifference > 0 && settings.smallerTeams.isEmpty {
            note("teamSizeDifference", "is of use with smallerTeams only")
        }
    }

    private func checkRated() {
        guard settings.isRated else { return }
        let forbidden = [
            ("teamSizeDifference", settings.teamSizeDifference > 0, "teams are even"),
            ("mercenaryAfterSeconds", settings.mercenaryAfterSeconds != nil, "no mercenaries"),
            ("backfill", settings.backfill != nil, "running matches take nobody in"),
            ("warParties", settings.warParties != nil, "no mercenaries"),
        ]
        for (name, isUsed, why) in forbidden where isUsed {
            note(name, "is not possible in a rated queue: \(why)")
        }
    }

    // MARK: - Sides

    private func checkSides() {
        if settings.mercenaryAfterSeconds != nil && settings.factions.isEmpty {
            note("mercenaryAfterSeconds", "is of use with factions only")
        }
        let mercenaries = settings.warParties?.mercenaryOnlyPlayers ?? 0
        let smallest = settings.smallerTeams.last?.teamSize ?? settings.teamSize
        if mercenaries > 0 && mercenaries < 2 * smallest {
            note(
                "warParties",
                "mercenaryOnlyPlayers is \(mercenaries), must be 0 or at least the "
                    + "\(2 * smallest) players of the smallest match")
        }
    }

    private func checkWarParties() {
        guard let war = settings.warParties else { return }
        if war.rosterMax < settings.teamSize {
            note("warParties", "rosterMax is \(war.rosterMax), teamSize is \(settings.teamSize)")
        }
        let smallest = settings.smallerTeams.last?.teamSize ?? settings.teamSize
        if war.ownMin > smallest {
            note("warParties", "ownMin is \(war.ownMin), the smallest team has \(smallest)")
        }
        if settings.partyMin > 1 {
            note(
                "partyMin",
                "is \(settings.partyMin), must be 1 with warParties: mercenaries come alone")
        }
        if !settings.factions.isEmpty {
            note("factions", "cannot be together with warParties, which have sides of their own")
        }
        if !settings.roles.isEmpty {
            note("roles", "cannot be together with warParties: their matches do not look at roles")
        }
    }

    // MARK: - Waits

    /// What begins after the timeout never begins.
    private func checkWaits() {
        var waits: [(String, String, Double)] = []
        if let wait = settings.rolesRelaxAfterSeconds {
            waits.append(("rolesRelaxAfterSeconds", "", wait))
        }
        if let wait = settings.mercenaryAfterSeconds {
            waits.append(("mercenaryAfterSeconds", "", wait))
        }
        if let wait = settings.latency.bestAlwaysAfterSeconds {
            waits.append(("latency", "bestAlwaysAfterSeconds ", wait))
        }
        // A queue that tickets leave sooner may have the standard wait and no use of it.
        if let wait = settings.overdueAfterSeconds, fields["overdueAfterSeconds"] != nil {
            waits.append(("overdueAfterSeconds", "", wait))
        }
        waits.append(("premades", "ownPoolSeconds ", settings.premades.ownPoolSeconds))
        if let step = settings.smallerTeams.last {
            waits.append(("smallerTeams", "afterSeconds ", step.afterSeconds))
        }
        for (name, part, wait) in waits where wait >= Double(settings.timeoutSeconds) && wait > 0 {
            note(
                name,
                "\(part)is \(wait), tickets leave after timeoutSeconds \(settings.timeoutSeconds)")
        }
    }

    private func checkCooldown() {
        guard settings.cooldownScope == nil else { return }
        if let acceptance = settings.acceptance, !acceptance.cooldownSeconds.isEmpty {
            note("acceptance", "cooldownSeconds needs a cooldownScope for its marks")
        }
    }

    /// The core keeps the tickets of a bucket apart by size, faction and, for a player alone, the
    /// set of roles that he plays: so many classes.
    private func checkClasses() {
        let roleCount = settings.roles.count
        let roleSets = roleCount == 0 ? 1 : (1 << roleCount) - 1
        let sides = settings.factions.isEmpty ? 1 : 4
        let war = settings.warParties == nil ? 0 : 1
        let count = sides * (roleSets + settings.partyMax - 1) + war
        guard count > QueueChecks.classCountMax else { return }
        fields.place.problem(
            "makes \(count) classes of tickets (\(roleSets) sets of roles + "
                + "\(settings.partyMax - 1) party sizes above 1"
                + (sides > 1 ? ", × 4 for factions" : "")
                + (war > 0 ? ", + 1 for war parties" : "")
                + "), at most \(QueueChecks.classCountMax) are possible; take fewer roles or a "
                + "smaller partyMax")
    }

    // MARK: - Notes

    /// Notes a mistake at a field, or at the queue if the field is inherited.
    func note(_ field: String, _ why: String) {
        if let node = fields[field] {
            node.problem(why)
        } else {
            fields.place.problem("\(field) \(why)")
        }
    }

    /// Notes a mistake at an entry of a list.
    func note(_ field: String, _ index: Int, _ why: String) {
        if let node = fields[field] {
            reader.problems.add(file: node.file, path: "\(node.path)[\(index)]", why)
        } else {
            fields.place.problem("\(field)[\(index)] \(why)")
        }
    }
}
