// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What was decoded last, by its word. Decoding depends on the word alone, so nothing that a guest
/// does can make it wrong; it is what the single-stepper spends most of its time on otherwise.
final class DecodedWords {
  private let decoder: Decoder
  /// One more than the word, 0 where there is none.
  private let keys: UnsafeMutablePointer<UInt64>
  private let operations: UnsafeMutablePointer<Operation>

  private static let bits: UInt32 = 11

  init(_ decoder: Decoder) {
    self.decoder = decoder
    let count = 1 << Int(Self.bits)
    keys = .allocate(capacity: count)
    keys.initialize(repeating: 0, count: count)
    operations = .allocate(capacity: count)
    operations.initialize(repeating: Operation(.undefined), count: count)
  }

  deinit {
    keys.deallocate()
    operations.deallocate()
  }

  /// `second` is 0 behind a 16-bit instruction.
  func operation(_ first: UInt16, _ second: UInt16) -> Operation {
    let word = UInt32(first) << 16 | UInt32(second)
    let slot = Int((word &* 0x9E37_79B1) &>> (32 &- Self.bits))
    if keys[slot] == UInt64(word) &+ 1 { return operations[slot] }
    operations[slot] = decoder.decode(first, second).operation
    keys[slot] = UInt64(word) &+ 1
    return operations[slot]
  }
}
