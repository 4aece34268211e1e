// Health checks: codes, bodies, and which check answers which question.
import Foundation
import Synchronization
import Testing

@testable import DaemonKit

@Suite struct HealthTests {
    @Test func withoutChecksAllIsWell() {
        let response = Health().response(.live)
        #expect(response.status == 200)
        #expect(response.contentType == "application/json")
    }

    @Test func aFailingReadyCheckLeavesTheProcessAlive() throws {
        let health = Health()
        health.add("clock", scope: .live) { .passing }
        health.add("bus", scope: .ready) { .failing("no \"route\"\r\n") }
        #expect(health.response(.live).status == 200)
        #expect(health.isPassing(.live))
        #expect(!health.isPassing(.ready))
        let response = health.response(.ready)
        #expect(response.status == 503)
        let body = try #require(
            JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any])
        #expect(body["status"] as? String == "fail")
        let checks = try #require(body["checks"] as? [[String: String]])
        #expect(
            checks == [
                ["name": "clock", "status": "ok"],
                ["name": "bus", "status": "fail", "reason": "no \"route\"\r\n"],
            ])
    }

    @Test func aFailingLiveCheckFailsBoth() {
        let health = Health()
        health.add("loop", scope: .live) { .failing("stalled") }
        #expect(health.response(.live).status == 503)
        #expect(health.response(.ready).status == 503)
    }

    @Test func aCheckFollowsWhatItReads() {
        final class Flag: Sendable { let up = Atomic<Bool>(false) }
        let flag = Flag()
        let health = Health()
        health.add("x", scope: .ready) {
            flag.up.load(ordering: .relaxed) ? .passing : .failing("down")
        }
        #expect(health.response(.ready).status == 503)
        flag.up.store(true, ordering: .relaxed)
        #expect(health.response(.ready).status == 200)
    }
}
