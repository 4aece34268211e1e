// Reads and checks a workload file of the lab. Every mistake is found in one run and named by file
// and field. Queues are read by the product's own reader of queue files, so that a queue means the
// same in both.

import DaemonKit
import MatchCore
import QueueFile

/// A workload file with mistakes.
package struct LabRefusal: Error, CustomStringConvertible {
    package let problems: [ConfigProblem]
    package var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}

/// Makes a `LabWorkload` of a JSON5 file.
package struct LabWorkloadReader {
    let file: String
    let problems = ConfigProblems()

    /// - Throws: `LabRefusal` with every mistake.
    package static func load(file: String) throws(LabRefusal) -> LabWorkload {
        let tree: ConfigTree
        do throws(ConfigProblem) {
            tree = try ConfigTree.load(file: file)
        } catch {
            throw LabRefusal(problems: [error])
        }
        return try read(tree, file: file)
    }

    /// - Parameter file: names the tree in messages; files that it refers to lie beside it.
    /// - Throws: `LabRefusal` with every mistake.
    package static func read(_ tree: ConfigTree, file: String) throws(LabRefusal) -> LabWorkload {
        let reader = LabWorkloadReader(file: file)
        let root = ConfigNode(tree, file: file, problems: reader.problems)
        let workload = root.object(known: known).map(reader.workload)
        guard let workload, reader.problems.isEmpty else {
            // A queue is read once for each setting; its own mistakes are told once.
            var told: [ConfigProblem] = []
            for problem in reader.problems.list where !told.contains(problem) {
                told.append(problem)
            }
            throw LabRefusal(problems: told)
        }
        return workload
    }

    static let known = [
        "version", "name", "title", "tickMilliseconds", "seconds", "warmUpSeconds", "arrivals",
        "population", "parties", "roles", "patience", "games", "readyCheck", "learning",
        "geography", "queues", "cooldownScopes", "settings", "plain", "arena", "leavers",
        "verdict", "variants",
    ]

    func workload(_ fields: ConfigFields) -> LabWorkload {
        _ = fields.required("version")?.integer(in: 1...1)
        let tick = fields.integer("tickMilliseconds", in: 1...1_000, standard: 50)
        let seconds = fields.required("seconds")?.number(in: 1...100_000_000) ?? 1
        let sections = QueueSection(fields, tickMilliseconds: tick)
        let parties = fields["parties"].map(readParties) ?? [LabShare(item: 1, share: 1)]
        let geography = readGeography(fields["geography"])
        let queues = readQueues(fields.required("queues"), sections)
        if fields["leavers"] != nil { _ = fields.required("games") }
        return LabWorkload(
            name: fields.required("name")?.text() ?? "",
            title: fields.required("title")?.text() ?? "",
            tickMilliseconds: tick, seconds: seconds,
            warmUpSeconds: fields.number("warmUpSeconds", in: 0...seconds, standard: 0),
            arrivals: readArrivals(fields.required("arrivals")),
            population: readPopulation(fields.required("population")),
            parties: parties, roles: fields["roles"].map(readRoles),
            patience: fields["patience"].map(readPatience),
            games: fields["games"].map(readGames),
            readyCheck: fields["readyCheck"].map(readReadyCheck),
            learning: fields["learning"].map(readLearning),
            arena: fields["arena"].map(readArena), leavers: fields["leavers"].map(readLeavers),
            verdict: fields["verdict"].map {
                readVerdict($0, queueCount: (queues.last?.group ?? 0) + 1)
            },
            geography: geography, queues: queues,
            settings: readSettings(fields["settings"], fields["queues"], sections),
            plain: fields["plain"].flatMap {
                readPlain($0, fields["queues"], fields["settings"], sections, geography)
            },
            variants: readVariants(fields["variants"], of: fields.place.tree))
    }

    func readParties(_ node: ConfigNode) -> [LabShare<Int>] {
        let parties = node.list(count: 1...Limits.partySizeMax).map { entry in
            let fields = entry.object(known: ["size", "share"])
            return LabShare(
                item: fields?.required("size")?.integer(in: 1...Limits.partySizeMax) ?? 1,
                share: fields?.required("share")?.number(in: 0...1_000_000) ?? 0)
        }
        if !parties.isEmpty && parties.reduce(0, { $0 + $1.share }) <= 0 {
            node.problem("all shares are zero")
        }
        return parties
    }

    private func readPatience(_ node: ConfigNode) -> LabPatience {
        let fields = node.object(known: ["shape", "scaleSeconds"])
        return LabPatience(
            shape: number(fields, "shape", in: 0.1...10),
            scaleSeconds: number(fields, "scaleSeconds", in: 0.1...10_000_000))
    }

    private func readGames(_ node: ConfigNode) -> LabGames {
        let fields = node.object(known: [
            "medianSeconds", "sigma", "breakSeconds", "leaveProbability",
        ])
        return LabGames(
            medianSeconds: number(fields, "medianSeconds", in: 0.1...100_000),
            sigma: number(fields, "sigma", in: 0...3),
            breakSeconds: number(fields, "breakSeconds", in: 0...100_000),
            leaveProbability: number(fields, "leaveProbability", in: 0.001...1))
    }

    private func readReadyCheck(_ node: ConfigNode) -> LabReadyCheck {
        let fields = node.object(known: ["declineShare", "loadFailureShare", "seconds"])
        return LabReadyCheck(
            declineShare: number(fields, "declineShare", in: 0...1),
            loadFailureShare: number(fields, "loadFailureShare", in: 0...1),
            seconds: number(fields, "seconds", in: 0...600))
    }

    private func readRoles(_ node: ConfigNode) -> LabRoles {
        let fields = node.object(known: ["supply", "flexibleShare"])
        let entries = fields?.required("supply")?.list(count: 1...Limits.roleCountMax) ?? []
        return LabRoles(
            supply: entries.map { $0.number(in: 0...1_000_000) },
            flexibleShare: number(fields, "flexibleShare", in: 0...1))
    }

    // MARK: Leaves

    func number(
        _ fields: ConfigFields?, _ name: String, in range: ClosedRange<Double>
    ) -> Double {
        fields?.required(name)?.number(in: range) ?? range.lowerBound
    }
}
