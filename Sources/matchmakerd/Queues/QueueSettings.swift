// The tunable part of a queue in people's units, as `defaults` and each queue give it, and its
// conversion to the core's units: the one place where seconds become ticks and points steps.
import DaemonKit
import MatchCore

/// A queue's tuning in points, seconds and milliseconds.
struct QueueSettings: Equatable, Sendable {
    var partyMax = Limits.teamSizeMax
    /// Points added to a party's mean for each member beyond the first.
    var premadeOffset = 15.0
    /// Points.
    var window = Curve(start: 100, perSecond: 10, max: 500)
    /// Milliseconds.
    var latency = Curve(start: 80, perSecond: 5, max: 200)
    var timeoutSeconds = 600
    /// Points of extra spread that a second of waiting is worth.
    var waitPreferencePerSecond = 0.0
    var eloDivisor = 400.0
    var spreadScale = 350.0
    var deltaPingMilliseconds = 20

    /// A limit that grows by the second up to a largest value.
    struct Curve: Equatable, Sendable {
        var start: Double
        var perSecond: Double
        var max: Double
    }

    static let fieldNames = [
        "partyMax", "premadeOffset", "window", "latency", "timeoutSeconds",
        "waitPreferencePerSecond", "quality",
    ]

    /// Takes over what `fields` gives, noting what is wrong with it.
    mutating func read(_ fields: ConfigFields, context: QueueFileContext) {
        partyMax = fields.integer("partyMax", in: 1...Limits.teamSizeMax, standard: partyMax)
        premadeOffset = fields.number("premadeOffset", in: -500...500, standard: premadeOffset)
        if let node = fields["window"] {
            window = QueueSettings.read(
                node, window, names: ["start", "perSecond", "max"], largest: 60_000)
        }
        if let node = fields["latency"] {
            latency = QueueSettings.read(
                node, latency, names: ["startMs", "perSecondMs", "maxMs"],
                largest: Double(LatencyVector.millisecondsMax))
        }
        timeoutSeconds = fields.integer(
            "timeoutSeconds", in: 1...context.timeoutSecondsMax, standard: timeoutSeconds)
        waitPreferencePerSecond = fields.number(
            "waitPreferencePerSecond", in: 0...1_000, standard: waitPreferencePerSecond)
        if let node = fields["quality"] { readQuality(node) }
    }

    private mutating func readQuality(_ node: ConfigNode) {
        let names = ["eloDivisor", "spreadScale", "deltaPingMs"]
        guard let fields = node.object(known: names) else { return }
        eloDivisor = fields.number("eloDivisor", in: 1...10_000, standard: eloDivisor)
        spreadScale = fields.number("spreadScale", in: 1...10_000, standard: spreadScale)
        deltaPingMilliseconds = fields.integer(
            "deltaPingMs", in: 0...1_000, standard: deltaPingMilliseconds)
    }

    private static func read(
        _ node: ConfigNode, _ standard: Curve, names: [String], largest: Double
    ) -> Curve {
        guard let fields = node.object(known: names) else { return standard }
        let curve = Curve(
            start: fields.number(names[0], in: 0...largest, standard: standard.start),
            perSecond: fields.number(names[1], in: 0...largest, standard: standard.perSecond),
            max: fields.number(names[2], in: 0...largest, standard: standard.max))
        if curve.start > curve.max {
            node.problem("\(names[0]) is \(curve.start), above \(names[2]) \(curve.max)")
            return standard
        }
        return curve
    }

    /// The core's rules.
    func rules(teamCount: Int, teamSize: Int, tickMilliseconds: Int) -> QueueRules {
        let stepsPerPoint = Double(Rating.stepsPerPoint)
        let ticksPerSecond = 1_000.0 / Double(tickMilliseconds)
        return QueueRules(
            teamCount: teamCount, teamSize: teamSize, partySizeMax: partyMax,
            premadeOffsetPerMember: Int32((premadeOffset * stepsPerPoint).rounded()),
            ratingWindow: QueueSettings.curve(
                window, unit: stepsPerPoint, ticksPerSecond: ticksPerSecond),
            latencyCap: QueueSettings.curve(latency, unit: 1, ticksPerSecond: ticksPerSecond),
            timeoutTicks: Int32(max(1, Double(timeoutSeconds) * ticksPerSecond)),
            waitPreference: waitPreferencePerSecond * stepsPerPoint / ticksPerSecond,
            quality: QualityRules(
                eloDivisorPoints: eloDivisor, spreadScalePoints: spreadScale,
                deltaPingMilliseconds: UInt16(deltaPingMilliseconds)))
    }

    private static func curve(
        _ curve: Curve, unit: Double, ticksPerSecond: Double
    ) -> WideningCurve {
        let growth = curve.perSecond * unit / ticksPerSecond * Double(WideningCurve.growthUnit)
        // A stand-in after a noted mistake may be out of order; the result is then thrown away.
        let start = min(curve.start, curve.max)
        return WideningCurve(
            start: Int32((start * unit).rounded()),
            // Up, so that a limit reaches whole points at whole seconds and not a tick later.
            growthPerTick: Int64(growth.rounded(.up)),
            max: Int32((curve.max * unit).rounded()))
    }
}
