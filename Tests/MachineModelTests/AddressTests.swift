// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MachineModel

@Suite struct AddressTests {
  @Test(arguments: [(0, "0 B"), (1024, "1 KiB"), (262144, "256 KiB"), (1_234_567, "1,234,567 B")])
  func byteCount_readsWell(count: Int, text: String) {
    #expect(ByteCount(count).description == text)
  }

  @Test func grouping_keepsTheSign() {
    #expect(ByteCount.grouped(-1234) == "-1,234")
    #expect(ByteCount.grouped(999) == "999")
  }

  @Test func address_isPaddedHexadecimal() {
    #expect(Address(0x4000).description == "0x00004000")
  }

  @Test func pin_isSpelledAsNordicDoes() {
    #expect(Pin(port: 1, number: 3).description == "P1.03")
  }
}
