// swift-tools-version: 6.2
import PackageDescription

// Built by `swift run emulate` in the folder above, which first writes what is made from the
// board's file and from the models; README.md has the plain command.
let package = Package(
  name: "Firmware",
  products: [
    .executable(name: "blink", targets: ["Blink"]),
    .executable(name: "compute-loop", targets: ["ComputeLoop"]),
    .executable(name: "convolution-loop", targets: ["ConvolutionLoop"]),
    .executable(name: "float-loop", targets: ["FloatLoop"]),
    .executable(name: "heartbeat", targets: ["Heartbeat"]),
    .executable(name: "inference-loop", targets: ["InferenceLoop"]),
    .executable(name: "integer-loop", targets: ["IntegerLoop"]),
    .executable(name: "keyword-spotting", targets: ["KeywordSpotting"]),
    .executable(name: "runner", targets: ["Runner"]),
    .executable(name: "serial-echo", targets: ["SerialEcho"]),
    .executable(name: "ticking-loop", targets: ["TickingLoop"]),
  ],
  dependencies: [.package(name: "Breadboard", path: "..")],
  targets: [
    .target(name: "Startup"),
    .target(name: "StaticMemory"),
    .target(
      name: "Drivers",
      dependencies: [
        "Registers", "StaticMemory", "Startup", "USBDevice",
        .product(name: "RegisterMaps", package: "Breadboard"),
      ]),
    .target(name: "Registers", dependencies: ["Startup"]),
    .target(
      name: "Serial",
      dependencies: [
        "Registers", "StaticMemory", "Startup", "USBDevice",
        .product(name: "RegisterMaps", package: "Breadboard"),
      ]),
    .target(name: "USBDescriptors"),
    .target(
      name: "USBDevice",
      dependencies: [
        "Registers", "StaticMemory", "Startup", "USBDescriptors",
        .product(name: "RegisterMaps", package: "Breadboard"),
      ]),
    .target(name: "Semihosting"),
    .executableTarget(name: "Blink", dependencies: ["Registers", "Serial", "Startup"]),
    .executableTarget(name: "ComputeLoop", dependencies: ["Semihosting", "Startup"]),
    .executableTarget(name: "Heartbeat", dependencies: ["Drivers", "Startup"]),
    .executableTarget(
      name: "KeywordSpotting",
      dependencies: [
        "Drivers", "KeywordSpottingWeights", "Registers", "Startup", "StaticMemory",
        .product(name: "AudioFeatures", package: "Breadboard"),
        .product(name: "InjectionProtocol", package: "Breadboard"),
        .product(name: "InferenceKernels", package: "Breadboard"),
        .product(name: "WordSpotting", package: "Breadboard"),
      ]),
    .target(name: "KeywordSpottingWeights"),
    .target(
      name: "Workloads",
      dependencies: [
        "Semihosting", "StaticMemory",
        .product(name: "InferenceKernels", package: "Breadboard"),
      ]),
    .executableTarget(name: "ConvolutionLoop", dependencies: ["Startup", "Workloads"]),
    .executableTarget(name: "FloatLoop", dependencies: ["Startup", "Workloads"]),
    .executableTarget(
      name: "InferenceLoop",
      dependencies: [
        "KeywordSpottingWeights", "Startup", "Workloads",
        .product(name: "InferenceKernels", package: "Breadboard"),
      ]),
    .executableTarget(name: "IntegerLoop", dependencies: ["Startup", "Workloads"]),
    .executableTarget(
      name: "Runner",
      dependencies: [
        "Registers", "RunnerWeights", "Serial", "Startup",
        .product(name: "InferenceKernels", package: "Breadboard"),
        .product(name: "RunnerProtocol", package: "Breadboard"),
      ]),
    .target(name: "RunnerWeights"),
    .executableTarget(name: "SerialEcho", dependencies: ["Serial", "Startup"]),
    .executableTarget(name: "TickingLoop", dependencies: ["Startup", "Workloads"]),
  ]
)
