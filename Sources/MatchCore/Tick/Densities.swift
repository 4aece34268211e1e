// Windows that follow the density of arrivals: what an arrival teaches, and what it gets from that.
// A ticket's window never shrinks: its stretch is looked up again when it wakes, and only grows.

extension Matchmaker {
    /// Counts a new ticket in its best region and gives it its first stretch.
    mutating func noteArrival(_ slot: Int) {
        let record = tickets.records[slot]
        let queue = grid.queues + Int(record.queue.raw)
        guard queue.pointee.hasDensity, let rules = queue.pointee.features.pointee.density,
            let densities = grid.densities
        else { return }
        let map = densities + grid.bucketIndex(record.queue, homeRegion(slot, record))
        let rating = RatingKey.rating(of: record.key)
        map.pointee.note(rating: rating, tick: now, rules)
        tickets.records[slot].stretch = map.pointee.stretch(rating: rating, rules)
    }

    /// Widens the ticket's window if fewer of its rating come than when it was last looked at.
    mutating func stretchWindow(_ slot: Int) {
        let record = tickets.records[slot]
        let queue = grid.queues[Int(record.queue.raw)]
        guard queue.hasDensity, let rules = queue.features.pointee.density,
            let densities = grid.densities
        else { return }
        let map = densities + grid.bucketIndex(record.queue, homeRegion(slot, record))
        let stretch = map.pointee.stretch(rating: RatingKey.rating(of: record.key), rules)
        if stretch.code <= record.stretch.code { return }
        tickets.records[slot].stretch = stretch
        for region in 0..<grid.regionCount where record.regions & (1 << UInt16(region)) != 0 {
            let root = grid.roots[grid.rootIndex(queue, region, lane: Int(record.lane))]
            index.setStretch(stretch, of: record.key, in: root)
        }
    }

    private func homeRegion(_ slot: Int, _ record: TicketRecord) -> Int {
        for region in 0..<grid.regionCount
        where tickets.latency(slot, region) == record.bestLatency { return region }
        return 0
    }
}
