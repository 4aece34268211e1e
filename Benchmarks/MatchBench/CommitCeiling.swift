// The bare commit beside which `matchbench nats` stands: the rows of the matches that were just
// announced, written once more into tables of the same shape, by plain inserts of the same
// parameters in one transaction a call; without fence, without looking who is taken, without a
// matchmaker. Like Benchmarks/Database/commit_ceiling.py, from Swift over the same connection type.

import DaemonKit
import MatchCore
import Wire

/// Writes rows bare into a schema of its own, which is dropped at the end.
struct CommitCeiling {
    private let connection: PostgresConnection

    /// Matches of one call, as many as matchmakerd commits at once.
    private static let matchCountPerCall = 512

    /// - Parameter url: a login that may make a schema and read those of `mm`.
    init(url: String) throws {
        let configuration = try PostgresConfiguration(
            connectionString: url, applicationName: "matchbench")
        connection = try PostgresConnection(configuration: configuration)
        try connection.execute("drop schema if exists matchbench cascade")
        try connection.execute("create schema matchbench")
        try connection.execute(
            "create table matchbench.match (like mm.match including all)")
        try connection.execute(
            "create table matchbench.active_player (like mm.active_player including all)")
        try connection.execute(
            "create table matchbench.match_ticket (like mm.match_ticket including all)")
        try connection.execute(
            "create table matchbench.outbox (like mm.outbox including all)")
        try connection.execute(CommitCeiling.writeTick)
    }

    /// Writes all matches, as many a call as the committing thread takes at most.
    /// - Returns: matches a second.
    func matchesPerSecond(_ matches: [AnnouncedMatch]) throws -> Double {
        defer { _ = try? connection.execute("drop schema matchbench cascade") }
        let start = seconds()
        var rest = matches[...]
        while !rest.isEmpty {
            let call = rest.prefix(CommitCeiling.matchCountPerCall)
            try connection.execute(CommitCeiling.write, CommitCeiling.parameters(call))
            rest = rest.dropFirst(call.count)
        }
        return Double(matches.count) / (seconds() - start)
    }

    private static func parameters(_ matches: ArraySlice<AnnouncedMatch>) -> [PostgresValue] {
        var tickets: [PostgresUUID] = []
        var ticketMatches: [Int32] = []
        var players: [Int64] = []
        var playerTickets: [Int32] = []
        var outMatches: [Int32] = []
        var subjects: [String] = []
        var messageIDs: [String] = []
        var bodies: [[UInt8]] = []
        for (index, announced) in matches.enumerated() {
            let place = Int32(index + 1)
            for seat in announced.tickets {
                tickets.append(PostgresUUID(high: seat.ticket.high, low: seat.ticket.low))
                ticketMatches.append(place)
                for player in seat.players {
                    players.append(Int64(bitPattern: player.raw))
                    playerTickets.append(Int32(tickets.count))
                }
            }
            let id = announced.match.match.uuidText
            outMatches += [place, place]
            subjects += ["mm.v1.alloc.\(announced.match.region)", "mm.v1.evt.matchbench"]
            messageIDs += [id, "\(id):matchbench"]
            // The allocation's body stands with the match.
            bodies += [[], announced.body]
        }
        return [
            .uuids(
                matches.map { PostgresUUID(high: $0.match.match.high, low: $0.match.match.low) }),
            .texts(matches.map(\.match.queue)), .texts(matches.map(\.match.region)),
            .byteArrays(matches.map(\.body)), .uuids(tickets), .int32s(ticketMatches),
            .ints(players), .int32s(playerTickets), .int32s(outMatches), .texts(subjects),
            .texts(messageIDs), .byteArrays(bodies),
        ]
    }

    private static let write = PostgresStatement(
        "matchbench_write",
        """
        select matchbench.write_tick(
            $1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::uuid[], $6::int[], $7::bigint[],
            $8::int[], $9::int[], $10::text[], $11::text[], $12::bytea[])
        """)

    private static let writeTick: StaticString = """
        create function matchbench.write_tick(
            p_match uuid[], p_queue text[], p_region text[], p_body bytea[],
            p_ticket uuid[], p_ticket_match int[], p_player bigint[], p_player_ticket int[],
            p_out_match int[], p_out_subject text[], p_out_msg_id text[], p_out_body bytea[])
        returns void language plpgsql as $$
        begin
            insert into matchbench.active_player
            select p.player_id, p_match[p_ticket_match[p.t]], p_ticket[p.t]
            from unnest(p_player, p_player_ticket) as p (player_id, t);
            insert into matchbench.match_ticket (ticket_id, match_id)
            select t.ticket_id, p_match[t.g]
            from unnest(p_ticket, p_ticket_match) as t (ticket_id, g);
            insert into matchbench.match (
                match_id, shard, epoch, tick, queue, mode, region, rules_version, state, due_at,
                tickets, players, body)
            select m.id, 'bench', 1, 1, m.queue, '1v1', m.region, 1, 'created',
                now() + interval '30 s', t.tickets, p.players, m.body
            from unnest(p_match, p_queue, p_region, p_body)
                with ordinality as m (id, queue, region, body, n)
            join (select g, array_agg(ticket_id) as tickets
                  from unnest(p_ticket, p_ticket_match) as t (ticket_id, g) group by g) as t
                on t.g = m.n
            join (select p_ticket_match[p.t] as g, array_agg(player_id) as players
                  from unnest(p_player, p_player_ticket) as p (player_id, t) group by 1) as p
                on p.g = m.n;
            insert into matchbench.outbox (msg_id, match_id, epoch, subject, body)
            select o.msg_id, p_match[o.m], 1, o.subject, nullif(o.body, '')
            from unnest(p_out_match, p_out_subject, p_out_msg_id, p_out_body)
                as o (m, subject, msg_id, body);
        end $$
        """
}
