// Reads and checks a workload file. Every mistake is found in one run and named by file and field.
import DaemonKit
import Wire

/// A workload file with mistakes.
struct WorkloadRefusal: Error {
    let problems: [ConfigProblem]
}

/// Makes a `Workload` of a JSON5 file.
enum WorkloadReader {
    /// - Throws: `WorkloadRefusal` with every mistake.
    static func load(file: String) throws(WorkloadRefusal) -> Workload {
        let tree: ConfigTree
        do throws(ConfigProblem) {
            tree = try ConfigTree.load(file: file)
        } catch {
            throw WorkloadRefusal(problems: [error])
        }
        return try read(tree, file: file)
    }

    /// - Throws: `WorkloadRefusal` with every mistake.
    static func read(_ tree: ConfigTree, file: String) throws(WorkloadRefusal) -> Workload {
        let problems = ConfigProblems()
        let root = ConfigNode(tree, file: file, problems: problems)
        let workload = root.object(known: [
            "version", "seed", "regions", "arrivals", "skill", "parties", "patience", "games",
            "accessDelay", "queues", "homes",
        ]).map(workload)
        guard let workload, problems.isEmpty else {
            throw WorkloadRefusal(problems: problems.list)
        }
        return workload
    }

    private static func workload(_ fields: ConfigFields) -> Workload {
        _ = fields.required("version")?.integer(in: 1...1)
        let regions = regions(fields.required("regions"))
        return Workload(
            seed: UInt64(fields.integer("seed", in: 0...Int.max, standard: 1)),
            regions: regions,
            arrivals: arrivals(fields.required("arrivals")),
            skill: skill(fields.required("skill")),
            parties: parties(fields.required("parties")),
            patience: patience(fields.required("patience")),
            games: games(fields.required("games")),
            accessDelay: accessDelay(fields.required("accessDelay")),
            queues: queues(fields.required("queues")),
            homes: homes(fields.required("homes"), regions: regions))
    }

    // MARK: Sections

    private static func regions(_ node: ConfigNode?) -> [String] {
        let entries = node?.list(count: 1...WireLimits.regionCountMax) ?? []
        let names = entries.map(token)
        noteRepetitions(names, entries)
        return names
    }

    private static func arrivals(_ node: ConfigNode?) -> ArrivalPattern {
        let fields = node?.object(known: [
            "partiesPerSecond", "initialParties", "initialSeconds", "daySeconds", "startHour",
            "hourly",
        ])
        let entries = fields?.required("hourly")?.list(count: 24...24) ?? []
        let hourly = entries.map { $0.number(in: 0...1_000) }
        if let node = fields?["hourly"], !entries.isEmpty, hourly.reduce(0, +) <= 0 {
            node.problem("must not be all zero")
        }
        return ArrivalPattern(
            partiesPerSecond: number(fields, "partiesPerSecond", in: 0.001...100_000),
            initialParties: fields?.integer("initialParties", in: 0...1_000_000, standard: 0) ?? 0,
            initialSeconds: fields?.number("initialSeconds", in: 0...3_600, standard: 5) ?? 0,
            daySeconds: fields?.number("daySeconds", in: 1...86_400, standard: 86_400) ?? 0,
            startHour: fields?.number("startHour", in: 0...24, standard: 0) ?? 0,
            hourly: hourly)
    }

    private static func skill(_ node: ConfigNode?) -> SkillPattern {
        let fields = node?.object(known: ["mean", "deviation", "partyCorrelation"])
        return SkillPattern(
            mean: number(fields, "mean", in: 0...10_000),
            deviation: number(fields, "deviation", in: 0...5_000),
            partyCorrelation: number(fields, "partyCorrelation", in: 0...1))
    }

    private static func parties(_ node: ConfigNode?) -> [PartyShare] {
        let entries = node?.list(count: 1...WireLimits.partySizeMax) ?? []
        let parties = entries.map { entry in
            let fields = entry.object(known: ["size", "share"])
            return PartyShare(
                size: fields?.required("size")?.integer(in: 1...WireLimits.partySizeMax) ?? 1,
                share: number(fields, "share", in: 0...1_000_000))
        }
        noteRepetitions(parties.map { "size \($0.size)" }, entries)
        noteNoShare(parties.map(\.share), node)
        return parties
    }

    private static func patience(_ node: ConfigNode?) -> PatiencePattern {
        let fields = node?.object(known: ["shape", "scaleSeconds"])
        return PatiencePattern(
            shape: number(fields, "shape", in: 0.1...10),
            scaleSeconds: number(fields, "scaleSeconds", in: 0.1...1_000_000))
    }

    private static func games(_ node: ConfigNode?) -> GamePattern {
        let fields = node?.object(known: [
            "medianSeconds", "sigma", "breakSeconds", "leaveProbability",
        ])
        return GamePattern(
            medianSeconds: number(fields, "medianSeconds", in: 0.1...100_000),
            sigma: number(fields, "sigma", in: 0...3),
            breakSeconds: number(fields, "breakSeconds", in: 0...100_000),
            leaveProbability: number(fields, "leaveProbability", in: 0...1))
    }

    private static func accessDelay(_ node: ConfigNode?) -> AccessDelay {
        let fields = node?.object(known: ["medianMs", "sigma"])
        return AccessDelay(
            medianMilliseconds: number(fields, "medianMs", in: 0...1_000),
            sigma: number(fields, "sigma", in: 0...3))
    }

    private static func queues(_ node: ConfigNode?) -> [QueueShare] {
        let entries = node?.list(count: 1...1_000) ?? []
        let queues = entries.map { entry in
            let fields = entry.object(known: ["name", "share", "partyMax"])
            let sizes = 1...WireLimits.partySizeMax
            return QueueShare(
                name: fields?.required("name").map(token) ?? "",
                share: number(fields, "share", in: 0...1_000_000),
                partyMax: fields?.required("partyMax")?.integer(in: sizes) ?? 1)
        }
        noteRepetitions(queues.map(\.name), entries)
        noteNoShare(queues.map(\.share), node)
        return queues
    }

    private static func homes(_ node: ConfigNode?, regions: [String]) -> [Home] {
        let entries = node?.list(count: 1...1_000) ?? []
        let homes = entries.map { entry in
            let fields = entry.object(known: ["name", "share", "utcOffsetHours", "rttMs"])
            return Home(
                name: fields?.required("name")?.text() ?? "",
                share: number(fields, "share", in: 0...1_000_000),
                utcOffsetHours: number(fields, "utcOffsetHours", in: -12...14),
                roundTripMilliseconds: roundTrips(fields?.required("rttMs"), regions: regions))
        }
        noteRepetitions(homes.map(\.name), entries)
        noteNoShare(homes.map(\.share), node)
        return homes
    }

    private static func roundTrips(_ node: ConfigNode?, regions: [String]) -> [[Double]] {
        guard let fields = node?.object(known: regions) else { return [] }
        let count = Home.ranks.count
        return regions.map { region in
            guard let list = fields.required(region) else { return [] }
            let values = list.list(count: count...count).map { $0.number(in: 0...5_000) }
            if zip(values, values.dropFirst()).contains(where: { $0 > $1 }) {
                list.problem("quantiles must not fall")
            }
            return values
        }
    }

    // MARK: Leaves

    private static func number(
        _ fields: ConfigFields?, _ name: String, in range: ClosedRange<Double>
    ) -> Double {
        fields?.required(name)?.number(in: range) ?? range.lowerBound
    }

    private static func token(_ node: ConfigNode) -> String {
        let name = node.text()
        if !name.isEmpty && !Token.isValid(name) {
            node.problem("is '\(name)', must be 1 to \(Token.byteCountMax) of A-Z a-z 0-9 _ -")
        }
        return name
    }

    private static func noteRepetitions(_ names: [String], _ entries: [ConfigNode]) {
        for (index, name) in names.enumerated() where names[..<index].contains(name) {
            entries[index].problem("repeats '\(name)'")
        }
    }

    private static func noteNoShare(_ shares: [Double], _ node: ConfigNode?) {
        if !shares.isEmpty && shares.reduce(0, +) <= 0 { node?.problem("all shares are zero") }
    }
}
