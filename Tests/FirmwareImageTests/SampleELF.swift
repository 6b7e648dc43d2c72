// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import FirmwareImage
import MachineModel

/// A small ELF file, made byte by byte: code at `textAddress`, 8 B of .data, 24 B of .bss and a
/// reserved stack. Fields may be set to nonsense before `bytes()`.
struct SampleELF {
  var textAddress: UInt32 = 0x1_0000
  var stackPointer: UInt32 = 0x2004_0000
  var resetOffset: UInt32 = 9
  var machine: UInt16 = 40
  var type: UInt16 = 2
  var fileClass: UInt8 = 1
  var byteOrder: UInt8 = 1
  var dataLoadAddress: UInt32?
  var bssSize: UInt32 = 24
  var textSize = 64
  var hasSections = true

  static let dataAddress: UInt32 = 0x2000_0000

  private var text: [UInt8] {
    let words = word(stackPointer) + word(textAddress + resetOffset)
    return words + Array(repeating: 0xBF, count: max(0, textSize - words.count))
  }

  func bytes() -> [UInt8] {
    let data: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
    let textOffset = UInt32(52 + 2 * 32)
    let dataOffset = textOffset + UInt32(text.count)
    let tables = dataOffset + UInt32(data.count)
    let loadAddress = dataLoadAddress ?? textAddress + UInt32(text.count)
    let size = UInt32(data.count)
    var file = header(sectionsAt: hasSections ? tables + UInt32(symbols.count) + strings : 0)
    file += program(textOffset, textAddress, textAddress, UInt32(text.count), UInt32(text.count))
    file += program(dataOffset, Self.dataAddress, loadAddress, size, size + bssSize)
    file += text + data
    guard hasSections else { return file }
    file += symbols + symbolNames + sectionNames
    let code = UInt32(text.count)
    file += section(0, 0, 0, 0, 0, 0, 0)
    file += section(1, 1, 6, textAddress, textOffset, code, 0)
    file += section(7, 1, 3, Self.dataAddress, dataOffset, size, 0)
    file += section(13, 8, 3, Self.dataAddress + size, tables, bssSize, 0)
    file += section(18, 8, 3, Self.dataAddress + 0x1000, tables, 0x800, 0)
    file += section(25, 2, 0, 0, tables, UInt32(symbols.count), 6)
    let names = tables + UInt32(symbols.count)
    file += section(33, 3, 0, 0, names, UInt32(symbolNames.count), 0)
    file += section(41, 3, 0, 0, names + UInt32(symbolNames.count), UInt32(sectionNames.count), 0)
    return file
  }

  private let symbolNames = Array("\0reset\0loop\0table\0_estack\0$t\0limit\0".utf8)
  private let sectionNames = Array(
    "\0.text\0.data\0.bss\0.stack\0.symtab\0.strtab\0.shstrtab\0".utf8)
  private var strings: UInt32 { UInt32(symbolNames.count + sectionNames.count) }

  private var symbols: [UInt8] {
    symbol(0, 0, 0, 0, 0) + symbol(1, textAddress + 9, 8, 2, 1)
      + symbol(7, textAddress + 17, 16, 2, 1) + symbol(12, Self.dataAddress, 8, 1, 2)
      + symbol(18, 0x2004_0000, 0, 0, 3) + symbol(26, textAddress + 8, 0, 0, 1)
      + symbol(29, 0x400, 0, 0, 0xFFF1)
  }

  private func header(sectionsAt sections: UInt32) -> [UInt8] {
    let identification =
      [0x7F, 0x45, 0x4C, 0x46, fileClass, byteOrder, 1] + [UInt8](repeating: 0, count: 9)
    let counts: [UInt16] = [52, 32, 2, 40, hasSections ? 8 : 0, hasSections ? 7 : 0]
    let fixed = half(type) + half(machine) + word(1) + word(textAddress + 9)
    return identification + fixed + word(52) + word(sections) + word(0x0500_0000)
      + counts.flatMap(half)
  }

  private func program(
    _ offset: UInt32, _ virtual: UInt32, _ physical: UInt32, _ size: UInt32, _ memory: UInt32
  ) -> [UInt8] {
    [1, offset, virtual, physical, size, memory, 7, 4].flatMap(word)
  }

  private func section(
    _ name: UInt32, _ type: UInt32, _ flags: UInt32, _ address: UInt32, _ offset: UInt32,
    _ size: UInt32, _ link: UInt32
  ) -> [UInt8] {
    [name, type, flags, address, offset, size, link, 0, 4, 0].flatMap(word)
  }

  private func symbol(
    _ name: UInt32, _ value: UInt32, _ size: UInt32, _ type: UInt8, _ section: UInt16
  ) -> [UInt8] {
    word(name) + word(value) + word(size) + [type, 0] + half(section)
  }

  private func half(_ value: UInt16) -> [UInt8] {
    byteOrder == 2
      ? [UInt8(value >> 8), UInt8(value & 0xFF)] : [UInt8(value & 0xFF), UInt8(value >> 8)]
  }

  private func word(_ value: UInt32) -> [UInt8] {
    let low = half(UInt16(value & 0xFFFF))
    let high = half(UInt16(value >> 16))
    return byteOrder == 2 ? high + low : low + high
  }
}

extension SampleELF {
  func parsed() throws -> Image {
    try Image.parse(bytes(), name: "app.elf", rawLoadAddress: Address(0))
  }
}

/// The message of an error that `body` throws.
func message(_ body: () throws -> some Any) -> String {
  do {
    _ = try body()
    return "no error"
  } catch {
    return "\(error)"
  }
}
