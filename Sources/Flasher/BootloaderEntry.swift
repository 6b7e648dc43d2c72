// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import FlashProtocols
import Transports

/// Brings a board from its sketch into its bootloader.
struct BootloaderEntry {
  let finder: BoardFinder
  let report: (FlashReport) -> Void

  /// How long a board may take from the touch to its bootloader's port.
  static let patience = Duration.seconds(10)
  /// How long people may take to press a button.
  static let patienceWithPeople = Duration.seconds(60)
  /// A port that has just come may be closed to us until udev has been there, or busy while
  /// ModemManager looks at it.
  static let settling = Duration.seconds(3)
  static let modemManager = Duration.seconds(30)

  private var system: any FlashSystem { finder.system }

  /// - Returns: the target as it is once its bootloader runs.
  func enter(_ target: FlashTarget) throws -> FlashTarget {
    guard let seen = target.seen else { return try enterBlindly(target) }
    switch seen.state {
    case .bootloader:
      report(.detail("it is in its bootloader already"))
      return target
    case .adapter where target.flashing.flashProtocol.isSerial: return target
    case .adapter, .sketch: break
    }
    let before = finder.seen()
    let action = try leaveSketch(target, seen)
    let patience = action == nil ? Self.patienceWithPeople : Self.patience
    let found = try system.wait(patience) { () -> SeenBoard? in
      finder.seen().first { candidate in
        candidate.state == .bootloader
          && candidate.boards.contains { $0.id == target.board.id }
          && (candidate.isSame(as: seen)
            || !before.contains { $0.state == .bootloader && $0.isSame(as: candidate) })
      }
    }
    guard let found else {
      throw Remedy.bootloaderDidNotCome(target.board, after: action ?? "a minute")
    }
    report(.detail("the bootloader came: \(found.place)"))
    var entered = target
    // The user's port was the sketch's; the bootloader has its own.
    (entered.seen, entered.port) = (found, nil)
    return entered
  }

  /// - Returns: what was done, in words; nil where only a person can do it.
  private func leaveSketch(_ target: FlashTarget, _ seen: SeenBoard) throws -> String? {
    if target.flashing.detach, try detach(seen) { return "DFU_DETACH" }
    if let baud = target.flashing.touch, let port = target.path {
      try touch(port, baud: baud, board: target.board)
      return "a touch of \(port) at \(baud) baud"
    }
    let byHand = target.flashing.byHand ?? "start its bootloader"
    report(.notice("waiting for the bootloader of \(target.board.name): \(byHand)"))
    return nil
  }

  /// DFU_DETACH to the sketch's run-time interface (USB Device Firmware Upgrade 1.1, 5.1).
  /// - Returns: false where the sketch has none.
  private func detach(_ seen: SeenBoard) throws -> Bool {
    guard let device = seen.device,
      let interface = device.interfaces.first(where: { $0.code == [0xFE, 1, 1] })
    else { return false }
    report(.detail("sending DFU_DETACH to \(seen.place)"))
    let link: any USBTransport
    do throws(TransportError) {
      link = try system.openUSB(device, interface: interface.number, alternate: 0)
    } catch {
      // The touch needs other rights, which may be there.
      guard seen.port != nil else {
        throw Remedy.opening(error, for: seen.boards.first, on: system)
      }
      report(.detail("DFU_DETACH cannot be sent: \(error)"))
      return false
    }
    defer { link.close() }
    let parameters = FlashParameters(start: 0, length: 0, interface: interface.number)
    var session: any FlashSession = DFUDetachSession(parameters: parameters)
    do { _ = try FlashLoop(system: system, report: report).run(&session, over: .usb(link)) } catch {
      guard let failure = error as? FlashError, failure.kind == .board, seen.port != nil else {
        throw error
      }
      report(.detail("\(failure)"))
      return false
    }
    return true
  }

  /// Opens the port at 1200 baud and closes it: the sketch resets into the bootloader once DTR has
  /// fallen.
  private func touch(_ port: String, baud: Int, board: Board) throws {
    report(.detail("touching \(port) at \(baud) baud"))
    let link = try open(port, baud: baud, board: board)
    // Long enough for whoever polls the port to see it.
    system.pause(.milliseconds(250))
    // The board may be gone by now, which is what was wanted.
    _ = try? link.setLines(dtr: false, rts: nil)
    link.close()
    // Opened again at once, the port might never have looked closed.
    system.pause(.milliseconds(500))
  }

  /// Opens a port that may not be ready for us yet.
  func open(_ port: String, baud: Int, board: Board) throws -> any SerialTransport {
    let start = system.now
    var hasSaid = false
    while true {
      if system.isInterrupted { throw FlashError.interrupted }
      do throws(TransportError) {
        return try system.openSerial(port, baud: baud)
      } catch {
        let patience =
          switch error {
          case .notFound, .accessDenied, .disconnected: Self.settling
          case .busy:
            system.holder(of: port)?.hasPrefix("ModemManager") == true
              ? Self.modemManager : .seconds(1)
          default: Duration.zero
          }
        guard system.now - start < patience else {
          throw Remedy.opening(error, for: board, on: system)
        }
        if case .busy = error, patience == Self.modemManager, !hasSaid {
          report(.notice("waiting for ModemManager to let go of \(port)"))
          hasSaid = true
        }
      }
      system.pause(.milliseconds(100))
    }
  }
}

// MARK: Ports that USB knows nothing of

extension BootloaderEntry {
  /// Nothing tells what runs behind the port: the bootloader is asked, and touched if it is silent.
  private func enterBlindly(_ target: FlashTarget) throws -> FlashTarget {
    guard let port = target.port, target.flashing.flashProtocol.isSAMBA else { return target }
    if try answers(port, target.board, within: .zero) {
      report(.detail("a bootloader answers at \(port)"))
      return target
    }
    guard let baud = target.flashing.touch else { throw Remedy.noAnswer(target.board, at: port) }
    try touch(port, baud: baud, board: target.board)
    guard try answers(port, target.board, within: Self.patience) else {
      throw Remedy.noAnswer(target.board, at: port)
    }
    report(.detail("a bootloader answers at \(port)"))
    return target
  }

  /// SAM-BA answers LF CR to `N#`, which to a sketch is text like any other.
  private func answers(_ port: String, _ board: Board, within time: Duration) throws -> Bool {
    try system.wait(time) { () -> Bool? in
      do {
        let link = try open(port, baud: 115_200, board: board)
        defer { link.close() }
        try link.discardInput()
        try link.write(Array("N#".utf8))
        var heard: [UInt8] = []
        while heard.count < 2 {
          let more = try link.read(atMost: 2 - heard.count, within: .milliseconds(300))
          if more.isEmpty { return nil }
          heard += more
        }
        return heard == [0x0A, 0x0D] ? true : nil
      } catch is TransportError {
        // It is on its way out or in.
        return nil
      }
    } ?? false
  }
}

extension Flashing.FlashProtocol {
  fileprivate var isSAMBA: Bool { self == .sambaNRF || self == .sambaSAMD }
}
