// Turns the course of a run into blocks of bytes. Makes bytes only: its owner puts them into a
// file. Every block ends with a whole tick, so that a file cut anywhere reads up to the cut.
import MatchCore

/// Writes one record.
package struct RecordWriter {
    private var block = ByteWriter()
    private var sealed: [UInt8]
    private var lastTick: Int32
    private var quietCount = 0
    /// Commands that the tick in work has still to be given.
    private var commandsDue = 0

    /// Begins a record; its first bytes are ready to be taken.
    package init(_ header: RecordHeader) {
        sealed = RecordFormat.magic
        for shift in stride(from: UInt32(0), to: 32, by: 8) {
            sealed.append(UInt8(truncatingIfNeeded: RecordFormat.version >> shift))
        }
        lastTick = header.firstTick.raw
        block.byte(RecordFormat.Tag.header.rawValue)
        block.header(header)
        seal()
    }

    /// New rules, in force from the next tick on.
    package mutating func add(_ rules: RecordedRules) {
        startEntry(.rules)
        block.rules(rules)
    }

    /// A tick that takes `commandCount` commands, which must be added next.
    /// - Precondition: `tick` is later than the one before.
    package mutating func begin(_ tick: Tick, commandCount: Int) {
        precondition(commandsDue == 0 && commandCount >= 0 && tick.raw > lastTick)
        let step = Int64(tick.raw) - Int64(lastTick)
        lastTick = tick.raw
        if commandCount == 0 && step == 1 {
            quietCount += 1
            return
        }
        startEntry(.tick)
        block.number(UInt64(step))
        block.count(commandCount)
        commandsDue = commandCount
    }

    /// A command of the tick begun last.
    package mutating func add(_ command: Command) {
        precondition(commandsDue > 0)
        commandsDue -= 1
        block.command(command)
    }

    /// What the core looked like after the tick begun last.
    package mutating func add(_ checkpoint: Checkpoint) {
        precondition(commandsDue == 0)
        startEntry(.checkpoint)
        block.whole(checkpoint.stateHash)
        block.number(checkpoint.matchCount)
        block.number(checkpoint.waitingCount)
    }

    /// The record is over.
    package mutating func end(_ end: RecordEnd) {
        precondition(commandsDue == 0)
        startEntry(.end)
        block.byte(end.rawValue)
        seal()
    }

    /// A tick's commands are still due: a block cannot be sealed.
    package var isWithinTick: Bool { commandsDue > 0 }

    /// Bytes of the block in work; see `RecordFormat.blockByteCount`.
    package var pendingByteCount: Int { block.count }

    /// Closes the block in work, if it holds anything.
    package mutating func seal() {
        precondition(commandsDue == 0)
        flushQuietTicks()
        if block.count == 0 { return }
        let sum = Checksum.of(block.bytes)
        for value in [UInt32(block.count), sum] {
            for shift in stride(from: UInt32(0), to: 32, by: 8) {
                sealed.append(UInt8(truncatingIfNeeded: value >> shift))
            }
        }
        sealed += block.bytes
        block.removeAll()
    }

    /// Takes the bytes of all sealed blocks.
    package mutating func takeSealed() -> [UInt8] {
        let bytes = sealed
        sealed = []
        return bytes
    }

    private mutating func startEntry(_ tag: RecordFormat.Tag) {
        flushQuietTicks()
        block.byte(tag.rawValue)
    }

    private mutating func flushQuietTicks() {
        if quietCount == 0 { return }
        block.byte(RecordFormat.Tag.quietTicks.rawValue)
        block.count(quietCount)
        quietCount = 0
    }
}
