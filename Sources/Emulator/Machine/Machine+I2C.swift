// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import MachineModel
import Sensors

/// A part on an I2C bus, and where it hangs.
struct I2CAttachment {
  let name: String
  let bus: I2CBus
  /// Pads that have to be high for the part to answer: its supply, the bus's pull-ups.
  let enables: [Pin]
  var state: State

  /// All that changes; the rest is wired.
  struct State {
    var part: any I2CPart
    /// Whether the transfer that is under way is with this part.
    var isAddressed = false
  }
}

extension I2CAttachment.State {
  /// Back to a saved state; the part keeps what is wired to it.
  mutating func restore(_ saved: I2CAttachment.State) {
    isAddressed = saved.isAddressed
    Self.restore(&part, saved.part)
  }

  private static func restore<Part: I2CPart>(_ part: inout Part, _ saved: any I2CPart) {
    if let saved = saved as? Part { part.restore(saved) }
  }
}

extension I2CAttachment {
  /// Settings of every part on I2C, beside its own.
  private static let settings = ["data", "clock", "power", "pullup"]

  init(_ device: Device, _ own: [String], _ part: any I2CPart) throws {
    name = device.name
    let settings = Self.settings + own
    if let controller = device.bus {
      try device.check(pins: [], optional: settings)
      bus = .controller(controller)
    } else {
      try device.check(pins: ["data", "clock"], optional: settings)
      guard let data = device.pins["data"], let clock = device.pins["clock"] else {
        preconditionFailure("both pins have just been checked")
      }
      bus = .pins(data: data, clock: clock)
    }
    enables = ["power", "pullup"].compactMap { device.pins[$0] }
    state = State(part: part)
  }
}

extension Board {
  /// Whether a part of the board measures how it moves.
  public var hasMotionSensor: Bool {
    devices.contains {
      if case .motionSensor = DeviceCatalogue.parts[$0.part] { true } else { false }
    }
  }
}

extension Machine {
  /// A step on a bus: for the part that was addressed last, or, with a START, for whoever answers.
  func i2c(_ signal: I2CSignal, on bus: I2CBus) -> I2CAnswer {
    let here = i2cParts.indices.filter { i2cParts[$0].bus == bus }
    if case .start(let address, _) = signal {
      for index in here {
        i2cParts[index].state.isAddressed =
          i2cParts[index].enables.allSatisfy { pins.level(of: $0) == .high }
          && i2cParts[index].state.part.answers(to: address)
      }
    }
    var answer = I2CAnswer.notAcknowledged
    for index in here where i2cParts[index].state.isAddressed {
      let given = i2cParts[index].state.part.signal(signal, at: core.now)
      if given != .notAcknowledged { answer = given }
      if signal == .stop { i2cParts[index].state.isAddressed = false }
    }
    return answer
  }
}
