// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexMJIT
import MachineModel

@testable import CortexM

/// A core with 64 KiB of flash at 0 and of RAM at 0x20000000 and a bus that answers with what it
/// is asked, run by one of two tiers.
final class TierMachine: SystemBus {
  let core: Core
  let flash: UnsafeMutablePointer<UInt8>
  let ram: UnsafeMutablePointer<UInt8>
  private let bus: Relay
  let accelerator: JustInTime?

  static let size = 0x1_0000
  static let start: UInt32 = 0x200
  static let ramBase: UInt32 = 0x2000_0000
  static let stackTop: UInt32 = 0x2000_8000

  private(set) var writes: [[UInt32]] = []
  private(set) var entered: [UInt64] = []

  /// - Parameter flashWaits: cycles of a data read from flash.
  /// - Parameter engine: instead of this machine's own JIT.
  init(
    isAccelerated: Bool, flashWaits: Int = 0, fetchWaits: Int = 0,
    engine: (() -> JustInTime?)? = nil
  ) {
    flash = .allocate(capacity: Self.size)
    ram = .allocate(capacity: Self.size)
    flash.initialize(repeating: 0, count: Self.size)
    ram.initialize(repeating: 0, count: Self.size)
    bus = Relay()
    core = Core(CoreConfiguration(interruptCount: 48), bus: bus)
    let make = engine ?? { try? JustInTime.make().get() }
    accelerator = isAccelerated ? make() : nil
    core.stepsOnly = !isAccelerated
    core.accelerator = accelerator
    bus.machine = self
    core.attach(
      memory: AttachedMemory(
        base: Address(0), bytes: flash, size: ByteCount(Self.size), isWritable: false,
        instructionWaitStates: fetchWaits, dataWaitStates: flashWaits))
    core.attach(
      memory: AttachedMemory(
        base: Address(Self.ramBase), bytes: ram, size: ByteCount(Self.size), isWritable: true))
    setWord(0, Self.stackTop)
    setWord(4, Self.start | 1)
    for number in 2..<64 { setHandler(number) }
    restart()
  }

  /// Out of whatever handler or lockup the program before has led to.
  func restart() {
    core.reset(vectorTable: Address(0))
    // Every core may use the FPU; lines 0 to 7 interrupt.
    _ = core.writeAligned(0xE000_ED88, 0xF << 20, 4, privileged: true)
    _ = core.writeAligned(0xE000_E100, 0xFF, 4, privileged: true)
    core.watchStack(.main, region: 0x2000_7000..<0x2000_8000)
  }

  deinit {
    flash.deallocate()
    ram.deallocate()
  }

  /// adds r0, #1; ldr r1, [sp, #24]; adds r1, #2; str r1, [sp, #24]; bx lr: past the culprit.
  private func setHandler(_ number: Int) {
    let address = 0x1000 + UInt32(number) * 0x40
    setWord(UInt32(number * 4), address | 1)
    place([0x3001, 0x9906, 0x3102, 0x9106, 0x4770], at: address)
  }

  func setWord(_ address: UInt32, _ value: UInt32) {
    let bytes = address >= Self.ramBase ? ram : flash
    UnsafeMutableRawPointer(bytes).storeBytes(
      of: value, toByteOffset: Int(address) & (Self.size - 1), as: UInt32.self)
  }

  func place(_ halves: [UInt16], at address: UInt32) {
    for (index, half) in halves.enumerated() {
      UnsafeMutableRawPointer(address >= Self.ramBase ? ram : flash).storeBytes(
        of: half, toByteOffset: Int(address) & (Self.size - 1) + index * 2, as: UInt16.self)
    }
  }

  /// Runs for some cycles; a sleep ends and a breakpoint is passed.
  func run(_ cycles: UInt64) -> String {
    let outcome = core.run(until: core.now + Cycles(cycles))
    switch outcome {
    case .sleeping:
      core.advance(to: core.now + Cycles(cycles))
      return "sleeping"
    case .breakpoint:
      core.skipBreakpoint()
      return "breakpoint"
    case .deadline: return "deadline"
    case .yielded: return "yielded"
    case .unhandled(let report): return "unhandled \(report.exceptionNumber)"
    case .lockup: return "lockup"
    case .resetRequested: return "reset"
    }
  }

  /// Everything that a guest or a machine could tell apart.
  var picture: [String] {
    let use = core.stackUse(.main)
    var lines = ["cycle \(core.now.sinceReset.count) instructions \(core.instructionsExecuted)"]
    lines.append((0..<16).map { String(core[register: $0], radix: 16) }.joined(separator: " "))
    lines.append((0..<32).map { String(core[single: $0], radix: 16) }.joined(separator: " "))
    lines.append("xpsr \(String(core.xpsr, radix: 16)) it \(core.state.pointee.itState)")
    lines.append("fpscr \(String(core.floatingPointStatus, radix: 16))")
    lines.append("control \(core.control) cfsr \(String(core.faults.cfsr, radix: 16))")
    lines.append("stack \(use.lowestPointer ?? 0) \(use.lowestWrite ?? 0)")
    lines.append("entered \(entered.suffix(4)) wrote \(writes.suffix(2))")
    return lines
  }

  var checksum: UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    UnsafeRawBufferPointer(start: ram, count: Self.size).withMemoryRebound(to: UInt64.self) {
      for word in $0 { hash = (hash ^ word) &* 0x100_0000_01B3 }
    }
    return hash
  }

  // MARK: The bus

  func read(_ address: Address, _ width: BusWidth, at now: Instant) -> BusAnswer {
    guard address.bits >> 16 == 0x4000 else { return .fault }
    return .value(address.bits &* 0x9E37_79B9 ^ UInt32(truncatingIfNeeded: now.sinceReset.count))
  }

  func write(_ address: Address, _ value: UInt32, _ width: BusWidth, at now: Instant) -> Bool {
    guard address.bits >> 16 == 0x4000 else { return false }
    writes.append([address.bits, value, UInt32(truncatingIfNeeded: now.sinceReset.count)])
    if writes.count > 100 { writes.removeFirst(50) }
    return true
  }

  func trace(port: Int, value: UInt32, width: BusWidth, at now: Instant) {}
  func interruptEntered(_ exceptionNumber: Int, at now: Instant) {
    entered.append(now.sinceReset.count << 8 | UInt64(exceptionNumber))
    if entered.count > 100 { entered.removeFirst(50) }
  }
  func interruptReturned(_ exceptionNumber: Int, at now: Instant) {}
}

/// Passes everything on to the machine, which the core must not own.
private final class Relay: SystemBus {
  weak var machine: TierMachine?

  func read(_ address: Address, _ width: BusWidth, at now: Instant) -> BusAnswer {
    machine?.read(address, width, at: now) ?? .fault
  }
  func write(_ address: Address, _ value: UInt32, _ width: BusWidth, at now: Instant) -> Bool {
    machine?.write(address, value, width, at: now) ?? false
  }
  func trace(port: Int, value: UInt32, width: BusWidth, at now: Instant) {}
  func interruptEntered(_ exceptionNumber: Int, at now: Instant) {
    machine?.interruptEntered(exceptionNumber, at: now)
  }
  func interruptReturned(_ exceptionNumber: Int, at now: Instant) {}
}

/// SplitMix64 (Steele, Lea and Flood, 2014): a seeded source of test cases.
struct SeededCases: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x1234_5678_9ABC_DEF1 }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &self) == 0 }

  /// Numbers where something happens, more often than others.
  mutating func word() -> UInt32 {
    switch Int.random(in: 0..<8, using: &self) {
    case 0: UInt32.random(in: 0...40, using: &self)
    case 1: 0 &- UInt32.random(in: 0...40, using: &self)
    case 2: 0x8000_0000 &+ UInt32.random(in: 0...2, using: &self) &- 1
    case 3: 0x8000_8000 ^ 1 << UInt32.random(in: 0...31, using: &self)
    default: UInt32.random(in: 0...UInt32.max, using: &self)
    }
  }

  /// An address that mostly leads somewhere.
  mutating func address() -> UInt32 {
    let offset = UInt32.random(in: 0...0xFFFF, using: &self)
    switch Int.random(in: 0..<12, using: &self) {
    case 0: return offset
    case 1: return 0x4000_0000 + offset
    case 2: return 0x2000_0000 + offset
    case 3: return 0x2000_FFC0 + offset & 0x7C
    case 4: return 0x2000_6FC0 + offset & 0x7F
    case 5: return offset & 0xFFFC
    default: return 0x2000_0000 + offset & 0xFFFF_FFFC
    }
  }

  /// A single-precision number of every kind.
  mutating func single() -> UInt32 {
    let word = UInt32.random(in: 0...UInt32.max, using: &self)
    switch Int.random(in: 0..<10, using: &self) {
    case 0: return word & 0x8000_0000
    case 1: return word & 0x807F_FFFF
    case 2: return word & 0x8000_0000 | 0x7F80_0000
    case 3: return word & 0x803F_FFFF | 0x7FC0_0000
    case 4: return word & 0x803F_FFFF | 0x7F80_0001
    case 5: return word & 0x80FF_FFFF
    case 6: return word
    default: return word & 0xBFFF_FFFF | 0x3000_0000
    }
  }
}
