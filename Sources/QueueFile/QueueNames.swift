// The names of the queues in force, as the edge looks them up for every ticket and every answer:
// from a queue's name, a level and a leader to the core's queue, and between names and positions
// of roles, factions and maps. Immutable, so any thread may read it; lookups allocate nothing.
import MatchCore

/// Names and indices under one version of the rules.
package final class QueueNames: Sendable {
    /// What a ticket's queue name leads to.
    package enum Resolution: Equatable, Sendable {
        case queue(QueueIndex)
        case unknownQueue
        /// The queue has level brackets and the ticket gives no level.
        case levelMissing
        /// No bracket takes the level.
        case levelOutside
    }

    /// One queue of the core.
    struct Variant: Sendable {
        let label: QueueLabel
        let text: String
        let roles: NameIndex
        let factions: NameIndex
        let maps: NameIndex
        /// The rules ask for roles, factions, maps at present.
        let takesRoles: Bool
        let takesFactions: Bool
        let takesMaps: Bool
        /// Players count by their ratings in the roles that they play.
        let countsRoleRatings: Bool
        /// Ticks in which a proposed match is to be accepted; 0 where nothing is proposed.
        let acceptTicks: Int32
    }

    private struct Bracket {
        let low: UInt32
        let high: UInt32
        let own: QueueIndex
        /// The same bracket in the experiment's arm; `own` if there is none.
        let arm: QueueIndex
    }

    private struct Queue {
        let hasLevels: Bool
        let brackets: Range<Int>
        let share: ExperimentShare?
    }

    private let queueIndex: NameIndex
    private let queues: [Queue]
    private let brackets: [Bracket]
    private let variants: [Variant]
    private let scopes: NameIndex

    /// - Parameter variants: by queue index, those out of service too.
    /// - Parameter indices: the index of each label in force.
    init(
        _ definitions: [QueueDefinition], indices: [QueueLabel: QueueIndex], variants: [Variant],
        scopes: [String]
    ) {
        var queues: [Queue] = []
        var brackets: [Bracket] = []
        for queue in definitions {
            let first = brackets.count
            for variant in queue.variants where variant.label.arm == nil {
                let label = variant.label
                guard let own = indices[label] else { continue }
                let other = QueueLabel(
                    queue: label.queue, levels: label.levels, arm: queue.experiment?.name)
                brackets.append(
                    Bracket(
                        low: UInt32(label.levels?.lowerBound ?? 0),
                        high: UInt32(label.levels?.upperBound ?? 0),
                        own: own, arm: indices[other] ?? own))
            }
            queues.append(
                Queue(
                    hasLevels: queue.variants.first?.label.levels != nil,
                    brackets: first..<brackets.count,
                    share: queue.experiment.map { ExperimentShare($0) }))
        }
        queueIndex = NameIndex(definitions.map(\.name))
        self.queues = queues
        self.brackets = brackets
        self.variants = variants
        self.scopes = NameIndex(scopes)
    }

    // MARK: - From names

    /// The core's queue for a ticket.
    /// - Parameter level: of the party, one for all; 0 if not given.
    package func resolve(
        _ name: UnsafeRawBufferPointer, level: UInt32, leader: PlayerID
    ) -> Resolution {
        guard let place = queueIndex.place(of: name) else { return .unknownQueue }
        let queue = queues[place]
        var found = queue.brackets.lowerBound
        if queue.hasLevels {
            if level == 0 { return .levelMissing }
            while found < queue.brackets.upperBound, brackets[found].high < level { found += 1 }
            guard found < queue.brackets.upperBound, brackets[found].low <= level else {
                return .levelOutside
            }
        }
        let bracket = brackets[found]
        let isInArm = queue.share?.includes(leader) ?? false
        return .queue(isInArm ? bracket.arm : bracket.own)
    }

    /// `resolve` for a Swift string; a level of nil is one not given.
    package func resolve(_ name: String, level: Int?, leader: PlayerID) -> Resolution {
        var name = name
        return name.withUTF8 {
            resolve(
                UnsafeRawBufferPointer($0), level: UInt32(clamping: level ?? 0), leader: leader)
        }
    }

    /// A role's position in the queue; nil if the queue has no such role.
    package func roleIndex(_ name: UnsafeRawBufferPointer, of queue: QueueIndex) -> UInt8? {
        let index = Int(queue.raw)
        guard index < variants.count, variants[index].takesRoles else { return nil }
        return variants[index].roles.place(of: name).map { UInt8($0) }
    }

    /// A faction's position in the queue, 0 or 1; nil if the queue has no such faction.
    package func factionIndex(_ name: UnsafeRawBufferPointer, of queue: QueueIndex) -> UInt8? {
        let index = Int(queue.raw)
        guard index < variants.count, variants[index].takesFactions else { return nil }
        return variants[index].factions.place(of: name).map { UInt8($0) }
    }

    /// A map's position in the queue; nil if the queue has no such map.
    package func mapIndex(_ name: UnsafeRawBufferPointer, of queue: QueueIndex) -> UInt8? {
        let index = Int(queue.raw)
        guard index < variants.count, variants[index].takesMaps else { return nil }
        return variants[index].maps.place(of: name).map { UInt8($0) }
    }

    /// A cooldown scope; nil if the file names none such.
    package func scope(_ name: UnsafeRawBufferPointer) -> CooldownScope? {
        scopes.place(of: name).map { CooldownScope(UInt8($0)) }
    }

    // MARK: - To names

    /// Queues of the core that ever had a name in this process.
    package var count: Int { variants.count }

    /// Queue, levels and arm behind an index; nil if no such index was given.
    package func label(of queue: QueueIndex) -> QueueLabel? { variant(queue)?.label }

    /// The label as one word, such as `temple/6-14@wider`, for metrics and logs.
    package func text(of queue: QueueIndex) -> String? { variant(queue)?.text }

    package func role(_ position: UInt8, of queue: QueueIndex) -> String? {
        QueueNames.name(variant(queue)?.roles, position)
    }

    package func faction(_ position: UInt8, of queue: QueueIndex) -> String? {
        QueueNames.name(variant(queue)?.factions, position)
    }

    package func map(_ position: UInt8, of queue: QueueIndex) -> String? {
        QueueNames.name(variant(queue)?.maps, position)
    }

    /// The rules ask for roles at present; tickets may name them in any case.
    package func takesRoles(_ queue: QueueIndex) -> Bool { variant(queue)?.takesRoles ?? false }

    package func takesFactions(_ queue: QueueIndex) -> Bool {
        variant(queue)?.takesFactions ?? false
    }

    package func takesMaps(_ queue: QueueIndex) -> Bool { variant(queue)?.takesMaps ?? false }

    /// Players count by their ratings in the roles that they play.
    package func countsRoleRatings(_ queue: QueueIndex) -> Bool {
        variant(queue)?.countsRoleRatings ?? false
    }

    /// Ticks in which a proposed match of the queue is to be accepted.
    package func acceptTicks(of queue: QueueIndex) -> Int32 { variant(queue)?.acceptTicks ?? 0 }

    package func name(of scope: CooldownScope) -> String? { QueueNames.name(scopes, scope.raw) }

    private func variant(_ queue: QueueIndex) -> Variant? {
        Int(queue.raw) < variants.count ? variants[Int(queue.raw)] : nil
    }

    private static func name(_ index: NameIndex?, _ position: UInt8) -> String? {
        guard let index, Int(position) < index.names.count else { return nil }
        return index.names[Int(position)]
    }
}
