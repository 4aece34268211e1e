// The lines of a comparison: each policy under its name, with the settings over which its frontier
// is drawn.

import MatchCore

/// A policy with one setting.
package struct PolicyLine: Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        case muster, oldestFirst, firstFit, oldestSeed, spreadFormula, waitFormula, combinedWait
    }

    package var kind: Kind
    /// What is varied: a setting of the workload, or a factor on the published tolerance.
    package var setting: String
    /// The rules that hold: Muster's settings change them, peers bring their own.
    package var rules: [QueueRules]
    package var scale: Double

    /// What to call the policy in a table.
    package var name: String {
        switch kind {
        case .muster: "Muster"
        case .oldestFirst: "oldest-first window"
        case .firstFit: "first fit, 15 s"
        case .oldestSeed: "oldest seed, expansions"
        case .spreadFormula: "spread formula, pops"
        case .waitFormula: "wait formula, 6 s"
        case .combinedWait: "combined wait"
        }
    }

    /// Whose published rule it is.
    package var origin: String {
        switch kind {
        case .muster: "this project"
        case .oldestFirst: "after matchmaker-platform"
        case .firstFit: "after Nakama"
        case .oldestSeed: "after FlexMatch"
        case .spreadFormula: "after FAF"
        case .waitFormula: "after ShieldBattery"
        case .combinedWait: "yardstick of the published study"
        }
    }

    /// - Throws: `SystemError` if there is no memory for the core.
    package func make(
        regionCount: Int, tickSeconds: Double, seed: UInt64, ticketCountMax: Int
    ) throws -> any Policy {
        let setup = PolicySetup(
            rules: rules, regionCount: regionCount, tickSeconds: tickSeconds, seed: seed)
        switch kind {
        case .muster: return try MusterPolicy(setup, ticketCountMax: ticketCountMax)
        case .oldestFirst: return OldestFirstPolicy(setup, scale: scale)
        case .firstFit: return FirstFitPolicy(setup, scale: scale)
        case .oldestSeed: return OldestSeedPolicy(setup, scale: scale)
        case .spreadFormula: return SpreadFormulaPolicy(setup, scale: scale)
        case .waitFormula: return WaitFormulaPolicy(setup, scale: scale)
        case .combinedWait: return CombinedWaitPolicy(setup, weight: scale)
        }
    }

    /// Muster with each of the settings.
    package static func muster(_ settings: [LabSetting]) -> [PolicyLine] {
        settings.map {
            PolicyLine(kind: .muster, setting: $0.name, rules: $0.rules, scale: 1)
        }
    }

    /// The peers' rules on the same queues, each as published and with tolerances multiplied.
    package static func peers(_ rules: [QueueRules], isSwept: Bool) -> [PolicyLine] {
        let kinds: [Kind] = [.oldestFirst, .firstFit, .oldestSeed, .spreadFormula, .waitFormula]
        let scales = isSwept ? [1, 0.125, 0.25, 0.5, 2, 4] : [1.0]
        return kinds.flatMap { kind in
            scales.map { scale in
                PolicyLine(
                    kind: kind, setting: scale == 1 ? "published" : "×\(scale)", rules: rules,
                    scale: scale)
            }
        }
    }

    /// The yardstick for one against one, at the weights of the published study.
    package static func combinedWait(_ rules: [QueueRules]) -> [PolicyLine] {
        guard rules.allSatisfy({ $0.playerCount == 2 }) else { return [] }
        return [10.0, 30, 60, 100, 200].map {
            PolicyLine(kind: .combinedWait, setting: "w = \(Int($0))", rules: rules, scale: $0)
        }
    }
}
