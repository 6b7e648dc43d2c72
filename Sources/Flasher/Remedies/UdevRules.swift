// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import BoardDescription
import Foundation

/// What tells Linux to let users open boards, and ModemManager to leave them alone.
public struct UdevRules: Equatable, Sendable {
  public static let path = "/etc/udev/rules.d/60-breadboard.rules"

  /// A rule for each identity, of the device itself and of what hangs below it (the tty).
  public let lines: [String]

  public init(boards: [Board]) {
    var lines: [String] = []
    for board in boards where board.flashing != nil {
      for role in ["sketch", "bootloader", "adapter"] {
        guard let identity = board.usb[role] else { continue }
        for product in [identity.product] + identity.also {
          let rule =
            "SUBSYSTEMS==\"usb\", ATTRS{idVendor}==\"\(Self.digits(identity.vendor))\", "
            + "ATTRS{idProduct}==\"\(Self.digits(product))\", MODE=\"0666\", "
            + "ENV{ID_MM_DEVICE_IGNORE}=\"1\""
          if !lines.contains(rule) { lines.append(rule) }
        }
      }
    }
    self.lines = lines
  }

  public var text: String {
    "# Lets every user of this machine flash these boards. Written by flash --install-udev.\n"
      + lines.map { $0 + "\n" }.joined()
  }

  private static func digits(_ value: UInt16) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: 4 - text.count) + text
  }

  /// Writes the rules and makes udev read them.
  /// - Returns: what there is left to do, or nil.
  public func install(to path: String = path) throws -> String? {
    let folder = (path as NSString).deletingLastPathComponent
    guard access(folder, F_OK) == 0 else {
      throw FlashError(
        step: "installing rules", "there is no folder \(folder)",
        remedy: "this system has no udev; give yourself access to the port in its own way")
    }
    do { try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic) } catch {
      throw FlashError(
        step: "installing rules", "\(path) could not be written",
        remedy: "run it as root, with the path of this program: sudo \(CommandLine.arguments[0]) "
          + "--install-udev; or save what flash --install-udev --print shows there yourself")
    }
    let isReloaded =
      Self.run("control", "--reload") && Self.run("trigger", "--subsystem-match=tty")
      && Self.run("trigger", "--subsystem-match=usb")
    return isReloaded ? nil : "udev could not be told: unplug the boards and plug them in again"
  }

  private static func run(_ arguments: String...) -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["udevadm"] + arguments
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
