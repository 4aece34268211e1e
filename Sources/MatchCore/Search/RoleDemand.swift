// Whether players can take the roles that teams need. For each set S of roles a team takes at most
// cap(S) = min(most of S, team size − least of the others) players who play nothing outside S;
// players fit, and can be completed to full teams, exactly if no set is overdrawn (Rado 1942: the
// caps are submodular). All sets are looked at together: a byte each, eight in a word.

/// Players counted by the sets of roles that hold all of their own roles.
struct RoleTally: BitwiseCopyable, Equatable {
    /// Byte S: players whose roles lie within set S; bit r of S is role r. At most 128 each.
    var words = InlineArray<8, UInt64>(repeating: 0)

    static let highBits: UInt64 = 0x8080_8080_8080_8080

    @inline(__always) init() {}

    @inline(__always) static func == (left: RoleTally, right: RoleTally) -> Bool {
        var difference: UInt64 = 0
        for word in 0..<8 { difference |= left.words[word] ^ right.words[word] }
        return difference == 0
    }

    /// The same number for equal tallies.
    @inline(__always) var mark: UInt64 {
        var mark: UInt64 = 0
        for word in 0..<8 { mark = mixed(mark ^ words[word]) }
        return mark
    }

    @inline(__always) subscript(set: Int) -> Int {
        Int(words[set >> 3] >> UInt64((set & 7) * 8) & 0xFF)
    }

    @inline(__always) mutating func add(_ roles: UInt8, count: Int = 1) {
        let ones = RoleTally.supersets(roles) &* UInt64(count)
        let upper = Int(roles >> 3) & 7
        for word in 0..<8 where word & upper == upper { words[word] &+= ones }
    }

    @inline(__always) mutating func remove(_ roles: UInt8, count: Int = 1) {
        let ones = RoleTally.supersets(roles) &* UInt64(count)
        let upper = Int(roles >> 3) & 7
        for word in 0..<8 where word & upper == upper { words[word] &-= ones }
    }

    @inline(__always) mutating func add(_ other: RoleTally) {
        for word in 0..<8 { words[word] &+= other.words[word] }
    }

    @inline(__always) mutating func remove(_ other: RoleTally) {
        for word in 0..<8 { words[word] &-= other.words[word] }
    }

    /// A one in the byte of each set of the first three roles that holds those of `roles`.
    @inline(__always) private static func supersets(_ roles: UInt8) -> UInt64 {
        var ones: UInt64 = 0x0101_0101_0101_0101
        if roles & 1 != 0 { ones &= 0x0100_0100_0100_0100 }
        if roles & 2 != 0 { ones &= 0x0101_0000_0101_0000 }
        if roles & 4 != 0 { ones &= 0x0101_0101_0000_0000 }
        return ones
    }

    /// The high bit of each byte of `left` that is at most the same byte of `right`.
    @inline(__always) static func atMost(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let rest = (right | highBits) &- (left & ~highBits)
        return ((right & ~left) | (~(left ^ right) & rest)) & highBits
    }

    /// The smaller of each two bytes.
    @inline(__always) static func smaller(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let isLeft = (atMost(left, right) >> 7) &* 0xFF
        return (left & isLeft) | (right & ~isLeft)
    }

    /// Each byte becomes the smallest of those of its set and the sets that hold it.
    @inline(__always) mutating func spreadDownwards(roleCount: Int) {
        for role in 3..<max(roleCount, 3) {
            let bit = 1 << (role - 3)
            for word in 0..<8 where word & bit == 0 {
                words[word] = RoleTally.smaller(words[word], words[word | bit])
            }
        }
        let count = RoleTally.wordCount(roleCount)
        for role in 0..<min(roleCount, 3) {
            let has = RoleTally.supersets(1 << UInt8(role)) &* 0xFF
            let shift = UInt64(8 << role)
            for word in 0..<count {
                words[word] = RoleTally.smaller(words[word], words[word] >> shift | has)
            }
        }
    }

    @inline(__always) static func wordCount(_ roleCount: Int) -> Int {
        roleCount <= 3 ? 1 : 1 << (roleCount - 3)
    }
}

/// How many players whose roles lie within each set a team, or several together, can take.
struct RoleCaps: BitwiseCopyable {
    private(set) var roleCount: Int
    /// Least and most players of each role.
    private(set) var needs: InlineArray<6, UInt8>
    private(set) var mosts: InlineArray<6, UInt8>
    /// Byte S is cap(S).
    private(set) var caps = RoleTally()
    /// The least of all roles add up to at most, the most to at least, a team.
    let isPossible: Bool

    /// - Parameters:
    ///   - needs: least players of each role, 0...teamSize.
    ///   - mosts: most players of each role.
    init(
        roleCount: Int, needs: InlineArray<6, UInt8>, mosts: InlineArray<6, UInt8>, teamSize: Int
    ) {
        precondition(roleCount >= 1 && roleCount <= Limits.roleCountMax)
        self.roleCount = roleCount
        self.needs = needs
        self.mosts = mosts
        var least = 0
        var most = 0
        var isOrdered = true
        for role in 0..<roleCount {
            least += Int(needs[role])
            most += Int(mosts[role])
            isOrdered = isOrdered && needs[role] <= mosts[role]
        }
        isPossible = isOrdered && least <= teamSize && most >= teamSize
        if !isPossible { return }
        for set in 0..<(1 << roleCount) {
            var cap = 0
            var others = 0
            for role in 0..<roleCount {
                if set & (1 << role) != 0 {
                    cap += Int(mosts[role])
                } else {
                    others += Int(needs[role])
                }
            }
            let limit = UInt64(min(cap, teamSize - others))
            caps.words[set >> 3] |= limit << UInt64((set & 7) * 8)
        }
    }

    /// A queue's composition; without roles everybody fits.
    init(_ features: borrowing Features, teamSize: Int, isRelaxed: Bool) {
        if features.roleCount == 0 {
            var most = InlineArray<6, UInt8>(repeating: 0)
            most[0] = UInt8(teamSize)
            self.init(
                roleCount: 1, needs: InlineArray(repeating: 0), mosts: most, teamSize: teamSize)
        } else {
            self.init(
                roleCount: Int(features.roleCount),
                needs: isRelaxed ? features.relaxedRoleNeeds : features.roleNeeds,
                mosts: isRelaxed ? features.relaxedRoleCaps : features.roleCaps,
                teamSize: teamSize)
        }
    }

    /// The caps of several equal teams together.
    /// - Precondition: they hold at most 128 players.
    @inline(__always) func times(_ teamCount: Int) -> RoleCaps {
        var result = self
        for word in 0..<8 { result.caps.words[word] &*= UInt64(teamCount) }
        for role in 0..<roleCount {
            result.needs[role] = UInt8(min(255, Int(needs[role]) * teamCount))
            result.mosts[role] = UInt8(min(255, Int(mosts[role]) * teamCount))
        }
        return result
    }

    /// The caps of two teams of one queue together.
    @inline(__always) func plus(_ other: RoleCaps) -> RoleCaps {
        var result = self
        result.caps.add(other.caps)
        for role in 0..<roleCount {
            result.needs[role] += other.needs[role]
            result.mosts[role] = UInt8(min(255, Int(mosts[role]) + Int(other.mosts[role])))
        }
        return result
    }

    /// The roles that the queue knows among `roles`.
    @inline(__always) func clip(_ roles: UInt8) -> UInt8 { roles & ((1 << UInt8(roleCount)) - 1) }

    /// The bytes of a word that stand for sets of the queue's roles, by their high bits.
    @inline(__always) var known: UInt64 {
        roleCount >= 3
            ? RoleTally.highBits : RoleTally.highBits & ((1 << UInt64(8 << roleCount)) - 1)
    }

    @inline(__always) var wordCount: Int { RoleTally.wordCount(roleCount) }

    /// True if these players fit, and full teams can be made by adding players who play all roles.
    @inline(__always) func holds(_ tally: RoleTally) -> Bool {
        for word in 0..<wordCount
        where ~RoleTally.atMost(tally.words[word], caps.words[word]) & known != 0 {
            return false
        }
        return true
    }
}
