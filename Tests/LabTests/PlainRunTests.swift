// Plain streams: everybody is matched, and a rule whose figures are published comes out at them.
import Testing

@testable import Lab

@Suite struct PlainRunTests {
    private func study(tickets: Int, seeds: Range<UInt64>) throws -> PlainStudy {
        let workload = try LabWorkloadReader.load(file: LabFixture.file("W1"))
        let plain = try #require(workload.plain)
        return PlainStudy(workload, plain, tickets: tickets, seeds: Array(seeds))
    }

    @Test func theStreamIsThePublishedOne() throws {
        let workload = try LabWorkloadReader.load(file: LabFixture.file("W1"))
        let plain = try #require(workload.plain)
        #expect(plain.tickets == 600 && plain.ticketsPerSecond == 1)
        #expect(plain.mean == 1500 && plain.deviation == 350)
        let instance = PlainInstance(plain, tickets: 20_000, seed: 1)
        #expect(abs((instance.seconds.last ?? 0) / 20_000 - 1) < 0.03)
        let ratings = Sample(instance.ratings)
        #expect(abs(ratings.mean - 1500) < 10)
        #expect(abs(ratings.percentile(0.841) - 1850) < 15)
        #expect(zip(instance.seconds, instance.seconds.dropFirst()).allSatisfy { $0 < $1 })
    }

    /// Weight, published mean wait and mean fairness of one instance of 600 players.
    static let published = [(30.0, 3.75, 0.795), (60, 5.56, 0.849), (100, 7.07, 0.884)]

    @Test("the yardstick rule gives its published figures", arguments: published)
    func yardstick(weight: Double, wait: Double, fairness: Double) throws {
        var study = try study(tickets: 600, seeds: 1..<5)
        let line = PolicyLine(
            kind: .combinedWait, setting: "", rules: [study.rules], scale: weight)
        try study.run(line)
        // One instance's own noise: a tenth of the wait, 0.015 of the fairness.
        #expect(abs(study.lines[0].mean(\.wait).mean / wait - 1) < 0.1)
        #expect(abs(study.lines[0].mean(\.fairness).mean - fairness) < 0.015)
    }

    @Test func moreAllowedWaitNeverReducesFairness() throws {
        var study = try study(tickets: 600, seeds: 1..<4)
        let settings = study.wanted(withPeers: false)
        for line in settings where line.setting.hasSuffix("0/s") || line.setting.hasSuffix("5/s") {
            try study.run(line)
        }
        let points = study.lines.map { ($0.mean(\.wait).mean, $0.mean(\.fairness).mean) }
            .sorted { $0.0 < $1.0 }
        #expect(points.count >= 4)
        #expect(zip(points, points.dropFirst()).allSatisfy { $0.1 <= $1.1 })
    }

    @Test func whoIsLeftAtTheEndIsMatchedByRating() throws {
        let setup = PolicySetup(
            rules: [LabFixture.rules(teamSize: 2)], regionCount: 1, tickSeconds: 1, seed: 1)
        var run = PlainRun(
            PlainInstance(
                seconds: [1, 2, 3, 4, 5, 6, 7, 8],
                ratings: [1000, 2000, 1010, 2010, 1020, 2020, 1030, 2030]), setup: setup)
        let result = run.run(try LabFixture.policy(.combinedWait, teamSize: 2))
        #expect(result.leftOver == 1)
        #expect(result.wait == 3.5)
        // 1000 and 1030 against 1010 and 1020: even teams, all within 15 of the median.
        #expect(result.fairness == 1)
        #expect(result.deviation == 10)
        #expect(result.cost(weight: 0.1) == 4.5)
    }
}
