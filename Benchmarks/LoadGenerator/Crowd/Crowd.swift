// The life of a population as a state machine: time and events in, messages out. Parties come,
// queue, play, come back or leave, and give up when their patience ends. It talks to nobody.
import MatchCore
import Wire

/// Counts since the start.
struct CrowdTotals: Equatable {
    var ticketsSent = 0
    var ticketsMatched = 0
    var playersMatched = 0
    var matches = 0
    var cancelled = 0
    var expired = 0
    /// Closed for another reason than the two above.
    var closedOtherwise = 0
    /// Rejected because no region lies within the queue's highest latency cap.
    var outOfReach = 0
    /// Rejected for another reason.
    var rejected = 0
    /// Gave up, but the match was faster.
    var cancelsTooLate = 0
    var partiesLeft = 0
}

/// Everybody. Times are seconds since the start.
struct Crowd {
    private struct Waiting {
        var party: Party
        var queue: Int
        var isGivingUp = false
    }

    private enum Moment {
        case returns(Party)
        case givesUp(TicketID)
    }

    /// Pause of a party that the matchmaker had no room for.
    private static let overloadPauseSeconds = 2.0

    private let workload: Workload
    private let lobby: String
    private var arrivals: ArrivalProcess
    private var factory: PartyFactory
    private var random: RandomSource
    private var ids: RandomSource
    private var waiting: [TicketID: Waiting] = [:]
    private var moments = TimerHeap<Moment>()
    private(set) var playingPlayers = 0
    private var games = TimerHeap<Int>()
    private(set) var totals = CrowdTotals()
    /// Players that wait, by position of the queue in the workload.
    private(set) var waitingPlayers: [Int]

    /// - Parameters:
    ///   - rate: factor on all arrivals.
    ///   - salt: different in each run, for ids; the population itself depends on the seed only.
    init(_ workload: Workload, lobby: String, rate: Double, salt: UInt64) {
        self.workload = workload
        self.lobby = lobby
        arrivals = ArrivalProcess(workload, rate: rate)
        factory = PartyFactory(workload, salt: salt)
        random = RandomSource(seed: workload.seed)
        ids = RandomSource(seed: salt)
        waitingPlayers = Array(repeating: 0, count: workload.queues.count)
    }

    var waitingTickets: Int { waiting.count }

    /// Hour of the compressed day in UTC.
    func hour(atSeconds seconds: Double) -> Double { arrivals.hour(atSeconds: seconds) }

    /// What everybody does up to now.
    mutating func step(nowSeconds: Double) -> [IntakeMessage] {
        var messages: [IntakeMessage] = []
        for home in arrivals.homes(until: nowSeconds, random: &random) {
            let party = factory.party(home: home, random: &random)
            if let message = enqueue(party, nowSeconds) { messages.append(message) }
        }
        while let moment = moments.popDue(atSeconds: nowSeconds) {
            switch moment {
            case .returns(let party):
                if let message = enqueue(party, nowSeconds) { messages.append(message) }
            case .givesUp(let ticket):
                guard waiting[ticket] != nil else { continue }
                waiting[ticket]?.isGivingUp = true
                messages.append(.cancel(CancelMessage(ticket: ticket, lobby: lobby)))
            }
        }
        while let players = games.popDue(atSeconds: nowSeconds) { playingPlayers -= players }
        return messages
    }

    /// What an event changes.
    mutating func take(_ event: EventMessage, nowSeconds: Double) {
        switch event {
        case .matched(let match): play(match, nowSeconds)
        case .closed(let closed): close(closed)
        case .rejected(let rejection): reject(rejection, nowSeconds)
        // None of the crowd's queues asks to accept, and its matches ask for nobody.
        case .proposed, .substituted, .returned, .backfilled, .backfillEnded: break
        }
    }

    /// Cancels for everybody who waits, in the order of their ids.
    mutating func leave() -> [IntakeMessage] {
        waiting.filter { !$0.value.isGivingUp }.keys
            .sorted { ($0.high, $0.low) < ($1.high, $1.low) }
            .map { .cancel(CancelMessage(ticket: $0, lobby: lobby)) }
    }

    private mutating func enqueue(_ party: Party, _ nowSeconds: Double) -> IntakeMessage? {
        guard let queue = factory.queue(partySize: party.players.count, random: &random) else {
            totals.partiesLeft += 1
            return nil
        }
        // The bits of a random UUID (RFC 4122, version 4).
        let ticket = TicketID(
            high: ids.next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000,
            low: ids.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
        let patience = random.weibull(
            shape: workload.patience.shape, scale: workload.patience.scaleSeconds)
        waiting[ticket] = Waiting(party: party, queue: queue)
        waitingPlayers[queue] += party.players.count
        moments.add(.givesUp(ticket), atSeconds: nowSeconds + patience)
        totals.ticketsSent += 1
        return .ticket(
            TicketMessage(
                ticket: ticket, queue: workload.queues[queue].name, lobby: lobby,
                players: party.players, latencies: party.latencies))
    }

    private mutating func play(_ match: MatchMessage, _ nowSeconds: Double) {
        totals.matches += 1
        let games = workload.games
        let end =
            nowSeconds + random.logNormal(median: games.medianSeconds, sigma: games.sigma)
        for seat in match.teams.flatMap(\.seats) {
            guard let entry = remove(seat.ticket) else { continue }
            let count = entry.party.players.count
            totals.ticketsMatched += 1
            totals.playersMatched += count
            playingPlayers += count
            self.games.add(count, atSeconds: end)
            if random.uniform() < games.leaveProbability {
                totals.partiesLeft += 1
            } else {
                let pause = random.exponential(mean: games.breakSeconds)
                moments.add(.returns(entry.party), atSeconds: end + pause)
            }
        }
    }

    private mutating func close(_ closed: ClosedMessage) {
        guard remove(closed.ticket) != nil else { return }
        totals.partiesLeft += 1
        switch closed.reason {
        case .cancelled: totals.cancelled += 1
        case .expired: totals.expired += 1
        default: totals.closedOtherwise += 1
        }
    }

    private mutating func reject(_ rejection: RejectionMessage, _ nowSeconds: Double) {
        guard let ticket = rejection.ticket else {
            totals.rejected += 1
            return
        }
        switch rejection.reason {
        case .unknownTicket, .tooLate:
            // The answer to a cancel: the match was faster, and its event stands.
            totals.cancelsTooLate += 1
            if waiting[ticket]?.isGivingUp == true { remove(ticket) }
        case .duplicateTicket:
            // A message that was sent twice for safety: the first one stands.
            return
        case .overloaded, .tableFull:
            totals.rejected += 1
            guard let entry = remove(ticket) else { return }
            moments.add(
                .returns(entry.party), atSeconds: nowSeconds + Self.overloadPauseSeconds)
        case .noReachableRegion:
            totals.outOfReach += 1
            if remove(ticket) != nil { totals.partiesLeft += 1 }
        default:
            totals.rejected += 1
            if remove(ticket) != nil { totals.partiesLeft += 1 }
        }
    }

    @discardableResult
    private mutating func remove(_ ticket: TicketID) -> Waiting? {
        guard let entry = waiting.removeValue(forKey: ticket) else { return nil }
        waitingPlayers[entry.queue] -= entry.party.players.count
        return entry
    }
}
