// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Writes x86-64 machine code into a buffer. Method names are Intel's mnemonics, the destination
/// comes first; encodings are those of GNU as, so that a test can compare every byte.
///
/// Nothing here traps: when the buffer or the label table is full, or a short jump does not
/// reach, `hasFailed` is set and what was written since is worthless.
struct X86Assembler: ~Copyable {
  /// Where bytes are written. Code may run at another address: everything emitted here is
  /// relative to its own position.
  let code: UnsafeMutablePointer<UInt8>
  /// The offset of the next byte.
  private(set) var position = 0
  private(set) var hasFailed = false

  /// One instruction is at most 15 bytes: checked once per instruction, with that much slack.
  private let limit: Int
  /// By label: its offset, or -1 minus the latest rel32 field that waits for it. Those fields are
  /// chained: each holds the one before it, the first holds 0.
  private let labels: UnsafeMutablePointer<Int32>
  private var labelCount = 0
  private static let labelCapacity = 8192

  init(code: UnsafeMutablePointer<UInt8>, capacity: Int) {
    self.code = code
    limit = capacity - 16
    labels = .allocate(capacity: Self.labelCapacity)
    hasFailed = limit < 0
  }

  deinit {
    labels.deallocate()
  }

  /// Goes on (or starts again) at `offset`, with no labels and no failure.
  mutating func begin(at offset: Int) {
    position = offset
    labelCount = 0
    hasFailed = offset > limit || offset < 0
  }

  // MARK: Bytes

  /// Makes room for one instruction.
  mutating func reserve() {
    guard position <= limit else {
      hasFailed = true
      position = max(limit, 0)
      return
    }
  }

  mutating func byte(_ value: UInt8) {
    code[position] = value
    position &+= 1
  }

  mutating func half(_ value: UInt16) {
    UnsafeMutableRawPointer(code + position).storeBytes(of: value.littleEndian, as: UInt16.self)
    position &+= 2
  }

  mutating func word(_ value: UInt32) {
    UnsafeMutableRawPointer(code + position).storeBytes(of: value.littleEndian, as: UInt32.self)
    position &+= 4
  }

  mutating func long(_ value: UInt64) {
    UnsafeMutableRawPointer(code + position).storeBytes(of: value.littleEndian, as: UInt64.self)
    position &+= 8
  }

  /// Data among the code, for `Memory.code`: little-endian, at the next multiple of 16.
  mutating func constant(_ low: UInt64, _ high: UInt64 = 0) -> Int {
    align(to: 16)
    reserve()
    let offset = position
    long(low)
    long(high)
    return offset
  }

  /// Pads with INT3, which no path may reach, up to a multiple of `boundary`, a power of two.
  mutating func align(to boundary: Int) {
    while position & (boundary - 1) != 0 && !hasFailed {
      reserve()
      byte(0xCC)
    }
  }

  func readWord(at offset: Int) -> Int32 {
    Int32(
      littleEndian: UnsafeRawPointer(code + offset).loadUnaligned(as: Int32.self))
  }

  func writeWord(_ value: Int32, at offset: Int) {
    UnsafeMutableRawPointer(code + offset).storeBytes(of: value.littleEndian, as: Int32.self)
  }

  // MARK: Labels

  /// A place in the code being written, bound once and used before and after.
  struct Label {
    fileprivate let index: Int
  }

  mutating func makeLabel() -> Label {
    guard labelCount < Self.labelCapacity else {
      hasFailed = true
      return Label(index: 0)
    }
    labels[labelCount] = -1
    labelCount += 1
    return Label(index: labelCount - 1)
  }

  /// The label is here: every jump that waited for it is completed.
  mutating func bind(_ label: Label) {
    var waiting = -1 - Int(labels[label.index])
    labels[label.index] = Int32(truncatingIfNeeded: position)
    guard !hasFailed else { return }
    while waiting > 0 {
      let earlier = Int(readWord(at: waiting))
      patch(at: waiting, to: position)
      waiting = earlier
    }
  }

  mutating func makeBoundLabel() -> Label {
    let label = makeLabel()
    bind(label)
    return label
  }

  /// The label's offset; nil while it is not bound.
  func offset(of label: Label) -> Int? {
    labels[label.index] >= 0 ? Int(labels[label.index]) : nil
  }

  /// Writes a rel32 field that refers to the label.
  mutating func relative(to label: Label) {
    if let target = offset(of: label) {
      relative(to: target)
    } else {
      let earlier = -1 - labels[label.index]
      labels[label.index] = -1 - Int32(truncatingIfNeeded: position)
      word(UInt32(bitPattern: earlier))
    }
  }

  /// Writes a rel32 field that refers to an offset; `trailing` bytes of the instruction follow.
  mutating func relative(to target: Int, trailing: Int = 0) {
    word(UInt32(truncatingIfNeeded: target - (position + 4 + trailing)))
  }

  /// Points the rel32 field at `field` to `target`.
  func patch(at field: Int, to target: Int) {
    writeWord(Int32(truncatingIfNeeded: target - (field + 4)), at: field)
  }

  mutating func fail() {
    hasFailed = true
  }
}
