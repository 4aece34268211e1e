// Redis URLs: what they mean, what is refused, and that the password never shows.
import Testing

@testable import DaemonKit

@Suite struct RedisConfigurationTests {
    @Test func aPlainURLHasDefaults() throws {
        let configuration = try RedisConfiguration(url: "redis://cache")
        #expect(configuration.address == .tcp(host: "cache", port: 6379))
        #expect(configuration.user == nil && configuration.password == nil)
        #expect(configuration.database == 0)
    }

    @Test func allPartsAreRead() throws {
        let configuration = try RedisConfiguration(url: "redis://me:p@ss:w@10.0.0.1:6400/3")
        #expect(configuration.address == .tcp(host: "10.0.0.1", port: 6400))
        #expect(configuration.user == "me")
        #expect(configuration.password == Secret("p@ss:w"))
        #expect(configuration.database == 3)
        #expect(!"\(configuration)".contains("p@ss"))
    }

    @Test func aPasswordAloneHasNoUser() throws {
        let configuration = try RedisConfiguration(url: "redis://:secret@h:1")
        #expect(configuration.user == nil)
        #expect(configuration.password == Secret("secret"))
    }

    @Test func aSocketPathIsRead() throws {
        let configuration = try RedisConfiguration(url: "unix:///run/redis.sock?db=2")
        #expect(configuration.address == .unixSocket(path: "/run/redis.sock"))
        #expect(configuration.database == 2)
    }

    @Test(arguments: [
        "", "http://x", "redis://", "redis://:1", "redis://h:0", "redis://h:65536", "redis://h:x",
        "redis://h/x", "redis://h/-1", "redis://user@h", "redis://user:@h", "unix://relative",
        "unix:///x?other=1",
    ])
    func nonsenseIsRefused(url: String) {
        #expect(throws: RedisError.self) { try RedisConfiguration(url: url) }
    }
}
