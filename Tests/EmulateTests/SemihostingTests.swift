// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct SemihostingTests {
  /// Writes "hi" and exits with the reason in the word at 0x4C.
  private func image(reason: UInt16) -> [UInt8] {
    RawImage.image(
      [
        0x2004, 0xA103, 0xBEAB,  // movs r0, #4; adr r1, text; bkpt 0xab
        0x2018, 0x4900, 0xBEAB,  // movs r0, #0x18; ldr r1, reason; bkpt 0xab
        reason, 0x0002, 0x6968, 0x000A,
      ], at: 0)
  }

  private func run(_ image: [UInt8]) throws -> Command.Outcome {
    let scratch = try Scratch()
    let path = try scratch.write(image, as: "program.bin")
    return try Command.run("--board", "mps2-an386", "--firmware", path, "--duration", "1ms")
  }

  @Test func program_printsAndEndsItself() throws {
    let outcome = try run(image(reason: 0x0026))
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("hi\n"), "\(outcome.output)")
    #expect(outcome.output.contains("by the program itself, status 0"))
  }

  @Test func otherReason_isAFailure() throws {
    #expect(try run(image(reason: 0x0023)).status == 3)
  }
}
