// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import FlashProtocols
import Flasher
import Foundation
import MachineModel
import Transports

/// A board at the end of a cable, or whatever stands behind a serial port's path.
final class PhysicalBoard: BoardConnection {
  let kind = BoardKind.physical
  let board: Board
  private let choice: BoardChoice
  private let flasher: Flasher
  private var port: (any SerialTransport)?
  private var lines = LineCutter()
  private let begin = ContinuousClock.now

  init(_ board: Board, port: String?) {
    self.board = board
    choice = BoardChoice(board: board, port: port)
    flasher = Flasher(boards: [board], system: LiveSystem(), report: { _ in })
  }

  var elapsed: Duration { ContinuousClock.now - begin }

  func flash(_ image: [UInt8], name: String) throws {
    close()
    let target = try flasher.find(choice)
    let checked = try ImageCheck(board: board, others: []).flashImage(image, name: name)
    let outcome = try flasher.flash(checked, to: target)
    try open(outcome.applicationPort ?? choice.port, of: target)
  }

  /// Opening the port anew does not reset a board; a touch of 1200 baud would leave it in the
  /// bootloader. So an application that is to start anew is flashed anew.
  func reset() throws {
    throw BoardError(
      "\(board.name) cannot be reset over its cable without being flashed",
      remedy: "call flash(_:) again, or press its button")
  }

  private func open(_ path: String?, of target: FlashTarget) throws {
    guard let path else {
      throw BoardError(
        "the application on \(board.name) showed no serial port",
        remedy: "it must print over USB to be tested")
    }
    do {
      port = try SerialPort(path: path, baud: 115_200)
      _ = try port?.setLines(dtr: true, rts: true)
    } catch {
      throw flasher.reason(error, opening: path, of: target)
    }
  }

  private func opened() throws -> any SerialTransport {
    if let port { return port }
    let target = try flasher.find(choice)
    try open(flasher.applicationPort(of: target) ?? choice.port, of: target)
    return try port ?? opened()
  }

  private func close() {
    port?.close()
    (port, lines) = (nil, LineCutter())
  }

  func send(_ bytes: [UInt8]) throws { try opened().write(bytes) }

  func nextLine(within limit: Duration) throws -> String? {
    let port = try opened()
    let end = ContinuousClock.now + limit
    while true {
      if let line = lines.next() { return line }
      let left = end - ContinuousClock.now
      guard left > .zero else { return nil }
      lines.append(try port.read(atMost: 4096, within: min(left, .milliseconds(100))))
    }
  }

  func play(_ sound: any SampleSource, name: String) throws {
    throw BoardError(
      "a microphone on a real board hears the room, not \(name)",
      remedy: "use inject(_:), which gives both boards the same samples")
  }

  func tilt(_ motion: any MotionSource, name: String) throws {
    throw BoardError(
      "nothing here can move a real board by \(name)", remedy: "test that on the emulated one")
  }

  func drive(_ pin: Pin, _ level: Level?) throws {
    throw BoardError(
      "nothing here can press a button of a real board", remedy: "test that on the emulated one")
  }

  func isLit(_ light: String) -> Bool? { nil }
}
