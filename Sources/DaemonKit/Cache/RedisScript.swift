// Server-side scripts by their hash: the text travels once per server start, not once per call.

/// A Lua script. Keys and arguments are data, never part of the text.
package struct RedisScript: Sendable {
    private let source: StaticString

    package init(_ source: StaticString) { self.source = source }

    /// Loads the script and gives the hash to call it by.
    package func load(on connection: RedisConnection) throws(RedisError) -> RedisScriptHash {
        let reply = try connection.command(["SCRIPT", "LOAD", RedisArgument("\(source)")])
        guard let hash = try reply.optionalText() else { throw .unexpectedReply("no hash") }
        return RedisScriptHash(script: self, hash: hash)
    }
}

/// A loaded script.
package struct RedisScriptHash: Sendable {
    let script: RedisScript
    let hash: String

    /// Runs the script; loads it again if the server has forgotten it (restart, SCRIPT FLUSH).
    package func run(
        on connection: RedisConnection, keys: [RedisArgument], arguments: [RedisArgument] = []
    ) throws(RedisError) -> RedisReply {
        let call =
            ["EVALSHA", RedisArgument(hash), RedisArgument(Int64(keys.count))] + keys + arguments
        do {
            return try connection.command(call)
        } catch .refused(let text) where text.hasPrefix("NOSCRIPT") {
            // A refused call did not run, so calling again is safe.
            _ = try script.load(on: connection)
            return try connection.command(call)
        }
    }
}
