// Those who join a running match while they are being chosen: places, sums and roles of its two
// teams. Plain values; the search fills them.

/// Those who join a running match; in `SearchScratch.chosen`, their teams in the balancer's.
struct Joiners {
    var count = 0
    var playerCount = 0
    /// Places left in the two teams.
    var openPlaces: InlineArray<2, UInt8>
    /// Rating sums of the two teams above the match's mean, in steps.
    var sums: InlineArray<2, Int64>

    /// Players by which the teams differ.
    var gap: Int { abs(Int(openPlaces[0]) - Int(openPlaces[1])) }

    /// The team that is shorter of players; at equal counts the weaker one.
    var neediest: Int {
        if openPlaces[0] != openPlaces[1] { return openPlaces[0] > openPlaces[1] ? 0 : 1 }
        return sums[0] <= sums[1] ? 0 : 1
    }
}

extension Joiners {
    init(_ request: BackfillRequest) {
        openPlaces = request.openPlaces
        sums = [Int64(request.teamSums[0]), Int64(request.teamSums[1])]
    }

    mutating func add(_ candidate: Candidate, to team: Int, mean: Int32) {
        count += 1
        playerCount += Int(candidate.size)
        openPlaces[team] -= candidate.size
        sums[team] += Int64(candidate.size) * Int64(candidate.rating - mean)
    }

    var hasOpenPlaces: Bool { openPlaces[0] > 0 || openPlaces[1] > 0 }

    /// Players by which the teams would differ after a ticket of `size` in `team`.
    func gap(after size: UInt8, in team: Int) -> Int {
        abs(Int(openPlaces[team]) - Int(size) - Int(openPlaces[1 - team]))
    }
}

/// What became of one ticket that might join.
enum Placing {
    case taken
    /// It fits, but would leave the teams uneven.
    case held
    case none
}

/// Those taken so far, and what the teams can still take.
struct JoinState {
    var joiners: Joiners
    var roles: JoinRoles
    let mean: Int32
    /// There are two teams, which are to be kept even.
    let isEven: Bool

    init(_ request: BackfillRequest, _ queue: CompiledQueue) {
        joiners = Joiners(request)
        roles = JoinRoles(request, queue)
        mean = request.rating.steps
        isEven = queue.teamCount == 2
    }

    /// Players by which the teams may differ: one, or as many as they do already.
    var gapMax: Int { max(1, joiners.gap) }
}

/// The roles that two teams of a running match still take, against those who join.
struct JoinRoles {
    let roleCount: Int
    /// The queue's roles, a bit each.
    let known: UInt8
    /// Nil for a team without open places.
    private var firstCaps: RoleCaps?
    private var secondCaps: RoleCaps?
    private var first = RoleTally()
    private var second = RoleTally()

    init(_ request: BackfillRequest, _ queue: CompiledQueue) {
        roleCount = Int(queue.features.pointee.roleCount)
        known = roleCount == 0 ? .max : (1 << UInt8(roleCount)) - 1
        if roleCount == 0 { return }
        let places = request.openPlaces
        firstCaps = RoleCaps(openIn: 0, request, places, roleCount: roleCount)
        secondCaps = RoleCaps(openIn: 1, request, places, roleCount: roleCount)
    }

    /// Adds a party if the team can still take all of its players; exact.
    mutating func add(_ party: RoleTally, to team: Int) -> Bool {
        if roleCount == 0 { return true }
        guard let caps = team == 0 ? firstCaps : secondCaps else { return false }
        var grown = team == 0 ? first : second
        grown.add(party)
        if !caps.holds(grown) { return false }
        if team == 0 { first = grown } else { second = grown }
        return true
    }
}
