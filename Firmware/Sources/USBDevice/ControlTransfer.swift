// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import StaticMemory
import USBDescriptors

/// Requests on endpoint 0: those of every device (Universal Serial Bus Specification 2.0, 9.4), and
/// those of the class (CDC PSTN 1.2, 6.3).
enum ControlTransfer {
  nonisolated(unsafe) private static var offset = 0
  nonisolated(unsafe) private static var left = 0
  nonisolated(unsafe) private static var owesEmptyPacket = false

  private enum Answer {
    case stall
    case done
    /// The driver answers.
    case left
    /// So many bytes of the control memory.
    case data(Int)
    /// The data stage brings something.
    case receive
  }

  static func begin(_ request: USBRequest) {
    switch answer(request) {
    case .stall: USBPort.stall()
    case .done: USBPort.acceptStatus()
    case .left: break
    case .receive: USBPort.acceptData()
    case .data(let count):
      offset = 0
      left = min(count, Int(request.length))
      // A transfer that is shorter than asked for ends with a packet that is not full.
      owesEmptyPacket = left < Int(request.length) && left % Int(usb_packet_capacity) == 0
      continueSending()
    }
  }

  static func continueSending() {
    let count = min(left, Int(usb_packet_capacity))
    if count == 0 {
      guard owesEmptyPacket else { return USBPort.acceptStatus() }
      owesEmptyPacket = false
    }
    USBPort.send(usbControlMemory() + offset, count: count, on: 0)
    offset &+= count
    left &-= count
  }

  /// The line coding is all that comes with a data stage.
  static func receive() {
    let memory = usbControlMemory()
    if USBPort.take(from: 0, into: memory) >= 7 {
      LineState.rate =
        UInt32(memory[0]) | UInt32(memory[1]) << 8 | UInt32(memory[2]) << 16
        | UInt32(memory[3]) << 24
      LineState.format = UInt32(memory[4]) | UInt32(memory[5]) << 8 | UInt32(memory[6]) << 16
      LineState.update()
    }
    USBPort.acceptStatus()
  }

  private static func answer(_ request: USBRequest) -> Answer {
    switch request.type & 0x60 {
    case 0x00: standard(request)
    case 0x20: ofClass(request)
    default: .stall
    }
  }

  private static func ofClass(_ request: USBRequest) -> Answer {
    let memory = usbControlMemory()
    switch request.code {
    case 0x20: return request.length == 7 ? .receive : .stall
    case 0x21:
      for index in 0..<4 {
        memory[index] = UInt8(truncatingIfNeeded: LineState.rate >> UInt32(8 * index))
        memory[4 + index] = UInt8(truncatingIfNeeded: LineState.format >> UInt32(8 * index))
      }
      return .data(7)
    case 0x22:
      LineState.isReady = request.value & 1 != 0
      LineState.update()
      return .done
    // SEND_BREAK: there is no line to hold.
    case 0x23: return .done
    default: return .stall
    }
  }

  private static func standard(_ request: USBRequest) -> Answer {
    let memory = usbControlMemory()
    let value = UInt8(truncatingIfNeeded: request.value)
    switch request.code {
    case 0: return status(of: request)
    case 1: return setHalt(false, request)
    case 3: return setHalt(true, request)
    case USBRequest.setAddress:
      USBPort.setAddress(value & 0x7F)
      return .left
    case 6:
      return Descriptors.write(kind: UInt8(request.value >> 8), index: value, to: memory)
        .map { .data($0) } ?? .stall
    case 8:
      memory[0] = USBSerial.isConfigured ? 1 : 0
      return .data(1)
    case 9: return configure(value)
    case 10:
      memory[0] = 0
      return .data(1)
    case 11: return value == 0 ? .done : .stall
    default: return .stall
    }
  }

  private static func configure(_ number: UInt8) -> Answer {
    guard number <= 1 else { return .stall }
    if number == 1 { USBPort.openEndpoints() } else { USBPort.closeEndpoints() }
    USBSerial.setConfigured(number == 1)
    return .done
  }

  private static func status(of request: USBRequest) -> Answer {
    let address = UInt8(truncatingIfNeeded: request.index)
    let memory = usbControlMemory()
    let isHalted = request.type & 0x1F == 2 && USBPort.isHalted(address: address)
    memory[0] = isHalted ? 1 : 0
    memory[1] = 0
    return .data(2)
  }

  /// ENDPOINT_HALT is the only feature that the device has.
  private static func setHalt(_ isHalted: Bool, _ request: USBRequest) -> Answer {
    guard request.type & 0x1F == 2, request.value == 0 else { return .stall }
    let address = UInt8(truncatingIfNeeded: request.index)
    if address & 0x7F != 0 { USBPort.setHalt(isHalted, address: address) }
    return .done
  }
}
