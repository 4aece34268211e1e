// The queue file that ships: it loads, covers every kind of mode and of field, states the built-in
// defaults, and the core takes every queue of it.
import DaemonKit
import MatchCore
import Testing

@testable import QueueFile

@Suite struct ShippedQueuesTests {
    /// The package's top folder: two levels above this file.
    private static let path =
        #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
        + "/config/queues.json5"

    private func load() throws -> QueueFile {
        let context = QueueFileContext(
            tickMilliseconds: 50, queueCountMax: 1_024, timeoutSecondsMax: 7_200)
        return try QueueFileReader.load(path: Self.path, context: context)
    }

    @Test func itCoversEveryMode() throws {
        let file = try load()
        let modes = file.queues.map { queue in
            let rules = queue.variants[0].rules
            return "\(queue.name) \(rules.teamCount)x\(rules.teamSize) \(queue.variants.count)"
        }
        #expect(
            modes == [
                "duel-1v1 2x1 1", "arena-2v2 2x2 1", "arena-3v3 2x3 1", "skirmish-5v5 2x5 1",
                "battleground-10v10 2x10 1", "warplot-40v40 2x40 1", "trio-2x2x2 3x2 1",
                "ffa-8 8x1 1", "rated-arena-2v2 2x2 1", "rated-arena-3v3 2x3 1",
                "rated-arena-5v5 2x5 1", "trinity-5v5 2x5 1", "battleground-solo 2x10 8",
                "battleground-group 2x10 1", "daggerstone-15v15 2x15 2",
                "rated-battleground 2x10 1", "war-party-40v40 2x40 1",
            ])
        #expect(file.regions.count == 8)
    }

    /// What the file of comments is for: no field goes without an example.
    @Test func everyFieldHasAnExample() throws {
        let text = String(decoding: try TextFile.read(Self.path), as: UTF8.self)
        let sections = [
            "start", "perSecond", "max", "startMs", "perSecondMs", "maxMs",
            "bestAlwaysAfterSeconds", "deltaPingCost", "eloDivisor", "spreadScale", "deltaPingMs",
            "sizeMin", "ownPoolSeconds", "differenceCost", "hardForSeconds", "seconds",
            "substituteSeconds", "cooldownSeconds", "offenceHours", "min", "relaxedMin",
            "relaxedMax", "afterSeconds", "rosterMax", "ownMin", "mercenaryOnlyPlayers", "share",
        ]
        let fields = QueueSettings.fieldNames + ["name", "levels", "experiment", "cooldownScopes"]
        for field in fields + sections {
            #expect(text.contains("\(field): "), "\(field) has no example")
        }
    }

    @Test func itStatesTheBuiltInDefaults() throws {
        guard case .fields(let fields) = try ConfigTree.load(file: Self.path),
            case .fields(let defaults)? = fields["defaults"]
        else {
            Issue.record("no defaults")
            return
        }
        // `partyMax` is built in as the team's size, which no number says.
        #expect(
            Set(defaults.keys) == Set(QueueSettings.defaultNames).subtracting(["partyMax"]))
        let plain = "queues: [{ name: 'q', teams: 2, teamSize: 5 }]"
        let stated = try read(["version", "regions", "cooldownScopes", "defaults"], of: fields)
        #expect(
            stated.queues.map(\.variants)
                == (try readFile("{ version: 1, regions: ['eu'], \(plain) }")).queues
                .map(\.variants))
    }

    /// The file's own values of `names` with one plain queue.
    private func read(_ names: [String], of fields: [String: ConfigTree]) throws -> QueueFile {
        var tree = fields.filter { names.contains($0.key) }
        tree["queues"] = .list([
            .fields(["name": .text("q"), "teams": .integer(2), "teamSize": .integer(5)])
        ])
        return try QueueFileReader.read(.fields(tree), file: "q", context: testContext)
    }

    @Test func theCoreTakesEveryQueue() throws {
        let book = QueueBook(file: try load(), version: 1)
        var limits = Limits(ticketCountMax: 64, queueCountMax: book.labels.count)
        limits.regionCount = book.regions.count
        let byteCount = Matchmaker.memoryByteCount(limits)
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 64)
        defer { memory.deallocate() }
        memory.initializeMemory(as: UInt8.self, repeating: 0)
        var core = Matchmaker(
            limits: limits, rules: book.rules, seed: 1, epoch: 1, firstTick: Tick(0),
            memory: memory)
        core.apply(book.rules)
        #expect(book.rules.queues.count == 25)
    }
}
