// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import Testing

@testable import Emulator

@Suite struct TraceHashTests {
  private func hash(_ detail: UInt64, at cycle: UInt64) -> UInt64 {
    var trace = TraceHash()
    trace.record(.pin, detail, at: .reset + Cycles(cycle))
    return trace.value
  }

  @Test func everythingObserved_changesIt() {
    #expect(hash(1, at: 1) == hash(1, at: 1))
    #expect(hash(1, at: 1) != hash(2, at: 1))
    #expect(hash(1, at: 1) != hash(1, at: 2))
  }

  @Test func singleByte_matchesTheFNVCatalogue() {
    var trace = TraceHash()
    trace.mix(byte: UInt8(ascii: "a"))
    #expect(trace.hexadecimal == "af63dc4c8601ec8c")
  }
}
