// The server's reply subject of a delivery, in its old and new layout.
import Testing

@testable import DaemonKit

@Suite struct StreamPlaceTests {
    @Test func oldLayoutIsRead() {
        let place = StreamPlace(acknowledgeSubject: "$JS.ACK.MMQ.c0ns.1.42.7.1700000000123456789.5")
        #expect(
            place
                == StreamPlace(
                    sequence: 42, storedNanoseconds: 1_700_000_000_123_456_789, followingCount: 5))
    }

    @Test func layoutWithDomainIsRead() {
        let place = StreamPlace(
            acknowledgeSubject: "$JS.ACK._.hash.MMQ.cons.1.42.7.1700000000123456789.5.tok3n")
        #expect(place?.sequence == 42)
        #expect(place?.storedNanoseconds == 1_700_000_000_123_456_789)
        #expect(place?.followingCount == 5)
    }

    @Test(arguments: ["", "_INBOX.abc.1", "$JS.ACK.MMQ.c.1.x.7.1.5", "a.b.c.d.e.f.g.h.i.j"])
    func otherSubjectsAreNoPlace(_ subject: String) {
        #expect(StreamPlace(acknowledgeSubject: subject) == nil)
    }
}
