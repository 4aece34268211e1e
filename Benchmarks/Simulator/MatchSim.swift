// matchsim: many seeds of the simulator, as long as wanted. Prints what the runs met, and for a
// failing seed the broken rule and the shortest list of steps found that breaks it.

import Glibc
import SimKit

/// What the command line asked for.
struct SimOptions {
    var seeds: ClosedRange<UInt64> = 1...10_000
    var seconds: Int?
    var wanted: Set<Feature> = []
    var allowed: Set<Feature> = .current
    var shrinks = true
    var prints = false
    var huntsCanaries = false

    static let usage = """
        matchsim [--seeds A..B] [--seconds N] [--feature NAME]... [--only NAME,...] \
        [--no-shrink] [--print] [--canaries]
          --seeds A..B     seeds to run (1..10000)
          --seconds N      stops after so many seconds
          --feature NAME   every run contains it; may be repeated
          --only NAMES     runs draw from these features alone; an empty list for none
          --no-shrink      prints a failing seed as it is
          --print          prints the scenario of each seed instead of running it
          --canaries       plants each known bug and says whether it is caught
        features: \(Feature.allCases.map(\.rawValue).joined(separator: " "))
        """

    /// Nil if the words are not understood.
    init?(_ words: [String]) {
        var rest = words[...]
        while let word = rest.popFirst() {
            switch word {
            case "--no-shrink": shrinks = false
            case "--print": prints = true
            case "--canaries": huntsCanaries = true
            case "--seeds":
                let ends = (rest.popFirst() ?? "").split(separator: ".").compactMap { UInt64($0) }
                guard let first = ends.first, let last = ends.last, first <= last else {
                    return nil
                }
                seeds = first...last
            case "--seconds":
                guard let number = rest.popFirst().flatMap(Int.init) else { return nil }
                seconds = number
            case "--feature":
                guard let feature = Feature(rawValue: rest.popFirst() ?? "") else { return nil }
                wanted.insert(feature)
            case "--only":
                let names = (rest.popFirst() ?? "").split(separator: ",").map(String.init)
                let features = names.compactMap(Feature.init)
                guard features.count == names.count else { return nil }
                allowed = Set(features)
            default: return nil
            }
        }
    }
}

@main enum MatchSim {
    static func main() {
        guard let options = SimOptions(Array(CommandLine.arguments.dropFirst())) else {
            print(SimOptions.usage)
            exit(64)
        }
        exit((options.huntsCanaries ? hunt(options) : run(options)) ? 0 : 1)
    }

    /// - Returns: true if every run kept every rule.
    static func run(_ options: SimOptions) -> Bool {
        let clock = ContinuousClock()
        let start = clock.now
        var sum = RunSum()
        for seed in options.seeds {
            if let seconds = options.seconds, clock.now - start > .seconds(seconds) { break }
            let scenario = ScenarioMaker.make(
                seed: seed, wanted: options.wanted, allowed: options.allowed)
            if options.prints {
                print(scenario.text)
                continue
            }
            let verdict = Runner.run(scenario)
            sum.add(verdict)
            if !verdict.isClean {
                show(verdict, scenario, options)
                return false
            }
        }
        if !options.prints { show(sum, options, clock.now - start) }
        return true
    }

    /// - Returns: true if every planted bug is caught.
    static func hunt(_ options: SimOptions) -> Bool {
        var isCaught = true
        for canary in Canary.allCases where canary.feature.map(options.allowed.contains) ?? true {
            let hunt = CanaryHunt(canary, seeds: options.seeds, tamperedMax: 200)
            isCaught = isCaught && hunt.isCaught
            let missed = hunt.missedSeeds.isEmpty ? "" : ", missed in seeds \(hunt.missedSeeds)"
            print(
                "\(canary.rawValue): caught \(hunt.caughtCount) of \(hunt.tamperedCount)\(missed)")
        }
        return isCaught
    }

    static func show(_ verdict: Verdict, _ scenario: Scenario, _ options: SimOptions) {
        print("seed \(verdict.seed) breaks a rule:")
        for violation in verdict.violations.prefix(5) { print("  \(violation)") }
        guard options.shrinks else { return print(scenario.text) }
        var shrinker = Shrinker(rule: verdict.violations[0].rule)
        let small = shrinker.shrink(scenario)
        let again = Runner.run(small)
        print("the same rule by \(small.steps.count) of \(scenario.steps.count) steps:")
        for violation in again.violations.prefix(5) { print("  \(violation)") }
        print(small.text)
        print(Runner.trace(small))
    }

    static func show(_ sum: RunSum, _ options: SimOptions, _ duration: Duration) {
        let figures = sum.figures
        print("\(sum.runCount) seeds kept every rule in \(duration.formatted)")
        print(
            "\(figures.tickCount) ticks, \(figures.commandCount) commands, "
                + "\(figures.ticketCount) tickets, \(figures.matchCount) matches")
        if figures.overdueExcusedCount > 0 {
            print("  overdue not judged, a bound was reached: \(figures.overdueExcusedCount)")
        }
        for situation in Situation.allCases where sum.sometimes.count(situation) > 0 {
            print("  \(situation.rawValue): \(sum.sometimes.count(situation))")
        }
        let missing = sum.sometimes.missing(among: options.allowed.union(options.wanted))
        if !missing.isEmpty { print("never: \(missing.map(\.rawValue).joined(separator: " "))") }
    }
}

extension Duration {
    var formatted: String {
        let tenths = components.seconds * 10 + components.attoseconds / 100_000_000_000_000_000
        return "\(tenths / 10).\(tenths % 10) s"
    }
}
