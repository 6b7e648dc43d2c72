// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM

/// The registers that GDB is told of, in the order of the target description: r0–r15 and xPSR, the
/// special registers, and where there is floating point D0–D15 and FPSCR.
struct RegisterFile {
  enum Name: Equatable {
    case core(Int)
    case special(Core.SpecialRegister)
    case double(Int)

    var bytes: Int {
      if case .double = self { return 8 }
      return 4
    }
  }

  let names: [Name]

  init(hasFloatingPoint: Bool) {
    let system: [Core.SpecialRegister] = [
      .xpsr, .msp, .psp, .primask, .basepri, .faultmask, .control,
    ]
    names =
      (0..<16).map { .core($0) } + system.map { .special($0) }
      + (hasFloatingPoint ? (0..<16).map { .double($0) } + [.special(.fpscr)] : [])
  }

  static func read(_ name: Name, of core: Core) -> UInt64 {
    switch name {
    case .core(13): UInt64(core.interruptedStackPointer ?? core[register: 13])
    case .core(let index): UInt64(core[register: index])
    case .special(.msp) where !core.usesProcessStack: read(.core(13), of: core)
    case .special(.psp) where core.usesProcessStack: read(.core(13), of: core)
    case .special(let register): UInt64(core[special: register])
    case .double(let index):
      UInt64(core[single: 2 * index]) | UInt64(core[single: 2 * index + 1]) << 32
    }
  }

  static func write(_ name: Name, _ value: UInt64, to core: Core) {
    let word = UInt32(truncatingIfNeeded: value)
    switch name {
    case .core(15): core.setProgramCounter(word)
    case .core(let index): core[register: index] = word
    case .special(let register): core[special: register] = word
    case .double(let index):
      core[single: 2 * index] = word
      core[single: 2 * index + 1] = UInt32(truncatingIfNeeded: value >> 32)
    }
  }

  /// Little-endian, as the protocol wants registers.
  static func bytes(_ value: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
  }

  static func value(_ bytes: some Collection<UInt8>) -> UInt64 {
    bytes.reversed().prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }
}

/// The two stacks, as GDB's threads.
enum StackThread: Int, CaseIterable {
  case main = 1
  case process = 2
}
