// The report thread: publishes reports until JetStream has stored each one, in their order, and
// only then lets go of what the spool keeps of them.
import DaemonKit
import ServerTrust
import Wire

/// Publishes reports.
final class ReportAgent: Agent {
    private let subject: String
    private let form: ContentType
    private let key: NamedKey
    private let publisher: StreamPublisher
    private let spool: ReportSpool
    private let desk: WorldDesk
    private let counters: WorldCounters
    private var stored: PatientSender<AttemptName>
    private var due: [ReportMessage]
    private var retryAt: UInt64 = 0
    private var retryWait: UInt64 = 0

    private static let countPerRound = 256
    private static let retryWaitMin: UInt64 = 50_000_000
    private static let retryWaitMax: UInt64 = 1_000_000_000
    private static let finishNanoseconds: UInt64 = 5_000_000_000

    /// - Parameters:
    ///   - key: signs the reports.
    ///   - first: final reports that an earlier run could not get stored.
    init(
        region: String, form: ContentType, key: NamedKey, publisher: StreamPublisher,
        spool: ReportSpool, desk: WorldDesk, counters: WorldCounters, first: [ReportMessage]
    ) {
        subject = Subject.result(region: region)
        self.form = form
        self.key = key
        self.publisher = publisher
        self.spool = spool
        self.desk = desk
        self.counters = counters
        stored = PatientSender(desk.stored)
        due = first
    }

    func step(nowNanoseconds: UInt64) -> Int {
        stored.flush()
        if nowNanoseconds < retryAt { return 0 }
        collect()
        return due.isEmpty ? 0 : publish(timeoutMilliseconds: 2_000)
    }

    /// Publishes what is left, for some seconds; what is not stored then is in the spool.
    func finish() {
        let deadline = MonotonicClock.nowNanoseconds() + ReportAgent.finishNanoseconds
        while MonotonicClock.nowNanoseconds() < deadline {
            collect()
            if due.isEmpty { return }
            if publish(timeoutMilliseconds: 500) == 0 {
                MonotonicClock.sleep(until: MonotonicClock.nowNanoseconds() + 20_000_000)
            }
        }
    }

    private func collect() {
        while due.count < ReportAgent.countPerRound, let report = desk.reports.pop() {
            due.append(report)
        }
    }

    /// Publishes one batch; returns how many were stored.
    private func publish(timeoutMilliseconds: Int64) -> Int {
        let batch = Array(due.prefix(ReportAgent.countPerRound))
        let results = publisher.publish(
            batch.map(message), timeoutMilliseconds: timeoutMilliseconds)
        var kept: [ReportMessage] = []
        for (report, result) in zip(batch, results) {
            if result.isStored { noteStored(report) } else { kept.append(report) }
        }
        counters.reportFailures.add(kept.count)
        due = kept + due.dropFirst(batch.count)
        backOff(hasFailed: !kept.isEmpty)
        return batch.count - kept.count
    }

    private func message(_ report: ReportMessage) -> StreamMessage {
        let body = report.encoded(as: form)
        let seal = ReportSeal.header(subject: subject, body: body, signedBy: key)
        return StreamMessage(
            subject: subject, messageID: report.messageIdentifier,
            headers: MessageHeaders.of(form) + [NATSHeader(HeaderName.seal, seal)], body: body)
    }

    private func noteStored(_ report: ReportMessage) {
        counters.reports[report.body.kind].add()
        guard report.body.kind.isFinal else { return }
        let name = AttemptName(report.match, report.attempt)
        // A file that cannot be removed is published again by the next run, under the same id.
        do throws(SystemError) { try spool.forget(name) } catch { counters.spoolFailures.add() }
        stored.send(name)
    }

    private func backOff(hasFailed: Bool) {
        if hasFailed {
            retryWait =
                retryWait == 0
                ? ReportAgent.retryWaitMin : min(retryWait * 2, ReportAgent.retryWaitMax)
            retryAt = MonotonicClock.nowNanoseconds() + retryWait
        } else {
            retryWait = 0
            retryAt = 0
        }
    }
}
