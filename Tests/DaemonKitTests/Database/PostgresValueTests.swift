// Parameters and connection strings without a server.
import Testing

@testable import DaemonKit

@Suite struct PostgresValueTests {
    @Test(arguments: [
        (PostgresValue.bool(true), "t"), (.int(-5), "-5"), (.double(0.1), "0.1"),
        (.double(.infinity), "Infinity"), (.double(.nan), "NaN"), (.text("it's"), "it's"),
        (.ints([]), "{}"), (.ints([1, -2]), "{1,-2}"), (.doubles([0.5]), "{0.5}"),
        (
            .texts(["a", "b\"c\\d", "", "NULL", "{,}"]),
            "{\"a\",\"b\\\"c\\\\d\",\"\",\"NULL\",\"{,}\"}"
        ),
        (.byteArrays([[0, 255], []]), "{\"\\\\x00ff\",\"\\\\x\"}"),
    ])
    func textFormsAreWhatTheServerReads(value: PostgresValue, expected: String) throws {
        let encoded = try #require(value.encoded)
        #expect(!encoded.isBinary)
        #expect(String(decoding: encoded.bytes.dropLast(), as: UTF8.self) == expected)
        #expect(encoded.bytes.last == 0)
    }

    @Test func nullHasNoForm() { #expect(PostgresValue.null.encoded == nil) }

    @Test func sessionLimitsHoldWhateverTheStringSays() throws {
        var configuration = try PostgresConfiguration(
            connectionString: "postgresql://u:secret@h/db?options=-c%20geqo%3Doff",
            applicationName: "kit")
        configuration.statementTimeoutMilliseconds = 7
        let parameters = configuration.parameters()
        #expect(parameters.filter { $0.keyword == "options" }.count == 1)
        let options = parameters.first { $0.keyword == "options" }?.value ?? ""
        #expect(options.hasPrefix("-c geqo=off -c statement_timeout=7 "))
        #expect(parameters.contains { $0.keyword == "tcp_user_timeout" && $0.value == "3000" })
        #expect(parameters.contains { $0.keyword == "host" && $0.value == "h" })
    }

    @Test func anUnusableStringIsRefusedWithoutRepeatingIt() {
        #expect {
            _ = try PostgresConfiguration(
                connectionString: "postgresql://u:secret@h:port:x/%zz", applicationName: "kit")
        } throws: { error in
            !"\(error)".contains("secret")
        }
    }
}
