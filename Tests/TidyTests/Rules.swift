// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Old sins and tables: what may be longer than the rest, up to what length. The lists may only
/// shrink; a tidy test asks for the removal of an entry that is no longer needed.
enum Ratchet {
  static let fileLimit = 600
  static let functionLimit = 70
  static let columnLimit = 100

  /// Lines by path.
  static let files: [String: Int] = [:]
  /// Lines by `path:function`.
  static let functions: [String: Int] = [
    // One line per operation: the table from operations to their semantics.
    "Sources/CortexM/ISA/Semantics/Execute.swift:execute": 280,
    "Sources/CortexM/ISA/Semantics/ExecuteUncommon.swift:executeUncommon": 90,
  ]
}

/// What each target may import: the walls of the house. A target has one row; tests are free.
enum Walls {
  static let allowed: [String: Set<String>] = [
    // No CPU, no board, no operating system.
    "MachineModel": [],
    "CortexM": ["MachineModel", "Glibc", "Musl", "Darwin"],
    // Machine code needs pages that may be executed.
    "CortexMJIT": ["CHostSupport", "CortexM", "MachineModel", "Glibc", "Musl", "Darwin"],
    "RegisterMaps": [],
    "Peripherals": ["MachineModel", "RegisterMaps"],
    "Sensors": ["MachineModel"],
    "Boards": ["Foundation"],
    "BoardDescription": ["MachineModel", "Boards", "Yams", "Foundation"],
    "FirmwareImage": ["MachineModel"],
    "SampleFiles": ["MachineModel", "CSndfile", "Foundation", "Glibc", "Musl", "Darwin"],
    "InferenceKernels": ["CKernelIntrinsics"],
    "ModelGraph": [],
    "TFLiteImport": ["ModelGraph"],
    "ModelCompiler": ["ModelGraph", "InferenceKernels", "Foundation"],
    "ModelRunner": ["ModelGraph", "ModelCompiler", "InferenceKernels"],
    "AudioFeatures": [],
    "WordSpotting": [],
    "RunnerProtocol": [],
    "InjectionProtocol": [],
    "Terminal": ["Foundation"],
    "USBModel": [],
    "FlashProtocols": ["USBModel"],
    "BootloaderModels": ["FlashProtocols", "USBModel"],
    "USBIP": ["USBModel"],
    "Transports": ["CLibUSB", "Foundation", "Glibc", "IOKit", "Musl", "Darwin"],
    "Flasher": [
      "BoardDescription", "FirmwareImage", "FlashProtocols", "MachineModel", "Transports",
      "Foundation",
    ],
    "FirmwareBuild": [
      "BoardDescription", "FirmwareImage", "MachineModel", "ModelCompiler", "ModelGraph",
      "TFLiteImport", "Foundation", "Glibc", "Musl", "Darwin",
    ],
    "Emulator": [
      "BoardDescription", "BootloaderModels", "CortexM", "CortexMJIT", "FirmwareImage",
      "MachineModel", "Peripherals", "RegisterMaps", "Sensors", "USBModel", "Foundation", "Glibc",
      "Musl", "Darwin",
    ],
    "DebugServer": [
      "BoardDescription", "CortexM", "Emulator", "MachineModel", "Glibc", "Musl", "Darwin",
    ],
    "HardwareInTheLoop": [
      "BoardDescription", "Emulator", "FirmwareBuild", "FlashProtocols", "Flasher",
      "InjectionProtocol", "MachineModel", "SampleFiles", "Terminal", "Transports", "Foundation",
    ],
    "emulate": [
      "ArgumentParser", "BoardDescription", "DebugServer", "Emulator", "FirmwareBuild",
      "MachineModel", "SampleFiles", "Terminal", "Transports", "USBIP", "Foundation",
    ],
    "flash": [
      "ArgumentParser", "BoardDescription", "FirmwareBuild", "FlashProtocols", "Flasher",
      "MachineModel", "Terminal", "Transports", "Foundation",
    ],
    "firmware": [
      "ArgumentParser", "BoardDescription", "Emulator", "FirmwareBuild", "MachineModel",
      "ModelCompiler", "ModelGraph", "ModelRunner", "SampleFiles", "TFLiteImport", "Terminal",
      "Foundation", "Synchronization",
    ],
    "benchmark": [
      "ArgumentParser", "BoardDescription", "CUnicorn", "Emulator", "FirmwareBuild",
      "FirmwareImage", "MachineModel", "Foundation",
    ],
  ]
}
