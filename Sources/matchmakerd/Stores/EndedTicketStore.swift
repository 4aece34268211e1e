// Tickets that ended in a match, for a new owner's start (db/migrations/0011). Used by the starting
// thread; blocking.
import DaemonKit
import MatchCore
import Wire

/// Reads which tickets play.
struct EndedTicketStore {
    let session: DatabaseSession

    private static let since = PostgresStatement(
        "tickets_since",
        "select ticket_id, match_id from mm.tickets_since(clock_timestamp() - $1 * interval '1 s')")

    /// The tickets committed within the last `seconds` by the database's clock, with their match.
    func read(seconds: Int) throws(PostgresError) -> [TicketID: MatchID] {
        let answer = try session.connection().execute(
            EndedTicketStore.since, [.int(Int64(seconds))])
        var ended: [TicketID: MatchID] = [:]
        ended.reserveCapacity(answer.rowCount)
        for row in answer.rows {
            guard let ticket = TicketID(uuidText: try row.text(0)),
                let match = MatchID(uuidText: try row.text(1))
            else { throw .unexpectedValue("tickets_since: no ids") }
            ended[ticket] = match
        }
        return ended
    }
}
