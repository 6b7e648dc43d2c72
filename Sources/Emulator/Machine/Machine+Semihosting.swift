// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM
import MachineModel

/// The calls of Arm semihosting that bare test programs make (BKPT 0xAB; Semihosting for AArch32
/// and AArch64, section 6): text, the clock and the end of the run. A call that is not here is
/// answered with -1, which programs have to expect.
enum Semihosting {
  static let breakpoint: UInt8 = 0xAB

  enum Call: UInt32 {
    case writeCharacter = 0x03
    case writeText = 0x04
    case clock = 0x10
    case exit = 0x18
    case exitExtended = 0x20
  }

  /// ADP_Stopped_ApplicationExit: the program ended as it meant to.
  static let applicationExit: UInt32 = 0x20026
  /// Longer texts are cut, so that a runaway pointer ends.
  static let longestText = 1 << 16
}

extension Machine {
  /// Answers the call in r0 and r1; not nil when the program has ended.
  func answerSemihosting() -> StopReason? {
    let argument = core[register: 1]
    var answer: UInt32 = 0
    switch Semihosting.Call(rawValue: core[register: 0]) {
    case .writeCharacter: printed(byte(at: argument) ?? 0)
    case .writeText: printText(at: argument)
    case .clock: answer = centiseconds
    case .exit: return .exited(status: argument == Semihosting.applicationExit ? 0 : 1)
    case .exitExtended: return .exited(status: extendedStatus(at: argument))
    case nil: answer = .max
    }
    core[register: 0] = answer
    core.skipBreakpoint()
    return nil
  }

  private var centiseconds: UInt32 {
    let perSecond = board.cpuClock.numerator / board.cpuClock.denominator
    return UInt32(truncatingIfNeeded: core.now.sinceReset.count / max(perSecond / 100, 1))
  }

  /// The block holds the reason and the program's own status.
  private func extendedStatus(at block: UInt32) -> UInt32 {
    guard word(at: block) == Semihosting.applicationExit else { return 1 }
    return word(at: block &+ 4) ?? 1
  }

  private func printText(at address: UInt32) {
    for offset in 0..<UInt32(Semihosting.longestText) {
      guard let byte = byte(at: address &+ offset), byte != 0 else { return }
      printed(byte)
    }
  }

  private func byte(at address: UInt32) -> UInt8? {
    memory(holding: Address(address), 1)?.read(Address(address), 1)?.first
  }

  private func word(at address: UInt32) -> UInt32? {
    memory(holding: Address(address), 4)?.word(at: Address(address))
  }

  private func printed(_ byte: UInt8) {
    trace.record(.serialByte, UInt64(byte), at: core.now)
    if let line = console.receive(byte, at: core.now) { onConsoleLine?(line) }
  }
}
