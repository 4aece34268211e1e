// Names that every client shares: subjects, streams, headers, content types and message ids.
// Pure text; the subjects' layout is described in docs/PROTOCOL.md.

import MatchCore

/// The JetStream streams.
package enum StreamName {
    /// Tickets and cancels from lobbies.
    package static let intake = "MMQ"
    /// Answers to lobbies.
    package static let events = "MMEVT"
    /// Matches for game servers.
    package static let allocations = "MMALLOC"
    /// What game servers report of their matches.
    package static let results = "MMRES"
    /// Messages that could not be used, kept for inspection.
    package static let deadLetters = "MMDLQ"
}

/// The subjects of the streams above. A name must be a token, see `Token`.
package enum Subject {
    package static let intakePrefix = "mm.v1.q."
    package static let eventPrefix = "mm.v1.evt."
    package static let allocationPrefix = "mm.v1.alloc."
    package static let resultPrefix = "mm.v1.res."
    package static let deadLetterPrefix = "mm.v1.dlq."
    package static let serverPrefix = "mm.v1.gs."

    /// Where game servers send their heartbeats; past any stream.
    package static let heartbeat = "mm.v1.gs.hb"
    /// Where a request asks what holds a ticket; past any stream.
    package static let explain = "mm.v1.rpc.explain"
    /// Where a request asks how long a party would wait; past any stream.
    package static let estimate = "mm.v1.rpc.estimate"

    /// What each stream listens to.
    package static let allIntake = intakePrefix + "*"
    package static let allEvents = eventPrefix + "*"
    package static let allAllocations = allocationPrefix + "*"
    package static let allResults = resultPrefix + "*"
    package static let allDeadLetters = deadLetterPrefix + "*"

    package static func intake(queue: String) -> String { joined(intakePrefix, queue) }
    package static func event(lobby: String) -> String { joined(eventPrefix, lobby) }
    package static func allocation(region: String) -> String { joined(allocationPrefix, region) }
    package static func result(region: String) -> String { joined(resultPrefix, region) }

    /// The first tokens of all that is asked of one game server; also what its key is derived by.
    package static func server(_ server: String) -> String { joined(serverPrefix, server) }
    /// Where a game server is asked to play a match; past any stream.
    package static func claim(server: String) -> String { self.server(server) + ".claim" }
    /// Where a match is taken away from a game server; past any stream.
    package static func release(server: String) -> String { self.server(server) + ".release" }

    /// Where a message that could not be used is kept.
    /// - Parameter queue: taken from the message's own subject; "unknown" stands in for none.
    package static func deadLetter(queue: String?) -> String {
        joined(deadLetterPrefix, queue ?? "unknown")
    }

    /// The queue that an intake subject names, or nil if it is no such subject.
    package static func queue(ofIntake subject: String) -> String? {
        token(of: subject, after: intakePrefix)
    }

    /// The lobby that an event subject names, or nil if it is no such subject.
    package static func lobby(ofEvent subject: String) -> String? {
        token(of: subject, after: eventPrefix)
    }

    /// The region that an allocation subject names, or nil if it is no such subject.
    package static func region(ofAllocation subject: String) -> String? {
        token(of: subject, after: allocationPrefix)
    }

    private static func joined(_ prefix: String, _ name: String) -> String {
        // A dot or wildcard in a name would send the message to another's subject.
        precondition(Token.isValid(name), "a subject needs a token")
        return prefix + name
    }

    private static func token(of subject: String, after prefix: String) -> String? {
        guard subject.hasPrefix(prefix) else { return nil }
        let name = String(subject.dropFirst(prefix.count))
        return Token.isValid(name) ? name : nil
    }
}

/// The broker's users, each with the subjects below which it alone hears answers.
package enum BrokerUser {
    /// Makes streams, and nothing else.
    package static let boot = (name: "boot", inboxPrefix: "_IB.boot")
    package static let lobby = (name: "lobby", inboxPrefix: "_IB.lobby")
    package static let matchmaker = (name: "mm", inboxPrefix: "_IB.mm")
    /// Game servers.
    package static let world = (name: "world", inboxPrefix: "_IB.world")
    /// Reads everything, changes nothing.
    package static let operations = (name: "ops", inboxPrefix: "_IB.ops")
}

/// NATS headers that Muster reads or writes.
package enum HeaderName {
    /// See `ContentType`; protobuf where it is absent.
    package static let contentType = "Content-Type"
    /// The message version in decimal. For people and filters: the message's own field decides.
    package static let version = "Muster-Version"
    /// JetStream drops a second message with the same id in its window.
    package static let messageID = "Nats-Msg-Id"
    /// On a dead letter: why it could not be used.
    package static let deadLetterReason = "Muster-Reason"
    /// On a dead letter: the subject on which it came.
    package static let deadLetterSubject = "Muster-Subject"
    /// On a dead letter: its sequence in the stream in which it came.
    package static let deadLetterSequence = "Muster-Sequence"
    /// On a report: who really sent it, see docs/PROTOCOL.md.
    package static let seal = "Muster-Mac"
}

/// The two forms of every message.
package enum ContentType: String, CaseIterable, Sendable {
    case protobuf = "application/protobuf"
    case json = "application/json"

    /// Reads a header's value; parameters such as a charset and the case of letters are ignored.
    package init?(headerValue: String) {
        let essence = headerValue.prefix { $0 != ";" }
        let trimmed = essence.drop { $0 == " " }.lowercased()
        guard let value = ContentType(rawValue: String(trimmed.prefix { $0 != " " })) else {
            return nil
        }
        self = value
    }
}

/// The ids by which JetStream and readers recognise a repeated message.
package enum MessageIdentifier {
    package static func allocation(_ match: MatchID) -> String { match.uuidText }
    package static func matched(_ match: MatchID, lobby: String) -> String {
        match.uuidText + ":" + lobby
    }
    package static func proposed(_ match: MatchID, lobby: String) -> String {
        match.uuidText + ":proposed:" + lobby
    }
    package static func substituted(_ match: MatchID, _ ticket: TicketID) -> String {
        match.uuidText + ":substituted:" + ticket.uuidText
    }
    package static func returned(_ match: MatchID, _ ticket: TicketID) -> String {
        match.uuidText + ":returned:" + ticket.uuidText
    }
    /// - Parameter first: of the tickets that join; it joins once only, so that it sets apart the
    ///   groups that join one match.
    package static func backfillAllocation(_ match: MatchID, first: TicketID) -> String {
        match.uuidText + ":backfill:" + first.uuidText
    }
    package static func backfilled(_ match: MatchID, first: TicketID, lobby: String) -> String {
        backfillAllocation(match, first: first) + ":" + lobby
    }
    /// - Parameter kind: which of the reports of one attempt.
    package static func report(_ match: MatchID, attempt: UInt32, _ kind: ReportKind) -> String {
        "\(match.uuidText):\(attempt):\(kind.rawValue)"
    }
    package static func closed(_ ticket: TicketID) -> String { ticket.uuidText + ":closed" }
    package static func ticket(_ ticket: TicketID) -> String { ticket.uuidText }
    package static func cancel(_ ticket: TicketID) -> String { ticket.uuidText + ":cancel" }
    package static func answer(_ match: MatchID, _ ticket: TicketID) -> String {
        match.uuidText + ":answer:" + ticket.uuidText
    }
}
