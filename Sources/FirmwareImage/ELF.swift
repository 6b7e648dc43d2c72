// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

/// ELF32 for ARM, little-endian (System V ABI, chapter 4; ELF for the ARM Architecture).
struct ELF {
  static let magic: [UInt8] = [0x7F, 0x45, 0x4C, 0x46]
  private static let headerSize = 52
  private static let segmentLimit = 64

  let name: String
  let reader: ByteReader
  let entry: UInt32
  let segments: [ProgramHeader]
  let sections: [SectionHeader]

  struct ProgramHeader {
    let offset, virtualAddress, physicalAddress, fileSize, memorySize: UInt32

    static let size: UInt16 = 32
    static let load: UInt32 = 1
  }

  struct SectionHeader {
    let name, type, flags, address, offset, size, link: UInt32

    static let headerSize: UInt16 = 40
    static let symbolTable: UInt32 = 2
    static let stringTable: UInt32 = 3
    static let noBits: UInt32 = 8
    var isAllocated: Bool { flags & 2 != 0 }
    var end: UInt64 { UInt64(offset) + UInt64(size) }
  }

  init(_ bytes: [UInt8], name: String) throws(ImageError) {
    self.name = name
    reader = ByteReader(bytes)
    try Self.checkIdentification(reader, name: name)
    entry = reader.word(at: 24) ?? 0
    segments = try Self.programHeaders(reader, name: name)
    sections = try Self.sectionHeaders(reader, name: name)
  }

  func image() throws(ImageError) -> Image {
    // Before anything is copied: headers may all name the same bytes.
    let total = segments.reduce(0) { $0 + Int($1.fileSize) }
    guard segments.count <= Self.segmentLimit, total <= Image.sizeLimit.count else {
      throw ImageError(
        name, "its \(segments.count) segments hold \(ByteCount.grouped(total)) B",
        remedy: "an image may have \(Self.segmentLimit) segments and \(Image.sizeLimit)")
    }
    var loaded: [Image.Segment] = []
    for (index, header) in segments.enumerated() where header.fileSize > 0 {
      loaded.append(try load(header, index: index))
    }
    var image = Image(
      format: .elf, name: name, segments: try Image.sorted(loaded, name: name),
      entry: entry == 0 ? nil : Address(entry & ~1), symbols: try symbols(),
      placements: try placements())
    image.sections = try allocatedSections()
    return image
  }

  private static func checkIdentification(
    _ reader: ByteReader, name: String
  ) throws(ImageError) {
    let bytes = reader.bytes
    func refuse(_ offset: Int, _ problem: String, _ remedy: String) -> ImageError {
      ImageError(name, at: .offset(offset), problem, remedy: remedy)
    }
    guard bytes.count >= headerSize, let type = reader.halfword(at: 16),
      let machine = reader.halfword(at: 18)
    else {
      throw refuse(
        bytes.count, "the ELF header is cut short", "copy the file again or rebuild it")
    }
    let remedy = "build for the board's processor, a 32-bit little-endian ARM (armv7em)"
    let isLittleEndian = bytes[5] == 1
    guard (isLittleEndian ? machine : machine.byteSwapped) == 40 else {
      let machine = machineName(isLittleEndian ? machine : machine.byteSwapped)
      throw refuse(18, "this is \(machine) image", remedy)
    }
    guard bytes[4] == 1 else { throw refuse(4, "this is a 64-bit ELF file", remedy) }
    guard isLittleEndian else { throw refuse(5, "this is a big-endian ARM image", remedy) }
    switch type {
    case 2: break
    case 1: throw refuse(16, "this is an object file", "link it into an executable")
    case 3:
      throw refuse(
        16, "this is a position-independent or shared image",
        "link it at fixed addresses (-no-pie, -fno-pic)")
    default: throw refuse(16, "ELF type \(type) is no executable", "use the linker's output")
    }
  }

  private static func machineName(_ machine: UInt16) -> String {
    switch machine {
    case 2: "a SPARC"
    case 3: "an x86 (32-bit)"
    case 8: "a MIPS"
    case 20, 21: "a PowerPC"
    case 62: "an x86-64"
    case 83: "an AVR"
    case 94: "an Xtensa (ESP32)"
    case 105: "an MSP430"
    case 183: "an AArch64 (64-bit ARM)"
    case 243: "a RISC-V"
    default: "a foreign (ELF machine \(machine))"
    }
  }

  private static func programHeaders(
    _ reader: ByteReader, name: String
  ) throws(ImageError) -> [ProgramHeader] {
    let start = Int(reader.word(at: 28) ?? 0)
    let count = Int(reader.halfword(at: 44) ?? 0)
    let size = reader.halfword(at: 42) ?? 0
    guard count > 0, size == ProgramHeader.size else {
      throw ImageError(
        name, at: .offset(42), "there is no program header that says what to load",
        remedy: "use the linker's output, not stripped of its headers")
    }
    var headers: [ProgramHeader] = []
    for index in 0..<count {
      let base = start + index * Int(size)
      let words = (0..<8).compactMap { reader.word(at: base + 4 * $0) }
      guard words.count == 8 else {
        throw ImageError(
          name, at: .offset(base), "program header \(index) of \(count) lies outside the file",
          remedy: "copy the file again or rebuild it: it seems cut short")
      }
      guard words[0] == ProgramHeader.load else { continue }
      headers.append(
        ProgramHeader(
          offset: words[1], virtualAddress: words[2], physicalAddress: words[3],
          fileSize: words[4], memorySize: words[5]))
    }
    return headers
  }

  private static func sectionHeaders(
    _ reader: ByteReader, name: String
  ) throws(ImageError) -> [SectionHeader] {
    let start = Int(reader.word(at: 32) ?? 0)
    let count = Int(reader.halfword(at: 48) ?? 0)
    guard start != 0, count > 0 else { return [] }
    guard reader.halfword(at: 46) == SectionHeader.headerSize else {
      throw ImageError(
        name, at: .offset(46), "section headers have an unknown size",
        remedy: "the file is damaged: rebuild it")
    }
    var headers: [SectionHeader] = []
    for index in 0..<count {
      let base = start + index * Int(SectionHeader.headerSize)
      let words = (0..<10).compactMap { reader.word(at: base + 4 * $0) }
      guard words.count == 10 else {
        throw ImageError(
          name, at: .offset(base), "section header \(index) of \(count) lies outside the file",
          remedy: "copy the file again or rebuild it: it seems cut short")
      }
      headers.append(
        SectionHeader(
          name: words[0], type: words[1], flags: words[2], address: words[3], offset: words[4],
          size: words[5], link: words[6]))
    }
    return headers
  }
}
