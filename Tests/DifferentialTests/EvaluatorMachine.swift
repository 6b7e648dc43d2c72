// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

@testable import CortexM

/// The semantics on plain values and flat memory, one instruction at a time: nothing between the
/// rows of the table and Unicorn.
final class EvaluatorMachine: MachineUnderTest {
  let name = "evaluator"
  let memory: TestMemory
  private var context: EvaluatorContext

  init() {
    memory = TestMemory()
    context = EvaluatorContext(memory: memory)
  }

  func load(_ state: ProcessorState) {
    context.core = state.registers
    context.singles = state.singles
    context.applicationStatus = state.flags
    context.ifThen = state.ifThen
    context.fpscr = FPSCR(state.fpscr)
    context.core[15] = TestMemory.entry
    context.hasFaulted = false
  }

  var state: ProcessorState {
    var state = ProcessorState()
    state.registers = context.core
    state.singles = context.singles
    state.flags = context.applicationStatus
    state.ifThen = context.ifThen
    state.fpscr = context.fpscr.bits
    return state
  }

  func run(until end: UInt32) -> Ending {
    while context.core[15] < end {
      if step() == .faulted { return .faulted }
    }
    return .completed
  }

  func step() -> Ending {
    let address = context.core[15]
    guard let first = context.halfword(at: address) else { return .faulted }
    let second = context.halfword(at: address &+ 2) ?? 0
    var operation = Decoder.decode(first, second).operation
    operation.address = address
    let ifThen = context.ifThen
    if ifThen & 0xF != 0 {
      operation = operation.insideIfThen(condition: ifThen >> 4, itState: ifThen)
    }
    context.core[15] = operation.nextAddress
    context.ifThen = ifThen & 7 == 0 ? 0 : ifThen & 0xE0 | ifThen << 1 & 0x1F
    let isConditional = operation.opcode == .branchConditional
    if isConditional || context.holds(operation.condition) { context.execute(operation) }
    return context.hasFaulted ? .faulted : .completed
  }
}

/// Registers, flags, and memory of `TestMemory`; every trap is a fault.
private struct EvaluatorContext: ValueContext {
  // Said, not inferred: inference tries every combination of overloads, for minutes.
  typealias Word = UInt32
  typealias Long = UInt64
  typealias Bit = Bool

  let memory: TestMemory
  var core = [UInt32](repeating: 0, count: 16)
  var singles = [UInt32](repeating: 0, count: 32)
  var negativeWord: UInt32 = 0
  var zeroWord: UInt32 = 0
  var carryWord: UInt32 = 0
  var overflowWord: UInt32 = 0
  var saturationWord: UInt32 = 0
  var greaterOrEqual: UInt32 = 0
  var fpscr = FPSCR()
  var ifThen: UInt8 = 0
  var hasFaulted = false
  private var exclusiveIsOpen = true

  init(memory: TestMemory) { self.memory = memory }

  subscript(register: UInt8) -> UInt32 {
    get { core[Int(register)] }
    set { core[Int(register)] = register == 13 ? newValue & ~3 : newValue }
  }
  subscript(single register: UInt8) -> UInt32 {
    get { singles[Int(register)] }
    set { singles[Int(register)] = newValue }
  }

  // MARK: Memory

  private func place(_ address: UInt32, _ count: UInt32) -> UnsafeMutableRawPointer? {
    for (base, size, bytes) in [
      (TestMemory.dataBase, TestMemory.dataSize, memory.data),
      (TestMemory.codeBase, TestMemory.codeSize, memory.code),
    ] {
      let offset = Int(address) - Int(base)
      if offset >= 0, offset + Int(count) <= size { return bytes + offset }
    }
    return nil
  }

  func halfword(at address: UInt32) -> UInt16? {
    place(address, 2)?.load(as: UInt16.self)
  }

  mutating func load(_ width: AccessWidth, at address: UInt32) -> UInt32 {
    guard !hasFaulted, let bytes = checked(width, address) else {
      hasFaulted = true
      return 0
    }
    switch width {
    case .byte: return UInt32(bytes.load(as: UInt8.self))
    case .signedByte: return signExtendByte(UInt32(bytes.load(as: UInt8.self)))
    case .half: return UInt32(bytes.loadUnaligned(as: UInt16.self))
    case .signedHalf: return signExtendHalf(UInt32(bytes.loadUnaligned(as: UInt16.self)))
    case .word, .alignedWord: return bytes.loadUnaligned(as: UInt32.self)
    }
  }

  mutating func store(_ width: AccessWidth, _ value: UInt32, at address: UInt32) {
    guard !hasFaulted, let bytes = checked(width, address) else {
      hasFaulted = true
      return
    }
    switch width.bytes {
    case 1: bytes.storeBytes(of: UInt8(truncatingIfNeeded: value), as: UInt8.self)
    case 2: bytes.storeBytes(of: UInt16(truncatingIfNeeded: value), as: UInt16.self)
    default: bytes.storeBytes(of: value, as: UInt32.self)
    }
  }

  private func checked(_ width: AccessWidth, _ address: UInt32) -> UnsafeMutableRawPointer? {
    width == .alignedWord && address & 3 != 0 ? nil : place(address, width.bytes)
  }

  mutating func loadUnprivileged(_ width: AccessWidth, at address: UInt32) -> UInt32 {
    load(width, at: address)
  }
  mutating func storeUnprivileged(_ width: AccessWidth, _ value: UInt32, at address: UInt32) {
    store(width, value, at: address)
  }

  mutating func loadExclusive(_ width: AccessWidth, at address: UInt32) -> UInt32 {
    exclusiveIsOpen = false
    return load(width, at: address)
  }
  mutating func storeExclusive(
    _ width: AccessWidth, _ value: UInt32, at address: UInt32
  ) -> UInt32 {
    if exclusiveIsOpen { return 1 }
    exclusiveIsOpen = true
    store(width, value, at: address)
    return 0
  }
  mutating func clearExclusive() { exclusiveIsOpen = true }

  // MARK: Control

  mutating func branch(to target: UInt32) { core[15] = target & ~1 }
  mutating func branch(if condition: Bool, to target: UInt32) {
    if condition { branch(to: target) }
  }
  mutating func branchExchange(to target: UInt32) {
    if target & 1 == 0 { hasFaulted = true }
    branch(to: target)
  }
  mutating func branchLinkExchange(to target: UInt32) { branchExchange(to: target) }
  mutating func beginIfThen(_ state: UInt8) { ifThen = state }
  mutating func raise(_ trap: Trap) { hasFaulted = true }
  mutating func trapDivide(ifZero bit: Bool) {}
  mutating func hint(_ hint: Hint) {}
  mutating func spend(_ cycles: UInt32) {}

  mutating func readSpecial(_ number: UInt8) -> UInt32 {
    number < 4 ? applicationStatus : 0
  }
  mutating func writeSpecial(_ number: UInt8, _ value: UInt32, mask: UInt8) {
    guard number < 4 else { return }
    if mask & 2 != 0 {
      setConditionFlags(value)
      saturationWord = value >> 27 & 1
    }
    if mask & 1 != 0 { greaterOrEqual = value >> 16 & 15 }
  }
  mutating func changeProcessorState(disable: Bool, primask: Bool, faultmask: Bool) {}
}
