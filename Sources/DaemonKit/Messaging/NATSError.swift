// The one place where libnats' status codes become Swift errors.
// Plain values; nothing here talks to a server.
import CNats

/// A call of the messaging library failed.
package struct NATSError: Error, Sendable, Equatable, CustomStringConvertible {
    package let operation: String
    /// The library's status, `natsStatus.rawValue`.
    package let status: UInt32
    /// JetStream's own error code such as 10059 (stream not found); 0 where there is none.
    package let jetStreamCode: UInt32
    package let detail: String

    package init(operation: String, status: UInt32, jetStreamCode: UInt32 = 0, detail: String) {
        self.operation = operation
        self.status = status
        self.jetStreamCode = jetStreamCode
        self.detail = detail
    }

    init(_ operation: String, _ status: natsStatus, code: jsErrCode = jsErrCode(rawValue: 0)) {
        self.init(
            operation: operation, status: status.rawValue, jetStreamCode: code.rawValue,
            detail: String(cString: natsStatus_GetText(status)))
    }

    /// No answer in time: what was sent may have taken effect.
    package var isTimeout: Bool { status == NATS_TIMEOUT.rawValue }

    /// What was asked for is not there.
    package var isNotFound: Bool {
        status == NATS_NOT_FOUND.rawValue || jetStreamCode == JSStreamNotFoundErr.rawValue
    }

    package var description: String {
        jetStreamCode == 0
            ? "\(operation): \(detail)" : "\(operation): \(detail) (JetStream \(jetStreamCode))"
    }

    /// Throws unless `status` is OK.
    static func check(
        _ operation: @autoclosure () -> String, _ status: natsStatus,
        code: jsErrCode = jsErrCode(rawValue: 0)
    ) throws(NATSError) {
        if status != NATS_OK { throw NATSError(operation(), status, code: code) }
    }
}
