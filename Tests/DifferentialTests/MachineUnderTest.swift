// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexMJIT

@testable import CortexM

/// Something that runs a few instructions from `TestMemory.entry` on a given state.
protocol MachineUnderTest: AnyObject {
  /// What differences are attributed to.
  var name: String { get }
  var memory: TestMemory { get }
  /// Takes everything but r15, which is always `TestMemory.entry`.
  func load(_ state: ProcessorState)
  /// Runs straight-line code until `end`.
  func run(until end: UInt32) -> Ending
  /// Runs one instruction, wherever it leads.
  func step() -> Ending
  var state: ProcessorState { get }
}

extension UnicornMachine: MachineUnderTest {
  var name: String { "Unicorn" }
}

/// Our ways of running an instruction, slowest first.
enum Tier: CaseIterable {
  case stepper, blocks, jit

  /// Makes a core run this way.
  func prepare(_ core: Core) {
    core.stepsOnly = self == .stepper
    if self == .jit, case .success(let compiler) = JustInTime.make() {
      core.accelerator = compiler
    }
  }

  /// Those that this host has: a JIT only where there is a compiler for its processor.
  static let available = allCases.filter { $0 != .jit || JustInTime.obstacle == nil }

  func makeMachine(_ core: TestedCore) -> any MachineUnderTest { CoreMachine(core, self) }
}
