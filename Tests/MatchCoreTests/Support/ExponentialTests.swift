// The core's own exponential function against Foundation's.

import Foundation
import Testing

@testable import MatchCore

/// MM-07.
@Suite struct ExponentialTests {
    @Test func agreesWithFoundation() {
        var random = Random(seed: 1)
        var worst = 0.0
        for step in 0..<20_000 {
            let exponent =
                step % 2 == 0
                ? -Double(random.next() >> 11) / Double(1 << 53) * 700
                : -Double(random.next() >> 11) / Double(1 << 53) * 3
            let expected = exp(exponent)
            worst = max(worst, abs(exponential(exponent) - expected) / expected)
        }
        #expect(worst < 1e-12)
        #expect(exponential(0) == 1)
        #expect(exponential(-0.0) == 1)
        #expect(exponential(-1e9) == 0)
        #expect(exponential(-.infinity) == 0)
    }

    @Test func powersOfTenAgreeWithFoundation() {
        for step in 0...3000 {
            let exponent = -Double(step) / 100
            #expect(abs(powerOfTen(exponent) / pow(10, exponent) - 1) < 1e-12)
        }
    }
}
