// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

/// A block with registers of 8, 16 and 32 bits, which accesses of any width reach, in part or
/// several at once, as on the peripheral buses of the SAM D family (DS40001882, PORT, PM, SERCOM).
///
/// The device sees whole registers only: `load` answers a register's value, `store` says which of
/// its bits the access carried.
protocol LaneRegisters: Peripheral {
  /// The registers that the block has now.
  var layout: RegisterLayout { get }
  /// Where an access that came through a window belongs.
  func canonical(_ offset: UInt32) -> UInt32
  mutating func load(_ register: UInt32, in context: inout DeviceContext) -> UInt32
  /// - Parameters:
  ///   - value: zero outside `lanes`.
  ///   - lanes: the bits of the register that are written.
  mutating func store(
    _ register: UInt32, _ value: UInt32, lanes: UInt32, in context: inout DeviceContext)
}

/// Which registers a block has: offset and width, in order and without overlaps.
final class RegisterLayout: Sendable {
  struct Register: Sendable {
    let offset: UInt32
    let width: BusWidth
  }

  let registers: [Register]
  /// The width of the register that begins at an offset, 0 where none does: firmware that polls
  /// asks for whole registers, over and over.
  private let widths: [UInt8]

  init(bytes: [UInt32] = [], halves: [UInt32] = [], words: [UInt32] = []) {
    registers =
      (bytes.map { Register(offset: $0, width: .byte) }
      + halves.map { Register(offset: $0, width: .half) }
      + words.map { Register(offset: $0, width: .word) }).sorted { $0.offset < $1.offset }
    var widths = [UInt8](repeating: 0, count: registers.last.map { Int($0.offset) + 1 } ?? 0)
    for register in registers { widths[Int(register.offset)] = register.width.rawValue }
    self.widths = widths
  }

  /// Whether an access is one register and nothing else.
  func isRegister(_ offset: UInt32, _ width: BusWidth) -> Bool {
    offset < widths.count && widths[Int(offset)] == width.rawValue
  }

  /// The registers that an access touches, the first and one behind the last.
  func touched(by offset: UInt32, _ width: BusWidth) -> Range<Int> {
    let end = UInt64(offset) + UInt64(width.rawValue)
    var first = 0
    while first < registers.count,
      registers[first].offset &+ UInt32(registers[first].width.rawValue) <= offset
    {
      first += 1
    }
    var last = first
    while last < registers.count, UInt64(registers[last].offset) < end { last += 1 }
    return first..<last
  }
}

extension LaneRegisters {
  func canonical(_ offset: UInt32) -> UInt32 { offset }

  public mutating func read(_ offset: UInt32, in context: inout DeviceContext) -> UInt32 {
    read(offset, .word, in: &context)
  }

  public mutating func write(_ offset: UInt32, _ value: UInt32, in context: inout DeviceContext) {
    write(offset, value, .word, in: &context)
  }

  public mutating func read(
    _ offset: UInt32, _ width: BusWidth, in context: inout DeviceContext
  ) -> UInt32 {
    readRegisters(offset, width, in: &context)
  }

  public mutating func write(
    _ offset: UInt32, _ value: UInt32, _ width: BusWidth, in context: inout DeviceContext
  ) {
    writeRegisters(offset, value, width, in: &context)
  }

  mutating func readRegisters(
    _ offset: UInt32, _ width: BusWidth, in context: inout DeviceContext
  ) -> UInt32 {
    let (offset, layout) = (canonical(offset), layout)
    if layout.isRegister(offset, width) { return load(offset, in: &context) & width.mask }
    let touched = layout.touched(by: offset, width)
    if touched.isEmpty { context.reportUnmodelled(offset, write: false) }
    var result: UInt32 = 0
    for register in layout.registers[touched] {
      let value = load(register.offset, in: &context) & register.width.mask
      result |= value.moved(from: register.offset, to: offset)
    }
    return result & width.mask
  }

  mutating func writeRegisters(
    _ offset: UInt32, _ value: UInt32, _ width: BusWidth, in context: inout DeviceContext
  ) {
    let (offset, layout) = (canonical(offset), layout)
    if layout.isRegister(offset, width) {
      return store(offset, value & width.mask, lanes: width.mask, in: &context)
    }
    let touched = layout.touched(by: offset, width)
    if touched.isEmpty { context.reportUnmodelled(offset, write: true) }
    for register in layout.registers[touched] {
      let lanes = width.mask.moved(from: offset, to: register.offset) & register.width.mask
      let bits = (value & width.mask).moved(from: offset, to: register.offset)
      store(register.offset, bits & lanes, lanes: lanes, in: &context)
    }
  }
}

extension UInt32 {
  /// The bits at one byte address as seen from another, at most three bytes away.
  fileprivate func moved(from: UInt32, to: UInt32) -> UInt32 {
    from >= to ? self << ((from &- to) &* 8) : self >> ((to &- from) &* 8)
  }

  /// The value with the lanes of another in it.
  func replacing(lanes: UInt32, with value: UInt32) -> UInt32 { self & ~lanes | value & lanes }
}

extension StoredRegisters {
  /// Writes a part of a register; false where none has this offset.
  mutating func write(_ offset: UInt32, _ value: UInt32, lanes: UInt32) -> Bool {
    guard let old = read(offset) else { return false }
    return write(offset, old.replacing(lanes: lanes, with: value))
  }
}

/// INTENCLR, INTENSET and INTFLAG of a block, and the interrupt line that follows from them.
struct InterruptFlags: Codable {
  private let implemented: UInt32
  private(set) var enabled: UInt32 = 0
  private(set) var raised: UInt32 = 0
  private var lineIsRaised = false

  init(implemented: UInt32) { self.implemented = implemented }

  mutating func enable(_ bits: UInt32, in context: inout DeviceContext) {
    enabled |= bits & implemented
    update(in: &context)
  }
  mutating func disable(_ bits: UInt32, in context: inout DeviceContext) {
    enabled &= ~bits
    update(in: &context)
  }
  mutating func raise(_ bits: UInt32, in context: inout DeviceContext) {
    raised |= bits & implemented
    update(in: &context)
  }
  mutating func clear(_ bits: UInt32, in context: inout DeviceContext) {
    raised &= ~bits
    update(in: &context)
  }
  mutating func reset(in context: inout DeviceContext) {
    (enabled, raised) = (0, 0)
    update(in: &context)
  }

  private mutating func update(in context: inout DeviceContext) {
    let level = raised & enabled != 0
    guard level != lineIsRaised else { return }
    lineIsRaised = level
    context.setInterruptLine(level)
  }
}
