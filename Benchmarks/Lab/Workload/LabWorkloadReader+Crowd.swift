// The sections of a workload file about who arrives: when, how good, from where.

import DaemonKit
import MatchCore

extension LabWorkloadReader {
    func readArrivals(_ node: ConfigNode?) -> LabArrivals {
        let fields = node?.object(known: [
            "playersPerSecond", "initialTickets", "daySeconds", "startHour", "hourly", "crowds",
            "outages",
        ])
        let rates = fields?.required("playersPerSecond")?.list(count: 1...16) ?? []
        let hourly = fields?["hourly"]
        return LabArrivals(
            playersPerSecond: rates.map { $0.number(in: 0.000_1...100_000) },
            initialTickets: fields?.integer("initialTickets", in: 0...1_000_000, standard: 0) ?? 0,
            daySeconds: fields?.number("daySeconds", in: 1...86_400, standard: 86_400) ?? 0,
            startHour: fields?.number("startHour", in: 0...24, standard: 0) ?? 0,
            hourly: hourly.map(readHourly) ?? [],
            crowds: fields?["crowds"]?.list(count: 0...100).map(readCrowd) ?? [],
            outages: fields?["outages"]?.list(count: 0...100).map(readOutage) ?? [])
    }

    private func readHourly(_ node: ConfigNode) -> [Double] {
        let hours = node.list(count: 24...24).map { $0.number(in: 0...1_000) }
        if !hours.isEmpty && hours.reduce(0, +) <= 0 { node.problem("must not be all zero") }
        return hours
    }

    private func readCrowd(_ node: ConfigNode) -> LabCrowd {
        let fields = node.object(known: ["atSeconds", "seconds", "factor"])
        return LabCrowd(
            atSeconds: number(fields, "atSeconds", in: 0...100_000_000),
            seconds: number(fields, "seconds", in: 0...1_000_000),
            factor: number(fields, "factor", in: 1...1_000))
    }

    private func readOutage(_ node: ConfigNode) -> LabOutage {
        let fields = node.object(known: ["atSeconds", "seconds", "reconnectSeconds"])
        return LabOutage(
            atSeconds: number(fields, "atSeconds", in: 0...100_000_000),
            seconds: number(fields, "seconds", in: 0...1_000_000),
            reconnectSeconds: number(fields, "reconnectSeconds", in: 0.1...1_000_000))
    }

    func readPopulation(_ node: ConfigNode?) -> LabPopulation {
        let fields = node?.object(known: [
            "mean", "deviation", "partyCorrelation", "ratingError", "newcomers", "smurfs",
            "synergyPerMember", "driftPerRootWeek", "accounts", "casuals",
        ])
        return LabPopulation(
            mean: number(fields, "mean", in: 0...10_000),
            deviation: number(fields, "deviation", in: 0...5_000),
            partyCorrelation: fields?.number("partyCorrelation", in: 0...1, standard: 0) ?? 0,
            ratingError: fields?.number("ratingError", in: 0...2_000, standard: 0) ?? 0,
            newcomers: fields?["newcomers"].map(readNewcomers),
            smurfs: fields?["smurfs"].map(readSmurfs),
            synergyPerMember: fields?.number("synergyPerMember", in: 0...500, standard: 0) ?? 0,
            driftPerRootWeek: fields?.number("driftPerRootWeek", in: 0...500, standard: 0) ?? 0,
            accounts: fields?.integer("accounts", in: 0...10_000_000, standard: 0) ?? 0,
            casuals: fields?["casuals"].map(readCasuals))
    }

    private func readNewcomers(_ node: ConfigNode) -> LabNewcomers {
        let fields = node.object(known: ["share", "shift", "rating", "ratingDeviation"])
        return LabNewcomers(
            share: number(fields, "share", in: 0...1),
            shift: number(fields, "shift", in: -5_000...5_000),
            rating: number(fields, "rating", in: 0...10_000),
            ratingDeviation: number(fields, "ratingDeviation", in: 0...2_000))
    }

    private func readSmurfs(_ node: ConfigNode) -> LabSmurfs {
        let fields = node.object(known: ["share", "above"])
        return LabSmurfs(
            share: number(fields, "share", in: 0...1),
            above: number(fields, "above", in: 0...5_000))
    }

    // MARK: Geography

    func readGeography(_ node: ConfigNode?) -> LabGeography {
        let nowhere = LabGeography(
            regions: ["here"], homes: [], accessMedianMilliseconds: 0, accessSigma: 0)
        guard let fields = node?.object(known: ["homesFrom", "regions"]),
            let source = fields.required("homesFrom")
        else { return nowhere }
        let path = LabWorkloadReader.folder(of: file) + source.text()
        let tree: ConfigTree
        do throws(ConfigProblem) {
            tree = try ConfigTree.load(file: path)
        } catch {
            source.problem(error.why)
            return nowhere
        }
        guard case .fields(let content) = tree, let regions = content["regions"],
            let homes = content["homes"], let access = content["accessDelay"]
        else {
            source.problem("names a file without regions, homes and accessDelay")
            return nowhere
        }
        let all = ConfigNode(regions, file: path, path: "regions", problems: problems)
            .list(count: 1...LatencyVector.capacity).map { $0.text() }
        let wanted = fields["regions"]?.list(count: 1...LatencyVector.capacity).map { entry in
            let name = entry.text()
            if !all.contains(name) { entry.problem("'\(name)' is no region of \(path)") }
            return name
        }
        let list = ConfigNode(homes, file: path, path: "homes", problems: problems)
        let delay = ConfigNode(access, file: path, path: "accessDelay", problems: problems)
            .object(known: ["medianMs", "sigma"])
        return LabGeography(
            regions: wanted ?? all,
            homes: list.list(count: 1...1_000).map { readHome($0, wanted ?? all, among: all) },
            accessMedianMilliseconds: number(delay, "medianMs", in: 0...1_000),
            accessSigma: number(delay, "sigma", in: 0...3))
    }

    private func readHome(_ node: ConfigNode, _ regions: [String], among all: [String]) -> LabHome {
        let fields = node.object(known: ["name", "share", "utcOffsetHours", "rttMs"])
        let trips = fields?.required("rttMs")?.object(known: all)
        let count = LabHome.ranks.count
        return LabHome(
            name: fields?.required("name")?.text() ?? "",
            share: number(fields, "share", in: 0...1_000_000),
            utcOffsetHours: number(fields, "utcOffsetHours", in: -12...14),
            roundTripMilliseconds: regions.map { region in
                let list = trips?.required(region)?.list(count: count...count) ?? []
                return list.map { $0.number(in: 0...5_000) }
            })
    }

    /// The folder of a file with a closing slash; "" for the current one.
    static func folder(of file: String) -> String {
        guard let slash = file.lastIndex(of: "/") else { return "" }
        return String(file[...slash])
    }
}
