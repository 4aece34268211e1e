// Every bound that a message is held to. PROTOCOL.md and proto/ state the same numbers.

import MatchCore

/// The version that this code writes and the only one that it reads.
package let wireVersion: UInt32 = 1

/// Bounds of messages; a message beyond one of them is refused whole.
package enum WireLimits {
    /// Bytes of one intake message in either form (reliability: hard cap 16 KiB). A war party of 80
    /// with three roles, faction and level each takes about 6 KiB as protobuf and 12 KiB as JSON.
    package static let intakeByteCountMax = 16 * 1024
    /// Bytes of one event or allocation: the broker's own largest payload. A match of 128 seats
    /// takes about 22 KiB as protobuf and 38 KiB as JSON with the longest names of roles.
    package static let outputByteCountMax = 64 * 1024
    /// Players of one ticket: a war party's roster.
    package static let partySizeMax = Limits.partySizeMax
    /// Players of one team, and tickets in it.
    package static let teamSizeMax = Limits.teamSizeMax
    /// Queues of one ticket besides its first.
    package static let furtherQueueCountMax = Limits.furtherQueueCountMax
    /// Roles that one player may name.
    package static let roleCountMax = Limits.roleCountMax
    /// Maps that one ticket may name.
    package static let mapCountMax = MapSet.capacity
    /// Players whom one ticket may avoid.
    package static let avoidedCountMax = Limits.avoidedCountMax
    /// Players of a party of both factions; larger ones are of one.
    package static let mixedPartySizeMax = 3
    /// A character's level.
    package static let levelMax: UInt32 = 10_000
    /// Duration of a mark: 30 days.
    package static let markSecondsMax: UInt32 = 2_592_000
    /// Highest player id: it must fit a signed 64-bit column.
    package static let playerIDMax = UInt64(Int64.max)
    /// Rating of one player in points; below the core's range to leave room for a premade offset.
    package static let ratingPoints = -10_000.0...50_000.0
    /// Points by which a player's rating in a role may differ from his rating.
    package static let roleOffsetPointsMax = RoleOffsets.pointsMax
    /// Rating of a player of a match in his role.
    package static let roleRatingPoints =
        ratingPoints.lowerBound - roleOffsetPointsMax...ratingPoints.upperBound
        + roleOffsetPointsMax
    /// Rating of a seat in points, premade offset included.
    package static let seatRatingPoints = Rating.pointsMin...Rating.pointsMax
    /// Regions that one ticket may name.
    package static let regionCountMax = LatencyVector.capacity
    /// Round-trip time in milliseconds.
    package static let latencyMillisecondsMax = UInt32(LatencyVector.millisecondsMax)
    /// Wait before the ticket was sent: one day in milliseconds.
    package static let waitedMillisecondsMax: UInt32 = 86_400_000
    /// Teams and players of one match.
    package static let matchPlayerCountMax = Limits.playersPerMatchMax
    /// Matches of one game server: its heartbeat takes some 55 KiB as JSON then.
    package static let sessionCountMax = 512
    /// Queues that one game server may name.
    package static let serverQueueCountMax = 64
    /// Characters of host and port.
    package static let addressByteCountMax = 255
    /// Bytes of the name of a game server's build.
    package static let buildByteCountMax = 64
    /// Bytes of a rejection's detail; longer text is cut.
    package static let detailByteCountMax = 4096
    /// Field errors that one error lists; further ones are counted.
    package static let issueCountMax = 16
    /// Nesting of a JSON message: our own need 8, unknown fields may go deeper.
    package static let jsonDepthMax = 32
}
