// Answers, requests for players and marks as the core's commands.

import MatchCore
import Testing
import Wire

@Suite struct MatchRequestDecoderTests {
    private let match = MatchID(high: 3, low: 4)
    private let ticket = TicketID(high: 1, low: 2)

    private func command(_ message: IntakeMessage, _ type: ContentType) throws -> Command {
        var directory = FakeDirectory(lobbies: ["other"])
        let commands = try decodeCommands(message, type, &directory).get()
        #expect(commands.count == 1)
        #expect(directory.lobbies == ["other", "l"])
        return commands[0]
    }

    @Test(arguments: ContentType.allCases, ProposalAnswer.allCases)
    func anAnswerBecomesAnAnswer(type: ContentType, answer: ProposalAnswer) throws {
        let message = AnswerMessage(
            match: match, ticket: ticket, lobby: "l", answer: answer, player: PlayerID(9))
        guard case .answer(let request) = try command(.answer(message), type) else {
            Issue.record("no answer")
            return
        }
        #expect(request.match == match && request.ticket == ticket)
        #expect(request.lobby == LobbyIndex(1))
        #expect(request.answer == answer && request.player == PlayerID(9))
    }

    @Test(arguments: ContentType.allCases) func aWithdrawalBecomesOne(type: ContentType) throws {
        let message = IntakeMessage.backfillEnd(BackfillEndMessage(match: match, lobby: "l"))
        guard case .endBackfill(let request) = try command(message, type) else {
            Issue.record("no withdrawal")
            return
        }
        #expect(request.match == match && request.lobby == LobbyIndex(1))
    }

    /// 50 ms a tick: 1 s is 20 ticks, and what is not 0 does not become 0.
    @Test(arguments: [(UInt32(0), Int32(0)), (1, 20), (2_592_000, 51_840_000)])
    func aMarksSecondsBecomeTicks(seconds: UInt32, ticks: Int32) throws {
        let message = IntakeMessage.mark(
            MarkMessage(player: PlayerID(7), scope: "pvp", seconds: seconds, lobby: "l"))
        guard case .mark(let request) = try command(message, .protobuf) else {
            Issue.record("no mark")
            return
        }
        #expect(request.player == PlayerID(7) && request.scope == CooldownScope(2))
        #expect(request.ticks == ticks)
    }

    private func backfill() -> BackfillMessage {
        BackfillMessage(
            match: match, queue: "temple", region: "us", lobby: "l", generation: 6,
            teams: [
                BackfillTeam(
                    playerCount: 3, rating: 1400, openPlaces: 1,
                    openRoles: [
                        OpenRole(role: "damage", count: 1), OpenRole(role: "tank", count: 2),
                    ]),
                BackfillTeam(playerCount: 1, rating: 1800, openPlaces: 3),
            ],
            map: "pass", level: 20, leader: PlayerID(1))
    }

    @Test(arguments: ContentType.allCases)
    func aRequestForPlayersBecomesOne(type: ContentType) throws {
        guard case .backfill(let request) = try command(.backfill(backfill()), type) else {
            Issue.record("no request")
            return
        }
        #expect(request.match == match && request.queue == QueueIndex(6))
        #expect(request.region == RegionIndex(5) && request.lobby == LobbyIndex(1))
        #expect(request.map == 1 && request.generation == 6)
        // (3 · 1400 + 1800) / 4 is 1500: the first team is 300 below three mean ones, the second
        // as much above one.
        #expect(request.rating.points == 1500)
        #expect(request.teamSums[0] == -300 * Rating.stepsPerPoint)
        #expect(request.teamSums[1] == 300 * Rating.stepsPerPoint)
        #expect(request.openPlaces[0] == 1 && request.openPlaces[1] == 3)
        let roles = (0..<12).map { request.openRoles[$0] }
        #expect(roles == [2, 0, 1, 0, 0, 0] + Array(repeating: UInt8.max, count: 6))
    }

    @Test func aMatchOfOneTeamStillHasAMean() throws {
        var message = backfill()
        message.teams[0].playerCount = 0
        message.teams[0].rating = -10_000
        guard case .backfill(let request) = try command(.backfill(message), .json) else { return }
        #expect(request.rating.points == 1800)
        #expect(request.teamSums[0] == 0 && request.teamSums[1] == 0)
    }

    @Test func theGreatestDifferenceFitsItsField() throws {
        var message = backfill()
        message.teams[0] = BackfillTeam(playerCount: 63, rating: -10_000, openPlaces: 1)
        message.teams[1] = BackfillTeam(playerCount: 63, rating: 50_000, openPlaces: 0)
        guard case .backfill(let request) = try command(.backfill(message), .json) else { return }
        #expect(request.teamSums[1] == 63 * 30_000 * Rating.stepsPerPoint)
        #expect(request.teamSums[0] == -request.teamSums[1])
    }

    @Test func whatTheConfigurationRefusesIsNamed() {
        var message = backfill()
        message.region = "mars"
        message.map = "moon"
        message.teams[1].openRoles = [OpenRole(role: "bard", count: 1)]
        var directory = FakeDirectory()
        guard
            case .failure(let refusal) = decodeCommands(.backfill(message), .json, &directory)
        else {
            Issue.record("accepted")
            return
        }
        #expect(refusal.reason == .unknownRegion && directory.lobbies.isEmpty)
        #expect(
            refusal.detail
                == "backfill.region: no such region is configured; backfill.map: the queue has no "
                + "such map; backfill.teams[1].open_roles.bard: the queue has no such role")
        #expect(refusal.rejection?.match == match && refusal.rejection?.queue == "temple")
        for (level, why) in [
            (UInt32(0), "is missing: the queue has level brackets"),
            (50, "50 is in no level bracket of the queue"),
        ] {
            message = backfill()
            message.level = level
            message.map = ""
            let result = decodeCommands(.backfill(message), .protobuf, &directory)
            guard case .failure(let refusal) = result else {
                Issue.record("accepted")
                continue
            }
            #expect(refusal.reason == .wrongLevel)
            #expect(refusal.detail == "backfill.level: " + why)
        }
        message = backfill()
        message.map = ""
        guard
            case .failure(let mapless) = decodeCommands(.backfill(message), .protobuf, &directory)
        else {
            Issue.record("accepted")
            return
        }
        #expect(mapless.detail == "backfill.map: is missing: the queue has a choice of maps")
        let mark = MarkMessage(player: PlayerID(7), scope: "pve", seconds: 1, lobby: "l")
        guard case .failure(let scopeless) = decodeCommands(.mark(mark), .json, &directory) else {
            Issue.record("accepted")
            return
        }
        #expect(scopeless.reason == .unknownScope && scopeless.lobby == "l")
        #expect(scopeless.detail == "mark.scope: no such cooldown scope is configured")
    }

    @Test func aRefusedAnswerNamesItsMatch() {
        var directory = FakeDirectory(lobbyCountMax: 0)
        let message = AnswerMessage(match: match, ticket: ticket, lobby: "l", answer: .accepted)
        guard
            case .failure(let refusal) = decodeCommands(.answer(message), .protobuf, &directory)
        else {
            Issue.record("accepted")
            return
        }
        #expect(refusal.reason == .unknownLobbyLimit)
        #expect(refusal.rejection?.match == match && refusal.rejection?.ticket == ticket)
    }
}
