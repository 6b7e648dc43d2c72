// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Something faster than the block interpreter that runs the same instructions: a JIT. It sees the
/// core through `AcceleratedCore`.
///
/// What it runs must be equal in registers, memory, flags, FPSCR, cycles and instruction counts,
/// and every instruction boundary at which it comes back must be one that the interpreter would
/// have come to. Whatever it does not do it leaves to the interpreter, at that instruction.
package protocol Accelerator: AnyObject {
  /// Runs from the pc, outside an IT block, while `cycles` is below the deadline.
  ///
  /// - Returns: how the interpreter should go on before the next call.
  func run(_ core: AcceleratedCore) -> Handover
}

/// What an accelerator leaves to the interpreter.
package enum Handover: Sendable {
  /// Some fifty cycles, so that a loop that polls a device stays with the interpreter.
  case aWhile
  /// Everything up to the deadline.
  case untilDeadline
}

/// A core as an accelerator sees it: its state by address, and its code by instruction.
package struct AcceleratedCore {
  let core: Core
  /// The executable memory that holds the pc.
  let region: CodeRegion

  /// `CoreState`; `StateLayout` has the offsets.
  package var state: UnsafeMutableRawPointer { UnsafeMutableRawPointer(core.state) }
  package var regionBase: UInt32 { region.base }
  /// In half words.
  package var regionSpan: UInt32 { region.span }
  /// Changes whenever translated code is to be forgotten.
  package var codeGeneration: Int { core.code.generation }
  /// Cycles that a taken branch costs beyond its static ones.
  package func refill(to target: UInt32) -> UInt64 {
    target & 2 == 0 ? core.state.pointee.refill.0 : core.state.pointee.refill.1
  }

  /// Records the instruction at `address`; nil where none can be fetched.
  package func record(
    _ address: UInt32, itState: UInt8, with recorder: Recorder
  ) -> RecordedInstruction? {
    guard let operation = core.predecode(address, itState: UInt32(itState), in: region) else {
      return nil
    }
    return recorder.record(operation)
  }

  /// Says that the instruction has been compiled, so that a store to it, or to the one behind it,
  /// changes the generation.
  package func cover(_ instruction: RecordedInstruction) {
    let size = instruction.nextAddress &- instruction.address
    for offset in stride(from: 0, through: size &+ 2, by: 2) {
      region.cover(instruction.address &+ offset)
    }
  }

  /// The code in this memory can be written by stores of its own: those have to be watched.
  package var isWritable: Bool { region.isWritable }

  /// Cycles that a read of the flash window costs beyond the static ones.
  package var flashDataWaitStates: UInt32 {
    UInt32(truncatingIfNeeded: core.state.pointee.flashDataWaitStates)
  }

  /// The word at an aligned address of the flash window, for literals: a change of it changes the
  /// generation.
  package func literal(_ address: UInt32) -> UInt32? {
    let offset = address &- core.state.pointee.flash.base
    guard core.state.pointee.flash.holds(.word, offset),
      let region = core.code.region(holding: address)
    else { return nil }
    region.cover(address)
    region.cover(address &+ 2)
    return core.state.pointee.flash.load(.word, offset)
  }
}

/// Where the fields of `CoreState` lie.
package enum StateLayout {
  private static func offset(_ path: PartialKeyPath<CoreState>) -> Int {
    MemoryLayout<CoreState>.offset(of: path) ?? 0
  }
  package static let size = MemoryLayout<CoreState>.size
  /// r0–r15 then s0–s31, four bytes each.
  package static let registers = 0
  package static let negativeWord = offset(\.negativeWord)
  package static let zeroWord = offset(\.zeroWord)
  package static let carryWord = offset(\.carryWord)
  package static let overflowWord = offset(\.overflowWord)
  package static let saturationWord = offset(\.saturationWord)
  package static let greaterOrEqual = offset(\.greaterOrEqual)
  package static let fpscr = offset(\.fpscr)
  package static let itState = offset(\.itState)
  package static let scratch = offset(\.scratch)
  package static let cycles = offset(\.cycles)
  package static let deadline = offset(\.deadline)
  package static let instructions = offset(\.instructions)
  package static let ram = offset(\.ram)
  package static let flash = offset(\.flash)
  package static let store = offset(\.store)
  package static let flashDataWaitStates = offset(\.flashDataWaitStates)
  package static let watchBottom = offset(\.watchBottom)
  package static let watchLowest = offset(\.watchLowest)
  package static let lowestPointer = offset(\.lowestPointer)
  package static let floatingPointReady = offset(\.floatingPointReady)

  /// The fields of a `MemoryWindow`, from its own start.
  package enum Window {
    package static let base = 0
    package static let byteSpan = MemoryLayout<MemoryWindow>.offset(of: \.byteSpan) ?? 0
    package static let halfSpan = MemoryLayout<MemoryWindow>.offset(of: \.halfSpan) ?? 0
    package static let wordSpan = MemoryLayout<MemoryWindow>.offset(of: \.wordSpan) ?? 0
    package static let bytes = MemoryLayout<MemoryWindow>.offset(of: \.bytes) ?? 0
    package static let size = MemoryLayout<MemoryWindow>.size
  }
}
