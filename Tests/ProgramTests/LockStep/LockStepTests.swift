// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import FirmwareImage
import Foundation
import MachineModel
import Testing

/// Our machine and QEMU's, by its GDB stub, instruction by instruction: registers, xPSR with
/// ITSTATE and exception number, floating-point registers.
///
/// Slices of every program begin at its reset and at functions chosen by a seed
/// (BREADBOARD_DIFFERENTIAL_SEED). BREADBOARD_LOCKSTEP is the number of instructions of a slice,
/// 100 if unset.
@Suite(.serialized) struct LockStepTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let length = environment["BREADBOARD_LOCKSTEP"].flatMap { Int($0) } ?? 100
  private static let seed = environment["BREADBOARD_DIFFERENTIAL_SEED"].flatMap { UInt64($0) } ?? 1
  private static let canRun = !Compiler.available.isEmpty && ProgramRun.qemu != nil

  /// Programs whose course hangs on QEMU's own time.
  private static let timed: Set = ["interrupts", "tasks"]

  @Test(
    .enabled(if: canRun, "no qemu-system-arm or no arm-none-eabi-gcc"),
    arguments: ProgramBuild.programs.filter { !timed.contains($0) })
  func program_goesTheSameWayStepByStep(program: String) throws {
    guard let qemu = ProgramRun.qemu else { return }
    let scratch = try Scratch()
    let turn = Int(Self.seed % 4) + (ProgramBuild.programs.firstIndex(of: program) ?? 0)
    let core = ProgramCore.available[turn % ProgramCore.available.count]
    let compiler = Compiler.available[turn % Compiler.available.count]
    let build = ProgramBuild(
      program: program, core: core, compiler: compiler, level: ProgramBuild.levels[turn % 4])
    let elf = try build.build(in: scratch.url)
    let lock = try LockStep(elf: elf, core: core, qemu: qemu)
    for place in [nil] + (try functions(of: elf)) {
      if let place, try !lock.run(to: place) { break }
      if let difference = try lock.step(Self.length) {
        Issue.record("\(build): \(difference)")
        return
      }
    }
    #expect(lock.steps >= Self.length / 2, "\(build)")
  }

  /// A few functions, in the order of their addresses, which is often that of their calls.
  private func functions(of elf: String) throws -> [UInt32] {
    let file = URL(fileURLWithPath: elf)
    let image = try Image.parse(
      Array(Data(contentsOf: file)), name: file.lastPathComponent, rawLoadAddress: Address(0))
    let own = image.symbols.filter { $0.address.bits < 0x2000_0000 && $0.size.count > 8 }
    var state = Self.seed &* 0x9E37_79B9_7F4A_7C15 | 1
    let chosen = own.filter { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 60 < 3
    }
    return chosen.map { $0.address.bits & ~1 }.sorted().prefix(3).map { $0 }
  }
}
