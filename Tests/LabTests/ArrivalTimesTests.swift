// Arrivals follow the rate that the workload states: on average, over the day, in crowds and
// outages.
import Testing

@testable import Lab

@Suite struct ArrivalTimesTests {
    private func arrivals(
        hourly: [Double] = [], crowds: [LabCrowd] = [], outages: [LabOutage] = []
    ) -> LabArrivals {
        LabArrivals(
            playersPerSecond: [1], initialTickets: 0, daySeconds: 86_400, startHour: 0,
            hourly: hourly, crowds: crowds, outages: outages)
    }

    private func times(_ arrivals: LabArrivals, rate: Double, until end: Double) -> [Double] {
        var process = ArrivalTimes(
            arrivals, homes: [], ticketsPerSecond: rate, random: LabRandom(seed: 5, stream: 1))
        var times: [Double] = []
        while true {
            let time = process.next()
            if time > end { return times }
            times.append(time)
        }
    }

    @Test func gapsAreExponential() {
        let times = times(arrivals(), rate: 2, until: 50_000)
        let gaps = Sample(zip(times.dropFirst(), times).map { $0 - $1 })
        // 100,000 gaps: the mean's standard error is 0.3 %.
        #expect(abs(gaps.mean - 0.5) < 0.01)
        #expect(abs(gaps.percentile(0.5) - 0.5 * 0.6931) < 0.01)
        let mean = gaps.mean
        let variance = gaps.values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        #expect(abs(variance / Double(gaps.count) - 0.25) < 0.02)
    }

    @Test func theDayHasItsCourse() {
        var hourly = [Double](repeating: 1, count: 24)
        hourly[20] = 7
        let times = times(arrivals(hourly: hourly), rate: 2, until: 86_400)
        #expect(abs(Double(times.count) / 86_400 - 2) < 0.05)
        let hour = { (number: Double) in
            Double(times.count { abs($0 / 3_600 - number) < 0.25 })
        }
        #expect(abs(hour(20) / hour(8) - 7 * 7 / 8) < 1.5)
    }

    @Test func aCrowdMultipliesAndAnOutageStopsAndComesBack() {
        let plan = arrivals(
            crowds: [LabCrowd(atSeconds: 1_000, seconds: 1_000, factor: 5)],
            outages: [LabOutage(atSeconds: 4_000, seconds: 600, reconnectSeconds: 60)])
        let times = times(plan, rate: 2, until: 6_000)
        func count(_ range: Range<Double>) -> Double { Double(times.count { range.contains($0) }) }
        #expect(abs(count(1_000..<2_000) / 10_000 - 1) < 0.05)
        #expect(count(4_000..<4_600) == 0)
        // The 1,200 that were kept out come within a minute, besides 120 others.
        #expect(abs(count(4_600..<4_660) / 1_320 - 1) < 0.1)
        #expect(abs(count(5_000..<6_000) / 2_000 - 1) < 0.1)
    }

}
