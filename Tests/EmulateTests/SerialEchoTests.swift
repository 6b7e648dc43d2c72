// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The boards' own firmware at the end of an emulated cable, whatever the chip's USB controller.
@Suite(.serialized) struct SerialEchoTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// The device descriptor: product 804e of vendor 2341.
  @Test(arguments: [("mkr1000", "41 23 4e 80")])
  func board_isConfiguredAndHeardOverUSB(board: String, ids: String) throws {
    let log = scratch.path("usb.log")
    let outcome = try Command.run(
      "--board", board, "--app", "serial-echo", "--duration", "1500ms", "--log", "usb",
      "--log-file", log)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let text = String(decoding: try Data(contentsOf: URL(filePath: log)), as: UTF8.self)
    #expect(text.contains("in 0, 18 B: 12 01 00 02 ef 02 01 40 \(ids)"), "\(text)")
    // SET_CONFIGURATION, and the line that the application begins with.
    #expect(text.contains("00 09 01 00 00 00 00 00, acknowledged"), "\(text)")
    #expect(text.contains("in 2, 22 B: 73 65 72 69 61 6c 2d 65 63 68 6f"), "\(text)")
  }
}
