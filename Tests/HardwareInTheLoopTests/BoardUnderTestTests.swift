// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import InjectionProtocol
import Testing

@testable import HardwareInTheLoop

@Suite struct BoardUnderTestTests {
  private func board(
    _ lines: [String] = [], answers: [[String]] = []
  ) throws -> BoardUnderTest {
    BoardUnderTest(try ScriptedBoard(lines: lines, answers: answers))
  }

  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch { return "\(error)" }
  }

  @Test func expect_passesOverOtherLines() throws {
    let board = try board(["ready", "heard \"one\"  90 %", "heard \"two\"  80 %"])
    #expect(try board.expect("two") == "heard \"two\"  80 %")
    #expect(
      message { try board.expect("one", within: .seconds(1)) }.contains("heard \"one\"  90 %"))
  }

  @Test func missingText_isTold_withWhatWasPrinted() throws {
    let board = try board(["ready"])
    let text = message { try board.expect("heard", within: .seconds(3)) }
    #expect(
      text.hasPrefix("\"heard\" was not printed within 3.0 seconds; look at what was printed"))
    #expect(text.hasSuffix("the board printed:\n  ready"))
  }

  @Test func silence_isHeld() throws {
    #expect(message { try board(["x"]).expectSilence(about: "y", for: .seconds(1)) } == "no error")
    let text = message { try board(["x", "oh y"]).expectSilence(about: "y", for: .seconds(1)) }
    #expect(text.hasPrefix("\"oh y\" was printed; it was not to come within 1.0 seconds"))
  }

  @Test func injection_gathersOutputsAndCycles() throws {
    let board = try board(answers: [
      ["@begin 4"],
      ["@features 10", "@block 1"],
      ["@features 12", "@inference 99", "@outputs 01ff", "heard \"one\"", "@block 2"], ["@end 2"],
    ])
    let injected = try board.inject([1, 2, 3], as: "three samples")
    #expect(injected.outputs == [[1, 255]])
    #expect(injected.cycles == ["features": [10, 12], "inference": [99]])
    #expect(injected.worstCycles(of: "features") == 12)
    #expect(try board.expect("heard") == "heard \"one\"")
    #expect(board.measured.steps.map(\.outputs) == [["01ff"]])
    let sent = (board.connection as? ScriptedBoard)?.sent
    #expect(sent?[2] == InjectionFrame.bytes(.block, [3, 0, 0, 0]))
  }

  @Test func budget_isHeldByCycles() throws {
    let board = try board()
    let injected = Injected(cycles: ["inference": [64_000, 128_000]])
    #expect(
      message { try board.expect("inference", of: injected, atMost: .milliseconds(2)) }
        == "no error")
    let late = message { try board.expect("inference", of: injected, atMost: .milliseconds(1)) }
    #expect(late.contains("'inference' took 128000 cycles"))
    let unknown = message { try board.expect("nap", of: injected, atMost: .seconds(1)) }
    #expect(unknown == "no task 'nap' ran; one of inference")
  }

  @Test(arguments: [
    ([[String]](), "the application did not answer within 5.0 seconds"),
    ([["@led 1"]], "the application answered 'begin' with something else"),
    ([["@begin 2000"]], "the application asks for blocks of 2000 B"),
    ([["@begin 2"], ["@block 7"]], "the application answered 'block 1' with something else"),
    ([["@begin 2"], ["@refused damaged"]], "the application refused what was injected: damaged"),
    (
      [["@begin 2"], ["@block 1"], ["@led 0"]], "the application answered 'end' with something else"
    ),
  ])
  func injectionThatGoesWrong_isTold(answers: [[String]], problem: String) throws {
    let board = try board(answers: answers)
    #expect(message { try board.inject([1], as: "one") }.hasPrefix(problem))
  }

  @Test func led_isAskedFor() throws {
    #expect(try board(answers: [["@led 1"]]).isOn(.builtin))
    let other = message { _ = try board().isOn(.named("led_red")) }
    #expect(other.contains("has no light 'led_red' that can be seen from here"))
    let wrong = message { _ = try board(answers: [["@begin 2"]]).isOn(.builtin) }
    #expect(wrong.hasPrefix("the application answered 'led' with something else"))
  }

  @Test func unknownPin_isTold() throws {
    let text = message { try board().press("D99") }
    #expect(text.hasPrefix("Arduino Nano 33 BLE has no pin 'D99'; one of A0, A1"))
  }

  @Test func wrongRate_isTold() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).wav").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let little: (UInt32) -> [UInt8] = { value in (0..<4).map { UInt8(value >> ($0 * 8) & 255) } }
    let bytes =
      Array("RIFF".utf8) + little(40) + Array("WAVEfmt ".utf8) + little(16) + [1, 0, 1, 0]
      + little(8000) + little(16000) + [2, 0, 16, 0] + Array("data".utf8) + little(4) + [
        0, 0, 0, 0,
      ]
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    #expect(
      message { try board().inject(path) }
        == "\(path) has 8000 samples a second; convert it to 16000: sox \(path) -r 16000 out.wav")
  }
}

@Suite struct BoardSelectionTests {
  @Test func environment_decides() {
    #expect(BoardSelection(environment: [:]) == .emulated)
    #expect(BoardSelection(environment: [BoardSelection.variable: "emulated"]) == .emulated)
    #expect(BoardSelection(environment: [BoardSelection.variable: "physical"]) == .physical)
    #expect(BoardSelection(environment: [BoardSelection.variable: "/dev/x"]) == .port("/dev/x"))
  }

  @Test func missingBoard_isSaidLoudly() {
    #expect(BoardSelection.emulated.missing("nano33ble") == nil)
    #expect(
      BoardSelection.emulated.missing("nano")
        == "there is no board 'nano'; 'emulate --list-boards' names them")
    #expect(
      BoardSelection.emulated.missing("giga")?.contains("cannot be emulated; plug one in") == true)
    #expect(
      BoardSelection.port("/dev/none").missing("nano33ble")?.hasPrefix("NO BOARD: /dev/none")
        == true)
    #expect(BoardSelection.physical.missing("openmv-h7")?.hasPrefix("NO BOARD: no OpenMV") == true)
    #expect(throws: BoardError.self) { try BoardUnderTest("nano33ble", on: .port("/dev/none")) }
  }
}
