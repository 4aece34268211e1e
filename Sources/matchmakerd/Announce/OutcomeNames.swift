// Names and units that the core's records do not carry. A value of the announcing thread, brought
// up to date by it between two rounds.
import MatchCore
import QueueFile
import Wire

/// Turns indices, positions and ticks into what messages say.
struct OutcomeNames {
    /// What belongs to queues, as of this round.
    var queues: QueueNames
    let regions: [String]
    let lobbies: LobbyTable
    let tickMilliseconds: Int

    /// The queue's name in the file; empty for none.
    func queue(_ index: QueueIndex) -> String { queues.label(of: index)?.queue ?? "" }

    func levels(_ index: QueueIndex) -> ClosedRange<UInt32>? {
        guard let levels = queues.label(of: index)?.levels else { return nil }
        return UInt32(levels.lowerBound)...UInt32(levels.upperBound)
    }

    /// The experiment by whose rules the queue goes; empty for the queue's own.
    func experiment(_ index: QueueIndex) -> String { queues.label(of: index)?.arm ?? "" }

    /// Empty in queues without a choice of maps.
    func map(_ position: UInt8, _ index: QueueIndex) -> String {
        queues.map(position, of: index) ?? ""
    }

    /// Nil where no role is played.
    func role(_ position: UInt8, _ index: QueueIndex) -> String? {
        position == RoleSet.noPreference ? nil : queues.role(position, of: index)
    }

    /// The roles of a set, in the queue's order.
    func roles(_ set: RoleSet, _ index: QueueIndex) -> [String] {
        (0..<UInt8(Limits.roleCountMax)).filter { set.bits & (1 << $0) != 0 }
            .compactMap { queues.role($0, of: index) }
    }

    func lobby(_ index: LobbyIndex) -> String { lobbies.name(of: index) ?? "" }

    func region(_ index: RegionIndex) -> String {
        Int(index.raw) < regions.count ? regions[Int(index.raw)] : ""
    }

    /// Time to accept a proposed match of the queue.
    func acceptMilliseconds(_ index: QueueIndex) -> UInt32 {
        milliseconds(queues.acceptTicks(of: index))
    }

    /// Ticks as milliseconds, never negative.
    func milliseconds(_ ticks: Int32) -> UInt32 {
        UInt32(clamping: Int64(max(ticks, 0)) * Int64(tickMilliseconds))
    }
}
