// Fights as earlier builds fought them: MUSTER_RECORD_GOLDEN=1 writes the file anew, after a change
// that was meant to change them.

import Foundation
import Testing

@testable import WorldCore

@Suite struct FightGoldenTests {
    private static let file = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Golden/world/fights.txt")

    private static func line(seed: UInt64) -> String {
        var fight = Fight.drawn(seed: seed)
        var random = Random(seed: seed)
        while fight.outcome == nil { fight.step(fight.drawnIntents(&random)) }
        let winner = fight.outcome?.winner.map(String.init) ?? "-"
        return "\(seed) \(fight.tick) \(winner) \(String(fight.stateHash, radix: 16))"
    }

    @Test func storedFightsComeOutTheSame() throws {
        let lines = (0..<24).map { Self.line(seed: $0) }.joined(separator: "\n") + "\n"
        if ProcessInfo.processInfo.environment["MUSTER_RECORD_GOLDEN"] == "1" {
            try FileManager.default.createDirectory(
                at: Self.file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try lines.write(to: Self.file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: Self.file, encoding: .utf8) == lines)
    }
}
