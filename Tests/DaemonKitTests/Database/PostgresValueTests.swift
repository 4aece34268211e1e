// Parameters and connection strings without a server.
import Testing

@testable import DaemonKit

@Suite struct PostgresValueTests {
    private func sent(_ value: PostgresValue) -> [UInt8] {
        var bytes: [UInt8] = []
        value.append(to: &bytes)
        return bytes
    }

    @Test(arguments: [
        (PostgresValue.bool(true), "t"), (.int(-5), "-5"), (.double(0.1), "0.1"),
        (.double(.infinity), "Infinity"), (.double(.nan), "NaN"), (.text("it's"), "it's"),
    ])
    func textFormsAreWhatTheServerReads(value: PostgresValue, expected: String) throws {
        #expect(!value.isBinary)
        #expect(sent(value) == Array(expected.utf8) + [0])
    }

    /// As `select array_send(...)` of PostgreSQL 15 gives them.
    @Test(arguments: [
        (PostgresValue.ints([]), "000000000000000000000014"),
        (
            .int32s([1, -2]),
            "0000000100000000000000170000000200000001000000040000000100000004fffffffe"
        ),
        (.ints([258]), "0000000100000000000000140000000100000001000000080000000000000102"),
        (.bools([true]), "00000001000000000000001000000001000000010000000101"),
        (
            .texts(["", "é"]),
            "00000001000000000000001900000002000000010000000000000002c3a9"
        ),
        (.byteArrays([[0, 255]]), "00000001000000000000001100000001000000010000000200ff"),
        (
            .uuids([PostgresUUID(high: 0x0102_0304_0506_0708, low: 0x090a_0b0c_0d0e_0f10)]),
            "000000010000000000000b860000000100000001000000100102030405060708090a0b0c0d0e0f10"
        ),
    ])
    func binaryFormsAreWhatTheServerReads(value: PostgresValue, expected: String) throws {
        #expect(value.isBinary)
        let hex = sent(value).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }
        #expect(hex.joined() == expected)
    }

    @Test func nothingIsSentForNull() { #expect(sent(.null).isEmpty) }

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
