// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import Foundation
import MachineModel
import Testing

@testable import HardwareInTheLoop

/// What one kind of board cannot do, it says.
@Suite struct ConnectionTests {
  private struct Hum: SampleSource {
    let rate = Frequency(hertz: 16000)
    let channels = 1
    let frameCount = 0
    func sample(frame: Int, channel: Int) -> Float { 0 }
  }

  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch { return "\(error)" }
  }

  @Test func emulatedBoard_wantsAnApplication() throws {
    let board = try BoardUnderTest("nano33ble", on: .emulated)
    #expect(
      message { try board.reset() }
        == "the emulated board has no application; call flash(_:) before anything else")
  }

  @Test func emulatedBoard_withoutAMicrophone_saysSo() throws {
    let board = try EmulatedBoard(Board.load(named: "microbit"))
    #expect(
      message { try board.play(Hum(), name: "hum.wav") }.hasSuffix(
        "no microphone to play hum.wav to; list one under 'devices' in the board's file"))
  }

  @Test func motion_needsASensor() throws {
    let board = try EmulatedBoard(Board.load(named: "microbit"))
    #expect(
      message { try board.tilt(Rest(), name: "lift.csv") }.hasSuffix(
        "no motion sensor to move by lift.csv; list one under 'devices' in the board's file"))
    let sense = try EmulatedBoard(Board.load(named: "nano33ble-sense"))
    #expect(message { try sense.tilt(Rest(), name: "lift.csv") } == "no error")
  }

  /// The reset vector leads to nothing.
  @Test func crash_isTold() throws {
    let board = try EmulatedBoard(Board.load(named: "nano33ble"))
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).bin").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let words: [UInt32] = [0x2000_1000, 0x0001_0009, 0xDEDE_DEDE, 0]
    let bytes = words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
    }
    try board.flash(bytes, name: "bad.bin")
    #expect(
      message { _ = try board.nextLine(within: .seconds(1)) }.hasPrefix(
        "the firmware crashed: the run stopped"))
  }

  @Test func realBoard_cannotBeResetPressedOrPlayedTo() throws {
    let board = PhysicalBoard(try Board.load(named: "nano33ble"), port: "/dev/none")
    #expect(message { try board.reset() }.contains("cannot be reset over its cable"))
    #expect(
      message { try board.play(Hum(), name: "hum.wav") }.hasPrefix(
        "a microphone on a real board hears the room, not hum.wav; use inject"))
    #expect(
      message { try board.drive(Pin(port: 0, number: 1), .low) }.hasPrefix(
        "nothing here can press a button of a real board"))
    #expect(
      message { try board.tilt(Rest(), name: "lift.csv") }.hasPrefix(
        "nothing here can move a real board by lift.csv"))
    #expect(message { try board.send([1]) } != "no error")
  }

  /// The application blinks every quarter of a second.
  @Test func light_isSeen() throws {
    let board = try BoardUnderTest("nano33ble", on: .emulated)
    try board.flash(.application("heartbeat"))
    try board.expect("beat 1", within: .seconds(5))
    var seen: Set<Bool> = []
    for _ in 0..<20 {
      try board.expectSilence(about: "goodbye", for: .milliseconds(40))
      seen.insert(try board.isOn(.builtin))
    }
    #expect(seen == [true, false])
    #expect(message { _ = try board.isOn(.named("sun")) }.contains("no light 'sun'"))
  }

  @Test func button_movesItsPin() throws {
    let board = try EmulatedBoard(Board.load(named: "nano33ble"))
    let pin = try #require(board.board.pins["D2"])
    board.drive(pin, .low)
    #expect(board.level(of: pin) == .low)
    board.drive(pin, nil)
    #expect(board.level(of: pin) == nil)
  }

  @Test func lines_areCut() {
    var cutter = LineCutter()
    cutter.append(Array("one\r\ntw".utf8))
    #expect(cutter.next() == "one")
    #expect(cutter.next() == nil)
    cutter.append(Array("o\n".utf8))
    #expect(cutter.next() == "two")
    cutter.append([UInt8](repeating: 0x61, count: 5000))
    #expect(cutter.next()?.count == 5000)
  }
}
