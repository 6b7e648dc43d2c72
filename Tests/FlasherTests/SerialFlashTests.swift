// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import BootloaderModels
import FlashProtocols
import FlashSupport
import Foundation
import Testing

@testable import Flasher

/// The whole way over a real serial port (a pseudo terminal) to a modelled bootloader.
@Suite(.serialized) struct SerialFlashTests {
  @Test func sketch_isTouchedFlashedAndRunsAgain() throws {
    let device = try PtyBoard(MicrochipMonitor(), .samd21())
    defer { device.stop() }
    let run = try FlashRun(board: "mkr1000", port: device.path, size: 9000)
    let outcome = try run.flash()
    #expect(outcome.verification == .readBack)
    #expect(outcome.applicationPort == device.path)
    #expect(device.touchCount == 1)
    #expect(device.memory.bytes(at: 0x2000, count: 9000) == run.image.bytes)
  }

  @Test func bootloader_isNotTouched() throws {
    let device = try PtyBoard(MicrochipMonitor(), .samd21(), startsInBootloader: true)
    defer { device.stop() }
    let run = try FlashRun(board: "mkr1000", port: device.path, size: 500)
    _ = try run.flash()
    #expect(device.touchCount == 0)
    #expect(run.log.details.contains("a bootloader answers at \(device.path)"))
    #expect(device.memory.bytes(at: 0x2000, count: 500) == run.image.bytes)
  }

  @Test func nano33ble_isFlashedByItsOwnDialect() throws {
    let device = try PtyBoard(NordicMonitor(), .nrf52840())
    defer { device.stop() }
    let run = try FlashRun(board: "nano33ble", port: device.path, size: 10_000)
    #expect(try run.flash().verification == .checksum)
    #expect(device.memory.bytes(at: 0x10000, count: 10_000) == run.image.bytes)
  }

  @Test func wrongBoardBehindThePort_isRefusedUnchanged() throws {
    let device = try PtyBoard(NordicMonitor(), .nrf52840(), startsInBootloader: true)
    defer { device.stop() }
    let before = device.memory
    let run = try FlashRun(board: "mkr1000", port: device.path, size: 500)
    #expect(
      run.complaint()
        == "connecting: the bootloader says 'Arduino Bootloader (SAM-BA extended) 2.0 "
        + "[Arduino:IKXYZ]', which is not a SAMD21's; SAMD21 was expected; choose the board that "
        + "is connected (nothing was changed)")
    #expect(device.memory == before)
  }
}

extension MemoryArray {
  func bytes(at address: UInt32, count: Int) -> [UInt8]? {
    var memory = self
    return memory.read(address, count: count)
  }
}

/// What was reported, kept.
final class Log {
  var details: [String] = []
  var notices: [String] = []
  var steps: [FlashProgress] = []

  func take(_ report: FlashReport) {
    switch report {
    case .detail(let text): details.append(text)
    case .notice(let text): notices.append(text)
    case .progress(let progress): steps.append(progress)
    }
  }
}

/// An image of a given size for a board, on its way to a port.
struct FlashRun {
  let board: Board
  let image: FlashImage
  let log = Log()
  let flasher: Flasher
  let choice: BoardChoice

  init(
    board id: String, port: String? = nil, size: Int, system: (any FlashSystem)? = nil
  ) throws {
    board = try Board.load(named: id)
    let boards = try Board.names().map { try Board.load(named: $0) }
    let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
    image = FlashImage(start: board.application.start.bits, bytes: bytes)
    flasher = Flasher(boards: boards, system: system ?? LiveSystem(), report: log.take)
    choice = BoardChoice(board: board, port: port)
  }

  func flash() throws -> Flasher.Outcome {
    try flasher.flash(image, to: flasher.find(choice))
  }

  /// What the user is told when it fails.
  func complaint() -> String {
    do {
      _ = try flash()
      return "no complaint"
    } catch { return "\(error)" }
  }
}
