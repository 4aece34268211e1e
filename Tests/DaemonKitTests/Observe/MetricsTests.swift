// Metrics and their text form: values, labels, escapes, reloads, races, and promtool's opinion.
import Foundation
import Testing

@testable import DaemonKit

@Suite struct MetricsTests {
    private func text(_ registry: MetricsRegistry) -> String {
        String(decoding: registry.render(), as: UTF8.self)
    }

    @Test func aCounterShowsWhatWasAdded() {
        let registry = MetricsRegistry()
        let counter = registry.counter("mm_things_total", help: "Things.")
        counter.add()
        counter.add(41)
        #expect(
            text(registry)
                == "# HELP mm_things_total Things.\n# TYPE mm_things_total counter\n"
                + "mm_things_total 42\n")
    }

    @Test func aGaugeShowsItsLastValue() {
        let registry = MetricsRegistry()
        let gauge = registry.gauge("mm_depth", help: "Depth.")
        gauge.set(7)
        gauge.add(-0.5)
        #expect(text(registry).hasSuffix("\nmm_depth 6.5\n"))
    }

    @Test func aHistogramCountsEachValueOnceUpToItsInclusiveBound() {
        let registry = MetricsRegistry()
        let histogram = registry.histogram("mm_wait_seconds", help: "Wait.", bounds: [0.5, 1, 2])
        for value in [0.1, 0.5, 0.6, 2.0, 2.1, 1e9, Double.nan] { histogram.observe(value) }
        let lines = text(registry).split(separator: "\n").dropFirst(2).map(String.init)
        #expect(
            lines == [
                "mm_wait_seconds_bucket{le=\"0.5\"} 2", "mm_wait_seconds_bucket{le=\"1\"} 3",
                "mm_wait_seconds_bucket{le=\"2\"} 4", "mm_wait_seconds_bucket{le=\"+Inf\"} 6",
                "mm_wait_seconds_sum 1000000005.3", "mm_wait_seconds_count 6",
            ])
    }

    @Test func labelValuesAndHelpTextsAreEscaped() {
        let registry = MetricsRegistry()
        let series = registry.counters(
            "mm_odd_total", help: "back\\slash\nline", label: "why", values: ["a\"b\\c\nd"])
        series[0].add()
        #expect(text(registry).contains("# HELP mm_odd_total back\\\\slash\\nline\n"))
        #expect(text(registry).contains("mm_odd_total{why=\"a\\\"b\\\\c\\nd\"} 1\n"))
    }

    @Test(arguments: [
        (0.0, "0"), (-3, "-3"), (0.005, "0.005"), (1e-7, "1e-07"), (.infinity, "+Inf"),
        (-.infinity, "-Inf"), (.nan, "NaN"), (9_007_199_254_740_991, "9007199254740991"),
        (1e300, "1e+300"),
    ])
    func numbersAreWrittenExactly(value: Double, expected: String) {
        #expect(MetricText.number(value) == expected)
    }

    @Test func aReloadKeepsMetricsThatStayAndDropsThoseThatGo() {
        let registry = MetricsRegistry()
        let family = registry.counterFamily("mm_x_total", help: "X.", labels: ["queue", "region"])
        let old = family.replace([["a", "eu"], ["b", "eu"]])
        old[0].add(1)
        old[1].add(2)
        let new = family.replace([["b", "eu"], ["c", "na"]])
        #expect(new[0] === old[1])
        new[1].add(3)
        // A writer that still holds the old table does no harm.
        old[0].add(10)
        let lines = text(registry).split(separator: "\n").dropFirst(2)
        #expect(
            lines == [
                "mm_x_total{queue=\"b\",region=\"eu\"} 2",
                "mm_x_total{queue=\"c\",region=\"na\"} 3",
            ])
    }

    @Test func nothingIsLostWhenThreadsWriteReloadAndScrapeAtOnce() {
        let registry = MetricsRegistry()
        let counter = registry.counter("mm_a_total", help: "A.")
        let histogram = registry.histogram("mm_b", help: "B.", bounds: [1, 2, 3])
        let family = registry.gaugeFamily("mm_c", help: "C.", labels: ["n"])
        DispatchQueue.concurrentPerform(iterations: 4) { thread in
            for round in 0..<2_000 {
                counter.add()
                histogram.observe(Double(round % 5))
                if round % 100 == 0 { family.replace([["\(thread)"], ["x"]])[1].set(round) }
                if round % 200 == 0 { _ = registry.render() }
            }
        }
        #expect(counter.value == 8_000)
        #expect(histogram.count == 8_000)
        #expect(histogram.total == 4 * 2_000 * 2.0)
    }

    @Test func promtoolFindsNoFault() throws {
        guard let promtool = executable("promtool") else { return }
        let registry = MetricsRegistry()
        ProcessMetrics.register(in: registry)
        registry.counters("mm_rejected_total", help: "No.", label: "reason", values: ["a", "b"])[0]
            .add(3)
        registry.histograms(
            "mm_wait_seconds", help: "Wait \\ in\nseconds.", label: "queue", values: ["q \"1\""],
            bounds: [0.001, 0.1, 1])[0].observe(0.5)
        registry.gaugeFamily("mm_waiting", help: "Waiting.", labels: ["queue", "region"])
            .replace([["a", "eu"]])[0].set(5)
        let process = Process()
        process.executableURL = URL(filePath: promtool)
        process.arguments = ["check", "metrics"]
        let input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(registry.render()))
        try input.fileHandleForWriting.close()
        let complaints = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(complaints == "")
    }

    @Test func processMetricsAreAlive() {
        let registry = MetricsRegistry()
        ProcessMetrics.register(in: registry)
        let samples = text(registry).split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(samples.count == 4)
        for sample in samples {
            let value = Double(sample.split(separator: " ")[1]) ?? 0
            #expect(value > 0, "\(sample)")
        }
    }

    @Test func aCounterWithoutTotalIsAProgrammerError() async {
        await #expect(processExitsWith: .failure) {
            _ = MetricsRegistry().counter("mm_things", help: "Things.")
        }
    }

    private func executable(_ name: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return path.split(separator: ":").map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
