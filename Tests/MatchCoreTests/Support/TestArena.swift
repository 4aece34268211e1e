// Memory for testing one part of the core by itself.

@testable import MatchCore

/// A block that lives as long as the test, with an arena over it.
final class TestMemory {
    private let block: UnsafeMutableRawBufferPointer

    init(byteCount: Int = 8 << 20) {
        block = .allocate(byteCount: byteCount, alignment: 64)
        _ = block.initializeMemory(as: UInt8.self, repeating: 0xA5)
    }

    deinit { block.deallocate() }

    var arena: Arena { Arena(block) }
}
