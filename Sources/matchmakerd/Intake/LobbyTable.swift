// The lobbies that have sent something, and the form in which each wants its answers: the one in
// which it last wrote. Written by the intake thread, read by the announcer.
import MatchCore
import Synchronization
import Wire

/// Lobby names with the form of their last message.
final class LobbyTable: @unchecked Sendable {
    // SAFETY: `forms` is memory of this object; its elements are atomics.
    private let names: NameTable
    private let forms: UnsafeMutablePointer<Atomic<UInt8>>

    /// - Precondition: `capacity` is 1 to 65,535.
    init(capacity: Int) {
        names = NameTable(capacity: capacity)
        forms = .allocate(capacity: capacity)
        for index in 0..<capacity { (forms + index).initialize(to: Atomic(0)) }
    }

    deinit {
        forms.deinitialize(count: names.capacity)
        forms.deallocate()
    }

    var count: Int { names.count }

    /// The lobby's index, given to it now if it is new; nil if there are too many already.
    func add(_ name: UnsafeRawBufferPointer) -> LobbyIndex? {
        names.add(name).map { LobbyIndex($0) }
    }

    /// The lobby's index if it has sent something before.
    func index(of name: String) -> LobbyIndex? { names.index(of: name).map { LobbyIndex($0) } }

    /// Notes the form in which the lobby wrote.
    func setForm(_ form: ContentType, of lobby: LobbyIndex) {
        // Relaxed: an answer in the form before the last is as good for a lobby that changes it.
        forms[Int(lobby.raw)].store(form == .json ? 1 : 0, ordering: .relaxed)
    }

    func form(of lobby: LobbyIndex) -> ContentType {
        guard Int(lobby.raw) < names.capacity else { return .protobuf }
        return forms[Int(lobby.raw)].load(ordering: .relaxed) == 1 ? .json : .protobuf
    }

    /// The form for a lobby by its name; protobuf for one that never wrote.
    func form(of name: String) -> ContentType { index(of: name).map { form(of: $0) } ?? .protobuf }

    func name(of lobby: LobbyIndex) -> String? { names.name(at: lobby.raw) }
}
