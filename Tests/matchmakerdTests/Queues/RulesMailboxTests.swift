// Rules on their way to the tick thread: the latest, once.
import MatchCore
import Testing

@testable import matchmakerd

@Suite struct RulesMailboxTests {
    @Test func theMailboxHandsOverTheLatestRules() {
        let mailbox = RulesMailbox(appliedVersion: 1)
        #expect(mailbox.take() == nil)
        mailbox.post(Rules(version: 2, queues: []))
        mailbox.post(Rules(version: 3, queues: [nil]))
        #expect(mailbox.take() == Rules(version: 3, queues: [nil]))
        #expect(mailbox.take() == nil)
        #expect(mailbox.appliedVersion == 1)
        mailbox.confirm(version: 3)
        #expect(mailbox.appliedVersion == 3)
        mailbox.post(Rules(version: 4, queues: []))
    }
}
