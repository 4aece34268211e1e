// Lookups by the edge run for every ticket: they must not allocate.
import CAllocationCounter
import MatchCore
import Testing

@testable import QueueFile

@Suite struct LookupAllocationTests {
    @Test func lookupsAllocateNothing() throws {
        let text = """
            { version: 1, regions: ['eu'], cooldownScopes: ['pvp'], queues: [
              { name: 'temple', teams: 2, teamSize: 10, levels: [[6, 14], [15, 50]],
                factions: ['exile', 'dominion'], maps: ['north', 'south'], partyMax: 2,
                roles: [{ name: 'tank' }, { name: 'healer' }],
                experiment: { name: 'wider', share: 0.5 } } ] }
            """
        let names = QueueBook(file: try readFile(text), version: 1).names
        let words = ["temple", "healer", "dominion", "south", "pvp", "nobody"].map {
            Array($0.utf8)
        }
        var found = 0
        let before = allocation_count()
        for player in 0..<1_000 {
            found += lookUp(names, words, player)
        }
        #expect(allocation_count() == before)
        #expect(found == 5_000, "each of five names was found each time")
    }

    /// Names found among `words`, one of each kind.
    private func lookUp(_ names: QueueNames, _ words: [[UInt8]], _ player: Int) -> Int {
        var found = 0
        var queue = QueueIndex(0)
        words[0].withUnsafeBytes { name in
            let leader = PlayerID(UInt64(player))
            if case .queue(let index) = names.resolve(name, level: 20, leader: leader) {
                queue = index
                found += 1
            }
        }
        words[1].withUnsafeBytes { found += names.roleIndex($0, of: queue) == 1 ? 1 : 0 }
        words[2].withUnsafeBytes { found += names.factionIndex($0, of: queue) == 1 ? 1 : 0 }
        words[3].withUnsafeBytes { found += names.mapIndex($0, of: queue) == 1 ? 1 : 0 }
        words[4].withUnsafeBytes { found += names.scope($0) == nil ? 0 : 1 }
        words[5].withUnsafeBytes { found += names.roleIndex($0, of: queue) == nil ? 0 : 1 }
        return found
    }
}
