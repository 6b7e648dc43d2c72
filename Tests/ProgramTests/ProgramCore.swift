// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription

/// A processor that the programs are compiled for, and the boards that have it: ours and QEMU's.
enum ProgramCore: String, CaseIterable, Sendable {
  case cortexM0, cortexM3, cortexM4, cortexM7

  /// What GCC and Clang call it.
  var cpu: String {
    switch self {
    case .cortexM0: "cortex-m0"
    case .cortexM3: "cortex-m3"
    case .cortexM4: "cortex-m4"
    case .cortexM7: "cortex-m7"
    }
  }

  var floatingPoint: [String] {
    switch self {
    case .cortexM0, .cortexM3: ["-mfloat-abi=soft"]
    case .cortexM4: ["-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"]
    case .cortexM7: ["-mfloat-abi=hard", "-mfpu=fpv5-d16"]
    }
  }

  var clangTarget: String {
    switch self {
    case .cortexM0: "thumbv6m-none-eabi"
    case .cortexM3: "thumbv7m-none-eabi"
    case .cortexM4, .cortexM7: "thumbv7em-none-eabihf"
    }
  }

  /// The board, ours and QEMU's machine of that name.
  var boardName: String {
    switch self {
    case .cortexM0: "microbit"
    case .cortexM3: "mps2-an385"
    case .cortexM4: "mps2-an386"
    case .cortexM7: "mps2-an500"
    }
  }

  private static let boards = Dictionary(
    uniqueKeysWithValues: allCases.compactMap { core in
      (try? Board.load(named: core.boardName)).map { (core, $0) }
    })

  /// Nil where there is no file for the board.
  var board: Board? { Self.boards[self] }

  static let available = allCases.filter { $0.board != nil }
}
