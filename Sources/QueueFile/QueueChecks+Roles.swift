// Whether a queue's roles can fill its teams at all: strict, relaxed and in smaller teams.
import DaemonKit
import MatchCore

extension QueueChecks {
    func checkRoles() {
        let roles = settings.roles
        let relaxes = roles.contains { $0.relaxes(settings.teamSize) }
        if settings.rolesRelaxAfterSeconds != nil {
            // Roles that could not be read have been told already.
            if roles.isEmpty && !isGiven("roles") {
                note("rolesRelaxAfterSeconds", "is of use with roles only")
            } else if !roles.isEmpty && !relaxes {
                note("rolesRelaxAfterSeconds", "needs a relaxedMin or relaxedMax in roles")
            }
        } else if relaxes {
            note("roles", "has relaxed numbers, but rolesRelaxAfterSeconds is missing")
        }
        if roles.isEmpty, isGiven("roleRatings"), !isGiven("roles") {
            note("roleRatings", "is of use with roles only")
        }
        guard !roles.isEmpty else { return }
        for (index, role) in roles.enumerated() { checkRole(role, index) }
        checkSums()
    }

    private func isGiven(_ field: String) -> Bool { fields[field].map { !$0.isOff } ?? false }

    private func checkRole(_ role: RoleSettings, _ index: Int) {
        let size = settings.teamSize
        if role.min > role.most(size) {
            note("roles", index, "min is \(role.min), above max \(role.most(size))")
        }
        if let max = role.max, max > size {
            note("roles", index, "max is \(max), teamSize is \(size)")
        }
        if role.relaxedLeast > role.min {
            note(
                "roles", index,
                "relaxedMin is \(role.relaxedLeast), stricter than min \(role.min)")
        }
        if role.relaxedMost(size) < role.most(size) {
            note(
                "roles", index,
                "relaxedMax is \(role.relaxedMost(size)), stricter than max \(role.most(size))")
        }
    }

    private func checkSums() {
        let size = settings.teamSize
        let least = settings.roles.reduce(0) { $0 + $1.min }
        if least > size { note("roles", "need at least \(least) players, teamSize is \(size)") }
        let most = settings.roles.reduce(0) { $0 + $1.most(size) }
        if most < size { note("roles", "have room for \(most) players, teamSize is \(size)") }
        guard least <= size else { return }
        let relaxed = settings.roles.reduce(0) { $0 + $1.relaxedLeast }
        for (index, step) in settings.smallerTeams.enumerated() {
            let relaxesBefore = (settings.rolesRelaxAfterSeconds ?? .infinity) <= step.afterSeconds
            let needed = relaxesBefore ? relaxed : least
            if needed > step.teamSize {
                note(
                    "smallerTeams", index,
                    "teams of \(step.teamSize) cannot hold the \(needed) players whom the roles "
                        + "need"
                        + (relaxesBefore || relaxed > step.teamSize
                            ? "" : " before rolesRelaxAfterSeconds"))
            }
        }
    }
}
