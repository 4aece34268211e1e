// A few figures of matchmakerd from its /metrics page. Best effort: a page that does not come
// within a moment is left out.
import Glibc

/// What the page said.
struct ServerFigures: Equatable {
    var poolTickets: Int
    /// Ticks left out because one ran too long.
    var overruns: Int
    /// Upper bound of the bucket that holds the 99th percentile of tick durations since the last
    /// reading; nil without a tick.
    var tickBoundSeconds: Double?
}

/// Samples of a page in the Prometheus text format.
struct MetricsPage: Equatable {
    private var samples: [(name: String, value: Double)] = []

    init(_ text: String) {
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            guard let space = line.lastIndex(of: " "),
                let value = Double(line[line.index(after: space)...])
            else { continue }
            samples.append((String(line[..<space]), value))
        }
    }

    /// The value of a sample without labels.
    func value(_ name: String) -> Double? { samples.first { $0.name == name }?.value }

    /// Cumulated counts of a histogram by upper bound, as they stand on the page.
    func buckets(_ name: String) -> [(bound: Double, count: Double)] {
        let start = name + "_bucket{le=\""
        return samples.compactMap { sample in
            guard sample.name.hasPrefix(start), sample.name.hasSuffix("\"}") else { return nil }
            let bound = sample.name.dropFirst(start.count).dropLast(2)
            return (bound == "+Inf" ? .infinity : Double(bound) ?? .nan, sample.value)
        }
    }

    static func == (left: MetricsPage, right: MetricsPage) -> Bool {
        left.samples.elementsEqual(right.samples) { $0 == $1 }
    }
}

/// Reads the page of one address again and again.
struct MetricsReader {
    private let host: String
    private let port: String
    private let path: String
    private var lastBuckets: [Double] = []

    /// - Parameter url: `http://host:port/path`; nil if it is none.
    init?(url: String) {
        guard url.hasPrefix("http://") else { return nil }
        let rest = url.dropFirst("http://".count)
        let authority = rest.prefix { $0 != "/" }
        let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, let host = parts.first, !host.isEmpty else { return nil }
        let port = parts.count == 2 ? parts[1] : "80"
        guard let number = Int(port), (1...65_535).contains(number) else { return nil }
        self.host = String(host)
        self.port = String(port)
        path = rest.count > authority.count ? String(rest.dropFirst(authority.count)) : "/"
    }

    /// Reads the page, within a quarter of a second or not at all.
    mutating func read() -> ServerFigures? {
        guard let text = fetch() else { return nil }
        let page = MetricsPage(text)
        guard let pool = page.value("mm_pool_tickets") else { return nil }
        let buckets = page.buckets("mm_tick_duration_seconds")
        defer { lastBuckets = buckets.map(\.count) }
        return ServerFigures(
            poolTickets: Int(pool), overruns: Int(page.value("mm_tick_overrun_total") ?? 0),
            tickBoundSeconds: Self.bound(of: 0.99, buckets, since: lastBuckets))
    }

    /// The bound under which a share of the observations since `before` lies.
    static func bound(
        of share: Double, _ buckets: [(bound: Double, count: Double)], since before: [Double]
    ) -> Double? {
        let counts = buckets.enumerated().map { index, bucket in
            bucket.count - (index < before.count ? before[index] : 0)
        }
        guard let total = counts.last, total > 0,
            let index = counts.firstIndex(where: { $0 >= share * total })
        else { return nil }
        return buckets[index].bound
    }

    private func fetch() -> String? {
        var hints = addrinfo()
        hints.ai_family = AF_INET
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, port, &hints, &list) == 0, let address = list else { return nil }
        defer { freeaddrinfo(list) }
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var limit = timeval(tv_sec: 0, tv_usec: 250_000)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
        let target = address.pointee
        guard connect(descriptor, target.ai_addr, target.ai_addrlen) == 0 else { return nil }
        let request = Array(
            "GET \(path) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n".utf8)
        guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count
        else { return nil }
        return body(descriptor)
    }

    /// The body of a good answer; pages are bounded by 4 MiB.
    private func body(_ descriptor: Int32) -> String? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < 4 << 20 {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count < 0 { return nil }
            if count == 0 { break }
            bytes += chunk[..<count]
        }
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.hasPrefix("HTTP/1.1 200"), let end = text.firstRange(of: "\r\n\r\n") else {
            return nil
        }
        return String(text[end.upperBound...])
    }
}
