// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

/// nRF52840 GPIOTE (Product Specification v1.7, 6.10): eight channels that fire an event when a pin
/// moves or drive a pin when a task is triggered, and the PORT event of all sensing pins.
///
/// Parameters: `gpio`, the base of the GPIO block whose DETECT signal is wired here (default
/// 0x5000_0000). A pin that a channel lets go of keeps its level until GPIO drives it again.
public struct NordicGPIOTE: Peripheral {
  private static let channelCount = 8
  /// Where DETECT arrives: a place among the registers where the chip has none.
  private static let detectInput: UInt32 = 0xFF8

  private let detect: Address
  private let detectTask: Address
  private var channels = [Channel](repeating: Channel(), count: Self.channelCount)
  private var events = EventRegisters(
    (0..<8).map { GPIOTE.Offset.eventsIn + 4 * UInt32($0) } + [GPIOTE.Offset.eventsPort])

  private struct Channel: Codable {
    var configuration: UInt32 = 0
    var level = Level.low

    var mode: UInt32 { configuration & GPIOTE.Config.mode }
    var pin: Pin {
      Pin(
        port: configuration & GPIOTE.Config.port == 0 ? 0 : 1,
        number: UInt8((configuration & GPIOTE.Config.pin) >> GPIOTE.Config.pinShift))
    }
    var polarity: UInt32 {
      (configuration & GPIOTE.Config.polarity) >> GPIOTE.Config.polarityShift
    }
  }

  public init(_ parameters: DeviceParameters) {
    let gpio = UInt32(
      truncatingIfNeeded: parameters.numbers["gpio"] ?? UInt64(NRF52840.Base.gpio))
    detect = Address(gpio &+ NordicGPIO.detectSignal)
    detectTask = Address(parameters.base.bits &+ Self.detectInput)
  }

  public mutating func reset(in context: inout DeviceContext) {
    channels = Array(repeating: Channel(), count: Self.channelCount)
    events.reset(in: &context)
  }

  public func tasks(triggeredBy event: Address) -> [Address] {
    event == detect ? [detectTask] : []
  }

  // MARK: Registers

  public mutating func read(_ offset: UInt32, in context: inout DeviceContext) -> UInt32 {
    if let value = events.read(offset) { return value }
    if let channel = element(of: offset, in: GPIOTE.Offset.config, count: Self.channelCount) {
      return channels[channel].configuration
    }
    context.reportUnmodelled(offset, write: false)
    return 0
  }

  public mutating func write(_ offset: UInt32, _ value: UInt32, in context: inout DeviceContext) {
    if events.write(offset, value, in: &context) { return }
    let count = Self.channelCount
    let isTriggered = value & 1 != 0
    if let channel = element(of: offset, in: GPIOTE.Offset.config, count: count) {
      configure(channel, value, in: &context)
    } else if let channel = element(of: offset, in: GPIOTE.Offset.tasksOut, count: count) {
      if isTriggered { toggle(channel, in: &context) }
    } else if let channel = element(of: offset, in: GPIOTE.Offset.tasksSet, count: count) {
      if isTriggered { drive(channel, .high, in: &context) }
    } else if let channel = element(of: offset, in: GPIOTE.Offset.tasksClear, count: count) {
      if isTriggered { drive(channel, .low, in: &context) }
    } else if offset == Self.detectInput {
      events.fire(GPIOTE.Offset.eventsPort, in: &context)
    } else {
      context.reportUnmodelled(offset, write: true)
    }
  }

  private mutating func configure(
    _ channel: Int, _ value: UInt32, in context: inout DeviceContext
  ) {
    let before = channels[channel]
    channels[channel].configuration = value & 0x13_3F03
    let isNewTask = before.mode != GPIOTE.Config.modeTask || before.pin != channels[channel].pin
    if channels[channel].mode == GPIOTE.Config.modeTask, isNewTask {
      drive(channel, value & GPIOTE.Config.initiallyHigh == 0 ? .low : .high, in: &context)
    }
  }

  // MARK: Tasks and events

  /// The OUT task does what POLARITY says.
  private mutating func toggle(_ channel: Int, in context: inout DeviceContext) {
    switch channels[channel].polarity {
    case GPIOTE.Config.polarityRising: drive(channel, .high, in: &context)
    case GPIOTE.Config.polarityFalling: drive(channel, .low, in: &context)
    case GPIOTE.Config.polarityToggle:
      drive(channel, channels[channel].level == .high ? .low : .high, in: &context)
    default: break
    }
  }

  private mutating func drive(_ channel: Int, _ level: Level, in context: inout DeviceContext) {
    guard channels[channel].mode == GPIOTE.Config.modeTask else { return }
    channels[channel].level = level
    context.request(.drive(channels[channel].pin, .level(level)))
  }

  public mutating func pin(_ pin: Pin, became level: Level, in context: inout DeviceContext) {
    for (index, channel) in channels.enumerated()
    where channel.mode == GPIOTE.Config.modeEvent && channel.pin == pin {
      let fires =
        switch channel.polarity {
        case GPIOTE.Config.polarityRising: level == .high
        case GPIOTE.Config.polarityFalling: level == .low
        case GPIOTE.Config.polarityToggle: true
        default: false
        }
      if fires { events.fire(GPIOTE.Offset.eventsIn + 4 * UInt32(index), in: &context) }
    }
  }
}
