// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A serial port that hangs on USB, and what hangs there.
public struct SerialPortDescription: Equatable, Sendable {
  /// `/dev/ttyACM0`, `/dev/cu.usbmodem1101`.
  public var path: String
  public var vendor: UInt16
  public var product: UInt16
  public var serialNumber: String?
  /// What the device calls itself.
  public var productName: String?
  /// `bInterfaceNumber` of the port.
  public var interface: UInt8?
  /// Where on the bus it is plugged in, as Linux writes it: `1-2.3`; nil where that is not known.
  public var location: String?

  public init(
    path: String, vendor: UInt16, product: UInt16, serialNumber: String? = nil,
    productName: String? = nil, interface: UInt8? = nil, location: String? = nil
  ) {
    (self.path, self.vendor, self.product) = (path, vendor, product)
    (self.serialNumber, self.productName) = (serialNumber, productName)
    (self.interface, self.location) = (interface, location)
  }
}

/// The serial ports that there are now.
public enum SerialPorts {
  /// - Parameters:
  ///   - root: what holds `class/tty`; a test's own tree in tests.
  ///   - devices: where the ports' files are.
  public static func all(
    root: String = "/sys", devices: String = "/dev"
  ) -> [SerialPortDescription] {
    #if os(macOS)
      registeredPorts()
    #else
      sysfsPorts(root: root, devices: devices)
    #endif
  }

  /// `class/tty/ttyACM0/device` leads to the interface; its device is above.
  static func sysfsPorts(root: String, devices: String) -> [SerialPortDescription] {
    let folder = "\(root)/class/tty"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.sorted().compactMap { name in
      guard let resolved = realpath("\(folder)/\(name)/device", nil) else { return nil }
      defer { free(resolved) }
      var place = String(cString: resolved)
      let interface = Sysfs.hexadecimal("\(place)/bInterfaceNumber")
      // A port behind an adapter is two levels further down than one of CDC.
      for _ in 0..<4 {
        if let vendor = Sysfs.hexadecimal("\(place)/idVendor"),
          let product = Sysfs.hexadecimal("\(place)/idProduct")
        {
          return SerialPortDescription(
            path: "\(devices)/\(name)", vendor: vendor, product: product,
            serialNumber: Sysfs.text("\(place)/serial"),
            productName: Sysfs.text("\(place)/product"),
            interface: interface.map { UInt8(truncatingIfNeeded: $0) },
            location: (place as NSString).lastPathComponent)
        }
        place = (place as NSString).deletingLastPathComponent
      }
      return nil
    }
  }
}

/// Files of one line each.
enum Sysfs {
  static func text(_ path: String) -> String? {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    let text = String(decoding: data.prefix(256), as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    return text.isEmpty ? nil : text
  }

  static func hexadecimal(_ path: String) -> UInt16? {
    text(path).flatMap { UInt16($0, radix: 16) }
  }
}
