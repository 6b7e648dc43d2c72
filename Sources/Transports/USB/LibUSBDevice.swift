// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CLibUSB

/// One interface of a USB device, claimed through libusb for as long as this lives. A kernel driver
/// that held it is put aside meanwhile, where the system allows that.
public final class LibUSBDevice: USBTransport {
  private let context: USBContext
  private var handle: OpaquePointer?
  private let interface: Int32
  private let path: String

  public init(
    _ description: USBDeviceDescription, interface: UInt8, alternate: UInt8 = 0
  ) throws(TransportError) {
    context = try USBContext()
    path = description.path
    self.interface = Int32(interface)
    let device = try context.devices().first {
      libusb_get_bus_number($0) == description.bus
        && libusb_get_device_address($0) == description.address
    }
    guard let device else { throw .disconnected }
    try check(libusb_open(device, &handle))
    do throws(TransportError) {
      var result = libusb_claim_interface(handle, self.interface)
      if result == LIBUSB_ERROR_BUSY.rawValue {
        // A kernel driver has it; where that cannot be put aside, it stays busy.
        libusb_set_auto_detach_kernel_driver(handle, 1)
        result = libusb_claim_interface(handle, self.interface)
      }
      try check(result)
      if alternate != 0 { try selectAlternate(alternate) }
    } catch {
      close()
      throw error
    }
  }

  deinit { close() }

  public func close() {
    guard let handle else { return }
    libusb_release_interface(handle, interface)
    libusb_close(handle)
    self.handle = nil
  }

  public func control(
    requestType: UInt8, request: UInt8, value: UInt16, index: UInt16, data: [UInt8], length: Int,
    within: Duration
  ) throws(TransportError) -> [UInt8] {
    let isToHost = requestType & 0x80 != 0
    let count = isToHost ? length : data.count
    guard let size = UInt16(exactly: count) else {
      throw .failed("a control request carries at most 65535 bytes, not \(count)")
    }
    var buffer = isToHost ? [UInt8](repeating: 0, count: max(1, count)) : data + [0]
    let result = libusb_control_transfer(
      handle, requestType, request, value, index, &buffer, size, milliseconds(within))
    try check(result)
    return isToHost ? Array(buffer.prefix(Int(result))) : []
  }

  public func bulkOut(
    endpoint: UInt8, _ bytes: [UInt8], within: Duration
  ) throws(TransportError) {
    var (buffer, done) = (bytes + [0], Int32(0))
    let result = libusb_bulk_transfer(
      handle, endpoint & 0x7F, &buffer, Int32(clamping: bytes.count), &done, milliseconds(within))
    try check(result)
    guard Int(done) == bytes.count else {
      throw .failed("the device took \(done) of \(bytes.count) bytes")
    }
  }

  public func bulkIn(
    endpoint: UInt8, length: Int, within: Duration
  ) throws(TransportError) -> [UInt8] {
    var (buffer, done) = ([UInt8](repeating: 0, count: max(1, length)), Int32(0))
    let result = libusb_bulk_transfer(
      handle, endpoint | 0x80, &buffer, Int32(clamping: length), &done, milliseconds(within))
    // What came before the time was over is not lost.
    if done == 0 || result != LIBUSB_ERROR_TIMEOUT.rawValue { try check(result) }
    return Array(buffer.prefix(Int(done)))
  }

  public func selectAlternate(_ setting: UInt8) throws(TransportError) {
    try check(libusb_set_interface_alt_setting(handle, interface, Int32(setting)))
  }

  /// Throws `.disconnected` where the device is another one behind the reset.
  public func resetPort() throws(TransportError) {
    let result = libusb_reset_device(handle)
    if result == LIBUSB_ERROR_NOT_FOUND.rawValue { throw .disconnected }
    try check(result)
  }

  private func check(_ result: Int32) throws(TransportError) {
    guard result >= 0 else { throw TransportError(libusb: result, path: path) }
  }

  /// libusb takes 0 for "wait for ever".
  private func milliseconds(_ time: Duration) -> UInt32 {
    UInt32(clamping: max(1, Int64((time / .milliseconds(1)).rounded(.up))))
  }
}
