// Reads the stored bytes of Tests/Golden/wire, found relative to this source file.

import Foundation

enum GoldenFile {
    /// - Parameter name: such as `intake_solo.bin`.
    static func bytes(_ name: String) throws -> [UInt8] {
        let folder = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Golden").appendingPathComponent("wire")
        return [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
    }
}
