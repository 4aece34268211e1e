// Named checks behind /healthz (is the process worth keeping) and /readyz (may it get work).
// Checks are closures over atomics, declared at start; the endpoint's thread evaluates them.

/// The answer of one check.
package enum HealthStatus: Equatable, Sendable {
    case passing
    /// Not well, with a short reason for people.
    case failing(String)
}

/// Which question a check answers.
package enum HealthScope: Sendable {
    /// Fails /healthz and /readyz: only a restart helps.
    case live
    /// Fails /readyz alone: work should go elsewhere for now.
    case ready
}

/// The list of checks.
package final class Health: Sendable {
    private struct Check: Sendable {
        let name: String
        let scope: HealthScope
        let evaluate: @Sendable () -> HealthStatus
    }

    private let checks = Locked<[Check]>([])

    package init() {}

    /// Declares a check. `evaluate` runs on the endpoint's thread and must not wait.
    /// - Precondition: `name` is new.
    package func add(
        _ name: String, scope: HealthScope, evaluate: @escaping @Sendable () -> HealthStatus
    ) {
        checks.withLock { checks in
            precondition(!checks.contains { $0.name == name }, "check \(name) declared twice")
            checks.append(Check(name: name, scope: scope, evaluate: evaluate))
        }
    }

    /// True when every check of the scope passes.
    package func isPassing(_ scope: HealthScope) -> Bool {
        results(scope).allSatisfy { $0.status == .passing }
    }

    /// 200 when every check of the scope passes, else 503; the body lists each check.
    package func response(_ scope: HealthScope) -> HTTPResponse {
        let results = results(scope)
        let passing = results.allSatisfy { $0.status == .passing }
        let lines = results.map { line($0.name, $0.status) }.joined(separator: ",\n    ")
        let list = lines.isEmpty ? "[]" : "[\n    \(lines)\n  ]"
        let body = "{\n  \"status\": \"\(passing ? "ok" : "fail")\",\n  \"checks\": \(list)\n}\n"
        return HTTPResponse(
            status: passing ? 200 : 503, contentType: "application/json", body: Array(body.utf8))
    }

    private func results(_ scope: HealthScope) -> [(name: String, status: HealthStatus)] {
        checks.withLock { $0 }
            .filter { scope == .ready || $0.scope == .live }
            .map { ($0.name, $0.evaluate()) }
    }

    private func line(_ name: String, _ status: HealthStatus) -> String {
        let start = "{\"name\": \(JSONText.quoted(name)), \"status\": "
        switch status {
        case .passing: return start + "\"ok\"}"
        case .failing(let reason):
            return start + "\"fail\", \"reason\": \(JSONText.quoted(reason))}"
        }
    }
}
