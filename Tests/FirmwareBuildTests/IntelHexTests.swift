// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import Testing

@testable import FirmwareBuild

@Suite struct IntelHexTests {
  @Test func record_carriesAddressAndChecksum() {
    // The example of Intel's specification, revision A, in the form that every tool prints.
    let bytes: [UInt8] = [
      0x21, 0x46, 0x01, 0x36, 0x01, 0x21, 0x47, 0x01, 0x36, 0x00, 0x7E, 0xFE, 0x09, 0xD2, 0x19,
      0x01,
    ]
    let lines = IntelHex(bytes, at: Address(0x100), entry: Address(0)).text.split(separator: "\n")
    #expect(lines[0] == ":020000040000FA")
    #expect(lines[1] == ":10010000214601360121470136007EFE09D2190140")
    #expect(lines.last == ":00000001FF")
  }

  @Test func recordsAt64KiBBorder_areSplit() {
    let lines = IntelHex([1, 2, 3, 4], at: Address(0xFFFE), entry: Address(0x10001)).text
      .split(separator: "\n")
    #expect(
      lines == [
        ":020000040000FA", ":02FFFE000102FE", ":020000040001F9", ":020000000304F7",
        ":0400000500010001F5", ":00000001FF",
      ])
  }

  @Test func everyRecord_sumsToZero() {
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 37) }
    for line in IntelHex(bytes, at: Address(0x1_0000), entry: Address(0x1_0101)).text
      .split(separator: "\n")
    {
      let digits = Array(line.dropFirst())
      let sum = stride(from: 0, to: digits.count, by: 2).reduce(UInt8(0)) { sum, index in
        sum &+ (UInt8(String(digits[index...index + 1]), radix: 16) ?? 1)
      }
      #expect(sum == 0)
    }
  }
}
