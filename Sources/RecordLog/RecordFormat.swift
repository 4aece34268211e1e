// The frame of a record: how a file begins, how its blocks are laid out and what may stand in
// them. docs/RECORDING.md describes the same for people; a change here needs a new version.

/// Numbers that writer and reader share.
package enum RecordFormat {
    /// Every record begins with these bytes.
    static let magic = Array("mmrecord".utf8)
    /// Grows with every change of the layout; a reader knows its own version alone.
    package static let version: UInt32 = 2
    /// Length and checksum before a block's content.
    static let blockHeadByteCount = 8
    /// A block is sealed once it holds this much; one tick's commands are never parted.
    package static let blockByteCount = 64 << 10
    /// Longer blocks are taken for damage: no tick takes so many commands.
    static let blockByteCountMax = 64 << 20

    /// What an entry in a block is.
    enum Tag: UInt8 {
        case header = 1
        case rules = 2
        case tick = 3
        /// Ticks in a row, each one later than the one before, without commands.
        case quietTicks = 4
        case checkpoint = 5
        case end = 6
    }
}

/// Why a record cannot be read.
package enum RecordError: Error, Equatable, CustomStringConvertible {
    /// It does not begin like a record.
    case notARecord
    /// It was written in a layout that this program does not know.
    case otherVersion(UInt32)
    /// A block is whole but says something impossible; `offset` is the block's place in the file.
    case malformed(offset: Int, what: String)
    /// The file itself cannot be read.
    case unreadable(String)

    package var description: String {
        switch self {
        case .notARecord: "is no record: it does not begin with 'mmrecord' and a header"
        case .otherVersion(let version):
            "has version \(version) of the layout, this program reads \(RecordFormat.version)"
        case .malformed(let offset, let what): "is wrong in the block at byte \(offset): \(what)"
        case .unreadable(let why): "cannot be read: \(why)"
        }
    }
}
