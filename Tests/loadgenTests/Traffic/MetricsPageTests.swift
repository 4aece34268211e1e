// Reading of a metrics page, and of its address.
import Testing

@testable import loadgen

@Suite struct MetricsPageTests {
    private let page = MetricsPage(
        """
        # HELP mm_pool_tickets Tickets.
        # TYPE mm_pool_tickets gauge
        mm_pool_tickets 12
        mm_tick_duration_seconds_bucket{le="0.001"} 90
        mm_tick_duration_seconds_bucket{le="0.01"} 99
        mm_tick_duration_seconds_bucket{le="+Inf"} 100
        mm_tick_duration_seconds_sum 0.5
        nonsense
        """)

    @Test func samplesAndBucketsAreFound() {
        #expect(page.value("mm_pool_tickets") == 12)
        #expect(page.value("mm_other") == nil)
        let buckets = page.buckets("mm_tick_duration_seconds")
        #expect(buckets.map(\.bound) == [0.001, 0.01, .infinity])
        #expect(buckets.map(\.count) == [90, 99, 100])
    }

    @Test func theBoundIsThatOfTheNewObservations() {
        let buckets = page.buckets("mm_tick_duration_seconds")
        #expect(MetricsReader.bound(of: 0.99, buckets, since: []) == 0.01)
        #expect(MetricsReader.bound(of: 0.5, buckets, since: [0, 0, 0]) == 0.001)
        #expect(MetricsReader.bound(of: 0.99, buckets, since: [80, 89, 90]) == 0.001)
        #expect(MetricsReader.bound(of: 0.99, buckets, since: [90, 99, 100]) == nil)
        #expect(MetricsReader.bound(of: 0.99, [], since: []) == nil)
    }

    @Test(arguments: ["", "https://x/", "http://", "http://:80/", "http://h:0/", "http://h:1:2/"])
    func otherAddressesAreRefused(url: String) {
        #expect(MetricsReader(url: url) == nil)
    }

    @Test(arguments: ["http://h", "http://127.0.0.1:9100/metrics"])
    func addressesAreTaken(url: String) {
        #expect(MetricsReader(url: url) != nil)
    }

    @Test func anAbsentServerGivesNothing() {
        var reader = MetricsReader(url: "http://127.0.0.1:1/metrics")
        #expect(reader?.read() == nil)
    }
}
