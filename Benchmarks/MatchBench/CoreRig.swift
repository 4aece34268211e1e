// A matchmaker with its memory and outbox, driven tick by tick with the clock round the tick alone.

import CAllocationCounter
import DaemonKit
import Glibc
import MatchCore

/// What the clock and the counters saw of one tick.
struct TickSample {
    var report: TickReport
    var seconds: Double
    /// Processor time of the tick's thread: what a busy neighbour does not lengthen.
    var cpuSeconds: Double
    var mallocs: UInt64
}

/// Sums over the matches that came out.
struct MatchTally {
    var matches = 0
    var tickets = 0
    var rangeSum = 0.0
    var deviationSum = 0.0
    var compositeSum = 0.0
    var fairnessSum = 0.0
    var expired = 0
    var rejected = 0
}

struct CoreRig: ~Copyable {
    private let memory: HugeMemory
    private var matchmaker: Matchmaker
    private var outbox: OutcomeProducer
    private let outcomes: OutcomeConsumer
    private var tick: Int32 = 1_000_000
    private(set) var tally = MatchTally()

    init(limits: Limits, rules: [QueueRules], seed: UInt64, outboxCapacity: Int = 1 << 17) throws {
        memory = try HugeMemory(byteCount: Matchmaker.memoryByteCount(limits))
        matchmaker = Matchmaker(
            limits: limits, rules: Rules(version: 1, queues: rules), seed: seed, epoch: 1,
            firstTick: Tick(tick), memory: memory.buffer)
        var producer = OutcomeProducer(capacity: outboxCapacity)
        outcomes = producer.takeConsumer()
        outbox = producer
    }

    var waitingCount: Int { matchmaker.waitingCount }
    var stateHash: UInt64 { matchmaker.stateHash }

    /// One tick; the outcomes are read after the clock has stopped, as the announcer would.
    mutating func run(_ commands: UnsafeBufferPointer<Command>) -> TickSample {
        tick += 1
        let mallocs = allocation_count()
        let cpuStart = seconds(CLOCK_THREAD_CPUTIME_ID)
        let start = seconds()
        let report = matchmaker.tick(Tick(tick), commands: commands, outbox: &outbox)
        let end = seconds()
        let cpuEnd = seconds(CLOCK_THREAD_CPUTIME_ID)
        let after = allocation_count()
        readOutcomes()
        return TickSample(
            report: report, seconds: end - start, cpuSeconds: cpuEnd - cpuStart,
            mallocs: after - mallocs)
    }

    private mutating func readOutcomes() {
        var seen = tally
        outcomes.drain(max: .max) { outcome in
            switch outcome {
            case .matched(let match):
                seen.matches += 1
                seen.rangeSum += Double(match.quality.ratingRangePoints)
                seen.deviationSum += Double(match.quality.ratingDeviationPoints)
                seen.compositeSum += Double(match.quality.composite)
                seen.fairnessSum += Double(match.quality.fairness)
            case .seat: seen.tickets += 1
            case .ratings, .players: break
            case .closed: seen.expired += 1
            case .rejected: seen.rejected += 1
            case .proposed, .substituted, .returned, .backfilled, .backfillEnded, .explained: break
            }
        }
        tally = seen
    }

    mutating func resetTally() { tally = MatchTally() }
}

/// A clock's time in seconds.
func seconds(_ clock: clockid_t = CLOCK_MONOTONIC) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
