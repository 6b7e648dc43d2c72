// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The tables, one per processor. `branchRefill` comes on top of every taken branch.
extension TimingTable {
  /// Cortex-M0 TRM r0p0, table 3-1: three stages, one port for code and data. BL 4, other branches
  /// 3, POP with pc 4 + N, MRS, MSR and barriers 4.
  static let cortexM0 = TimingTable(
    branchRefill: 2, rules: .paysForProgramCounter,
    cycles: [
      .load: 2, .store: 2, .loadMultiple: 1, .storeMultiple: 1, .branchLink: 2, .system: 4,
      .barrier: 4,
    ])

  /// Cortex-M0+ TRM r0p1, table 3-1: two stages. BL 3, other branches 2, POP with pc 3 + N, MRS,
  /// MSR and barriers 3. Loads and stores of the single-cycle I/O port, which no chip here has,
  /// would take 1.
  static let cortexM0Plus = TimingTable(
    branchRefill: 1, rules: .paysForProgramCounter,
    cycles: [
      .load: 2, .store: 2, .loadMultiple: 1, .storeMultiple: 1, .branchLink: 2, .system: 3,
      .barrier: 3,
    ])

  /// Cortex-M3 TRM r2p1, table 3-1: Cortex-M4's pipeline with a narrower multiplier.
  static let cortexM3 = TimingTable(
    branchRefill: 2, rules: [.overlapsLoads, .foldsIfThen, .narrowMultiplier],
    cycles: mainline)

  /// Cortex-M4 TRM r0p1, tables 3-1 and 7-1, and section 3.3.3 on load and store timing.
  ///
  /// Where the TRM gives a range: refill 2 (1 to 3, by the target's width and alignment), CPS, MRS
  /// and MSR 2 (1 or 2), barriers 3 (1 + B), division from 2 (2 to 12), IT 1 and 0 behind a 16-bit
  /// instruction, into which it folds.
  static let cortexM4 = TimingTable(
    branchRefill: 2, rules: [.overlapsLoads, .foldsIfThen, .delaysFloats],
    cycles: mainline.merging([
      .floatMovePair: 2, .floatMultiplyAccumulate: 3, .floatDivide: 14, .floatSquareRoot: 14,
      .floatLoad: 2, .floatStore: 2, .floatLoadMultiple: 1, .floatStoreMultiple: 1,
    ]) { $1 })

  /// Cortex-M7, whose TRM gives no table: a single-issue reading of what is known of its six
  /// stages. A predicted branch costs a cycle beyond its own, tightly coupled memory answers in
  /// one, the load and store unit moves one word a cycle. Two instructions never go together,
  /// prediction never misses and caches never miss, so code that pairs well takes up to half of
  /// this on silicon, and code that branches at random takes more.
  static let cortexM7 = TimingTable(
    branchRefill: 1, rules: [.foldsIfThen, .delaysFloats],
    cycles: [
      .divide: 2, .loadPair: 2, .storePair: 2, .loadMultiple: 1, .storeMultiple: 1, .exclusive: 2,
      .tableBranch: 2, .system: 2, .barrier: 3, .floatDivide: 14, .floatSquareRoot: 14,
      .floatMultiplyAccumulate: 3, .floatLoadMultiple: 1, .floatStoreMultiple: 1,
      .doubleArithmetic: 2, .doubleMultiplyAccumulate: 5, .doubleDivide: 28,
      .doubleSquareRoot: 28, .doubleConvert: 2,
    ])

  private static let mainline: [CostClass: UInt8] = [
    .divide: 2, .load: 2, .store: 1, .loadPair: 3, .storePair: 3, .loadMultiple: 1,
    .storeMultiple: 1, .exclusive: 2, .tableBranch: 2, .system: 2, .barrier: 3,
  ]
}
