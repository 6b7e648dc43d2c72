// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Single and double loads and stores. `d` is the register transferred, `n` the base.
extension ExecutionContext {
  /// n + immediate, which is negative where the encoding subtracts.
  @inline(__always) func offset(_ o: OperationPointer) -> Word {
    add(self[o.n], constant(o.immediate))
  }

  /// n + (m << amount).
  @inline(__always) func indexed(_ o: OperationPointer) -> Word {
    add(self[o.n], shiftLeft(self[o.m], o.amount))
  }

  /// Align(pc, 4) + immediate.
  @inline(__always) func literal(_ o: OperationPointer) -> Word {
    constant(o.alignedProgramCounter &+ o.immediate)
  }

  @inline(__always)
  mutating func load(_ o: OperationPointer, _ width: AccessWidth, at address: Word) {
    self[o.d] = load(width, at: address)
  }

  @inline(__always)
  mutating func store(_ o: OperationPointer, _ width: AccessWidth, at address: Word) {
    store(width, self[o.d], at: address)
  }

  @inline(__always)
  mutating func loadPreIndexed(_ o: OperationPointer, _ width: AccessWidth) {
    let address = offset(o)
    let value = load(width, at: address)
    self[o.n] = address
    self[o.d] = value
  }

  @inline(__always)
  mutating func loadPostIndexed(_ o: OperationPointer, _ width: AccessWidth) {
    let base = self[o.n]
    let value = load(width, at: base)
    self[o.n] = add(base, constant(o.immediate))
    self[o.d] = value
  }

  @inline(__always)
  mutating func storePreIndexed(_ o: OperationPointer, _ width: AccessWidth) {
    let address = offset(o)
    store(width, self[o.d], at: address)
    self[o.n] = address
  }

  @inline(__always)
  mutating func storePostIndexed(_ o: OperationPointer, _ width: AccessWidth) {
    let base = self[o.n]
    store(width, self[o.d], at: base)
    self[o.n] = add(base, constant(o.immediate))
  }

  /// LDR to pc: LoadWritePC() is BXWritePC().
  @inline(__always)
  mutating func loadProgramCounter(_ o: OperationPointer, at address: Word) {
    branchExchange(to: load(.word, at: address))
  }

  @inline(__always) mutating func loadProgramCounterPreIndexed(_ o: OperationPointer) {
    let address = offset(o)
    let target = load(.word, at: address)
    self[o.n] = address
    branchExchange(to: target)
  }

  @inline(__always) mutating func loadProgramCounterPostIndexed(_ o: OperationPointer) {
    let base = self[o.n]
    let target = load(.word, at: base)
    self[o.n] = add(base, constant(o.immediate))
    branchExchange(to: target)
  }

  /// LDRT and its kin: as if from unprivileged code (A7.7.67).
  @inline(__always)
  mutating func loadUnprivileged(_ o: OperationPointer, _ width: AccessWidth) {
    self[o.d] = loadUnprivileged(width, at: offset(o))
  }

  @inline(__always)
  mutating func storeUnprivileged(_ o: OperationPointer, _ width: AccessWidth) {
    storeUnprivileged(width, self[o.d], at: offset(o))
  }
}

/// LDRD, STRD: `d` and `a` (A7.7.50, A7.7.166).
extension ExecutionContext {
  @inline(__always) mutating func loadPair(_ o: OperationPointer, at address: Word) {
    let first = load(.alignedWord, at: address)
    let second = load(.alignedWord, at: add(address, constant(4)))
    self[o.d] = first
    self[o.a] = second
  }

  @inline(__always) mutating func storePair(_ o: OperationPointer, at address: Word) {
    store(.alignedWord, self[o.d], at: address)
    store(.alignedWord, self[o.a], at: add(address, constant(4)))
  }

  @inline(__always) mutating func loadPairPreIndexed(_ o: OperationPointer) {
    let address = offset(o)
    loadPair(o, at: address)
    self[o.n] = address
  }

  @inline(__always) mutating func loadPairPostIndexed(_ o: OperationPointer) {
    let next = offset(o)
    loadPair(o, at: self[o.n])
    self[o.n] = next
  }

  @inline(__always) mutating func storePairPreIndexed(_ o: OperationPointer) {
    let address = offset(o)
    storePair(o, at: address)
    self[o.n] = address
  }

  @inline(__always) mutating func storePairPostIndexed(_ o: OperationPointer) {
    let next = offset(o)
    storePair(o, at: self[o.n])
    self[o.n] = next
  }
}

/// LDM, STM and exclusives.
extension ExecutionContext {
  /// LDM, LDMDB, POP (A7.7.41, A7.7.42, A7.7.99): the base is written after the registers; a list
  /// that holds the base never writes it back.
  @inline(__always)
  mutating func loadMultiple(_ o: OperationPointer, writesBack: Bool, toProgramCounter: Bool) {
    let base = self[o.n]
    let list = UInt16(truncatingIfNeeded: o.immediate)
    let target = loadMultiple(list, at: add(base, constant(o.extra)))
    if writesBack { self[o.n] = add(base, constant(o.writeBack)) }
    if toProgramCounter { branchExchange(to: target) }
  }

  /// STM, STMDB, PUSH (A7.7.159, A7.7.160, A7.7.101).
  @inline(__always) mutating func storeMultiple(_ o: OperationPointer, writesBack: Bool) {
    let base = self[o.n]
    storeMultiple(UInt16(truncatingIfNeeded: o.immediate), at: add(base, constant(o.extra)))
    if writesBack { self[o.n] = add(base, constant(o.writeBack)) }
  }

  /// LDREX, LDREXB, LDREXH (A7.7.52 ff.).
  @inline(__always)
  mutating func loadExclusive(_ o: OperationPointer, _ width: AccessWidth) {
    self[o.d] = loadExclusive(width, at: offset(o))
  }

  /// STREX, STREXB, STREXH: d is the status, a the register stored (A7.7.167 ff.).
  @inline(__always)
  mutating func storeExclusive(_ o: OperationPointer, _ width: AccessWidth) {
    self[o.d] = storeExclusive(width, self[o.a], at: offset(o))
  }
}
