// Candidates for one match and the scratch space in which the search weighs them.
// Reserved once; nothing here outlives a search.

/// A ticket that the anchor and that accept each other.
struct Candidate: BitwiseCopyable {
    var rating: Int32
    /// How far from its own rating the ticket accepts others at this tick.
    var window: Int32
    var slot: Int32
    var enqueuedAt: Int32
    var size: UInt8
    var lane: UInt8
    /// Teams in which the ticket may play, a bit each; both in queues without factions.
    var sides: UInt8 = 3
    /// Roles that the ticket may bring: a player alone his own. What a party's members play is not
    /// known here: they may play any.
    var roles = UInt8.max
}

/// Reserved space for one search at a time.
struct SearchScratch {
    static let candidateCountMax = 1024
    /// Candidates that the exact packing looks at.
    static let packingCountMax = 256

    /// Candidates in rating order, the anchor among them.
    let candidates: FixedArray<Candidate>
    let merging: FixedArray<Candidate>
    /// Indices of candidates that agree about one range of ratings.
    let eligible: FixedArray<Int32>
    /// Indices of candidates of the lobby being tried, and of the best one so far.
    let trial: FixedArray<Int32>
    let chosen: FixedArray<Int32>
    /// Keys of a lobby's tickets of one size, rising.
    let keys: FixedArray<UInt64>
    /// For each prefix of the eligible and each total, the fills of the first team that it reaches.
    let fills: FixedArray<UInt64>

    init(arena: inout Arena) {
        candidates = arena.take(Candidate.self, count: SearchScratch.candidateCountMax)
        merging = arena.take(Candidate.self, count: SearchScratch.candidateCountMax)
        eligible = arena.take(Int32.self, count: SearchScratch.candidateCountMax * 2)
        trial = arena.take(Int32.self, count: Limits.ticketsPerMatchMax)
        chosen = arena.take(Int32.self, count: Limits.ticketsPerMatchMax)
        keys = arena.take(UInt64.self, count: Limits.ticketsPerMatchMax)
        fills = arena.take(
            UInt64.self,
            count: (SearchScratch.packingCountMax + 1) * (Limits.playersPerMatchMax + 1))
    }
}
