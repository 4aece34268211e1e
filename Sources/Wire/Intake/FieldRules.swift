// The rules of single fields, shared by all bodies of intake and by questions.

extension IntakeCheck {
    static func uuid(
        _ text: UnsafeRawBufferPointer, _ path: @autoclosure () -> String,
        _ issues: inout IssueList
    ) {
        guard let id = UUIDText.parse(text), id.high != 0 || id.low != 0 else {
            issues.add(path(), uuidRule)
            return
        }
    }

    static func token(
        _ text: UnsafeRawBufferPointer, _ path: @autoclosure () -> String,
        _ issues: inout IssueList
    ) {
        if !Token.isValid(text) { issues.add(path(), tokenRule) }
    }

    /// A token, or nothing.
    static func optionalToken(
        _ text: UnsafeRawBufferPointer, _ path: @autoclosure () -> String,
        _ issues: inout IssueList
    ) {
        if !text.isEmpty { token(text, path(), &issues) }
    }

    /// A list of tokens, none of them twice.
    static func tokens(
        _ list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ count: Int, countMax: Int,
        _ what: @autoclosure () -> String, _ path: @autoclosure () -> String,
        _ arena: borrowing MessageArena, _ issues: inout IssueList
    ) {
        guard count > 0, let list else { return }
        if count > countMax {
            issues.add(path(), "has \(count) \(what()), not 0...\(countMax)")
        }
        for index in 0..<min(count, countMax) {
            let name = arena.text(list[index])
            if !Token.isValid(name) {
                issues.add("\(path())[\(index)]", tokenRule)
                continue
            }
            for before in 0..<index where arena.text(list[before]).elementsEqual(name) {
                issues.add("\(path())[\(index)]", "is named for a second time")
                break
            }
        }
    }

    static func playerID(
        _ id: UInt64, _ path: @autoclosure () -> String, _ issues: inout IssueList
    ) {
        if id < 1 || id > WireLimits.playerIDMax {
            issues.add(path(), "\(id) is not within 1...\(WireLimits.playerIDMax)")
        }
    }

    static func optionalPlayerID(
        _ id: UInt64, _ path: @autoclosure () -> String, _ issues: inout IssueList
    ) {
        if id > WireLimits.playerIDMax {
            issues.add(path(), "\(id) is not within 0...\(WireLimits.playerIDMax)")
        }
    }

    static func rating(
        _ rating: Double, _ path: @autoclosure () -> String, _ issues: inout IssueList
    ) {
        // A comparison with NaN is false, so that one is refused here too.
        if !WireLimits.ratingPoints.contains(rating) {
            issues.add(path(), "\(rating) is not within \(WireLimits.ratingPoints)")
        }
    }

    static func level(
        _ level: UInt32, _ path: @autoclosure () -> String, _ issues: inout IssueList
    ) {
        number(level, max: WireLimits.levelMax, path(), &issues)
    }

    /// A number from 0 to `max`.
    static func number(
        _ value: UInt32, max: UInt32, _ path: @autoclosure () -> String,
        _ issues: inout IssueList
    ) {
        if value > max { issues.add(path(), "\(value) is not within 0...\(max)") }
    }
}
