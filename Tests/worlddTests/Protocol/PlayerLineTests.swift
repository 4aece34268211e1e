// What players may say, and that what is said to them is JSON.
import Foundation
import MatchCore
import Testing
import Wire
import WorldCore

@testable import worldd

@Suite struct PlayerLineTests {
    @Test func theThreeLinesAreRead() {
        #expect(PlayerLine(Array(#"{"join":"a.b"}"#.utf8)) == .join("a.b"))
        #expect(
            PlayerLine(Array(#" { "focus" : "9223372036854775807" } "#.utf8))
                == .focus(PlayerID(UInt64(Int64.max))))
        #expect(PlayerLine(Array(#"{"focus":7}"#.utf8)) == .focus(PlayerID(7)))
        #expect(PlayerLine(Array(#"{"bye":true}"#.utf8)) == .bye)
    }

    @Test(arguments: [
        "", "{}", "[]", "x", #"{"join":1}"#, #"{"join":"a","bye":true}"#, #"{"focus":0}"#,
        #"{"focus":"-1"}"#, #"{"focus":"a"}"#, #"{"bye":false}"#, #"{"bye":1}"#, #"{"say":"hi"}"#,
        #"{"join":"a"} {"#, "{\"join\":\"\u{0}\"}",
    ])
    func otherLinesAreNone(line: String) {
        #expect(PlayerLine(Array(line.utf8)) == nil)
    }

    @Test func whatIsSaidToPlayersIsJSON() throws {
        var session = ClaimMessage.of(1).session(isAutoplay: true)
        _ = session.advance(nowNanoseconds: 0, tickMilliseconds: 100)
        var lines = [
            ServerLine.welcome(session, .init(2), tickMilliseconds: 100),
            ServerLine.refused(.badToken), ServerLine.error("bad_line"), ServerLine.bye(.left),
            ServerLine.ended(
                MatchResult(winner: nil, teams: [], durationMilliseconds: 1, seed: 1)),
        ]
        for _ in 0..<200 {
            lines.append(ServerLine.state(session))
            if case .ended = session.advance(nowNanoseconds: 0, tickMilliseconds: 100) { break }
        }
        for line in lines {
            #expect(!line.contains("\n"))
            let value = try JSONSerialization.jsonObject(with: Data(line.utf8))
            #expect((value as? [String: Any])?.count == 1, "\(line)")
        }
        #expect(lines[0].contains(#""player":"3","team":1"#))
        #expect(lines.contains { $0.contains("victim") })
    }
}
