// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What goes over a USB/IP connection (Linux kernel, Documentation/usb/usbip_protocol.rst; version
/// 1.1.1). All numbers are sent most significant byte first.
enum USBIPMessage {
  static let version: UInt16 = 0x0111
  /// Operation codes of requests; an answer's has bit 15 clear.
  static let importRequest: UInt16 = 0x8003
  static let listRequest: UInt16 = 0x8005
  static let importReply: UInt16 = 0x0003
  static let listReply: UInt16 = 0x0005

  static let operationHeader = 8
  static let busIDSize = 32
  static let commandHeader = 48
  /// Of one packet of an isochronous transfer.
  static let packetDescriptor = 16

  /// Linux's names for how a transfer can end.
  enum Status: Int32 {
    case success = 0
    case invalid = -22  // EINVAL
    case stalled = -32  // EPIPE
    case unlinked = -104  // ECONNRESET
    case shutDown = -108  // ESHUTDOWN
  }

  enum Speed: UInt32 {
    case full = 2
  }
}

/// What a client is told of a device before it may ask it.
public struct USBIPDevice: Equatable, Sendable {
  /// As `usbip list` shows it, `1-1`; at most 31 characters.
  public var busID: String
  public var deviceDescriptor: [UInt8]
  public var configurationDescriptor: [UInt8]

  public init(busID: String, deviceDescriptor: [UInt8], configurationDescriptor: [UInt8]) {
    self.busID = busID
    self.deviceDescriptor = deviceDescriptor
    self.configurationDescriptor = configurationDescriptor
  }

  /// Bus 1, device 2: the first device behind the root hub.
  public static let identifier: UInt32 = 1 << 16 | 2

  /// 312 bytes.
  var summary: [UInt8] {
    let device = deviceDescriptor + Array(repeating: 0, count: max(0, 18 - deviceDescriptor.count))
    var bytes: [UInt8] = []
    bytes.append(text: "/sys/devices/breadboard/usb1/\(busID)", in: 256)
    bytes.append(text: busID, in: USBIPMessage.busIDSize)
    bytes.append(long: 1)
    bytes.append(long: 2)
    bytes.append(long: USBIPMessage.Speed.full.rawValue)
    // Vendor, product, version: in descriptors the least significant byte comes first.
    for place in [8, 10, 12] { bytes += [device[place + 1], device[place]] }
    bytes += device[4...6]
    bytes += [configuration(5), device[17], configuration(4)]
    return bytes
  }

  private func configuration(_ place: Int) -> UInt8 {
    place < configurationDescriptor.count ? configurationDescriptor[place] : 0
  }

  /// Class, subclass and protocol of each interface's first setting, padded to four bytes.
  var interfaces: [UInt8] {
    var bytes: [UInt8] = []
    var rest = configurationDescriptor[...]
    while let length = rest.first, length >= 2, Int(length) <= rest.count {
      let part = Array(rest.prefix(Int(length)))
      rest = rest.dropFirst(Int(length))
      if part[1] == 4, part.count >= 9, part[3] == 0 { bytes += [part[5], part[6], part[7], 0] }
    }
    // Never more or fewer than were announced.
    let announced = 4 * Int(configuration(4))
    return Array((bytes + Array(repeating: 0, count: announced)).prefix(announced))
  }
}

extension [UInt8] {
  mutating func append(long: UInt32) {
    for shift in [24, 16, 8, 0] as [UInt32] { append(UInt8(truncatingIfNeeded: long >> shift)) }
  }

  mutating func append(short: UInt16) {
    self += [UInt8(truncatingIfNeeded: short >> 8), UInt8(truncatingIfNeeded: short)]
  }

  /// Cut or padded with zeros, the last byte being one always.
  mutating func append(text: String, in size: Int) {
    let bytes = text.utf8.prefix(size - 1)
    self += bytes
    self += repeatElement(0, count: size - bytes.count)
  }

  func long(at place: Int) -> UInt32 {
    self[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }

  func short(at place: Int) -> UInt16 { UInt16(self[place]) << 8 | UInt16(self[place + 1]) }
}
