// Reports as Markdown: one heading, the single figures, tables that a page can show.
import Testing

@testable import matchbench

@Suite struct ReportTests {
    @Test func aTableIsAlignedByKind() {
        var table = BenchTable([
            .init(key: "name", heading: "name"), .init(key: "wait", heading: "wait s", decimals: 1),
            .init(key: "origin", heading: "|o|"),
        ])
        table.add([.text("a"), .number(1.25, error: 0.5), .text("x")])
        table.add([.text("b"), .number(.nan), .text("y")])
        #expect(
            table.markdown == """
                | name | wait s | \\|o\\| |
                | --- | ---: | --- |
                | a | 1.3 ±0.5 | x |
                | b | - | y |
                """)
    }

    @Test func aReportIsAHeadingAParagraphAndTables() {
        var report = BenchReport("frontier: W0")
        report.add("seeds", "seeds", 5)
        report.add("rule", "", "all alike")
        var table = BenchTable([.init(key: "n", heading: "n")])
        table.add([.number(3)])
        report.add("lines", table)
        #expect(
            report.markdown == "### frontier: W0\n\nseeds 5; all alike.\n\n| n |\n| ---: |\n| 3 |")
    }
}
