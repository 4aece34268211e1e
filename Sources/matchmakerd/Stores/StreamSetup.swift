// The streams as they must be. Ages: an answer must outlive the ticket that it ends, or a
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
                StreamName.results, Subject.allResults, megabytes: sizes.resultMegabytes,
                age: sizes.resultAgeSeconds),
            config(
                StreamName.deadLetters, Subject.allDeadLetters,
                megabytes: sizes.deadLetterMegabytes, age: sizes.deadLetterAgeSeconds),
        ]
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
    var resultMegabytes: Int
    var resultAgeSeconds: Int
    var deadLetterMegabytes: Int
    var deadLetterAgeSeconds: Int
    var replicaCount: Int
}
