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
                ]))
        for reason in RejectReason.allCases {
            #expect(RejectCode(reason).name.hasSuffix(screaming("\(reason)")))
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
