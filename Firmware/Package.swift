// swift-tools-version: 6.2
import PackageDescription

// Built by `swift run firmware build`, which writes the linker script from the board's file and
// names the CPU's toolset; README.md has the plain command.
let package = Package(
  name: "Firmware",
  products: [
    .executable(name: "heartbeat", targets: ["Heartbeat"]),
    .executable(name: "keyword-spotting", targets: ["KeywordSpotting"]),
  ],
  targets: [
    .target(name: "Startup"),
    .target(name: "DMAMemory"),
    .target(name: "Drivers", dependencies: ["DMAMemory", "Startup"]),
    .executableTarget(name: "Heartbeat", dependencies: ["Drivers", "Startup"]),
    .executableTarget(name: "KeywordSpotting", dependencies: ["Drivers", "Startup"]),
  ]
)
