// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import USBDescriptors

/// What the device says of itself: constants, the board's ids and names, the chip's number.
enum Descriptors {
  private static let manufacturer: UInt8 = 1
  private static let product: UInt8 = 2
  private static let serial: UInt8 = 3

  /// Writes a descriptor; at most 128 bytes.
  /// - Returns: its length, nil where the device has no such descriptor.
  static func write(kind: UInt8, index: UInt8, to memory: UnsafeMutablePointer<UInt8>) -> Int? {
    switch kind {
    case 1:
      let count = copy(usbDeviceDescriptor(), Int(usb_device_descriptor_size), to: memory)
      put(BoardUSB.vendor, at: memory + 8)
      put(BoardUSB.product, at: memory + 10)
      return count
    case 2:
      return copy(
        usbConfigurationDescriptor(), Int(usb_configuration_descriptor_size), to: memory)
    case 3: return string(index, to: memory)
    default: return nil
    }
  }

  private static func copy(
    _ bytes: UnsafePointer<UInt8>, _ count: Int, to memory: UnsafeMutablePointer<UInt8>
  ) -> Int {
    for index in 0..<count { memory[index] = bytes[index] }
    return count
  }

  private static func put(_ value: UInt32, at memory: UnsafeMutablePointer<UInt8>) {
    memory[0] = UInt8(truncatingIfNeeded: value)
    memory[1] = UInt8(truncatingIfNeeded: value >> 8)
  }

  private static func string(_ index: UInt8, to memory: UnsafeMutablePointer<UInt8>) -> Int? {
    var count = 2
    switch index {
    case 0:
      // English (United States).
      append(0x09, to: memory, &count)
      memory[3] = 0x04
    case manufacturer: append("Breadboard", to: memory, &count)
    case product: append(BoardUSB.name, to: memory, &count)
    case serial:
      for word in 0..<USBPort.serialWords {
        for digit in 0..<8 {
          let value = UInt8(USBPort.serialWord(word) >> UInt32(28 - 4 * digit) & 15)
          let letter = value < 10 ? UInt8(ascii: "0") &+ value : UInt8(ascii: "A") &- 10 &+ value
          append(letter, to: memory, &count)
        }
      }
    default: return nil
    }
    memory[0] = UInt8(truncatingIfNeeded: count)
    memory[1] = 3
    return count
  }

  private static func append(
    _ text: StaticString, to memory: UnsafeMutablePointer<UInt8>, _ count: inout Int
  ) {
    for index in 0..<text.utf8CodeUnitCount { append(text.utf8Start[index], to: memory, &count) }
  }

  /// One character, as UTF-16.
  private static func append(
    _ character: UInt8, to memory: UnsafeMutablePointer<UInt8>, _ count: inout Int
  ) {
    guard count < 126 else { return }
    memory[count] = character
    memory[count &+ 1] = 0
    count &+= 2
  }
}
