// The bounded ways between the threads of a game server, and what is said on them. Each queue has
// one sending and one receiving thread.
import DaemonKit
import MatchCore
import ServerTrust
import Wire

/// A request from the platform that could be read.
struct ServerRequest: Sendable {
    enum Body: Sendable {
        case claim(ClaimMessage)
        case release(ReleaseMessage)
    }

    let body: Body
    /// The form of the request, in which it is answered.
    let form: ContentType
    let replySubject: String
}

/// What players do, from the session thread.
enum PlayerNews: Sendable {
    /// A token that is the platform's, for this server and still valid.
    case join(LineConnectionID, JoinToken)
    case focus(LineConnectionID, PlayerID)
    /// Of a connection that has sent a token before.
    case gone(LineConnectionID)
}

/// What the session thread is to do.
enum SessionOrder: Sendable {
    /// The player is in; the line is his welcome.
    case admit(LineConnectionID, String)
    case line([LineConnectionID], String)
    /// A last line; then the connections are closed.
    case finish([LineConnectionID], String)
}

/// All ways between the threads.
final class WorldDesk: Sendable {
    /// From the messaging library's thread to the world.
    let requests = HandoffQueue<ServerRequest>(capacity: 1_024)
    /// From the session thread to the world.
    let news = HandoffQueue<PlayerNews>(capacity: 8_192)
    /// From the world to the session thread.
    let orders = HandoffQueue<SessionOrder>(capacity: 16_384)
    /// From the world to the report thread.
    let reports = HandoffQueue<ReportMessage>(capacity: 4_096)
    /// From the report thread to the world: final reports that are stored.
    let stored = HandoffQueue<AttemptName>(capacity: 4_096)
}

/// The sending end of a way on which nothing may be lost: keeps what the queue has no room for.
/// What is kept is bounded by what causes it: connections, and matches that are held.
struct PatientSender<Element: Sendable> {
    private let queue: HandoffQueue<Element>
    private var kept: [Element] = []

    init(_ queue: HandoffQueue<Element>) { self.queue = queue }

    /// True while the other end does not keep up.
    var isBehind: Bool { !kept.isEmpty }

    mutating func send(_ element: Element) {
        if kept.isEmpty && queue.push(element) { return }
        kept.append(element)
    }

    /// Hands over what was kept, as far as there is room now.
    mutating func flush() {
        var sent = 0
        while sent < kept.count, queue.push(kept[sent]) { sent += 1 }
        if sent > 0 { kept.removeFirst(sent) }
    }
}
