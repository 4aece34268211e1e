// The core's reasons and the wire's.

import MatchCore
import Testing
import Wire

@Suite struct ReasonsTests {
    @Test func everyCloseReasonHasItsOwnCode() {
        let codes = CloseReason.allCases.map { CloseCode($0) }
        #expect(Set(codes).count == CloseReason.allCases.count)
        #expect(Set(codes) == Set(CloseCode.allCases).subtracting([.unspecified]))
        for reason in CloseReason.allCases {
            #expect(CloseCode(reason).name.hasSuffix(screaming("\(reason)")))
        }
    }

    @Test func everyRejectReasonHasItsOwnCode() {
        let codes = RejectReason.allCases.map { RejectCode($0) }
        #expect(Set(codes).count == RejectReason.allCases.count)
        #expect(
            Set(codes)
                == Set(RejectCode.allCases).subtracting([
                    .unspecified, .malformed, .unknownVersion, .invalidField, .unknownLobbyLimit,
                    .wrongLevel, .wrongFaction, .unknownRole, .unknownMap, .unknownRegion,
                    .unknownScope,
                ]))
        for reason in RejectReason.allCases {
            #expect(RejectCode(reason).name.hasSuffix(screaming("\(reason)")))
        }
    }

    @Test func everyFurtherReasonHasItsOwnCode() {
        #expect(
            Set(ReturnReason.allCases.map { ReturnCode($0) })
                == Set(ReturnCode.allCases).subtracting([.unspecified]))
        #expect(
            Set(BackfillEndReason.allCases.map { BackfillEndCode($0) })
                == Set(BackfillEndCode.allCases).subtracting([.unspecified]))
        #expect(
            Set(Obstacle.allCases.map { ObstacleCode($0) })
                == Set(ObstacleCode.allCases).subtracting([.unspecified]))
        for reason in ReturnReason.allCases {
            #expect(ReturnCode(reason).name.hasSuffix(screaming("\(reason)")))
        }
        for reason in BackfillEndReason.allCases {
            #expect(BackfillEndCode(reason).name.hasSuffix(screaming("\(reason)")))
        }
    }

    @Test func theSchemaKnowsEveryFurtherCodeByTheSameName() {
        let match = MatchID(high: 1, low: 2)
        for code in ReturnCode.allCases {
            let event = EventMessage.returned(
                ReturnedMessage(
                    match: match, ticket: TicketID(high: 1, low: 2), queue: "q", lobby: "l",
                    reason: code))
            let text = String(decoding: JSONCodec.encode(event), as: UTF8.self)
            #expect(text.contains("\"reason\":\"\(code.name)\""))
        }
        for code in BackfillEndCode.allCases {
            let event = EventMessage.backfillEnded(
                BackfillEndedMessage(
                    match: match, queue: "q", lobby: "l", generation: 1, reason: code))
            let text = String(decoding: JSONCodec.encode(event), as: UTF8.self)
            #expect(text.contains("\"reason\":\"\(code.name)\""))
        }
        for code in ObstacleCode.allCases {
            let explanation = ExplanationMessage(
                ticket: nil, status: .ok,
                queues: [QueueExplanation(queue: "q", region: "r", obstacle: code)])
            let text = String(decoding: explanation.json, as: UTF8.self)
            #expect(text.contains("\"obstacle\":\"OBSTACLE\(screaming("\(code)"))\""))
        }
    }

    @Test func theSchemaKnowsEveryCodeByTheSameName() {
        let ticket = TicketID(high: 1, low: 2)
        for code in CloseCode.allCases {
            let event = EventMessage.closed(
                ClosedMessage(
                    ticket: ticket, queue: "q", lobby: "l", reason: code, waitMilliseconds: 0))
            let text = String(decoding: JSONCodec.encode(event), as: UTF8.self)
            #expect(text.contains("\"reason\":\"\(code.name)\""))
        }
        for code in RejectCode.allCases {
            let event = EventMessage.rejected(
                RejectionMessage(ticket: ticket, queue: "q", lobby: "l", reason: code))
            let text = String(decoding: JSONCodec.encode(event), as: UTF8.self)
            #expect(text.contains("\"reason\":\"\(code.name)\""))
        }
    }

    /// `queueRemoved` becomes `_QUEUE_REMOVED`.
    private func screaming(_ name: String) -> String {
        "_" + name.reduce(into: "") { $0 += $1.isUppercase ? "_\($1)" : $1.uppercased() }
    }
}
