// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

@testable import CortexM

/// The core itself, on one of its tiers.
final class CoreMachine: MachineUnderTest {
  let name: String
  let memory: TestMemory
  private let core: Core
  private let bus = NoBus()
  private let vectors: UnsafeMutablePointer<UInt8>

  private static let handler: UInt32 = 0x200

  init(_ tested: TestedCore, _ tier: Tier) {
    name = "\(tier)"
    memory = TestMemory()
    core = Core(tested.configuration, bus: bus)
    tier.prepare(core)
    vectors = .allocate(capacity: 0x400)
    vectors.initialize(repeating: 0, count: 0x400)
    let words = UnsafeMutableRawPointer(vectors)
    for vector in 0..<16 {
      words.storeBytes(of: Self.handler | 1, toByteOffset: vector * 4, as: UInt32.self)
    }
    attach(vectors, 0, 0x400, isWritable: false)
    attach(
      memory.code.assumingMemoryBound(to: UInt8.self), TestMemory.codeBase, TestMemory.codeSize,
      isWritable: false)
    attach(
      memory.data.assumingMemoryBound(to: UInt8.self), TestMemory.dataBase, TestMemory.dataSize,
      isWritable: true)
    core.unhandledHandlers = [Self.handler]
  }

  deinit { vectors.deallocate() }

  private func attach(
    _ bytes: UnsafeMutablePointer<UInt8>, _ base: UInt32, _ size: Int, isWritable: Bool
  ) {
    core.attach(
      memory: AttachedMemory(
        base: Address(base), bytes: bytes, size: ByteCount(size), isWritable: isWritable))
  }

  func load(_ state: ProcessorState) {
    core.reset(vectorTable: Address(0))
    core.invalidateCode(
      TestMemory.codeBase..<TestMemory.codeBase + UInt32(TestMemory.codeSize))
    // CPACR: full access; FPCA: no new context, which would load FPDSCR.
    if core.configuration.hasFloatingPointUnit {
      _ = core.writeAligned(0xE000_ED88, 0xF << 20, 4, privileged: true)
      core.processor.isFloatingPointActive = true
      core.updateFloatingPointReady()
    }
    for index in 0..<15 { core[register: index] = state.registers[index] }
    core[register: 15] = TestMemory.entry
    let ifThen = UInt32(state.ifThen)
    core.statusRegister = state.flags | 1 << 24 | (ifThen & 3) << 25 | (ifThen & 0xFC) << 8
    guard core.configuration.hasFloatingPointUnit else { return }
    for index in 0..<32 { core[single: index] = state.singles[index] }
    core.state.pointee.fpscr = FPSCR(state.fpscr)
  }

  var state: ProcessorState {
    var state = ProcessorState()
    for index in 0..<16 { state.registers[index] = core[register: index] }
    let status = core.xpsr
    state.flags = status & ProcessorState.flagsMask
    state.ifThen = UInt8(truncatingIfNeeded: status >> 25 & 3 | status >> 8 & 0xFC)
    guard core.configuration.hasFloatingPointUnit else { return state }
    for index in 0..<32 { state.singles[index] = core[single: index] }
    state.fpscr = core.floatingPointStatus
    return state
  }

  /// The code ends with a breakpoint.
  func run(until end: UInt32) -> Ending {
    if case .breakpoint = core.run(until: .never), core[register: 15] == end { return .completed }
    return .faulted
  }

  /// An instruction that began before the deadline is finished, and no other begun.
  func step() -> Ending {
    if case .deadline = core.run(until: core.now + Cycles(1)) { return .completed }
    return .faulted
  }
}

/// Nothing answers outside memory.
private final class NoBus: SystemBus {
  func read(_ address: Address, _ width: BusWidth, at now: Instant) -> BusAnswer { .fault }
  func write(_ address: Address, _ value: UInt32, _ width: BusWidth, at now: Instant) -> Bool {
    false
  }
  func trace(port: Int, value: UInt32, width: BusWidth, at now: Instant) {}
  func interruptEntered(_ exceptionNumber: Int, at now: Instant) {}
  func interruptReturned(_ exceptionNumber: Int, at now: Instant) {}
}
