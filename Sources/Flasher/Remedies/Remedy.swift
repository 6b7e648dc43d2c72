// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import FlashProtocols
import Transports

/// Every way in which a board cannot be reached, with what to do about it.
enum Remedy {
  private static let finding = "finding the board"

  // MARK: Which board

  static func notFlashable(_ board: Board) -> FlashError {
    FlashError(
      step: finding, "the file of \(board.name) does not say how the board is flashed",
      remedy: "add 'flashing' to it (Boards/README.md), or choose a board from flash --list-boards")
  }

  static func nothingFound(_ choice: BoardChoice, seen: [SeenBoard]) -> FlashError {
    let what = choice.board?.name ?? "board"
    let number = choice.serialNumber.map { " with serial number \($0)" } ?? ""
    var advice = "use a cable that carries data and plug it straight into this machine"
    if let byHand = choice.board?.flashing?.byHand {
      advice += "; or start its bootloader: \(byHand)"
    }
    for board in seen { advice += "\n  seen instead: \(board.name) (\(board.place))" }
    return FlashError(step: finding, "no \(what)\(number) is plugged in", remedy: advice)
  }

  static func ambiguous(_ seen: [SeenBoard], _ choice: BoardChoice) -> FlashError {
    let lines = seen.map { board in
      let option =
        board.serialNumber.map { "--serial-number \($0)" } ?? board.port.map { "--port \($0)" }
        ?? "unplug the others"
      let name = choice.board?.name ?? board.name
      return "\n  \(option): \(name), \(board.state.rawValue), \(board.place)"
    }
    return FlashError(
      step: finding, "\(seen.count) boards could be meant",
      remedy: "say which:" + lines.joined())
  }

  static func sharedIdentity(_ seen: SeenBoard) -> FlashError {
    FlashError(
      step: finding, "what is plugged in may be \(seen.name), which are flashed differently",
      remedy: "say which by --board \(seen.boards.map(\.id).joined(separator: " or --board "))")
  }

  static func unknownPort(_ port: String) -> FlashError {
    FlashError(
      step: finding, "nothing tells which board \(port) leads to",
      remedy: "say it by --board; flash --list-boards names them")
  }

  static func otherBoard(_ seen: SeenBoard, wanted: Board) -> FlashError {
    FlashError(
      step: finding, "\(seen.place) is \(seen.name), not \(wanted.name)",
      remedy: "choose another port, or --board \(seen.boards.first?.id ?? "")")
  }

  static func serialPortOfUSBBoard(_ board: Board, port: String) -> FlashError {
    FlashError(
      step: finding, "\(port) is not a port of \(board.name), which is flashed over USB itself",
      remedy: "leave --port out")
  }

  // MARK: The way to it

  /// Why a port or a device cannot be opened.
  static func opening(
    _ error: TransportError, for board: Board?, on system: any FlashSystem
  ) -> FlashError {
    switch error {
    case .notFound(let path):
      return FlashError(
        step: finding, "there is no \(path)",
        remedy: "flash --list shows what is plugged in; after plugging in, wait a second")
    case .accessDenied(let path): return denied(path, board, system)
    case .busy(let path): return busy(path, system)
    case .disconnected:
      return FlashError(
        step: "connecting", "the board went away while it was being opened",
        remedy: "plug it in again, without a hub between, and run the command again")
    case .timedOut, .stalled:
      return FlashError(
        step: "connecting", "the board does not answer",
        remedy: board?.flashing?.byHand.map { "start its bootloader by hand: \($0)" }
          ?? "unplug it and plug it in again")
    case .failed(let words):
      return FlashError(
        step: "connecting", "the port could not be opened: \(words)",
        remedy: "unplug the board, plug it in again and run the command again")
    }
  }

  private static func denied(
    _ path: String, _ board: Board?, _ system: any FlashSystem
  ) -> FlashError {
    let rules = board.map { UdevRules(boards: [$0]).lines } ?? []
    var remedy = "sudo flash --install-udev lets every user of this machine flash boards"
    if !rules.isEmpty { remedy += "; it writes \(UdevRules.path), with" }
    for rule in rules { remedy += "\n  \(rule)" }
    if let group = system.group(of: path), group != "root" {
      remedy += "\n  or join the group that may: sudo usermod -aG \(group) $USER, then log in again"
    }
    return FlashError(step: "connecting", "you may not open \(path)", remedy: remedy)
  }

  private static func busy(_ path: String, _ system: any FlashSystem) -> FlashError {
    guard let holder = system.holder(of: path) else {
      return FlashError(
        step: "connecting", "another program has \(path) open",
        remedy: "close serial monitors and IDEs that use it; sudo fuser -v \(path) names it")
    }
    guard !holder.hasPrefix("ModemManager") else {
      return FlashError(
        step: "connecting", "ModemManager has \(path) open, to find out whether it is a modem",
        remedy: "wait half a minute and try again; sudo flash --install-udev makes it leave boards "
          + "alone for good")
    }
    return FlashError(
      step: "connecting", "\(holder) has \(path) open", remedy: "close it and try again")
  }

  // MARK: Into the bootloader

  static func bootloaderDidNotCome(_ board: Board, after action: String) -> FlashError {
    let byHand = board.flashing?.byHand ?? "press its reset button"
    return FlashError(
      step: "entering the bootloader", "\(board.name) did not show its bootloader after \(action)",
      remedy: "do it by hand, then run the command again: \(byHand)")
  }

  static func noAnswer(_ board: Board, at path: String) -> FlashError {
    let byHand = board.flashing?.byHand ?? "press its reset button"
    return FlashError(
      step: "entering the bootloader", "no bootloader of \(board.name) answers at \(path)",
      remedy: "start it by hand, then run the command again: \(byHand)")
  }

  static func noInterface(_ board: Board, _ what: String) -> FlashError {
    FlashError(
      step: "connecting", "the bootloader of \(board.name) shows no \(what) interface",
      remedy: "unplug the board and plug it in again; if that does not help, its bootloader is not "
        + "the one that the board's file names")
  }

  static func noDisk(_ board: Board) -> FlashError {
    FlashError(
      step: "connecting", "no disk of \(board.name) is mounted",
      remedy: "mount the disk that the bootloader shows (your desktop does it), then run the "
        + "command again")
  }

  static func noFamily(_ board: Board) -> FlashError {
    FlashError(
      step: "connecting", "the file of \(board.name) names no UF2 family",
      remedy: "add 'uf2Family' under 'application' (Boards/README.md)")
  }

  static func copying(_ error: TransportError, to disk: String) -> FlashError {
    let words =
      switch error {
      case .accessDenied: "you may not write to \(disk)"
      case .failed(let words): "copying to \(disk) failed: \(words)"
      default: "\(disk) went away"
      }
    return FlashError(
      step: "writing", words,
      remedy: "start the bootloader again, mount its disk so that you may write to it, and run the "
        + "command again")
  }

  static func diskStays(_ disk: BootDisk) -> FlashError {
    FlashError(
      step: "restarting",
      "the board keeps showing its disk at \(disk.path): it did not take the "
        + "image", remedy: "look for an error in INFO_UF2.TXT or FAIL.TXT there, then try again")
  }

  static func severalDisks(_ disks: [BootDisk]) -> FlashError {
    let paths = disks.map { "\n  \($0.path)" }.joined()
    return FlashError(
      step: "connecting", "\(disks.count) bootloaders show a disk",
      remedy: "unmount all but the one that is meant:" + paths)
  }

  static func protocolMissing(_ board: Board) -> FlashError {
    FlashError(
      step: "connecting",
      "\(board.name) is flashed by \(board.flashing?.protocolName ?? ""), which is not there yet",
      remedy: "use the maker's tool")
  }

  // MARK: While it is flashed

  static func stuck(_ step: FlashProgress.Step, for seconds: Int) -> FlashError {
    FlashError(
      step: step.rawValue, "nothing has gone on for \(seconds) s",
      remedy: "unplug the board, plug it in again and run the command again")
  }
}
