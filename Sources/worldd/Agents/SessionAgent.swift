// The session thread: owns the players' connections. Checks tokens, passes on what players do, and
// sends what the world says. Knows nothing of matches.
import DaemonKit
import ServerTrust
import Wire

/// Serves the players' connections.
final class SessionAgent: Agent {
    private let listener: LineListener
    private let tokens: JoinTokenReader
    private let desk: WorldDesk
    private let counters: WorldCounters
    private var news: PatientSender<PlayerNews>
    private var clients: [LineConnectionID: Client] = [:]

    private static let pollMilliseconds: Int32 = 5
    /// Lines of one client within a second; who sends more is closed.
    private static let lineCountPerSecondMax = 40

    /// A client that has sent something.
    private struct Client {
        /// The world knows of the connection, and must be told when it is gone.
        var isKnown = false
        var second: UInt64 = 0
        var lineCount = 0
    }

    init(
        listener: sending LineListener, tokens: JoinTokenReader, desk: WorldDesk,
        counters: WorldCounters
    ) {
        self.listener = listener
        self.tokens = tokens
        self.desk = desk
        self.counters = counters
        news = PatientSender(desk.news)
    }

    func step(nowNanoseconds: UInt64) -> Int {
        let orderCount = takeOrders()
        news.flush()
        // While the world does not keep up nothing is read: clients wait in their own buffers.
        if news.isBehind {
            MonotonicClock.sleep(until: nowNanoseconds + 1_000_000)
            return orderCount
        }
        let events = listener.poll(milliseconds: SessionAgent.pollMilliseconds)
        for event in events {
            switch event {
            case .line(let id, let bytes): take(bytes, from: id, nowNanoseconds)
            case .closed(let id):
                if clients.removeValue(forKey: id)?.isKnown == true { news.send(.gone(id)) }
            }
        }
        counters.connections.set(listener.connectionCount)
        return orderCount + events.count
    }

    /// Sends the last lines.
    func finish() {
        _ = takeOrders()
        _ = listener.poll(milliseconds: 50)
    }

    private func takeOrders() -> Int {
        var count = 0
        while count < 4_096, let order = desk.orders.pop() {
            count += 1
            switch order {
            case .admit(let id, let line):
                listener.admit(id)
                listener.send(line, to: id)
            case .line(let ids, let line): for id in ids { listener.send(line, to: id) }
            case .finish(let ids, let line): for id in ids { close(id, line) }
            }
        }
        return count
    }

    private func take(_ bytes: [UInt8], from id: LineConnectionID, _ now: UInt64) {
        guard isWithinRate(id, now) else {
            close(id, ServerLine.error("too_fast"))
            return
        }
        let isKnown = clients[id]?.isKnown == true
        switch PlayerLine(bytes) {
        case nil: close(id, ServerLine.error("bad_line"))
        case .join(let text):
            if isKnown {
                listener.send(ServerLine.error("already_joined"), to: id)
            } else {
                join(id, text)
            }
        case .focus(let player):
            if isKnown {
                news.send(.focus(id, player))
            } else {
                close(id, ServerLine.error("not_joined"))
            }
        case .bye: close(id, ServerLine.bye(.left))
        }
    }

    private func join(_ id: LineConnectionID, _ text: String) {
        do throws(JoinTokenError) {
            let token = try tokens.read(
                text, nowSeconds: WallClock.nowMilliseconds() / 1_000)
            clients[id]?.isKnown = true
            news.send(.join(id, token))
        } catch {
            counters.tokenErrors[error].add()
            // What is wrong with a signature is nobody's business but ours.
            close(id, ServerLine.refused(error == .expired ? .expired : .badToken))
        }
    }

    private func close(_ id: LineConnectionID, _ line: String) {
        listener.send(line, to: id)
        listener.close(id)
    }

    private func isWithinRate(_ id: LineConnectionID, _ now: UInt64) -> Bool {
        var client = clients[id] ?? Client()
        let second = now / 1_000_000_000
        if client.second != second {
            client.second = second
            client.lineCount = 0
        }
        client.lineCount += 1
        clients[id] = client
        return client.lineCount <= SessionAgent.lineCountPerSecondMax
    }
}
