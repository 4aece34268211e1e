// A plain thread for the benchmarks: started at once, joined by its owner.

import Glibc

private final class ThreadBody {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

/// A thread that runs one closure.
final class BenchThread: @unchecked Sendable {
    // SAFETY: written once in init, read in join by the owner only.
    private var thread = pthread_t()

    init(_ body: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(ThreadBody(body))
        let code = pthread_create(&thread, nil, runThreadBody, box.toOpaque())
        precondition(code == 0)
    }

    func join() { pthread_join(thread, nil) }
}

private func runThreadBody(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run()
    return nil
}
