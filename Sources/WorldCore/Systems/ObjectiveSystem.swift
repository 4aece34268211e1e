// Ends the fight: by the last team standing, by kills, or by time.

enum ObjectiveSystem {
    static func run(_ fight: inout Fight, _: [Intent]) {
        let standing = standingTeams(fight)
        if fight.rules.returnTicks == 0 && standing.count <= 1 && fight.teamCount > 1 {
            end(&fight, winner: standing.first ?? leader(fight))
        } else if fight.rules.killsToWin > 0
            && fight.scores.contains(where: { $0 >= UInt32(fight.rules.killsToWin) })
        {
            end(&fight, winner: leader(fight))
        } else if fight.tick >= fight.rules.timeLimitTicks {
            end(&fight, winner: leader(fight))
        }
    }

    private static func end(_ fight: inout Fight, winner: Int?) {
        fight.outcome = FightOutcome(winner: winner, tickCount: fight.tick)
    }

    private static func standingTeams(_ fight: Fight) -> [Int] {
        (0..<fight.teamCount).filter { team in
            fight.vitals.indices.contains { fight.teams[$0] == team && fight.vitals[$0].stands }
        }
    }

    /// The one team with the highest score; nil if several have it.
    private static func leader(_ fight: Fight) -> Int? {
        let highest = fight.scores.max() ?? 0
        let leaders = fight.scores.indices.filter { fight.scores[$0] == highest }
        return leaders.count == 1 ? leaders[0] : nil
    }
}
