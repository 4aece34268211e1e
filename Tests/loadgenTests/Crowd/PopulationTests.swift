// The drawn population has the described distributions, and the same seed gives the same one.
import MatchCore
import Testing
import Wire

@testable import loadgen

@Suite struct PopulationTests {
    private func parties(_ count: Int, salt: UInt64 = 1) throws -> [Party] {
        let workload = try demoWorkload()
        var random = RandomSource(seed: workload.seed)
        var factory = PartyFactory(workload, salt: salt)
        return (0..<count).map { _ in
            factory.party(
                home: random.index(weights: workload.homes.map(\.share)), random: &random)
        }
    }

    private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    @Test func splitMixGivesItsPublishedNumbers() {
        // From the reference implementation with seed 1234567.
        var random = RandomSource(seed: 1_234_567)
        #expect(random.next() == 6_457_827_717_110_365_317)
        #expect(random.next() == 3_203_168_211_198_807_973)
        #expect(random.next() == 9_817_491_932_198_370_423)
    }

    @Test func theSameSeedGivesTheSameParties() throws {
        #expect(try parties(200) == parties(200))
    }

    @Test func playersOfTwoRunsHaveDifferentIds() throws {
        let first = Set(try parties(200, salt: 7).flatMap(\.players).map(\.player))
        let second = Set(try parties(200, salt: 8).flatMap(\.players).map(\.player))
        #expect(first.isDisjoint(with: second))
        #expect(first.allSatisfy { $0.raw >= 1 && $0.raw <= WireLimits.playerIDMax })
        let highest = try parties(5, salt: .max).flatMap(\.players).map(\.player.raw).max() ?? 0
        #expect(highest <= WireLimits.playerIDMax)
    }

    @Test func sizesAndRatingsAreAsDescribed() throws {
        let parties = try parties(20_000)
        let solo = parties.filter { $0.players.count == 1 }.count
        #expect((0.67...0.69).contains(Double(solo) / 20_000))
        let ratings = parties.flatMap(\.players).map(\.rating)
        let average = mean(ratings)
        let deviation = mean(ratings.map { ($0 - average) * ($0 - average) }).squareRoot()
        #expect((1_490...1_510).contains(average))
        #expect((368...382).contains(deviation))
    }

    @Test func membersOfAPartyAreAlike() throws {
        let duos = try parties(20_000).filter { $0.players.count == 2 }
        let products = duos.map { ($0.players[0].rating - 1_500) * ($0.players[1].rating - 1_500) }
        let correlation = mean(products) / (375 * 375)
        #expect((0.45...0.55).contains(correlation))
    }

    @Test func everyTicketPassesTheWiresOwnChecks() throws {
        for (index, party) in try parties(300).enumerated() {
            let message = IntakeMessage.ticket(
                TicketMessage(
                    ticket: TicketID(high: 1, low: UInt64(index + 1)), queue: "q", lobby: "l",
                    players: party.players, latencies: party.latencies))
            let bytes = ProtobufCodec.encode(message)
            let read = try bytes.withUnsafeBytes { try ProtobufCodec.decodeIntake($0) }
            #expect(read == message)
        }
    }

    @Test func roundTripsFollowTheHome() throws {
        let workload = try demoWorkload()
        var random = RandomSource(seed: 1)
        var factory = PartyFactory(workload, salt: 1)
        let home = try #require(workload.homes.firstIndex { $0.name == "eu-west" })
        let own = (0..<2_000).map { _ in
            factory.party(home: home, random: &random).latencies.map(\.milliseconds)
        }
        let eu = own.map { $0[2] }.sorted()
        // Median of the home's quantiles, 15 ms, and of the access delay, 12 ms.
        #expect((22...34).contains(eu[1_000]))
        #expect(own.allSatisfy { $0[2] < $0[6] }, "nobody in Europe is closer to Oceania")
    }

    @Test(arguments: [(0.0, 10.0), (0.05, 10), (0.15, 15), (0.5, 30), (0.85, 60), (1.0, 80)])
    func ranksBetweenQuantilesAreStraight(rank: Double, expected: Double) {
        let value = interpolated([10, 20, 30, 40, 80], rank: rank)
        #expect((value - expected).magnitude < 1e-9)
    }

    @Test func partiesChooseQueuesThatTakeThem() throws {
        let workload = try demoWorkload()
        let factory = PartyFactory(workload, salt: 1)
        var random = RandomSource(seed: 3)
        for size in 1...5 {
            for _ in 0..<200 {
                let queue = try #require(factory.queue(partySize: size, random: &random))
                #expect(workload.queues[queue].partyMax >= size)
            }
        }
        #expect(factory.queue(partySize: 6, random: &random) == nil)
    }

    @Test func patienceIsTheDescribedWeibull() {
        var random = RandomSource(seed: 5)
        let times = (0..<20_000).map { _ in random.weibull(shape: 0.55, scale: 580) }
        func gone(_ seconds: Double) -> Double {
            Double(times.filter { $0 <= seconds }.count) / 20_000
        }
        // 1 − exp(−(t/580)^0.55) at 15 s, 60 s and 300 s.
        #expect((gone(15) - 0.125).magnitude < 0.01)
        #expect((gone(60) - 0.25).magnitude < 0.012)
        #expect((gone(300) - 0.50).magnitude < 0.012)
    }

    @Test func arrivalsFollowRateAndDay() throws {
        var workload = try demoWorkload()
        workload.arrivals.initialParties = 0
        // One home alone: the whole world together hardly sleeps.
        workload.homes = workload.homes.filter { $0.name == "eu-west" }
        var random = RandomSource(seed: 11)
        var process = ArrivalProcess(workload, rate: 2)
        let day = workload.arrivals.daySeconds
        var counts: [Int] = []
        for slice in 1...24 {
            counts.append(process.homes(until: day * Double(slice) / 24, random: &random).count)
        }
        let expected = 2 * workload.arrivals.partiesPerSecond * day
        let total = Double(counts.reduce(0, +))
        #expect((total / expected - 1).magnitude < 0.05)
        #expect(Double(counts.max() ?? 0) > 3 * Double(counts.min() ?? 0), "the day shows")
    }

    @Test func theInitialCrowdComesWithinItsSeconds() throws {
        var workload = try demoWorkload()
        workload.arrivals.partiesPerSecond = 0.001
        workload.arrivals.initialParties = 100
        workload.arrivals.initialSeconds = 10
        var random = RandomSource(seed: 1)
        var process = ArrivalProcess(workload, rate: 1)
        #expect(process.homes(until: 0, random: &random).isEmpty)
        #expect((45...55).contains(process.homes(until: 5, random: &random).count))
        #expect((45...55).contains(process.homes(until: 60, random: &random).count))
        #expect(process.homes(until: 61, random: &random).count <= 1)
    }
}
