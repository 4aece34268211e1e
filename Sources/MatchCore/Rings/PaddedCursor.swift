// A ring's cursor alone on its cache lines, so that the producer's stores do not take the line
// that the consumer reads (two lines, since processors fetch them in pairs).

import Synchronization

/// An atomic position with padding behind it.
struct PaddedCursor: ~Copyable {
    let position = Atomic<Int>(0)
    private let padding = InlineArray<15, UInt64>(repeating: 0)
}
