// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Two matrices of 16 × 16 small numbers, their product, and what becomes of it.
struct IntegerMatrices {
  private static let side = 16
  private static var a: UnsafeMutablePointer<Int16> { Workload.memory(at: 2048) }
  private static var b: UnsafeMutablePointer<Int16> { Workload.memory(at: 2560) }
  private static var product: UnsafeMutablePointer<Int32> { Workload.memory(at: 3072) }

  init() {
    for index in 0..<Self.side &* Self.side {
      Self.a[index] = Int16(truncatingIfNeeded: index &* 7 & 0xFF)
      Self.b[index] = Int16(truncatingIfNeeded: index &* 13 & 0x7F)
    }
  }

  @inline(never) func multiply(offset: Int16) -> Int32 {
    let side = Self.side
    let (a, b, product) = (Self.a, Self.b, Self.product)
    var row = 0
    while row < side {
      var column = 0
      while column < side {
        var sum: Int32 = 0
        var index = 0
        while index < side {
          sum &+= Int32(a[row &* side &+ index]) &* Int32(b[index &* side &+ column])
          index &+= 1
        }
        product[row &* side &+ column] = sum
        column &+= 1
      }
      row &+= 1
    }
    return reduce(offset)
  }

  private func reduce(_ offset: Int16) -> Int32 {
    var (result, sum): (Int32, Int32) = (0, 0)
    var index = 0
    while index < Self.side &* Self.side {
      let value = Self.product[index]
      sum &+= value
      if sum > 50_000 {
        result &+= 10
        sum = 0
      } else if value > 0 {
        result &+= 1
      }
      Self.a[index] = Self.a[index] &+ offset & 0xFF
      index &+= 1
    }
    return result
  }
}

/// Tells numbers from what only looks like one, character by character.
struct NumberScanner {
  private enum State: UInt8 {
    case start, sign, integer, fraction, exponent, exponentDigits, invalid
  }

  private static let text: StaticString =
    "5012,+0.644,-110.700,1234567,.1234500,-T0.3e1F,5.500e+3,0x1F,+.61e-12,T0,999x,-8e7,"
  private(set) var valid: UInt32 = 0

  /// How many numbers ended in each state, four bits a state.
  @inline(never) mutating func scan() -> UInt32 {
    var tally: UInt32 = 0
    var state = State.start
    var character = Self.text.utf8Start
    let end = character + Self.text.utf8CodeUnitCount
    while character != end {
      if character.pointee == UInt8(ascii: ",") {
        tally &+= 1 &<< (UInt32(state.rawValue) &* 4)
        if state != .invalid { valid &+= 1 }
        state = .start
      } else {
        state = Self.next(state, character.pointee)
      }
      character += 1
    }
    return tally
  }

  @inline(__always) private static func next(_ state: State, _ character: UInt8) -> State {
    let isDigit = character &- UInt8(ascii: "0") < 10
    let isSign = character == UInt8(ascii: "+") || character == UInt8(ascii: "-")
    switch state {
    case .start where isSign: return .sign
    case .start, .sign, .integer:
      if isDigit { return .integer }
      return character == UInt8(ascii: ".") ? .fraction : .invalid
    case .fraction:
      if isDigit { return .fraction }
      return character == UInt8(ascii: "e") ? .exponent : .invalid
    case .exponent: return isDigit || isSign ? .exponentDigits : .invalid
    case .exponentDigits: return isDigit ? .exponentDigits : .invalid
    case .invalid: return .invalid
    }
  }
}
