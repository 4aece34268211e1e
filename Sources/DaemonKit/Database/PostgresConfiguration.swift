// Where a PostgreSQL server is, and the limits that every session sets, so that a frozen client or
// server can never hold the other for long.
import CLibPQ

/// Connection settings.
package struct PostgresConfiguration: Sendable {
    /// libpq's keywords and values, as given; may hold a password, so never printed.
    let keywords: [String]
    let values: [String]

    /// Shown in pg_stat_activity.
    package var applicationName: String
    /// Server-side limits of each session.
    package var statementTimeoutMilliseconds = 2000
    package var lockTimeoutMilliseconds = 500
    package var idleInTransactionTimeoutMilliseconds = 2000
    /// Longest wait for the server's answer before the connection is given up; above the server's
    /// own limit, so that a slow statement is refused rather than of unknown outcome.
    package var answerTimeoutMilliseconds = 4000
    /// Longest wait for a connection; libpq counts in seconds, 2 or more.
    package var connectTimeoutSeconds = 3

    /// libpq's own defaults and environment.
    package init(applicationName: String = "") {
        keywords = []
        values = []
        self.applicationName = applicationName
    }

    /// Reads a `postgresql://` URL or a `key=value` string as libpq does.
    /// - Throws: `PostgresError.configuration`; the text never repeats the string itself.
    package init(connectionString: String, applicationName: String) throws(PostgresError) {
        var keywords: [String] = []
        var values: [String] = []
        guard let options = PQconninfoParse(connectionString, nil) else {
            throw .configuration("neither a postgresql:// URL nor a list of key=value")
        }
        defer { PQconninfoFree(options) }
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val {
                keywords.append(String(cString: keyword))
                values.append(String(cString: value))
            }
            option += 1
        }
        self.keywords = keywords
        self.values = values
        self.applicationName = applicationName
    }

    /// The same server under another name in pg_stat_activity.
    package func named(_ applicationName: String) -> PostgresConfiguration {
        var copy = self
        copy.applicationName = applicationName
        return copy
    }

    /// All parameters of a connection, those given and those that every session has.
    func parameters() -> [(keyword: String, value: String)] {
        var parameters = Array(zip(keywords, values)).map { (keyword: $0.0, value: $0.1) }
        let given = parameters.first { $0.keyword == "options" }.map { $0.value + " " } ?? ""
        parameters.removeAll { $0.keyword == "options" }
        let limits =
            "-c statement_timeout=\(statementTimeoutMilliseconds)"
            + " -c lock_timeout=\(lockTimeoutMilliseconds)"
            + " -c idle_in_transaction_session_timeout=\(idleInTransactionTimeoutMilliseconds)"
        // In libpq the last of two equal keywords counts, so these hold whatever the string says.
        parameters += [
            ("options", given + limits),
            ("application_name", applicationName),
            ("client_encoding", "UTF8"),
            ("connect_timeout", String(connectTimeoutSeconds)),
            ("keepalives", "1"), ("keepalives_idle", "1"), ("keepalives_interval", "1"),
            ("keepalives_count", "3"), ("tcp_user_timeout", "3000"),
        ]
        return parameters
    }
}
