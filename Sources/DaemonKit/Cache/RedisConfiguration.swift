// Where a Redis server is and how long to wait for it.

/// Connection settings.
package struct RedisConfiguration: Sendable, Equatable {
    package enum Address: Sendable, Equatable {
        case tcp(host: String, port: Int)
        case unixSocket(path: String)
    }

    package var address: Address
    /// ACL user; nil means the default user.
    package var user: String?
    package var password: Secret?
    /// Number of the logical database, 0...15 by the server's defaults.
    package var database = 0
    /// Longest wait for a connection, 1 or more.
    package var connectTimeoutMilliseconds = 1000
    /// Longest wait for the reply to one command or pipeline, 1 or more.
    package var commandTimeoutMilliseconds = 1000
    /// Shortest time between two attempts to connect, so that an absent server is not hammered.
    package var retryMilliseconds = 100

    package init(address: Address) { self.address = address }

    /// Reads `redis://[[user]:password@]host[:port][/database]` or `unix:///path[?db=n]`.
    /// Percent escapes are not decoded.
    /// - Throws: `RedisError.configuration`, with the reason and without the password.
    package init(url: String) throws(RedisError) {
        if url.hasPrefix("unix://") {
            self = try Self.unixSocket(url.dropFirst("unix://".count))
            return
        }
        guard url.hasPrefix("redis://") else {
            throw .configuration("the URL starts with redis:// or unix://")
        }
        let rest = url.dropFirst("redis://".count)
        let authority = rest.prefix { $0 != "/" }
        let path = rest.dropFirst(authority.count).dropFirst()
        var place = authority
        if let at = authority.lastIndex(of: "@") {
            place = authority[authority.index(after: at)...]
        }
        let parts = place.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let port = parts.count == 2 ? Int(parts[1]) : 6379
        guard let host = parts.first, !host.isEmpty, let port, (1...65_535).contains(port) else {
            throw .configuration("the URL needs host or host:port, with a port of 1...65535")
        }
        self.init(address: .tcp(host: String(host), port: port))
        if place.startIndex != authority.startIndex {
            try setCredentials(authority[..<authority.index(before: place.startIndex)])
        }
        if !path.isEmpty { database = try Self.databaseNumber(path) }
    }

    private static func unixSocket(_ rest: Substring) throws(RedisError) -> RedisConfiguration {
        let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let path = parts.first, path.hasPrefix("/") else {
            throw .configuration("a unix:// URL needs an absolute path")
        }
        var configuration = RedisConfiguration(address: .unixSocket(path: String(path)))
        if parts.count == 2 {
            guard parts[1].hasPrefix("db=") else { throw .configuration("only ?db= is known") }
            configuration.database = try databaseNumber(parts[1].dropFirst(3))
        }
        return configuration
    }

    private mutating func setCredentials(_ text: Substring) throws(RedisError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].isEmpty else {
            throw .configuration("credentials are user:password@ or :password@")
        }
        user = parts[0].isEmpty ? nil : String(parts[0])
        password = Secret(String(parts[1]))
    }

    private static func databaseNumber(_ text: Substring) throws(RedisError) -> Int {
        guard let number = Int(text), (0...65_535).contains(number) else {
            throw .configuration("the database is a number from 0")
        }
        return number
    }
}
