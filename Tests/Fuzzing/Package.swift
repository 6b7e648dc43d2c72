// swift-tools-version: 6.2
import PackageDescription

// Coverage-guided fuzzing with libFuzzer; README.md has the command. A package of its own: with
// `-sanitize=fuzzer` every target is built anew, and nothing else needs it.
let package = Package(
  name: "Fuzzing",
  dependencies: [.package(name: "Breadboard", path: "../..")],
  targets: [
    .target(name: "CLibFuzzer"),
    .executableTarget(
      name: "ModelFuzzer",
      dependencies: ["CLibFuzzer", .product(name: "ModelRunner", package: "Breadboard")]),
  ])
