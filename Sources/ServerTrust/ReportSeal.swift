// Shows who wrote a report: a signature over its subject and its bytes as they travel, in a header,
// so that both forms of a message are signed in the same way.
import DaemonKit

/// The value of the header `Muster-Mac`: `<key id>:<64 hexadecimal digits>`.
package enum ReportSeal {
    /// - Parameter key: that of the game server which reports.
    package static func header(
        subject: String, body: [UInt8], signedBy key: NamedKey
    ) -> String {
        key.id + ":" + Hexadecimal.text(key.key.mac(of: signed(subject, body)))
    }

    /// Whether `header` seals that message under one of the keys of its server.
    package static func isValid(
        _ header: String, subject: String, body: [UInt8], keys: KeyRing
    ) -> Bool {
        let parts = header.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let key = keys[parts[0]],
            let mac = Hexadecimal.bytes(parts[1])
        else { return false }
        return key.isValid(mac, of: signed(subject, body))
    }

    /// No subject holds a line break, and none begins like a join token.
    private static func signed(_ subject: String, _ body: [UInt8]) -> [UInt8] {
        Array(subject.utf8) + [UInt8(ascii: "\n")] + body
    }
}
