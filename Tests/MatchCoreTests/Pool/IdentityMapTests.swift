// The identity map against a dictionary.

import Testing

@testable import MatchCore

/// MM-13.
@Suite struct IdentityMapTests {
    /// `hashBits` few: nearly all identities collide.
    @Test(arguments: [32, 12, 3])
    func agreesWithADictionary(hashBits: Int) {
        let capacity = 500
        let memory = TestMemory()
        var arena = memory.arena
        var map = IdentityMap(capacity: capacity, arena: &arena)
        var random = Random(seed: 5)
        var slots: [UInt64: Int] = [:]
        var identities: [UInt64] = []
        var identityOfSlot = [UInt64?](repeating: nil, count: capacity)
        let hash = { (identity: UInt64) -> UInt32 in
            let mask = UInt32.max << UInt32(32 - hashBits)
            return UInt32(truncatingIfNeeded: mixed(identity) >> 32) & mask
        }
        for operation in 0..<20_000 {
            let isFull = identities.count == capacity
            if !isFull, identities.isEmpty || random.chance(0.51) {
                let identity = UInt64(operation)
                guard let slot = identityOfSlot.firstIndex(of: nil) else { break }
                map.insert(hash(identity), slot: slot)
                slots[identity] = slot
                identityOfSlot[slot] = identity
                identities.append(identity)
            } else {
                let position = random.next(in: 0...identities.count - 1)
                let identity = identities[position]
                identities.swapAt(position, identities.count - 1)
                identities.removeLast()
                guard let slot = slots.removeValue(forKey: identity) else { break }
                map.remove(hash(identity), slot: slot)
                identityOfSlot[slot] = nil
                #expect(map.find(hash(identity)) { identityOfSlot[$0] == identity } == nil)
            }
            let asked =
                random.chance(0.5) ? UInt64(operation + 1) : random.element(identities + [0])
            let found = map.find(hash(asked)) { identityOfSlot[$0] == asked }
            if found != slots[asked] { Issue.record("identity \(asked) at \(operation)") }
        }
        #expect(map.count == slots.count)
        for identity in identities {
            #expect(map.find(hash(identity)) { identityOfSlot[$0] == identity } == slots[identity])
        }
    }
}
