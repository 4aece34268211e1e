// C arrays for libpq, alive as long as these objects.
import Glibc

/// Zero-terminated strings with a final null pointer.
final class CStringList {
    let pointers: UnsafeMutablePointer<UnsafePointer<CChar>?>
    private let count: Int

    init(_ texts: [String]) {
        count = texts.count
        pointers = .allocate(capacity: count + 1)
        for (index, text) in texts.enumerated() {
            (pointers + index).initialize(to: UnsafePointer(strdup(text)))
        }
        (pointers + count).initialize(to: nil)
    }

    deinit {
        for index in 0..<count { free(UnsafeMutablePointer(mutating: pointers[index])) }
        pointers.deallocate()
    }
}

/// A statement's parameters: pointers, lengths and formats, one each.
final class ParameterList {
    let count: Int32
    let pointers: UnsafeMutablePointer<UnsafePointer<CChar>?>
    let lengths: UnsafeMutablePointer<Int32>
    let formats: UnsafeMutablePointer<Int32>
    private let block: UnsafeMutablePointer<CChar>

    init(_ values: [PostgresValue]) {
        var bytes: [UInt8] = []
        var starts: [Int] = []
        for value in values {
            starts.append(bytes.count)
            value.append(to: &bytes)
        }
        starts.append(bytes.count)
        count = Int32(values.count)
        pointers = .allocate(capacity: values.count)
        lengths = .allocate(capacity: values.count)
        formats = .allocate(capacity: values.count)
        // One byte more, so that an empty value has an address too: null would mean SQL's NULL.
        block = .allocate(capacity: bytes.count + 1)
        bytes.withUnsafeBytes {
            UnsafeMutableRawPointer(block).copyMemory(
                from: $0.baseAddress ?? UnsafeRawPointer(block), byteCount: $0.count)
        }
        for (index, value) in values.enumerated() {
            (pointers + index).initialize(
                to: value == .null ? nil : UnsafePointer(block + starts[index]))
            (lengths + index).initialize(to: Int32(starts[index + 1] - starts[index]))
            (formats + index).initialize(to: value.isBinary ? 1 : 0)
        }
    }

    deinit {
        pointers.deallocate()
        lengths.deallocate()
        formats.deallocate()
        block.deallocate()
    }
}
