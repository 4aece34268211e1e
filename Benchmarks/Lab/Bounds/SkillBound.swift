// B4, the bound by skill alone: who sorts everybody by rating and cuts the list into lobbies gets
// the least spread that any policy can reach, at unlimited wait.

/// The least spread of lobbies.
package enum SkillBound {
    /// Mean absolute difference to the lobby's median over all full lobbies of the sorted list;
    /// NaN if there is none.
    package static func deviation(_ skills: [Double], matchSize: Int) -> Double {
        let sorted = skills.sorted()
        let lobbies = sorted.count / matchSize
        guard lobbies > 0 else { return .nan }
        var sum = 0.0
        for lobby in 0..<lobbies {
            let members = Sample(Array(sorted[lobby * matchSize..<(lobby + 1) * matchSize]))
            let median = members.percentile(0.5)
            sum += members.values.reduce(0) { $0 + abs($1 - median) }
        }
        return sum / Double(lobbies * matchSize)
    }
}
