// Reads the fields of what a matchmaker writes, and collects what is wrong with them.

import CWire
import MatchCore

/// Reads fields and notes what is wrong with them; a wrong field gets a placeholder, which no one
/// sees because the issues are thrown before the message is handed out.
struct FieldReader {
    var issues: IssueList

    mutating func match(
        _ match: UnsafePointer<Muster__V1__Match>?, _ path: String,
        _ arena: borrowing MessageArena
    ) -> MatchMessage {
        guard let match else {
            issues.add(path, "is missing")
            return FieldReader.noMatch
        }
        var message = MatchMessage(
            match: matchID(match.pointee.match_id, path + ".match_id", arena),
            queue: token(match.pointee.queue, path + ".queue", arena),
            region: token(match.pointee.region, path + ".region", arena),
            rulesVersion: match.pointee.rules_version, tick: match.pointee.tick,
            quality: quality(match.pointee.quality, path + ".quality"),
            teams: teams(match, path + ".teams", arena),
            formedAtMilliseconds: match.pointee.formed_at_ms)
        message.map = optionalToken(match.pointee.map, path + ".map", arena)
        message.experiment = optionalToken(match.pointee.experiment, path + ".experiment", arena)
        let (lowest, highest) = (match.pointee.level_min, match.pointee.level_max)
        if lowest > highest || highest > WireLimits.levelMax {
            issues.add(path + ".level_min", "\(lowest)...\(highest) is no level bracket")
        } else if highest > 0 {
            message.levels = lowest...highest
        }
        return message
    }

    mutating func backfilled(
        _ backfilled: UnsafePointer<Muster__V1__Backfilled>, _ path: String,
        _ arena: borrowing MessageArena
    ) -> BackfilledMessage {
        let source = backfilled.pointee
        if source.n_teams != 2 { issues.add(path + ".teams", "has \(source.n_teams) teams, not 2") }
        var teams: [BackfilledTeam] = []
        for index in 0..<min(source.n_teams, 2) {
            guard let team = source.teams[index] else { continue }
            let teamPath = "\(path).teams[\(index)]"
            if team.pointee.open_places > UInt32(WireLimits.teamSizeMax) {
                issues.add(
                    teamPath + ".open_places",
                    "\(team.pointee.open_places) is not within "
                        + "0...\(WireLimits.teamSizeMax)")
            }
            teams.append(
                BackfilledTeam(
                    seats: seats(
                        team.pointee.seats, team.pointee.n_seats, countMin: 0,
                        teamPath + ".seats", arena), openPlaces: team.pointee.open_places))
        }
        return BackfilledMessage(
            match: matchID(source.match_id, path + ".match_id", arena),
            queue: token(source.queue, path + ".queue", arena),
            region: token(source.region, path + ".region", arena),
            lobby: token(source.lobby, path + ".lobby", arena), generation: source.generation,
            rulesVersion: source.rules_version, tick: source.tick, teams: teams,
            formedAtMilliseconds: source.formed_at_ms)
    }

    mutating func teams(
        _ match: UnsafePointer<Muster__V1__Match>, _ path: String,
        _ arena: borrowing MessageArena
    ) -> [TeamMessage] {
        let count = match.pointee.n_teams
        if count < 1 || count > WireLimits.matchPlayerCountMax {
            issues.add(path, "has \(count) teams, not 1...\(WireLimits.matchPlayerCountMax)")
            return []
        }
        var teams: [TeamMessage] = []
        teams.reserveCapacity(count)
        for index in 0..<count {
            guard let team = match.pointee.teams[index] else { continue }
            teams.append(
                TeamMessage(
                    seats: seats(
                        team.pointee.seats, team.pointee.n_seats, countMin: 1,
                        "\(path)[\(index)].seats", arena)))
        }
        return teams
    }

    mutating func seats(
        _ list: UnsafeMutablePointer<UnsafeMutablePointer<Muster__V1__Seat>?>?, _ count: Int,
        countMin: Int, _ path: String, _ arena: borrowing MessageArena
    ) -> [SeatMessage] {
        let countMax = WireLimits.teamSizeMax
        if count < countMin || count > countMax {
            issues.add(path, "has \(count) seats, not \(countMin)...\(countMax)")
            return []
        }
        var seats: [SeatMessage] = []
        seats.reserveCapacity(count)
        for index in 0..<count {
            guard let seat = list?[index] else { continue }
            seats.append(self.seat(seat, "\(path)[\(index)]", arena))
        }
        return seats
    }

    mutating func seat(
        _ seat: UnsafePointer<Muster__V1__Seat>?, _ path: String,
        _ arena: borrowing MessageArena
    ) -> SeatMessage {
        guard let seat else {
            issues.add(path, "is missing")
            return FieldReader.noSeat
        }
        let count = seat.pointee.n_player_ids
        let countMax = WireLimits.teamSizeMax
        if count < 1 || count > countMax {
            issues.add(path + ".player_ids", "has \(count) players, not 1...\(countMax)")
        }
        var players: [PlayerID] = []
        players.reserveCapacity(min(count, countMax))
        for index in 0..<min(count, countMax) {
            players.append(PlayerID(seat.pointee.player_ids[index]))
        }
        if players.contains(where: { $0.raw < 1 || $0.raw > WireLimits.playerIDMax }) {
            issues.add(path + ".player_ids", "has an id that is no player's")
        }
        if !WireLimits.seatRatingPoints.contains(seat.pointee.rating) {
            issues.add(
                path + ".rating",
                "\(seat.pointee.rating) is not within \(WireLimits.seatRatingPoints)")
        }
        return SeatMessage(
            ticket: ticketID(seat.pointee.ticket_id, path + ".ticket_id", arena),
            lobby: token(seat.pointee.lobby, path + ".lobby", arena), players: players,
            rating: seat.pointee.rating, waitMilliseconds: seat.pointee.wait_ms,
            latencyMilliseconds: seat.pointee.latency_ms, isMercenary: seat.pointee.mercenary != 0,
            roles: roles(seat, playerCount: count, path + ".roles", arena),
            roleRatings: roleRatings(seat, playerCount: count, path + ".role_ratings"))
    }

    /// One rating for each player, or none at all.
    private mutating func roleRatings(
        _ seat: UnsafePointer<Muster__V1__Seat>, playerCount: Int, _ path: String
    ) -> [Double] {
        let count = seat.pointee.n_role_ratings
        if count == 0 { return [] }
        if count != playerCount {
            issues.add(path, "has \(count) ratings for \(playerCount) players")
            return []
        }
        let ratings = (0..<count).map { seat.pointee.role_ratings[$0] }
        if !ratings.allSatisfy(WireLimits.roleRatingPoints.contains) {
            issues.add(path, "has a rating outside of \(WireLimits.roleRatingPoints)")
        }
        return ratings
    }

    /// The roles of a seat's players: one for each, or none at all.
    private mutating func roles(
        _ seat: UnsafePointer<Muster__V1__Seat>, playerCount: Int, _ path: String,
        _ arena: borrowing MessageArena
    ) -> [String] {
        let count = seat.pointee.n_roles
        if count == 0 { return [] }
        if count != playerCount {
            issues.add(path, "has \(count) roles for \(playerCount) players")
            return []
        }
        return names(seat.pointee.roles, count, path, arena)
    }

    /// A repeated field of tokens.
    mutating func names(
        _ list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ count: Int,
        _ path: String, _ arena: borrowing MessageArena
    ) -> [String] {
        var names: [String] = []
        for index in 0..<count {
            guard let list else { break }
            names.append(token(list[index], "\(path)[\(index)]", arena))
        }
        return names
    }

    mutating func quality(
        _ quality: UnsafePointer<Muster__V1__Quality>?, _ path: String
    ) -> QualityMessage {
        guard let quality = quality?.pointee else {
            issues.add(path, "is missing")
            return QualityMessage()
        }
        let message = QualityMessage(
            fairness: quality.fairness, spread: quality.spread, latency: quality.latency,
            roles: quality.roles, composite: quality.composite,
            ratingDeviationPoints: quality.rating_deviation,
            ratingRangePoints: quality.rating_range, teamGapPoints: quality.team_gap,
            latencyMillisecondsMax: quality.latency_ms_max)
        if !message.isFinite { issues.add(path, "has a number that is not finite") }
        return message
    }

    mutating func ticketID(
        _ pointer: UnsafePointer<CChar>?, _ path: String, _ arena: borrowing MessageArena
    ) -> TicketID {
        let text = arena.text(pointer)
        IntakeCheck.uuid(text, path, &issues)
        let id = UUIDText.parse(text) ?? (0, 0)
        return TicketID(high: id.high, low: id.low)
    }

    mutating func token(
        _ pointer: UnsafePointer<CChar>?, _ path: String, _ arena: borrowing MessageArena
    ) -> String {
        IntakeCheck.token(arena.text(pointer), path, &issues)
        return arena.string(pointer)
    }

    mutating func matchID(
        _ pointer: UnsafePointer<CChar>?, _ path: String, _ arena: borrowing MessageArena
    ) -> MatchID {
        let id = ticketID(pointer, path, arena)
        return MatchID(high: id.high, low: id.low)
    }

    /// A token, or nothing.
    mutating func optionalToken(
        _ pointer: UnsafePointer<CChar>?, _ path: String, _ arena: borrowing MessageArena
    ) -> String {
        arena.text(pointer).isEmpty ? "" : token(pointer, path, arena)
    }

    /// Words for a person, at most `WireLimits.detailByteCountMax` bytes of UTF-8.
    mutating func detail(
        _ pointer: UnsafePointer<CChar>?, _ path: String, _ arena: borrowing MessageArena
    ) -> String {
        words(pointer, countMax: WireLimits.detailByteCountMax, path, arena)
    }

    /// Words for a person, at most `countMax` bytes of UTF-8.
    mutating func words(
        _ pointer: UnsafePointer<CChar>?, countMax: Int, _ path: String,
        _ arena: borrowing MessageArena
    ) -> String {
        let bytes = arena.text(pointer)
        if bytes.count > countMax { issues.add(path, "has more than \(countMax) bytes") }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            issues.add(path, "is not UTF-8")
            return ""
        }
        return text
    }

    // Placeholders for what is missing.

    private static let noMatch = MatchMessage(
        match: MatchID(high: 0, low: 0), queue: "", region: "", rulesVersion: 0, tick: 0,
        quality: QualityMessage(), teams: [], formedAtMilliseconds: 0)
    private static let noSeat = SeatMessage(
        ticket: TicketID(high: 0, low: 0), lobby: "", players: [], rating: 0, waitMilliseconds: 0,
        latencyMilliseconds: 0)
}

extension QualityMessage {
    fileprivate var isFinite: Bool {
        fairness.isFinite && spread.isFinite && latency.isFinite && roles.isFinite
            && composite.isFinite && ratingDeviationPoints.isFinite
            && ratingRangePoints.isFinite && teamGapPoints.isFinite
    }
}
