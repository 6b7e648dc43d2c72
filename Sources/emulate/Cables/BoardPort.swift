// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Emulator
import MachineModel
import Transports

/// The board's USB serial port as one of this machine. Like a port on a real cable it is there
/// while the board is on the bus, and another one when the board has come back.
final class BoardPort {
  private let link: String?
  private let announce: (String) -> Void
  private var terminal: PseudoTerminal?
  /// Takes what the program writes as soon as it does.
  private var listener: PortListener?
  private var attachment = 0
  /// As the program on this machine was last seen to hold the port.
  private var held = SerialLine.closed
  /// On its way to the program.
  private var backlog: [UInt8] = []
  /// Beyond this the board has to wait.
  private static let mostBacklog = 4096

  init(link: String?, of machine: Machine, announce: @escaping (String) -> Void) {
    (self.link, self.announce) = (link, announce)
    machine.setSerialLine(.closed)
    machine.onUSBSerial = { [weak self] in self?.backlog += $0 }
  }

  /// Passes on what has come; says whether anything moved.
  func serve(_ machine: Machine) throws -> Bool {
    try follow(machine)
    guard let terminal, let listener else { return false }
    var hasMoved = false
    let baud = terminal.baud
    let isOpen = terminal.isOpen
    // What was written at once goes as one transfer, as a real port's driver sends it: bootloaders
    // tell commands from data by the packets.
    let bytes = machine.usb.hasSentAll ? listener.next() : []
    // Somebody may have come and gone since the last look.
    let wasVisited = !isOpen && !held.isOpen && (baud != held.baud || !bytes.isEmpty)
    if isOpen || wasVisited {
      hasMoved = hold(SerialLine(isOpen: true, baud: baud, dtr: true, rts: true), machine)
    }
    if !bytes.isEmpty {
      machine.sendSerial(bytes)
      hasMoved = true
    }
    if !isOpen, held.isOpen, (bytes.isEmpty && listener.isEmpty) || wasVisited {
      hasMoved = hold(SerialLine(isOpen: false, baud: baud, dtr: false, rts: false), machine)
      backlog = []
      terminal.dropUnread()
    }
    return deliver(to: terminal, machine) || hasMoved
  }

  /// Waits until the program has done something, or for the time given.
  func wait(milliseconds: Int32) { listener?.wait(milliseconds: Int(milliseconds)) }
  var canWait: Bool { terminal != nil }

  func close() {
    listener?.stop()
    terminal?.close()
    (listener, terminal) = (nil, nil)
  }

  /// The port comes and goes with the device.
  private func follow(_ machine: Machine) throws {
    if terminal != nil, !machine.usb.hasSerialPort || machine.usb.attachmentCount != attachment {
      close()
      announce("gone")
      held = .closed
      backlog = []
      machine.setSerialLine(.closed)
    }
    if terminal == nil, machine.usb.hasSerialPort {
      attachment = machine.usb.attachmentCount
      let new = try PseudoTerminal(link: link)
      terminal = new
      listener = PortListener(new)
      held.baud = new.baud
      let name = machine.usb.deviceName.map { ", \($0)" } ?? ""
      announce((link.map { "\($0) (\(new.path))" } ?? new.path) + name)
    }
  }

  private func hold(_ line: SerialLine, _ machine: Machine) -> Bool {
    guard line != held else { return false }
    held = line
    machine.setSerialLine(line)
    return true
  }

  private func deliver(to terminal: PseudoTerminal, _ machine: Machine) -> Bool {
    guard !backlog.isEmpty else { return false }
    let count = terminal.write(backlog)
    backlog.removeFirst(count)
    machine.setSerialThrottled(backlog.count > Self.mostBacklog)
    return count > 0
  }
}
