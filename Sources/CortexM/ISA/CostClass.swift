// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What an instruction costs, before a core's timing table turns it into cycles.
enum CostClass: UInt8, CaseIterable, Sendable {
  case arithmetic, multiply, multiplyLong, divide
  case load, store, loadPair, storePair, loadMultiple, storeMultiple, exclusive
  case branch, branchConditional, branchLink, compareBranch, tableBranch
  /// `system` is MRS, MSR and CPS; `trap` enters an exception, whose own cycles come on top.
  case system, trap, barrier, hint, ifThen
  case floatMove, floatMovePair, floatArithmetic, floatMultiplyAccumulate, floatDivide,
    floatSquareRoot
  case floatConvert, floatCompare, floatStatus
  case doubleArithmetic, doubleMultiplyAccumulate, doubleDivide, doubleSquareRoot, doubleConvert
  case floatLoad, floatStore, floatLoadMultiple, floatStoreMultiple
}
