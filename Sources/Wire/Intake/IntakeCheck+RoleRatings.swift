// The rules of a player's ratings by role.

import CWire

extension IntakeCheck {
    /// - Precondition: rating and roles of the player have been checked.
    static func checkRoleRatings(
        _ player: UnsafePointer<Muster__V1__Player>, _ path: @autoclosure () -> String,
        _ arena: borrowing MessageArena, _ issues: inout IssueList
    ) {
        let count = player.pointee.n_role_ratings
        let countMax = WireLimits.roleCountMax
        if count > countMax {
            issues.add(path(), "has \(count) roles, not 0...\(countMax)")
        }
        for index in 0..<min(count, countMax) {
            guard let entry = player.pointee.role_ratings[index] else { continue }
            let role = arena.text(entry.pointee.key)
            if !Token.isValid(role) {
                issues.add("\(path())[#\(index)]", "role name " + tokenRule)
                continue
            }
            for before in 0..<index {
                guard let other = player.pointee.role_ratings[before] else { continue }
                if arena.text(other.pointee.key).elementsEqual(role) {
                    issues.add("\(path())[#\(index)]", "names a role for a second time")
                }
            }
            func name() -> String { "\(path()).\(String(decoding: role, as: UTF8.self))" }
            if player.pointee.n_roles > 0, !plays(player, role, arena) {
                issues.add(name(), "is not among the player's roles")
            }
            rating(entry.pointee.value, name(), &issues)
            let own = player.pointee.rating
            let most = WireLimits.roleOffsetPointsMax
            // What is out of range or no number has been told.
            if abs(entry.pointee.value - own) > most, WireLimits.ratingPoints.contains(own),
                WireLimits.ratingPoints.contains(entry.pointee.value)
            {
                issues.add(
                    name(), "\(entry.pointee.value) is more than \(most) from the rating \(own)")
            }
        }
    }

    private static func plays(
        _ player: UnsafePointer<Muster__V1__Player>, _ role: UnsafeRawBufferPointer,
        _ arena: borrowing MessageArena
    ) -> Bool {
        for index in 0..<min(player.pointee.n_roles, WireLimits.roleCountMax)
        where arena.text(player.pointee.roles[index]).elementsEqual(role) {
            return true
        }
        return false
    }
}
