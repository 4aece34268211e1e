// The pages are whole in themselves: plots inside, nothing fetched, no stray numbers.
import Testing

@testable import Lab

@Suite struct PageTests {
    private func check(_ html: String, plots: Int) {
        #expect(html.hasPrefix("<!DOCTYPE html>"))
        #expect(html.hasSuffix("</body></html>\n"))
        #expect(html.ranges(of: "<svg ").count == plots)
        #expect(html.ranges(of: "<svg ").count == html.ranges(of: "</svg>").count)
        #expect(!html.contains("<script") && !html.contains("http") && !html.contains("src="))
        for number in ["nan", "inf"] {
            #expect(!html.contains(">\(number)") && !html.contains("\"\(number)"))
            #expect(!html.contains(",\(number)") && !html.contains(" \(number),"))
        }
    }

    @Test func aCrowdsPageHoldsItsPlots() throws {
        let workload = try LabFixture.workload(LabFixture.busy)
        var study = CrowdStudy(workload, seeds: [1, 2])
        for line in study.wanted(withPeers: true, isSwept: false) {
            try study.run(line, playersPerSecond: 0.5)
        }
        let html = CrowdPage(study).html
        check(html, plots: 4)
        #expect(html.contains("oldest-first window"))
    }

    @Test func aFrontiersPageSaysWhenTheOptimumIsMissing() throws {
        let workload = try LabWorkloadReader.load(file: LabFixture.file("W4"))
        let plain = try #require(workload.plain)
        var study = PlainStudy(workload, plain, tickets: 100, seeds: [1, 2])
        for line in study.wanted(withPeers: false) { try study.run(line) }
        study.solve(BoundSolver(python: "/no/such/python", script: "solve.py"))
        let html = PlainPage(study).html
        check(html, plots: 2)
        #expect(html.contains("there is no /no/such/python"))
        #expect(study.costRatio(.muster, weight: 0.02) == nil)
        #expect(study.optimumMissing.contains("there is no"))
    }
}
