// What a ticket is counted under, read from what is handed to the core.
import MatchCore
import Testing

@testable import matchmakerd

@Suite struct WaitProfileTests {
    private func request(size: Int = 1, roles: RoleSet = .all) -> TicketRequest {
        var latencies = LatencyVector()
        latencies[RegionIndex(1)] = 80
        latencies[RegionIndex(2)] = 30
        latencies[RegionIndex(5)] = 31
        return TicketRequest(
            ticket: TicketID(high: 0, low: 1),
            leader: Member(player: PlayerID(1), rating: Rating(points: 1000), roles: roles),
            latencies: latencies, queue: QueueIndex(4), lobby: LobbyIndex(0), memberCount: size)
    }

    @Test func aPlayerAloneCountsByHisRolesAndNearestRegion() {
        let profiles = WaitProfile.profiles(of: [.enqueue(request(roles: RoleSet(bits: 2)))])
        #expect(
            profiles == [
                WaitProfile(
                    queue: QueueIndex(4), region: RegionIndex(2), rating: Rating(points: 1000),
                    partySize: 1, roles: RoleSet(bits: 2))
            ])
    }

    @Test func aPartyCountsByMeanAndSizeInAllItsQueues() {
        var first = request(size: 3, roles: RoleSet(bits: 2))
        first.hasDetail = true
        let others = [1100.0, 1200.0].map {
            Member(player: PlayerID(UInt64($0)), rating: Rating(points: $0))
        }
        var detail = TicketDetail()
        detail.choiceCount = 2
        detail.choices[0] = QueueChoice(queue: QueueIndex(7))
        detail.choices[1] = QueueChoice(queue: QueueIndex(8), rating: Rating(points: 1700))
        let profiles = WaitProfile.profiles(
            of: [.enqueue(first), .members(MemberGroup(others)), .detail(detail)])
        #expect(profiles.map(\.queue.raw) == [4, 7, 8])
        #expect(profiles.map(\.rating.points) == [1100, 1100, 1700])
        #expect(profiles.allSatisfy { $0.partySize == 3 && $0.roles == .all })
    }

    @Test func nothingButATicketHasAProfile() {
        let cancel = CancelRequest(ticket: TicketID(high: 0, low: 1), lobby: LobbyIndex(0))
        #expect(WaitProfile.profiles(of: [Command.cancel(cancel)]).isEmpty)
        #expect(WaitProfile.profiles(of: [Command]()).isEmpty)
    }

    @Test func aGroupIsAsFineAsItsLevel() {
        let base = WaitProfile(
            queue: QueueIndex(1), region: RegionIndex(2), rating: Rating(points: 1500),
            partySize: 2, roles: .all)
        var others = Array(repeating: base, count: 4)
        others[0].region = RegionIndex(3)
        others[1].rating = Rating(points: 1800)
        others[2].partySize = 3
        others[3].roles = RoleSet(bits: 1)
        for (index, other) in others.enumerated() {
            for level in WaitLevel.allCases {
                let isAlike = WaitGroup(base, level) == WaitGroup(other, level)
                #expect(isAlike == (Int(level.rawValue) <= index))
            }
        }
        let groups = WaitLevel.allCases.map { WaitGroup(base, $0).packed }
        #expect(Set(groups).count == groups.count)
    }

    @Test func bandsAreEquallyWideAlsoBelowZero() {
        func group(_ points: Double) -> WaitGroup {
            WaitGroup(
                WaitProfile(
                    queue: QueueIndex(0), region: RegionIndex(0), rating: Rating(points: points),
                    partySize: 1), .rating)
        }
        #expect(group(-1) != group(1))
        #expect(group(-1) == group(-199) && group(-199) != group(-201))
        #expect(group(0) == group(199) && group(199) != group(200))
    }
}
