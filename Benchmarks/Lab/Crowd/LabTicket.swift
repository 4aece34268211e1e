// What a policy is told of those who wait: ratings, homes, roles. True skill is not among it.

import MatchCore

/// A player as a policy sees him.
package struct LabMember: Sendable, Equatable {
    /// Position in the run's list of players.
    package var player: Int
    /// Displayed rating in points, and its stated standard deviation.
    package var rating: Double
    package var deviation: Double
    package var roles: RoleSet
    package var preferredRole: UInt8

    package init(
        player: Int, rating: Double, deviation: Double = 0, roles: RoleSet = .all,
        preferredRole: UInt8 = RoleSet.noPreference
    ) {
        self.player = player
        self.rating = rating
        self.deviation = deviation
        self.roles = roles
        self.preferredRole = preferredRole
    }
}

/// A party that waits for a match.
package struct LabTicket: Sendable {
    /// Never used twice in a run.
    package let id: Int
    package let queue: Int
    package let members: [LabMember]
    /// The worst member's round trip to each region.
    package let latencies: LatencyVector
    /// The tick from which its wait counts, which lies before its return to the queue where
    /// others failed to accept a match.
    package let since: Int32
    /// Mean of the members' ratings, in points.
    package let rating: Double
    /// Lasting identity of a standing team or war party; 0 for others.
    package let team: UInt64
    package let isWarParty: Bool

    package init(
        id: Int, queue: Int = 0, members: [LabMember], latencies: LatencyVector, since: Int32,
        team: UInt64 = 0, isWarParty: Bool = false
    ) {
        precondition(!members.isEmpty)
        self.id = id
        self.queue = queue
        self.members = members
        self.latencies = latencies
        self.since = since
        self.team = team
        self.isWarParty = isWarParty
        rating = members.reduce(0) { $0 + $1.rating } / Double(members.count)
    }

    package var size: Int { members.count }

    /// The region with the lowest round trip, the first of equals.
    package func bestRegion(regionCount: Int) -> Int {
        let best = latencies.lowest(regionCount: regionCount)
        return (0..<regionCount).first { latencies[RegionIndex(UInt8($0))] == best } ?? 0
    }
}

/// A player as he is.
package struct LabPlayer: Sendable {
    package enum Kind: UInt8, Sendable { case settled, newcomer, smurf }
    package var kind: Kind
    /// True strength in points.
    package var skill: Double
    package var rating: Double
    package var deviation: Double
    package var home: Int
    package var latencies: LatencyVector
    package var roles: RoleSet
    package var preferredRole: UInt8
    package var games = 0
    /// Games that count for the step of a learned rating.
    package var gamesLearned = 0
    /// When he last queued for a match that took place, in seconds.
    package var lastPlayed = 0.0
    /// When the skill was last let drift, in seconds.
    package var driftedAt = 0.0

    package func member(_ index: Int) -> LabMember {
        LabMember(
            player: index, rating: rating, deviation: deviation, roles: roles,
            preferredRole: preferredRole)
    }
}
