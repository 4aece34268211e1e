// A byte array's memory for the decoders, keeping the type of what they throw: the standard
// library's `withUnsafeBytes` of an array throws `any Error`.

extension Array where Element == UInt8 {
    /// Calls `body` with the array's bytes, valid during the call.
    package func withRawBytes<Value, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try withUnsafeBufferPointer { buffer throws(Failure) in
            try body(UnsafeRawBufferPointer(buffer))
        }
    }
}
