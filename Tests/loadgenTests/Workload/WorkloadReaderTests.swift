// Workload files: the shipped one loads, and every mistake of a bad one is named.
import DaemonKit
import Testing

@testable import loadgen

@Suite struct WorkloadReaderTests {
    private func problems(_ text: String) -> [String] {
        do {
            let tree = try ConfigTree.parse(json5: Array(text.utf8), file: "w.json5")
            _ = try WorkloadReader.read(tree, file: "w.json5")
            return []
        } catch let refusal as WorkloadRefusal {
            return refusal.problems.map(\.description)
        } catch {
            return ["\(error)"]
        }
    }

    @Test func theShippedWorkloadLoads() throws {
        let workload = try demoWorkload()
        #expect(workload.regions.count == 8)
        #expect(workload.queues.count == 8)
        #expect(workload.homes.allSatisfy { $0.roundTripMilliseconds.count == 8 })
        let total = workload.homes.reduce(0) { $0 + $1.share }
        #expect(total == 100, "shares are in percent")
    }

    @Test func theShippedWorkloadNamesTheShippedQueuesAndRegions() throws {
        let path = demoWorkloadPath.replacing(
            "Benchmarks/Workloads/demo.json5", with: "config/queues.json5")
        let workload = try demoWorkload()
        guard case .fields(let fields) = try ConfigTree.load(file: path),
            case .list(let queues)? = fields["queues"], case .list(let regions)? = fields["regions"]
        else {
            Issue.record("queues.json5 has queues and regions")
            return
        }
        let names = queues.compactMap { queue -> ConfigTree? in
            guard case .fields(let fields) = queue else { return nil }
            return fields["name"]
        }
        #expect(workload.queues.allSatisfy { names.contains(.text($0.name)) })
        #expect(regions == workload.regions.map { .text($0) })
    }

    @Test func everyMistakeIsNamed() {
        let found = problems(
            """
            { version: 2, seed: -1, regions: ["eu", "eu", "a b"], extra: 1,
              arrivals: { partiesPerSecond: 0, hourly: [1, 2] },
              skill: { mean: "x", deviation: 1, partyCorrelation: 2 },
              parties: [{ size: 0, share: 1 }, { share: 0 }],
              patience: { shape: 1 },
              games: 5,
              accessDelay: { medianMs: 1, sigma: 1, typo: 1 },
              queues: [],
              homes: [{ name: "h", share: 1, utcOffsetHours: 0,
                        rttMs: { eu: [1, 2, 3, 5, 4], "a b": [1], mars: [] } }],
            }
            """)
        for expected in [
            "version: is 2", "seed: is -1", "regions[1]: repeats 'eu'", "regions[2]: is 'a b'",
            "extra: unknown field", "arrivals.partiesPerSecond", "arrivals.hourly: has 2 entries",
            "skill.mean: must be a number", "skill.partyCorrelation: is 2",
            "parties[0].size: is 0", "parties[1].size: is missing",
            "patience.scaleSeconds: is missing", "games: must be an object",
            "accessDelay.typo: unknown field", "queues: has 0 entries",
            "homes[0].rttMs.eu: quantiles must not fall", "homes[0].rttMs.a b: has 1 entries",
            "homes[0].rttMs.mars: unknown field",
        ] {
            #expect(found.contains { $0.contains(expected) }, "\(expected) in \(found)")
        }
    }

    @Test func anEmptyFileMissesEverySection() {
        #expect(problems("{}").filter { $0.hasSuffix("is missing") }.count == 10)
        #expect(problems("[]").count == 1)
        #expect(problems("{").count == 1)
    }

    @Test func sharesThatAreAllZeroAreRefused() {
        let found = problems(
            """
            { version: 1, regions: ["eu"], parties: [{ size: 1, share: 0 }],
              queues: [{ name: "q", share: 0, partyMax: 1 }] }
            """)
        #expect(found.contains { $0.contains("parties: all shares are zero") })
        #expect(found.contains { $0.contains("queues: all shares are zero") })
    }
}
