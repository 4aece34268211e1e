// Against a real server, whose address MUSTER_TEST_NATS_URL gives (MUSTER_TEST_NATS_SEED_FILE the
// key of a user who may make streams): streams, batches with an answer
// for each message, ordered reading, live delivery. Not run without the variable.
import DaemonKit
import Synchronization
import Testing

private let natsURL = ProcessEnvironment.variables()["MUSTER_TEST_NATS_URL"]
private let seedFile = ProcessEnvironment.variables()["MUSTER_TEST_NATS_SEED_FILE"]

@Suite(.enabled(if: natsURL != nil), .serialized)
struct NATSIntegrationTests {
    /// A stream of its own for each test, so that runs do not see each other's messages.
    private let name = "KIT\(UInt32.random(in: 0...UInt32.max))"

    private func connect() throws -> NATSConnection {
        let identity = NATSIdentity(key: try seedFile.map { try NKey(seedFile: $0) })
        return try NATSConnection(
            NATSSettings(url: natsURL ?? "", name: "kit-test", identity: identity))
    }

    /// The library leaves out one signature in 256: of so many connects some are concerned.
    @Test(.enabled(if: seedFile != nil)) func everyConnectWithARightKeySucceeds() throws {
        for _ in 0..<1_000 { #expect(try connect().isConnected) }
    }

    private func config(byteCountMax: Int64 = 8 << 20) -> StreamConfig {
        StreamConfig(
            name: name, subjects: ["kit.\(name).>"], byteCountMax: byteCountMax, ageSecondsMax: 600)
    }

    private func messages(_ range: Range<Int>) -> [StreamMessage] {
        range.map {
            StreamMessage(
                subject: "kit.\(name).a", messageID: "id-\($0)",
                headers: [NATSHeader("Number", String($0))], body: Array("body \($0)".utf8))
        }
    }

    @Test func streamsAreMadeOnceAndUpdated() throws {
        let stream = try JetStream(try connect())
        #expect(try stream.ensureStream(config()) == .created)
        #expect(try stream.ensureStream(config()) == .unchanged)
        #expect(try stream.ensureStream(config(byteCountMax: 16 << 20)) == .updated)
        #expect(throws: NATSError.self) { try stream.state(of: "NOSUCHSTREAM") }
    }

    @Test func everyMessageOfABatchIsAnswered() throws {
        let connection = try connect()
        let stream = try JetStream(connection)
        _ = try stream.ensureStream(config())
        let publisher = try StreamPublisher(connection)
        let first = publisher.publish(messages(0..<1_000))
        #expect(first.allSatisfy { $0.isStored })
        // The same ids again: stored before, and said so.
        let again = publisher.publish(messages(990..<1_010))
        let duplicates = again.filter {
            if case .stored(_, isDuplicate: true) = $0 { true } else { false }
        }
        #expect(duplicates.count == 10 && again.allSatisfy { $0.isStored })
        #expect(try stream.lastSequence(of: name) == 1_010)
        // Nobody listens to this subject: refused or unanswered, but not stored.
        var stray = messages(0..<1)
        stray[0].subject = "kit-nobody.\(name)"
        #expect(!publisher.publish(stray, timeoutMilliseconds: 500)[0].isStored)
        #expect(publisher.publish([]) == [])
    }

    @Test func aFullStreamRefuses() throws {
        let connection = try connect()
        let stream = try JetStream(connection)
        _ = try stream.ensureStream(config(byteCountMax: 4_096))
        let publisher = try StreamPublisher(connection)
        let results = publisher.publish(messages(0..<200))
        let storedCount = results.count { $0.isStored }
        #expect(storedCount > 0 && storedCount < 200)
        guard case .refused(let why) = results[199] else {
            Issue.record("the last message must be refused")
            return
        }
        #expect(why.contains("maximum bytes"))
    }

    @Test func readingGivesAllInOrder() throws {
        let connection = try connect()
        let stream = try JetStream(connection)
        _ = try stream.ensureStream(config())
        var count = 0
        #expect(try stream.read(stream: name, subject: "kit.\(name).>") { _ in count += 1 } == 0)
        _ = try StreamPublisher(connection).publish(messages(0..<2_000))
        var expected: UInt64 = 501
        let last = try stream.read(stream: name, subject: "kit.\(name).>", from: 501) { message in
            #expect(message.place?.sequence == expected)
            #expect(message.header("Number") == String(expected - 1))
            #expect(message.header("Absent") == nil)
            #expect(Array(message.body) == Array("body \(expected - 1)".utf8))
            expected += 1
        }
        #expect(last == 2_000 && expected == 2_001)
    }

    @Test func liveMessagesFollowTheOldOnes() throws {
        let connection = try connect()
        let stream = try JetStream(connection)
        _ = try stream.ensureStream(config())
        let publisher = try StreamPublisher(connection)
        _ = publisher.publish(messages(0..<100))
        let seen = Locked<[UInt64]>([])
        let subscription = try stream.subscribe(
            stream: name, subject: "kit.\(name).>", from: 51
        ) { message in
            let sequence = message.place?.sequence ?? 0
            seen.update { $0.append(sequence) }
        }
        #expect(seen.wait(milliseconds: 5_000) { $0.count == 50 })
        _ = publisher.publish(messages(100..<200))
        #expect(seen.wait(milliseconds: 5_000) { $0.count == 150 })
        #expect(seen.withLock { $0 } == Array(51...200))
        subscription.close()
        _ = publisher.publish(messages(200..<210))
        #expect(seen.withLock { $0.count } == 150)
    }

    @Test func plainMessagesAndRequestsWork() throws {
        let connection = try connect()
        let seen = Locked<[String]>([])
        let subscription = try NATSSubscription(connection, subject: "kit.\(name).plain") {
            message in
            let text = String(decoding: message.body, as: UTF8.self)
            seen.update { $0.append(text) }
        }
        try connection.flush(timeoutMilliseconds: 2_000)
        try connection.publish(subject: "kit.\(name).plain", body: Array("hello".utf8))
        #expect(seen.wait(milliseconds: 5_000) { $0 == ["hello"] })
        subscription.close()
        #expect(throws: NATSError.self) {
            try connection.request(
                subject: "kit.\(name).nobody", body: [1], timeoutMilliseconds: 300)
        }
        #expect(connection.isConnected && connection.state.isConnected)
        connection.close()
        #expect(!connection.isConnected)
        #expect(throws: NATSError.self) {
            try connection.publish(subject: "kit.x", body: [1])
        }
    }

    @Test func aRequestIsAnsweredWhereItWaits() throws {
        let connection = try connect()
        let answering = try connect()
        let plain = Locked<[Bool]>([])
        let subscription = try NATSSubscription(answering, subject: "kit.\(name).ask") {
            message in
            guard let subject = message.replySubject else {
                plain.update { $0.append(true) }
                return
            }
            let body = Array(message.body.reversed())
            try? answering.publish(
                subject: subject, headers: [NATSHeader("Kind", "answer")], body: body)
        }
        try answering.flush(timeoutMilliseconds: 2_000)
        for number: UInt8 in 0..<50 {
            let answer = try connection.request(
                subject: "kit.\(name).ask", body: [number, 1], timeoutMilliseconds: 5_000)
            #expect(answer == [1, number])
        }
        // A message that is no request has nowhere to be answered.
        try connection.publish(subject: "kit.\(name).ask", body: [7])
        #expect(plain.wait(milliseconds: 5_000) { $0 == [true] })
        subscription.close()
    }

    @Test func aServerThatIsNotThereIsAnErrorWithoutThePassword() {
        do {
            _ = try NATSConnection(NATSSettings(url: "nats://u:hush@127.0.0.1:1", name: "x"))
            Issue.record("must throw")
        } catch {
            #expect(!error.description.contains("hush"))
            #expect(error.description.contains("nats://u:***@127.0.0.1:1"))
        }
    }
}
