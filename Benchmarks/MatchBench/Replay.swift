// `matchbench replay`: runs what matchmakerd recorded through the core again, bit for bit, and if
// wanted once more with another queue file, with the figures of both side by side.

import DaemonKit
import Lab
import MatchCore
import RecordLog

enum ReplayCommand {
    static let command = BenchCommand(
        name: "replay", summary: "A recorded run again, the same or with other rules.",
        options: [
            BenchOption.text(
                "record", "", "What matchmakerd --record wrote; may stand first without --record.",
                unit: "FILE"),
            BenchOption.text(
                "queues", "", "Queue file to run the same tickets with as well.", unit: "FILE"),
            LabOption.html,
        ],
        subject: "record",
        run: { config in
            let path = config.text("record")
            if path.isEmpty { throw ReplayFailure("needs the file of a record") }
            let header = try ReplayInput.reader(path).header
            let other = config.text("queues")
            // Read first: its mistakes should not have to wait for the run.
            let otherFile = other.isEmpty ? nil : try ReplayBooks.load(other, header)
            if let otherFile { _ = try ReplayBooks(header, other: otherFile) }
            var results = [try once(path, header, nil)]
            if let otherFile {
                results.append(try once(path, header, (otherFile, results[0].habits)))
            }
            let study = ReplayStudy(
                header: header, path: path, otherPath: other, results: results)
            try LabOption.writePage(config) { ReplayPage(study).html }
            let report = study.report
            if let difference = results[0].difference {
                Progress.clear()
                print(BenchOption.printed(report, config))
                throw ReplayFailure(
                    "the replay differs from the record between tick \(difference.sameAt.raw) "
                        + "and tick \(difference.at.raw)")
            }
            return report
        })

    /// One run, its memory given back before the next.
    private static func once(
        _ path: String, _ header: RecordHeader, _ other: (ReplayBooks.Other, AnswerHabits)?
    ) throws -> ReplayResult {
        var run = try ReplayRun(header, name: other == nil ? "recorded" : "other", other: other)
        return try run.run(path)
    }
}

/// What a replay found.
struct ReplayStudy {
    let header: RecordHeader
    let path: String
    let otherPath: String
    /// The recorded run, and the one with other rules if there is one.
    let results: [ReplayResult]

    static let note =
        "players do as recorded: they come, cancel and are marked when they were; who was matched "
        + "never cancels; who was never asked to accept a match accepts"

    /// `identical, 1200 ticks, 340 matches`, or where the runs part.
    var verdict: String {
        let first = results[0]
        guard let difference = first.difference else {
            if first.checkpointCount == 0 {
                return "nothing to compare: the record ends before its first look at the core"
            }
            return "identical, \(first.tickCount) ticks, \(first.all.matches) matches"
        }
        let recorded = difference.recorded
        let replayed = difference.replayed
        return "differs between tick \(difference.sameAt.raw) (the same) and tick "
            + "\(difference.at.raw): state \(String(recorded.stateHash, radix: 16)) recorded, "
            + "\(String(replayed.stateHash, radix: 16)) replayed; matches "
            + "\(recorded.matchCount) and \(replayed.matchCount); waiting "
            + "\(recorded.waitingCount) and \(replayed.waitingCount)"
    }

    /// How the record ends.
    var ending: String {
        switch results[0].ending {
        case .open: "it does not end"
        case .whole(let end): end.words
        case .cut(let offset): "cut or damaged at byte \(offset); everything before is used"
        }
    }

    var report: BenchReport {
        let first = results[0]
        var report = BenchReport("replay: \(path)")
        report.add("verdict", "replay", verdict)
        report.add("identical", "identical", first.difference == nil ? "yes" : "no")
        report.add("ending", "the record ends", ending)
        report.add("ticks", "ticks", Double(first.tickCount))
        report.add("tick_ms", "milliseconds a tick", Double(header.tickMilliseconds))
        report.add("commands", "commands", Double(first.commandCount))
        report.add(
            "checkpoints", "times the core's state was compared", Double(first.checkpointCount))
        report.add("state_hash", "state at the end", String(first.stateHash, radix: 16))
        if results.count > 1 {
            report.add("other_queues", "other rules", otherPath)
            if !results[1].missingLabels.isEmpty {
                report.add(
                    "missing_queues", "queues that the other rules lack",
                    results[1].missingLabels.joined(separator: " "))
            }
            report.add("note", "note", ReplayStudy.note)
        }
        report.add("runs", ReplayTables.ends(self))
        report.add("waits", ReplayTables.waits(self))
        report.add("quality", ReplayTables.quality(self))
        report.add("queues", ReplayTables.queues(self))
        return report
    }
}

/// The tables of a replay: a line for each run.
enum ReplayTables {
    static func ends(_ study: ReplayStudy) -> BenchTable {
        var table = BenchTable([
            .init(key: "run", heading: "run"), .init(key: "matches", heading: "matches"),
            .init(key: "tickets_matched", heading: "tickets matched"),
            .init(key: "players_matched", heading: "players"),
            .init(key: "joined", heading: "joined running"),
            .init(key: "cancelled", heading: "cancelled"),
            .init(key: "expired", heading: "expired"),
            .init(key: "closed_otherwise", heading: "left otherwise"),
            .init(key: "refused", heading: "refused"),
            .init(key: "waiting", heading: "still waiting"),
        ])
        for result in study.results {
            let all = result.all
            table.add(
                [.text(result.name)]
                    + [
                        all.matches, all.waits.count, all.players, all.joined, all.cancelled,
                        all.expired, all.otherwiseClosed, all.refused, result.waitingAtEnd,
                    ].map { .number(Double($0)) })
        }
        return table
    }

    static func waits(_ study: ReplayStudy) -> BenchTable {
        var table = BenchTable([
            .init(key: "run", heading: "run"),
            .init(key: "wait_mean", heading: "wait s", decimals: 2),
            .init(key: "wait_p50", heading: "p50", decimals: 2),
            .init(key: "wait_p90", heading: "p90", decimals: 2),
            .init(key: "wait_p99", heading: "p99", decimals: 2),
        ])
        for result in study.results {
            let waits = Sample(result.all.waits)
            table.add(
                [
                    .text(result.name), .number(waits.mean), .number(waits.percentile(0.5)),
                    .number(waits.percentile(0.9)), .number(waits.percentile(0.99)),
                ])
        }
        return table
    }

    static func quality(_ study: ReplayStudy) -> BenchTable {
        let scores: [(String, String, KeyPath<ReplayTally, [Double]>)] = [
            ("fairness", "F", \.fairness), ("spread", "S", \.spread), ("latency", "L", \.latency),
            ("roles", "R", \.roles),
        ]
        var table = BenchTable(
            [.init(key: "run", heading: "run")]
                + scores.flatMap { key, letter, _ -> [BenchTable.Column] in
                    [
                        .init(key: "\(key)_p50", heading: "\(letter) med", decimals: 3),
                        .init(key: "\(key)_p10", heading: "\(letter) p10", decimals: 3),
                    ]
                })
        for result in study.results {
            table.add(
                [.text(result.name)]
                    + scores.flatMap { _, _, field -> [BenchTable.Cell] in
                        let sample = Sample(result.all[keyPath: field])
                        return [.number(sample.percentile(0.5)), .number(sample.percentile(0.1))]
                    })
        }
        return table
    }

    /// Each queue that anything happened in.
    static func queues(_ study: ReplayStudy) -> BenchTable {
        var table = BenchTable([
            .init(key: "queue", heading: "queue"), .init(key: "run", heading: "run"),
            .init(key: "matches", heading: "matches"),
            .init(key: "wait_mean", heading: "wait s", decimals: 2),
            .init(key: "wait_p90", heading: "p90", decimals: 2),
            .init(key: "fairness_p50", heading: "F med", decimals: 3),
            .init(key: "fairness_p10", heading: "F p10", decimals: 3),
            .init(key: "expired", heading: "expired"),
            .init(key: "refused", heading: "refused"),
        ])
        let labels = study.results.map(\.labels).max { $0.count < $1.count } ?? []
        for (index, label) in labels.enumerated() {
            for result in study.results where index < result.queues.count {
                let own = result.queues[index]
                if own.matches + own.expired + own.refused + own.cancelled == 0 { continue }
                let waits = Sample(own.waits)
                let fairness = Sample(own.fairness)
                table.add([
                    .text(label), .text(result.name), .number(Double(own.matches)),
                    .number(waits.mean), .number(waits.percentile(0.9)),
                    .number(fairness.percentile(0.5)), .number(fairness.percentile(0.1)),
                    .number(Double(own.expired)), .number(Double(own.refused)),
                ])
            }
        }
        return table
    }
}
