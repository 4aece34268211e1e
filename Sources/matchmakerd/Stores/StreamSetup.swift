// The four streams as they must be. Ages: an answer must outlive the ticket that it ends, or a
// restart would take the ticket for a living one; so events and matches are kept at least as long
// as intake.
import DaemonKit
import Wire

/// The streams' configuration.
struct StreamSetup: Sendable, Equatable {
    let configs: [StreamConfig]

    init(_ sizes: StreamSizes) {
        func config(_ name: String, _ subject: String, megabytes: Int, age: Int) -> StreamConfig {
            StreamConfig(
                name: name, subjects: [subject], byteCountMax: Int64(megabytes) << 20,
                ageSecondsMax: Int64(age),
                duplicateWindowSeconds: Int64(min(120, age)),
                replicaCount: Int64(sizes.replicaCount))
        }
        configs = [
            config(
                StreamName.intake, Subject.allIntake, megabytes: sizes.intakeMegabytes,
                age: sizes.intakeAgeSeconds),
            config(
                StreamName.events, Subject.allEvents, megabytes: sizes.eventMegabytes,
                age: sizes.eventAgeSeconds),
            config(
                StreamName.allocations, Subject.allAllocations,
                megabytes: sizes.allocationMegabytes, age: sizes.allocationAgeSeconds),
            config(
                StreamName.deadLetters, Subject.allDeadLetters,
                megabytes: sizes.deadLetterMegabytes, age: sizes.deadLetterAgeSeconds),
        ]
    }

    /// Makes sure that all streams exist as wanted; returns what was done.
    /// - Throws: `NATSError`.
    func ensure(_ stream: JetStream) throws(NATSError) -> [(String, StreamAssertion)] {
        var done: [(String, StreamAssertion)] = []
        for config in configs { done.append((config.name, try stream.ensureStream(config))) }
        return done
    }

    /// Makes streams anew that are gone, and leaves the others as an operator may have set them;
    /// returns the names.
    /// - Throws: `NATSError`.
    func restoreMissing(_ stream: JetStream) throws(NATSError) -> [String] {
        var restored: [String] = []
        for config in configs {
            do throws(NATSError) {
                _ = try stream.state(of: config.name)
            } catch {
                guard error.isNotFound else { throw error }
                _ = try stream.ensureStream(config)
                restored.append(config.name)
            }
        }
        return restored
    }
}

/// Sizes and ages of the streams.
struct StreamSizes: Sendable, Equatable {
    var intakeMegabytes: Int
    var intakeAgeSeconds: Int
    var eventMegabytes: Int
    var eventAgeSeconds: Int
    var allocationMegabytes: Int
    var allocationAgeSeconds: Int
    var deadLetterMegabytes: Int
    var deadLetterAgeSeconds: Int
    var replicaCount: Int
}
