// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import firmware

@Suite struct RunnerAnswerTests {
  @Test func outputs_areJoinedFromTheirLines() throws {
    #expect(
      try RunnerAnswer.outputs(["m-output-0-[00ff]", "m-output-0-[7f]", "m-output-1-[80]"])
        == [[0, 0xFF, 0x7F], [0x80]])
  }

  @Test func layers_areInOrder() throws {
    #expect(try RunnerAnswer.layers(["m-layer-0-cycles-12", "m-layer-1-cycles-7"]) == [12, 7])
  }

  @Test(arguments: [["m-output-1-[00]"], ["m-output-0-[0]"], ["m-output-0-[zz]"], ["hello"]])
  func otherLines_areRefused(lines: [String]) {
    #expect(throws: (any Error).self) { try RunnerAnswer.outputs(lines) }
    #expect(throws: (any Error).self) { try RunnerAnswer.layers(lines) }
  }

  @Test func hexadecimal_goesBothWays() {
    let bytes = (0...255).map { UInt8($0) }
    #expect(Hexadecimal.bytes(Hexadecimal.text(bytes)[...]) == bytes)
    #expect(Hexadecimal.bytes("0g") == nil)
  }
}
