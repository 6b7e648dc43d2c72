// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import MachineModel

/// The memory that an image has to fit into.
public struct ImageTarget: Equatable, Sendable {
  public struct Span: Equatable, Sendable {
    public var base: Address
    public var size: ByteCount

    public init(base: Address, size: ByteCount) {
      self.base = base
      self.size = size
    }

    public var end: UInt64 { UInt64(base.bits) + UInt64(size.count) }

    func contains(_ address: Address) -> Bool { base <= address && UInt64(address.bits) < end }
  }

  /// The chip's name, for messages.
  public var chip: String
  public var flash: Span
  public var ram: Span
  /// Where else an image may put bytes: the nRF52's UICR.
  public var configuration: [Span]
  /// The family that UF2 files for the chip carry, nil where any may.
  public var uf2Family: UInt32?

  public init(
    chip: String, flash: Span, ram: Span, configuration: [Span] = [], uf2Family: UInt32? = nil
  ) {
    self.chip = chip
    self.flash = flash
    self.ram = ram
    self.configuration = configuration
    self.uf2Family = uf2Family
  }
}

extension Image {
  /// Throws unless the image fits the chip's flash and RAM and starts with a vector table.
  public func validate(for target: ImageTarget) throws(ImageError) {
    if let family = uf2Family, let expected = target.uf2Family, family != expected {
      throw ImageError(
        name, "this UF2 is for \(UF2.familyName(family))",
        remedy: "build it for \(target.chip), family \(UF2.familyName(expected))")
    }
    for segment in segments { try check(segment, target) }
    try checkStaticRAM(target)
    try checkVectorTable(target)
  }

  private func check(_ segment: Segment, _ target: ImageTarget) throws(ImageError) {
    let isConfiguration = target.configuration.contains {
      $0.contains(segment.address) && segment.end <= $0.end
    }
    guard !isConfiguration else { return }
    let flash = target.flash
    guard flash.contains(segment.address) else {
      let size = ByteCount.grouped(segment.bytes.count)
      if target.ram.contains(segment.address) {
        throw ImageError(
          name, "\(size) B are to be loaded into RAM at \(segment.address)",
          remedy: "give .data a load address in flash (AT> FLASH in the linker script)")
      }
      let others = Self.chipsStarting(at: segment.address)
      throw ImageError(
        name, "it is linked at \(segment.address)\(others.map { ", where \($0) start" } ?? "")",
        remedy: "build it for \(target.chip), whose flash is \(flash.size) at \(flash.base)")
    }
    guard segment.end <= flash.end else {
      let excess = ByteCount.grouped(Int(segment.end - flash.end))
      throw ImageError(
        name,
        "the image ends at \(hex(segment.end)), flash ends at \(hex(flash.end)): "
          + "\(excess) B too large", remedy: "make it smaller or choose a board with more flash")
    }
  }

  private func checkStaticRAM(_ target: ImageTarget) throws(ImageError) {
    let end = placements.filter(\.isRAM).map(\.end).max() ?? 0
    guard end > target.ram.end else { return }
    let excess = ByteCount.grouped(Int(end - target.ram.end))
    throw ImageError(
      name,
      "variables end at \(hex(end)), RAM ends at \(hex(target.ram.end)): "
        + "\(excess) B too large", remedy: "use less static RAM or choose a board with more")
  }

  /// DDI 0403E, B1.5.3: the first word is the stack pointer, the second the reset handler.
  private func checkVectorTable(_ target: ImageTarget) throws(ImageError) {
    guard let table = segments.map(\.address).first(where: target.flash.contains),
      let stack = word(at: table), let reset = word(at: table + ByteCount(4))
    else {
      throw ImageError(
        name, "it is too short for a vector table", remedy: "link start-up code into it")
    }
    func refuse(_ problem: String, _ remedy: String) -> ImageError {
      ImageError(name, "the vector table at \(table) \(problem)", remedy: remedy)
    }
    guard table.bits % 128 == 0 else {
      throw refuse("is not aligned", "link it at a multiple of 128")
    }
    let ram = target.ram
    guard stack > ram.base.bits, stack % 4 == 0 else {
      throw refuse(
        "starts with \(Address(stack)), no stack pointer in RAM",
        "link the vector table first; RAM is \(ram.size) at \(ram.base)")
    }
    guard UInt64(stack) <= ram.end else {
      let excess = ByteCount.grouped(Int(UInt64(stack) - ram.end))
      throw refuse(
        "starts the stack at \(Address(stack)), \(excess) B behind the end of RAM \(hex(ram.end))",
        "link it for \(target.chip) with \(ram.size) of RAM at \(ram.base)")
    }
    let handler = Address(reset & ~1)
    let isInImage = segments.contains { $0.contains(handler) }
    if !isInImage, let others = Self.chipsStarting(at: handler) {
      throw refuse(
        "has the reset handler \(Address(reset)), where \(others) start",
        "build it for \(target.chip), to be loaded at \(table)")
    }
    guard reset & 1 == 1, isInImage else {
      throw refuse(
        "has the reset handler \(Address(reset)), no Thumb code of this image",
        "link the vector table first, and start-up code with it")
    }
  }

  /// Chips whose programs are usually linked at an address.
  static func chipsStarting(at address: Address) -> String? {
    switch address.bits {
    case 0x0800_0000..<0x0840_0000: "programs for STM32"
    case 0x1000_0000..<0x1100_0000: "programs for RP2040 and RP2350"
    case 0x4200_0000..<0x4300_0000, 0x4008_0000..<0x4010_0000: "programs for ESP32"
    case 0x6000_0000..<0x6100_0000: "programs for i.MX RT"
    case 0x0040_0000..<0x0050_0000: "programs for SAM3 and SAM4"
    default: nil
    }
  }
}

/// Eight digits at least; an end may be 2^32.
private func hex(_ value: UInt64) -> String {
  let digits = String(value, radix: 16)
  return "0x" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
}
