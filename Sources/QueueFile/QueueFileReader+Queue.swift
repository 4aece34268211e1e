// One queue of the file: its settings over the defaults, its level brackets, its experiment, and
// the queues of the core that come of them.
import DaemonKit
import MatchCore

extension QueueFileReader {
    /// Levels that a bracket may name.
    private static let levelMax = 10_000
    private static let bracketCountMax = 64

    /// A queue over `defaults`; nil if the node is no object.
    func readQueue(
        _ node: ConfigNode, defaults: QueueSettings, taken: Set<String>
    ) -> QueueDefinition? {
        let known = ["name", "levels", "experiment"] + QueueSettings.fieldNames
        guard let fields = node.object(known: known) else { return nil }
        let name = fields.required("name").map { readName($0, taken: taken) } ?? ""
        var settings = defaults
        let countBefore = problems.list.count
        settings.readShape(fields, self, isComplete: true)
        settings.readTuning(fields, self)
        settings.readComposition(fields, self)
        QueueChecks(settings: settings, fields: fields, reader: self).run()
        let brackets = fields["levels"].map(readLevels) ?? []
        let isSound = problems.list.count == countBefore
        let arm = fields["experiment"].flatMap { readArm($0, base: settings, isSound: isSound) }
        var variants = makeVariants(name, brackets, arm: nil, settings)
        if let arm { variants += makeVariants(name, brackets, arm: arm.name, arm.settings) }
        return QueueDefinition(
            name: name, experiment: arm.map { Experiment(name: $0.name, share: $0.share) },
            variants: variants)
    }

    private struct Arm {
        let name: String
        let share: Double
        let settings: QueueSettings
    }

    /// The other arm's settings: the queue's own with what the experiment changes.
    /// - Parameter isSound: false if the queue has mistakes, which are not to be told again.
    private func readArm(_ node: ConfigNode, base: QueueSettings, isSound: Bool) -> Arm? {
        guard node.tree != .null else { return nil }
        let known = ["name", "share"] + QueueSettings.fieldNames
        guard let fields = node.object(known: known) else { return nil }
        let name = fields.required("name").map { readName($0, taken: []) } ?? ""
        let share = fields.required("share")?.number(in: 0...1) ?? 0
        var settings = base
        let countBefore = problems.list.count
        settings.readShape(fields, self, isComplete: false)
        settings.readTuning(fields, self)
        settings.readComposition(fields, self)
        if isSound && problems.list.count == countBefore {
            QueueChecks(settings: settings, fields: fields, reader: self).run()
        }
        return Arm(name: name, share: share, settings: settings)
    }

    /// Brackets of levels, rising and apart from each other.
    private func readLevels(_ node: ConfigNode) -> [ClosedRange<Int>] {
        var brackets: [ClosedRange<Int>] = []
        for item in node.list(count: 1...QueueFileReader.bracketCountMax) {
            let bounds = sound([]) {
                item.list(count: 2...2).map { $0.integer(in: 1...QueueFileReader.levelMax) }
            }
            guard bounds.count == 2 else { continue }
            if bounds[0] > bounds[1] {
                item.problem("begins at \(bounds[0]), above its end \(bounds[1])")
            } else if let last = brackets.last, bounds[0] <= last.upperBound {
                item.problem(
                    "begins at \(bounds[0]), must begin above the one before, which ends at "
                        + "\(last.upperBound)")
            } else {
                brackets.append(bounds[0]...bounds[1])
            }
        }
        return brackets
    }

    private func makeVariants(
        _ name: String, _ brackets: [ClosedRange<Int>], arm: String?, _ settings: QueueSettings
    ) -> [QueueVariant] {
        let levels: [ClosedRange<Int>?] = brackets.isEmpty ? [nil] : brackets
        let rules = settings.rules(tickMilliseconds: context.tickMilliseconds, scopes: scopes)
        return levels.map {
            QueueVariant(
                label: QueueLabel(queue: name, levels: $0, arm: arm), rules: rules,
                roles: settings.roles.map(\.name), factions: settings.factions,
                maps: settings.maps)
        }
    }
}
