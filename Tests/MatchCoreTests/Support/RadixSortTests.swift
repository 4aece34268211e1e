// The anchors' sort: by the sorted part of the order alone, and stable below it.

import Testing

@testable import MatchCore

/// MM-01.
@Suite struct RadixSortTests {
    @Test(arguments: [0, 1, 2, 255, 5000])
    func sortsStablyByTheSortedPart(_ count: Int) {
        let memory = TestMemory()
        var arena = memory.arena
        let rows = arena.take(AnchorRow.self, count: max(count, 1))
        let scratch = arena.take(AnchorRow.self, count: max(count, 1))
        let record = arena.take(TicketRecord.self, count: 1)
        let histogram = arena.take(Int32.self, count: 256)
        var random = Random(seed: 6)
        // Masks leave some bytes equal in all rows, so that passes are skipped.
        for mask in [UInt64.max, 0xFF_0000, 0x8000_00F0_000F_0000, 0xFFFF, 0] {
            var given: [(order: UInt64, arrival: Int32)] = []
            for position in 0..<count {
                let order = random.next() & mask
                given.append((order, Int32(position)))
                rows[position] = AnchorRow(
                    record[0], slot: position, bucket: 0, isBestRegion: true, isNewcomer: false)
                rows[position].order = order
            }
            radixSort(
                UnsafeMutableBufferPointer(start: rows.base, count: count),
                scratch: UnsafeMutableBufferPointer(start: scratch.base, count: max(count, 1)),
                histogram: histogram)
            let expected = given.sorted {
                let left = $0.order >> AnchorRow.ratingShift
                let right = $1.order >> AnchorRow.ratingShift
                return left == right ? $0.arrival < $1.arrival : left < right
            }
            let found = (0..<count).map { rows[$0].slot }
            #expect(found == expected.map(\.arrival))
        }
    }
}
