// Summaries of values: percentiles between two values, errors of means.
import Testing

@testable import Lab

@Suite struct SampleTests {
    @Test func aPercentileLiesBetweenItsNeighbours() {
        let sample = Sample([40, 10, 30, 20])
        #expect(sample.percentile(0) == 10)
        #expect(sample.percentile(0.5) == 25)
        #expect(sample.percentile(1) == 40)
        #expect(sample.mean == 25)
    }

    @Test func theErrorOfAMeanFallsWithTheRootOfTheCount() {
        let few = Estimate([1, 3])
        #expect(few.mean == 2)
        #expect(few.error == 1)
        let many = Estimate([1, 3, 1, 3, 1, 3, 1, 3])
        #expect(many.error < few.error / 1.9)
        #expect(Estimate([.nan, 5]).mean == 5)
    }
}
