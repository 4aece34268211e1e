// The queues of a workload file and the settings that vary them. A setting is laid over a queue's
// fields as they stand in the file, section by section, before the product's reader sees them.

import DaemonKit
import MatchCore
import QueueFile

/// What all queues of one file are read with.
struct QueueSection {
    let context: QueueFileContext
    let scopes: [String]

    init(_ fields: ConfigFields, tickMilliseconds: Int) {
        context = QueueFileContext(
            tickMilliseconds: tickMilliseconds, queueCountMax: 4_096,
            timeoutSecondsMax: 1_000_000)
        scopes =
            fields["cooldownScopes"]?.list(count: 0...CooldownScope.capacity)
            .map { $0.text() } ?? []
    }

    /// The rules of a queue with `layers` over what stands in its file, later layers on top.
    func rules(_ node: ConfigNode, layers: [ConfigTree]) -> QueueRules? {
        let tree = layers.reduce(node.tree) { $0.overlaid(with: $1) }
        let merged = ConfigNode(
            tree, file: node.file, path: node.path, problems: node.problems)
        let queue = QueueFileReader.readQueue(merged, scopes: scopes, context: context)
        return queue?.variants.first?.rules
    }
}

extension ConfigTree {
    /// This tree with the fields of `other` put in or in place of its own, section by section.
    func overlaid(with other: ConfigTree) -> ConfigTree {
        guard case .fields(var mine) = self, case .fields(let theirs) = other else { return other }
        for (name, value) in theirs {
            mine[name] = mine[name].map { $0.overlaid(with: value) } ?? value
        }
        return .fields(mine)
    }
}

extension LabWorkloadReader {
    func readQueues(_ node: ConfigNode?, _ section: QueueSection) -> [LabQueue] {
        let entries = node?.list(count: 1...1_024) ?? []
        return entries.enumerated().flatMap { group, entry -> [LabQueue] in
            let fields = entry.object(known: [
                "share", "copies", "parties", "warParties", "rules",
            ])
            guard let place = fields?.required("rules"),
                let rules = section.rules(place, layers: [])
            else { return [] }
            let copies = fields?.integer("copies", in: 1...4_096, standard: 1) ?? 1
            let share = fields?.number("share", in: 0...1_000_000, standard: 1) ?? 1
            let name = queueName(place)
            let parties = fields?["parties"].map(readParties) ?? []
            let warParties = fields?["warParties"].map(readParties) ?? []
            return (0..<copies).map { copy in
                LabQueue(
                    name: copies == 1 ? name : "\(name)-\(copy + 1)", group: group,
                    share: share / Double(copies), rules: rules, parties: parties,
                    warParties: warParties)
            }
        }
    }

    private func queueName(_ rules: ConfigNode) -> String {
        guard case .fields(let fields) = rules.tree, case .text(let name) = fields["name"] else {
            return ""
        }
        return name
    }

    /// The file's own rules under the name "file", then each setting's.
    func readSettings(
        _ node: ConfigNode?, _ queues: ConfigNode?, _ section: QueueSection
    ) -> [LabSetting] {
        let places = places(queues)
        let layers = [("file", ConfigTree.fields([:]))] + layers(node)
        return layers.map { name, layer in
            LabSetting(
                name: name,
                rules: places.flatMap { place, copies in
                    Array(repeating: section.rules(place, layers: [layer]), count: copies)
                        .compactMap(\.self)
                })
        }
    }

    func readPlain(
        _ node: ConfigNode, _ queues: ConfigNode?, _ settings: ConfigNode?,
        _ section: QueueSection, _ geography: LabGeography
    ) -> LabPlain? {
        let fields = node.object(known: [
            "queue", "tickets", "warmUpTickets", "ticketsPerSecond", "mean", "deviation",
            "isPlaced", "seeds", "weights", "rules",
        ])
        let without = fields?["rules"]?.tree ?? .fields([:])
        let places = places(queues).map(\.place)
        let queue = fields?.integer("queue", in: 0...max(0, places.count - 1), standard: 0) ?? 0
        guard queue < places.count else { return nil }
        let weights = fields?.required("weights")?.list(count: 1...100) ?? []
        return LabPlain(
            tickets: fields?.required("tickets")?.integer(in: 2...1_000_000) ?? 2,
            warmUpTickets: fields?.integer("warmUpTickets", in: 0...1_000_000, standard: 0) ?? 0,
            ticketsPerSecond: number(fields, "ticketsPerSecond", in: 0.000_1...100_000),
            mean: number(fields, "mean", in: 0...10_000),
            deviation: number(fields, "deviation", in: 0...5_000),
            geography: fields?["isPlaced"]?.bool() == true ? geography : nil,
            seeds: fields?.integer("seeds", in: 1...1_000, standard: 5) ?? 5,
            weights: weights.map { $0.number(in: 0.000_001...1_000_000) },
            settings: ([("file", ConfigTree.fields([:]))] + layers(settings)).compactMap {
                name, layer in
                section.rules(places[queue], layers: [layer, without]).map {
                    LabSetting(name: name, rules: [$0])
                }
            })
    }

    private func places(_ queues: ConfigNode?) -> [(place: ConfigNode, copies: Int)] {
        // Mistakes in the entries were noted when the queues themselves were read.
        guard let queues, case .list(let entries) = queues.tree else { return [] }
        return entries.enumerated().compactMap { index, entry in
            guard case .fields(let fields) = entry, let rules = fields["rules"] else { return nil }
            var copies = 1
            if case .integer(let number) = fields["copies"] { copies = Int(number) }
            let place = ConfigNode(
                rules, file: queues.file, path: "\(queues.path)[\(index)].rules",
                problems: queues.problems)
            return (place, max(1, copies))
        }
    }

    private func layers(_ node: ConfigNode?) -> [(String, ConfigTree)] {
        (node?.list(count: 0...100) ?? []).map { entry in
            let fields = entry.object(known: ["name", "rules"])
            return (
                fields?.required("name")?.text() ?? "",
                fields?.required("rules")?.tree ?? .fields([:])
            )
        }
    }
}
