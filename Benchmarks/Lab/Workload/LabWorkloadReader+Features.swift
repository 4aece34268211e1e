// The rarer sections of a workload file.

import DaemonKit
import MatchCore

extension LabWorkloadReader {
    func readLearning(_ node: ConfigNode) -> LabLearning {
        let fields = node.object(known: [
            "factor", "offset", "power", "seasonSeconds", "seasonKeep", "seasonGamesMax", "decay",
        ])
        return LabLearning(
            factor: number(fields, "factor", in: 0...10_000),
            offset: number(fields, "offset", in: 0...1_000),
            power: number(fields, "power", in: 0...1),
            seasonSeconds: number(fields, "seasonSeconds", in: 1...1_000_000_000),
            seasonKeep: number(fields, "seasonKeep", in: 0...1),
            seasonGamesMax: fields?.integer(
                "seasonGamesMax", in: 0...1_000_000, standard: 1_000_000) ?? 0,
            decay: fields?["decay"].flatMap { $0.tree == .null ? nil : readDecay($0) })
    }

    private func readDecay(_ node: ConfigNode) -> LabDecay {
        let fields = node.object(known: ["above", "pointsPerWeek", "idleSeconds"])
        return LabDecay(
            above: number(fields, "above", in: 0...10_000),
            pointsPerWeek: number(fields, "pointsPerWeek", in: 0...1_000),
            idleSeconds: number(fields, "idleSeconds", in: 0...100_000_000))
    }

    func readCasuals(_ node: ConfigNode) -> LabCasuals {
        let fields = node.object(known: ["share", "weight"])
        return LabCasuals(
            share: number(fields, "share", in: 0...1),
            weight: number(fields, "weight", in: 0...1))
    }

    func readArena(_ node: ConfigNode) -> LabArena {
        let fields = node.object(known: ["teams", "reserves", "matchBy", "hop", "snipe"])
        let hop = fields?.required("hop")?.object(known: ["share", "afterGames"])
        let snipe = fields?.required("snipe")?.object(known: ["share", "lurkSeconds", "edge"])
        return LabArena(
            teams: fields?.required("teams")?.integer(in: 2...1_000_000) ?? 2,
            reserves: fields?.integer("reserves", in: 0...20, standard: 0) ?? 0,
            matchBy: fields?.required("matchBy").flatMap(readBasis) ?? .visible,
            hop: LabHop(
                share: number(hop, "share", in: 0...1),
                afterGames: hop?.integer("afterGames", in: 0...1_000_000, standard: 0) ?? 0),
            snipe: LabSnipe(
                share: number(snipe, "share", in: 0...1),
                lurkSeconds: snipe?.number("lurkSeconds", in: 0...86_400, standard: 0) ?? 0,
                edge: number(snipe, "edge", in: 0...5_000)))
    }

    private func readBasis(_ node: ConfigNode) -> LabArena.Basis? {
        let text = node.text()
        let basis = LabArena.Basis(rawValue: text)
        if basis == nil {
            let all = LabArena.Basis.allCases.map(\.rawValue).joined(separator: " or ")
            node.problem("is '\(text)', must be \(all)")
        }
        return basis
    }

    func readLeavers(_ node: ConfigNode) -> LabLeavers {
        let fields = node.object(known: ["share", "renewSeconds", "missingPoints"])
        return LabLeavers(
            share: number(fields, "share", in: 0...0.99),
            renewSeconds: number(fields, "renewSeconds", in: 1...86_400),
            missingPoints: number(fields, "missingPoints", in: 0...10_000))
    }

    func readVerdict(_ node: ConfigNode, queueCount: Int) -> LabVerdict {
        let fields = node.object(known: ["queue", "smallShare", "fallMax"])
        if queueCount < 2 { node.problem("needs a second queue beside the crowd's") }
        return LabVerdict(
            queue: fields?.required("queue")?.integer(in: 0...max(0, queueCount - 1)) ?? 0,
            smallShare: number(fields, "smallShare", in: 0.000_001...1),
            fallMax: number(fields, "fallMax", in: 0...1))
    }

    /// The file once more for each variant, with the variant's sections laid over its own; null
    /// takes a section away.
    func readVariants(_ node: ConfigNode?, of root: ConfigTree) -> [LabVariant] {
        (node?.list(count: 0...20) ?? []).compactMap { entry in
            let fields = entry.object(known: ["name", "with"])
            guard let name = fields?.required("name")?.text(),
                let layer = fields?.required("with"),
                case .fields(var content) = root.overlaid(with: layer.tree)
            else { return nil }
            content["variants"] = nil
            content = content.filter { $0.value != .null }
            let place = ConfigNode(
                .fields(content), file: file, path: "", problems: problems)
            guard let merged = place.object(known: LabWorkloadReader.known) else { return nil }
            return LabVariant(name: name, workload: workload(merged))
        }
    }
}
