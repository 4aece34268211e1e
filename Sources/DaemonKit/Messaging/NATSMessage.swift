// Messages as they come and go: a view of what the library received, valid only inside the
// handler that was given it, and plain values for what is sent.
import CNats

/// A header of a message.
package struct NATSHeader: Sendable, Equatable {
    package let name: String
    package let value: String
    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// Bytes that can be lent to a C function.
package protocol ContiguousBytesProvider {
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result
}

extension Array: ContiguousBytesProvider where Element == UInt8 {
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withUnsafeBytes(body)
    }
}

extension UnsafeRawBufferPointer: ContiguousBytesProvider {
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        body(self)
    }
}

/// A received message, lent for the time of a handler's call. Its pointers end with the call.
package struct ReceivedMessage: ~Copyable {
    private let handle: OpaquePointer

    init(_ handle: OpaquePointer) { self.handle = handle }

    /// The message's bytes.
    package var body: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: natsMsg_GetData(handle), count: Int(natsMsg_GetDataLength(handle)))
    }

    package var subject: String {
        natsMsg_GetSubject(handle).map { String(cString: $0) } ?? ""
    }

    /// Where the sender of a request waits for its answer; nil for a message that is no request.
    package var replySubject: String? {
        guard let reply = natsMsg_GetReply(handle), reply.pointee != 0 else { return nil }
        return String(cString: reply)
    }

    /// The first value of a header, or nil.
    package func header(_ name: String) -> String? {
        var value: UnsafePointer<CChar>?
        guard natsMsgHeader_Get(handle, name, &value) == NATS_OK, let value else { return nil }
        return String(cString: value)
    }

    /// Where a message of a stream stands; nil for a message that came past any stream.
    package var place: StreamPlace? {
        natsMsg_GetReply(handle).flatMap { StreamPlace(acknowledgeSubject: $0) }
    }
}

/// A stored message's position.
package struct StreamPlace: Sendable, Equatable {
    /// Sequence in the stream, from 1.
    package let sequence: UInt64
    /// When the server stored it: nanoseconds since 1970 by the server's clock.
    package let storedNanoseconds: UInt64
    /// Messages of the stream that follow for this consumer, as of the sending.
    package let followingCount: UInt64

    package init(sequence: UInt64, storedNanoseconds: UInt64, followingCount: UInt64) {
        self.sequence = sequence
        self.storedNanoseconds = storedNanoseconds
        self.followingCount = followingCount
    }

    /// Reads the reply subject that the server puts on each delivery:
    /// `$JS.ACK.<stream>.<consumer>.<deliveries>.<sequence>.<consumer sequence>.<time>.<pending>`,
    /// with `<domain>.<account>` after `ACK` in newer servers. (The library's own reader would
    /// allocate four blocks a message.)
    init?(acknowledgeSubject subject: UnsafePointer<CChar>) {
        var numbers = InlineArray<12, UInt64>(repeating: 0)
        var token = 0
        var index = 0
        while subject[index] != 0 && token < 12 {
            let byte = UInt8(bitPattern: subject[index])
            if byte == UInt8(ascii: ".") {
                token += 1
            } else if byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") {
                numbers[token] = numbers[token] &* 10 &+ UInt64(byte - UInt8(ascii: "0"))
            }
            index += 1
        }
        let first: Int
        switch token {
        case 8: first = 5
        case 10...: first = 7
        default: return nil
        }
        guard numbers[first] > 0 else { return nil }
        sequence = numbers[first]
        storedNanoseconds = numbers[first + 2]
        followingCount = numbers[first + 3]
    }
}
