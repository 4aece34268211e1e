// Learns from every ticket how long tickets like it wait, and tells it to those who come. Memory is
// bounded: tickets beyond the limit are not followed, groups beyond it take the place of those that
// were quiet longest. No clock, chance or thread: the same calls give the same estimates.
import MatchCore

/// Estimates of waits.
struct WaitEstimator {
    private let limits: EstimateLimits
    private var rows: [OpenRow] = []
    private var freeRows: [Int32] = []
    private var firstRows: [TicketID: Int32] = [:]
    private var curves: [WaitGroup: WaitCurve] = [:]
    private var cursor = 0

    /// A ticket in one queue, not yet ended.
    private struct OpenRow {
        var isOpen = true
        var profile: WaitProfile
        /// The tick at which its wait was 0.
        var cameAt: Int32
        /// Steps below it are counted, or were not seen.
        var step: Int
        /// What it was told; -1 if nothing.
        var low: Int32
        var high: Int32
        /// The same ticket's row for its next queue; -1 after the last.
        var next: Int32
    }

    init(limits: EstimateLimits = EstimateLimits()) {
        self.limits = limits
        rows.reserveCapacity(limits.openCountMax)
        freeRows.reserveCapacity(limits.openCountMax)
        firstRows.reserveCapacity(limits.openCountMax)
    }

    /// Groups in memory.
    var groupCount: Int { curves.count }
    /// Tickets that are followed, once for each of their queues.
    var openCount: Int { rows.count - freeRows.count }

    // MARK: - Learning

    /// A ticket came; `profiles` has one for each of its queues, `waited` is what it brings along.
    /// A second arrival of an open ticket changes nothing.
    /// - Returns: false if too many are open: this one is not followed and teaches nothing.
    @discardableResult
    mutating func arrived(
        _ ticket: TicketID, _ profiles: [WaitProfile], waited: Int32 = 0, at tick: Int32
    ) -> Bool {
        if firstRows[ticket] != nil { return true }
        if openCount + profiles.count > limits.openCountMax { return false }
        var next: Int32 = -1
        for profile in profiles.reversed() {
            let told = estimate(profile, waited: waited, at: tick)
            let row = OpenRow(
                profile: profile, cameAt: tick &- waited, step: WaitScale.step(of: waited),
                low: told.p10 ?? (told.p90 == nil ? -1 : 0),
                high: told.p90 ?? (told.p10 == nil ? -1 : .max), next: next)
            if let free = freeRows.popLast() {
                rows[Int(free)] = row
                next = free
            } else {
                rows.append(row)
                next = Int32(rows.count - 1)
            }
        }
        if next >= 0 { firstRows[ticket] = next }
        return true
    }

    /// A ticket was matched in `queue` after `waited` ticks; its other queues learn that it waited
    /// at least so long.
    /// - Returns: how its estimate turned out; nil if the ticket was not followed.
    @discardableResult
    mutating func matched(
        _ ticket: TicketID, in queue: QueueIndex, waited: Int32, at tick: Int32
    ) -> EstimateResult? {
        var result: EstimateResult?
        end(ticket, at: tick) { row, curve in
            let step = max(WaitScale.step(of: waited), row.step)
            curve.pass(from: row.step, through: step)
            if row.profile.queue != queue {
                curve.leave(in: step)
                return
            }
            curve.match(in: step)
            result = WaitEstimator.result(row, waited: waited)
        }
        return result
    }

    /// A ticket left without a match after `waited` ticks.
    mutating func left(_ ticket: TicketID, waited: Int32, at tick: Int32) {
        end(ticket, at: tick) { row, curve in
            let step = max(WaitScale.step(of: waited), row.step)
            curve.pass(from: row.step, through: step)
            curve.leave(in: step)
        }
    }

    /// A ticket was refused: it never waited.
    mutating func refused(_ ticket: TicketID) {
        guard let first = firstRows.removeValue(forKey: ticket) else { return }
        release(first)
    }

    /// Counts for some of the open tickets how long they have waited by now, in turn.
    mutating func look(at tick: Int32, countMax: Int) {
        for _ in 0..<min(countMax, rows.count) {
            cursor = cursor + 1 < rows.count ? cursor + 1 : 0
            let row = rows[cursor]
            let step = WaitScale.step(of: tick &- row.cameAt)
            if !row.isOpen || step <= row.step { continue }
            for level in WaitLevel.allCases {
                change(WaitGroup(row.profile, level), at: tick) {
                    $0.pass(from: row.step, through: step)
                }
            }
            rows[cursor].step = step
        }
    }

    private static func result(_ row: OpenRow, waited: Int32) -> EstimateResult {
        if row.high < 0 { return .unknown }
        if waited < row.low { return .below }
        return waited > row.high ? .above : .within
    }

    /// Ends all of a ticket's rows; `body` counts each in all of its groups.
    private mutating func end(
        _ ticket: TicketID, at tick: Int32, _ body: (OpenRow, inout WaitCurve) -> Void
    ) {
        guard let first = firstRows.removeValue(forKey: ticket) else { return }
        var next = first
        while next >= 0 {
            let row = rows[Int(next)]
            for level in WaitLevel.allCases {
                change(WaitGroup(row.profile, level), at: tick) { body(row, &$0) }
            }
            next = row.next
        }
        release(first)
    }

    private mutating func release(_ first: Int32) {
        var next = first
        while next >= 0 {
            rows[Int(next)].isOpen = false
            freeRows.append(next)
            next = rows[Int(next)].next
        }
    }

    // MARK: - Groups

    private mutating func change(
        _ group: WaitGroup, at tick: Int32, _ body: (inout WaitCurve) -> Void
    ) {
        if curves[group] == nil && curves.count >= limits.groupCountMax { evict() }
        let empty = WaitCurve(at: tick)
        curves[group, default: empty].fade(to: tick, halfLifeTicks: limits.halfLifeTicks)
        body(&curves[group, default: empty])
    }

    /// Forgets the eighth of the groups that was quiet longest; of those that are equal in it the
    /// finest, and then by number, so that the same calls forget the same groups.
    private mutating func evict() {
        let quiet = curves.map { (group: $0.key, touchedAt: $0.value.touchedAt) }.sorted {
            $0.touchedAt != $1.touchedAt
                ? $0.touchedAt < $1.touchedAt : $0.group.packed > $1.group.packed
        }
        for old in quiet.prefix(max(1, limits.groupCountMax / 8)) { curves[old.group] = nil }
    }

    // MARK: - Telling

    /// How long a ticket like this will wait in all, if it has waited `waited` ticks.
    /// - Complexity: one pass over the scale for each level.
    mutating func estimate(
        _ profile: WaitProfile, waited: Int32 = 0, at tick: Int32
    ) -> WaitEstimate {
        var hazards: WaitHazards?
        var basis: Float = 0
        var level = WaitLevel.queue
        for finer in WaitLevel.allCases {
            let group = WaitGroup(profile, finer)
            curves[group]?.fade(to: tick, halfLifeTicks: limits.halfLifeTicks)
            guard let curve = curves[group] else { continue }
            if finer == .queue && curve.matchedWeight < WaitEstimate.basisMin {
                return .unknown(basis: Int(curve.matchedWeight))
            }
            hazards = curve.hazards(over: hazards)
            if finer == .queue || Double(curve.weight) >= WaitCurve.borrowedWeight {
                basis = curve.weight
                level = finer
            }
        }
        guard let hazards else { return .unknown() }
        return WaitEstimate(hazards, waited: waited, basis: Int(basis), level: level)
    }
}

/// Bounds of an estimator's memory and how long it remembers.
struct EstimateLimits: Sendable {
    /// Open tickets, counted once for each queue; about 64 bytes each.
    var openCountMax = 250_000
    /// Groups; about 700 bytes each.
    var groupCountMax = 8_192
    /// Ticks after which a ticket counts half.
    var halfLifeTicks: Int32 = 36_000
}
