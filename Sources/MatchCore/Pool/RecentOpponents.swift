// Who has just played against whom: for each team or leader its last match, as long as its queue's
// rematch delay lasts. A ring: the oldest entry makes room. Owner: the matchmaker's thread.

struct RecentMatch: BitwiseCopyable {
    var identity: UInt64
    /// The first tick at which the pair may meet again.
    var until: Int32
    /// Which match; equal for all of its tickets.
    var match: UInt32
    var team: UInt16
    var isUsed: Bool
}

struct RecentOpponents {
    private let rows: FixedArray<RecentMatch>
    private var map: IdentityMap
    private var next = 0

    init(limits: Limits, arena: inout Arena) {
        let count = max(1, limits.recentMatchCountMax)
        rows = arena.take(RecentMatch.self, count: count)
        map = IdentityMap(capacity: count, arena: &arena)
        if !arena.isMeasuring {
            let unused = RecentMatch(identity: 0, until: 0, match: 0, team: 0, isUsed: false)
            rows.base.update(repeating: unused, count: rows.count)
        }
    }

    private func hash(_ identity: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: mixed(identity) >> 32)
    }

    private func row(_ identity: UInt64) -> Int? {
        map.find(hash(identity)) { rows[$0].identity == identity }
    }

    /// Notes that `identity` played in `team` of `match`.
    mutating func note(_ identity: UInt64, match: UInt32, team: UInt16, until: Int32) {
        if let known = row(identity) {
            map.remove(hash(identity), slot: known)
            rows[known].isUsed = false
        }
        if rows[next].isUsed { map.remove(hash(rows[next].identity), slot: next) }
        rows[next] = RecentMatch(
            identity: identity, until: until, match: match, team: team, isUsed: true)
        map.insert(hash(identity), slot: next)
        next = next + 1 == rows.count ? 0 : next + 1
    }

    /// The tick from which the two may meet again, or nil if they may at `tick`.
    func meetingTick(_ left: UInt64, _ right: UInt64, at tick: Int32) -> Int32? {
        guard let one = row(left), let other = row(right) else { return nil }
        let isRematch = rows[one].match == rows[other].match && rows[one].team != rows[other].team
        // One of them may have joined the running match later: opponents since then.
        let until = max(rows[one].until, rows[other].until)
        return isRematch && until > tick ? until : nil
    }
}
