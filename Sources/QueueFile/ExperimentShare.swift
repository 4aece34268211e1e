// Who plays by an experiment's rules: decided by player and experiment alone, so that a player
// stays in his arm over tickets, restarts and machines, and two experiments do not draw the same
// players. A share that grows keeps those who were in.
import MatchCore

/// Draws players for an experiment.
package struct ExperimentShare: Equatable, Sendable {
    private let salt: UInt64
    /// Of 2^32 equally likely draws, those below it are in.
    private let threshold: UInt64

    package init(_ experiment: Experiment) {
        var name = experiment.name
        salt = name.withUTF8 { StableHash.bytes(UnsafeRawBufferPointer($0)) }
        threshold = UInt64((experiment.share * 4_294_967_296).rounded())
    }

    /// True if the player has the experiment's rules.
    package func includes(_ player: PlayerID) -> Bool {
        StableHash.mix(player.raw ^ salt) >> 32 < threshold
    }
}
