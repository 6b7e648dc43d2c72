// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import DebugServer
import Emulator
import USBIP

/// The board's USB port for USB/IP clients.
final class USBIPServer {
  private let listener: Listener
  private var clients: [Client] = []
  private var function: EmulatedUSBFunction
  private let announce: (String) -> Void
  private var attachment = 0

  private final class Client {
    let connection: Connection
    var session: USBIPSession

    init(_ connection: Connection, _ session: USBIPSession) {
      (self.connection, self.session) = (connection, session)
    }
  }

  var address: ListenAddress { listener.address }

  init(_ address: ListenAddress, of machine: Machine, announce: @escaping (String) -> Void) throws {
    listener = try Listener(address, for: "USB/IP client")
    function = EmulatedUSBFunction(machine)
    self.announce = announce
  }

  /// Passes on what has come; says whether anything moved.
  func serve() -> Bool {
    tellAttachment()
    while let connection = listener.accept(within: 0) {
      clients.append(Client(connection, USBIPSession(for: function)))
    }
    var hasMoved = false
    for client in clients where serve(client) { hasMoved = true }
    clients.removeAll { !$0.connection.isOpen }
    return hasMoved
  }

  private func tellAttachment() {
    guard function.isAttached, function.attachmentCount != attachment else { return }
    attachment = function.attachmentCount
    announce("1-1 is \(function.machine.usb.deviceName ?? "a device")")
  }

  private func serve(_ client: Client) -> Bool {
    let wasImported = client.session.isImported
    client.session.isTaken = clients.contains { $0 !== client && $0.session.isImported }
    let bytes = client.connection.receive(within: 0)
    let answer =
      client.session.receive(bytes, for: &function)
    if !answer.isEmpty { client.connection.send(answer) }
    if client.session.isImported != wasImported { announce("1-1 is attached") }
    if client.session.isOver || !client.connection.isOpen { end(client) }
    return !bytes.isEmpty || !answer.isEmpty
  }

  private func end(_ client: Client) {
    if client.session.isImported {
      client.session.close(&function)
      announce("1-1 is detached")
    }
    if let problem = client.session.problem { announce(problem) }
    client.connection.hangUp()
  }
}
