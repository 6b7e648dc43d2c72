// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Shifts and saturation on values.
extension ValueContext {
  @inline(__always) func shiftLeft(_ a: UInt32, _ amount: UInt8) -> UInt32 {
    a &<< UInt32(amount)
  }

  @inline(__always) func shiftRight(_ a: UInt32, _ amount: UInt8) -> UInt32 {
    a &>> UInt32(amount)
  }

  @inline(__always) func shiftRightSigned(_ a: UInt32, _ amount: UInt8) -> UInt32 {
    UInt32(bitPattern: Int32(bitPattern: a) &>> Int32(amount))
  }

  @inline(__always) func rotateRight(_ a: UInt32, _ amount: UInt8) -> UInt32 {
    a &>> UInt32(amount) | a &<< (0 &- UInt32(amount))
  }

  @inline(__always) func shift(_ a: UInt32, _ kind: ShiftKind, _ amount: UInt8) -> UInt32 {
    // 64-bit shifts reach 32, so that LSR #32 and ASR #32 need no case of their own.
    switch kind {
    case .left: a &<< UInt32(amount)
    case .right: UInt32(truncatingIfNeeded: UInt64(a) &>> UInt64(amount))
    case .arithmetic:
      UInt32(truncatingIfNeeded: Int64(Int32(bitPattern: a)) &>> Int64(amount))
    case .rotate: rotateRight(a, amount)
    case .rotateExtended: carryWord &<< 31 | a &>> 1
    }
  }

  @inline(__always)
  func shiftWithCarry(_ a: UInt32, _ kind: ShiftKind, _ amount: UInt8) -> Shifted<UInt32, Bool> {
    let result = shift(a, kind, amount)
    switch kind {
    case .left:
      let out = amount == 0 ? carry : a &>> (32 &- UInt32(amount)) & 1 != 0
      return Shifted(result: result, carry: out)
    case .right, .arithmetic, .rotate:
      return Shifted(result: result, carry: a &>> (UInt32(amount) &- 1) & 1 != 0)
    case .rotateExtended: return Shifted(result: result, carry: a & 1 != 0)
    }
  }

  @inline(__always) func shift(_ a: UInt32, _ kind: ShiftKind, by amount: UInt32) -> UInt32 {
    let n = UInt64(amount & 255)
    let reach = min(n, 63)
    switch kind {
    case .left: return UInt32(truncatingIfNeeded: UInt64(a) &<< reach)
    case .right: return UInt32(truncatingIfNeeded: UInt64(a) &>> reach)
    case .arithmetic:
      return UInt32(truncatingIfNeeded: Int64(Int32(bitPattern: a)) &>> Int64(reach))
    case .rotate, .rotateExtended: return a &>> (amount & 31) | a &<< (0 &- (amount & 31))
    }
  }

  @inline(__always)
  func shiftWithCarry(
    _ a: UInt32, _ kind: ShiftKind, by amount: UInt32
  ) -> Shifted<UInt32, Bool> {
    let n = UInt64(amount & 255)
    let reach = min(n, 63)
    let result = shift(a, kind, by: amount)
    let out: Bool
    switch kind {
    case .left: out = (UInt64(a) &<< reach) &>> 32 & 1 != 0
    case .right: out = (UInt64(a) &<< 1) &>> reach & 1 != 0
    case .arithmetic: out = (Int64(Int32(bitPattern: a)) &<< 1) &>> Int64(reach) & 1 != 0
    case .rotate, .rotateExtended: out = Int32(bitPattern: result) < 0
    }
    return Shifted(result: result, carry: n == 0 ? carry : out)
  }

  @inline(__always)
  func saturate(_ a: UInt32, bits: UInt8, signed: Bool) -> Shifted<UInt32, Bool> {
    let value = Int64(Int32(bitPattern: a))
    let highest: Int64 = signed ? 1 &<< (Int64(bits) &- 1) &- 1 : 1 &<< Int64(bits) &- 1
    let lowest: Int64 = signed ? ~highest : 0
    let clamped = min(max(value, lowest), highest)
    return Shifted(result: UInt32(truncatingIfNeeded: clamped), carry: clamped != value)
  }

  @inline(__always) func saturatingAdd(_ a: UInt32, _ b: UInt32) -> Shifted<UInt32, Bool> {
    saturateToWord(Int64(Int32(bitPattern: a)) &+ Int64(Int32(bitPattern: b)))
  }

  @inline(__always) func saturatingSubtract(_ a: UInt32, _ b: UInt32) -> Shifted<UInt32, Bool> {
    saturateToWord(Int64(Int32(bitPattern: a)) &- Int64(Int32(bitPattern: b)))
  }

  @inline(__always) private func saturateToWord(_ value: Int64) -> Shifted<UInt32, Bool> {
    let clamped = min(max(value, Int64(Int32.min)), Int64(Int32.max))
    return Shifted(result: UInt32(truncatingIfNeeded: clamped), carry: clamped != value)
  }
}

/// Several words in one instruction: word by word, stopping at the first that faults.
extension ValueContext {
  mutating func loadMultiple(_ list: UInt16, at address: UInt32) -> UInt32 {
    var (rest, next) = (list & 0x7FFF, address)
    while rest != 0, !hasFaulted {
      self[UInt8(truncatingIfNeeded: rest.trailingZeroBitCount)] = load(.alignedWord, at: next)
      next &+= 4
      rest &= rest &- 1
    }
    return list & 0x8000 == 0 || hasFaulted ? 0 : load(.alignedWord, at: next)
  }

  mutating func storeMultiple(_ list: UInt16, at address: UInt32) {
    var (rest, next) = (list & 0x7FFF, address)
    while rest != 0, !hasFaulted {
      store(.alignedWord, self[UInt8(truncatingIfNeeded: rest.trailingZeroBitCount)], at: next)
      next &+= 4
      rest &= rest &- 1
    }
  }

  mutating func loadSingles(from first: UInt8, count: UInt8, at address: UInt32) {
    var next = address
    for register in first..<min(first &+ count, 32) where !hasFaulted {
      self[single: register] = load(.alignedWord, at: next)
      next &+= 4
    }
  }

  mutating func storeSingles(from first: UInt8, count: UInt8, at address: UInt32) {
    var next = address
    for register in first..<min(first &+ count, 32) where !hasFaulted {
      store(.alignedWord, self[single: register], at: next)
      next &+= 4
    }
  }
}
