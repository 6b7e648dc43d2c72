// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

/// nRF52840 GPIO, P0 and P1 as one device (Product Specification v1.7, 6.9): P1's registers lie
/// 0x300 above P0's. Outputs by drive strength, inputs with pulls, SENSE with LATCH and DETECT.
///
/// DETECT is a wire to GPIOTE, not a register: its rising edge is published as the event at
/// `NordicGPIO.detectSignal`, which `NordicGPIOTE` routes to its PORT event.
public struct NordicGPIO: Peripheral {
  /// A place among the registers where the chip has none.
  static let detectSignal: UInt32 = 0xFFC
  private static let portStride: UInt32 = 0x300
  private static let pinCounts: [UInt8] = [32, 16]

  private var ports = [Port(), Port()]

  private struct Port: Codable {
    var output: UInt32 = 0
    var latch: UInt32 = 0
    var latchesDetect = false
    var detect = false
    var configuration = [UInt32](repeating: GPIO.Reset.pinConfiguration, count: 32)
    /// What each pad was last told, so that only changes are sent.
    var drives = [DeviceContext.Drive](repeating: .floating(pull: nil), count: 32)

    var direction: UInt32 {
      var bits: UInt32 = 0
      for pin in 0..<32 {
        bits |= (configuration[pin] & GPIO.PinConfiguration.output) << UInt32(pin)
      }
      return bits
    }
  }

  public init(_ parameters: DeviceParameters) {}

  public mutating func reset(in context: inout DeviceContext) {
    for port in ports.indices {
      let drives = ports[port].drives
      ports[port] = Port()
      ports[port].drives = drives
      for pin in 0..<32 { updateDrive(of: pin, on: port, in: &context) }
    }
  }

  // MARK: Registers

  public mutating func read(_ offset: UInt32, in context: inout DeviceContext) -> UInt32 {
    let (port, register) = locate(offset)
    if let pin = element(of: register, in: GPIO.Offset.pinConfiguration, count: 32) {
      return ports[port].configuration[pin]
    }
    switch register {
    case GPIO.Offset.output, GPIO.Offset.outSet, GPIO.Offset.outClear: return ports[port].output
    case GPIO.Offset.direction, GPIO.Offset.directionSet, GPIO.Offset.directionClear:
      return ports[port].direction
    case GPIO.Offset.input: return input(of: port, in: context)
    case GPIO.Offset.latch: return ports[port].latch
    case GPIO.Offset.detectMode: return ports[port].latchesDetect ? 1 : 0
    default:
      context.reportUnmodelled(offset, write: false)
      return 0
    }
  }

  public mutating func write(_ offset: UInt32, _ value: UInt32, in context: inout DeviceContext) {
    let (port, register) = locate(offset)
    if let pin = element(of: register, in: GPIO.Offset.pinConfiguration, count: 32) {
      ports[port].configuration[pin] = value & 0x3_070F
      updateDrive(of: pin, on: port, in: &context)
      return updateDetect(of: port, in: &context)
    }
    let state = ports[port]
    switch register {
    case GPIO.Offset.output: setOutput(value, of: port, in: &context)
    case GPIO.Offset.outSet: setOutput(state.output | value, of: port, in: &context)
    case GPIO.Offset.outClear: setOutput(state.output & ~value, of: port, in: &context)
    case GPIO.Offset.direction: setDirection(value, of: port, in: &context)
    case GPIO.Offset.directionSet: setDirection(state.direction | value, of: port, in: &context)
    case GPIO.Offset.directionClear: setDirection(state.direction & ~value, of: port, in: &context)
    case GPIO.Offset.latch: clearLatch(value, of: port, in: &context)
    case GPIO.Offset.detectMode:
      ports[port].latchesDetect = value & 1 != 0
      updateDetect(of: port, in: &context)
    default: context.reportUnmodelled(offset, write: true)
    }
  }

  private func locate(_ offset: UInt32) -> (port: Int, register: UInt32) {
    offset < 0x800 ? (0, offset) : (1, offset &- Self.portStride)
  }

  // MARK: Pads

  private mutating func setOutput(
    _ value: UInt32, of port: Int, in context: inout DeviceContext
  ) {
    let changed = ports[port].output ^ value
    ports[port].output = value
    for pin in 0..<32 where changed >> UInt32(pin) & 1 != 0 {
      updateDrive(of: pin, on: port, in: &context)
    }
  }

  private mutating func setDirection(
    _ value: UInt32, of port: Int, in context: inout DeviceContext
  ) {
    for pin in 0..<32 {
      let kept = ports[port].configuration[pin] & ~GPIO.PinConfiguration.output
      ports[port].configuration[pin] = kept | value >> UInt32(pin) & 1
      updateDrive(of: pin, on: port, in: &context)
    }
  }

  private mutating func updateDrive(of pin: Int, on port: Int, in context: inout DeviceContext) {
    guard pin < Self.pinCounts[port] else { return }
    let drive = drive(of: pin, on: port)
    guard drive != ports[port].drives[pin] else { return }
    ports[port].drives[pin] = drive
    context.request(.drive(Pin(port: UInt8(port), number: UInt8(pin)), drive))
  }

  private func drive(of pin: Int, on port: Int) -> DeviceContext.Drive {
    let configuration = ports[port].configuration[pin]
    let pull: Level? =
      switch (configuration & GPIO.PinConfiguration.pull) >> GPIO.PinConfiguration.pullShift {
      case GPIO.PinConfiguration.pullDown: .low
      case GPIO.PinConfiguration.pullUp: .high
      default: nil
      }
    guard configuration & GPIO.PinConfiguration.output != 0 else { return .floating(pull: pull) }
    let isHigh = ports[port].output >> UInt32(pin) & 1 != 0
    // D0S1, D0H1: zero is left open; S0D1, H0D1: one is left open.
    switch (configuration & GPIO.PinConfiguration.drive) >> GPIO.PinConfiguration.driveShift {
    case 4, 5: return isHigh ? .level(.high) : .floating(pull: pull)
    case 6, 7: return isHigh ? .floating(pull: pull) : .level(.low)
    default: return .level(isHigh ? .high : .low)
    }
  }

  private func input(of port: Int, in context: DeviceContext) -> UInt32 {
    var bits: UInt32 = 0
    for pin in 0..<Int(Self.pinCounts[port]) {
      guard ports[port].configuration[pin] & GPIO.PinConfiguration.inputDisconnected == 0 else {
        continue
      }
      let pad = Pin(port: UInt8(port), number: UInt8(pin))
      if context.environment.level(of: pad) == .high { bits |= 1 << UInt32(pin) }
    }
    return bits
  }

  // MARK: SENSE, LATCH, DETECT

  public mutating func pin(_ pin: Pin, became level: Level, in context: inout DeviceContext) {
    guard Int(pin.port) < ports.count else { return }
    updateDetect(of: Int(pin.port), in: &context)
  }

  /// Latched bits whose pin still meets its condition are set again at once.
  private mutating func clearLatch(
    _ bits: UInt32, of port: Int, in context: inout DeviceContext
  ) {
    ports[port].latch &= ~bits
    // LDETECT dips even where the bit returns (6.9.4).
    if ports[port].latchesDetect { ports[port].detect = false }
    updateDetect(of: port, in: &context)
  }

  private mutating func updateDetect(of port: Int, in context: inout DeviceContext) {
    let sensed = sensed(on: port, in: context)
    ports[port].latch |= sensed
    let detect = (ports[port].latchesDetect ? ports[port].latch : sensed) != 0
    let rises = detect && !ports[port].detect
    ports[port].detect = detect
    if rises { context.publish(event: Self.detectSignal) }
  }

  /// The pins whose level is the one that they are set to sense.
  private func sensed(on port: Int, in context: DeviceContext) -> UInt32 {
    var bits: UInt32 = 0
    for pin in 0..<Int(Self.pinCounts[port]) {
      let configuration = ports[port].configuration[pin]
      guard configuration & GPIO.PinConfiguration.inputDisconnected == 0 else { continue }
      let wanted: Level
      switch (configuration & GPIO.PinConfiguration.sense) >> GPIO.PinConfiguration.senseShift {
      case GPIO.PinConfiguration.senseHigh: wanted = .high
      case GPIO.PinConfiguration.senseLow: wanted = .low
      default: continue
      }
      let pad = Pin(port: UInt8(port), number: UInt8(pin))
      if context.environment.level(of: pad) == wanted { bits |= 1 << UInt32(pin) }
    }
    return bits
  }
}
