// Every way to give the members of one team their roles, and what each is worth. Members who are
// alike are told apart by their order alone, so that no way is listed twice with other names.
// Owner: the matchmaker's thread; the space is reserved once.

/// How many players have each role, a byte each.
struct RoleCounts: BitwiseCopyable, Equatable {
    private var bytes: UInt64 = 0

    subscript(role: Int) -> Int {
        @inline(__always) get { Int(bytes >> UInt64(8 * role) & 0xFF) }
    }

    @inline(__always) mutating func add(_ role: Int) { bytes &+= 1 << UInt64(8 * role) }
    @inline(__always) mutating func remove(_ role: Int) { bytes &-= 1 << UInt64(8 * role) }
}

/// One way to seat a team.
struct Seating: BitwiseCopyable {
    /// What the roles add to the members' ratings, in rating steps.
    var gain: Int32 = 0
    /// Its place in the order of listing, by which its roles are found again.
    var number: UInt16 = 0
    /// Members who do not play what they like best.
    var unlikedCount: UInt16 = 0
    var counts = RoleCounts()
}

/// Reserved space for the seatings of two teams.
struct SeatingSpace {
    /// Seatings listed for one team; a team that has more is not searched.
    static let countMax = 1024

    let first: FixedArray<Seating>
    let second: FixedArray<Seating>
    /// By ticket: the least and the most that its members' roles can add, in rating steps.
    let gainsMin: FixedArray<Int64>
    let gainsMax: FixedArray<Int64>
    /// By ticket: its value without what the roles add.
    let ratings: FixedArray<Int64>
    /// Teams and roles to go back to.
    let teams: FixedArray<Int32>
    let roles: FixedArray<UInt8>

    init(arena: inout Arena) {
        first = arena.take(Seating.self, count: SeatingSpace.countMax)
        second = arena.take(Seating.self, count: SeatingSpace.countMax)
        gainsMin = arena.take(Int64.self, count: Limits.ticketsPerMatchMax)
        gainsMax = arena.take(Int64.self, count: Limits.ticketsPerMatchMax)
        ratings = arena.take(Int64.self, count: Limits.ticketsPerMatchMax)
        teams = arena.take(Int32.self, count: Limits.ticketsPerMatchMax)
        roles = arena.take(UInt8.self, count: Limits.playersPerMatchMax)
    }
}

/// Goes through the seatings of the members that stand in a part of `RoleAssignment.list`.
struct SeatingLister {
    private let members: RoleAssignment
    private let start: Int
    private let count: Int
    private let caps: RoleCaps
    /// Placements that may still be tried.
    private(set) var stepsLeft: Int
    private var now = Seating()
    /// Players whom the composition still needs.
    private var lacking: Int
    private(set) var found = 0

    init(
        _ members: RoleAssignment, from start: Int, count: Int, caps: RoleCaps, stepsMax: Int
    ) {
        self.members = members
        self.start = start
        self.count = count
        self.caps = caps
        stepsLeft = stepsMax
        lacking = 0
        for role in 0..<caps.roleCount { lacking += Int(caps.needs[role]) }
    }

    /// Writes all seatings to `list`.
    /// - Returns: false if they are too many.
    mutating func run(into list: FixedArray<Seating>) -> Bool {
        place(0) { lister in
            if lister.found == list.count { return false }
            list[lister.found] = lister.now
            list[lister.found].number = UInt16(lister.found)
            return true
        }
    }

    /// Writes the roles of the seating with this number to `RoleAssignment.roles`.
    mutating func restore(_ number: UInt16) {
        _ = place(0) { lister in lister.found != Int(number) }
    }

    /// Seats the members from `position` on in every way.
    /// - Parameter take: called with each seating; false ends the search.
    /// - Returns: false if the search was ended.
    private mutating func place(_ position: Int, _ take: (SeatingLister) -> Bool) -> Bool {
        if position == count {
            if !take(self) { return false }
            found += 1
            return true
        }
        let member = Int(members.list[start + position])
        let liked = members.preferred[member]
        for role in firstRole(position)..<caps.roleCount {
            if members.masks[member] & (1 << UInt8(role)) == 0 { continue }
            let have = now.counts[role]
            if have >= Int(caps.mosts[role]) { continue }
            let isNeeded = have < Int(caps.needs[role])
            if lacking - (isNeeded ? 1 : 0) > count - position - 1 { continue }
            if stepsLeft <= 0 { return false }
            stepsLeft -= 1
            let before = now
            now.gain += members.gain(member, role)
            now.counts.add(role)
            if liked != RoleSet.noPreference, Int(liked) != role { now.unlikedCount += 1 }
            if isNeeded { lacking -= 1 }
            members.roles[member] = UInt8(role)
            if !place(position + 1, take) { return false }
            if isNeeded { lacking += 1 }
            now = before
        }
        return true
    }

    /// Whoever is like the member before him in the list takes no lower role than that one.
    private func firstRole(_ position: Int) -> Int {
        if position == 0 { return 0 }
        let member = Int(members.list[start + position])
        let last = Int(members.list[start + position - 1])
        return members.areAlike(member, last) ? Int(members.roles[last]) : 0
    }
}

extension RoleAssignment {
    /// What a role adds to the member's rating, in rating steps.
    @inline(__always) func gain(_ member: Int, _ role: Int) -> Int32 {
        Int32(offsets[member * Limits.roleCountMax + role]) * RoleOffsets.unit
    }

    /// True if the two play the same roles, like the same one, and are as good in each.
    fileprivate func areAlike(_ one: Int, _ other: Int) -> Bool {
        if masks[one] != masks[other] || preferred[one] != preferred[other] { return false }
        for role in 0..<Limits.roleCountMax where gain(one, role) != gain(other, role) {
            return false
        }
        return true
    }
}

extension FixedArray where Element == Seating {
    /// Sorts the first `count` by what their roles add, and equal ones by number.
    func sortByGain(_ count: Int) {
        var gap = 1
        while gap < count / 3 { gap = 3 * gap + 1 }
        while gap > 0 {
            for position in gap..<max(count, gap) {
                let moved = self[position]
                var target = position
                while target >= gap, moved.precedes(self[target - gap]) {
                    self[target] = self[target - gap]
                    target -= gap
                }
                self[target] = moved
            }
            gap /= 3
        }
    }

    /// The first of `count` sorted seatings that adds at least `gain`.
    func lowerBound(_ gain: Int64, _ count: Int) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if Int64(self[middle].gain) < gain { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension Seating {
    fileprivate func precedes(_ other: Seating) -> Bool {
        gain != other.gain ? gain < other.gain : number < other.number
    }
}
