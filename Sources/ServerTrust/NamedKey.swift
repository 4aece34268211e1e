// Keys that the platform and one game server share. Each server has its own, derived from the
// platform's master key by the server's name: who steals one can speak for that server alone.
import DaemonKit
import Wire

/// A key and the name by which tokens and reports say which one signed them.
package struct NamedKey: Sendable {
    /// 1 to 48 of `A-Z a-z 0-9 _ -`.
    package let id: String
    package let key: MACKey

    /// - Precondition: `id` is a token.
    package init(id: String, key: MACKey) {
        precondition(Token.isValid(id))
        self.id = id
        self.key = key
    }

    /// Reads a key file: one line `<id>:<64 hexadecimal digits>`, read by nobody but its owner.
    /// - Throws: `ConfigProblem`.
    package static func load(_ path: String) throws(ConfigProblem) -> NamedKey {
        let line = try SecretFile.load(path).revealed
        let parts = line.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, Token.isValid(String(parts[0])),
            let bytes = Hexadecimal.bytes(parts[1]), bytes.count == MACKey.keyByteCount
        else {
            throw ConfigProblem(
                file: path, path: "",
                why: "must be one line <id>:<\(2 * MACKey.keyByteCount) hexadecimal digits>")
        }
        return NamedKey(id: String(parts[0]), key: MACKey(bytes))
    }

    /// The key of one game server, if this is the platform's master key. The derivation stands in
    /// docs/PROTOCOL.md.
    /// - Precondition: `server` is a token.
    package func derived(forServer server: String) -> NamedKey {
        NamedKey(id: id, key: key.derived(for: Subject.server(server)))
    }
}

/// The keys in force: the present one, with which is signed, and while keys are changed the former
/// one, by which is only checked.
package struct KeyRing: Sendable {
    package let present: NamedKey
    package let former: NamedKey?

    package init(present: NamedKey, former: NamedKey? = nil) {
        self.present = present
        self.former = former
    }

    /// The key of that id, or nil.
    package subscript(id: some StringProtocol) -> MACKey? {
        if present.id == id { return present.key }
        return former.flatMap { $0.id == id ? $0.key : nil }
    }

    /// The keys of one game server, if these are the platform's.
    package func derived(forServer server: String) -> KeyRing {
        KeyRing(
            present: present.derived(forServer: server),
            former: former?.derived(forServer: server))
    }
}
