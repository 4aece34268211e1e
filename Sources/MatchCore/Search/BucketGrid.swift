// The waiting tickets by queue, region and lane: the roots of all rating trees, and what is
// known of each bucket (queue × region) at a glance. Rebuilt when the rules change.
// Owner: the matchmaker's thread.

/// What waits in one queue and region.
struct BucketState: BitwiseCopyable {
    var ticketCount: Int32 = 0
    var playerCount: Int32 = 0
    /// Bit i is set while a party of i + 1 players waits here.
    var sizesPresent: UInt64 = 0
    /// Bit i is set while a ticket of lane i waits here.
    var lanesPresent: UInt64 = 0
    /// Tickets that have come to stand here; wraps round.
    var arrivalCount: UInt32 = 0
    /// Players of war parties, whole rosters.
    var warPlayerCount: Int32 = 0
    /// Tickets here that let others off the strict rules: see `Features.ripeAge`.
    var ripeCount: Int32 = 0
    /// Tickets here that do not play every map.
    var chooserCount: Int32 = 0
    /// Tickets here that avoid players.
    var avoiderCount: Int32 = 0
    /// More anchors than the tick's list holds: the whole bucket is searched in order instead.
    var isSweepDue = false
}

/// How far the sweep of a bucket has come.
struct SweepProgress: BitwiseCopyable {
    /// The lane in work + 1; 0 before the sweep has begun.
    var lane: Int32 = 0
    /// More was put into the bucket after the sweep had begun: it begins once more at its end.
    var isRepeated = false
    /// The least key in that lane's tree that has not been looked at.
    var key: UInt64 = 0
}

struct BucketGrid: ~Copyable {
    /// Sets of party sizes are tabulated up to this party size.
    static let mixedSizeMax = 8

    let queueCount: Int
    let regionCount: Int
    let queues: UnsafeMutablePointer<CompiledQueue>
    let roots: UnsafeMutablePointer<IndexRoot>
    let buckets: UnsafeMutablePointer<BucketState>
    let features: UnsafeMutablePointer<Features>
    /// By bucket; nil where no queue's windows follow the density of arrivals.
    let densities: UnsafeMutablePointer<DensityMap>?
    private let sizeLimits: UnsafeMutablePointer<Int32>
    private let mixes: UnsafeMutablePointer<UInt64>
    /// Buckets whose sweep is due, in the order in which they fell due.
    private let sweeps: UnsafeMutablePointer<Int32>
    private(set) var sweepCount = 0
    let sweepProgress: UnsafeMutablePointer<SweepProgress>
    let rootCount: Int
    var bucketCount: Int { queueCount * regionCount }

    init(rules: Rules, limits: Limits) {
        precondition(rules.queues.count <= limits.queueCountMax)
        precondition(limits.regionCount >= 1 && limits.regionCount <= LatencyVector.capacity)
        queueCount = rules.queues.count
        regionCount = limits.regionCount
        features = .allocate(capacity: max(queueCount, 1))
        features.initialize(repeating: Features(), count: queueCount)
        var compiled = rules.queues.map { $0.map(CompiledQueue.init) ?? CompiledQueue() }
        for (index, queue) in rules.queues.enumerated() {
            if let queue { features[index] = Features(queue) }
            compiled[index].tie(to: UnsafePointer(features + index))
        }
        var rootTotal = 0
        var sizeTotal = 0
        var mixTotal = 0
        for index in compiled.indices where compiled[index].isActive {
            let sizes = Int(compiled[index].partySizeMax)
            compiled[index].rootBase = Int32(rootTotal)
            compiled[index].sizeBase = Int32(sizeTotal)
            rootTotal += Int(compiled[index].lanes.count) * limits.regionCount
            sizeTotal += sizes
            // A war party's roster is of any size: no table of sizes can know it.
            if sizes <= BucketGrid.mixedSizeMax && !compiled[index].lanes.hasWarParties {
                compiled[index].mixBase = Int32(mixTotal)
                mixTotal += 1 << sizes
            }
        }
        rootCount = rootTotal
        if rules.queues.contains(where: { $0?.density != nil }) {
            let maps = UnsafeMutablePointer<DensityMap>.allocate(
                capacity: queueCount * regionCount)
            maps.initialize(repeating: DensityMap(), count: queueCount * regionCount)
            densities = maps
        } else {
            densities = nil
        }
        queues = .allocate(capacity: max(queueCount, 1))
        roots = .allocate(capacity: max(rootTotal, 1))
        buckets = .allocate(capacity: max(queueCount * regionCount, 1))
        sizeLimits = .allocate(capacity: max(sizeTotal, 1))
        mixes = .allocate(capacity: max(mixTotal, 1))
        sweeps = .allocate(capacity: max(queueCount * regionCount, 1))
        sweepProgress = .allocate(capacity: max(queueCount * regionCount, 1))
        queues.update(from: compiled, count: queueCount)
        roots.update(repeating: IndexRoot(), count: rootTotal)
        buckets.update(repeating: BucketState(), count: queueCount * regionCount)
        sweepProgress.update(repeating: SweepProgress(), count: queueCount * regionCount)
        for queue in compiled where queue.isActive { tabulate(queue) }
    }

    private func tabulate(_ queue: CompiledQueue) {
        let sizes = Int(queue.partySizeMax)
        for size in 1...sizes {
            sizeLimits[Int(queue.sizeBase) + size - 1] = Int32(queue.sizeLimit(size))
        }
        if queue.mixBase < 0 { return }
        for present in 0..<(1 << sizes) {
            mixes[Int(queue.mixBase) + present] = queue.possibleSizes(among: UInt64(present))
        }
    }

    deinit {
        queues.deallocate()
        roots.deallocate()
        buckets.deallocate()
        features.deallocate()
        densities?.deallocate()
        sizeLimits.deallocate()
        mixes.deallocate()
        sweeps.deallocate()
        sweepProgress.deallocate()
    }

    /// The rules of an active queue, or nil.
    @inline(__always) func queue(_ index: QueueIndex) -> UnsafeMutablePointer<CompiledQueue>? {
        guard Int(index.raw) < queueCount, queues[Int(index.raw)].isActive else { return nil }
        return queues + Int(index.raw)
    }

    @inline(__always) func bucketIndex(_ queue: QueueIndex, _ region: Int) -> Int {
        assert(Int(queue.raw) < queueCount && region < regionCount)
        return Int(queue.raw) * regionCount + region
    }

    @inline(__always) func rootIndex(_ queue: CompiledQueue, _ region: Int, lane: Int) -> Int {
        assert(lane >= 0 && lane < Int(queue.lanes.count))
        return Int(queue.rootBase) + region * Int(queue.lanes.count) + lane
    }

    @inline(__always) func sizeLimit(_ queue: CompiledQueue, size: Int) -> Int {
        Int(sizeLimits[Int(queue.sizeBase) + size - 1])
    }

    /// False if no match with a party of `size` can be made of what waits in the bucket.
    @inline(__always) func mayMatch(_ queue: CompiledQueue, _ bucket: Int, size: Int) -> Bool {
        if buckets[bucket].ripeCount > 0 || queue.lanes.hasWarParties {
            return buckets[bucket].playerCount >= queue.playerCountMin
        }
        if buckets[bucket].playerCount < queue.playerCount { return false }
        return canComplete(queue, buckets[bucket].sizesPresent, size: size)
    }

    /// False if no match with a party of `size` can be made of parties of these sizes, however
    /// many there are. Bit i of `sizes` stands for parties of i + 1.
    @inline(__always) func canComplete(
        _ queue: CompiledQueue, _ sizes: UInt64, size: Int
    ) -> Bool {
        if queue.mixBase < 0 { return true }
        assert(sizes >> UInt64(queue.partySizeMax) == 0)
        return mixes[Int(queue.mixBase) + Int(sizes)] & (1 << UInt64(size - 1)) != 0
    }

    @inline(__always) func noteInsertion(_ bucket: Int, _ record: TicketRecord) {
        buckets[bucket].ticketCount += 1
        buckets[bucket].arrivalCount &+= 1
        buckets[bucket].playerCount += Int32(record.memberCount)
        buckets[bucket].lanesPresent |= 1 << UInt64(record.lane)
        if record.flags.contains(.isWarParty) {
            buckets[bucket].warPlayerCount += Int32(record.memberCount)
        } else {
            buckets[bucket].sizesPresent |= 1 << UInt64(record.memberCount - 1)
        }
        if record.flags.contains(.isRipe) { buckets[bucket].ripeCount += 1 }
        if record.flags.contains(.choosesMaps) { buckets[bucket].chooserCount += 1 }
        if record.flags.contains(.hasAvoidList) { buckets[bucket].avoiderCount += 1 }
    }

    /// Counts out one ticket.
    @inline(__always) func noteRemoval(_ bucket: Int, _ record: TicketRecord) {
        buckets[bucket].ticketCount -= 1
        buckets[bucket].playerCount -= Int32(record.memberCount)
        assert(buckets[bucket].ticketCount >= 0 && buckets[bucket].playerCount >= 0)
        if record.flags.contains(.isWarParty) {
            buckets[bucket].warPlayerCount -= Int32(record.memberCount)
        }
        if record.flags.contains(.isRipe) { buckets[bucket].ripeCount -= 1 }
        if record.flags.contains(.choosesMaps) { buckets[bucket].chooserCount -= 1 }
        if record.flags.contains(.hasAvoidList) { buckets[bucket].avoiderCount -= 1 }
    }

    /// Notes that the last ticket of a lane has left the bucket.
    func noteEmptyLane(_ bucket: Int, _ queue: CompiledQueue, lane: Int) {
        buckets[bucket].lanesPresent &= ~(1 << UInt64(lane))
        let size = queue.lanes[lane].size
        if size == 0 { return }
        var rest = buckets[bucket].lanesPresent
        while rest != 0 {
            if queue.lanes[rest.trailingZeroBitCount].size == size { return }
            rest &= rest &- 1
        }
        buckets[bucket].sizesPresent &= ~(1 << UInt64(size - 1))
    }

    /// Takes over what the grid of the rules before has learned of arrivals.
    func adoptDensities(from old: borrowing BucketGrid) {
        guard let densities, let known = old.densities else { return }
        precondition(regionCount == old.regionCount)
        densities.update(from: known, count: min(bucketCount, old.bucketCount))
    }

    // MARK: - Sweeps

    mutating func markSweep(_ bucket: Int) {
        if buckets[bucket].isSweepDue {
            sweepProgress[bucket].isRepeated = sweepProgress[bucket].lane > 0
            return
        }
        buckets[bucket].isSweepDue = true
        sweeps[sweepCount] = Int32(bucket)
        sweepCount += 1
    }

    /// Sets the sweep back to its begin.
    /// - Returns: false if it is due once more.
    func finishSweep(_ bucket: Int) -> Bool {
        let isRepeated = sweepProgress[bucket].isRepeated
        sweepProgress[bucket] = SweepProgress()
        return !isRepeated
    }

    func sweepBucket(_ position: Int) -> Int { Int(sweeps[position]) }

    func keepSweep(_ bucket: Int, at position: Int) { sweeps[position] = Int32(bucket) }

    mutating func trimSweeps(to count: Int) { sweepCount = count }
}
