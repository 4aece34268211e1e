// Draws what happens to formed matches, and what is remembered of ended tickets.

import MatchCore

extension ScenarioMaker {
    /// Room for unsettled matches and for the memory of ended tickets.
    mutating func addSettlement(_ limits: inout Limits) {
        if features.contains(.settlement) {
            limits.reservationCountMax = random.element([1, 3, 8, 64, 64])
        }
        if features.contains(.memory) {
            limits.endedCountMax = random.element([2, 16, 256, 256])
            limits.endedMemoryTicks = random.element([0, 3, 15, 60])
        }
    }

    mutating func books() -> BooksManners? {
        if !features.contains(.settlement) { return nil }
        return BooksManners(
            delayMax: random.element([1, 4, 12]), refusedShare: random.element([0.1, 0.4, 0.8]),
            busyShare: random.element([0.2, 0.6]), strayShare: random.element([0, 0.3]))
    }

    /// As after a restart: the core is told of a ticket that has ended already.
    mutating func tellOfEnded(_ tick: Int32) {
        guard features.contains(.memory), random.chance(0.15) else { return }
        let number = random.next(in: max(1, nextTicket - 6)...nextTicket + 3)
        let match =
            random.chance(0.7)
            ? MatchID(number: 5000 + number) : MatchID(high: 0, low: 0)
        add(tick, .ended(EndedRequest(ticket: TicketID(number: number), match: match)))
    }
}
