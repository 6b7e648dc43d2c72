// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import FirmwareImage
import MachineModel
import Testing

/// Damaged files end in an error or an image, never in a trap.
@Suite struct ImageFuzzTests {
  static let samples: [[UInt8]] = [
    SampleELF().bytes(),
    Array(":020000040001F9\n:0400000001020304F2\n:0400000500010009ED\n:00000001FF\n".utf8),
    UF2Tests.Block(address: 0x1_0000, number: 0, count: 1).bytes,
  ]

  /// Everything that is done with an image, so that a bad one has its chance to trap.
  func use(_ bytes: [UInt8]) {
    guard let image = try? Image.parse(bytes, name: "fuzz", rawLoadAddress: Address(0x1_0000))
    else {
      return
    }
    _ = (image.flashBytes, image.staticRAMBytes, image.vectorTable)
    for address in [0, 0x1_0000, 0x1_0009, 0x2000_0000, UInt32.max] {
      _ = (image.symbol(containing: Address(address)), image.word(at: Address(address)))
    }
    try? image.validate(for: ImageValidationTests.nRF52840)
  }

  @Test(arguments: samples) func truncation_atEveryLength(sample: [UInt8]) {
    for count in sample.indices { use(Array(sample[..<count])) }
  }

  /// What is cut off an ELF file is always missed: its tables are at the end.
  @Test func truncatedELF_isRefusedAtEveryLength() {
    let sample = SampleELF().bytes()
    for count in sample.indices {
      let text = message {
        try Image.parse(Array(sample[..<count]), name: "cut.elf", rawLoadAddress: Address(0))
      }
      #expect(text != "no error", "\(count) bytes of \(sample.count)")
    }
  }

  @Test(arguments: samples) func flips_ofEveryByte(sample: [UInt8]) {
    for index in sample.indices {
      for value: UInt8 in [0x00, 0x01, 0x7F, 0x80, 0xFF] {
        var bytes = sample
        bytes[index] ^= value == 0 ? bytes[index] : value
        use(bytes)
      }
    }
  }

  @Test(arguments: samples) func seededDamage_ofManyBytes(sample: [UInt8]) {
    var seed: UInt64 = 0x5EED
    func next() -> Int {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(seed >> 33)
    }
    for _ in 0..<2000 {
      var bytes = sample
      for _ in 0..<(1 + next() % 8) { bytes[next() % bytes.count] = UInt8(next() & 0xFF) }
      use(bytes)
    }
  }
}
