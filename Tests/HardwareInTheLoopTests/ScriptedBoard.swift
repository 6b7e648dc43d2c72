// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import InjectionProtocol
import MachineModel

@testable import HardwareInTheLoop

/// A board that says what a test wrote for it.
final class ScriptedBoard: BoardConnection {
  let kind = BoardKind.physical
  let board: Board
  var lines: [String]
  /// What is printed for each frame that is sent.
  var answers: [[String]]
  private(set) var sent: [[UInt8]] = []
  private(set) var elapsed = Duration.zero

  init(lines: [String] = [], answers: [[String]] = []) throws {
    board = try Board.load(named: "nano33ble")
    (self.lines, self.answers) = (lines, answers)
  }

  func flash(_ image: [UInt8], name: String) {}
  func reset() {}

  func send(_ bytes: [UInt8]) {
    sent.append(bytes)
    if !answers.isEmpty { lines += answers.removeFirst() }
  }

  func nextLine(within limit: Duration) -> String? {
    guard !lines.isEmpty else {
      elapsed += limit
      return nil
    }
    elapsed += .milliseconds(1)
    return lines.removeFirst()
  }

  func play(_ sound: any SampleSource, name: String) {}
  func tilt(_ motion: any MotionSource, name: String) {}
  func drive(_ pin: Pin, _ level: Level?) {}
  func isLit(_ light: String) -> Bool? { nil }
}
