// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Writes AArch64 machine code into a buffer. Method names are those of the instruction classes of
/// the Arm Architecture Reference Manual (DDI 0487, C4.1), cases are its mnemonics; the destination
/// comes first.
///
/// Nothing here traps: when the buffer or a table is full, a branch does not reach or an immediate
/// has no encoding, `hasFailed` is set and what was written since is worthless.
struct ARM64Assembler: ~Copyable {
  /// Where instructions are written. Code may run at another address: everything emitted here is
  /// relative to its own position.
  let code: UnsafeMutablePointer<UInt8>
  /// The offset in bytes of the next instruction.
  private(set) var position = 0
  private(set) var hasFailed = false
  private let limit: Int

  /// By label: its offset, or -1 minus the latest fixup that waits for it.
  private let labels: UnsafeMutablePointer<Int32>
  private var labelCount = 0
  private let fixups: UnsafeMutablePointer<Fixup>
  private var fixupCount = 0
  private static let tableCapacity = 8192

  /// A branch whose target is not known yet; `next` waits for the same label, 0 is the end.
  private struct Fixup {
    var position: Int32
    var next: Int32
  }

  init(code: UnsafeMutablePointer<UInt8>, capacity: Int) {
    self.code = code
    limit = capacity - 4
    labels = .allocate(capacity: Self.tableCapacity)
    fixups = .allocate(capacity: Self.tableCapacity)
    hasFailed = limit < 0
  }

  deinit {
    labels.deallocate()
    fixups.deallocate()
  }

  /// Goes on (or starts again) at `offset`, with no labels and no failure.
  mutating func begin(at offset: Int) {
    position = offset
    labelCount = 0
    fixupCount = 0
    hasFailed = offset > limit || offset < 0
  }

  mutating func emit(_ instruction: UInt32) {
    guard position <= limit else {
      hasFailed = true
      return
    }
    write(instruction, at: position)
    position &+= 4
  }

  mutating func fail() { hasFailed = true }

  func write(_ word: UInt32, at offset: Int) {
    UnsafeMutableRawPointer(code + offset).storeBytes(of: word.littleEndian, as: UInt32.self)
  }

  func read(at offset: Int) -> UInt32 {
    UInt32(littleEndian: UnsafeRawPointer(code + offset).loadUnaligned(as: UInt32.self))
  }

  // MARK: Labels

  /// A place in the code being written, bound once and used before and after.
  struct Label {
    fileprivate let index: Int
  }

  mutating func makeLabel() -> Label {
    guard labelCount < Self.tableCapacity else {
      hasFailed = true
      return Label(index: 0)
    }
    labels[labelCount] = -1
    labelCount += 1
    return Label(index: labelCount - 1)
  }

  /// The label is here: every branch that waited for it is completed.
  mutating func bind(_ label: Label) {
    var waiting = -1 - Int(labels[label.index])
    labels[label.index] = Int32(truncatingIfNeeded: position)
    guard !hasFailed else { return }
    while waiting > 0 {
      let fixup = fixups[waiting - 1]
      patch(at: Int(fixup.position), to: position)
      waiting = Int(fixup.next)
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

  /// A branch or ADR, given with an empty distance.
  mutating func emit(_ instruction: UInt32, to label: Label) {
    if let target = offset(of: label) { return emit(instruction, to: target) }
    guard fixupCount < Self.tableCapacity, !hasFailed else { return fail() }
    let earlier = -1 - labels[label.index]
    fixups[fixupCount] = Fixup(position: Int32(truncatingIfNeeded: position), next: earlier)
    fixupCount += 1
    labels[label.index] = -1 - Int32(truncatingIfNeeded: fixupCount)
    emit(instruction)
  }

  mutating func emit(_ instruction: UInt32, to target: Int) {
    let place = position
    emit(instruction)
    if !hasFailed { patch(at: place, to: target) }
  }

  /// Points the branch or ADR at `place` to `target`.
  mutating func patch(at place: Int, to target: Int) {
    let instruction = read(at: place)
    guard let patched = Self.pointing(instruction, by: target - place) else { return fail() }
    write(patched, at: place)
  }

  /// The instruction with a new distance in bytes; nil where that is out of its reach.
  static func pointing(_ instruction: UInt32, by distance: Int) -> UInt32? {
    if instruction & 0x9F00_0000 == 0x1000_0000 {
      // ADR: bytes, the lowest two bits apart.
      guard distance >= -1 << 20, distance < 1 << 20 else { return nil }
      let bits = UInt32(truncatingIfNeeded: distance)
      return instruction & ~0x60FF_FFE0 | (bits & 3) << 29 | (bits >> 2 & 0x7FFFF) << 5
    }
    let (bits, lowest): (Int, UInt32) =
      switch instruction >> 24 & 0x7F {
      case 0x36, 0x37: (14, 5)  // TBZ, TBNZ
      case 0x34, 0x35, 0x54: (19, 5)  // CBZ, CBNZ, B.cond
      default: (26, 0)  // B, BL
      }
    let words = distance >> 2
    guard distance & 3 == 0, words >= -1 << (bits - 1), words < 1 << (bits - 1) else { return nil }
    let mask = (UInt32(1) << UInt32(bits) - 1) << lowest
    return instruction & ~mask | UInt32(truncatingIfNeeded: words) << lowest & mask
  }
}
