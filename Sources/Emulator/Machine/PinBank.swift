// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

/// Who drives each pad, and the level that results.
struct PinBank: Codable {
  private struct Pad: Codable {
    var gpio = DeviceContext.Drive.floating(pull: nil)
    /// Of the block that has the pad in place of GPIO.
    var block: DeviceContext.Drive?
    var board: Level?
  }

  private var pads: [Pin: Pad] = [:]
  /// What the board applies to analogue inputs.
  private var voltages: [Pin: Float] = [:]

  /// The chip wins over the board where both drive: a button's resistor is weak.
  func level(of pin: Pin) -> Level? {
    guard let pad = pads[pin] else { return nil }
    switch pad.block ?? pad.gpio {
    case .level(let level): return level
    case .floating(let pull): return pad.board ?? pull
    }
  }

  /// Answers the new level if it changed.
  mutating func drive(_ pin: Pin, _ drive: DeviceContext.Drive) -> Level? {
    change(pin) { $0.gpio = drive }
  }

  /// A block takes the pad from GPIO, or gives it back with nil.
  mutating func multiplex(_ pin: Pin, _ drive: DeviceContext.Drive?) -> Level? {
    change(pin) { $0.block = drive }
  }

  mutating func driveFromBoard(_ pin: Pin, _ level: Level?) -> Level? {
    change(pin) { $0.board = level }
  }

  /// A voltage on an analogue input; nil lets go of it.
  mutating func apply(_ volts: Float?, to pin: Pin) { voltages[pin] = volts }

  func volts(on pin: Pin) -> Float? { voltages[pin] }

  private mutating func change(_ pin: Pin, _ body: (inout Pad) -> Void) -> Level? {
    let before = level(of: pin)
    body(&pads[pin, default: Pad()])
    let after = level(of: pin)
    return after != before ? after : nil
  }
}

extension Machine {
  /// Pulls a pad from outside the chip, as a button or a wire does; nil lets go of it. The chip
  /// wins where it drives the pad itself.
  public func drive(_ pin: Pin, _ level: Level?) {
    if let level = pins.driveFromBoard(pin, level) { moved(pin, to: level, at: core.now, depth: 0) }
  }

  /// The level on a pad, nil where nothing drives or pulls it.
  public func level(of pin: Pin) -> Level? { pins.level(of: pin) }
}
