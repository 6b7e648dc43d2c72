// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The context of single-stepping: everything where it lies in `CoreState`, every access the slow
/// way. The oracle that the block interpreter is held against.
struct StepContext: CoreContext {
  // Inferring these from the witnesses takes the compiler for ever.
  typealias Word = UInt32
  typealias Long = UInt64
  typealias Bit = Bool

  let state: UnsafeMutablePointer<CoreState>
  var next: UnsafePointer<Operation>

  var cycles: UInt64 {
    get { state.pointee.cycles }
    nonmutating set { state.pointee.cycles = newValue }
  }
  var negativeWord: UInt32 {
    get { state.pointee.negativeWord }
    nonmutating set { state.pointee.negativeWord = newValue }
  }
  var zeroWord: UInt32 {
    get { state.pointee.zeroWord }
    nonmutating set { state.pointee.zeroWord = newValue }
  }
  var carryWord: UInt32 {
    get { state.pointee.carryWord }
    nonmutating set { state.pointee.carryWord = newValue }
  }
  var overflowWord: UInt32 {
    get { state.pointee.overflowWord }
    nonmutating set { state.pointee.overflowWord = newValue }
  }

  mutating func load(_ width: AccessWidth, at address: UInt32) -> UInt32 {
    callCore { $0.load(width, at: address, privileged: $0.processor.isPrivileged) }
  }

  mutating func store(_ width: AccessWidth, _ value: UInt32, at address: UInt32) {
    callCore { $0.store(width, value, at: address, privileged: $0.processor.isPrivileged) }
  }

  mutating func loadMultiple(_ list: UInt16, at address: UInt32) -> UInt32 {
    callCore { $0.loadMultiple(list, at: address) }
  }

  mutating func storeMultiple(_ list: UInt16, at address: UInt32) {
    callCore { $0.storeMultiple(list, at: address) }
  }

  mutating func loadSingles(from first: UInt8, count: UInt8, at address: UInt32) {
    callCore { $0.loadSingles(from: Int(first), count: Int(count), at: address) }
  }

  mutating func storeSingles(from first: UInt8, count: UInt8, at address: UInt32) {
    callCore { $0.storeSingles(from: Int(first), count: Int(count), at: address) }
  }

  mutating func branch(to target: UInt32) {
    words[15] = target & ~1
    state.pointee.hasBranched = true
    cycles &+= target & 2 == 0 ? state.pointee.refill.0 : state.pointee.refill.1
  }

  func leave() { state.pointee.hasBranched = true }

  func beginIfThen(_ bits: UInt8) { state.pointee.itState = UInt32(bits) }
}
