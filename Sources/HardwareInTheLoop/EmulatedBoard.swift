// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import Emulator
import Foundation
import MachineModel

/// A board that is a machine in this process.
final class EmulatedBoard: BoardConnection {
  let kind = BoardKind.emulated
  let board: Board
  private var machine: Machine
  private var image: LoadedImage?
  private var sound: (any SampleSource)?
  private var motion: any MotionSource = Rest()
  private var lines: [String] = []
  private var cutter = LineCutter()
  /// Time of machines before this one.
  private var earlier = Cycles(0)

  init(_ board: Board) throws {
    self.board = board
    machine = try Machine(board: board)
  }

  var elapsed: Duration { duration(earlier + machine.core.now.sinceReset) }

  func flash(_ image: [UInt8], name: String) throws {
    self.image = try LoadedImage(bytes: image, name: name, for: board)
    try powerUp()
  }

  func reset() throws { try powerUp() }

  /// A new machine hears the sound from its start, like a board in front of a loudspeaker.
  private func powerUp() throws {
    guard let image else {
      throw BoardError(
        "the emulated board has no application", remedy: "call flash(_:) before anything else")
    }
    earlier = earlier + machine.core.now.sinceReset
    machine = try Machine(board: board, microphone: sound, motion: motion)
    (lines, cutter) = ([], LineCutter())
    if hasUSB {
      machine.onUSBSerial = { [unowned self] bytes in
        cutter.append(bytes)
        while let line = cutter.next() { lines.append(line) }
      }
    } else {
      machine.onConsoleLine = { [unowned self] in lines.append($0.text) }
    }
    machine.load(image)
  }

  /// What a cable shows is the USB port, where the board has one.
  private var hasUSB: Bool { !board.usb.isEmpty }

  func send(_ bytes: [UInt8]) {
    if hasUSB { machine.sendSerial(bytes) } else { machine.type(bytes) }
  }

  func nextLine(within limit: Duration) throws -> String? {
    if lines.isEmpty {
      let reason = machine.run(until: StopConditions(duration: machine.cycles(in: limit))) {
        [self] in
        lines.isEmpty
      }
      if reason.isFailure {
        throw BoardError(
          "the firmware crashed: the run stopped \(reason.text)",
          remedy: "run the image with 'emulate --firmware' for a full report")
      }
    }
    return lines.isEmpty ? nil : lines.removeFirst()
  }

  func play(_ sound: any SampleSource, name: String) throws {
    guard machine.hasMicrophone else {
      throw BoardError(
        "\(board.name) has no microphone to play \(name) to",
        remedy: "list one under 'devices' in the board's file")
    }
    self.sound = sound
    if image != nil { try powerUp() }
  }

  func tilt(_ motion: any MotionSource, name: String) throws {
    guard board.hasMotionSensor else {
      throw BoardError(
        "\(board.name) has no motion sensor to move by \(name)",
        remedy: "list one under 'devices' in the board's file")
    }
    self.motion = motion
    if image != nil { try powerUp() }
  }

  func drive(_ pin: Pin, _ level: Level?) { machine.drive(pin, level) }

  func level(of pin: Pin) -> Level? { machine.level(of: pin) }

  func isLit(_ light: String) -> Bool? { machine.lights.first { $0.name == light }?.led.isLit }

  private func duration(_ cycles: Cycles) -> Duration {
    .seconds(Double(cycles.count) / board.cpuClock.hertz)
  }
}
