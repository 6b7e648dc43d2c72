// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Exception numbers of ARMv7-M (ARM, table B1-4).
enum ExceptionNumber {
  static let reset = 1
  static let nonMaskable = 2
  static let hardFault = 3
  static let memoryManagement = 4
  static let busFault = 5
  static let usageFault = 6
  static let supervisorCall = 11
  static let debugMonitor = 12
  static let pendSV = 14
  static let sysTick = 15
  static let firstInterrupt = 16
}

/// A set of exception numbers 0 to 255.
struct ExceptionSet: Codable {
  private var words = SIMD4<UInt64>()

  subscript(number: Int) -> Bool {
    get { words[(number >> 6) & 3] >> UInt64(number & 63) & 1 != 0 }
    set {
      let bit = UInt64(1) << UInt64(number & 63)
      if newValue { words[(number >> 6) & 3] |= bit } else { words[(number >> 6) & 3] &= ~bit }
    }
  }

  var isEmpty: Bool { words == SIMD4() }
  func intersection(_ other: ExceptionSet) -> ExceptionSet {
    var both = self
    both.words &= other.words
    return both
  }
}

/// Members come lowest first.
extension ExceptionSet: Sequence {
  func makeIterator() -> Iterator { Iterator(rest: words) }

  struct Iterator: IteratorProtocol {
    fileprivate var rest: SIMD4<UInt64>
    private var index = 0

    fileprivate init(rest: SIMD4<UInt64>) { self.rest = rest }

    mutating func next() -> Int? {
      while index < 4 {
        let word = rest[index]
        if word != 0 {
          rest[index] = word & (word &- 1)
          return index * 64 + word.trailingZeroBitCount
        }
        index += 1
      }
      return nil
    }
  }
}
