// Runs that know nothing of each other, on all processors. Results come in the order of the items,
// so that a report does not depend on how many processors there are.

import DaemonKit
import Dispatch

/// Work on several items at once.
enum Parallel {
    /// - Throws: what `body` threw for the first item that failed.
    static func map<Item: Sendable, Value: Sendable>(
        _ items: [Item], _ body: @Sendable (Item) throws -> Value
    ) throws -> [Value] {
        let results = Locked([Result<Value, any Error>?](repeating: nil, count: items.count))
        DispatchQueue.concurrentPerform(iterations: items.count) { position in
            let result = Result { try body(items[position]) }
            results.withLock { $0[position] = result }
        }
        return try results.withLock { $0 }.map { result in
            guard let result else { preconditionFailure("an item was left out") }
            return try result.get()
        }
    }
}
