// What becomes of a ticket's names: positions that hold in all of its queues, or refusals.

import MatchCore
import Testing
import Wire

/// Decodes one message with a fresh decoder; commands, or the refusal.
func decodeCommands(
    _ message: IntakeMessage, _ type: ContentType, _ directory: inout FakeDirectory
) -> Result<[Command], IntakeRefusal> {
    var decoder = IntakeDecoder(tickMilliseconds: 50)
    var commands: [Command] = []
    do throws(IntakeRefusal) {
        _ = try type.encode(message).withRawBytes { buffer throws(IntakeRefusal) in
            try decoder.decode(buffer, as: type, directory: &directory, into: &commands)
        }
        return .success(commands)
    } catch {
        // Nothing is left over from a refused message.
        return commands.isEmpty ? .failure(error) : .success(commands)
    }
}

@Suite struct TicketNamesTests {
    private func player(
        _ id: UInt64, roles: [String] = [], faction: String = "", level: UInt32 = 10
    ) -> PlayerEntry {
        PlayerEntry(
            player: PlayerID(id), rating: 1500, roles: roles, faction: faction, level: level)
    }

    private func ticket(_ queue: String, _ players: [PlayerEntry]) -> TicketMessage {
        var ticket = Sample.ticket()
        ticket.queue = queue
        ticket.players = players
        return ticket
    }

    private func commands(_ ticket: TicketMessage, _ type: ContentType) throws -> [Command] {
        var directory = FakeDirectory()
        return try decodeCommands(.ticket(ticket), type, &directory).get()
    }

    @Test(arguments: ContentType.allCases)
    func everyNameBecomesItsPosition(type: ContentType) throws {
        var ticket = ticket(
            "temple",
            [
                player(1, roles: ["healer", "tank"], faction: "dominion"),
                player(2, level: 14), player(3, roles: ["damage"], level: 6),
            ])
        ticket.faction = "exile"
        ticket.isMercenary = true
        ticket.team = 77
        ticket.maps = ["mines", "halls"]
        ticket.furtherQueues = [
            FurtherQueue(queue: "duel", rating: 0), FurtherQueue(queue: "trial"),
        ]
        ticket.avoided = (1...21).map { PlayerID($0) }
        let commands = try commands(ticket, type)
        guard case .enqueue(let request) = commands[0] else {
            Issue.record("no enqueue")
            return
        }
        #expect(request.queue == QueueIndex(5) && request.faction == 1)
        #expect(request.isMercenary && !request.isWarParty && request.hasDetail)
        #expect(request.avoidedCount == 21 && commands.count == 1 + request.followerCount)
        #expect(request.leader.roles == RoleSet(bits: 0b011) && request.leader.preferredRole == 1)
        guard case .members(let group) = commands[1], case .detail(let detail) = commands[2] else {
            Issue.record("the followers stand in another order")
            return
        }
        #expect(group.members[0].roles == .all)
        #expect(group.members[0].preferredRole == RoleSet.noPreference)
        #expect(group.members[1].roles == RoleSet(bits: 0b100))
        #expect(detail.team == 77 && detail.maps == MapSet(bits: 0b101) && detail.choiceCount == 2)
        #expect(detail.choices[0] == QueueChoice(queue: QueueIndex(3), rating: Rating(steps: 0)))
        #expect(detail.choices[1] == QueueChoice(queue: QueueIndex(9)))
        var avoided: [PlayerID] = []
        for command in commands.dropFirst(3) {
            guard case .avoided(let group) = command else {
                Issue.record("something else between the avoided")
                continue
            }
            for index in 0..<Int(group.count) { avoided.append(group.players[index]) }
        }
        #expect(avoided == ticket.avoided)
    }

    private func rated(_ message: TicketMessage, _ type: ContentType) throws -> [RatedMember] {
        let commands = try commands(message, type)
        guard case .enqueue(let request) = commands[0] else { return [] }
        #expect(commands.count == 1 + request.followerCount)
        var members: [RatedMember] = []
        for case .roleRatings(let group) in commands {
            for index in 0..<Int(group.count) { members.append(group.members[index]) }
        }
        #expect(members.count == Int(request.ratedCount))
        return members
    }

    @Test(arguments: ContentType.allCases)
    func ratingsByRoleBecomeOffsetsByPosition(type: ContentType) throws {
        var ticket = ticket("temple", (1...20).map { player($0, faction: "exile") })
        ticket.players[0].roleRatings = [
            RoleRating(role: "damage", rating: 1600.25), RoleRating(role: "tank", rating: -2500),
        ]
        for index in 5..<17 {
            ticket.players[index].roleRatings = [
                RoleRating(role: "healer", rating: 1500 + Double(index))
            ]
        }
        let members = try rated(ticket, type)
        #expect(members.map { Int($0.position) } == [0] + Array(5..<17))
        let steps = { (member: RatedMember) in (0..<3).map { member.offsets.steps($0) } }
        #expect(steps(members[0]) == [-4000 * 128, 0, 12_832])
        for member in members.dropFirst() {
            #expect(steps(member) == [0, Int32(member.position) * 128, 0])
        }
    }

    /// Only a queue that counts ratings by role takes room for them.
    @Test func ratingsByRoleAreLeftOutWhereNoQueueCountsThem() throws {
        var ticket = ticket("ruins", [player(1)])
        ticket.players[0].roleRatings = [RoleRating(role: "tank", rating: 1600)]
        #expect(try rated(ticket, .protobuf).isEmpty)
        ticket.queue = "duel"
        #expect(try rated(ticket, .protobuf).isEmpty)
        ticket.players[0].faction = "exile"
        ticket.furtherQueues = [FurtherQueue(queue: "temple")]
        #expect(try rated(ticket, .protobuf).count == 1)
    }

    /// Lobbies may send all they know of a player to any queue.
    @Test func aQueueWithoutNamesIgnoresThem() throws {
        var ticket = ticket("duel", [player(1, roles: ["bard"], faction: "orcs", level: 99)])
        ticket.maps = ["moon"]
        let commands = try commands(ticket, .protobuf)
        guard case .enqueue(let request) = commands[0], commands.count == 1 else {
            Issue.record("more than an enqueue")
            return
        }
        #expect(request.leader.roles == .all && request.faction == 0 && !request.hasDetail)
    }

    @Test(arguments: [(UInt64(1), UInt16(9)), (2, 8)])
    func anExperimentGoesByTheLeader(leader: UInt64, queue: UInt16) throws {
        let commands = try commands(ticket("trial", [player(leader), player(4)]), .protobuf)
        guard case .enqueue(let request) = commands[0] else { return }
        #expect(request.queue == QueueIndex(queue))
    }

    @Test func aWarPartyIsOne() throws {
        var ticket = ticket("duel", (1...80).map { player($0) })
        ticket.isWarParty = true
        ticket.team = 5
        let commands = try commands(ticket, .json)
        guard case .enqueue(let request) = commands[0] else { return }
        #expect(request.isWarParty && request.hasDetail && request.memberCount == 80)
        #expect(commands.count == 1 + request.followerCount)
    }

    @Test func upToThreePlayBesideTheLeaderWhoseFactionIsAnother() throws {
        let mixed = [
            player(1, faction: "dominion"), player(2, faction: "exile"),
            player(3, faction: "dominion"),
        ]
        guard case .enqueue(let request) = try commands(ticket("temple", mixed), .json)[0] else {
            return
        }
        #expect(request.faction == 1)
    }

    /// A change to a sound ticket for "temple" and the refusal that it must get.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let change: @Sendable (inout TicketMessage) -> Void
        let reason: RejectCode
        let detail: String
        var testDescription: String { name }
    }

    static let refused: [Case] = [
        Case(
            name: "level missing", change: { $0.players[0].level = 0 }, reason: .wrongLevel,
            detail: "ticket.players[0].level: is missing: ticket.queue has level brackets"),
        Case(
            name: "level in no bracket", change: { $0.players[0].level = 5 },
            reason: .wrongLevel,
            detail: "ticket.players[0].level: 5 is in no level bracket of ticket.queue"),
        Case(
            name: "members of other brackets",
            change: {
                $0.players[1].level = 15
                $0.players[2].level = 0
            }, reason: .wrongLevel,
            detail: "ticket.players[1].level: 15 is not in the leader's level bracket of "
                + "ticket.queue; ticket.players[2].level: is missing: ticket.queue has level "
                + "brackets"),
        Case(
            name: "no faction", change: { $0.faction = "" }, reason: .wrongFaction,
            detail: (0..<4).map {
                "ticket.players[\($0)].faction: is missing: the queue has factions"
            }.joined(separator: "; ")),
        Case(
            name: "unknown faction", change: { $0.faction = "orcs" }, reason: .wrongFaction,
            detail: "ticket.faction: ticket.queue has no such faction"),
        Case(
            name: "a larger party of both", change: { $0.players[2].faction = "dominion" },
            reason: .wrongFaction,
            detail: "ticket.players[2].faction: is not the leader's: a party of more than 3 "
                + "players is of one faction"),
        Case(
            name: "unknown role", change: { $0.players[3].roles = ["tank", "bard"] },
            reason: .unknownRole,
            detail: "ticket.players[3].roles[1]: ticket.queue has no such role"),
        Case(
            name: "a rating in an unknown role",
            change: { $0.players[2].roleRatings = [RoleRating(role: "bard", rating: 1500)] },
            reason: .unknownRole,
            detail: "ticket.players[2].role_ratings.bard: ticket.queue has no such role"),
        Case(
            name: "unknown map", change: { $0.maps = ["moon", "halls"] }, reason: .unknownMap,
            detail: "ticket.maps[0]: ticket.queue has no such map"),
        Case(
            name: "unknown further queue",
            change: {
                $0.furtherQueues = [FurtherQueue(queue: "duel"), FurtherQueue(queue: "chess")]
            }, reason: .unknownQueue,
            detail: "ticket.queues[1].queue: no such queue is configured"),
        Case(
            name: "queues that mean other roles by the same position",
            change: {
                $0.players[0].roles = ["healer", "tank"]
                $0.furtherQueues = [FurtherQueue(queue: "ruins")]
            }, reason: .conflictingQueues,
            detail: "ticket.players[0].roles[1]: is another role by position in "
                + "ticket.queues[0].queue: send a ticket for each queue"),
        Case(
            name: "everything at once",
            change: {
                $0.furtherQueues = [FurtherQueue(queue: "chess")]
                $0.maps = ["moon"]
                $0.players[1].roles = ["bard"]
                $0.players[2].level = 20
            }, reason: .wrongLevel,
            detail: "ticket.players[2].level: 20 is not in the leader's level bracket of "
                + "ticket.queue; ticket.queues[0].queue: no such queue is configured; "
                + "ticket.maps[0]: ticket.queue has no such map; ticket.players[1].roles[0]: "
                + "ticket.queue has no such role"),
    ]

    @Test(arguments: refused) func whatTheConfigurationRefusesIsNamed(_ test: Case) {
        for type in ContentType.allCases {
            var ticket = ticket("temple", (1...4).map { player($0) })
            ticket.faction = "exile"
            test.change(&ticket)
            var directory = FakeDirectory()
            guard
                case .failure(let refusal) = decodeCommands(.ticket(ticket), type, &directory)
            else {
                Issue.record("\(test.name) was accepted")
                continue
            }
            #expect(refusal.reason == test.reason)
            #expect(refusal.detail == test.detail)
            #expect(refusal.reason.isByConfiguration)
            #expect(refusal.ticket == ticket.ticket && refusal.queue == "temple")
            #expect(directory.lobbies.isEmpty)
        }
    }
}
