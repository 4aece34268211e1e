// `matchbench rings`: commands through the ingest ring and outcomes through the outcome ring,
// threads on both ends, beside a bare copy of the same bytes on one thread.

import DaemonKit
import Glibc
import MatchCore
import Synchronization

enum Rings {
    static let command = BenchCommand(
        name: "rings", summary: "Throughput of the ingest and the outcome ring.",
        options: [
            BenchOption.integer("commands", 4_000_000, 10_000...100_000_000, "Commands to pass."),
            BenchOption.integer("producers", 2, 1...8, "Threads that push."),
            BenchOption.integer("capacity", 65_536, 1024...1_048_576, "Cells; a power of two."),
        ],
        run: { config in
            let count = config.integer("commands")
            let capacity = config.integer("capacity")
            guard capacity & (capacity - 1) == 0 else {
                throw BenchError("--capacity must be a power of two")
            }
            let bare = copySeconds(count)
            let ingest = ingestSeconds(count, config.integer("producers"), capacity)
            let outcome = outcomeSeconds(count, capacity)
            var report = BenchReport("rings")
            report.add(
                "ingest_per_second", "ingest ring, commands per second",
                Double(count) / ingest.seconds)
            report.add(
                "ingest_refused", "pushes refused because it was full", Double(ingest.refused))
            report.add(
                "outcome_per_second", "outcome ring, records per second",
                Double(count) / outcome)
            report.add(
                "bare_per_second", "bare copy on one thread, per second", Double(count) / bare)
            report.add(
                "ratio_to_bare", "ingest ring to bare copy", bare / ingest.seconds, decimals: 4)
            report.add(
                "outcome_ratio_to_bare", "outcome ring to bare copy", bare / outcome, decimals: 4)
            return report
        })

    private static func command(_ number: Int) -> Command {
        .cancel(
            CancelRequest(
                ticket: TicketID(high: 1, low: UInt64(number)), lobby: LobbyIndex(0)))
    }

    private static func copySeconds(_ count: Int) -> Double {
        let buffer = UnsafeMutableBufferPointer<Command>.allocate(capacity: 65_536)
        defer { buffer.deallocate() }
        let start = seconds()
        for number in 0..<count { buffer[number & 65_535] = command(number) }
        return seconds() - start
    }

    private static func ingestSeconds(
        _ count: Int, _ producers: Int, _ capacity: Int
    ) -> (seconds: Double, refused: Int) {
        let consumer = IngestConsumer(capacity: capacity)
        let producer = consumer.producer
        let refused = Counted()
        let share = count / producers
        let start = seconds()
        let threads = (0..<producers).map { index in
            BenchThread {
                for number in 0..<share {
                    while !producer.push(command(index * share + number)) {
                        refused.value.add(1, ordering: .relaxed)
                        sched_yield()
                    }
                }
            }
        }
        let batch = UnsafeMutableBufferPointer<Command>.allocate(capacity: 4096)
        defer { batch.deallocate() }
        var taken = 0
        while taken < share * producers {
            let drained = consumer.drain(into: batch)
            taken += drained
            if drained == 0 { sched_yield() }
        }
        let end = seconds()
        for thread in threads { thread.join() }
        return (end - start, refused.value.load(ordering: .relaxed))
    }

    private static func outcomeSeconds(_ count: Int, _ capacity: Int) -> Double {
        var producer = OutcomeProducer(capacity: capacity)
        let end = ConsumerEnd(producer.takeConsumer())
        let start = seconds()
        let thread = BenchThread {
            var taken = 0
            var check: UInt64 = 0
            while taken < count {
                let drained = end.consumer.drain(max: 4096) { outcome in
                    if case .closed(let record) = outcome { check &+= record.ticket.low }
                }
                taken += drained
                if drained == 0 { sched_yield() }
            }
            precondition(check != 0)
        }
        let record = ClosedRecord(
            ticket: TicketID(high: 1, low: 2), waitTicks: 1, queue: QueueIndex(0),
            lobby: LobbyIndex(0), reason: .cancelled)
        var written = 0
        while written < count {
            let batch = min(64, count - written)
            while !producer.hasRoom(for: batch) { sched_yield() }
            for _ in 0..<batch { producer.write(.closed(record)) }
            producer.publish()
            written += batch
        }
        thread.join()
        return seconds() - start
    }
}

/// Something the user asked for that cannot be done.
struct BenchError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// A counter that several threads raise.
final class Counted: Sendable {
    let value = Atomic<Int>(0)
}

private final class ConsumerEnd: Sendable {
    let consumer: OutcomeConsumer
    init(_ consumer: consuming OutcomeConsumer) { self.consumer = consumer }
}
