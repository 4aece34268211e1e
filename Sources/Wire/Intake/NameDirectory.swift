// What the decoder asks about names. Names live at the edge, the core knows positions only.

import MatchCore

/// What became of a queue's name.
package enum QueueResolution: Equatable, Sendable {
    case queue(QueueIndex)
    /// No such queue is configured.
    case unknownQueue
    /// The queue has level brackets, and the level is missing or in none of them.
    case wrongLevel
}

/// Which kinds of names matter to a queue.
package struct QueueVocabulary: Equatable, Sendable, BitwiseCopyable {
    package var hasRoles: Bool
    package var hasFactions: Bool
    package var hasMaps: Bool
    /// Players count by their ratings in the roles that they play.
    package var countsRoleRatings: Bool

    package init(
        hasRoles: Bool = false, hasFactions: Bool = false, hasMaps: Bool = false,
        countsRoleRatings: Bool = false
    ) {
        self.hasRoles = hasRoles
        self.hasFactions = hasFactions
        self.hasMaps = hasMaps
        self.countsRoleRatings = countsRoleRatings
    }
}

/// Gives names their indices. Called with tokens only, so that a name needs no further check; its
/// bytes are valid during the call.
package protocol NameDirectory {
    /// - Parameters:
    ///   - level: of a member; 0 if it was not given.
    ///   - leader: of the party; an experiment's arms go by him.
    mutating func resolveQueue(
        _ name: UnsafeRawBufferPointer, level: UInt32, leader: PlayerID
    ) -> QueueResolution
    /// - Parameter queue: given by `resolveQueue`.
    mutating func vocabulary(of queue: QueueIndex) -> QueueVocabulary
    /// The role's position in the queue; nil if it knows no such role.
    mutating func roleIndex(_ name: UnsafeRawBufferPointer, of queue: QueueIndex) -> UInt8?
    /// 0 or 1; nil if the queue knows no such faction.
    mutating func factionIndex(_ name: UnsafeRawBufferPointer, of queue: QueueIndex) -> UInt8?
    /// The map's position in the queue; nil if it knows no such map.
    mutating func mapIndex(_ name: UnsafeRawBufferPointer, of queue: QueueIndex) -> UInt8?
    /// Nil if no such scope is configured.
    mutating func scopeIndex(_ name: UnsafeRawBufferPointer) -> CooldownScope?
    /// The index of a lobby, given to it now if it is new; nil if there are too many already.
    mutating func lobbyIndex(_ name: UnsafeRawBufferPointer) -> LobbyIndex?
    /// Nil if no such region is configured; the ticket's latency to it is then ignored.
    mutating func regionIndex(_ name: UnsafeRawBufferPointer) -> RegionIndex?
}

/// The kinds of names that a queue has positions for.
enum NameKind {
    case role, faction, map

    var word: String {
        switch self {
        case .role: "role"
        case .faction: "faction"
        case .map: "map"
        }
    }

    /// The reason to refuse a name that a queue does not know.
    var unknown: RejectCode {
        switch self {
        case .role: .unknownRole
        case .faction: .wrongFaction
        case .map: .unknownMap
        }
    }
}

extension QueueVocabulary {
    func has(_ kind: NameKind) -> Bool {
        switch kind {
        case .role: hasRoles
        case .faction: hasFactions
        case .map: hasMaps
        }
    }
}

extension NameDirectory {
    mutating func position(
        _ name: UnsafeRawBufferPointer, _ kind: NameKind, of queue: QueueIndex
    ) -> UInt8? {
        switch kind {
        case .role: roleIndex(name, of: queue)
        case .faction: factionIndex(name, of: queue)
        case .map: mapIndex(name, of: queue)
        }
    }
}

/// Collects what the configuration refuses in one message. The first reason stands for all.
struct NameIssues {
    private var list = IssueList()
    private(set) var reason: RejectCode?

    mutating func add(
        _ reason: RejectCode, _ path: @autoclosure () -> String, _ why: @autoclosure () -> String
    ) {
        if self.reason == nil { self.reason = reason }
        list.add(path(), why())
    }

    /// All of it in one line.
    var description: String {
        WireError.invalidFields(list.issues, further: list.further).description
    }
}
