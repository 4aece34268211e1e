// A scenario in words: what a failing seed shows.

import MatchCore

extension Scenario {
    /// Rules and steps, a line each.
    package var text: String {
        var lines = ["seed \(seed), \(tickCount) ticks, \(limits.regionCount) regions"]
        lines.append("features: \(features.map(\.rawValue).sorted().joined(separator: " "))")
        if let books {
            lines.append("unsettled at most \(limits.reservationCountMax), \(books)")
        }
        if limits.endedCountMax > 0 {
            lines.append(
                "\(limits.endedCountMax) ended remembered for \(limits.endedMemoryTicks) ticks")
        }
        for version in usedVersions {
            for (index, queue) in version.queues.enumerated() {
                guard let queue else {
                    lines.append("rules \(version.version), queue \(index): none")
                    continue
                }
                lines.append("rules \(version.version), queue \(index): \(queue.text)")
            }
        }
        for step in steps { lines.append("tick \(step.at): \(step.step.text)") }
        return lines.joined(separator: "\n")
    }

    private var usedVersions: [Rules] {
        var positions = [0]
        for case .apply(let version) in steps.map(\.step) { positions.append(version) }
        return positions.map { rules[$0] }
    }
}

extension QueueRules {
    var text: String {
        var parts = ["\(teamCount) teams of \(teamSize), parties \(partySizeMin)...\(partySizeMax)"]
        parts.append("window \(ratingWindow.text), cap \(latencyCap.text)")
        parts.append("timeout \(timeoutTicks)")
        if premadeOffsetPerMember != 0 { parts.append("offset \(premadeOffsetPerMember)") }
        if waitPreference != 0 { parts.append("waitPreference \(waitPreference)") }
        if let overdueAfterTicks { parts.append("overdue after \(overdueAfterTicks)") }
        if isRated { parts.append("rated") }
        for step in smallerTeams { parts.append("\(step.teamSize) after \(step.afterTicks)") }
        if teamSizeDifferenceMax > 0 { parts.append("difference \(teamSizeDifferenceMax)") }
        if let roles { parts.append("roles \(roles.text)") }
        if let factions { parts.append("factions (cross \(factions.mercenaryAfterTicks ?? -1))") }
        if premades != PremadeRules() {
            parts.append("premades \(premades.sizeMin)+ alone for \(premades.ownPoolTicks)")
        }
        if mapCount > 0 { parts.append("\(mapCount) maps") }
        if rematchDelayTicks > 0 { parts.append("rematch \(rematchDelayTicks)") }
        if avoidance.countMax > 0 {
            parts.append("avoid \(avoidance.countMax) for \(avoidance.hardForTicks ?? -1)")
        }
        if let acceptance {
            parts.append("accept \(acceptance.ticks) substitute \(acceptance.substituteTicks)")
            parts.append("marks \(acceptance.cooldownTicks) forget \(acceptance.offenceTicks)")
        }
        if let cooldownScope { parts.append("scope \(cooldownScope.raw)") }
        if let backfill {
            parts.append("backfill \(backfill.ratingWindow.text) \(backfill.timeoutTicks)")
        }
        if let warParties {
            parts.append("war roster \(warParties.rosterMax) own \(warParties.ownMin)")
            parts.append("mercenaries alone from \(warParties.mercenaryOnlyPlayerMin)")
        }
        if let density {
            parts.append("stretch \(density.exponentHundredths) to \(density.stretchCodeMax)")
        }
        if let after = regionChoice.bestAlwaysAfterTicks { parts.append("best region \(after)") }
        return parts.joined(separator: ", ")
    }
}

extension RoleRules {
    var text: String {
        let counts = roles.map { "\($0.min)...\($0.max) (\($0.relaxedMin)...\($0.relaxedMax))" }
        return "[\(counts.joined(separator: ", "))] relaxed after \(relaxedAfterTicks ?? -1)"
    }
}

extension WideningCurve {
    var text: String {
        "\(start)+\(Double(growthPerTick) / Double(WideningCurve.growthUnit))/tick to \(max)"
    }
}

extension SimStep {
    var text: String {
        switch self {
        case .enqueue(let ticket): "enqueue \(ticket.text)"
        case .cancel(let ticket, let lobby): "cancel \(ticket) by lobby \(lobby.raw)"
        case .backfill(let request):
            """
            backfill match \(request.match.low) generation \(request.generation), queue \
            \(request.queue.raw), region \(request.region.raw), rating \(request.rating.steps), \
            open \(request.openPlaces[0])+\(request.openPlaces[1])
            """
        case .endBackfill(let request): "end backfill \(request.match.low)"
        case .mark(let request):
            "mark player \(request.player.raw), scope \(request.scope.raw), \(request.ticks) ticks"
        case .offence(let request):
            """
            offence of player \(request.player.raw) in queue \(request.queue.raw), \
            \(request.ticksAgo) ticks ago
            """
        case .explain(let request): "explain \(request.ticket.low)"
        case .ended(let request): "ended \(request.ticket.low) in match \(request.match.low)"
        case .flood(let count): "flood of \(count) cancels"
        case .apply(let version): "rules number \(version) come into force"
        case .readerPace(let max): "the reader takes \(max) a tick"
        case .jump(let ticks): "jump over \(ticks) ticks"
        }
    }
}

extension SimTicket {
    var text: String {
        let names = members.map { "\($0.player.raw)@\($0.rating.steps)\($0.roles.text)" }
        let reach = latencies.map { $0.map { "\($0)" } ?? "-" }.joined(separator: "/")
        var parts = ["\(number) queue \(queue.raw): \(names.joined(separator: " ")), ms \(reach)"]
        if waited != 0 { parts.append("waited \(waited)") }
        if faction != 0 { parts.append("faction \(faction)") }
        if isMercenary { parts.append("mercenary") }
        if isWarParty { parts.append("war party") }
        if team != 0 { parts.append("team \(team)") }
        if maps != .any { parts.append("maps \(String(maps.bits, radix: 2))") }
        if !avoided.isEmpty { parts.append("avoids \(avoided.map(\.raw))") }
        for member in rated {
            let offsets = (0..<Limits.roleCountMax).map { member.offsets[$0] }
            parts.append("member \(member.position) by role \(offsets)")
        }
        for choice in further {
            let rating = choice.rating == .some(QueueChoice.sameRating) ? "" : "@\(choice.rating)"
            parts.append("also queue \(choice.queue.raw)\(rating)")
        }
        if let fault { parts.append("spoilt: \(fault)") }
        if !manners.isEmpty { parts.append("answers \(manners)") }
        return parts.joined(separator: ", ")
    }
}

extension RoleSet {
    var text: String { self == .all ? "" : "/\(String(bits, radix: 2))" }
}
