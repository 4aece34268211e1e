// swift-tools-version: 6.2
// Muster: a matchmaker for online games. Targets stand in dependency order, lowest first.
import PackageDescription

/// One language mode and one set of rules for every Swift target.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "muster",
    products: [
        .executable(name: "matchmakerd", targets: ["matchmakerd"]),
        .executable(name: "worldd", targets: ["worldd"]),
        .executable(name: "matchbench", targets: ["matchbench"]),
        .executable(name: "loadgen", targets: ["loadgen"]),
        .executable(name: "matchsim", targets: ["matchsim"]),
    ],
    targets: [
        // C libraries from Debian's -dev packages: a module map and a shim header each.
        .systemLibrary(
            name: "CNats", pkgConfig: "libnats", providers: [.apt(["libnats-dev"])]),
        .systemLibrary(
            name: "CHiredis", pkgConfig: "hiredis", providers: [.apt(["libhiredis-dev"])]),
        .systemLibrary(
            name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(
            name: "CLibWebSockets", pkgConfig: "libwebsockets",
            providers: [.apt(["libwebsockets-dev"])]),
        .systemLibrary(
            name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        // Small C the Glibc module cannot express (GNU extensions, signal masks).
        .target(name: "CPlatform"),
        // protobuf-c output of proto/, never edited by hand.
        .target(name: "CWire", linkerSettings: [.linkedLibrary("protobuf-c")]),

        .target(name: "MatchCore", swiftSettings: settings),
        .target(name: "Wire", dependencies: ["MatchCore", "CWire"], swiftSettings: settings),
        .target(
            name: "DaemonKit",
            dependencies: [
                "CNats", "CHiredis", "CLibPQ", "CLibWebSockets", "CCrypto", "CPlatform",
            ],
            swiftSettings: settings),

        .target(
            name: "QueueFile", dependencies: ["MatchCore", "Wire", "DaemonKit"],
            swiftSettings: settings),
        // The layout of recorded runs: written by matchmakerd, read by matchbench.
        .target(name: "RecordLog", dependencies: ["MatchCore"], swiftSettings: settings),

        // Keys that the platform shares with game servers: join tokens and sealed reports.
        .target(
            name: "ServerTrust", dependencies: ["MatchCore", "Wire", "DaemonKit"],
            swiftSettings: settings),
        .target(name: "WorldCore", swiftSettings: settings),

        .executableTarget(
            name: "matchmakerd",
            dependencies: ["MatchCore", "Wire", "DaemonKit", "QueueFile", "RecordLog"],
            swiftSettings: settings),

        .executableTarget(
            name: "worldd",
            dependencies: ["MatchCore", "Wire", "DaemonKit", "ServerTrust", "WorldCore"],
            swiftSettings: settings),

        .target(name: "CAllocationCounter", path: "Benchmarks/CAllocationCounter"),
        // The lab: simulated crowds against the core and against peers' published rules.
        .target(
            name: "Lab", dependencies: ["MatchCore", "DaemonKit", "QueueFile"],
            path: "Benchmarks/Lab", exclude: ["Bounds/solve.py"], swiftSettings: settings),
        .executableTarget(
            name: "matchbench",
            dependencies: [
                "MatchCore", "Wire", "DaemonKit", "CAllocationCounter", "Lab", "QueueFile",
                "RecordLog",
            ],
            path: "Benchmarks/MatchBench", swiftSettings: settings),
        .executableTarget(
            name: "loadgen", dependencies: ["MatchCore", "Wire", "DaemonKit"],
            path: "Benchmarks/LoadGenerator", swiftSettings: settings),

        // The simulator of faults: a library for its tests and for runs of any length.
        .target(
            name: "SimKit", dependencies: ["MatchCore"], path: "Tests/SimKit",
            swiftSettings: settings),
        .executableTarget(
            name: "matchsim", dependencies: ["SimKit"], path: "Benchmarks/Simulator",
            swiftSettings: settings),

        .testTarget(
            name: "MatchCoreTests", dependencies: ["MatchCore", "CAllocationCounter"],
            swiftSettings: settings),
        .testTarget(
            name: "WireTests", dependencies: ["Wire", "MatchCore"], swiftSettings: settings),
        .testTarget(
            name: "DaemonKitTests", dependencies: ["DaemonKit"], swiftSettings: settings),
        .testTarget(
            name: "ServerTrustTests",
            dependencies: ["ServerTrust", "MatchCore", "Wire", "DaemonKit"],
            swiftSettings: settings),
        .testTarget(
            name: "WorldCoreTests", dependencies: ["WorldCore"], swiftSettings: settings),
        .testTarget(
            name: "QueueFileTests",
            dependencies: ["QueueFile", "MatchCore", "DaemonKit", "CAllocationCounter"],
            swiftSettings: settings),
        .testTarget(
            name: "matchmakerdTests",
            dependencies: [
                "matchmakerd", "MatchCore", "Wire", "DaemonKit", "QueueFile", "RecordLog",
            ],
            swiftSettings: settings),
        .testTarget(
            name: "worlddTests",
            dependencies: [
                "worldd", "MatchCore", "Wire", "DaemonKit", "ServerTrust", "WorldCore",
            ],
            swiftSettings: settings),
        .testTarget(
            name: "matchbenchTests",
            dependencies: ["matchbench", "MatchCore", "DaemonKit", "QueueFile", "RecordLog"],
            swiftSettings: settings),
        .testTarget(
            name: "RecordLogTests",
            dependencies: ["RecordLog", "MatchCore", "CAllocationCounter"],
            swiftSettings: settings),
        .testTarget(
            name: "loadgenTests", dependencies: ["loadgen", "MatchCore", "Wire", "DaemonKit"],
            swiftSettings: settings),
        .testTarget(
            name: "SimulationTests", dependencies: ["SimKit", "MatchCore"],
            swiftSettings: settings),
        .testTarget(
            name: "LabTests", dependencies: ["Lab", "MatchCore", "DaemonKit"],
            swiftSettings: settings),
        .testTarget(name: "TidyTests", swiftSettings: settings),
    ]
)
