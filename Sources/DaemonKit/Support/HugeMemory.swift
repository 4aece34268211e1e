// One block of zeroed memory, on huge pages where the kernel gives them, touched at start.
// Owned by whoever made it; freed with it. It knows nothing of what lies inside.
import CPlatform

/// A block of memory reserved once at start and given back at the end.
package struct HugeMemory: ~Copyable {
    /// The whole block; aligned to a page.
    package let buffer: UnsafeMutableRawBufferPointer

    /// Reserves and touches `byteCount` bytes, rounded up to 2 MiB.
    /// - Throws: `SystemError` if the kernel refuses.
    package init(byteCount: Int) throws(SystemError) {
        precondition(byteCount > 0)
        let hugePage = 2 << 20
        let rounded = (byteCount + hugePage - 1) / hugePage * hugePage
        guard let address = platform_map_memory(rounded) else {
            throw SystemError.last(operation: "mmap \(rounded) bytes")
        }
        // SAFETY: the mapping of `rounded` bytes belongs to this value until deinit unmaps it.
        buffer = UnsafeMutableRawBufferPointer(start: address, count: rounded)
    }

    deinit { platform_unmap_memory(buffer.baseAddress, buffer.count) }
}
