// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import FirmwareImage
import MachineModel
import Testing

@Suite struct ImageValidationTests {
  static let nRF52840 = ImageTarget(
    chip: "nRF52840", flash: .init(base: Address(0), size: .kibibytes(1024)),
    ram: .init(base: Address(0x2000_0000), size: .kibibytes(256)),
    configuration: [.init(base: Address(0x1000_1000), size: .kibibytes(4))],
    uf2Family: 0xADA5_2840)

  func verdict(_ sample: SampleELF, _ target: ImageTarget = nRF52840) -> String {
    message { try sample.parsed().validate(for: target) }
  }

  @Test func fittingImage_isAccepted() throws {
    try SampleELF().parsed().validate(for: Self.nRF52840)
  }

  @Test func imageTooLarge_isRefusedWithTheNumbers() {
    #expect(
      verdict(SampleELF(textSize: 1024 * 1024 - 0x1_0000 + 12_337))
        == "app.elf: the image ends at 0x00103031, flash ends at 0x00100000: 12,337 B too large; "
        + "make it smaller or choose a board with more flash")
  }

  @Test func imageForAnotherChip_isNamed() {
    let text = verdict(SampleELF(textAddress: 0x0800_0000))
    #expect(text.contains("linked at 0x08000000, where programs for STM32 start"))
    #expect(text.contains("build it for nRF52840, whose flash is 1024 KiB at 0x00000000"))
  }

  @Test func smallerRAM_saysByHowMuchItDoesNotFit() {
    var small = Self.nRF52840
    small.ram.size = .kibibytes(32)
    #expect(
      verdict(SampleELF(), small).contains(
        "starts the stack at 0x20040000, 229,376 B behind the end of RAM 0x20008000"))
    #expect(
      verdict(SampleELF(bssSize: 0x8000), small).contains(
        "variables end at 0x20008008, RAM ends at 0x20008000: 8 B too large"))
  }

  @Test(arguments: [
    (SampleELF(stackPointer: 0), "starts with 0x00000000, no stack pointer in RAM"),
    (SampleELF(stackPointer: 0x2000_0102), "no stack pointer in RAM"),
    (SampleELF(resetOffset: 8), "reset handler 0x00010008, no Thumb code"),
    (SampleELF(resetOffset: 0x9001), "reset handler 0x00019001, no Thumb code"),
    (SampleELF(textAddress: 0x1_0044), "is not aligned"),
    (SampleELF(dataLoadAddress: 0x2000_0000), "8 B are to be loaded into RAM at 0x20000000"),
  ])
  func nonsense_isRefused(sample: SampleELF, expected: String) {
    #expect(verdict(sample).contains(expected))
  }

  @Test func rawBinary_isLoadedWhereTheBoardSays() throws {
    let words: [UInt32] = [0x2000_1000, 0x1_0009, 0xBF00_BF00]
    let bytes = words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
    }
    let image = try Image.parse(bytes, name: "app.bin", rawLoadAddress: Address(0x1_0000))
    #expect(image.format == .raw)
    #expect(image.vectorTable == Address(0x1_0000))
    #expect(image.staticRAMBytes == nil)
    try image.validate(for: Self.nRF52840)
    let short = try Image.parse([1, 2, 3], name: "app.bin", rawLoadAddress: Address(0x1_0000))
    #expect(message { try short.validate(for: Self.nRF52840) }.contains("too short"))
  }

  @Test func rawBinaryOfAnotherChip_isToldByItsResetHandler() throws {
    let bytes: [UInt8] = [0, 0x10, 0, 0x20, 0x01, 0x04, 0, 0x08, 0, 0, 0, 0]
    let image = try Image.parse(bytes, name: "app.bin", rawLoadAddress: Address(0x1_0000))
    #expect(
      message { try image.validate(for: Self.nRF52840) }.contains(
        "has the reset handler 0x08000401, where programs for STM32 start; build it for"))
  }

  @Test func emptyFile_isRefused() {
    let text = message { try Image.parse([], name: "a.bin", rawLoadAddress: Address(0)) }
    #expect(text == "a.bin: the file is empty; build it again")
  }

  @Test(arguments: [
    ("app.elf", "junk", "it is named .elf but does not start like ELF"),
    ("app.hex", "junk", "it is named .hex but does not start like Intel HEX"),
    ("app.uf2", "junk", "it is named .uf2 but does not start like UF2"),
    ("app.bin", "PK\u{3}\u{4}....", "this is a ZIP archive; unpack it"),
    ("app.bin", "!<arch>\n", "this is a static library; link it"),
    ("app.bin", "#!/bin/sh", "this is a script"),
    ("app.bin", "RIFF....WAVE", "this is a recording; give it to --microphone"),
    ("app.bin", "....TFL3....", "this is a TensorFlow Lite model; give it to --model"),
  ])
  func otherFiles_areNamed(name: String, content: String, expected: String) {
    let text = message {
      try Image.parse(Array(content.utf8), name: name, rawLoadAddress: Address(0))
    }
    #expect(text.contains(expected))
  }
}
