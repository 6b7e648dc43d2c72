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
  /// P: cycles to refill the pipeline. The TRM gives 1 to 3, by the target's width and alignment.
  var branchRefill: UInt32
  var skipped: UInt8
  private var cycles: [UInt8]

  /// - Parameter cycles: those of each class, multiple transfers without their words.
  init(branchRefill: UInt32, skipped: UInt8, cycles: [CostClass: UInt8]) {
    self.branchRefill = branchRefill
    self.skipped = skipped
    self.cycles = CostClass.allCases.map { cycles[$0] ?? 1 }
  }

  /// Cortex-M4 TRM r0p1, tables 3-1 and 7-1, and section 3.3.3 on load and store timing. Classes
  /// not named here take one cycle.
  ///
  /// Where the TRM gives a range: CPS, MRS and MSR 2 (1 or 2), barriers 3 (1 + B), division from 2
  /// (2 to 12), IT 1 and 0 behind a 16-bit instruction, into which it folds.
  static let cortexM4 = TimingTable(
    branchRefill: 2, skipped: 1,
    cycles: [
      .divide: 2, .load: 2, .store: 1, .loadPair: 3, .storePair: 3, .loadMultiple: 1,
      .storeMultiple: 1, .exclusive: 2, .tableBranch: 2, .system: 2, .barrier: 3,
      .floatMovePair: 2, .floatMultiplyAccumulate: 3, .floatDivide: 14, .floatSquareRoot: 14,
      .floatLoad: 2, .floatStore: 2, .floatLoadMultiple: 1, .floatStoreMultiple: 1,
    ])

  /// Cycles of `operation` when `next` lies behind it.
  func staticCycles(of operation: Operation, followedBy next: Operation?) -> UInt8 {
    var count = cycles[Int(operation.cost.rawValue)]
    switch operation.cost {
    case .loadMultiple, .storeMultiple, .floatLoadMultiple, .floatStoreMultiple:
      count &+= operation.wordsTransferred
    case .store where operation.usesIndex: count &+= 1
    default: break
    }
    guard let next else { return count }
    if operation.pipelines(with: next) { count &-= 1 }
    if operation.foldsIfThen(next) { count &-= 1 }
    if operation.delays(next) { count &+= 1 }
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
    case .floatArithmetic, .floatMultiplyAccumulate, .floatDivide, .floatSquareRoot, .floatConvert:
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
