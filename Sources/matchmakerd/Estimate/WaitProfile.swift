// What the wait for a match depends on, and the groups of tickets that are alike in it: from all
// tickets of a queue down to those of one region, rating, party size and choice of roles.
import MatchCore

/// What an estimate is asked for, and what a ticket is counted under.
struct WaitProfile: Equatable, Sendable {
    var queue: QueueIndex
    /// The region with the lowest latency.
    var region: RegionIndex
    /// The party's mean.
    var rating: Rating
    /// 1 or more.
    var partySize: Int
    /// Roles that a player alone is willing to play; `all` for parties and where roles do not
    /// matter.
    var roles = RoleSet.all
}

extension WaitProfile {
    /// The profiles of a ticket, one for each of its queues.
    /// - Parameter commands: an `enqueue` and its followers, as they go to the core.
    static func profiles(of commands: some Collection<Command>) -> [WaitProfile] {
        guard case .enqueue(let request)? = commands.first else { return [] }
        var steps = Int(request.leader.rating.steps)
        var detail: TicketDetail?
        for command in commands.dropFirst() {
            switch command {
            case .members(let group):
                for index in 0..<Int(group.count) {
                    steps += Int(group.members[index].rating.steps)
                }
            case .detail(let further): detail = further
            default: break
            }
        }
        let size = Int(request.memberCount)
        let first = WaitProfile(
            queue: request.queue, region: request.latencies.nearest,
            rating: Rating(steps: Int32(clamping: steps / size)), partySize: size,
            roles: size == 1 ? request.leader.roles : .all)
        guard let detail else { return [first] }
        let further = (0..<Int(detail.choiceCount)).map { index in
            var profile = first
            profile.queue = detail.choices[index].queue
            let rating = detail.choices[index].rating
            if rating != QueueChoice.sameRating { profile.rating = rating }
            return profile
        }
        return [first] + further
    }
}

extension LatencyVector {
    /// The region with the lowest latency; the first one if none is known.
    var nearest: RegionIndex {
        var best = RegionIndex(0)
        for index in 1..<UInt8(LatencyVector.capacity)
        where self[RegionIndex(index)] < self[best] {
            best = RegionIndex(index)
        }
        return best
    }
}

/// How closely tickets of a group are alike; each level is one of the next coarser.
enum WaitLevel: UInt8, CaseIterable, Comparable, Sendable {
    case queue
    case region
    case rating
    case partySize
    case roles

    static func < (left: WaitLevel, right: WaitLevel) -> Bool { left.rawValue < right.rawValue }
}

/// A group of tickets that are alike.
struct WaitGroup: Hashable, Sendable {
    let packed: UInt64

    /// Points of rating in one band: about half of a usual spread, so that a band still has
    /// tickets.
    static let bandPoints = 200
    private static let bandCount = 64

    init(_ profile: WaitProfile, _ level: WaitLevel) {
        var bits = UInt64(level.rawValue) << 56 | UInt64(profile.queue.raw)
        if level >= .region { bits |= UInt64(profile.region.raw) << 16 }
        if level >= .rating { bits |= WaitGroup.band(profile.rating) << 24 }
        if level >= .partySize { bits |= WaitGroup.sizeClass(profile.partySize) << 32 }
        if level >= .roles { bits |= UInt64(profile.roles.bits) << 40 }
        packed = bits
    }

    private static func band(_ rating: Rating) -> UInt64 {
        let width = bandPoints * Int(Rating.stepsPerPoint)
        // Rounded down also below zero, so that no band is twice as wide.
        let band = (Int(rating.steps) >= 0 ? Int(rating.steps) : Int(rating.steps) - width + 1)
        return UInt64(min(max(band / width + 4, 0), bandCount - 1))
    }

    /// Sizes 1 to 5 apart, then those that fill half of a large team, then war parties.
    private static func sizeClass(_ size: Int) -> UInt64 {
        switch size {
        case ...5: UInt64(max(size, 1))
        case 6...10: 6
        case 11...20: 7
        default: 8
        }
    }
}
