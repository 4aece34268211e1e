// The small parts: handoff queue, lock with wait, name suggestions, memory block, text files.
import DaemonKit
import Glibc
import Testing

@Suite struct SupportTests {
    @Test func handoffQueueKeepsOrderAndRefusesWhenFull() {
        let queue = HandoffQueue<Int>(capacity: 4)
        for round in 0..<10 {
            for index in 0..<4 { #expect(queue.push(round * 4 + index)) }
            #expect(!queue.push(-1))
            #expect(queue.count == 4)
            for index in 0..<4 { #expect(queue.pop() == round * 4 + index) }
            #expect(queue.pop() == nil)
        }
    }

    @Test func handoffQueueBetweenTwoThreadsLosesNothing() throws {
        final class Sender: Agent {
            let queue: HandoffQueue<Int>
            var next = 0
            init(_ queue: HandoffQueue<Int>) { self.queue = queue }
            func step(nowNanoseconds: UInt64) -> Int {
                guard next < 100_000, queue.push(next) else { return 0 }
                next += 1
                return 1
            }
        }
        let queue = HandoffQueue<Int>(capacity: 64)
        let runner = AgentRunner(name: "sender", idle: .standard, agent: Sender(queue))
        try runner.start()
        var expected = 0
        while expected < 100_000 {
            guard let value = queue.pop() else {
                sched_yield()
                continue
            }
            guard value == expected else {
                Issue.record("got \(value) instead of \(expected)")
                break
            }
            expected += 1
        }
        runner.stop()
        #expect(runner.dutyCycle.workCount == 100_000)
    }

    @Test func lockedWaitEndsWithTheUpdateOrTheTime() throws {
        final class Setter: Agent {
            let flag: Locked<Bool>
            init(_ flag: Locked<Bool>) { self.flag = flag }
            func step(nowNanoseconds: UInt64) -> Int {
                flag.update { $0 = true }
                return 0
            }
        }
        let flag = Locked(false)
        #expect(!flag.wait(milliseconds: 20) { $0 })
        let runner = AgentRunner(name: "setter", idle: .standard, agent: Setter(flag))
        try runner.start()
        #expect(flag.wait(milliseconds: 5_000) { $0 })
        runner.stop()
    }

    @Test(arguments: [
        ("quees", "queues"), ("timeoutSecond", "timeoutSeconds"), ("QUEUES", "queues"),
    ])
    func aNearNameIsSuggested(_ given: String, _ meant: String) {
        #expect(NearestName.of(given, among: ["regions", "queues", "timeoutSeconds"]) == meant)
    }

    @Test func aFarNameIsNotSuggested() {
        #expect(NearestName.of("elephant", among: ["queues", "regions"]) == nil)
        #expect(NearestName.hint("elephant", among: ["queues"]) == "")
    }

    @Test func hugeMemoryIsZeroedAndAligned() throws {
        let memory = try HugeMemory(byteCount: 3 << 20)
        #expect(memory.buffer.count == 4 << 20)
        #expect(memory.buffer.allSatisfy { $0 == 0 })
        #expect(UInt(bitPattern: memory.buffer.baseAddress) % 4096 == 0)
    }

    @Test func textFilesAreReplacedWhole() throws {
        let path = "/tmp/text-file-test-\(UInt64.random(in: 0...UInt64.max))"
        defer { unlink(path) }
        try TextFile.write("one", to: path)
        try TextFile.write("two\n", to: path)
        #expect(try TextFile.read(path) == Array("two\n".utf8))
        #expect(throws: SystemError.self) { try TextFile.write("x", to: "/does/not/exist/x") }
    }
}
