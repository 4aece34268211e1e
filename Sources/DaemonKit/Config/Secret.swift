// Values that must never be shown: every way of printing one gives three stars.
// The content can be had only by asking for it by name.

/// A text that does not print itself.
package struct Secret: Sendable, Equatable {
    /// The content, for handing to the library that needs it.
    package let revealed: String
    package init(_ content: String) { revealed = content }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "***" }
    package var debugDescription: String { "***" }
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}

/// Hides what is secret in a text that is not secret as a whole.
package enum Redaction {
    /// The URL with the password, or the token that stands alone before the @, replaced by stars.
    package static func url(_ url: String) -> String {
        url.split(separator: ",", omittingEmptySubsequences: false)
            .map { single(String($0)) }.joined(separator: ",")
    }

    private static func single(_ url: String) -> String {
        let schemeEnd = url.firstRange(of: "://")?.upperBound ?? url.startIndex
        let rest = url[schemeEnd...]
        let authorityEnd = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
        guard let at = rest[..<authorityEnd].lastIndex(of: "@") else { return url }
        let colon = rest[..<at].firstIndex(of: ":")
        let shown = colon.map { "\(rest[..<$0]):***" } ?? "***"
        return url[..<schemeEnd] + shown + url[at...]
    }
}
