// Every bound that a message is held to. PROTOCOL.md and proto/ state the same numbers.

import MatchCore

/// The version that this code writes and the only one that it reads.
package let wireVersion: UInt32 = 1

/// Bounds of messages; a message beyond one of them is refused whole.
package enum WireLimits {
    /// Bytes of one intake message in either form (reliability: hard cap 16 KiB).
    package static let intakeByteCountMax = 16 * 1024
    /// Bytes of one event or allocation: the broker's own largest payload. A match of 128 seats
    /// takes about 16 KiB as protobuf and 33 KiB as JSON.
    package static let outputByteCountMax = 64 * 1024
    /// Players of one ticket.
    package static let partySizeMax = Limits.teamSizeMax
    /// Highest player id: it must fit a signed 64-bit column.
    package static let playerIDMax = UInt64(Int64.max)
    /// Rating of one player in points; below the core's range to leave room for a premade offset.
    package static let ratingPoints = -10_000.0...50_000.0
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
    /// Bytes of a rejection's detail; longer text is cut.
    package static let detailByteCountMax = 4096
    /// Field errors that one error lists; further ones are counted.
    package static let issueCountMax = 16
    /// Nesting of a JSON message: our own need 6, unknown fields may go deeper.
    package static let jsonDepthMax = 32
}
