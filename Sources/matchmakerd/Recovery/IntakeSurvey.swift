// What a look through the intake stream has found: facts for the plan, and the commands of tickets
// that were never answered, so that the usual restart reads the stream only once.
import MatchCore
import Wire

/// The intake stream's past.
struct IntakeSurvey {
    /// Commands beyond this many are not kept (about 100 MB); they are then read again.
    static let commandCountMax = 1 << 20

    var facts: [IntakeFact] = []
    var backfills: [BackfillFact] = []
    var marks: [MarkFact] = []
    /// Tickets that refused or ignored a match, and what was said for them.
    var offenders: [OffenceHistory.Offender] = []
    var said: [OffenceHistory.Said] = []
    var pardons: [OffenceHistory.Pardon] = []
    /// Sequences of messages that cannot be read.
    var unreadable: [UInt64] = []
    private var kept: [KeptMessage] = []
    private var commands: [Command] = []

    private struct KeptMessage {
        let sequence: UInt64
        let form: ContentType
        let range: Range<Int>
    }

    /// Keeps a message's commands if there is room.
    mutating func keep(_ message: [Command], form: ContentType, sequence: UInt64) {
        guard commands.count + message.count <= IntakeSurvey.commandCountMax else { return }
        let range = commands.count..<(commands.count + message.count)
        commands += message
        kept.append(KeptMessage(sequence: sequence, form: form, range: range))
    }

    /// The commands of all these messages, or nil if one of them was not kept.
    /// - Precondition: `sequences` rise.
    func commands(of sequences: [UInt64]) -> [(form: ContentType, commands: ArraySlice<Command>)]? {
        var found: [(form: ContentType, commands: ArraySlice<Command>)] = []
        found.reserveCapacity(sequences.count)
        var next = 0
        for message in kept where next < sequences.count && message.sequence == sequences[next] {
            found.append((message.form, commands[message.range]))
            next += 1
        }
        return next == sequences.count ? found : nil
    }
}
