// Names to indices for the decoder. Queues and regions come from the configuration, lobbies are
// taken in as they show up. Used by the thread that decodes.
import MatchCore
import Wire

/// The names of this process as the decoder asks for them.
struct EdgeDirectory: NameDirectory {
    let queues: NameTable
    let regions: NameTable
    let lobbies: LobbyTable

    mutating func queueIndex(_ name: UnsafeRawBufferPointer) -> QueueIndex? {
        queues.index(of: name).map { QueueIndex($0) }
    }

    mutating func lobbyIndex(_ name: UnsafeRawBufferPointer) -> LobbyIndex? { lobbies.add(name) }

    mutating func regionIndex(_ name: UnsafeRawBufferPointer) -> RegionIndex? {
        regions.index(of: name).map { RegionIndex(UInt8($0)) }
    }
}
