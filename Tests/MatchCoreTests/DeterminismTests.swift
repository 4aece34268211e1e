// The same rules, seed and commands give the same outcomes and state: twice in a process, in debug
// and release builds, and on later machines by way of a stored fingerprint.

import Foundation
import Testing

@testable import MatchCore

/// A fixed stream of commands over several modes, drawn with integers alone.
private struct FixedStream {
    static let modes: [Mode] = [.duel, .triples, .fives, .tens, .threeTwos, .freeForAll]
    static let tickCount = 400

    static var rules: Rules {
        Rules(
            version: 12,
            queues: modes.map {
                .make(
                    $0, window: window(60, perTick: 2, max: 400),
                    latencyCap: curve(70, perTick: 0.5, max: 150), timeoutTicks: 150,
                    offsetPoints: 10)
            })
    }

    private var random = Random(seed: 0xF1D0)
    private var number = 0
    private var given: [TestTicket] = []

    /// The next tick's commands: about fifty.
    mutating func next() -> [Command] {
        var commands: [Command] = []
        for _ in 0..<random.next(in: 25...45) {
            let queue = random.next(in: 0...FixedStream.modes.count - 1)
            let size = min(random.next(in: 1...6), FixedStream.modes[queue].partySizeMax)
            let base = 1500 + 300 * random.normal()
            var points: [Double] = []
            for _ in 0..<(random.chance(0.6) ? 1 : size) {
                points.append((base + Double(random.next(in: -40...40))).rounded())
            }
            number += 1
            var ticket = TestTicket(number, points: points)
            ticket.queue = QueueIndex(UInt16(queue))
            ticket.lobby = LobbyIndex(UInt16(random.next(in: 0...3)))
            ticket.waited = random.chance(0.1) ? Int32(random.next(in: 1...100)) : 0
            ticket.latencies = (0..<4).map { _ in
                random.chance(0.7) ? UInt16(random.next(in: 10...160)) : nil
            }
            given.append(ticket)
            commands += ticket.commands
        }
        for _ in 0..<3 { commands.append(random.element(given).cancel) }
        return commands
    }
}

/// What a run of the fixed stream gave.
private struct StreamRun: Sendable {
    var outcomes: UInt64 = 0
    var lobbies: UInt64 = 0
    var state: UInt64 = 0
    var commandCount = 0
    var matchCount = 0
    var matchIDs: Set<MatchID> = []
    /// A line for each fiftieth tick.
    var trace: [String] = []

    /// The run that others are compared with, made once.
    static let reference = StreamRun(seed: 5)

    init(seed: UInt64, epoch: UInt64 = 1, ticketCountMax: Int = 6000) {
        let limits = Limits(
            ticketCountMax: ticketCountMax, queueCountMax: 8, regionCount: 4)
        let rig = Rig(
            FixedStream.rules, limits: limits, seed: seed, epoch: epoch, outboxCapacity: 1 << 15)
        var stream = FixedStream()
        var hash = OutcomeHash()
        var lobbyHash = OutcomeHash(ignoresSeed: true)
        for tick in 1...FixedStream.tickCount {
            let commands = stream.next()
            commandCount += commands.count
            let result = rig.tick(commands)
            hash.note(result)
            lobbyHash.note(result)
            matchCount += result.matches.count
            for match in result.matches { matchIDs.insert(match.record.match) }
            if tick % 50 == 0 {
                let state = String(rig.matchmaker.stateHash, radix: 16)
                trace.append(
                    "tick \(tick) matches \(matchCount) outcomes \(String(hash.value, radix: 16)) "
                        + "state \(state)")
            }
        }
        outcomes = hash.value
        lobbies = lobbyHash.value
        state = rig.matchmaker.stateHash
    }
}

/// MM-01, WE-31.
@Suite struct DeterminismTests {
    @Test func theSameSeedAndCommandsGiveTheSameOutcomesAndState() {
        let first = StreamRun.reference
        let second = StreamRun(seed: 5)
        #expect(first.outcomes == second.outcomes && first.state == second.state)
        #expect(first.matchCount > 1000)
        #expect(first.matchIDs.count == first.matchCount, "every match has an id of its own")
        // How much memory there is decides nothing either.
        let third = StreamRun(seed: 5, ticketCountMax: 9000)
        #expect(third.outcomes == first.outcomes && third.state == first.state)
    }

    @Test func anotherSeedGivesOtherIdsAndSidesButTheSameLobbies() {
        let first = StreamRun.reference
        let second = StreamRun(seed: 6)
        #expect(first.outcomes != second.outcomes && first.state != second.state)
        #expect(first.lobbies == second.lobbies)
        #expect(first.matchIDs.isDisjoint(with: second.matchIDs))
    }

    @Test func anotherEpochGivesOtherIds() {
        let first = StreamRun.reference
        let second = StreamRun(seed: 5, epoch: 2)
        #expect(first.lobbies == second.lobbies)
        #expect(first.matchIDs.isDisjoint(with: second.matchIDs))
    }

    @Test func matchIdsAreUUIDsOfVersionEight() {
        for id in StreamRun.reference.matchIDs {
            #expect(id.high >> 12 & 0xF == 8 && id.low >> 62 == 2)
        }
    }

    /// The fingerprint in Tests/Golden/core/stream.txt. After a wanted change of behaviour run the
    /// tests once with MUSTER_RECORD_GOLDEN=1 in the environment: that writes the file anew.
    @Test func theStreamGivesTheStoredFingerprint() throws {
        let run = StreamRun.reference
        #expect(run.commandCount > 18_000)
        let found = run.trace.joined(separator: "\n") + "\n"
        let here = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        let tests = here.deletingLastPathComponent().deletingLastPathComponent()
        let file = tests.appendingPathComponent("Golden/core/stream.txt")
        if ProcessInfo.processInfo.environment["MUSTER_RECORD_GOLDEN"] == "1" {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try found.write(to: file, atomically: true, encoding: .utf8)
        }
        let stored = try String(contentsOf: file, encoding: .utf8)
        #expect(found == stored, "the first line that differs says when it happened")
    }
}
