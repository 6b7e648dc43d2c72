// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import FirmwareImage
import MachineModel
import Testing

@Suite struct ELFTests {
  @Test func segments_lieAtTheirLoadAddresses() throws {
    let image = try SampleELF().parsed()
    #expect(image.format == .elf)
    #expect(image.segments.map(\.address) == [Address(0x1_0000), Address(0x1_0040)])
    #expect(image.segments[1].bytes == [1, 2, 3, 4, 5, 6, 7, 8])
    #expect(image.vectorTable == Address(0x1_0000))
    #expect(image.entry == Address(0x1_0008))
    #expect(image.word(at: Address(0x1_0000)) == 0x2004_0000)
  }

  @Test func sizes_countVariablesButNoReservedStack() throws {
    let image = try SampleELF().parsed()
    #expect(image.flashBytes == ByteCount(72))
    #expect(image.staticRAMBytes == ByteCount(32))
  }

  @Test func sizes_comeFromSegmentsWhereSectionsAreStripped() throws {
    let image = try SampleELF(hasSections: false).parsed()
    #expect(image.staticRAMBytes == ByteCount(32))
    #expect(image.symbols.isEmpty)
  }

  @Test func symbols_areSortedAndLoseTheThumbBit() throws {
    let image = try SampleELF().parsed()
    #expect(image.symbols.map(\.name) == ["limit", "reset", "loop", "table", "_estack"])
    #expect(image.symbol(named: "reset")?.address == Address(0x1_0008))
    #expect(image.symbol(containing: Address(0x1_000E))?.name == "reset")
    #expect(image.symbol(containing: Address(0x1_0010))?.name == "loop")
    #expect(image.symbol(containing: Address(0x2000_0004))?.name == "table")
    #expect(image.symbol(containing: Address(0x2000_0008)) == nil)
    #expect(image.symbol(containing: Address(0x1_0000)) == nil)
  }

  @Test func names_canBeDemangled() throws {
    let image = try SampleELF().parsed().demangled { $0 == "loop" ? "App.loop()" : nil }
    #expect(image.symbol(containing: Address(0x1_0010))?.name == "App.loop()")
    #expect(image.symbol(named: "reset") != nil)
  }

  @Test(arguments: [
    (SampleELF(machine: 62, fileClass: 2), "this is an x86-64 image"),
    (SampleELF(machine: 183, fileClass: 2), "this is an AArch64 (64-bit ARM) image"),
    (SampleELF(machine: 243), "this is a RISC-V image"),
    (SampleELF(machine: 4711), "this is a foreign (ELF machine 4711) image"),
    (SampleELF(fileClass: 2), "this is a 64-bit ELF file"),
    (SampleELF(byteOrder: 2), "this is a big-endian ARM image"),
    (SampleELF(type: 1), "this is an object file; link it into an executable"),
    (SampleELF(type: 3), "position-independent"),
    (SampleELF(dataLoadAddress: 0x1_0010), "overlap"),
    (SampleELF(dataLoadAddress: 0xFFFF_FFFC), "behind the 32-bit address space"),
    (SampleELF(bssSize: 0xFFFF_FFF0), "reach behind 4 GiB"),
  ])
  func foreignFiles_areRefusedByName(sample: SampleELF, expected: String) {
    #expect(message { try sample.parsed() }.contains(expected))
  }

  @Test func message_saysFileOffsetAndRemedy() {
    let text = message { try SampleELF(machine: 62).parsed() }
    #expect(
      text == "app.elf: offset 0x12: this is an x86-64 image; build for the board's processor, "
        + "a 32-bit little-endian ARM (armv7em)")
  }

  @Test func elfHeadersInTheFirstSegment_areNotLoaded() throws {
    // As arm-none-eabi-ld does where page alignment lets the headers share the first page.
    var bytes = SampleELF().bytes()
    let header = 52
    patch(&bytes, header + 4, 0)
    patch(&bytes, header + 12, 0x1_0000 - 116)
    patch(&bytes, header + 16, 116 + 64)
    let image = try Image.parse(bytes, name: "app.elf", rawLoadAddress: Address(0))
    #expect(image.vectorTable == Address(0x1_0000))
    #expect(image.segments[0].bytes.count == 64)
  }

  private func patch(_ bytes: inout [UInt8], _ offset: Int, _ value: UInt32) {
    for place in 0..<4 { bytes[offset + place] = UInt8(truncatingIfNeeded: value >> (8 * place)) }
  }
}

extension SampleELF: CustomTestStringConvertible {
  var testDescription: String { "type \(type), machine \(machine), class \(fileClass)" }
}
