// swift-tools-version: 6.2
import PackageDescription

/// Targets on the emulator's hot path are optimised in debug builds too: `swift run` is a debug
/// build, and an unoptimised interpreter would crawl.
let optimized: [SwiftSetting] = [
  .unsafeFlags(
    ["-disable-batch-mode", "-O", "-wmo", "-num-threads", "2"], .when(configuration: .debug))
]

// MARK: The machine

let machine: [Target] = [
  .target(name: "MachineModel", swiftSettings: optimized),
  .target(name: "CortexM", dependencies: ["MachineModel"], swiftSettings: optimized),
  .target(name: "CHostSupport"),
  .target(
    name: "CortexMJIT", dependencies: ["CHostSupport", "CortexM", "MachineModel"],
    swiftSettings: optimized),
  .target(name: "RegisterMaps"),
  .target(
    name: "Peripherals", dependencies: ["MachineModel", "RegisterMaps"], swiftSettings: optimized),
  .target(name: "Sensors", dependencies: ["MachineModel"], swiftSettings: optimized),
  .target(
    name: "Boards", path: "Boards", exclude: ["README.md"], sources: ["Boards.swift"],
    resources: [.copy("boards"), .copy("chips")]),
  .target(
    name: "BoardDescription",
    dependencies: ["Boards", "MachineModel", .product(name: "Yams", package: "Yams")]),
  .target(name: "FirmwareImage", dependencies: ["MachineModel"]),
  .systemLibrary(
    name: "CSndfile", pkgConfig: "sndfile",
    providers: [.apt(["libsndfile1-dev"]), .brew(["libsndfile"])]),
  .target(
    name: "SampleFiles", dependencies: ["CSndfile", "MachineModel"], swiftSettings: optimized),
  .target(
    name: "Emulator",
    dependencies: [
      "BoardDescription", "BootloaderModels", "CortexM", "CortexMJIT", "FirmwareImage",
      "MachineModel", "Peripherals", "RegisterMaps", "Sensors", "USBModel",
    ], swiftSettings: optimized),
  .target(
    name: "DebugServer",
    dependencies: ["BoardDescription", "CortexM", "Emulator", "MachineModel"],
    exclude: ["README.md"]),
]

// MARK: Networks, from file to board

let networks: [Target] = [
  .target(name: "CKernelIntrinsics"),
  .target(
    name: "InferenceKernels", dependencies: ["CKernelIntrinsics"], swiftSettings: optimized),
  .target(name: "ModelGraph"),
  .target(name: "TFLiteImport", dependencies: ["ModelGraph"]),
  .target(
    name: "ModelCompiler", dependencies: ["InferenceKernels", "ModelGraph"],
    swiftSettings: optimized),
  .target(
    name: "ModelRunner", dependencies: ["InferenceKernels", "ModelCompiler", "ModelGraph"],
    swiftSettings: optimized),
  .target(name: "AudioFeatures", swiftSettings: optimized),
  .target(name: "WordSpotting", swiftSettings: optimized),
  .target(name: "RunnerProtocol"),
  .target(name: "InjectionProtocol"),
  .target(
    name: "FirmwareBuild",
    dependencies: [
      "BoardDescription", "FirmwareImage", "MachineModel", "ModelCompiler", "ModelGraph",
      "TFLiteImport",
    ]),
]

// MARK: Boards at the end of a cable

let cables: [Target] = [
  // Optimised for the sake of their tests: thousands of sessions, with faults.
  .target(name: "USBModel", swiftSettings: optimized),
  .target(name: "FlashProtocols", dependencies: ["USBModel"], swiftSettings: optimized),
  .target(
    name: "BootloaderModels", dependencies: ["FlashProtocols", "USBModel"],
    swiftSettings: optimized),
  .systemLibrary(
    name: "CLibUSB", pkgConfig: "libusb-1.0",
    providers: [.apt(["libusb-1.0-0-dev"]), .brew(["libusb"])]),
  .target(name: "Transports", dependencies: ["CLibUSB"]),
  .target(name: "USBIP", dependencies: ["USBModel"]),
  .target(
    name: "Flasher",
    dependencies: [
      "BoardDescription", "FirmwareImage", "FlashProtocols", "MachineModel", "Transports",
    ]),
]

// MARK: One test, two boards

let bench: [Target] = [
  .target(
    name: "HardwareInTheLoop",
    dependencies: [
      "BoardDescription", "Emulator", "FirmwareBuild", "FlashProtocols", "Flasher",
      "InjectionProtocol", "MachineModel", "SampleFiles", "Terminal", "Transports",
    ])
]

// MARK: Commands

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")

let commands: [Target] = [
  .target(name: "Terminal"),
  .executableTarget(
    name: "emulate",
    dependencies: [
      "BoardDescription", "CLibUSB", "DebugServer", "Emulator", "FirmwareBuild", "MachineModel",
      "SampleFiles", "Terminal", "Transports", "USBIP", argumentParser,
    ]),
  .executableTarget(
    name: "flash",
    dependencies: [
      "BoardDescription", "FirmwareBuild", "FlashProtocols", "Flasher", "MachineModel", "Terminal",
      "Transports", argumentParser,
    ]),
  .executableTarget(
    name: "firmware",
    dependencies: [
      "BoardDescription", "Emulator", "FirmwareBuild", "MachineModel", "ModelCompiler",
      "ModelGraph", "ModelRunner", "SampleFiles", "TFLiteImport", "Terminal", argumentParser,
    ]),
  .executableTarget(
    name: "benchmark",
    dependencies: [
      "BoardDescription", "CUnicorn", "Emulator", "FirmwareBuild", "FirmwareImage",
      "MachineModel", argumentParser,
    ]),
]

// MARK: Tests

let tests: [Target] = [
  // What tests share.
  .target(name: "TestSupport", path: "Tests/_TestSupport", swiftSettings: optimized),
  .target(
    name: "ModelSupport", dependencies: ["TestSupport"], path: "Tests/_ModelSupport",
    swiftSettings: optimized),
  .target(
    name: "FlashSupport",
    dependencies: [
      "BootloaderModels", "FlashProtocols", "TestSupport", "Transports", "USBModel",
    ],
    path: "Tests/_FlashSupport", swiftSettings: optimized),
  .testTarget(name: "MachineModelTests", dependencies: ["MachineModel"]),
  .testTarget(name: "CortexMTests", dependencies: ["CortexM", "MachineModel"]),
  .systemLibrary(
    name: "CUnicorn", pkgConfig: "unicorn",
    providers: [.apt(["libunicorn-dev"]), .brew(["unicorn"])]),
  .testTarget(
    name: "DifferentialTests",
    dependencies: ["CortexM", "CortexMJIT", "CUnicorn", "MachineModel"],
    exclude: ["README.md", "Interrupts/InstructionMix.S"], swiftSettings: optimized),
  .testTarget(
    name: "CortexMJITTests",
    dependencies: ["CHostSupport", "CortexM", "CortexMJIT", "CUnicorn", "MachineModel"]),
  .testTarget(
    name: "RegisterMapsTests", dependencies: ["MachineModel", "Peripherals", "RegisterMaps"]),
  .testTarget(
    name: "PeripheralsTests", dependencies: ["MachineModel", "Peripherals", "RegisterMaps"]),
  .testTarget(name: "SensorsTests", dependencies: ["MachineModel", "Sensors"]),
  .testTarget(name: "SampleFilesTests", dependencies: ["MachineModel", "SampleFiles"]),
  .testTarget(
    name: "BoardDescriptionTests", dependencies: ["BoardDescription", "Boards", "MachineModel"]),
  .testTarget(name: "FirmwareImageTests", dependencies: ["FirmwareImage", "MachineModel"]),
  .testTarget(
    name: "InferenceKernelsTests", dependencies: ["InferenceKernels", "TestSupport"]),
  .testTarget(name: "ModelGraphTests", dependencies: ["ModelGraph"]),
  .testTarget(
    name: "TFLiteImportTests",
    dependencies: ["ModelGraph", "ModelSupport", "TFLiteImport", "TestSupport"]),
  .testTarget(
    name: "ModelCompilerTests",
    dependencies: ["ModelCompiler", "ModelGraph", "TFLiteImport", "TestSupport"]),
  .testTarget(
    name: "ModelRunnerTests",
    dependencies: ["ModelCompiler", "ModelGraph", "ModelRunner", "TFLiteImport", "TestSupport"]),
  .testTarget(
    name: "ModelConformanceTests",
    dependencies: ["ModelCompiler", "ModelGraph", "ModelRunner", "ModelSupport", "TFLiteImport"],
    exclude: ["README.md", "Recorded", "litert-reference.py", "tflite-micro.py"]),
  .testTarget(name: "AudioFeaturesTests", dependencies: ["AudioFeatures"]),
  .testTarget(name: "WordSpottingTests", dependencies: ["WordSpotting"]),
  .testTarget(
    name: "FirmwareBuildTests",
    dependencies: ["BoardDescription", "FirmwareBuild", "FirmwareImage", "MachineModel"]),
  .testTarget(
    name: "EmulatorTests",
    dependencies: [
      "BoardDescription", "CortexM", "Emulator", "FirmwareImage", "MachineModel", "USBModel",
    ]),
  .testTarget(
    name: "DebugServerTests",
    dependencies: ["BoardDescription", "DebugServer", "Emulator", "MachineModel"]),
  .testTarget(
    name: "ProgramTests",
    dependencies: ["BoardDescription", "CortexM", "Emulator", "FirmwareImage", "MachineModel"],
    exclude: ["Programs", "README.md"]),
  .testTarget(name: "RunnerProtocolTests", dependencies: ["RunnerProtocol"]),
  .testTarget(name: "InjectionProtocolTests", dependencies: ["InjectionProtocol"]),
  .testTarget(
    name: "FlashProtocolsTests",
    dependencies: [
      "BootloaderModels", "FlashProtocols", "FlashSupport", "TestSupport", "USBModel",
    ]),
  .testTarget(
    name: "USBRigTests",
    dependencies: [
      "BootloaderModels", "FlashProtocols", "FlashSupport", "Transports", "USBModel", "flash",
    ], exclude: ["Bridge"]),
  .testTarget(name: "USBModelTests", dependencies: ["USBModel"]),
  .testTarget(
    name: "FirmwareTests",
    dependencies: [
      "BoardDescription", "CortexM", "Emulator", "FirmwareBuild", "FirmwareImage", "MachineModel",
      "ModelCompiler", "ModelGraph", "ModelRunner", "ModelSupport", "TFLiteImport", "Terminal",
      "USBModel", "firmware",
    ], exclude: ["QEMU"]),
  .testTarget(
    name: "BootloaderModelsTests",
    dependencies: [
      "BootloaderModels", "FlashProtocols", "FlashSupport", "TestSupport", "Transports",
      "USBModel",
    ]),
  .testTarget(
    name: "HardwareInTheLoopTests",
    dependencies: [
      "BoardDescription", "HardwareInTheLoop", "InjectionProtocol", "MachineModel", "emulate",
    ]),
  .testTarget(name: "EmulateTests", dependencies: ["BoardDescription", "emulate"]),
  .testTarget(
    name: "FlasherTests",
    dependencies: [
      "BoardDescription", "BootloaderModels", "FlashProtocols", "FlashSupport", "Flasher",
      "MachineModel", "Transports",
    ]),
  .testTarget(name: "TransportsTests", dependencies: ["CLibUSB", "Transports"]),
  .testTarget(name: "USBIPTests", dependencies: ["USBIP", "USBModel"]),
  .testTarget(
    name: "FlashTests",
    dependencies: ["BootloaderModels", "FlashSupport", "Flasher", "flash"]),
  .testTarget(name: "TidyTests"),
]

let package = Package(
  name: "Breadboard",
  products: [
    // What the nested package `Firmware` compiles for the board.
    .library(name: "RegisterMaps", targets: ["RegisterMaps"]),
    .library(name: "InferenceKernels", targets: ["InferenceKernels"]),
    .library(name: "AudioFeatures", targets: ["AudioFeatures"]),
    .library(name: "WordSpotting", targets: ["WordSpotting"]),
    .library(name: "RunnerProtocol", targets: ["RunnerProtocol"]),
    .library(name: "InjectionProtocol", targets: ["InjectionProtocol"]),
    // Tests that run on emulated and on real boards.
    .library(name: "HardwareInTheLoop", targets: ["HardwareInTheLoop"]),
    // For Tests/Fuzzing.
    .library(
      name: "ModelRunner",
      targets: ["InferenceKernels", "ModelCompiler", "ModelGraph", "ModelRunner", "TFLiteImport"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: machine + networks + cables + bench + commands + tests
)
