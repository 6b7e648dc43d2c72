// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

@testable import CortexM

/// The plainest context: one instruction at a time on arrays, for tests of the semantics alone.
struct Evaluator: ValueContext {
  typealias Word = UInt32
  typealias Long = UInt64
  typealias Bit = Bool

  var registers = [UInt32](repeating: 0, count: 16)
  var singles = [UInt32](repeating: 0, count: 32)
  var memory: [UInt32: UInt8] = [:]
  var negativeWord: UInt32 = 0
  var zeroWord: UInt32 = 1
  var carryWord: UInt32 = 0
  var overflowWord: UInt32 = 0
  var saturationWord: UInt32 = 0
  var greaterOrEqual: UInt32 = 0
  var fpscr = FPSCR()
  var hasFaulted: Bool { false }

  /// What the instruction asked for beyond registers and memory.
  var target: UInt32?
  var exchanges = false
  var trap: Trap?
  var dividesByZero = false
  var cyclesSpent: UInt32 = 0

  /// Runs one instruction that lies at `address`.
  mutating func run(_ first: UInt16, _ second: UInt16 = 0, at address: UInt32 = 0x1000) {
    var operation = Decoder.decode(first, second).operation
    operation.address = address
    execute(operation)
  }

  /// N, Z, C, V as the manual writes them.
  var flags: String {
    (negative ? "N" : "n") + (zero ? "Z" : "z") + (carry ? "C" : "c") + (overflow ? "V" : "v")
  }

  subscript(register: UInt8) -> UInt32 {
    get { registers[Int(register)] }
    set { registers[Int(register)] = newValue }
  }

  subscript(single register: UInt8) -> UInt32 {
    get { singles[Int(register)] }
    set { singles[Int(register)] = newValue }
  }

  mutating func load(_ width: AccessWidth, at address: UInt32) -> UInt32 {
    var value: UInt32 = 0
    for index in (0..<width.bytes).reversed() {
      let byte: UInt8 = memory[address &+ index] ?? 0
      value = value << 8 | UInt32(byte)
    }
    switch width {
    case .signedByte: return signExtendByte(value)
    case .signedHalf: return signExtendHalf(value)
    default: return value
    }
  }

  mutating func store(_ width: AccessWidth, _ value: UInt32, at address: UInt32) {
    for index in 0..<width.bytes {
      memory[address &+ index] = UInt8(truncatingIfNeeded: value >> (index * 8))
    }
  }

  mutating func loadUnprivileged(_ width: AccessWidth, at address: UInt32) -> UInt32 {
    load(width, at: address)
  }
  mutating func storeUnprivileged(_ width: AccessWidth, _ value: UInt32, at address: UInt32) {
    store(width, value, at: address)
  }
  mutating func loadExclusive(_ width: AccessWidth, at address: UInt32) -> UInt32 {
    load(width, at: address)
  }
  mutating func storeExclusive(
    _ width: AccessWidth, _ value: UInt32, at address: UInt32
  ) -> UInt32 {
    store(width, value, at: address)
    return 0
  }
  mutating func clearExclusive() {}

  mutating func branch(to target: UInt32) { self.target = target }
  mutating func branch(if condition: Bool, to target: UInt32) {
    if condition { branch(to: target) }
  }
  mutating func branchExchange(to target: UInt32) {
    exchanges = true
    branch(to: target)
  }
  mutating func branchLinkExchange(to target: UInt32) { branchExchange(to: target) }
  mutating func beginIfThen(_ state: UInt8) {}
  mutating func raise(_ trap: Trap) { self.trap = trap }
  mutating func trapDivide(ifZero bit: Bool) { dividesByZero = bit }
  mutating func hint(_ hint: Hint) {}
  mutating func spend(_ cycles: UInt32) { cyclesSpent += cycles }
  mutating func readSpecial(_ number: UInt8) -> UInt32 { applicationStatus }
  mutating func writeSpecial(_ number: UInt8, _ value: UInt32, mask: UInt8) {
    applicationStatus = value
  }
  mutating func changeProcessorState(disable: Bool, primask: Bool, faultmask: Bool) {}
}
