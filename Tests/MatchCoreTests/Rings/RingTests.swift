// The rings on one thread: capacity, whole parties, room, order.

import Testing

@testable import MatchCore

/// Pushes all of the commands or none.
private func push(_ commands: [Command], to producer: IngestProducer) -> Bool {
    commands.withUnsafeBufferPointer { producer.push($0) }
}

/// WE-31, MM-13.
@Suite struct IngestRingTests {
    private let buffer = UnsafeMutableBufferPointer<Command>.allocate(capacity: 256)

    private func tickets(_ count: Int) -> [String] {
        buffer[..<count].map {
            switch $0 {
            case .enqueue(let request): "ticket \(request.ticket.low)"
            case .members(let group): "members \(group.members[0].player.raw)"
            case .cancel(let request): "cancel \(request.ticket.low)"
            default: "another command"
            }
        }
    }

    @Test func holdsItsCapacityAndRefusesMoreWithoutWriting() {
        defer { buffer.deallocate() }
        let consumer = IngestConsumer(capacity: 64)
        let producer = consumer.producer
        let party = TestTicket(1, points: [1, 2, 3]).commands
        for number in 0..<31 { #expect(push(party, to: producer), "\(number)") }
        #expect(producer.push(TestTicket(2, 1).cancel))
        #expect(!push(party, to: producer), "one cell is left: a party of two does not fit")
        #expect(producer.depth == 63)
        #expect(producer.push(TestTicket(3, 1).cancel))
        #expect(!producer.push(TestTicket(4, 1).cancel))
        #expect(producer.depth == 64)
        let count = consumer.drain(into: buffer)
        #expect(count == 64)
        #expect(tickets(count).suffix(2) == ["cancel 2", "cancel 3"])
        let again = consumer.drain(into: buffer)
        #expect(again == 0 && producer.depth == 0)
    }

    @Test func drainsWholePartiesOnly() {
        defer { buffer.deallocate() }
        let consumer = IngestConsumer(capacity: 64)
        let producer = consumer.producer
        let party = TestTicket(1, points: [Double](repeating: 1, count: 12)).commands
        #expect(party.count == 4)
        #expect(push(party, to: producer) && push(party, to: producer))
        let small = UnsafeMutableBufferPointer(rebasing: buffer[0..<7])
        let first = consumer.drain(into: small)
        let second = consumer.drain(into: small)
        #expect(first == 4 && second == 4)
    }

    @Test func wrapsRoundManyTimes() {
        defer { buffer.deallocate() }
        let consumer = IngestConsumer(capacity: 64)
        let producer = consumer.producer
        var next = 0
        var expected = 0
        for _ in 0..<200 {
            while producer.push(TestTicket(next, 1).cancel) { next += 1 }
            let count = consumer.drain(into: UnsafeMutableBufferPointer(rebasing: buffer[0..<37]))
            for name in tickets(count) {
                #expect(name == "cancel \(expected)")
                expected += 1
            }
        }
        #expect(expected > 5000)
    }
}

/// WE-31, MM-13.
@Suite struct OutcomeRingTests {
    private func closed(_ number: Int) -> Outcome {
        .closed(
            ClosedRecord(
                ticket: TicketID(number: number), waitTicks: 0, queue: QueueIndex(0),
                lobby: LobbyIndex(0), reason: .expired))
    }

    private func numbers(_ consumer: borrowing OutcomeConsumer, max: Int = .max) -> [UInt64] {
        var numbers: [UInt64] = []
        consumer.drain(max: max) {
            if case .closed(let record) = copy $0 { numbers.append(record.ticket.low) }
        }
        return numbers
    }

    @Test func showsNothingBeforeItIsPublished() {
        var producer = OutcomeProducer(capacity: 1024)
        let consumer = producer.takeConsumer()
        for number in 0..<5 { producer.write(closed(number)) }
        let early = numbers(consumer)
        #expect(early.isEmpty)
        producer.publish()
        let depth = consumer.depth
        #expect(depth == 5)
        let late = numbers(consumer)
        #expect(late == [0, 1, 2, 3, 4])
    }

    @Test func countsItsRoom() {
        var producer = OutcomeProducer(capacity: 1024)
        let consumer = producer.takeConsumer()
        func expectRoom(_ room: Int) {
            let fits = producer.hasRoom(for: room)
            let fitsMore = producer.hasRoom(for: room + 1)
            #expect(fits && !fitsMore)
        }
        expectRoom(1024)
        for number in 0..<1000 { producer.write(closed(number)) }
        expectRoom(24)
        producer.publish()
        expectRoom(24)
        let taken = numbers(consumer, max: 10)
        #expect(taken == Array(0..<10))
        expectRoom(34)
        for number in 1000..<1034 { producer.write(closed(number)) }
        expectRoom(0)
        producer.publish()
        let rest = numbers(consumer)
        #expect(rest == Array(10..<1034))
        expectRoom(1024)
    }
}
