// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

@testable import CortexM

/// One tier with the instruction mix in flash, run again and again with interrupts at other times.
final class InterruptedMachine {
  /// When and how a run is interrupted.
  struct Plan: CustomStringConvertible {
    enum Source { case sysTick, line }
    var source: Source
    /// SysTick's reload value; cycles from the start for the line.
    var offset: UInt32
    /// r10 of the mix: what handlers do.
    var actions: UInt32

    var description: String { "\(source) at \(offset), actions \(actions)" }
  }

  /// Everything that tiers must agree on.
  struct Picture: Equatable {
    var outcome = ""
    var registers: [UInt32] = []
    var singles: [UInt32] = []
    var status: [UInt32] = []
    var cycles: UInt64 = 0
    var instructions: UInt64 = 0
    /// Exception number and cycle of each entry and return.
    var entries: [[UInt64]] = []
    var memory: [UInt32] = []
  }

  let core: Core
  private let bus = EntryRecorder()
  private let flash: UnsafeMutableRawPointer
  private let ram: UnsafeMutableRawPointer

  private static let ramBase: UInt32 = 0x2000_0000
  private static let size = 0x4000

  init(_ tier: Tier) {
    flash = .allocate(byteCount: Self.size, alignment: 16)
    ram = .allocate(byteCount: Self.size, alignment: 16)
    flash.initializeMemory(as: UInt8.self, repeating: 0, count: Self.size)
    flash.copyMemory(from: InstructionMix.words, byteCount: InstructionMix.words.count * 4)
    core = Core(CoreConfiguration(interruptCount: 2), bus: bus)
    tier.prepare(core)
    attach(flash, 0, isWritable: false)
    attach(ram, Self.ramBase, isWritable: true)
  }

  deinit {
    flash.deallocate()
    ram.deallocate()
  }

  private func attach(_ bytes: UnsafeMutableRawPointer, _ base: UInt32, isWritable: Bool) {
    core.attach(
      memory: AttachedMemory(
        base: Address(base), bytes: bytes.assumingMemoryBound(to: UInt8.self),
        size: ByteCount(Self.size), isWritable: isWritable))
  }

  /// From reset to the breakpoint at the end of the mix; nil is not to interrupt it at all.
  func run(_ plan: Plan?) -> Picture {
    reset()
    let (start, executed) = (core.now, core.instructionsExecuted)
    core[register: 10] = plan?.actions ?? 0
    var outcome = Outcome.deadline
    if let plan, plan.source == .sysTick { core[register: 0] = plan.offset }
    if let plan, plan.source == .line {
      outcome = core.run(until: start + Cycles(UInt64(plan.offset)))
      core.setInterrupt(0, raised: true)
      core.setInterrupt(0, raised: false)
    }
    if case .deadline = outcome { outcome = core.run(until: start + Cycles(100_000)) }
    return picture(outcome, since: start, executed)
  }

  private func reset() {
    ram.initializeMemory(as: UInt8.self, repeating: 0, count: Self.size)
    bus.entries.removeAll(keepingCapacity: true)
    core.reset(vectorTable: Address(0))
    for index in 0..<32 { core[single: index] = 0x3F80_0000 &+ UInt32(index) << 16 }
    let settings: [(UInt32, UInt32)] = [
      (0xE000_ED88, 0xF << 20),  // CPACR
      (0xE000_ED20, 0x8000_0000),  // SHPR3: SysTick
      (0xE000_E100, 3),  // NVIC_ISER0
      (0xE000_E400, 0x0000_4080),  // NVIC_IPR0: line 1 before line 0 and SysTick
    ]
    for (register, value) in settings {
      _ = core.writeAligned(register, value, 4, privileged: true)
    }
  }

  private func picture(_ outcome: Outcome, since start: Instant, _ executed: UInt64) -> Picture {
    let words = UnsafeBufferPointer(
      start: ram.assumingMemoryBound(to: UInt32.self), count: Self.size / 4)
    var name = "other"
    if case .breakpoint(let number) = outcome { name = "breakpoint \(number)" }
    let origin = start.sinceReset.count
    return Picture(
      outcome: name, registers: (0..<16).map { core[register: $0] },
      singles: (0..<32).map { core[single: $0] },
      status: [core.xpsr, core.control, core.floatingPointStatus],
      cycles: core.now.sinceReset.count - origin,
      instructions: core.instructionsExecuted - executed,
      entries: bus.entries.map { [$0.number, $0.cycle - origin] }, memory: Array(words))
  }
}

extension InterruptedMachine.Picture {
  /// What the interrupted program itself has made: without time, and without what handlers leave
  /// in their log and below the stack pointer.
  var program: Self {
    var copy = self
    (copy.cycles, copy.instructions, copy.entries) = (0, 0, [])
    let log = InstructionMix.log
    for index in memory.indices {
      let address = 0x2000_0000 + UInt32(index * 4)
      if log.contains(address) || (0x2000_3800..<0x2000_4000).contains(address) {
        copy.memory[index] = 0
      }
    }
    // What handlers do.
    copy.registers[10] = 0
    return copy
  }

  /// Where two pictures part, in words.
  func differences(from other: Self) -> String {
    var found: [String] = []
    func compare(_ name: String, _ a: String, _ b: String) {
      if a != b { found.append("\(name): \(a), \(b)") }
    }
    func compare(_ name: String, _ a: [UInt32], _ b: [UInt32]) {
      for (index, pair) in zip(a, b).enumerated() where pair.0 != pair.1 && found.count < 12 {
        found.append("\(name)\(index): \(hex(pair.0)), \(hex(pair.1))")
      }
    }
    compare("outcome", outcome, other.outcome)
    compare("cycles", "\(cycles)", "\(other.cycles)")
    compare("instructions", "\(instructions)", "\(other.instructions)")
    compare("entries", "\(entries)", "\(other.entries)")
    compare("r", registers, other.registers)
    compare("s", singles, other.singles)
    compare("xpsr, control, fpscr ", status, other.status)
    compare("word ", memory, other.memory)
    return found.joined(separator: "\n  ")
  }
}

/// Nothing answers outside memory; entries and returns are written down.
private final class EntryRecorder: SystemBus {
  var entries: [(number: UInt64, cycle: UInt64)] = []

  func read(_ address: Address, _ width: BusWidth, at now: Instant) -> BusAnswer { .fault }
  func write(_ address: Address, _ value: UInt32, _ width: BusWidth, at now: Instant) -> Bool {
    false
  }
  func trace(port: Int, value: UInt32, width: BusWidth, at now: Instant) {}
  func interruptEntered(_ exceptionNumber: Int, at now: Instant) {
    entries.append((UInt64(exceptionNumber), now.sinceReset.count))
  }
  func interruptReturned(_ exceptionNumber: Int, at now: Instant) {
    entries.append((1000 + UInt64(exceptionNumber), now.sinceReset.count))
  }
}
