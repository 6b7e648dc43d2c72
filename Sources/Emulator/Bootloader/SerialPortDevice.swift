// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import USBModel

/// A USB device that is a serial port and nothing else, packet by packet: what a stand-in for a
/// bootloader is seen as (Universal Serial Bus Specification 2.0, chapter 9; USB CDC PSTN 1.2).
struct SerialPortDevice {
  let device: [UInt8]
  let configuration: [UInt8]
  let strings: [String]
  private var address: UInt8 = 0
  private var isConfigured = false
  private var lineCoding: [UInt8] = [0x00, 0xC2, 0x01, 0, 0, 0, 8]
  private var lineState: UInt16 = 0

  private var setup: SetupPacket?
  /// What is still to go to the host in the data stage; nil where the request is refused.
  private var reply: ArraySlice<UInt8>?
  private var taken: [UInt8] = []
  private var hasSentFullPacket = false

  /// Packets from the host, to be taken.
  var inbox: [[UInt8]] = []
  /// Bytes for the host.
  var outbox: [UInt8] = []
  /// The host has set the speed or the lines since this was last cleared.
  var isLineChanged = false

  private static let packetSize = 64
  /// More packets than this are refused until some were taken, and all while the host does not
  /// fetch what it asked for.
  private static let mostPackets = 16
  private static let mostAnswer = 1 << 16

  init(vendor: UInt16, product: UInt16, manufacturer: String, name: String, serialNumber: String) {
    func low(_ word: UInt16) -> UInt8 { UInt8(truncatingIfNeeded: word) }
    func high(_ word: UInt16) -> UInt8 { UInt8(truncatingIfNeeded: word >> 8) }
    device = [
      18, 1, 0x00, 0x02, 0xEF, 2, 1, 64, low(vendor), high(vendor), low(product), high(product),
      0x00, 0x01, 1, 2, 3, 1,
    ]
    let control: [UInt8] =
      [9, 4, 0, 0, 1, 2, 2, 0, 0] + [5, 0x24, 0, 0x10, 0x01] + [5, 0x24, 1, 0, 1]
      + [4, 0x24, 2, 2] + [5, 0x24, 6, 0, 1] + [7, 5, 0x81, 3, 16, 0, 16]
    let data: [UInt8] =
      [9, 4, 1, 0, 2, 10, 0, 0, 0] + [7, 5, 0x82, 2, 64, 0, 0] + [7, 5, 0x02, 2, 64, 0, 0]
    let body = [8, 11, 0, 2, 2, 2, 0, 0] + control + data
    configuration = [9, 2, UInt8(9 + body.count), 0, 2, 1, 0, 0x80, 50] + body
    strings = [manufacturer, name, serialNumber]
  }

  var baud: Int { lineCoding[..<4].reversed().reduce(0) { $0 << 8 | Int($1) } }
  var dtr: Bool { lineState & 1 != 0 }
  var rts: Bool { lineState & 2 != 0 }

  mutating func respond(to event: USBBusEvent) -> USBHandshake {
    switch event {
    case .reset:
      (address, isConfigured, setup, lineState) = (0, false, nil, 0)
      (inbox, outbox) = ([], [])
      return .none
    case .setup(address, 0, let bytes):
      begin(SetupPacket(bytes))
      return .acknowledged
    case .out(address, 0, let bytes): return takeControl(bytes)
    case .in(address, 0): return sendControl()
    case .out(address, 2, let bytes) where isConfigured:
      guard inbox.count < Self.mostPackets, outbox.count < Self.mostAnswer else { return .notReady }
      if !bytes.isEmpty { inbox.append(bytes) }
      return .acknowledged
    case .in(address, 2) where isConfigured: return send()
    case .in(address, 1) where isConfigured: return .notReady
    default: return .none
    }
  }

  /// A transfer that ends with a full packet is ended by an empty one.
  private mutating func send() -> USBHandshake {
    guard !outbox.isEmpty || hasSentFullPacket else { return .notReady }
    let packet = Array(outbox.prefix(Self.packetSize))
    outbox.removeFirst(packet.count)
    hasSentFullPacket = packet.count == Self.packetSize
    return .data(packet)
  }

  // MARK: Endpoint 0

  private mutating func begin(_ new: SetupPacket?) {
    (setup, taken) = (new, [])
    reply = new.flatMap(answer).map { $0.prefix(Int(new?.length ?? 0)) }
  }

  /// What a request asks for, empty for one that sends or sets; nil for what there is not.
  private func answer(_ setup: SetupPacket) -> [UInt8]? {
    switch (setup.requestType, setup.request) {
    case (0x80, 6): descriptor(setup.value)
    case (0x80, 0), (0x81, 0), (0x82, 0): [0, 0]
    case (0x80, 8): [isConfigured ? 1 : 0]
    case (0x81, 10): [0]
    case (0, 5), (0, 9), (1, 11), (2, 1), (2, 3): []
    case (0x21, 0x20), (0x21, 0x22), (0x21, 0x23): []
    case (0xA1, 0x21): lineCoding
    default: nil
    }
  }

  private func descriptor(_ value: UInt16) -> [UInt8]? {
    let index = Int(value & 0xFF)
    switch value >> 8 {
    case 1: return device
    case 2: return configuration
    case 3 where index == 0: return [4, 3, 0x09, 0x04]
    case 3 where index <= strings.count:
      let units = strings[index - 1].utf16.prefix(126)
      return [UInt8(2 + 2 * units.count), 3]
        + units.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
    default: return nil
    }
  }

  private mutating func takeControl(_ bytes: [UInt8]) -> USBHandshake {
    guard let setup, reply != nil else { return .stalled }
    // The status of a request to the host.
    if setup.isToHost { return .acknowledged }
    taken += bytes
    return .acknowledged
  }

  private mutating func sendControl() -> USBHandshake {
    guard let setup, let reply else { return .stalled }
    if setup.isToHost {
      let packet = Array(reply.prefix(Self.packetSize))
      self.reply = reply.dropFirst(packet.count)
      return .data(packet)
    }
    carryOut(setup)
    return .data([])
  }

  /// In the status stage of a request that sets something.
  private mutating func carryOut(_ setup: SetupPacket) {
    switch (setup.requestType, setup.request) {
    case (0, 5): address = UInt8(setup.value & 0x7F)
    case (0, 9): isConfigured = setup.value == 1
    case (0x21, 0x20) where taken.count == 7:
      lineCoding = taken
      isLineChanged = true
    case (0x21, 0x22):
      lineState = setup.value
      isLineChanged = true
    default: break
    }
  }
}
