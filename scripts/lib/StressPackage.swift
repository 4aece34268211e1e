// swift-tools-version: 6.2
// The rings, the values that travel through them and the rings' tests alone: what `scripts/stress`
// runs under the thread sanitizer. The whole core does not build that way: Swift 6.3.1 makes an
// invalid bitcast of it and gives up.
import PackageDescription

/// As in the project's Package.swift.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "muster-stress",
    targets: [
        .target(name: "MatchCore", swiftSettings: settings),
        .testTarget(
            name: "MatchCoreTests", dependencies: ["MatchCore"], swiftSettings: settings),
    ]
)
