// The plainest good rule for one against one, as a yardstick: two tickets match as soon as their
// waits together reach w · (1 − F). The published study of the offline optimum gives figures for
// it, by which the simulator can be checked.

import Glibc
import MatchCore

/// Pairs by combined wait.
final class CombinedWaitPolicy: Policy {
    private let setup: PolicySetup
    private let weight: Double
    private var rooms: WaitingRooms

    /// - Parameter weight: seconds that a whole point of fairness is worth, for the pair.
    init(_ setup: PolicySetup, weight: Double) {
        self.setup = setup
        self.weight = weight
        rooms = WaitingRooms(setup)
    }

    func enqueue(_ ticket: LabTicket, at tick: Int32) { rooms.add(ticket) }
    func cancel(_ ticket: Int) { rooms.remove(ticket) }

    func step(at tick: Int32) -> PolicyStep {
        var step = PolicyStep()
        for room in rooms.rooms.indices {
            guard setup.rules[rooms.queue(room)].playerCount == 2 else { continue }
            while let pair = ripestPair(room, tick) {
                step.matches.append(
                    rooms.form(
                        pair, [0, 1], queue: rooms.queue(room), region: rooms.region(room)))
            }
        }
        return step
    }

    /// Of the pairs that have waited long enough, the one with the most wait to spare.
    private func ripestPair(_ room: Int, _ tick: Int32) -> [LabTicket]? {
        let sorted = rooms.rooms[room].sorted { ($0.rating, $0.id) < ($1.rating, $1.id) }
        let divisor = setup.rules[rooms.queue(room)].quality.eloDivisorPoints
        var best: (spare: Double, pair: [LabTicket])?
        for (position, first) in sorted.enumerated() {
            for second in sorted[(position + 1)...] {
                let wait = Double(2 * tick - first.since - second.since) * setup.tickSeconds
                let fairness = 2 / (1 + pow(10, (second.rating - first.rating) / divisor))
                let spare = wait - weight * (1 - fairness)
                if spare >= 0, best.map({ spare > $0.spare }) ?? true {
                    best = (spare, [first, second])
                }
            }
        }
        return best?.pair
    }
}
