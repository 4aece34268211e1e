// The world thread: owns every match. Answers claims and releases, lets players in, ticks the
// fights, reports, and sends the heartbeat, so that a server whose world stands still falls silent.
// It writes to the spool: a claim is on the disk before it is accepted, a result before it is sent.
import DaemonKit
import MatchCore
import ServerTrust
import Wire

/// Runs the matches of this server.
final class WorldAgent: Agent {
    private let config: WorldConfig
    private let content: FightContent
    private let identity: ServerIdentity
    private let connection: NATSConnection
    private let spool: ReportSpool
    private let desk: WorldDesk
    private let board: WorldBoard
    private let counters: WorldCounters
    private var orders: PatientSender<SessionOrder>
    private var reports: PatientSender<ReportMessage>
    private var book: MatchBook
    /// Where each connected player plays.
    private var matchesByConnection: [LineConnectionID: MatchID] = [:]
    private var nextTick: UInt64 = 0
    private var nextBeat: UInt64 = 0
    private var drainDeadline: UInt64?

    private static let beatNanoseconds: UInt64 = 1_000_000_000
    /// Bounds a step after a stall.
    private static let messageCountPerStep = 1_024

    /// - Parameter left: by an earlier run; its matches are failed now.
    init(
        _ config: WorldConfig, content: FightContent, identity: ServerIdentity,
        left: SpoolContents, connection: NATSConnection, spool: ReportSpool, desk: WorldDesk,
        board: WorldBoard, counters: WorldCounters
    ) {
        self.config = config
        self.content = content
        self.identity = identity
        self.connection = connection
        self.spool = spool
        self.desk = desk
        self.board = board
        self.counters = counters
        orders = PatientSender(desk.orders)
        reports = PatientSender(desk.reports)
        book = MatchBook(content: content, matchCountMax: config.matchCountMax)
        for report in left.reports { book.noteOver(report.match, attempt: report.attempt) }
        for orphan in left.orphans { failOrphan(orphan) }
    }

    func step(nowNanoseconds: UInt64) -> Int {
        var workCount = 0
        orders.flush()
        reports.flush()
        watchDrain(nowNanoseconds)
        while workCount < WorldAgent.messageCountPerStep, let name = desk.stored.pop() {
            book.noteReported(name.match, attempt: name.attempt)
            workCount += 1
        }
        while workCount < WorldAgent.messageCountPerStep, let request = desk.requests.pop() {
            answer(request, nowNanoseconds)
            workCount += 1
        }
        while workCount < WorldAgent.messageCountPerStep, let news = desk.news.pop() {
            take(news)
            workCount += 1
        }
        if nowNanoseconds >= nextTick { workCount += tick(nowNanoseconds) }
        if nowNanoseconds >= nextBeat { beat(nowNanoseconds) }
        board.publish(
            nowNanoseconds: nowNanoseconds, matches: book.sessions.count,
            players: matchesByConnection.count, unreported: book.unreported.count)
        return workCount
    }

    /// Says goodbye: the platform need not wait for the silence to tell it.
    func finish() {
        book.isDraining = true
        beat(MonotonicClock.nowNanoseconds())
        reports.flush()
    }

    // MARK: - Requests

    private func answer(_ request: ServerRequest, _ now: UInt64) {
        switch request.body {
        case .claim(let claim):
            let (status, detail) = answer(claim, now)
            counters.claims[status].add()
            send(
                ClaimReplyMessage(
                    match: claim.match.match, attempt: claim.attempt, server: identity.server,
                    incarnation: identity.incarnation, status: status, detail: detail,
                    address: status == .accepted ? identity.address : ""), to: request)
        case .release(let release):
            let (status, detail, dropped) = book.release(release)
            counters.releases[status].add()
            if let dropped { takeAway(dropped) }
            send(
                ReleaseReplyMessage(
                    match: release.match, attempt: release.attempt, server: identity.server,
                    incarnation: identity.incarnation, status: status, detail: detail),
                to: request)
        }
    }

    private func answer(_ claim: ClaimMessage, _ now: UInt64) -> (ClaimStatus, detail: String) {
        let (decision, dropped) = book.decide(claim)
        if let dropped { takeAway(dropped) }
        let mode: FightMode
        switch decision {
        case .answer(let status, let detail): return (status, detail)
        case .accept(let accepted): mode = accepted
        }
        let name = AttemptName(claim.match.match, claim.attempt)
        let isNoted = spooled { () throws(SystemError) in
            try spool.noteClaim(name, incarnation: identity.incarnation)
        }
        if !isNoted { return (.unavailable, "the claim cannot be put on the disk") }
        let waitMilliseconds =
            claim.playersMilliseconds > 0
            ? UInt64(claim.playersMilliseconds) : UInt64(config.playersSeconds) * 1_000
        let seed = SecureRandom.bytes(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        book.hold(
            MatchSession(
                claim, content: content, mode: mode, seed: seed, nowNanoseconds: now,
                waitNanoseconds: waitMilliseconds * 1_000_000, isAutoplay: config.isAutoplay))
        report(name.match, name.attempt, .ready(address: identity.address))
        return (.accepted, "")
    }

    private func send(_ message: some CodedMessage, to request: ServerRequest) {
        // Who asks waits for a time of his own, and asks again.
        try? connection.publish(
            subject: request.replySubject, headers: MessageHeaders.of(request.form),
            body: message.encoded(as: request.form))
    }

    // MARK: - Players

    private func take(_ news: PlayerNews) {
        switch news {
        case .join(let id, let token): join(id, token)
        case .gone(let id):
            guard let match = matchesByConnection.removeValue(forKey: id) else { return }
            _ = book.update(match) { $0.leave(id) }
        case .focus(let id, let player):
            guard let match = matchesByConnection[id] else { return }
            let isKnown = book.update(match) { $0.focus(id, on: player) }
            if isKnown == false { orders.send(.line([id], ServerLine.error("unknown_player"))) }
        }
    }

    private func join(_ id: LineConnectionID, _ token: JoinToken) {
        let joined = book.update(token.match) { session in
            session.join(token, id).map {
                ServerLine.welcome(session, $0, tickMilliseconds: config.tickMilliseconds)
            }
        }
        let refusal = book.refusal(of: token.match, attempt: token.attempt)
        switch joined ?? .failure(JoinError(refusal)) {
        case .success(let welcome):
            matchesByConnection[id] = token.match
            counters.joins.add()
            orders.send(.admit(id, welcome))
        case .failure(let error):
            counters.joinRefusals[error.refusal].add()
            orders.send(.finish([id], ServerLine.refused(error.refusal)))
        }
    }

    private func sendAway(_ session: MatchSession, _ line: String) {
        let ids = Array(session.gate.connections.keys)
        for id in ids { matchesByConnection[id] = nil }
        if !ids.isEmpty { orders.send(.finish(ids, line)) }
    }

    // MARK: - Ticks

    private func tick(_ now: UInt64) -> Int {
        let period = UInt64(config.tickMilliseconds) * 1_000_000
        if nextTick != 0 && now >= nextTick + period {
            counters.ticksSkipped.add(Int((now - nextTick) / period))
        }
        // A schedule that has fallen behind goes on from here; fights count their own ticks.
        nextTick = nextTick == 0 || now >= nextTick + period ? now + period : nextTick + period
        for match in Array(book.sessions.keys) {
            let news = book.update(match) {
                $0.advance(nowNanoseconds: now, tickMilliseconds: config.tickMilliseconds)
            }
            guard let session = book.sessions[match] else { continue }
            show(session)
            switch news ?? nil {
            case nil: break
            case .started(let playerCount):
                report(match, session.attempt, .started(playerCount: UInt32(playerCount)))
            case .ended(let result): end(match, .ended(result), ServerLine.ended(result))
            }
        }
        counters.ticks.add()
        counters.tickSeconds.observe(Double(MonotonicClock.nowNanoseconds() - now) / 1e9)
        return book.sessions.count
    }

    private func show(_ session: MatchSession) {
        let ids = Array(session.gate.connections.keys)
        if ids.isEmpty { return }
        // The next line says the same and more: what cannot be sent now is not kept.
        if orders.isBehind {
            counters.linesDropped.add()
        } else {
            orders.send(.line(ids, ServerLine.state(session)))
        }
    }

    // MARK: - Ends and reports

    /// Ends a match with its last report.
    private func end(_ match: MatchID, _ body: ReportBody, _ line: String) {
        guard let session = book.close(match) else { return }
        sendAway(session, line)
        report(match, session.attempt, body)
    }

    /// Ends a match that is somebody else's now: nothing is reported.
    private func takeAway(_ session: MatchSession) {
        sendAway(session, ServerLine.bye(.released))
        counters.ended[.released].add()
        spooled { () throws(SystemError) in
            try spool.forget(AttemptName(session.match, session.attempt))
        }
    }

    private func failOrphan(_ orphan: OrphanClaim) {
        book.noteOver(orphan.name.match, attempt: orphan.name.attempt)
        report(
            orphan.name.match, orphan.name.attempt,
            .failed(.crashed, detail: "the server was restarted"),
            incarnation: orphan.incarnation)
    }

    private func report(
        _ match: MatchID, _ attempt: UInt32, _ body: ReportBody, incarnation: UInt64? = nil
    ) {
        let message = ReportMessage(
            server: identity.server, incarnation: incarnation ?? identity.incarnation,
            match: match, attempt: attempt,
            reportedAtMilliseconds: WallClock.nowMilliseconds(), body: body)
        if body.kind.isFinal {
            counters.ended[body.kind == .ended ? .played : .failed].add()
            // A disk that does not take it is no reason to keep the result back.
            spooled { () throws(SystemError) in try spool.noteFinal(message) }
        }
        reports.send(message)
    }

    /// Writes to the spool; false, counted and shown, if the disk does not take it.
    @discardableResult
    private func spooled(_ write: () throws(SystemError) -> Void) -> Bool {
        let begun = MonotonicClock.nowNanoseconds()
        defer {
            counters.spoolSeconds.observe(
                Double(MonotonicClock.nowNanoseconds() - begun) / 1e9)
        }
        do throws(SystemError) {
            try write()
            board.noteSpool(works: true)
            return true
        } catch {
            counters.spoolFailures.add()
            board.noteSpool(works: false)
            return false
        }
    }

    // MARK: - Heartbeat and drain

    private func beat(_ now: UInt64) {
        nextBeat = now + WorldAgent.beatNanoseconds
        let heartbeat = HeartbeatMessage(
            server: identity.server, incarnation: identity.incarnation, region: config.region,
            address: identity.address, build: config.build,
            matchCountMax: UInt32(config.matchCountMax), isDraining: book.isDraining,
            sessions: book.summaries, queues: content.queues)
        // Past any stream: who misses one hears the next.
        try? connection.publish(
            subject: Subject.heartbeat, headers: MessageHeaders.of(config.reportForm),
            body: heartbeat.encoded(as: config.reportForm))
        counters.heartbeats.add()
    }

    private func watchDrain(_ now: UInt64) {
        guard board.isDraining else { return }
        if drainDeadline == nil {
            book.isDraining = true
            drainDeadline = now + UInt64(config.drainSeconds) * 1_000_000_000
            beat(now)
        }
        if board.isCutShort || now >= drainDeadline ?? 0 {
            for match in Array(book.sessions.keys) {
                let body = ReportBody.failed(.shutdown, detail: "the server stops")
                end(match, body, ServerLine.bye(.shutdown))
            }
        }
        if book.sessions.isEmpty && !reports.isBehind && !orders.isBehind { board.noteDrained() }
    }
}

/// Who this server is to others.
struct ServerIdentity: Sendable {
    let server: String
    let incarnation: UInt64
    /// `host:port` for players.
    let address: String
}

/// The headers of everything that this server sends.
enum MessageHeaders {
    static func of(_ form: ContentType) -> [NATSHeader] {
        [
            NATSHeader(HeaderName.contentType, form.rawValue),
            NATSHeader(HeaderName.version, String(wireVersion)),
        ]
    }
}
