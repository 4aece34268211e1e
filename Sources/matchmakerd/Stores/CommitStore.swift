// The books: matches come into being by mm.commit_tick and mm.commit_backfills alone
// (db/migrations/0004 and 0009), fenced by the shard's epoch. Used by the committing thread;
// blocking.
import DaemonKit
import MatchCore
import Wire

/// Commits groups of tickets.
final class CommitStore: @unchecked Sendable {
    // SAFETY: made by the main thread, then used by the committing thread alone.
    private let session: DatabaseSession
    private let lease: Lease
    /// Time for a server to be found, in milliseconds.
    private let claimMilliseconds: Int

    init(session: DatabaseSession, lease: Lease, claimMilliseconds: Int) {
        self.session = session
        self.lease = lease
        self.claimMilliseconds = claimMilliseconds
    }

    private static let commitTick = PostgresStatement(
        "commit_tick",
        """
        select match_id, state, clash_players, clash_tickets from mm.commit_tick(
            $1, $2, $3, $4, $5, $6::uuid[], $7::text[], $8::text[], $9::text[], $10::boolean[],
            $11::int[], $12::bytea[], $13::uuid[], $14::int[], $15::bigint[], $16::int[],
            $17::int[], $18::text[], $19::text[], $20::bytea[])
        """)
    private static let commitBackfills = PostgresStatement(
        "commit_backfills",
        """
        select group_index, verdict, clash_players, clash_tickets from mm.commit_backfills(
            $1, $2, $3, $4::uuid[], $5::int[], $6::uuid[], $7::int[], $8::bigint[], $9::int[],
            $10::int[], $11::text[], $12::text[], $13::bytea[])
        """)

    /// Commits groups of one batch, in one round trip; verdicts stand in their order.
    /// - Parameter serial: rises with each batch; the same for a repetition.
    /// - Throws: `PostgresError`. Of a refusal nothing was committed; after `unknownOutcome` and
    ///   `notConnected` the same call has to be repeated.
    func commit(
        _ groups: ArraySlice<FormedGroup>, serial: UInt64
    ) throws(PostgresError) -> [CommitVerdict] {
        precondition(!groups.isEmpty)
        let rows = CommitRows(groups)
        let head: [PostgresValue] = [
            .text(lease.shard), .int(Int64(lease.epoch)), .int(Int64(serial)),
        ]
        guard let tick = groups.first?.batch.tick else {
            let answer = try session.connection().execute(
                CommitStore.commitBackfills,
                head + [
                    .uuids(rows.matches),
                    .int32s(groups.map { Int32(clamping: $0.generation ?? 0) }),
                ]
                    + rows.places + rows.messages)
            return try backfillVerdicts(answer, groups)
        }
        let version = Int64(bitPattern: groups.first?.batch.rulesVersion ?? 0)
        let matches: [PostgresValue] = [
            .int(Int64(clamping: tick)), .int(version), .uuids(rows.matches), .texts(rows.queues),
            .texts(rows.modes), .texts(rows.regions), .bools(groups.map { _ in false }),
            .int32s(groups.map { _ in Int32(clamping: claimMilliseconds) }),
            .byteArrays(rows.bodies),
        ]
        let answer = try session.connection().execute(
            CommitStore.commitTick, head + matches + rows.places + rows.messages)
        return try verdicts(answer, groups)
    }

    /// A row without a state is a refused match.
    private func verdicts(
        _ answer: PostgresResult, _ groups: ArraySlice<FormedGroup>
    ) throws(PostgresError) -> [CommitVerdict] {
        var found: [MatchID: CommitVerdict] = [:]
        for row in answer.rows {
            guard let match = MatchID(uuidText: try row.text(0)) else {
                throw .unexpectedValue("commit_tick: no match id")
            }
            if row.isNull(1) {
                let group = groups.first { $0.match == match }
                let clash = Clash(players: row.optionalText(2), tickets: row.optionalText(3))
                found[match] = .refused(busy: group.map(clash.busy) ?? [])
            } else if found[match] == nil {
                found[match] = .committed
            }
        }
        return try groups.map { group throws(PostgresError) in
            guard let verdict = found[group.match] else {
                throw .unexpectedValue("commit_tick: no word on \(group.match.uuidText)")
            }
            return verdict
        }
    }

    private func backfillVerdicts(
        _ answer: PostgresResult, _ groups: ArraySlice<FormedGroup>
    ) throws(PostgresError) -> [CommitVerdict] {
        var verdicts = [CommitVerdict?](repeating: nil, count: groups.count)
        for row in answer.rows {
            let position = Int(try row.int(0)) - 1
            guard verdicts.indices.contains(position) else {
                throw .unexpectedValue("commit_backfills: group \(position + 1)")
            }
            if try row.text(1) == "joined" {
                verdicts[position] = .committed
            } else {
                let clash = Clash(players: row.optionalText(2), tickets: row.optionalText(3))
                verdicts[position] = .refused(
                    busy: clash.busy(groups[groups.startIndex + position]))
            }
        }
        return try verdicts.enumerated().map { entry throws(PostgresError) in
            guard let verdict = entry.element else {
                throw .unexpectedValue("commit_backfills: no word on group \(entry.offset + 1)")
            }
            return verdict
        }
    }
}

/// Whom a refused group names that is taken already.
private struct Clash {
    let players: Set<UInt64>
    let tickets: Set<TicketID>

    /// Reads the text form of arrays: `{1,2}`.
    init(players: String?, tickets: String?) {
        self.players = Set(Clash.elements(players).compactMap { UInt64($0) })
        self.tickets = Set(Clash.elements(tickets).compactMap { TicketID(uuidText: String($0)) })
    }

    private static func elements(_ text: String?) -> [Substring] {
        (text ?? "").dropFirst().dropLast().split(separator: ",")
    }

    /// The group's tickets that may not play.
    func busy(_ group: FormedGroup) -> [TicketID] {
        group.seats.filter { seat in
            tickets.contains(seat.ticket) || seat.players.contains { players.contains($0.raw) }
        }.map(\.ticket)
    }
}
