// What a fighter has done so far.

/// A fighter's record.
package struct Tally: Equatable, Sendable {
    package internal(set) var kills: UInt32 = 0
    package internal(set) var deaths: UInt32 = 0
    package internal(set) var assists: UInt32 = 0
    /// Health that enemies lost to its strikes; what is beyond their last point does not count.
    package internal(set) var damage: UInt64 = 0
    /// Health that others and itself gained by its healing.
    package internal(set) var healing: UInt64 = 0
}
