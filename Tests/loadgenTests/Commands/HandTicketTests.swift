// The ticket of `loadgen send`, and the command line's own errors.
import DaemonKit
import MatchCore
import Testing
import Wire

@testable import loadgen

@Suite struct HandTicketTests {
    private func ticket(_ arguments: String...) throws -> TicketMessage {
        let loaded = ConfigLoader.load(
            table: SendCommand.table, arguments: arguments, environment: [:], fileKey: "")
        #expect(loaded.usageProblems.isEmpty)
        return try HandTicket.make(loaded.config)
    }

    @Test func defaultsMakeASoloTicket() throws {
        let ticket = try ticket()
        #expect(ticket.queue == "duel-1v1" && ticket.lobby == "hand")
        #expect(ticket.players.map(\.rating) == [1_500])
        #expect(ticket.latencies == [RegionLatency(region: "eu", milliseconds: 30)])
    }

    @Test func listsMakeAParty() throws {
        let ticket = try ticket(
            "--rating", "1480, 1520", "--player=7,8", "--latency", "eu=30,na-east=95")
        #expect(ticket.players.map(\.player) == [PlayerID(7), PlayerID(8)])
        #expect(ticket.players.map(\.rating) == [1_480, 1_520])
        #expect(ticket.latencies.map(\.region) == ["eu", "na-east"])
    }

    @Test func everyMistakeIsReported() {
        do {
            _ = try ticket(
                "--queue", "a b", "--rating", "x,1", "--player", "1,2,3", "--latency", "eu")
            Issue.record("this is no ticket")
        } catch {
            let failure = error as? CommandFailure
            #expect(failure?.exitCode == .usage)
            #expect(failure?.lines.count == 4)
        }
    }

    @Test func wrongCommandLinesHaveTheirExitCode() {
        #expect(LoadGenerator.run(arguments: []) == .usage)
        #expect(LoadGenerator.run(arguments: ["dmo"]) == .usage)
        #expect(LoadGenerator.run(arguments: ["demo", "--rte", "2"]) == .usage)
        #expect(LoadGenerator.run(arguments: ["demo", "--rate", "0"]) == .usage)
        #expect(LoadGenerator.run(arguments: ["help"]) == .success)
        #expect(LoadGenerator.run(arguments: ["watch", "--help"]) == .success)
    }
}
