// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The context of the block interpreter: flags and time in registers of the host, memory through
/// windows. Equal to `StepContext` in all that a guest can see.
struct BlockContext: CoreContext {
  // Inferring these from the witnesses takes the compiler for ever.
  typealias Word = UInt32
  typealias Long = UInt64
  typealias Bit = Bool

  let state: UnsafeMutablePointer<CoreState>
  var next: UnsafePointer<Operation>
  var cycles: UInt64
  var negativeWord: UInt32
  var zeroWord: UInt32
  var carryWord: UInt32
  var overflowWord: UInt32

  init(_ state: UnsafeMutablePointer<CoreState>, next: UnsafePointer<Operation>) {
    self.state = state
    self.next = next
    cycles = state.pointee.cycles
    negativeWord = state.pointee.negativeWord
    zeroWord = state.pointee.zeroWord
    carryWord = state.pointee.carryWord
    overflowWord = state.pointee.overflowWord
  }

  /// Puts everything back where the rest of the core looks for it.
  func save() {
    state.pointee.cycles = cycles
    state.pointee.negativeWord = negativeWord
    state.pointee.zeroWord = zeroWord
    state.pointee.carryWord = carryWord
    state.pointee.overflowWord = overflowWord
  }

  // MARK: Branches

  /// Goes on at the operation of `target` or, where there is none yet, at the one that leaves.
  @inline(__always) mutating func branch(to target: UInt32) {
    words[15] = target & ~1
    let place = (target &- state.pointee.codeBase) &>> 1
    let isInside = place < state.pointee.codeSpan
    let index = isInside ? state.pointee.codeTable[Int(place)] : 0
    next = state.pointee.operations + Int(index)
    cycles &+= target & 2 == 0 ? state.pointee.refill.0 : state.pointee.refill.1
  }

  @inline(__always) mutating func leave() { next = state.pointee.operations }

  /// The translator has given every operation its condition.
  @inline(__always) func beginIfThen(_ bits: UInt8) {}

  // MARK: Memory

  @inline(__always)
  mutating func load(_ width: AccessWidth, at address: UInt32) -> UInt32 {
    if let value = state.pointee.ram.load(width, at: address) { return value }
    if let value = state.pointee.flash.load(width, at: address) {
      cycles &+= state.pointee.flashDataWaitStates
      return value
    }
    return callCore { $0.loadOutside(width, at: address) }
  }

  @inline(__always)
  mutating func store(_ width: AccessWidth, _ value: UInt32, at address: UInt32) {
    let offset = address &- state.pointee.store.base
    if state.pointee.store.holds(width, offset) {
      state.pointee.noteStore(address)
      state.pointee.store.store(width, value, offset)
    } else {
      callCore { $0.storeOutside(width, value, at: address) }
    }
  }

  @inline(__always)
  mutating func loadMultiple(_ list: UInt16, at address: UInt32) -> UInt32 {
    let count = UInt32(truncatingIfNeeded: list.nonzeroBitCount)
    let offset = address &- state.pointee.ram.base
    guard state.pointee.ram.holdsWords(count, offset) else {
      return callCore { $0.loadMultiple(list, at: address) }
    }
    var source = UnsafeRawPointer(state.pointee.ram.bytes + Int(offset))
    var rest = list & 0x7FFF
    while rest != 0 {
      words[rest.trailingZeroBitCount] = source.loadUnaligned(as: UInt32.self)
      source += 4
      rest &= rest &- 1
    }
    return list < 0x8000 ? 0 : source.loadUnaligned(as: UInt32.self)
  }

  @inline(__always) mutating func storeMultiple(_ list: UInt16, at address: UInt32) {
    let count = UInt32(truncatingIfNeeded: list.nonzeroBitCount)
    let offset = address &- state.pointee.store.base
    guard state.pointee.store.holdsWords(count, offset) else {
      return callCore { $0.storeMultiple(list, at: address) }
    }
    state.pointee.noteStore(address)
    var target = UnsafeMutableRawPointer(state.pointee.store.bytes + Int(offset))
    var rest = list & 0x7FFF
    while rest != 0 {
      target.storeBytes(of: words[rest.trailingZeroBitCount], as: UInt32.self)
      target += 4
      rest &= rest &- 1
    }
  }

  mutating func loadSingles(from first: UInt8, count: UInt8, at address: UInt32) {
    callCore { $0.loadSingles(from: first, count: count, at: address) }
  }

  mutating func storeSingles(from first: UInt8, count: UInt8, at address: UInt32) {
    callCore { $0.storeSingles(from: first, count: count, at: address) }
  }
}

// The slow paths: calls, so that the loop stays small.
extension Core {
  @inline(never) func loadOutside(_ width: AccessWidth, at address: UInt32) -> UInt32 {
    load(width, at: address, privileged: processor.isPrivileged)
  }

  @inline(never) func storeOutside(_ width: AccessWidth, _ value: UInt32, at address: UInt32) {
    store(width, value, at: address, privileged: processor.isPrivileged)
  }
}

extension MemoryWindow {
  /// Whether an aligned access lies inside: rotating the offset makes the low bits, which must be
  /// zero, the highest, so that an unaligned offset is larger than any span.
  @inline(__always) func holds(_ width: AccessWidth, _ offset: UInt32) -> Bool {
    switch width {
    case .byte, .signedByte: offset < byteSpan
    case .half, .signedHalf: offset &>> 1 | offset &<< 31 < halfSpan
    case .word, .alignedWord: offset &>> 2 | offset &<< 30 < wordSpan
    }
  }

  @inline(__always) func holdsWords(_ count: UInt32, _ offset: UInt32) -> Bool {
    let place = offset &>> 2 | offset &<< 30
    return place < wordSpan && count <= wordSpan &- place
  }

  @inline(__always) func load(_ width: AccessWidth, at address: UInt32) -> UInt32? {
    let offset = address &- base
    guard holds(width, offset) else { return nil }
    let place = UnsafeRawPointer(bytes) + Int(offset)
    switch width {
    case .byte: return UInt32(place.load(as: UInt8.self))
    case .signedByte: return UInt32(bitPattern: Int32(place.load(as: Int8.self)))
    case .half: return UInt32(UInt16(littleEndian: place.loadUnaligned(as: UInt16.self)))
    case .signedHalf:
      return UInt32(
        bitPattern: Int32(Int16(littleEndian: place.loadUnaligned(as: Int16.self))))
    case .word, .alignedWord:
      return UInt32(littleEndian: place.loadUnaligned(as: UInt32.self))
    }
  }

  @inline(__always) func store(_ width: AccessWidth, _ value: UInt32, _ offset: UInt32) {
    let place = UnsafeMutableRawPointer(bytes + Int(offset))
    switch width {
    case .byte, .signedByte:
      place.storeBytes(of: UInt8(truncatingIfNeeded: value), as: UInt8.self)
    case .half, .signedHalf:
      place.storeBytes(of: UInt16(truncatingIfNeeded: value).littleEndian, as: UInt16.self)
    case .word, .alignedWord: place.storeBytes(of: value.littleEndian, as: UInt32.self)
    }
  }
}
