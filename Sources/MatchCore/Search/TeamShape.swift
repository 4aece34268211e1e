// The teams that a search fills: how many, and how large each. Most queues have one shape; some
// make do with smaller or unequal teams after a wait.

struct TeamShape: BitwiseCopyable {
    var teamCount: Int32
    /// Players of the first team and of each other.
    var firstSize: Int32
    var otherSize: Int32
    /// The composition's relaxed counts hold.
    var isRelaxed = false
    /// Wait in ticks that at least one of the match's tickets must have.
    var ageMin: Int32 = 0

    init(_ queue: CompiledQueue) {
        teamCount = queue.teamCount
        firstSize = queue.teamSize
        otherSize = queue.teamSize
    }

    var playerCount: Int32 { firstSize + (teamCount - 1) * otherSize }
    var isEven: Bool { firstSize == otherSize }

    @inline(__always) func size(ofTeam team: Int) -> Int32 { team == 0 ? firstSize : otherSize }
}

/// The shapes that a queue allows where somebody has waited `ripest` ticks, best first: full teams,
/// full teams with the relaxed composition, then one player fewer at a time.
struct TeamShapes {
    private var next: TeamShape
    private let features: UnsafePointer<Features>
    private let ripest: Int32
    private var isDone = false

    init(_ queue: CompiledQueue, ripest: Int32) {
        next = TeamShape(queue)
        features = queue.features
        self.ripest = ripest
    }

    mutating func pop() -> TeamShape? {
        if isDone { return nil }
        let current = next
        advance()
        return current
    }

    private mutating func advance() {
        let relaxes = features.pointee.roleCount > 0 && ripest >= features.pointee.rolesRelaxedAge
        if relaxes && !next.isRelaxed {
            next.isRelaxed = true
            next.ageMin = max(next.ageMin, features.pointee.rolesRelaxedAge)
            return
        }
        next.isRelaxed = false
        next.ageMin = 0
        while true {
            if next.isEven {
                next.otherSize -= 1
                if features.pointee.teamSizeDifferenceMax == 0 { next.firstSize -= 1 }
            } else {
                next.firstSize -= 1
            }
            guard next.otherSize >= 1, let age = features.pointee.age(allowing: next.otherSize),
                age <= ripest
            else {
                isDone = true
                return
            }
            next.ageMin = age
            return
        }
    }
}

extension Features {
    /// The wait from which teams of `size` will do, or nil if never. Sizes between two steps are
    /// allowed with the next smaller step.
    func age(allowing size: Int32) -> Int32? {
        for step in 0..<Int(smallerTeamCount) where smallerTeamSizes[step] <= size {
            return smallerTeamAges[step]
        }
        return nil
    }
}
