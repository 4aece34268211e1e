// Puts open messages of the past back on their way into the core, in stream order. Runs on the
// starting thread while the tick thread already drains; waits where the ring is full, which it
// alone may do, since no live message comes before it is done.
import DaemonKit
import MatchCore
import Wire

/// Reads open messages again and hands them over.
struct Restorer {
    let stream: JetStream
    let handler: IntakeHandler

    /// Hands over the messages with these sequences, in rising order; returns how many.
    /// - Throws: `NATSError`.
    func restore(_ sequences: [UInt64], _ survey: IntakeSurvey) throws(NATSError) -> Int {
        guard let first = sequences.first else { return 0 }
        // All kept or all read again, so that the order of the stream holds among them.
        guard let kept = survey.commands(of: sequences) else {
            return try read(sequences, from: first)
        }
        for message in kept {
            while !handler.restore(message.commands, form: message.form) { rest() }
        }
        return kept.count
    }

    /// Hands over what the core must know before it takes any message.
    func restore(_ commands: [Command]) {
        for command in commands {
            while !handler.restore(command) { rest() }
        }
    }

    private func read(_ sequences: [UInt64], from first: UInt64) throws(NATSError) -> Int {
        var next = 0
        _ = try stream.read(
            stream: StreamName.intake, subject: Subject.allIntake, from: first
        ) { message in
            guard let place = message.place else { return }
            // A message whose age ran out between the two reads is passed over.
            while next < sequences.count && sequences[next] < place.sequence { next += 1 }
            guard next < sequences.count && sequences[next] == place.sequence else { return }
            while !handler.restore(message, place) { rest() }
            next += 1
        }
        return next
    }

    /// Gives the tick thread time to empty the ring.
    private func rest() {
        MonotonicClock.sleep(until: MonotonicClock.nowNanoseconds() + 1_000_000)
    }
}
