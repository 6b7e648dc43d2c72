// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Cycles of one core with memory that never waits. The static cost of an instruction depends on
/// itself and on the instruction behind it in memory, and on nothing else, so that stepping and
/// running blocks count alike.
///
/// A context adds at run time: `branchRefill` for every branch taken (any write of pc), the early
/// termination of divisions (`spend`), wait states, unaligned accesses, and exception entry. An
/// instruction skipped by its condition costs `skipped`.
struct TimingTable: Sendable {
  /// P: cycles to refill the pipeline.
  var branchRefill: UInt32
  var skipped: UInt8
  private var cycles: [UInt8]
  private var rules: Rules

  /// How an instruction's cycles depend on more than its class.
  struct Rules: OptionSet, Sendable {
    let rawValue: UInt8
    /// Single loads, and stores with a register offset, overlap their neighbours.
    static let overlapsLoads = Rules(rawValue: 1 << 0)
    /// IT takes no time behind a 16-bit instruction.
    static let foldsIfThen = Rules(rawValue: 1 << 1)
    /// Floating-point results are a cycle late for whoever waits for them.
    static let delaysFloats = Rules(rawValue: 1 << 2)
    /// A load of several registers takes a cycle more when pc is among them.
    static let paysForProgramCounter = Rules(rawValue: 1 << 3)
    /// MLA and MLS take two cycles, long products more: the multiplier of Cortex-M3.
    static let narrowMultiplier = Rules(rawValue: 1 << 4)
  }

  /// - Parameter cycles: those of each class, multiple transfers without their words; classes not
  ///   named take one.
  init(branchRefill: UInt32, skipped: UInt8 = 1, rules: Rules, cycles: [CostClass: UInt8]) {
    self.branchRefill = branchRefill
    self.skipped = skipped
    self.rules = rules
    self.cycles = CostClass.allCases.map { cycles[$0] ?? 1 }
  }

  init(_ configuration: CoreConfiguration) {
    switch configuration.processor {
    case .cortexM0: self = .cortexM0
    case .cortexM0Plus: self = .cortexM0Plus
    case .cortexM3: self = .cortexM3
    case .cortexM4: self = .cortexM4
    case .cortexM7: self = .cortexM7
    }
    if !configuration.architecture.isMainline {
      cycles[Int(CostClass.multiply.rawValue)] = UInt8(clamping: configuration.multiplierCycles)
    }
  }

  /// Cycles of `operation` when `next` lies behind it.
  func staticCycles(of operation: Operation, followedBy next: Operation?) -> UInt8 {
    var count = cycles[Int(operation.cost.rawValue)]
    switch operation.cost {
    case .loadMultiple, .storeMultiple, .floatLoadMultiple, .floatStoreMultiple:
      count &+= operation.wordsTransferred
    case .store where rules.contains(.overlapsLoads) && operation.usesIndex: count &+= 1
    case .multiply, .multiplyLong:
      if rules.contains(.narrowMultiplier) { count &+= operation.narrowMultiplierCycles }
    default: break
    }
    if rules.contains(.paysForProgramCounter), operation.opcode == .ldmpcWriteBack { count &+= 1 }
    guard let next else { return count }
    if rules.contains(.overlapsLoads), operation.pipelines(with: next) { count &-= 1 }
    if rules.contains(.foldsIfThen), operation.foldsIfThen(next) { count &-= 1 }
    if rules.contains(.delaysFloats), operation.delays(next) { count &+= 1 }
    return count
  }
}

extension Operation {
  fileprivate var wordsTransferred: UInt8 {
    switch opcode {
    case .vldrDouble, .vldrDoubleLiteral, .vstrDouble: 2
    default: amount
    }
  }

  /// Cortex-M3 TRM r2p1, table 3-1: MLA and MLS 2; UMULL and SMULL 3 to 5, UMLAL and SMLAL 4 to 7
  /// by the operands, of which the most are taken.
  fileprivate var narrowMultiplierCycles: UInt8 {
    switch opcode {
    case .mla, .mls: 1
    case .smull, .umull: 4
    case .smlal, .umlal: 6
    default: 0
    }
  }

  /// The address phase of `next` overlaps the data phase of this load: another single load, or a
  /// store with register offset, that neither needs the loaded register for its address nor is a
  /// literal load. A store with immediate offset takes one cycle anyway, and nothing pipelines
  /// behind a store.
  fileprivate func pipelines(with next: Operation) -> Bool {
    guard cost == .load, !properties.contains(.branches) else { return false }
    guard next.cost == .load || next.cost == .store && next.usesIndex else { return false }
    if next.isLiteralLoad || next.n == d { return false }
    return !(next.usesIndex && next.m == d)
  }

  fileprivate func foldsIfThen(_ next: Operation) -> Bool {
    next.opcode == .ifThen && size == 2 && opcode != .ifThen && !properties.contains(.branches)
  }

  /// Floating-point arithmetic takes a cycle longer when the next instruction consumes its result,
  /// other than as the addend of a multiply accumulate.
  fileprivate func delays(_ next: Operation) -> Bool {
    switch cost {
    case .floatArithmetic, .floatMultiplyAccumulate, .floatDivide, .floatSquareRoot, .floatConvert,
      .doubleArithmetic, .doubleMultiplyAccumulate, .doubleDivide, .doubleSquareRoot,
      .doubleConvert:
      break
    default: return false
    }
    guard next.properties.contains(.floatingPoint) else { return false }
    if next.cost == .floatMultiplyAccumulate { return next.n == d || next.m == d }
    return EffectCollector.effects(of: next).singlesRead >> UInt32(d) & 1 != 0
  }

  /// Address = n + (m << amount).
  var usesIndex: Bool {
    switch opcode {
    case .ldrRegister, .ldrhRegister, .ldrbRegister, .ldrshRegister, .ldrsbRegister,
      .ldrpcRegister, .strRegister, .strhRegister, .strbRegister:
      true
    default: false
    }
  }

  private var isLiteralLoad: Bool {
    switch opcode {
    case .ldrLiteral, .ldrhLiteral, .ldrbLiteral, .ldrshLiteral, .ldrsbLiteral, .ldrpcLiteral:
      true
    default: false
    }
  }
}
