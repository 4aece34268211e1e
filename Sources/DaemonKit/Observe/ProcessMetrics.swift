// The process metrics that every Prometheus client library offers, under their usual names.
// Read from /proc at each scrape, on the scraping thread.
import Glibc

/// Memory, processor time, open files and start time of this process.
package enum ProcessMetrics {
    /// Declares the metrics.
    package static func register(in registry: MetricsRegistry) {
        registry.gauge("process_resident_memory_bytes", help: "Resident memory size in bytes.") {
            Double(residentPages()) * Double(sysconf(Int32(_SC_PAGESIZE)))
        }
        registry.counter(
            "process_cpu_seconds_total", help: "User and system CPU time spent in seconds."
        ) { cpuSeconds() }
        registry.gauge("process_open_fds", help: "Number of open file descriptors.") {
            Double(openFileCount())
        }
        let startSeconds = wallSeconds()
        registry.gauge(
            "process_start_time_seconds",
            help: "Start time of the process since unix epoch in seconds."
        ) { startSeconds }
    }

    /// Resident pages: the second number of /proc/self/statm.
    private static func residentPages() -> Int {
        let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { return 0 }
        defer { close(descriptor) }
        return withUnsafeTemporaryAllocation(byteCount: 256, alignment: 1) { buffer in
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            if count <= 0 { return 0 }
            let fields = String(decoding: buffer[..<count], as: UTF8.self).split(separator: " ")
            return fields.count > 1 ? Int(fields[1]) ?? 0 : 0
        }
    }

    private static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func wallSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func openFileCount() -> Int {
        guard let directory = opendir("/proc/self/fd") else { return 0 }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        // Without ".", ".." and the descriptor of this very listing.
        return max(0, count - 3)
    }
}
