// As whom a program talks to the broker: its user's key and the subjects at which it is answered.
// The settings of it are the same for every program, but for the names of the user.

/// As whom a connection is made.
package struct NATSIdentity: Sendable, Equatable {
    /// Nil where the URL alone decides.
    package var key: NKey?
    /// Answers come to subjects below this, which the broker lets only this user hear.
    package var inboxPrefix: String

    package init(key: NKey? = nil, inboxPrefix: String = NATSIdentity.commonInboxPrefix) {
        self.key = key
        self.inboxPrefix = inboxPrefix
    }

    /// The library's own, for a broker without accounts.
    package static let commonInboxPrefix = "_INBOX"

    // MARK: - Settings

    private static let seedKey = "nats.nkeySeedFile"
    private static let inboxKey = "nats.inboxPrefix"

    /// The settings of a program that signs in as `user`.
    package static func options(
        user: String, inboxPrefix: String, isInFile: Bool = true
    ) -> [ConfigOption] {
        [
            ConfigOption(
                key: seedKey, flag: "nats-nkey-seed-file",
                environment: "MUSTER_NATS_\(user.uppercased())_SEED_FILE", isInFile: isInFile,
                kind: .text, standard: "", unit: "FILE",
                help: "Secret key (nkey seed) of the NATS user '\(user)', in a file that others "
                    + "cannot read; empty for a server without accounts."),
            ConfigOption(
                key: inboxKey, flag: "nats-inbox-prefix", environment: nil, isInFile: isInFile,
                kind: .text, standard: inboxPrefix, unit: "SUBJECT",
                help: "Subject below which NATS answers come; the user must be allowed to hear "
                    + "them."),
        ]
    }

    /// Reads what `options` describe; mistakes go to `problems`.
    package init(_ values: EffectiveConfig, _ problems: inout [ConfigProblem]) {
        inboxPrefix = values.text(NATSIdentity.inboxKey)
        key = NATSIdentity.key(values, NATSIdentity.seedKey, &problems)
        let tokens = inboxPrefix.split(separator: ".", omittingEmptySubsequences: false)
        let areTokens = tokens.allSatisfy { token in
            !token.isEmpty && !token.contains { " \t*>".contains($0) || $0.isNewline }
        }
        if !areTokens {
            problems.append(
                ConfigProblem(
                    file: values.origin(NATSIdentity.inboxKey).description,
                    path: NATSIdentity.inboxKey,
                    why: "is '\(inboxPrefix)', must be a subject without wildcards"))
        }
    }

    /// The key in the file that a setting names; nil where it names none, or is wrong.
    package static func key(
        _ values: EffectiveConfig, _ setting: String, _ problems: inout [ConfigProblem]
    ) -> NKey? {
        let file = values.text(setting)
        if file.isEmpty { return nil }
        do throws(ConfigProblem) {
            return try NKey(seedFile: file)
        } catch {
            problems.append(
                ConfigProblem(
                    file: values.origin(setting).description, path: setting,
                    why: error.description))
            return nil
        }
    }
}
