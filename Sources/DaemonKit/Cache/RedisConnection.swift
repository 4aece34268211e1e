// One connection to Redis over hiredis. It connects when first used and again after it broke, never
// in silence: whoever's command was in flight learns that its outcome is unknown.
// Owned by one thread at a time; every call may block up to the configured timeouts.
import CHiredis
import Glibc

/// A connection that repairs itself between commands.
package final class RedisConnection {
    /// Commands in one pipeline, at most: bounds the memory that replies take on both sides.
    package static let pipelineCountMax = 10_000

    private let configuration: RedisConfiguration
    private var context: UnsafeMutablePointer<redisContext>?
    private var nextAttemptNanoseconds: UInt64 = 0

    package init(configuration: RedisConfiguration) { self.configuration = configuration }

    deinit { if let context { redisFree(context) } }

    /// True while the last use did not break the connection.
    package var isConnected: Bool { context != nil }

    /// Ends the connection; the next command makes a new one.
    package func close() {
        if let context { redisFree(context) }
        context = nil
    }

    /// Runs one command.
    /// - Throws: `notConnected`, `unknownOutcome`, or `refused` for an error reply.
    package func command(_ command: RedisCommand) throws(RedisError) -> RedisReply {
        let reply = try pipeline([command])[0]
        if case .error(let text) = reply { throw .refused(text) }
        return reply
    }

    /// Sends all commands, then reads all replies; refusals are `.error` at their place.
    /// - Throws: `notConnected` or `unknownOutcome`, the latter for the pipeline as a whole.
    package func pipeline(_ commands: [RedisCommand]) throws(RedisError) -> [RedisReply] {
        precondition(commands.count <= Self.pipelineCountMax)
        precondition(commands.allSatisfy { !$0.isEmpty }, "a command has a name")
        if commands.isEmpty { return [] }
        let context = try connectedContext()
        return try exchange(commands, on: context)
    }

    private func exchange(
        _ commands: [RedisCommand], on context: UnsafeMutablePointer<redisContext>
    ) throws(RedisError) -> [RedisReply] {
        for command in commands where !append(command, to: context) { throw broken() }
        var replies: [RedisReply] = []
        replies.reserveCapacity(commands.count)
        for _ in commands {
            var raw: UnsafeMutableRawPointer?
            guard redisGetReply(context, &raw) == REDIS_OK, let raw else { throw broken() }
            replies.append(RedisReply(copying: raw.assumingMemoryBound(to: redisReply.self)))
            freeReplyObject(raw)
        }
        return replies
    }

    /// Formats into the library's output buffer; nothing is sent yet.
    private func append(
        _ command: RedisCommand, to context: UnsafeMutablePointer<redisContext>
    ) -> Bool {
        let lengths = command.map(\.bytes.count)
        // All arguments in one block; one spare byte so that the block is never empty.
        var block: [UInt8] = []
        block.reserveCapacity(lengths.reduce(1, +))
        for argument in command { block += argument.bytes }
        block.append(0)
        return block.withUnsafeBytes { bytes in
            var next = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            var pointers: [UnsafePointer<CChar>?] = []
            for length in lengths {
                pointers.append(next)
                next = next.map { $0 + length }
            }
            return redisAppendCommandArgv(context, Int32(command.count), &pointers, lengths)
                == REDIS_OK
        }
    }

    private func broken() -> RedisError {
        let text = redisErrorText(context)
        close()
        return .unknownOutcome(text)
    }

    // MARK: Connecting

    private func connectedContext() throws(RedisError) -> UnsafeMutablePointer<redisContext> {
        if let context { return context }
        let now = MonotonicClock.nowNanoseconds()
        if now < nextAttemptNanoseconds { throw .notConnected("last attempt failed just now") }
        nextAttemptNanoseconds = now + UInt64(configuration.retryMilliseconds) * 1_000_000
        let fresh = try openContext()
        context = fresh
        do throws(RedisError) {
            for command in greeting() {
                if case .error(let text) = try exchange([command], on: fresh)[0] {
                    throw .notConnected(text)
                }
            }
        } catch {
            close()
            throw .notConnected(error.description)
        }
        nextAttemptNanoseconds = 0
        return fresh
    }

    private func openContext() throws(RedisError) -> UnsafeMutablePointer<redisContext> {
        let limit = timeValue(milliseconds: configuration.connectTimeoutMilliseconds)
        let opened =
            switch configuration.address {
            case .tcp(let host, let port): redisConnectWithTimeout(host, Int32(port), limit)
            case .unixSocket(let path): redisConnectUnixWithTimeout(path, limit)
            }
        guard let opened else { throw .notConnected("out of memory") }
        let reply = timeValue(milliseconds: configuration.commandTimeoutMilliseconds)
        guard opened.pointee.err == 0, redisSetTimeout(opened, reply) == REDIS_OK else {
            let text = redisErrorText(opened)
            redisFree(opened)
            throw .notConnected(text)
        }
        // Fails on a Unix socket, where there is nothing to keep alive.
        if case .tcp = configuration.address { redisEnableKeepAlive(opened) }
        return opened
    }

    /// What a new connection says first.
    private func greeting() -> [RedisCommand] {
        var commands: [RedisCommand] = []
        if let password = configuration.password {
            let user = configuration.user.map { [RedisArgument($0)] } ?? []
            commands.append(["AUTH"] + user + [RedisArgument(password.revealed)])
        }
        if configuration.database != 0 {
            commands.append(["SELECT", RedisArgument(Int64(configuration.database))])
        }
        return commands
    }
}

private func timeValue(milliseconds: Int) -> timeval {
    precondition(milliseconds >= 1)
    return timeval(tv_sec: milliseconds / 1000, tv_usec: (milliseconds % 1000) * 1000)
}
