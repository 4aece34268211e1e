// The side queues from the intake thread to the announcer: who must be told of a refusal, and
// which messages are kept aside. Bounded; what does not fit is counted, nobody waits.
import DaemonKit
import Wire

/// A message kept aside for inspection.
struct DeadLetter: Sendable, Equatable {
    /// Longest part of a message that is kept, in bytes.
    static let byteCountMax = 64 * 1024

    let subject: String
    let sequence: UInt64
    let reason: RejectCode
    let detail: String
    let body: [UInt8]
    let isCut: Bool
}

/// A refusal on its way to its sender.
struct Refusal: Sendable, Equatable {
    let rejection: RejectionMessage
    let form: ContentType
    /// Sequence of the refused message in the intake stream.
    let sequence: UInt64
}

/// The intake thread puts in, the announcer takes out.
final class RefusalDesk: Sendable {
    let refusals = HandoffQueue<Refusal>(capacity: 65_536)
    let deadLetters = HandoffQueue<DeadLetter>(capacity: 1_024)
    private let counters: MatchmakerCounters

    init(counters: MatchmakerCounters) { self.counters = counters }

    func put(_ refusal: Refusal) {
        if !refusals.push(refusal) { counters.intake.rejectionsDropped.add() }
    }

    func put(_ letter: DeadLetter) {
        if !deadLetters.push(letter) { counters.intake.deadLettersDropped.add() }
    }
}
