// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

@testable import CortexM

/// One comparison: code at `TestMemory.entry`, a state, and how far to run.
struct DifferentialCase {
  var seed: UInt64
  var code: [UInt16]
  var state: ProcessorState
  /// True where the last instruction may lead elsewhere.
  var branches = false
  /// Memory full of addresses in the code region instead of noise.
  var memoryHoldsTargets = false
  /// An access may be unaligned where that is a fault; nothing follows it.
  var mayFault = false

  var end: UInt32 { TestMemory.entry + UInt32(code.count) * 2 }

  init(seed: UInt64) {
    self.seed = seed
    code = []
    state = ProcessorState()
  }

  mutating func append(_ word: UInt32, isWide: Bool) {
    if isWide { code.append(UInt16(word >> 16)) }
    code.append(UInt16(truncatingIfNeeded: word))
  }

  /// The instructions of the code, as words with their widths.
  var instructions: [(word: UInt32, isWide: Bool)] {
    var found: [(UInt32, Bool)] = []
    var index = 0
    while index < code.count {
      let isWide = Decoder.isWide(code[index]) && index + 1 < code.count
      found.append(
        isWide
          ? (UInt32(code[index]) << 16 | UInt32(code[index + 1]), true)
          : (UInt32(code[index]), false)
      )
      index += isWide ? 2 : 1
    }
    return found
  }
}

extension ProcessorState {
  /// Everything random: a stack pointer into the data window, FPSCR of every kind.
  static func random(for core: TestedCore, using bits: inout SeededBits) -> ProcessorState {
    var state = ProcessorState()
    for i in 0..<15 { state.registers[i] = bits.word() }
    state.registers[13] = TestMemory.dataMiddle &+ (bits.below(0x200) &- 0x100) &* 4
    for i in 0..<32 { state.singles[i] = bits.single() }
    if core.architecture.has(.fpv5Double) {
      for i in 0..<16 where bits.below(4) != 0 {
        let double = bits.double()
        state.singles[2 * i] = UInt32(truncatingIfNeeded: double)
        state.singles[2 * i + 1] = UInt32(truncatingIfNeeded: double >> 32)
      }
    }
    state.flags = UInt32(truncatingIfNeeded: bits.next()) & core.architecture.statusBits
    state.fpscr = UInt32(truncatingIfNeeded: bits.next()) & FPSCR.writableMask
    // Half the time as compiled code has it: round to nearest, no flushing, something was inexact.
    if bits.below(2) == 0 { state.fpscr = state.fpscr & 0xF000_008F | FPSCR.inexact }
    if !core.hasFloatingPoint {
      (state.singles, state.fpscr) = ([UInt32](repeating: 0, count: 32), 0)
    }
    return state
  }
}

/// Random cases of one row.
struct EncodingCases {
  let encoding: Encoding
  let core: TestedCore

  /// Nil where no instruction of the row can be compared; see `Exclusion`.
  func makeCase(seed: UInt64) -> DifferentialCase? {
    var bits = SeededBits(seed: seed)
    for _ in 0..<1000 {
      let word = encoding.randomWord(using: &bits)
      let operation = encoding.decode(word)
      if Exclusion.ofWord(operation, word) != nil { continue }
      if var test = prepared(operation, seed, &bits) {
        test.append(word, isWide: encoding.pattern.width == 32)
        return test
      }
    }
    return nil
  }

  /// Nil when the registers of this word leave no freedom for what the case needs.
  private func prepared(
    _ operation: Operation, _ seed: UInt64, _ bits: inout SeededBits
  ) -> DifferentialCase? {
    var test = DifferentialCase(seed: seed)
    test.state = .random(for: core, using: &bits)
    Exclusion.adapt(&test.state, to: operation)
    test.branches = operation.properties.contains(.branches)
    test.memoryHoldsTargets = operation.loadsProgramCounter
    if operation.accessesMemory {
      guard pointIntoMemory(operation, &test.state, &bits) else { return nil }
      test.mayFault = !core.architecture.isMainline
    }
    switch operation.opcode {
    case .branchExchange, .branchLinkExchange, .branchRegister:
      if operation.m == 13 { return nil }
      test.state.registers[Int(operation.m)] =
        TestMemory.codeBase &+ bits.below(UInt32(TestMemory.codeSize)) | 1
    case .addBranch:
      if operation.m == 13 { return nil }
      test.state.registers[Int(operation.m)] = bits.below(0x1000) &- 0x800
    default: break
    }
    if operation.isStoreExclusive {
      test.append(exclusivePreamble(operation, &bits), isWide: true)
    } else if core.architecture.isMainline, Exclusion.insideIfThen(operation.opcode) == nil,
      bits.below(4) == 0
    {
      test.state.ifThen = randomIfThen(isLast: test.branches, &bits)
    }
    return test
  }

  private func pointIntoMemory(
    _ operation: Operation, _ state: inout ProcessorState, _ bits: inout SeededBits
  ) -> Bool {
    if operation.hasIndexRegister {
      if operation.m == operation.n, !operation.isLiteral { return false }
      let isTable = operation.properties.contains(.branches) && !operation.loadsProgramCounter
      state.registers[Int(operation.m)] =
        isTable ? bits.below(0x100) : bits.below(0x200) &- 0x100
    }
    if operation.isLiteral || operation.n == 13 { return true }
    var base = TestMemory.dataMiddle &+ bits.below(0x800) &- 0x400
    if operation.needsAlignment || bits.below(2) == 0 { base &= ~3 }
    state.registers[Int(operation.n)] = base
    return true
  }

  /// LDREX of the same place, into a register that the store does not use, or CLREX.
  private func exclusivePreamble(_ o: Operation, _ bits: inout SeededBits) -> UInt32 {
    let clear: UInt32 = 0xF3BF_8F2F
    guard bits.below(2) == 0,
      let free = (0..<8).first(where: { ![o.n, o.d, o.a, o.m].contains(UInt8($0)) })
    else { return clear }
    let fields = UInt32(o.n) << 16 | UInt32(free) << 12
    switch o.opcode {
    case .strexb: return 0xE8D0_0F4F | fields
    case .strexh: return 0xE8D0_0F5F | fields
    default: return 0xE850_0F00 | fields | o.immediate >> 2
    }
  }

  /// ITSTATE as left by an IT before; one instruction left for branches, which must be last.
  private func randomIfThen(isLast: Bool, _ bits: inout SeededBits) -> UInt8 {
    let condition = UInt8(truncatingIfNeeded: bits.below(14))
    let rest: UInt8 = isLast ? 8 : [8, 4, 12, 2, 6, 10, 14][Int(bits.below(7))]
    return condition << 4 | rest
  }
}
