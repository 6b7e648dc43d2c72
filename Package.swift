// swift-tools-version: 6.2
import PackageDescription

/// Targets on the emulator's hot path are optimised in debug builds too: `swift run` is a debug
/// build, and an unoptimised interpreter would crawl.
let optimized: [SwiftSetting] = [
  .unsafeFlags(["-O", "-wmo", "-num-threads", "2"], .when(configuration: .debug))
]

let package = Package(
  name: "Breadboard",
  targets: [
    .target(name: "MachineModel", swiftSettings: optimized)
  ]
)
