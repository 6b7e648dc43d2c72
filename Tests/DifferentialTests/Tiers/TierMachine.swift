// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

@testable import CortexM

/// One tier of one core in a small machine that is used again and again: flash, RAM, a device that
/// answers with the time, handlers that step over what faulted.
final class TierMachine {
  static let flashSize = 0x2000
  static let flashEntry: UInt32 = 0x1000
  static let ramBase: UInt32 = 0x2000_0000
  static let ramSize = 0x1000
  static let ramEntry: UInt32 = 0x2000_0400
  static let dataMiddle: UInt32 = 0x2000_0800
  static let stackMiddle: UInt32 = 0x2000_0C00
  static let deviceBase: UInt32 = 0x4000_0000
  private static let handler: UInt32 = 0x200

  let tier: Tier
  let core: Core
  private let bus = ClockDevice()
  private let flash: UnsafeMutableRawPointer
  private let ram: UnsafeMutableRawPointer
  /// What RAM and the rest of flash hold when a program starts.
  private let noise: UnsafeMutableRawPointer
  private var codeLength = 0

  init(_ tested: TestedCore, _ tier: Tier) {
    self.tier = tier
    flash = .allocate(byteCount: Self.flashSize + 16, alignment: 64)
    ram = .allocate(byteCount: Self.ramSize + 16, alignment: 64)
    noise = .allocate(byteCount: Self.flashSize, alignment: 64)
    var configuration = tested.configuration
    configuration.interruptCount = 4
    core = Core(configuration, bus: bus)
    bus.core = core
    tier.prepare(core)
    fillMemories()
    attach(flash, 0, Self.flashSize, isWritable: false)
    attach(ram, Self.ramBase, Self.ramSize, isWritable: true)
  }

  deinit {
    flash.deallocate()
    ram.deallocate()
    noise.deallocate()
  }

  private func fillMemories() {
    var bits = SeededBits(seed: 0xF1A5)
    for offset in stride(from: 0, to: Self.flashSize, by: 8) {
      noise.storeBytes(of: bits.next(), toByteOffset: offset, as: UInt64.self)
    }
    flash.copyMemory(from: noise, byteCount: Self.flashSize)
    for vector in 1..<20 {
      flash.storeBytes(of: Self.handler | 1, toByteOffset: vector * 4, as: UInt32.self)
    }
    flash.storeBytes(of: Self.stackMiddle, toByteOffset: 0, as: UInt32.self)
    // adds r0, #1; ldr r1, [sp, #24]; adds r1, #2; str r1, [sp, #24]; bx lr: past the culprit.
    for (index, half) in ([0x3001, 0x9906, 0x3102, 0x9106, 0x4770] as [UInt16]).enumerated() {
      flash.storeBytes(of: half, toByteOffset: Int(Self.handler) + index * 2, as: UInt16.self)
    }
  }

  private func attach(
    _ bytes: UnsafeMutableRawPointer, _ base: UInt32, _ size: Int, isWritable: Bool
  ) {
    core.attach(
      memory: AttachedMemory(
        base: Address(base), bytes: bytes.assumingMemoryBound(to: UInt8.self),
        size: ByteCount(size), isWritable: isWritable, instructionWaitStates: isWritable ? 0 : 1,
        dataWaitStates: isWritable ? 0 : 2))
  }

  /// Puts a program where it runs. A copy in RAM is put there by each `start`.
  func place(_ program: TierProgram, cached: Bool) {
    core.setInstructionCache(enabled: cached)
    let target = flash + Int(Self.flashEntry)
    target.copyMemory(from: noise + Int(Self.flashEntry), byteCount: codeLength)
    codeLength = program.code.count * 2
    program.code.withUnsafeBytes { bytes in
      if let source = bytes.baseAddress { target.copyMemory(from: source, byteCount: bytes.count) }
    }
    core.invalidateCode(0..<UInt32(Self.flashSize))
  }

  func start(_ program: TierProgram, _ start: TierStart) {
    ram.copyMemory(from: noise, byteCount: Self.ramSize)
    if program.isInRAM {
      (ram + Int(Self.ramEntry - Self.ramBase)).copyMemory(
        from: flash + Int(Self.flashEntry), byteCount: codeLength)
    }
    core.invalidateCode(Self.ramBase..<Self.ramBase + UInt32(Self.ramSize))
    for line in 0..<4 { core.setInterrupt(line, raised: false) }
    core.reset(vectorTable: Address(0))
    core.state.pointee.cycles = 0
    core.state.pointee.instructions = 0
    bus.reads = 0
    configure(start)
    for index in 0..<15 { core[register: index] = start.registers[index] }
    core[register: 15] = program.entry
    core.statusRegister = start.flags | 1 << 24
    core.state.pointee.lowestPointer = core[register: 13]
    core.watchStack(.main, region: Self.dataMiddle..<Self.stackMiddle + 0x100)
    guard core.configuration.hasFloatingPointUnit else { return }
    for index in 0..<32 { core[single: index] = start.singles[index] }
    core.state.pointee.fpscr = FPSCR(start.fpscr)
  }

  private func configure(_ start: TierStart) {
    func write(_ address: UInt32, _ value: UInt32) {
      _ = core.writeAligned(address, value, 4, privileged: true)
    }
    if start.configuration != 0x200 { write(0xE000_ED14, start.configuration) }
    write(0xE000_E100, 0xF)
    write(0xE000_E400, 0xC080_4000)
    if core.configuration.hasFloatingPointUnit, start.allowsFloats {
      write(0xE000_ED88, 0xF << 20)
      core.processor.isFloatingPointActive = true
      core.updateFloatingPointReady()
    }
    guard start.reload != 0 else { return }
    write(0xE000_E014, start.reload)
    write(0xE000_E018, 0)
    write(0xE000_E010, 7)
  }

  /// Runs to the next cut; false when nothing can go on.
  func run(_ slice: (cycles: UInt32, line: UInt32)) -> (code: Int, goesOn: Bool) {
    if slice.line != 0 {
      core.setInterrupt(Int(slice.line), raised: true)
      core.setInterrupt(Int(slice.line), raised: false)
    }
    let end = core.now + Cycles(UInt64(slice.cycles))
    switch core.run(until: end) {
    case .deadline: return (0, true)
    case .sleeping:
      core.advance(to: end)
      return (1, true)
    case .yielded: return (2, true)
    case .breakpoint(let number):
      core.skipBreakpoint()
      return (0x100 + Int(number), true)
    case .unhandled(let report): return (0x1000 + report.exceptionNumber, false)
    case .lockup(let report): return (0x2000 + report.exceptionNumber, false)
    case .resetRequested: return (3, false)
    }
  }

  // MARK: - Comparison

  /// Whether registers, flags, time and faults are equal; memory is compared at the end.
  func agrees(with other: TierMachine) -> Bool {
    let (a, b) = (core, other.core)
    return memcmp48(a.registers, b.registers) && a.now == b.now
      && a.instructionsExecuted == b.instructionsExecuted && a.xpsr == b.xpsr
      && a.floatingPointStatus == b.floatingPointStatus && a.control == b.control
      && a.faults.cfsr == b.faults.cfsr && a.faults.hfsr == b.faults.hfsr
      && a.state.pointee.lowestPointer == b.state.pointee.lowestPointer
      && a.state.pointee.watchLowest == b.state.pointee.watchLowest
      && a.stackPointer(.process) == b.stackPointer(.process) && bus.reads == other.bus.reads
  }

  private func memcmp48(
    _ a: UnsafeMutablePointer<UInt32>, _ b: UnsafeMutablePointer<UInt32>
  ) -> Bool {
    var difference: UInt32 = 0
    for index in 0..<48 { difference |= a[index] ^ b[index] }
    return difference == 0
  }

  func memoryAgrees(with other: TierMachine) -> Bool {
    var difference: UInt64 = 0
    for offset in stride(from: 0, to: Self.ramSize, by: 8) {
      difference |=
        ram.load(fromByteOffset: offset, as: UInt64.self)
        ^ other.ram.load(fromByteOffset: offset, as: UInt64.self)
    }
    return difference == 0
  }

  /// "name: this, other" for all that differs.
  func differences(from other: TierMachine) -> [String] {
    var found: [String] = []
    func compare(_ name: String, _ a: some BinaryInteger, _ b: some BinaryInteger) {
      if a != b { found.append("\(name): 0x\(String(a, radix: 16)), 0x\(String(b, radix: 16))") }
    }
    let (a, b) = (core, other.core)
    for index in 0..<16 { compare("r\(index)", a[register: index], b[register: index]) }
    for index in 0..<32 { compare("s\(index)", a[single: index], b[single: index]) }
    compare("cycles", a.now.sinceReset.count, b.now.sinceReset.count)
    compare("instructions", a.instructionsExecuted, b.instructionsExecuted)
    compare("xpsr", a.xpsr, b.xpsr)
    compare("fpscr", a.floatingPointStatus, b.floatingPointStatus)
    compare("control", a.control, b.control)
    compare("cfsr", a.faults.cfsr, b.faults.cfsr)
    compare("hfsr", a.faults.hfsr, b.faults.hfsr)
    compare("lowest pointer", a.state.pointee.lowestPointer, b.state.pointee.lowestPointer)
    compare("lowest write", a.state.pointee.watchLowest, b.state.pointee.watchLowest)
    compare("psp", a.stackPointer(.process), b.stackPointer(.process))
    compare("device reads", bus.reads, other.bus.reads)
    for offset in stride(from: 0, to: Self.ramSize, by: 4) where found.count < 30 {
      compare(
        "[\(hex(Self.ramBase + UInt32(offset)))]",
        ram.load(fromByteOffset: offset, as: UInt32.self),
        other.ram.load(fromByteOffset: offset, as: UInt32.self))
    }
    return found
  }
}

/// Answers reads with the time, so that a tier that is a cycle off in the middle of a block shows
/// it, and ends the run at some of the accesses.
private final class ClockDevice: SystemBus {
  unowned(unsafe) var core: Core?
  var reads = 0

  func read(_ address: Address, _ width: BusWidth, at now: Instant) -> BusAnswer {
    guard address.bits >> 12 == TierMachine.deviceBase >> 12 else { return .fault }
    reads += 1
    if address.bits & 0x40 != 0 { core?.yield() }
    let time = UInt32(truncatingIfNeeded: now.sinceReset.count)
    return .value(width == .word ? time : time & (width == .half ? 0xFFFF : 0xFF))
  }

  func write(_ address: Address, _ value: UInt32, _ width: BusWidth, at now: Instant) -> Bool {
    guard address.bits >> 12 == TierMachine.deviceBase >> 12 else { return false }
    reads &+= Int(truncatingIfNeeded: value) &+ Int(truncatingIfNeeded: now.sinceReset.count)
    if address.bits & 0x80 != 0 { core?.setInterrupt(0, raised: value & 1 != 0) }
    return true
  }

  func trace(port: Int, value: UInt32, width: BusWidth, at now: Instant) {}
  func interruptEntered(_ exceptionNumber: Int, at now: Instant) { reads &+= exceptionNumber }
  func interruptReturned(_ exceptionNumber: Int, at now: Instant) {}
}
