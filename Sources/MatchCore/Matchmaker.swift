// The matchmaker: owns all state, takes commands tick by tick and answers with outcomes.
// One thread owns it. No I/O, clock, lock or allocation in a tick; the same rules, seed and
// commands give the same outcomes on any machine. It knows no names: the edge maps them.

/// Forms matches from waiting tickets. `tick` is its only moving part; `apply` swaps the rules
/// between two ticks.
package struct Matchmaker: ~Copyable {
    package let limits: Limits
    package internal(set) var rulesVersion: UInt64
    var grid: BucketGrid
    var tickets: TicketTable
    var members: MemberTable
    var details: DetailTable
    var backfills: BackfillTable
    var recents: RecentOpponents
    var proposals: ProposalTable
    var cooldowns: CooldownTable
    var reservations: ReservationTable
    var ended: EndedTable
    var ticketMap: IdentityMap
    var playerMap: IdentityMap
    var index: RatingIndex
    var wheel: TimingWheel
    let scratch: SearchScratch
    let balance: TeamBalance
    var anchors: AnchorList
    var sequence: UInt64 = 0
    var hash: StateHash
    let hashSeed: UInt64
    let matchSeed: UInt64
    /// The tick being worked on.
    var now: Int32
    var report = TickReport()
    var matchIndexInTick: UInt64 = 0
    /// Sum of what was read ahead of need. It keeps those reads from being optimised away; its
    /// value means nothing and decides nothing.
    var warmth: UInt64 = 0

    /// Bytes that `init` needs for these limits.
    package static func memoryByteCount(_ limits: Limits) -> Int {
        var arena = Arena.measuring()
        _ = MemorySpace(limits: limits, firstTick: Tick(0), arena: &arena)
        return arena.byteCountUsed
    }

    /// An empty matchmaker.
    /// - Parameters:
    ///   - seed: drives every draw and the hashes; the same seed gives the same outcomes.
    ///   - epoch: differs between runs that must not repeat each other's match ids.
    ///   - firstTick: a number below or equal to that of the first `tick`.
    ///   - memory: at least `memoryByteCount` bytes, aligned to 64, that outlive the matchmaker
    ///     and are used by nothing else. Its content does not matter.
    /// - Precondition: the rules fit the limits.
    package init(
        limits: Limits, rules: Rules, seed: UInt64, epoch: UInt64, firstTick: Tick,
        memory: UnsafeMutableRawBufferPointer
    ) {
        precondition(memory.count >= Matchmaker.memoryByteCount(limits))
        var arena = Arena(memory)
        let space = MemorySpace(limits: limits, firstTick: firstTick, arena: &arena)
        self.limits = limits
        tickets = space.tickets
        members = space.members
        details = space.details
        backfills = space.backfills
        recents = space.recents
        proposals = space.proposals
        cooldowns = space.cooldowns
        reservations = space.reservations
        ended = space.ended
        ticketMap = space.ticketMap
        playerMap = space.playerMap
        index = space.index
        wheel = space.wheel
        scratch = space.scratch
        balance = space.balance
        anchors = space.anchors
        rulesVersion = rules.version
        grid = BucketGrid(rules: rules, limits: limits)
        hashSeed = mixed(seed)
        matchSeed = mixed(mixed(seed) ^ mixed(epoch &+ 0x6D75_7374_6572))
        hash = StateHash(seed: seed)
        now = firstTick.raw
    }

    /// Runs one tick: takes commands, wakes what is due, forms matches.
    /// - Parameters:
    ///   - tick: greater than that of the call before.
    ///   - commands: whole parties, in order. `TickReport.commandsTaken` says how many were
    ///     taken; the rest must be given again.
    ///   - outbox: receives the outcomes, published before the call returns.
    /// - Complexity: grows with commands, due wakes and matches, not with the waiting tickets.
    package mutating func tick(
        _ tick: Tick, commands: UnsafeBufferPointer<Command>, outbox: inout OutcomeProducer
    ) -> TickReport {
        precondition(tick.raw > now)
        now = tick.raw
        report = TickReport()
        matchIndexInTick = 0
        runPhases(commands, &outbox)
        outbox.publish()
        return report
    }

    /// Tickets waiting now.
    package var waitingCount: Int { ticketMap.count }
    /// Players waiting now.
    package var waitingPlayerCount: Int { members.count }
    /// Fingerprint of everything that was let in, formed and closed so far, in order.
    package var stateHash: UInt64 { hash.value }

    /// Tickets in this queue, waiting or proposed; one that stands in several counts in each.
    package func waitingCount(_ queue: QueueIndex) -> Int { tickets.count(in: queue) }

    /// Tickets that accept this region of this queue at present.
    package func waitingCount(_ queue: QueueIndex, _ region: RegionIndex) -> Int {
        guard Int(queue.raw) < grid.queueCount, Int(region.raw) < grid.regionCount else { return 0 }
        return Int(grid.buckets[grid.bucketIndex(queue, Int(region.raw))].ticketCount)
    }
}

/// Every array of the core, laid out in one block.
struct MemorySpace {
    let tickets: TicketTable
    let members: MemberTable
    let details: DetailTable
    let backfills: BackfillTable
    let recents: RecentOpponents
    let proposals: ProposalTable
    let cooldowns: CooldownTable
    let reservations: ReservationTable
    let ended: EndedTable
    let ticketMap: IdentityMap
    let playerMap: IdentityMap
    let index: RatingIndex
    let wheel: TimingWheel
    let scratch: SearchScratch
    let balance: TeamBalance
    let anchors: AnchorList

    init(limits: Limits, firstTick: Tick, arena: inout Arena) {
        precondition(limits.ticketCountMax >= 1 && limits.playerCountMax >= 1)
        tickets = TicketTable(limits: limits, arena: &arena)
        members = MemberTable(limits: limits, arena: &arena)
        details = DetailTable(limits: limits, arena: &arena)
        backfills = BackfillTable(limits: limits, arena: &arena)
        recents = RecentOpponents(limits: limits, arena: &arena)
        proposals = ProposalTable(limits: limits, arena: &arena)
        cooldowns = CooldownTable(limits: limits, arena: &arena)
        reservations = ReservationTable(limits: limits, arena: &arena)
        ended = EndedTable(limits: limits, arena: &arena)
        ticketMap = IdentityMap(capacity: limits.ticketCountMax, arena: &arena)
        playerMap = IdentityMap(capacity: limits.playerCountMax, arena: &arena)
        index = RatingIndex(limits: limits, arena: &arena)
        wheel = TimingWheel(at: firstTick, arena: &arena)
        scratch = SearchScratch(arena: &arena)
        balance = TeamBalance(arena: &arena)
        anchors = AnchorList(limits: limits, arena: &arena)
    }
}
