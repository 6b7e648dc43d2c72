// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import CortexM
import Emulator
import Foundation
import MachineModel

/// One of our machines and QEMU, instruction by instruction through the same program.
final class LockStep {
  private let machine: Machine
  private let hasFloats: Bool
  private let remote: RemoteTarget
  private let process = Process()
  private var hasEnded = false
  private(set) var steps = 0

  init(elf: String, core: ProgramCore, qemu: Tool) throws {
    guard let board = core.board else { throw RemoteError(description: "no \(core.boardName)") }
    let file = URL(fileURLWithPath: elf)
    let image = try LoadedImage(
      bytes: Array(Data(contentsOf: file)), name: file.lastPathComponent, for: board)
    machine = try Machine(board: board)
    machine.load(image)
    hasFloats = core == .cortexM4 || core == .cortexM7
    let port = try RemoteTarget.freePort()
    process.executableURL = URL(fileURLWithPath: qemu.path)
    process.arguments = [
      "-M", core.boardName, "-display", "none", "-serial", "null", "-monitor", "none",
      "-chardev", "null,id=text", "-semihosting-config", "enable=on,target=native,chardev=text",
      "-kernel", elf, "-S", "-gdb", "tcp:127.0.0.1:\(port)",
    ]
    process.standardError = FileHandle.nullDevice
    try process.run()
    do {
      remote = try RemoteTarget(port: port)
    } catch {
      kill(process.processIdentifier, SIGKILL)
      throw error
    }
    // QEMU shows xPSR only to who has read what registers there are. Interrupts and timers go on
    // while stepping.
    try remote.ask("qSupported:xmlRegisters=arm")
    try remote.ask("qXfer:features:read:target.xml:0,ffb")
    try remote.ask("Qqemu.sstep=1")
    // The flags are UNKNOWN after reset: QEMU takes ours, which are clear.
    try remote.ask("P19=00000001")
  }

  deinit { kill(process.processIdentifier, SIGKILL) }

  // MARK: - Going on

  /// Runs both to an address; false where one of them does not come there.
  func run(to address: UInt32) throws -> Bool {
    try remote.setBreakpoint(address)
    guard try remote.resume() else { return false }
    try remote.clearBreakpoint(address)
    var stops = DebugStops()
    stops.breakpoints = [address]
    stops.instructionLimit = machine.core.instructionsExecuted + 50_000_000
    machine.core.stop(at: stops)
    _ = machine.run(until: StopConditions())
    return machine.core.debugStop == .breakpoint
  }

  /// Steps both `count` instructions at most; where they part, what differs.
  func step(_ count: Int) throws -> String? {
    for _ in 0..<count where !hasEnded {
      let before = ours()
      steps += 1
      guard stepOurs(), try remote.step() else {
        hasEnded = true
        return nil
      }
      var theirs = try remote.registers()
      // QEMU reports the entry into an exception, and a semihosting call, as steps of their own.
      for _ in 0..<2 where theirs[15] != ours()[15] {
        guard try remote.step() else { return nil }
        theirs = try remote.registers()
      }
      if let difference = Self.difference(ours(), theirs) {
        return "from \(Self.hex(before[15])), step \(steps): \(difference)"
      }
      if hasFloats, steps % 32 == 0, let difference = try floatDifference() { return difference }
    }
    return try hasFloats && !hasEnded ? floatDifference() : nil
  }

  private func stepOurs() -> Bool {
    var stops = DebugStops()
    stops.instructionLimit = machine.core.instructionsExecuted + 1
    machine.core.stop(at: stops)
    _ = machine.run(until: StopConditions())
    return machine.core.debugStop == .instructionLimit
  }

  // MARK: - Comparison

  private func ours() -> [UInt32] {
    (0..<16).map { machine.core[register: $0] } + [machine.core.xpsr]
  }

  private func floatDifference() throws -> String? {
    let ours = (0..<32).map { machine.core[single: $0] } + [machine.core.floatingPointStatus]
    return Self.difference(ours, try remote.floats(), names: { $0 < 32 ? "s\($0)" : "fpscr" })
  }

  private static func difference(
    _ ours: [UInt32], _ theirs: [UInt32], names: (Int) -> String = { $0 < 16 ? "r\($0)" : "xpsr" }
  ) -> String? {
    guard ours != theirs else { return nil }
    guard ours.count == theirs.count else { return "\(theirs.count) registers" }
    return zip(ours, theirs).enumerated().filter { $0.element.0 != $0.element.1 }
      .map { "\(names($0.offset)): \(hex($0.element.0)), QEMU \(hex($0.element.1))" }
      .joined(separator: "; ")
  }

  private static func hex(_ value: UInt32) -> String { "0x" + String(value, radix: 16) }
}
