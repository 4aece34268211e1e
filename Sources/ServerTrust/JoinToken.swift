// The token with which a player joins a match on a game server: minted by the platform, carried by
// the player, checked by the server without asking anybody. A line of text:
//   mmj1.<key id>.<match>.<attempt>.<server>.<player>.<team>.<expiry>.<nonce>.<signature>
// No field can hold a dot. The signature is over the text before its own dot.
import DaemonKit
import MatchCore
import Wire

/// Who may join what, where and until when.
package struct JoinToken: Equatable, Sendable {
    package var match: MatchID
    /// The attempt at placing the match whose claim was accepted, at least 1.
    package var attempt: UInt32
    package var server: String
    package var player: PlayerID
    /// Position of the player's team in the match, from 0.
    package var team: UInt32
    /// Seconds since 1970-01-01 UTC; not valid any more in that second.
    package var expirySeconds: UInt64
    /// Makes two tokens for the same place differ.
    package var nonce: UInt64

    package init(
        match: MatchID, attempt: UInt32, server: String, player: PlayerID, team: UInt32,
        expirySeconds: UInt64, nonce: UInt64
    ) {
        self.match = match
        self.attempt = attempt
        self.server = server
        self.player = player
        self.team = team
        self.expirySeconds = expirySeconds
        self.nonce = nonce
    }

    /// Names the layout, and sets these signatures apart from all others under the same key.
    private static let layout = "mmj1"
    private static let fieldCount = 10
    /// Longest token: every field at its longest.
    package static let byteCountMax = 320

    /// The token as text.
    /// - Parameter key: that of `server`, not the master key.
    /// - Precondition: `server` is a token.
    package func text(signedBy key: NamedKey) -> String {
        precondition(Token.isValid(server))
        let fields = [
            JoinToken.layout, key.id, match.uuidText, String(attempt), server,
            String(player.raw), String(team), String(expirySeconds), nonceText,
        ]
        let signed = fields.joined(separator: ".")
        return signed + "." + Hexadecimal.text(key.key.mac(of: Array(signed.utf8)))
    }

    /// Sixteen digits, so that one token has one text.
    private var nonceText: String {
        let digits = String(nonce, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// The fields of a text, and what signs it; nothing is checked but the form.
    fileprivate static func parse(_ text: String) -> SignedText? {
        guard text.utf8.count <= byteCountMax, let lastDot = text.lastIndex(of: ".") else {
            return nil
        }
        let fields = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard fields.count == fieldCount, fields[0] == layout, Token.isValid(fields[1]),
            let match = MatchID(uuidText: fields[2]), match.uuidText == fields[2],
            let attempt: UInt32 = number(fields[3]), attempt > 0, Token.isValid(fields[4]),
            let player: UInt64 = number(fields[5]), player > 0,
            let team: UInt32 = number(fields[6]), let expiry: UInt64 = number(fields[7]),
            fields[8].utf8.count == 16, let nonce = Hexadecimal.bytes(fields[8]),
            let signature = Hexadecimal.bytes(fields[9])
        else { return nil }
        let token = JoinToken(
            match: match, attempt: attempt, server: fields[4], player: PlayerID(player),
            team: team, expirySeconds: expiry,
            nonce: nonce.reduce(0) { $0 << 8 | UInt64($1) })
        return SignedText(
            token: token, keyID: fields[1], signed: Array(text[..<lastDot].utf8),
            signature: signature)
    }

    /// A number in its one shortest form.
    private static func number<Number: FixedWidthInteger>(_ text: String) -> Number? {
        guard let value = Number(text), String(value) == text else { return nil }
        return value
    }
}

private struct SignedText {
    let token: JoinToken
    let keyID: String
    let signed: [UInt8]
    let signature: [UInt8]
}

/// Why a token is refused.
package enum JoinTokenError: String, Error, CaseIterable, Sendable {
    case malformed
    case unknownKey
    case badSignature
    case wrongServer
    case expired
}

/// Checks tokens on one game server.
package struct JoinTokenReader: Sendable {
    private let server: String
    private let keys: KeyRing
    private let skewSeconds: UInt64

    /// - Parameters:
    ///   - keys: this server's own.
    ///   - skewSeconds: how far this machine's clock may be ahead of the minter's.
    package init(server: String, keys: KeyRing, skewSeconds: UInt64 = 5) {
        self.server = server
        self.keys = keys
        self.skewSeconds = skewSeconds
    }

    /// What a token says, once it is known to be the platform's, for this server and still valid.
    /// That its match, attempt, player and team are here, and that it was not used before, is for
    /// the caller to check.
    /// - Throws: `JoinTokenError`, decided in the order of its cases: nothing is said about what
    ///   the signature does not cover.
    package func read(
        _ text: String, nowSeconds: UInt64
    ) throws(JoinTokenError) -> JoinToken {
        guard let parsed = JoinToken.parse(text) else { throw .malformed }
        guard let key = keys[parsed.keyID] else { throw .unknownKey }
        guard key.isValid(parsed.signature, of: parsed.signed) else { throw .badSignature }
        guard parsed.token.server == server else { throw .wrongServer }
        let (limit, isOver) = parsed.token.expirySeconds.addingReportingOverflow(skewSeconds)
        guard isOver || nowSeconds < limit else { throw .expired }
        return parsed.token
    }
}
