// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DebugServer

/// What the board's USB cable leads to, and what is in its flash beside the application.
struct CableOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Makes the board's USB serial port one of this machine, at a path that is printed, and at "
        + "this one if it is given. The board keeps to real time while nothing moves, and runs "
        + "until it is stopped.", valueName: "[path]"))
  var serial: String?

  @Option(
    help: ArgumentHelp(
      "Serves the board at this path as if it were plugged in: like --serial, and it can be "
        + "flashed. Without an image nothing was flashed yet.", valueName: "path"))
  var asDevice: String?

  @Option(
    help: ArgumentHelp(
      "Serves the board's USB port by USB/IP, at 127.0.0.1:3240 if nothing else is given: "
        + "'usbip attach -r 127.0.0.1 -b 1-1' on Linux plugs it in. Without an image nothing was "
        + "flashed yet.", valueName: "[host:port]"))
  var usbip: ListenAddress?

  @Option(
    help: ArgumentHelp(
      "The bootloader that the board has in flash: ELF, Intel HEX, or a raw binary for the start "
        + "of flash. Every reset starts there.", valueName: "image"))
  var bootloader: String?

  @Flag(help: "Presses the reset button twice at the start, which calls most bootloaders.")
  var doubleTap = false

  /// Where the stable link goes; nil without one, or without a port.
  var link: String? { asDevice ?? (serial == Self.noPath ? nil : serial) }
  var isAskedFor: Bool { serial != nil || asDevice != nil || usbip != nil }

  /// What stands for an option's missing value.
  static let noPath = "-"
  static let optional = ["--serial": noPath, "--usbip": "127.0.0.1:3240"]

  /// Puts a value behind options that may go without.
  static func completed(_ arguments: [String]) -> [String] {
    var completed: [String] = []
    for (index, argument) in arguments.enumerated() {
      completed.append(argument)
      guard let value = optional[argument] else { continue }
      let next = index + 1 < arguments.count ? arguments[index + 1] : nil
      if next?.hasPrefix("-") ?? true { completed.append(value) }
    }
    return completed
  }

  func validate() throws {
    for (option, text) in [
      ("--serial", serial), ("--as-device", asDevice), ("--bootloader", bootloader),
    ] where text == "" {
      throw ValidationError("\(option) was given nothing; write a value behind it.")
    }
    if serial != nil, asDevice != nil {
      throw ValidationError("--as-device is a serial port already; leave out --serial.")
    }
    if usbip != nil, serial != nil || asDevice != nil {
      throw ValidationError(
        "a cable has one end: --usbip cannot go with \(serial != nil ? "--serial" : "--as-device")."
      )
    }
  }
}
