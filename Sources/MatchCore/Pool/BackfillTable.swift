// Running matches that ask for players: a fixed number of rows, found by match and visited in a
// circle. Owner: the matchmaker's thread. It knows neither queues nor tickets.

/// What one running match asks for.
struct BackfillRow: BitwiseCopyable {
    /// As the match sent it, less the places and roles that have been filled since.
    var request: BackfillRequest
    /// The match has asked without a break since this tick: its window widens from here.
    var askedAt: Int32
    /// Tick of the request that stands.
    var renewedAt: Int32
    /// Tick of the next look even if nobody comes.
    var nextLook: Int32
    /// The bucket's arrivals when the row last looked.
    var arrivalsSeen: UInt32
    /// The rules under which the row was last admitted.
    var rulesVersion: UInt64
    var isUsed: Bool
    /// In a free row: the next free one.
    var nextFree: Int32

    init(_ request: BackfillRequest, at tick: Int32, rulesVersion: UInt64) {
        self.request = request
        askedAt = tick
        renewedAt = tick
        nextLook = tick
        arrivalsSeen = 0
        self.rulesVersion = rulesVersion
        isUsed = true
        nextFree = BackfillTable.noRow
    }

    var openCount: Int { Int(request.openPlaces[0]) + Int(request.openPlaces[1]) }
}

struct BackfillTable {
    static let noRow: Int32 = -1

    let rows: FixedArray<BackfillRow>
    private var map: IdentityMap
    private(set) var count = 0
    /// Rows below it have been used at least once.
    private(set) var highWater = 0
    private var freeHead = BackfillTable.noRow
    /// The row that looks first in the next tick.
    var cursor = 0

    init(limits: Limits, arena: inout Arena) {
        rows = arena.take(BackfillRow.self, count: limits.backfillCountMax)
        map = IdentityMap(capacity: limits.backfillCountMax, arena: &arena)
    }

    var isFull: Bool { count == rows.count }

    func row(of match: MatchID, _ hash: UInt32) -> Int? {
        map.find(hash) { rows[$0].request.match == match }
    }

    /// - Precondition: the table is not full and holds no row of this match.
    mutating func insert(_ row: BackfillRow, _ hash: UInt32) {
        precondition(!isFull)
        count += 1
        var position = highWater
        if freeHead != BackfillTable.noRow {
            position = Int(freeHead)
            freeHead = rows[position].nextFree
        } else {
            highWater += 1
        }
        rows[position] = row
        map.insert(hash, slot: position)
    }

    /// - Precondition: the row is in use; `hash` is that of its match.
    mutating func remove(_ row: Int, _ hash: UInt32) {
        precondition(rows[row].isUsed && count > 0)
        map.remove(hash, slot: row)
        rows[row].isUsed = false
        rows[row].nextFree = freeHead
        freeHead = Int32(row)
        count -= 1
    }
}
