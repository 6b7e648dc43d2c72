// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The port of a board without USB, or without a driver for its controller: never asked anything.
enum NoUSBPort: USBController {
  static var isPresent: Bool { false }
  static func open() {}
  static func poll() -> USBEvent? { nil }
  static func send(_ bytes: UnsafePointer<UInt8>, count: Int, on endpoint: Int) {}
  static func take(from endpoint: Int, into memory: UnsafeMutablePointer<UInt8>) -> Int { 0 }
  static func acceptData() {}
  static func acceptStatus() {}
  static func stall() {}
  static func setAddress(_ address: UInt8) {}
  static func openEndpoints() {}
  static func closeEndpoints() {}
  static func setHalt(_ isHalted: Bool, address: UInt8) {}
  static func isHalted(address: UInt8) -> Bool { false }
  static var frame: UInt32 { 0 }
  static func wakeEveryFrame(_ isOn: Bool) {}
  static func forgetWakeups() {}
  static var serialWords: Int { 0 }
  static func serialWord(_ index: Int) -> UInt32 { 0 }
  static func enterBootloader() -> Never { while true {} }
}
