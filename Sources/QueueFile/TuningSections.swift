// The sections of a queue that `defaults` may give too: curves, latency, quality, premades, avoid
// lists, acceptance. Each reads itself over the values that it has.
import DaemonKit
import MatchCore

/// A limit that grows by the second up to a largest value.
struct CurveSettings: Equatable, Sendable {
    var start: Double
    var perSecond: Double
    var max: Double

    /// Points between the lowest and the highest rating with room to spare.
    static let pointsMax = 60_000.0

    /// The curve with what the node gives, in points.
    func overridden(by node: ConfigNode) -> CurveSettings {
        let names = ["start", "perSecond", "max"]
        guard let fields = node.object(known: names) else { return self }
        return overridden(by: fields, node, names: names, largest: CurveSettings.pointsMax)
    }

    /// - Parameter names: of the fields for start, growth and largest value.
    func overridden(
        by fields: ConfigFields, _ node: ConfigNode, names: [String], largest: Double
    ) -> CurveSettings {
        let curve = CurveSettings(
            start: fields.number(names[0], in: 0...largest, standard: start),
            perSecond: fields.number(names[1], in: 0...largest, standard: perSecond),
            max: fields.number(names[2], in: 0...largest, standard: max))
        if curve.start > curve.max {
            node.problem("\(names[0]) is \(curve.start), above \(names[2]) \(curve.max)")
            return self
        }
        return curve
    }
}

/// Which regions a ticket plays in.
struct LatencySettings: Equatable, Sendable {
    /// Milliseconds.
    var cap = CurveSettings(start: 80, perSecond: 5, max: 200)
    /// Wait after which the best region will do whatever its latency; nil: never.
    var bestAlwaysAfterSeconds: Double?
    /// Points of extra range for each millisecond above a ticket's best region.
    var deltaPingCost = 0.0

    mutating func read(_ node: ConfigNode, _ reader: QueueFileReader) {
        let names = ["startMs", "perSecondMs", "maxMs"]
        let known = names + ["bestAlwaysAfterSeconds", "deltaPingCost"]
        guard let fields = node.object(known: known) else { return }
        cap = cap.overridden(
            by: fields, node, names: names, largest: Double(LatencyVector.millisecondsMax))
        if let node = fields["bestAlwaysAfterSeconds"] { bestAlwaysAfterSeconds = node.seconds() }
        deltaPingCost = fields.number("deltaPingCost", in: 0...100, standard: deltaPingCost)
    }
}

/// The scales of the quality score.
struct QualitySettings: Equatable, Sendable {
    var eloDivisor = 400.0
    var spreadScale = 350.0
    var deltaPingMilliseconds = 20

    mutating func read(_ node: ConfigNode) {
        let names = ["eloDivisor", "spreadScale", "deltaPingMs"]
        guard let fields = node.object(known: names) else { return }
        eloDivisor = fields.number("eloDivisor", in: 1...10_000, standard: eloDivisor)
        spreadScale = fields.number("spreadScale", in: 1...10_000, standard: spreadScale)
        deltaPingMilliseconds = fields.integer(
            "deltaPingMs", in: 0...1_000, standard: deltaPingMilliseconds)
    }
}

/// Parties against players who come alone.
struct PremadeSettings: Equatable, Sendable {
    /// Members from which a party is a premade.
    var sizeMin = 2
    /// Wait for other premades alone.
    var ownPoolSeconds = 0.0
    /// Points of difference between the teams that one premade member more on a side is worth.
    var differenceCost = 0.0

    mutating func read(_ node: ConfigNode) {
        let names = ["sizeMin", "ownPoolSeconds", "differenceCost"]
        guard let fields = node.object(known: names) else { return }
        sizeMin = fields.integer("sizeMin", in: 2...Limits.teamSizeMax, standard: sizeMin)
        ownPoolSeconds = fields.number(
            "ownPoolSeconds", in: 0...QueueSettings.secondsMax, standard: ownPoolSeconds)
        differenceCost = fields.number("differenceCost", in: 0...10_000, standard: differenceCost)
    }
}

/// What avoid lists do.
struct AvoidSettings: Equatable, Sendable {
    /// Players of a list that count.
    var max = Limits.avoidedCountMax
    /// Wait for which a list is law; nil: always.
    var hardForSeconds: Double?

    mutating func read(_ node: ConfigNode) {
        guard let fields = node.object(known: ["max", "hardForSeconds"]) else { return }
        max = fields.integer("max", in: 0...Limits.avoidedCountMax, standard: max)
        if let node = fields["hardForSeconds"] { hardForSeconds = node.seconds() }
    }
}

/// Asking for a yes before the match.
struct AcceptanceSettings: OptionalSection, Equatable, Sendable {
    var seconds = 30.0
    /// Time to look for somebody in place of one who declined.
    var substituteSeconds = 15.0
    /// Cooldown of the first, second, third... offence.
    var cooldownSeconds: [Double] = []
    /// Time after which an offence is forgotten.
    var offenceHours = 24.0

    mutating func read(_ node: ConfigNode) {
        let names = ["seconds", "substituteSeconds", "cooldownSeconds", "offenceHours"]
        guard let fields = node.object(known: names) else { return }
        seconds = fields.number("seconds", in: 1...600, standard: seconds)
        substituteSeconds = fields.number(
            "substituteSeconds", in: 0...600, standard: substituteSeconds)
        offenceHours = fields.number("offenceHours", in: 0.01...168, standard: offenceHours)
        guard let list = fields["cooldownSeconds"] else { return }
        cooldownSeconds = list.list(count: 0...8).map {
            $0.number(in: 0...QueueSettings.secondsMax)
        }
        for (shorter, longer) in zip(cooldownSeconds, cooldownSeconds.dropFirst())
        where longer < shorter {
            list.problem("falls from \(shorter) to \(longer), must rise or stay")
        }
    }
}
