// Parts start in order and stop in reverse; a part that fails takes the earlier ones down again.
import DaemonKit
import Testing

@Suite struct DaemonTests {
    private final class Trace {
        var lines: [String] = []
    }

    private func part(_ name: String, _ trace: Trace, fails: Bool = false) -> DaemonPart {
        DaemonPart(
            name,
            start: { () throws(StartFailure) in
                if fails { throw StartFailure(.unavailable, "no answer") }
                trace.lines.append("+\(name)")
            }, stop: { trace.lines.append("-\(name)") })
    }

    @Test func partsStopInReverse() throws {
        let trace = Trace()
        var daemon = Daemon(parts: [part("a", trace), part("b", trace), part("c", trace)])
        try daemon.start()
        daemon.stop()
        daemon.stop()
        #expect(trace.lines == ["+a", "+b", "+c", "-c", "-b", "-a"])
    }

    @Test func aFailedStartStopsWhatRuns() {
        let trace = Trace()
        var daemon = Daemon(parts: [part("a", trace), part("b", trace, fails: true)])
        do {
            try daemon.start()
            Issue.record("must throw")
        } catch {
            #expect(error == StartFailure(.unavailable, "b: no answer"))
        }
        #expect(trace.lines == ["+a", "-b", "-a"])
    }
}
