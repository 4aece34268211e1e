// Reads a record block by block from wherever its bytes come. A file that was cut (by a kill,
// a full disk) reads up to its last whole block; what comes after a damaged block is not used,
// since the run cannot go on across a gap.
import MatchCore

/// Reads one record.
package struct RecordReader {
    /// Gives the next bytes, at most as many as asked for; none at the end.
    package typealias Source = (Int) throws(RecordError) -> [UInt8]

    /// How a record ended.
    package enum Ending: Sendable, Equatable {
        /// Not there yet.
        case open
        /// With its last entry.
        case whole(RecordEnd)
        /// Without one: the file stops, or is damaged, at this byte.
        case cut(offset: Int)
    }

    package let header: RecordHeader
    package private(set) var ending = Ending.open
    /// Commands of the tick that `next` gave last.
    package private(set) var commands: [Command] = []
    private let source: Source
    private var block = ByteReader([])
    private var blockOffset: Int
    private var nextOffset: Int
    private var lastTick: Int32
    private var quietLeft = 0

    /// Reads the header.
    /// - Throws: `RecordError` if this is no record that can be read.
    package init(_ source: @escaping Source) throws(RecordError) {
        self.source = source
        let start = try RecordReader.bytes(RecordFormat.magic.count + 4, from: source)
        guard start.starts(with: RecordFormat.magic), start.count == RecordFormat.magic.count + 4
        else { throw .notARecord }
        let version = RecordReader.word(start, at: RecordFormat.magic.count)
        guard version == RecordFormat.version else {
            throw .otherVersion(version)
        }
        guard let content = try RecordReader.block(from: source) else { throw .notARecord }
        var reader = ByteReader(content)
        do throws(ByteError) {
            guard try reader.byte() == RecordFormat.Tag.header.rawValue else {
                throw ByteError(what: "no header stands first")
            }
            header = try reader.header()
        } catch {
            throw .malformed(offset: start.count, what: error.what)
        }
        blockOffset = start.count
        nextOffset = start.count + RecordFormat.blockHeadByteCount + content.count
        lastTick = header.firstTick.raw
    }

    /// The next step of the run; nil at the end, and `ending` then says how it ended.
    package mutating func next() throws(RecordError) -> RecordEntry? {
        if quietLeft > 0 { return quietTick() }
        while block.isAtEnd {
            guard ending == .open, try readBlock() else { return nil }
        }
        do throws(ByteError) {
            return try entry()
        } catch {
            throw .malformed(offset: blockOffset, what: error.what)
        }
    }

    /// False if there is no further whole block.
    private mutating func readBlock() throws(RecordError) -> Bool {
        guard let content = try RecordReader.block(from: source) else {
            ending = .cut(offset: nextOffset)
            return false
        }
        blockOffset = nextOffset
        nextOffset += RecordFormat.blockHeadByteCount + content.count
        block = ByteReader(content)
        return true
    }

    private mutating func entry() throws(ByteError) -> RecordEntry {
        let raw = try block.byte()
        switch RecordFormat.Tag(rawValue: raw) {
        case .rules: return .rules(try block.rules())
        case .tick: return .tick(try tick())
        case .quietTicks:
            quietLeft = try block.count(max: Int(Int32.max - max(lastTick, 0)))
            guard quietLeft > 0 else { throw ByteError(what: "no quiet ticks") }
            return quietTick()
        case .checkpoint:
            return .checkpoint(
                Checkpoint(
                    stateHash: try block.whole(), matchCount: try block.number(),
                    waitingCount: try block.number()))
        case .end:
            let raw = try block.byte()
            guard let end = RecordEnd(rawValue: raw), block.isAtEnd else {
                throw ByteError(what: "\(raw) is no way to end")
            }
            ending = .whole(end)
            return .end(end)
        case .header, nil: throw ByteError(what: "\(raw) is no kind of entry")
        }
    }

    private mutating func tick() throws(ByteError) -> Tick {
        let step: UInt32 = try block.number()
        guard step >= 1, let tick = Int32(exactly: Int64(lastTick) + Int64(step)) else {
            throw ByteError(what: "a tick does not come after the one before")
        }
        lastTick = tick
        let count = try block.count(max: RecordFormat.blockByteCountMax)
        commands.removeAll(keepingCapacity: true)
        for _ in 0..<count { commands.append(try block.command()) }
        return Tick(tick)
    }

    private mutating func quietTick() -> RecordEntry {
        quietLeft -= 1
        lastTick += 1
        commands.removeAll(keepingCapacity: true)
        return .tick(Tick(lastTick))
    }

    // MARK: - Blocks

    /// The content of the next block; nil if there is none, or none that is whole.
    private static func block(from source: Source) throws(RecordError) -> [UInt8]? {
        let head = try bytes(RecordFormat.blockHeadByteCount, from: source)
        guard head.count == RecordFormat.blockHeadByteCount else { return nil }
        let count = Int(word(head, at: 0))
        guard count >= 1 && count <= RecordFormat.blockByteCountMax else { return nil }
        let content = try bytes(count, from: source)
        guard content.count == count, Checksum.of(content) == word(head, at: 4) else { return nil }
        return content
    }

    /// So many bytes, or fewer at the end of the file.
    private static func bytes(
        _ count: Int, from source: Source
    ) throws(RecordError) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let more = try source(count - bytes.count)
            if more.isEmpty { break }
            bytes += more
        }
        return bytes
    }

    private static func word(_ bytes: [UInt8], at offset: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) }
    }
}
