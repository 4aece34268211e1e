// Where a program listens, as a setting says it: `127.0.0.1:9464`.

/// An IPv4 address and a port.
package struct ListenAddress: Equatable, Sendable {
    package let address: String
    /// 0 lets the system choose.
    package let port: Int

    /// Nil if `text` is no IPv4 address with a port.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"),
            let port = Int(text[text.index(after: colon)...]), (0...65_535).contains(port)
        else { return nil }
        let parts = text[..<colon].split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, parts.allSatisfy({ UInt8($0) != nil }) else { return nil }
        address = String(text[..<colon])
        self.port = port
    }
}
