// The step from one book of queues to the next: gives indices, keeps positions, notes what cannot
// change while tickets wait. Owned by the making of one book.
import DaemonKit
import MatchCore

/// A book in the making.
struct QueueBookUpdate {
    private let before: QueueBook?
    private let path: String
    private(set) var problems: [ConfigProblem] = []
    private(set) var scopes: [String]
    private(set) var labels: [QueueLabel]
    private(set) var positions: [QueuePositions]
    private(set) var queues: [QueueRules?]
    private var indices: [QueueLabel: Int] = [:]

    init(before: QueueBook?, path: String) {
        self.before = before
        self.path = path
        scopes = before?.cooldownScopes ?? []
        labels = before?.labels ?? []
        positions = before?.positions ?? []
        queues = labels.map { _ in nil }
        for (index, label) in labels.enumerated() { indices[label] = index }
    }

    mutating func note(_ field: String, _ why: String) {
        problems.append(ConfigProblem(file: path, path: field, why: why))
    }

    mutating func enter(_ file: QueueFile) {
        if let before, before.regions != file.regions {
            note(
                "regions",
                "cannot change while running (every ticket's latencies are kept by region "
                    + "index); restart to change them")
        }
        if let aligned = QueueBookUpdate.align(scopes, file.cooldownScopes) {
            scopes = aligned
        } else {
            note(
                "cooldownScopes",
                "cannot lose \(QueueBookUpdate.lost(scopes, file.cooldownScopes)) while running "
                    + "(players may bear marks of it); restart to take it out")
        }
        for (place, queue) in file.queues.enumerated() {
            for variant in queue.variants { enter(variant, file, place) }
        }
    }

    private mutating func enter(_ variant: QueueVariant, _ file: QueueFile, _ place: Int) {
        let index = indices[variant.label] ?? labels.count
        let given = QueuePositions(
            roles: variant.roles, factions: variant.factions, maps: variant.maps)
        if index == labels.count {
            indices[variant.label] = index
            labels.append(variant.label)
            positions.append(given)
            queues.append(nil)
        } else if let old = before?.rules.queues[index] {
            positions[index] = kept(positions[index], given, old, place)
        } else {
            // Out of service: no ticket refers to what it was.
            positions[index] = given
        }
        queues[index] = rules(of: variant, file, positions[index])
    }

    /// The positions of a queue that stays in force.
    private mutating func kept(
        _ old: QueuePositions, _ given: QueuePositions, _ rules: QueueRules, _ place: Int
    ) -> QueuePositions {
        var result = old
        let lists: [(String, WritableKeyPath<QueuePositions, [String]>)] = [
            ("roles", \.roles), ("factions", \.factions), ("maps", \.maps),
        ]
        for (field, names) in lists where !given[keyPath: names].isEmpty {
            guard let aligned = QueueBookUpdate.align(old[keyPath: names], given[keyPath: names])
            else {
                let lost = QueueBookUpdate.lost(old[keyPath: names], given[keyPath: names])
                note(
                    "queues[\(place)].\(field)",
                    "cannot lose \(lost) while tickets wait; take the queue out with one reload "
                        + "and put it back with the next, or restart")
                continue
            }
            result[keyPath: names] = aligned
        }
        if !given.factions.isEmpty && rules.factions == nil {
            note(
                "queues[\(place)].factions",
                "cannot begin while tickets wait that name no faction; take the queue out with "
                    + "one reload and put it back with the next, or restart")
        }
        return result
    }

    /// The variant's rules with roles and scope at their positions in the book.
    private func rules(
        of variant: QueueVariant, _ file: QueueFile, _ positions: QueuePositions
    ) -> QueueRules {
        var rules = variant.rules
        if let scope = rules.cooldownScope {
            let name = file.cooldownScopes[Int(scope.raw)]
            rules.cooldownScope = scopes.firstIndex(of: name).map { CooldownScope(UInt8($0)) }
        }
        guard let roles = rules.roles, positions.roles != variant.roles else { return rules }
        let order = positions.roles.compactMap { variant.roles.firstIndex(of: $0) }
        guard order.count == roles.roles.count else { return rules }
        rules.roles = RoleRules(
            roles: order.map { roles.roles[$0] }, relaxedAfterTicks: roles.relaxedAfterTicks,
            differenceCosts: roles.differenceCosts.isEmpty
                ? [] : order.map { roles.differenceCosts[$0] },
            countsRoleRatings: roles.countsRoleRatings)
        return rules
    }

    /// The names in force for the edge.
    func names(_ file: QueueFile) -> QueueNames {
        let variants = labels.indices.map { index in
            let rules = queues[index]
            return QueueNames.Variant(
                label: labels[index], text: labels[index].description,
                roles: NameIndex(positions[index].roles),
                factions: NameIndex(positions[index].factions),
                maps: NameIndex(positions[index].maps),
                takesRoles: rules?.roles != nil, takesFactions: rules?.factions != nil,
                takesMaps: (rules?.mapCount ?? 0) > 0,
                countsRoleRatings: rules?.roles?.countsRoleRatings ?? false,
                acceptTicks: rules?.acceptance?.ticks ?? 0)
        }
        return QueueNames(
            file.queues, indices: indices.mapValues { QueueIndex(UInt16($0)) },
            variants: variants, scopes: scopes)
    }

    /// The remembered names in their order and then the new ones; nil if one is missing.
    private static func align(_ remembered: [String], _ given: [String]) -> [String]? {
        guard remembered.allSatisfy(given.contains) else { return nil }
        return remembered + given.filter { !remembered.contains($0) }
    }

    private static func lost(_ remembered: [String], _ given: [String]) -> String {
        remembered.filter { !given.contains($0) }.map { "'\($0)'" }.joined(separator: ", ")
    }
}
