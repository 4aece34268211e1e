// The window of each ticket at each tick. A stretch is looked up at arrival and again whenever the
// ticket wakes, and only grows; when it wakes is the core's affair, so that after a while several
// stretches may be true, of which what the core tells leaves one.

import MatchCore

extension Auditor {
    /// Counts an arrival in its queues, and gives the ticket its first stretches.
    mutating func learn(_ id: TicketID) {
        guard let known = live[id], let home = known.home(limits.regionCount) else { return }
        for index in known.entries {
            guard let rules = queue(index) else { continue }
            densities.note(known, index, rules, region: home, tick: tick)
            live[id]?.codes[index] = [densities.code(known, index, rules, region: home)]
        }
    }

    /// Whoever waits may wake in this tick and find that fewer of his rating come than before.
    mutating func stretch() {
        if !rules.queues.contains(where: { $0?.density != nil }) { return }
        for (id, known) in live where known.isFree && known.arrivedAt < tick {
            guard let home = known.home(limits.regionCount) else { continue }
            for index in known.entries {
                guard let rules = queue(index), rules.density != nil else { continue }
                let code = densities.code(known, index, rules, region: home)
                if code > known.codes[index]?.min() ?? 0 {
                    live[id]?.codes[index, default: [0]].insert(code)
                }
            }
        }
    }

    /// New rules may allow less.
    mutating func clampCodes() {
        densities.adopt(rules)
        for (id, known) in live {
            for (index, codes) in known.codes {
                let most = Int(queue(index)?.density?.stretchCodeMax ?? 0)
                var clamped = Set(codes.map { min($0, most) })
                // One that the rules do not admit keeps its stretch until it has to leave.
                if let rules = queue(index), reasons(known, index, rules).isEmpty {
                    live[id]?.codes[index] = clamped
                    continue
                }
                clamped.formUnion(codes)
                live[id]?.codes[index] = clamped
            }
        }
    }

    /// The core has told the ticket's window.
    /// - Parameter known: the ticket when it was told.
    mutating func checkWindow(
        _ window: Int32, _ known: Known, _ index: QueueIndex, _ rules: QueueRules
    ) {
        let plain = known.window(rules, tick: tick)
        let codes = known.codes[index] ?? [0]
        let matching = codes.filter { widened(plain, code: $0) == Int(window) }
        if matching.isEmpty {
            let windows = codes.sorted().map { widened(plain, code: $0) }
            fail("window", "ticket \(known.id.low) tells \(window), its window is \(windows)")
            return
        }
        if codes.count > 1 { note(.windowAmongSeveral) }
        if matching.contains(where: { $0 > 0 }) { note(.windowStretched) }
        guard let later = live[known.id]?.codes[index]?.subtracting(codes) else { return }
        live[known.id]?.codes[index] = Set(matching).union(later)
    }

    /// The windows of tickets that have just been given their seats, and that each covers the
    /// others.
    mutating func checkWindows(_ seats: [SeatView], _ index: QueueIndex, _ rules: QueueRules) {
        for seat in seats {
            guard let known = live[seat.record.ticket] else { continue }
            checkWindow(seat.record.window, known, index, rules)
        }
        let ratings = seats.map { Int($0.record.rating.steps) }
        for seat in seats {
            let own = Int(seat.record.rating.steps)
            let reach = ratings.map { abs($0 - own) }.max() ?? 0
            if reach > Int(seat.record.window) {
                fail("window", "ticket \(seat.record.ticket.low) sits \(reach) steps apart")
            }
        }
    }
}

extension Known {
    /// The first of the regions with its lowest latency: where its arrival is counted.
    func home(_ regionCount: Int) -> Int? {
        guard let best = bestLatency(regionCount) else { return nil }
        return (0..<regionCount).first { Int(latencies[RegionIndex(UInt8($0))]) == best }
    }

    /// The narrowest and the widest window that it may have.
    func windows(_ index: QueueIndex, _ queue: QueueRules, tick: Int32) -> ClosedRange<Int> {
        let plain = window(queue, tick: tick)
        let codes = self.codes[index] ?? [0]
        return widened(plain, code: codes.min() ?? 0)...widened(plain, code: codes.max() ?? 0)
    }
}
