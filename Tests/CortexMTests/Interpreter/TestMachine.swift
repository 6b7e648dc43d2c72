// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

@testable import CortexM

/// A core with 64 KiB of flash at 0 and 64 KiB of RAM at 0x20000000, and a bus that writes down
/// what it sees. Vectors are 0 until set; the program starts at 0x200.
final class TestMachine: SystemBus {
  let core: Core
  let flash: UnsafeMutablePointer<UInt8>
  let ram: UnsafeMutablePointer<UInt8>
  private let bus: Recorder

  static let size = 0x1_0000
  static let start: UInt32 = 0x200
  static let ramBase: UInt32 = 0x2000_0000
  static let stackTop: UInt32 = 0x2000_8000

  /// What the bus answers to reads of 0x40000000 to 0x4000FFFF; elsewhere it faults.
  var device: (UInt32) -> UInt32 = { _ in 0 }
  var onWrite: (UInt32, UInt32) -> Void = { _, _ in }
  private(set) var writes: [[UInt32]] = []
  private(set) var traced: [[UInt32]] = []
  /// Exception numbers with the cycle of their handler's first instruction.
  private(set) var entered: [(number: Int, cycle: UInt64)] = []
  private(set) var returned: [Int] = []
  private(set) var unmodelled: [UInt32] = []

  init(
    _ program: [UInt16] = [], stepsOnly: Bool = false,
    _ configuration: CoreConfiguration = CoreConfiguration(interruptCount: 48)
  ) {
    flash = .allocate(capacity: Self.size)
    ram = .allocate(capacity: Self.size)
    flash.initialize(repeating: 0, count: Self.size)
    ram.initialize(repeating: 0, count: Self.size)
    bus = Recorder()
    core = Core(configuration, bus: bus)
    core.stepsOnly = stepsOnly
    bus.machine = self
    attach(flash, 0, isWritable: false)
    attach(ram, Self.ramBase, isWritable: true)
    setWord(0, Self.stackTop)
    setVector(1, Self.start)
    place(program, at: Self.start)
    core.reset(vectorTable: Address(0))
  }

  deinit {
    flash.deallocate()
    ram.deallocate()
  }

  private func attach(_ bytes: UnsafeMutablePointer<UInt8>, _ base: UInt32, isWritable: Bool) {
    core.attach(
      memory: AttachedMemory(
        base: Address(base), bytes: bytes, size: ByteCount(Self.size), isWritable: isWritable))
  }

  // MARK: Memory

  func setWord(_ address: UInt32, _ value: UInt32) {
    let isRAM = address >= Self.ramBase
    let offset = Int(address) & (Self.size - 1)
    UnsafeMutableRawPointer(isRAM ? ram : flash).storeBytes(
      of: value, toByteOffset: offset, as: UInt32.self)
  }

  func word(_ address: UInt32) -> UInt32 {
    let bytes = core.peek(Address(address), count: 4) ?? []
    return bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  func place(_ halves: [UInt16], at address: UInt32) {
    let bytes = address >= Self.ramBase ? ram : flash
    for (index, half) in halves.enumerated() {
      UnsafeMutableRawPointer(bytes).storeBytes(
        of: half, toByteOffset: Int(address) & (Self.size - 1) + index * 2, as: UInt16.self)
    }
  }

  func setVector(_ number: Int, _ handler: UInt32) {
    setWord(UInt32(number * 4), handler | 1)
  }

  /// Handler code, placed at 0x1000 + 0x40 × number.
  func setHandler(_ number: Int, _ halves: [UInt16]) {
    let address = 0x1000 + UInt32(number) * 0x40
    setVector(number, address)
    place(halves, at: address)
  }

  // MARK: Running

  var cycle: UInt64 { core.now.sinceReset.count }

  @discardableResult func run(_ cycles: UInt64) -> Outcome {
    core.run(until: core.now + Cycles(cycles))
  }

  /// Runs one instruction, or takes one exception.
  @discardableResult func step(_ count: Int = 1) -> Outcome {
    var outcome = Outcome.deadline
    for _ in 0..<count { outcome = run(1) }
    return outcome
  }

  /// Writes a word-sized system register from the host's side.
  func control(_ address: UInt32, _ value: UInt32) {
    _ = core.writeAligned(address, value, 4, privileged: true)
  }

  func control(_ address: UInt32) -> UInt32 {
    core.readAligned(address, 4, privileged: true) ?? 0xDEAD_DEAD
  }

  /// Enables an interrupt with a priority byte.
  func enable(_ line: Int, priority: UInt32 = 0) {
    control(0xE000_E100 + UInt32(line / 32 * 4), 1 << UInt32(line % 32))
    _ = core.writeAligned(0xE000_E400 + UInt32(line), priority, 1, privileged: true)
  }

  /// Interrupt lines that move at a cycle, in order; what moves them is between two instructions
  /// or in the middle of one.
  var schedule: [(cycle: UInt64, line: Int, raised: Bool)] = []

  /// Runs as a machine does: up to each event, which is delivered, until the outcome is another.
  @discardableResult func runSchedule(until end: UInt64) -> Outcome {
    while true {
      let next = min(end, deliverEvents(at: core.now).sinceReset.count)
      if cycle >= end { return .deadline }
      let outcome = core.run(until: Instant(sinceReset: Cycles(next)))
      switch outcome {
      case .deadline, .yielded: continue
      default: return outcome
      }
    }
  }

  // MARK: The bus

  func deliverEvents(at now: Instant) -> Instant {
    while let event = schedule.first, event.cycle <= now.sinceReset.count {
      schedule.removeFirst()
      core.setInterrupt(event.line, raised: event.raised)
    }
    return schedule.first.map { Instant(sinceReset: Cycles($0.cycle)) } ?? .never
  }

  func read(_ address: Address, _ width: BusWidth, at now: Instant) -> BusAnswer {
    if address.bits >> 28 == 0xE { unmodelled.append(address.bits) }
    return address.bits >> 16 == 0x4000 ? .value(device(address.bits)) : .fault
  }

  func write(_ address: Address, _ value: UInt32, _ width: BusWidth, at now: Instant) -> Bool {
    if address.bits >> 28 == 0xE { unmodelled.append(address.bits) }
    guard address.bits >> 16 == 0x4000 else { return false }
    writes.append([address.bits, value])
    onWrite(address.bits, value)
    return true
  }

  func trace(port: Int, value: UInt32, width: BusWidth, at now: Instant) {
    traced.append([UInt32(port), value, UInt32(width.rawValue)])
  }
  func interruptEntered(_ exceptionNumber: Int, at now: Instant) {
    entered.append((exceptionNumber, now.sinceReset.count))
  }
  func interruptReturned(_ exceptionNumber: Int, at now: Instant) {
    returned.append(exceptionNumber)
  }
}

/// Passes everything on to the machine, which the core must not own.
private final class Recorder: SystemBus {
  weak var machine: TestMachine?

  func read(_ address: Address, _ width: BusWidth, at now: Instant) -> BusAnswer {
    machine?.read(address, width, at: now) ?? .fault
  }
  func write(_ address: Address, _ value: UInt32, _ width: BusWidth, at now: Instant) -> Bool {
    machine?.write(address, value, width, at: now) ?? false
  }
  func trace(port: Int, value: UInt32, width: BusWidth, at now: Instant) {
    machine?.trace(port: port, value: value, width: width, at: now)
  }
  func deliverEvents(at now: Instant) -> Instant { machine?.deliverEvents(at: now) ?? .never }
  func interruptEntered(_ exceptionNumber: Int, at now: Instant) {
    machine?.interruptEntered(exceptionNumber, at: now)
  }
  func interruptReturned(_ exceptionNumber: Int, at now: Instant) {
    machine?.interruptReturned(exceptionNumber, at: now)
  }
}

extension Outcome {
  /// The case without its payload, for comparisons.
  var name: String {
    switch self {
    case .deadline: "deadline"
    case .sleeping(let sleep): "sleeping \(sleep)"
    case .yielded: "yielded"
    case .breakpoint(let number): "breakpoint \(number)"
    case .unhandled(let report): "unhandled \(report.exceptionNumber)"
    case .lockup: "lockup"
    case .resetRequested: "reset"
    }
  }

  var report: FaultReport? {
    switch self {
    case .unhandled(let report), .lockup(let report): report
    default: nil
    }
  }
}

/// SplitMix64 (Steele, Lea and Flood, 2014): a seeded source of test cases.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}
