// How a stream must be set up: file storage, limits retention, refusing new messages when full.
// Work-queue and interest retention are avoided for their bugs in the server of Debian 12.

/// A stream's wanted configuration.
package struct StreamConfig: Sendable, Equatable {
    package var name: String
    package var subjects: [String]
    /// The stream refuses messages beyond this many bytes.
    package var byteCountMax: Int64
    package var ageSecondsMax: Int64
    /// Message ids are recognised as repeated within this time.
    package var duplicateWindowSeconds: Int64
    /// Larger messages are refused by the server.
    package var messageByteCountMax: Int32
    package var replicaCount: Int64

    package init(
        name: String, subjects: [String], byteCountMax: Int64, ageSecondsMax: Int64,
        duplicateWindowSeconds: Int64 = 120, messageByteCountMax: Int32 = -1,
        replicaCount: Int64 = 1
    ) {
        precondition(!name.isEmpty && !subjects.isEmpty)
        precondition(byteCountMax > 0 && ageSecondsMax > 0)
        precondition(duplicateWindowSeconds > 0 && duplicateWindowSeconds <= ageSecondsMax)
        self.name = name
        self.subjects = subjects
        self.byteCountMax = byteCountMax
        self.ageSecondsMax = ageSecondsMax
        self.duplicateWindowSeconds = duplicateWindowSeconds
        self.messageByteCountMax = messageByteCountMax
        self.replicaCount = replicaCount
    }
}

/// What had to be done so that a stream is as wanted.
package enum StreamAssertion: Sendable, Equatable {
    case created
    case updated
    case unchanged
}

/// What a stream holds.
package struct StreamState: Sendable, Equatable {
    /// When the stream was made; another value under the same name means another stream.
    package let createdNanoseconds: Int64
    package let messageCount: UInt64
    package let byteCount: UInt64
    /// Sequence of the oldest message kept; above `lastSequence` when the stream is empty.
    package let firstSequence: UInt64
    /// Sequence of the newest message ever stored, 0 if there was none.
    package let lastSequence: UInt64
}
