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
    goOn(at: target)
    cycles &+= target & 2 == 0 ? state.pointee.refill.0 : state.pointee.refill.1
  }

  @inline(__always) mutating func goOn(at target: UInt32) {
    words[15] = target & ~1
    let place = (target &- state.pointee.codeBase) &>> 1
    let isInside = place < state.pointee.codeSpan
    let index = isInside ? state.pointee.codeTable[Int(place)] : 0
    next = state.pointee.operations + Int(index)
  }

  @inline(__always) mutating func leave() { next = state.pointee.operations }

  /// The translator has given every operation its condition.
  @inline(__always) func beginIfThen(_ bits: UInt8) {}

  // MARK: Exits

  @inline(__always) mutating func branchExchange(to target: UInt32) {
    if target & 1 != 0, target < 0xF000_0000 {
      branch(to: target)
    } else {
      Self.branchSpecially(state, to: target, mayReturn: true)
      next = state.pointee.operations
    }
  }

  @inline(__always) mutating func branchLinkExchange(to target: UInt32) {
    if target & 1 != 0 {
      branch(to: target)
    } else {
      Self.branchSpecially(state, to: target, mayReturn: false)
      next = state.pointee.operations
    }
  }

  @inline(never) private static func branchSpecially(
    _ state: UnsafeMutablePointer<CoreState>, to target: UInt32, mayReturn: Bool
  ) {
    core(of: state).branchSpecially(to: target, mayReturn: mayReturn)
  }

  private static func core(of state: UnsafeMutablePointer<CoreState>) -> Core {
    guard let owner = state.pointee.owner else { preconditionFailure("a state without a core") }
    return owner.takeUnretainedValue()
  }

  // MARK: Memory

  @inline(__always)
  mutating func load(_ width: AccessWidth, at address: UInt32) -> UInt32 {
    let offset = address &- state.pointee.ram.base
    switch width {
    case .byte:
      if offset < state.pointee.ram.byteSpan { return UInt32(place(offset).load(as: UInt8.self)) }
    case .signedByte:
      if offset < state.pointee.ram.byteSpan {
        return UInt32(bitPattern: Int32(place(offset).load(as: Int8.self)))
      }
    case .half:
      if MemoryWindow.rotated(offset, 1) < state.pointee.ram.halfSpan {
        return UInt32(place(offset).loadUnaligned(as: UInt16.self))
      }
    case .signedHalf:
      if MemoryWindow.rotated(offset, 1) < state.pointee.ram.halfSpan {
        return UInt32(bitPattern: Int32(place(offset).loadUnaligned(as: Int16.self)))
      }
    case .word, .alignedWord:
      if MemoryWindow.rotated(offset, 2) < state.pointee.ram.wordSpan {
        return place(offset).loadUnaligned(as: UInt32.self)
      }
    }
    state.pointee.cycles = cycles
    state.pointee.next = next
    let value = Self.loadElsewhere(state, width, address)
    cycles = state.pointee.cycles
    return value
  }

  @inline(__always) private func place(_ offset: UInt32) -> UnsafeRawPointer {
    UnsafeRawPointer(state.pointee.ram.bytes) + Int(offset)
  }

  /// Flash, then everything else.
  @inline(never) private static func loadElsewhere(
    _ state: UnsafeMutablePointer<CoreState>, _ width: AccessWidth, _ address: UInt32
  ) -> UInt32 {
    // The second word of a pair takes no time once the first has faulted.
    if state.pointee.hasFaulted { return 0 }
    let offset = address &- state.pointee.flash.base
    if state.pointee.flash.holds(width, offset) {
      state.pointee.cycles &+= state.pointee.flashDataWaitStates
      return state.pointee.flash.load(width, offset)
    }
    let core = core(of: state)
    return core.load(width, at: address, privileged: core.processor.isPrivileged)
  }

  @inline(__always)
  mutating func store(_ width: AccessWidth, _ value: UInt32, at address: UInt32) {
    let offset = address &- state.pointee.store.base
    switch width {
    case .byte, .signedByte:
      if offset < state.pointee.store.byteSpan {
        storePlace(offset).storeBytes(of: UInt8(truncatingIfNeeded: value), as: UInt8.self)
        return noteStore(address)
      }
    case .half, .signedHalf:
      if MemoryWindow.rotated(offset, 1) < state.pointee.store.halfSpan {
        storePlace(offset).storeBytes(of: UInt16(truncatingIfNeeded: value), as: UInt16.self)
        return noteStore(address)
      }
    case .word, .alignedWord:
      if MemoryWindow.rotated(offset, 2) < state.pointee.store.wordSpan {
        storePlace(offset).storeBytes(of: value, as: UInt32.self)
        return noteStore(address)
      }
    }
    state.pointee.cycles = cycles
    state.pointee.next = next
    Self.storeElsewhere(state, width, value, address)
    cycles = state.pointee.cycles
  }

  @inline(__always) private func storePlace(_ offset: UInt32) -> UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(state.pointee.store.bytes) + Int(offset)
  }

  @inline(__always) private func noteStore(_ address: UInt32) {
    let offset = address &- state.pointee.watchBottom
    if offset < state.pointee.watchLowest { state.pointee.watchLowest = offset }
  }

  @inline(never) private static func storeElsewhere(
    _ state: UnsafeMutablePointer<CoreState>, _ width: AccessWidth, _ value: UInt32,
    _ address: UInt32
  ) {
    let core = core(of: state)
    core.store(width, value, at: address, privileged: core.processor.isPrivileged)
  }

  // MARK: Multiple accesses, in functions of their own

  /// Whether the instruction in progress ends before anything is due, so that nothing can come
  /// between its words.
  @inline(__always)
  private static func isWhole(_ state: UnsafeMutablePointer<CoreState>) -> Bool {
    let length = UInt64((state.pointee.next - 1).pointee.cycles)
    return state.pointee.cycles &+ length <= state.pointee.deadline
  }

  @inline(__always)
  mutating func loadMultiple(_ list: UInt16, at address: UInt32) -> UInt32 {
    state.pointee.cycles = cycles
    state.pointee.next = next
    let value = Self.loadMultiple(state, list, address)
    cycles = state.pointee.cycles
    return value
  }

  @inline(never) private static func loadMultiple(
    _ state: UnsafeMutablePointer<CoreState>, _ list: UInt16, _ address: UInt32
  ) -> UInt32 {
    let count = UInt32(truncatingIfNeeded: list.nonzeroBitCount)
    let offset = address &- state.pointee.ram.base
    guard state.pointee.ram.holdsWords(count, offset), isWhole(state) else {
      return core(of: state).loadMultiple(list, at: address)
    }
    let words = UnsafeMutableRawPointer(state).assumingMemoryBound(to: UInt32.self)
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
    state.pointee.cycles = cycles
    state.pointee.next = next
    Self.storeMultiple(state, list, address)
    cycles = state.pointee.cycles
  }

  @inline(never) private static func storeMultiple(
    _ state: UnsafeMutablePointer<CoreState>, _ list: UInt16, _ address: UInt32
  ) {
    let count = UInt32(truncatingIfNeeded: list.nonzeroBitCount)
    let offset = address &- state.pointee.store.base
    guard state.pointee.store.holdsWords(count, offset), isWhole(state) else {
      return core(of: state).storeMultiple(list, at: address)
    }
    state.pointee.noteStores(Int(count), at: address)
    let words = UnsafeMutableRawPointer(state).assumingMemoryBound(to: UInt32.self)
    var target = UnsafeMutableRawPointer(state.pointee.store.bytes + Int(offset))
    var rest = list & 0x7FFF
    while rest != 0 {
      target.storeBytes(of: words[rest.trailingZeroBitCount], as: UInt32.self)
      target += 4
      rest &= rest &- 1
    }
  }

  @inline(__always)
  mutating func loadSingles(from first: UInt8, count: UInt8, at address: UInt32) {
    state.pointee.cycles = cycles
    state.pointee.next = next
    Self.loadSingles(state, Int(first), Int(count), address)
    cycles = state.pointee.cycles
  }

  @inline(never) private static func loadSingles(
    _ state: UnsafeMutablePointer<CoreState>, _ first: Int, _ count: Int, _ address: UInt32
  ) {
    let offset = address &- state.pointee.ram.base
    let isHeld = state.pointee.ram.holdsWords(UInt32(truncatingIfNeeded: count), offset)
    guard isHeld, first &+ count <= 32, isWhole(state) else {
      return core(of: state).loadSingles(from: first, count: count, at: address)
    }
    let singles = UnsafeMutableRawPointer(state).assumingMemoryBound(to: UInt32.self) + 16
    let source = UnsafeRawPointer(state.pointee.ram.bytes + Int(offset))
    for index in 0..<count {
      singles[first &+ index] = (source + index &* 4).loadUnaligned(as: UInt32.self)
    }
  }

  @inline(__always)
  mutating func storeSingles(from first: UInt8, count: UInt8, at address: UInt32) {
    state.pointee.cycles = cycles
    state.pointee.next = next
    Self.storeSingles(state, Int(first), Int(count), address)
    cycles = state.pointee.cycles
  }

  @inline(never) private static func storeSingles(
    _ state: UnsafeMutablePointer<CoreState>, _ first: Int, _ count: Int, _ address: UInt32
  ) {
    let offset = address &- state.pointee.store.base
    let isHeld = state.pointee.store.holdsWords(UInt32(truncatingIfNeeded: count), offset)
    guard isHeld, count > 0, first &+ count <= 32, isWhole(state) else {
      return core(of: state).storeSingles(from: first, count: count, at: address)
    }
    state.pointee.noteStores(count, at: address)
    let singles = UnsafeMutableRawPointer(state).assumingMemoryBound(to: UInt32.self) + 16
    let target = UnsafeMutableRawPointer(state.pointee.store.bytes + Int(offset))
    for index in 0..<count {
      (target + index &* 4).storeBytes(of: singles[first &+ index], as: UInt32.self)
    }
  }
}

extension MemoryWindow {
  /// Whether an aligned access lies inside: rotating the offset makes the low bits, which must be
  /// zero, the highest, so that an unaligned offset is larger than any span.
  @inline(__always) func holds(_ width: AccessWidth, _ offset: UInt32) -> Bool {
    switch width {
    case .byte, .signedByte: offset < byteSpan
    case .half, .signedHalf: Self.rotated(offset, 1) < halfSpan
    case .word, .alignedWord: Self.rotated(offset, 2) < wordSpan
    }
  }

  @inline(__always) static func rotated(_ offset: UInt32, _ amount: UInt32) -> UInt32 {
    offset &>> amount | offset &<< (32 &- amount)
  }

  @inline(__always) func holdsWords(_ count: UInt32, _ offset: UInt32) -> Bool {
    let place = Self.rotated(offset, 2)
    return place < wordSpan && count <= wordSpan &- place
  }

  func load(_ width: AccessWidth, _ offset: UInt32) -> UInt32 {
    let place = UnsafeRawPointer(bytes) + Int(offset)
    switch width {
    case .byte: return UInt32(place.load(as: UInt8.self))
    case .signedByte: return UInt32(bitPattern: Int32(place.load(as: Int8.self)))
    case .half: return UInt32(place.loadUnaligned(as: UInt16.self))
    case .signedHalf: return UInt32(bitPattern: Int32(place.loadUnaligned(as: Int16.self)))
    case .word, .alignedWord: return place.loadUnaligned(as: UInt32.self)
    }
  }
}
