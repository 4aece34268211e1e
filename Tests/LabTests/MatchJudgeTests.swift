// Verdicts on matches made by hand, against the published conversion table of the metric.
import MatchCore
import Testing

@testable import Lab

@Suite struct MatchJudgeTests {
    private func verdict(_ strengths: [[Double]], ratings: [[Double]]? = nil) -> Verdict {
        let rules = LabFixture.rules(teamSize: strengths[0].count, teamCount: strengths.count)
        let players = strengths.enumerated().flatMap { team, members in
            members.enumerated().map { position, strength in
                JudgedPlayer(
                    strength: strength, rating: ratings?[team][position] ?? strength, team: team)
            }
        }
        return MatchJudge(rules).verdict(players)
    }

    /// Elo gap, chance of the stronger side, fairness.
    static let conversion = [
        (0.0, 0.500, 1.000), (25, 0.536, 0.928), (50, 0.571, 0.857), (100, 0.640, 0.720),
        (200, 0.760, 0.480), (400, 0.909, 0.182),
    ]

    @Test("fairness follows the gap", arguments: conversion)
    func fairnessFollowsTheGap(gap: Double, chance: Double, fairness: Double) {
        let verdict = verdict([[1500 + gap], [1500]])
        #expect(abs(verdict.favouriteChance - chance) < 0.0006)
        #expect(abs(verdict.fairness - fairness) < 0.0011)
        #expect(abs(verdict.chance - chance) < 0.0006)
    }

    @Test func fairnessIsJudgedByTruthAndBeliefApart() {
        let verdict = verdict([[1700], [1500]], ratings: [[1500], [1500]])
        #expect(verdict.believedFairness == 1)
        #expect(abs(verdict.fairness - 0.480) < 0.001)
    }

    @Test func spreadCountsWhatBalanceHides() {
        let even = verdict([[1500, 1500], [1500, 1500]])
        let hidden = verdict([[1850, 1150], [1850, 1150]])
        #expect(even.fairness == 1 && hidden.fairness == 1)
        #expect(even.spread == 1)
        #expect(abs(hidden.spread - 0.3679) < 0.0001)
        #expect(hidden.deviation == 350)
    }

    @Test func ofManyTeamsTheWeakestCounts() {
        let verdict = verdict([[1500], [1500], [1500], [1100]])
        // Strengths 1 : 1 : 1 : 0.1.
        #expect(abs(verdict.fairness - 4 * 0.1 / 3.1) < 1e-9)
        #expect(abs(verdict.favouriteChance - 1 / 3.1) < 1e-9)
    }

    @Test func latencyCountsTheCapAndTheBestRegion() {
        let judge = MatchJudge(LabFixture.rules(teamSize: 2))
        let served = [(70, 60), (70, 40), (90, 85), (20, 20)]
        let verdict = judge.verdict(
            served.enumerated().map { position, trip in
                JudgedPlayer(
                    strength: 1500, rating: 1500, team: position / 2, latency: UInt16(trip.0),
                    bestLatency: UInt16(trip.1))
            })
        // The second is 30 ms above its best region, the third above the cap of 80 ms.
        #expect(verdict.latency == 0.5)
    }

    @Test func aPremadeAgainstStrangersCosts() {
        let judge = MatchJudge(LabFixture.rules(teamSize: 3))
        let players = [3, 3, 3, 1, 1, 1].enumerated().map { position, size in
            JudgedPlayer(strength: 1500, rating: 1500, team: position / 3, partySize: size)
        }
        // Two members beyond the first on one side, of three.
        #expect(abs(judge.verdict(players).roles - 1.0 / 3) < 1e-9)
    }

    @Test func rolesCountByLiking() {
        var rules = LabFixture.rules(teamSize: 2)
        rules.roles = RoleRules(roles: [RoleCount(min: 1, max: 1), RoleCount(min: 1, max: 1)])
        func player(_ team: Int, _ willing: UInt8, _ liked: UInt8, _ role: UInt8) -> JudgedPlayer {
            JudgedPlayer(
                strength: 1500, rating: 1500, team: team, roles: RoleSet(bits: willing),
                preferredRole: liked, role: role)
        }
        let given = MatchJudge(rules).verdict([
            player(0, 0b01, 0, 0), player(0, 0b11, 0, 1), player(1, 0b01, 0, 1),
            player(1, 0b01, 0, 0),
        ])
        // First choice 1, second ½, not willing 0, first choice 1.
        #expect(given.roles == 2.5 / 4)
        let none = RoleSet.noPreference
        let shared = MatchJudge(rules).verdict([
            player(0, 0b01, 0, none), player(0, 0b11, 0, none), player(1, 0b01, 0, none),
            player(1, 0b01, 0, none),
        ])
        // Shared out as well as can be: 1 + ½ in the first team, 1 + 0 in the second.
        #expect(shared.roles == 2.5 / 4)
    }

    @Test func believingTooMuchShowsAsCalibrationError() {
        var record = RunRecord()
        for _ in 0..<10 {
            record.matches.append(
                RecordedMatch(
                    verdict: verdict([[1500], [1500]], ratings: [[1600], [1500]]), queue: 0,
                    hour: 0, isPeak: false, wait: 1, weakest: 1500, strongest: 1500))
        }
        let figures = record.figures(matchSize: 2)
        #expect(abs(figures[.calibrationError] - 0.14) < 0.001)
        #expect(figures[.favouriteWins] == 0.5)
        #expect(figures[.blowouts] == 0)
    }
}
