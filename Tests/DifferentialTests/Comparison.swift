// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

@testable import CortexM

/// Runs cases on two machines and says where they part.
final class Comparison {
  let subject: Subject
  let ours: any MachineUnderTest
  let reference: UnicornMachine
  private let noise = TestMemory()
  private let targets = TestMemory()

  init(_ subject: Subject) throws {
    self.subject = subject
    ours = subject.tier.makeMachine(subject.core)
    reference = try UnicornMachine(subject.core)
    var bits = SeededBits(seed: 0x0E0E)
    noise.fill(using: &bits)
    targets.fillWithTargets(using: &bits)
  }

  /// Nil when they agree, else everything needed to see why.
  func disagreement(on test: DifferentialCase) -> String? {
    let (ourEnding, ourState) = run(test, on: ours)
    var (ending, state) = run(test, on: reference)
    Exclusion.correct(&state)
    // Unicorn reports a branch out of its memory as a fault of the branch, with pc at the target.
    let isSameEnding = ourEnding == ending || (test.branches && ourEnding == .completed)
    let memoryIsEqual = ours.memory.equals(reference.memory)
    if isSameEnding, ourState == state, memoryIsEqual { return nil }
    // Ours has begun to take the exception.
    if ourEnding == .faulted, ending == .faulted, test.mayFault { return nil }
    var lines = ["seed 0x\(String(test.seed, radix: 16))"]
    for (word, isWide) in test.instructions {
      lines.append("    \(hex(word)) \(disassemble(word, isWide: isWide))")
    }
    lines.append("  before: \(test.state)")
    lines.append("  \(ours.name): \(ourEnding), Unicorn: \(ending)")
    lines += ourState.differences(from: state).map { "  " + $0 }
    if !memoryIsEqual {
      lines += ours.memory.differences(from: reference.memory).map { "  " + $0 }
    }
    return lines.joined(separator: "\n")
  }

  func endings(of test: DifferentialCase) -> (ours: Ending, reference: Ending) {
    (run(test, on: ours).0, run(test, on: reference).0)
  }

  private func run(
    _ test: DifferentialCase, on machine: any MachineUnderTest
  ) -> (Ending, ProcessorState) {
    machine.memory.fill(from: test.memoryHoldsTargets ? targets : noise)
    // A breakpoint behind the code ends it for machines that know no other end.
    machine.memory.place(test.code + [0xBE00], at: TestMemory.entry)
    machine.load(test.state)
    let ending = test.branches ? machine.step() : machine.run(until: test.end)
    return (ending, machine.state)
  }

  private func disassemble(_ word: UInt32, isWide: Bool) -> String {
    let (first, second) =
      isWide ? (UInt16(word >> 16), UInt16(truncatingIfNeeded: word)) : (UInt16(word), 0)
    return Disassembler.text(
      first, second, at: TestMemory.entry, for: subject.core.architecture)
  }
}
