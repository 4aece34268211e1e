// A failed system call as a Swift error: what was tried and the kernel's word for it.
// Plain value; the one place where errno becomes text.
import Glibc

/// A system call failed.
package struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
    package let operation: String
    /// The errno value.
    package let code: Int32

    package init(operation: String, code: Int32) {
        self.operation = operation
        self.code = code
    }

    /// The calling thread's errno as an error.
    package static func last(operation: String) -> SystemError {
        SystemError(operation: operation, code: errno)
    }

    package var description: String { "\(operation): \(String(cString: strerror(code)))" }
}
