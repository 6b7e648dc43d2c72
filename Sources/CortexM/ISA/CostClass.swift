// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What an instruction costs, before a core's timing table turns it into cycles.
enum CostClass: UInt8, Sendable {
  case arithmetic, multiply, multiplyLong, divide
  case load, store, loadPair, storePair, loadMultiple, storeMultiple, exclusive
  case branch, branchConditional, branchLink, compareBranch, tableBranch
  case system, barrier, hint, ifThen
  case floatMove, floatArithmetic, floatMultiplyAccumulate, floatDivide, floatSquareRoot
  case floatConvert, floatCompare, floatStatus
  case floatLoad, floatStore, floatLoadMultiple, floatStoreMultiple
}
