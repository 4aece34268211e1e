// What a kind of fight is played by. All numbers come from a content file.

/// The rules of one kind of fight.
package struct FightRules: Equatable, Sendable {
    package var name: String
    /// The fight ends after so many ticks, at least 1.
    package var timeLimitTicks: Int32
    /// Ticks from a fall to the return; 0: whoever falls is out, and the last team standing wins.
    package var returnTicks: Int32
    /// A team wins with so many kills; 0: the kills are not limited.
    package var killsToWin: Int32
    /// Whoever struck the fallen within so many ticks, but not last, has an assist.
    package var assistTicks: Int32
    /// Chance that a new target is the weakest enemy and not any, 0...1000.
    package var focusPerMille: Int32
    /// Strength that 100 points of rating above the fight's mean give, in thousandths, 0...1000.
    package var skillPerMillePer100Points: Int32
    /// Strength of a fighter whose player is away, in thousandths, 1...1000.
    package var awayPerMille: Int32

    package init(
        name: String, timeLimitTicks: Int32, returnTicks: Int32, killsToWin: Int32,
        assistTicks: Int32, focusPerMille: Int32, skillPerMillePer100Points: Int32,
        awayPerMille: Int32
    ) {
        precondition(timeLimitTicks >= 1 && returnTicks >= 0 && killsToWin >= 0)
        precondition(assistTicks >= 0 && (0...1_000).contains(focusPerMille))
        precondition((0...1_000).contains(skillPerMillePer100Points))
        precondition((1...1_000).contains(awayPerMille))
        self.name = name
        self.timeLimitTicks = timeLimitTicks
        self.returnTicks = returnTicks
        self.killsToWin = killsToWin
        self.assistTicks = assistTicks
        self.focusPerMille = focusPerMille
        self.skillPerMillePer100Points = skillPerMillePer100Points
        self.awayPerMille = awayPerMille
    }

    /// Strength in thousandths of a fighter whose rating is `points` above the fight's mean.
    package func strength(ratingOffset points: Int32) -> Int32 {
        let offset = Int64(points) * Int64(skillPerMillePer100Points) / 100
        // The bounds keep a fight between extremes a fight: nobody is struck down by one blow of
        // a stranger, and nobody strikes without effect.
        return Int32(min(max(1_000 + offset, 250), 4_000))
    }
}
