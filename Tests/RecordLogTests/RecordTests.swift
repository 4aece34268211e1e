// Whole records: what is written is read, in order; cuts and damage lose the end alone.
import MatchCore
import Testing

@testable import RecordLog

@Suite struct RecordTests {
    /// A record of some hundred ticks in several blocks, and what it should say.
    private func record(seed: UInt64, end: RecordEnd? = .stopped) -> (bytes: [UInt8], [String]) {
        var draw = SystemDraw(seed: seed)
        var writer = RecordWriter(Sample.header)
        var bytes = writer.takeSealed()
        var told: [String] = []
        var tick: Int32 = 0
        for step in 0..<300 {
            tick += draw.below(20) == 0 ? Int32(2 + draw.below(5)) : 1
            let count = draw.below(3) == 0 ? draw.below(6) : 0
            writer.begin(Tick(tick), commandCount: count)
            told.append("\(RecordEntry.tick(Tick(tick)))")
            for _ in 0..<count {
                let command = Sample.command(kind: draw.below(10), &draw)
                writer.add(command)
                told.append("\(command)")
            }
            if step == 120 {
                let rules = RecordedRules(version: 99, path: "new", text: [1, 2, 3])
                writer.add(rules)
                told.append("\(RecordEntry.rules(rules))")
            }
            if step % 50 == 49 {
                let checkpoint = Checkpoint(
                    stateHash: draw.next(), matchCount: UInt64(step), waitingCount: 4)
                writer.add(checkpoint)
                told.append("\(RecordEntry.checkpoint(checkpoint))")
            }
            if draw.below(10) == 0 {
                writer.seal()
                bytes += writer.takeSealed()
            }
        }
        if let end {
            writer.end(end)
            told.append("\(RecordEntry.end(end))")
        } else {
            writer.seal()
        }
        return (bytes + writer.takeSealed(), told)
    }

    @Test(arguments: [1, 2, 7, 4_096, Int.max])
    func whatIsWrittenIsRead(piece: Int) throws {
        let (bytes, expected) = record(seed: 5)
        let (steps, ending) = try told(bytes, piece: piece)
        #expect(steps == expected)
        #expect(ending == .whole(.stopped))
        #expect(try RecordReader(source(bytes)).header == Sample.header)
    }

    @Test(arguments: RecordEnd.allCases) func theReasonOfTheEndIsKept(end: RecordEnd) throws {
        #expect(try told(record(seed: 6, end: end).bytes).1 == .whole(end))
    }

    @Test func withoutItsEndARecordIsCutWhereTheFileStops() throws {
        let (bytes, expected) = record(seed: 7, end: nil)
        let (steps, ending) = try told(bytes)
        #expect(steps == expected)
        #expect(ending == .cut(offset: bytes.count))
    }

    @Test func aCutAnywhereLosesTheEndAlone() throws {
        let (bytes, expected) = record(seed: 8)
        var longest = 0
        for length in stride(from: 0, to: bytes.count, by: 13) {
            do {
                let (steps, ending) = try told(Array(bytes[..<length]))
                #expect(steps == Array(expected[..<steps.count]))
                #expect(steps.count >= longest)
                longest = steps.count
                guard case .cut(let offset) = ending else {
                    Issue.record("a record cut at \(length) does not say so")
                    return
                }
                #expect(offset <= length)
            } catch let error as RecordError {
                // Only where not even the header is whole.
                #expect(error == .notARecord && longest == 0)
            }
        }
        #expect(longest > expected.count / 2)
    }

    @Test func aFlippedBitEndsTheRecordAtItsBlock() throws {
        let (bytes, expected) = record(seed: 9)
        var draw = SystemDraw(seed: 10)
        for _ in 0..<200 {
            var damaged = bytes
            let place = 200 + draw.below(bytes.count - 200)
            damaged[place] ^= UInt8(1 << draw.below(8))
            let (steps, ending) = try told(damaged)
            #expect(steps == Array(expected[..<steps.count]))
            guard case .cut(let offset) = ending else {
                Issue.record("damage at \(place) was not noticed")
                return
            }
            #expect(offset <= place)
        }
    }

    @Test func otherFilesAreRefused() {
        #expect(throws: RecordError.notARecord) { try RecordReader(source([])) }
        let text = Array("{ version: 1, regions: [] }".utf8)
        #expect(throws: RecordError.notARecord) { try RecordReader(source(text)) }
        var bytes = record(seed: 11).bytes
        bytes[8] = 200
        #expect(throws: RecordError.otherVersion(200)) { try RecordReader(source(bytes)) }
        // The layout before, which knew fewer limits.
        bytes[8] = 1
        #expect(throws: RecordError.otherVersion(1)) { try RecordReader(source(bytes)) }
    }

    @Test func aWholeBlockOfNonsenseIsNamedWithItsPlace() throws {
        var writer = RecordWriter(Sample.header)
        var bytes = writer.takeSealed()
        let place = bytes.count
        let content: [UInt8] = [77, 1, 2, 3]
        for value in [UInt32(content.count), Checksum.of(content)] {
            for shift in [0, 8, 16, 24] as [UInt32] {
                bytes.append(UInt8(truncatingIfNeeded: value >> shift))
            }
        }
        bytes += content
        var reader = try RecordReader(source(bytes))
        #expect(throws: RecordError.malformed(offset: place, what: "77 is no kind of entry")) {
            try reader.next()
        }
    }

    @Test func quietTicksCostNothing() throws {
        var writer = RecordWriter(Sample.header)
        _ = writer.takeSealed()
        for tick in 1...100_000 { writer.begin(Tick(Int32(tick)), commandCount: 0) }
        writer.end(.stopped)
        #expect(writer.takeSealed().count < 24)
    }
}
