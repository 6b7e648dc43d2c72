// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HardwareInTheLoop
import Testing

private let missing = BoardSelection().missing("nano33ble")

/// The example of Documentation/hardware-in-the-loop.md: the same tests on an emulated and on a
/// real Nano 33 BLE.
@Suite(.serialized, .enabled(if: missing == nil, "\(missing ?? "")"))
struct KeywordSpottingSuite {
  static let sample = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent(
      "../../Firmware/Samples/keyword-spotting/three-one-four-one-five-nine.wav"
    ).standardizedFileURL.path

  @Test func digits_areHeardInOrder() throws {
    let board = try BoardUnderTest("nano33ble")
    try board.flash(.application("keyword-spotting"))
    try board.expect("ready", within: .seconds(5))
    let injected = try board.inject(Self.sample)
    for word in ["three", "one", "four", "one", "five", "nine"] {
      try board.expect("heard \"\(word)\"")
    }
    try board.expect("inference", of: injected, atMost: .milliseconds(30))
  }
}
