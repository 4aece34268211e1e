// One waiting ticket in one cache line: whatever a tick reads of a ticket arrives with one miss.
// (One array a field was measured slower: see docs/decisions/0002.)

/// The hot state of a ticket. Its latencies and members stand in columns of their own.
struct TicketRecord: BitwiseCopyable {
    var ticket: TicketID
    /// Place in the rating order: biased rating in the upper 24 bits, arrival number below.
    var key: UInt64
    var enqueuedAt: Int32
    /// Tick of the next timed wake.
    var wakeAt: Int32
    /// Of a reserved ticket the next of its match.
    var wheelNext: Int32
    var wheelPrevious: Int32
    var firstMember: Int32
    /// The ticket's row in `DetailTable`, or `noSlot`.
    var detail: Int32
    /// The tick at which a window reaches the next possible partner seen so far; `Int32.max` if
    /// none was seen. Of a proposed ticket its seat's place, of a reserved one its team.
    var nextLook: Int32
    /// The ticket's lowest round trip to any region, in milliseconds.
    var bestLatency: UInt16
    var queue: QueueIndex
    var lobby: LobbyIndex
    /// Regions in whose index the ticket stands, a bit each.
    var regions: UInt16
    var memberCount: UInt8
    /// Lane in the lower 6 bits, state above.
    private var laneAndState: UInt8
    var flags: TicketFlags
    /// How much wider its window is than its queue's.
    var stretch: Stretch

    static let noSlot: Int32 = -1

    var state: TicketState {
        @inline(__always) get { TicketState(rawValue: laneAndState >> 6) ?? .free }
        set { laneAndState = laneAndState & 63 | newValue.rawValue << 6 }
    }

    /// Its lane in each region of its queue; see `Lanes`.
    var lane: UInt8 {
        @inline(__always) get { laneAndState & 63 }
        set { laneAndState = laneAndState & 192 | newValue & 63 }
    }
}

enum TicketState: UInt8, BitwiseCopyable {
    case free
    case waiting
    /// Part of a proposed match: in no index and no list.
    case proposed
    /// Part of a formed match that is not settled: in no index and no list of the wheel.
    case reserved
}

/// What is true of a ticket besides.
struct TicketFlags: OptionSet, BitwiseCopyable {
    let rawValue: UInt8
    /// It has waited as long as its queue's strictest rules last.
    static let isRipe = TicketFlags(rawValue: 1)
    static let isMercenary = TicketFlags(rawValue: 2)
    static let isWarParty = TicketFlags(rawValue: 4)
    /// It accepted the match that is proposed to it.
    static let hasAccepted = TicketFlags(rawValue: 8)
    /// Of a reserved ticket, which has nothing more to accept: its lobby took it back.
    static let isTakenBack = hasAccepted
    /// Its party plays for the second faction.
    static let isSecondFaction = TicketFlags(rawValue: 16)
    /// It takes place in its index as a chooser of maps.
    static let choosesMaps = TicketFlags(rawValue: 32)
    /// It avoids players.
    static let hasAvoidList = TicketFlags(rawValue: 64)
    /// It came back from a proposed or refused match: who came meanwhile has not seen it.
    static let hasReturned = TicketFlags(rawValue: 128)
    /// Those that follow from the queue's rules.
    static let ofRules = TicketFlags(rawValue: 33)
}

/// Keys that order tickets by rating and, at equal rating, by arrival: the earlier one first.
enum RatingKey {
    static let sequenceBits: UInt64 = 40
    static let sequenceMax: UInt64 = (1 << sequenceBits) - 1
    static let ratingMax: UInt64 = (1 << (64 - sequenceBits)) - 1
    /// Lowest rating of `Rating.pointsMin` becomes 0; the whole range fits in 24 bits.
    static let bias: Int32 = Int32(-Rating.pointsMin) * Rating.stepsPerPoint

    @inline(__always) static func make(rating: Int32, sequence: UInt64) -> UInt64 {
        assert(sequence <= sequenceMax)
        return UInt64(UInt32(bitPattern: rating &+ bias)) << sequenceBits | sequence
    }

    @inline(__always) static func rating(of key: UInt64) -> Int32 {
        Int32(truncatingIfNeeded: key >> sequenceBits) &- bias
    }
}

extension TicketRecord {
    /// `wakeAt` of a ticket that is in no list of the wheel.
    static let notScheduled = Int32.min
}
