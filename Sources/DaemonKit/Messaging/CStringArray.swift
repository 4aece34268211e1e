// C strings that live as long as a call needs them: what Swift has no literal form for when a C
// structure wants pointers to several strings at once.
import Glibc

/// Copies of strings as C pointers; freed with the value.
struct CStringArray: ~Copyable {
    private var pointers: [UnsafeMutablePointer<CChar>?]

    init(_ strings: [String]) { pointers = strings.map { strdup($0) } }

    deinit { for pointer in pointers { free(pointer) } }

    /// Lends the pointers and their count; they end with the call.
    func withPointers<Result>(
        _ body: (UnsafeMutablePointer<UnsafePointer<CChar>?>, Int) -> Result
    ) -> Result {
        var lent = pointers.map { UnsafePointer($0) }
        let count = lent.count
        return lent.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("no strings") }
            return body(base, count)
        }
    }
}

extension String {
    /// Without spaces and tabs at both ends.
    func trimmingSpaces() -> String {
        var rest = self[...]
        while let first = rest.first, first == " " || first == "\t" { rest.removeFirst() }
        while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
        return String(rest)
    }
}
