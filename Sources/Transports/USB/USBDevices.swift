// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CLibUSB
import Foundation

/// A device on the bus, by its descriptors; nothing was asked of the device itself.
public struct USBDeviceDescription: Equatable, Sendable {
  /// One alternate setting of one interface.
  public struct Interface: Equatable, Sendable {
    public var number: UInt8
    public var alternate: UInt8
    /// `bInterfaceClass`, `bInterfaceSubClass`, `bInterfaceProtocol`.
    public var code: [UInt8]
    /// `bEndpointAddress` of its endpoints.
    public var endpoints: [UInt8]

    public init(number: UInt8, alternate: UInt8 = 0, code: [UInt8], endpoints: [UInt8] = []) {
      (self.number, self.alternate) = (number, alternate)
      (self.code, self.endpoints) = (code, endpoints)
    }
  }

  public var vendor: UInt16
  public var product: UInt16
  public var bus: UInt8
  public var address: UInt8
  /// Where it is plugged in, `1-2.3`.
  public var location: String
  public var serialNumber: String?
  public var productName: String?
  public var interfaces: [Interface]

  public init(
    vendor: UInt16, product: UInt16, bus: UInt8, address: UInt8, location: String,
    serialNumber: String? = nil, productName: String? = nil, interfaces: [Interface] = []
  ) {
    (self.vendor, self.product) = (vendor, product)
    (self.bus, self.address, self.location) = (bus, address, location)
    (self.serialNumber, self.productName) = (serialNumber, productName)
    self.interfaces = interfaces
  }

  /// The file that Linux opens it by.
  public var path: String {
    func digits(_ number: UInt8) -> String {
      String(repeating: "0", count: max(0, 3 - "\(number)".count)) + "\(number)"
    }
    return "/dev/bus/usb/\(digits(bus))/\(digits(address))"
  }
}

/// The devices that there are now. Each look has a context of its own: an old one does not see a
/// device that came back with another identity where no udev runs.
public enum USBDevices {
  public static func all() throws(TransportError) -> [USBDeviceDescription] {
    let context = try USBContext()
    var descriptions: [USBDeviceDescription] = []
    let devices = try context.devices()
    // The devices live as long as the context does.
    withExtendedLifetime(context) {
      descriptions = devices.compactMap { USBDeviceDescription($0) }
    }
    return descriptions.sorted { ($0.bus, $0.address) < ($1.bus, $1.address) }
  }
}

/// A libusb context and the list of devices that it saw.
final class USBContext {
  let pointer: OpaquePointer
  private var list: UnsafeMutablePointer<OpaquePointer?>?

  init() throws(TransportError) {
    var context: OpaquePointer?
    let result = libusb_init(&context)
    guard result == 0, let context else { throw TransportError(libusb: result, path: "USB") }
    pointer = context
  }

  deinit {
    if let list { libusb_free_device_list(list, 1) }
    libusb_exit(pointer)
  }

  /// Valid as long as the context.
  func devices() throws(TransportError) -> [OpaquePointer] {
    if list == nil {
      let count = libusb_get_device_list(pointer, &list)
      guard count >= 0 else {
        throw TransportError(libusb: Int32(truncatingIfNeeded: count), path: "USB")
      }
    }
    guard var next = list else { return [] }
    var devices: [OpaquePointer] = []
    while let device = next.pointee {
      devices.append(device)
      next += 1
    }
    return devices
  }
}

extension USBDeviceDescription {
  init?(_ device: OpaquePointer) {
    var descriptor = libusb_device_descriptor()
    guard libusb_get_device_descriptor(device, &descriptor) == 0 else { return nil }
    let bus = libusb_get_bus_number(device)
    var ports = [UInt8](repeating: 0, count: 7)
    let depth = Int(libusb_get_port_numbers(device, &ports, Int32(ports.count)))
    let chain = ports.prefix(max(0, depth)).map(String.init).joined(separator: ".")
    self.init(
      vendor: descriptor.idVendor, product: descriptor.idProduct, bus: bus,
      address: libusb_get_device_address(device),
      location: depth > 0 ? "\(bus)-\(chain)" : "usb\(bus)", interfaces: Self.interfaces(device))
    readNames(device, descriptor)
  }

  /// Linux knows the strings without asking the device, which needs no rights.
  private mutating func readNames(_ device: OpaquePointer, _ descriptor: libusb_device_descriptor) {
    let folder = "/sys/bus/usb/devices/\(location)"
    serialNumber = Sysfs.text("\(folder)/serial")
    productName = Sysfs.text("\(folder)/product")
    #if os(macOS)
      var handle: OpaquePointer?
      guard libusb_open(device, &handle) == 0, let handle else { return }
      defer { libusb_close(handle) }
      func string(_ index: UInt8) -> String? {
        guard index != 0 else { return nil }
        var bytes = [UInt8](repeating: 0, count: 128)
        let count = libusb_get_string_descriptor_ascii(handle, index, &bytes, Int32(bytes.count))
        return count > 0 ? String(decoding: bytes.prefix(Int(count)), as: UTF8.self) : nil
      }
      serialNumber = string(descriptor.iSerialNumber)
      productName = string(descriptor.iProduct)
    #endif
  }

  private static func interfaces(_ device: OpaquePointer) -> [Interface] {
    var pointer: UnsafeMutablePointer<libusb_config_descriptor>?
    // A device that is not configured has no active one.
    guard
      libusb_get_active_config_descriptor(device, &pointer) == 0
        || libusb_get_config_descriptor(device, 0, &pointer) == 0, let pointer
    else { return [] }
    defer { libusb_free_config_descriptor(pointer) }
    let configuration = pointer.pointee
    var found: [Interface] = []
    for interface in UnsafeBufferPointer(
      start: configuration.interface, count: Int(configuration.bNumInterfaces))
    {
      for setting in UnsafeBufferPointer(
        start: interface.altsetting, count: Int(interface.num_altsetting))
      {
        let endpoints = UnsafeBufferPointer(
          start: setting.endpoint, count: Int(setting.bNumEndpoints))
        found.append(
          Interface(
            number: setting.bInterfaceNumber, alternate: setting.bAlternateSetting,
            code: [
              setting.bInterfaceClass, setting.bInterfaceSubClass, setting.bInterfaceProtocol,
            ],
            endpoints: endpoints.map(\.bEndpointAddress)))
      }
    }
    return found
  }
}

extension TransportError {
  /// - Parameter result: negative, one of `LIBUSB_ERROR_…`.
  init(libusb result: Int32, path: String) {
    self =
      switch libusb_error(rawValue: result) {
      case LIBUSB_ERROR_ACCESS: .accessDenied(path: path)
      case LIBUSB_ERROR_BUSY: .busy(path: path)
      case LIBUSB_ERROR_NOT_FOUND: .notFound(path: path)
      case LIBUSB_ERROR_NO_DEVICE: .disconnected
      case LIBUSB_ERROR_TIMEOUT: .timedOut
      case LIBUSB_ERROR_PIPE: .stalled
      default: .failed(String(cString: libusb_strerror(result)))
      }
  }
}
