// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CLibUSB
import Foundation
import Testing

@testable import Transports

@Suite struct DiscoveryTests {
  /// As Linux lays it out: a CDC port, one behind an adapter, and one that is not on USB.
  private func tree() throws -> URL {
    let root = FileManager.default.temporaryDirectory.appending(path: "sys-\(UUID().uuidString)")
    func write(_ path: String, _ text: String) throws {
      let file = root.appending(path: path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data((text + "\n").utf8).write(to: file)
    }
    func link(_ tty: String, to target: String) throws {
      let folder = root.appending(path: "class/tty/\(tty)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(
        atPath: folder.appending(path: "device").path,
        withDestinationPath: root.appending(path: target).path)
    }
    let usb = "devices/pci0/usb1"
    try write("\(usb)/1-2/idVendor", "2341")
    try write("\(usb)/1-2/idProduct", "805a")
    try write("\(usb)/1-2/serial", "07C2AB")
    try write("\(usb)/1-2/product", "Nano 33 BLE")
    try write("\(usb)/1-2/1-2:1.0/bInterfaceNumber", "00")
    try write("\(usb)/1-3.1/idVendor", "1a86")
    try write("\(usb)/1-3.1/idProduct", "7523")
    try write("\(usb)/1-3.1/1-3.1:1.0/bInterfaceNumber", "00")
    try write("\(usb)/1-3.1/1-3.1:1.0/ttyUSB0/port_number", "0")
    try write("devices/platform/serial8250/uevent", "DRIVER=serial8250")
    try link("ttyACM0", to: "\(usb)/1-2/1-2:1.0")
    try link("ttyUSB0", to: "\(usb)/1-3.1/1-3.1:1.0/ttyUSB0")
    try link("ttyS0", to: "devices/platform/serial8250")
    try FileManager.default.createDirectory(
      at: root.appending(path: "class/tty/tty0"), withIntermediateDirectories: true)
    return root
  }

  @Test func portsOnUSB_areFoundWithTheirIdentity() throws {
    let root = try tree()
    defer { try? FileManager.default.removeItem(at: root) }
    let ports = SerialPorts.sysfsPorts(root: root.path, devices: "/dev")
    #expect(
      ports == [
        SerialPortDescription(
          path: "/dev/ttyACM0", vendor: 0x2341, product: 0x805A, serialNumber: "07C2AB",
          productName: "Nano 33 BLE", interface: 0, location: "1-2"),
        SerialPortDescription(
          path: "/dev/ttyUSB0", vendor: 0x1A86, product: 0x7523, location: "1-3.1"),
      ])
  }

  @Test func machineWithoutPorts_hasNone() {
    #expect(SerialPorts.sysfsPorts(root: "/nowhere", devices: "/dev") == [])
  }

  @Test func devices_canBeLookedForWhereThereIsNoBus() {
    // A container has none, a desk has some; neither may be an error.
    #expect(throws: Never.self) { try USBDevices.all() }
  }

  @Test func libusbErrors_haveTheirMeaning() {
    let meanings: [(libusb_error, TransportError)] = [
      (LIBUSB_ERROR_ACCESS, .accessDenied(path: "p")), (LIBUSB_ERROR_BUSY, .busy(path: "p")),
      (LIBUSB_ERROR_NO_DEVICE, .disconnected), (LIBUSB_ERROR_TIMEOUT, .timedOut),
      (LIBUSB_ERROR_PIPE, .stalled), (LIBUSB_ERROR_NOT_FOUND, .notFound(path: "p")),
      (LIBUSB_ERROR_IO, .failed("Input/Output Error")),
    ]
    for (code, error) in meanings {
      #expect(TransportError(libusb: code.rawValue, path: "p") == error)
    }
  }

  @Test func deviceThatLeft_isDisconnected() {
    let gone = USBDeviceDescription(
      vendor: 0x2341, product: 0x0369, bus: 250, address: 99, location: "250-1")
    #expect(gone.path == "/dev/bus/usb/250/099")
    #expect(throws: TransportError.disconnected) { try LibUSBDevice(gone, interface: 0) }
  }
}
