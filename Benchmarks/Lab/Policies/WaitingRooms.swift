// Where the peers' policies keep their tickets: one list for each queue and region, in order of
// arrival. A ticket waits in its best region.

/// Waiting tickets by queue and region.
struct WaitingRooms {
    private let regionCount: Int
    private(set) var rooms: [[LabTicket]]
    private var roomOfTicket: [Int: Int] = [:]

    init(_ setup: PolicySetup) {
        regionCount = setup.regionCount
        rooms = Array(repeating: [], count: setup.rules.count * setup.regionCount)
    }

    func queue(_ room: Int) -> Int { room / regionCount }
    func region(_ room: Int) -> Int { room % regionCount }

    mutating func add(_ ticket: LabTicket) {
        let room = ticket.queue * regionCount + ticket.bestRegion(regionCount: regionCount)
        roomOfTicket[ticket.id] = room
        var place = rooms[room].count
        // Who returns to the queue takes his old place.
        while place > 0, LabTicket.isEarlier(ticket, rooms[room][place - 1]) { place -= 1 }
        rooms[room].insert(ticket, at: place)
    }

    mutating func remove(_ ticket: Int) {
        guard let room = roomOfTicket.removeValue(forKey: ticket) else { return }
        rooms[room].removeAll { $0.id == ticket }
    }

    /// Takes the tickets out and makes a match of them.
    mutating func form(
        _ tickets: [LabTicket], _ teams: [Int], queue: Int, region: Int
    ) -> FormedMatch {
        for ticket in tickets { remove(ticket.id) }
        return FormedMatch(
            queue: queue, region: region,
            seats: zip(tickets, teams).map { FormedSeat(ticket: $0.id, team: $1) })
    }
}

extension LabTicket {
    static func isEarlier(_ left: LabTicket, _ right: LabTicket) -> Bool {
        (left.since, left.id) < (right.since, right.id)
    }
}
