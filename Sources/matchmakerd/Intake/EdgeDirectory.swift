// Names to indices for the decoder. Queues, regions and what belongs to them come from the
// configuration, lobbies are taken in as they show up. Used by the thread that decodes.
import MatchCore
import QueueFile
import Wire

/// The names of this process as the decoder asks for them.
struct EdgeDirectory: NameDirectory {
    private var queues: NamesReader
    private let regions: NameTable
    let lobbies: LobbyTable

    init(queues: NamesBoard, regions: NameTable, lobbies: LobbyTable) {
        self.queues = NamesReader(queues)
        self.regions = regions
        self.lobbies = lobbies
    }

    mutating func resolveQueue(
        _ name: UnsafeRawBufferPointer, level: UInt32, leader: PlayerID
    ) -> QueueResolution {
        switch queues.current().resolve(name, level: level, leader: leader) {
        case .queue(let queue): .queue(queue)
        case .unknownQueue: .unknownQueue
        case .levelMissing, .levelOutside: .wrongLevel
        }
    }

    mutating func vocabulary(of queue: QueueIndex) -> QueueVocabulary {
        let names = queues.current()
        return QueueVocabulary(
            hasRoles: names.takesRoles(queue), hasFactions: names.takesFactions(queue),
            hasMaps: names.takesMaps(queue), countsRoleRatings: names.countsRoleRatings(queue))
    }

    mutating func roleIndex(_ name: UnsafeRawBufferPointer, of queue: QueueIndex) -> UInt8? {
        queues.current().roleIndex(name, of: queue)
    }

    mutating func factionIndex(_ name: UnsafeRawBufferPointer, of queue: QueueIndex) -> UInt8? {
        queues.current().factionIndex(name, of: queue)
    }

    mutating func mapIndex(_ name: UnsafeRawBufferPointer, of queue: QueueIndex) -> UInt8? {
        queues.current().mapIndex(name, of: queue)
    }

    mutating func scopeIndex(_ name: UnsafeRawBufferPointer) -> CooldownScope? {
        queues.current().scope(name)
    }

    mutating func lobbyIndex(_ name: UnsafeRawBufferPointer) -> LobbyIndex? { lobbies.add(name) }

    mutating func regionIndex(_ name: UnsafeRawBufferPointer) -> RegionIndex? {
        regions.index(of: name).map { RegionIndex(UInt8($0)) }
    }

    /// The queue's name in the file; empty if there is no such queue.
    mutating func queueName(_ queue: QueueIndex) -> String {
        queues.current().label(of: queue)?.queue ?? ""
    }
}
