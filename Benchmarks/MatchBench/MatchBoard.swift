// What comes back to `matchbench nats`: each match with the moment of its announcement. Written on
// the NATS library's thread, read by the measuring one.

import DaemonKit
import MatchCore
import Synchronization
import Wire

/// A match as it was announced.
struct AnnouncedMatch {
    let match: MatchMessage
    let body: [UInt8]
    /// On the clock of `seconds()`.
    let at: Double

    var tickets: [SeatMessage] { match.teams.flatMap(\.seats) }
}

/// Collects the announcements of one run.
final class MatchBoard: Sendable {
    private let answered = Atomic<Int>(0)
    private let found = Locked<[AnnouncedMatch]>([])

    /// Tickets that are answered with a match.
    var ticketCount: Int { answered.load(ordering: .relaxed) }
    var matches: [AnnouncedMatch] { found.withLock { $0 } }

    func note(_ bytes: UnsafeRawBufferPointer, _ form: ContentType) {
        let at = seconds()
        guard case .matched(let match) = try? form.decodeEvent(bytes) else { return }
        let announced = AnnouncedMatch(match: match, body: Array(bytes), at: at)
        found.withLock { $0.append(announced) }
        answered.add(announced.tickets.count, ordering: .relaxed)
    }
}
