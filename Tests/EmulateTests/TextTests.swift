// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Text that does not come by a UART.
@Suite struct TextTests {
  let scratch: Scratch
  let image: String

  init() throws {
    scratch = try Scratch()
    image = try scratch.write(RawImage.busy, as: "busy.bin")
  }

  private func run(_ arguments: String...) throws -> Command.Outcome {
    try Command.run(["--firmware", image, "--duration", "1ms"] + arguments)
  }

  @Test(arguments: [("tagged", "  itm: hi\n"), ("plain", "  hi\n")])
  func stimulusPortZero_isText(_ style: String, _ line: String) throws {
    let outcome = try run("--itm", style)
    #expect(outcome.output.contains("0.000 s\(line)"), "\(outcome.output)")
  }

  @Test func textThatIsSwitchedOff_isNotShown_butCounts() throws {
    let outcome = try run("--itm", "off", "--until", "hi")
    #expect(!outcome.output.contains(" hi\n"), "\(outcome.output)")
    #expect(outcome.status == 0)
  }

  @Test func report_saysWhereTextCameFrom() throws {
    let outcome = try run("--json", "-")
    #expect(outcome.output.contains("\"source\" : \"itm\""), "\(outcome.output)")
  }

  @Test func unknownStyle_isRefusedWithTheList() throws {
    let outcome = try run("--itm", "loud")
    #expect(outcome.status == 64)
    for word in ["tagged", "plain", "off"] { #expect(outcome.errors.contains(word)) }
  }
}
