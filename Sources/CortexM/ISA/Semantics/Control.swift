// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Branches.
extension ExecutionContext {
  /// B (A7.7.12).
  @inline(__always) mutating func branch(_ o: OperationPointer) {
    branch(to: constant(o.branchTarget))
  }

  @inline(__always) mutating func branchConditional(_ o: OperationPointer) {
    branch(if: holds(o.condition), to: constant(o.branchTarget))
  }

  /// BL (A7.7.18).
  @inline(__always) mutating func branchLink(_ o: OperationPointer) {
    self[14] = constant(o.nextAddress | 1)
    branch(to: constant(o.branchTarget))
  }

  /// BLX (A7.7.19).
  @inline(__always) mutating func branchLinkExchange(_ o: OperationPointer) {
    let target = self[o.m]
    self[14] = constant(o.nextAddress | 1)
    branchLinkExchange(to: target)
  }

  /// CBZ, CBNZ (A7.7.21).
  @inline(__always) mutating func compareAndBranch(_ o: OperationPointer, ifZero: Bool) {
    let zero = isZero(self[o.n])
    branch(if: ifZero ? zero : not(zero), to: constant(o.branchTarget))
  }

  /// TBB, TBH (A7.7.185): a table of distances in half words.
  @inline(__always)
  mutating func tableBranch(_ o: OperationPointer, table: Word, _ width: AccessWidth) {
    let index = width == .half ? shiftLeft(self[o.m], 1) : self[o.m]
    let distance = load(width, at: add(table, index))
    branch(to: add(constant(o.programCounter), shiftLeft(distance, 1)))
  }
}

/// Exceptions, system registers, hints.
extension ExecutionContext {
  /// CPS (B5.2.1): `amount` bit 0 FAULTMASK, bit 1 PRIMASK, bit 4 disable.
  mutating func changeProcessorState(_ o: OperationPointer) {
    changeProcessorState(
      disable: o.amount & 16 != 0, primask: o.amount & 2 != 0, faultmask: o.amount & 1 != 0)
  }

  /// MRS (B5.2.2): `amount` is SYSm.
  mutating func readSpecial(_ o: OperationPointer) {
    self[o.d] = readSpecial(o.amount)
  }

  /// MSR (B5.2.3): `a` is the mask.
  mutating func writeSpecial(_ o: OperationPointer) {
    writeSpecial(o.amount, self[o.n], mask: o.a)
  }
}
