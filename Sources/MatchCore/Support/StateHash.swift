// A running fingerprint of the core's history: equal histories give equal values, and any
// difference shows with near certainty. Not meant to withstand forgery.

struct StateHash {
    private(set) var value: UInt64

    init(seed: UInt64) { value = mixed(seed) }

    @inline(__always) mutating func note(_ word: UInt64) { value = mixed(value ^ word) }

    @inline(__always) mutating func note(_ ticket: TicketID, _ word: Int) {
        value = mixed(value ^ ticket.high &+ mixed(ticket.low ^ UInt64(bitPattern: Int64(word))))
    }
}
