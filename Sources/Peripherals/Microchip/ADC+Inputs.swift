// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

/// What the SAM D21's converter measures: pads, supplies, references.
extension MicrochipADC {
  /// AIN0 to AIN19 (DS40001882, 7.1, function B).
  private static let pads: [Pin] =
    [
      (0, 2), (0, 3), (1, 8), (1, 9), (0, 4), (0, 5), (0, 6), (0, 7), (1, 0), (1, 1), (1, 2),
      (1, 3), (1, 4), (1, 5), (1, 6), (1, 7), (0, 8), (0, 9), (0, 10), (0, 11),
    ]
    .map { Pin(port: Pin.firstLetteredPort + $0.0, number: $0.1) }
  /// The pads of VREFA and VREFB.
  private static let referencePads = (a: pads[1], b: pads[4])
  private static let bandgap: Float = 1.1
  private static let coreSupply: Float = 1.2
  /// The temperature sensor at 25 degrees Celsius (DS40001882, table 37-29).
  private static let temperatureSensor: Float = 0.667

  /// One sample, in steps of the resolution.
  func sample(in context: DeviceContext) -> Int32 {
    let control = stored[Offset.inputControl]
    let positive = volts(control & SAMD21.ADC.Input.positive, in: context)
    let isDifferential = controlB & SAMD21.ADC.ControlB.differential != 0
    let negative =
      isDifferential
      ? volts(control >> SAMD21.ADC.Input.negativeShift & 0x1F, isNegative: true, in: context)
      : 0
    let steps = Float(isDifferential ? 1 << (bits - 1) : 1 << bits)
    let value = (positive - negative) * gain / referenceVolts(in: context) * steps
    let range = isDifferential ? (-steps)...(steps - 1) : 0...(steps - 1)
    guard value.isFinite else { return value > 0 ? Int32(range.upperBound) : 0 }
    return Int32(min(max(value.rounded(.down), range.lowerBound), range.upperBound))
  }

  private var gain: Float {
    let selection = stored[Offset.inputControl] >> SAMD21.ADC.Input.gainShift & 0xF
    return selection == SAMD21.ADC.Input.gainHalf ? 0.5 : Float(1 << min(selection, 4))
  }

  private func referenceVolts(in context: DeviceContext) -> Float {
    switch stored[Offset.referenceControl] & SAMD21.ADC.Reference.selection {
    case SAMD21.ADC.Reference.internalVCC0: supply / 1.48
    case SAMD21.ADC.Reference.supplyOver2: supply / 2
    case SAMD21.ADC.Reference.padA:
      context.environment.volts(on: Self.referencePads.a) ?? supply
    case SAMD21.ADC.Reference.padB:
      context.environment.volts(on: Self.referencePads.b) ?? supply
    default: 1
    }
  }

  /// Pads that nothing drives are at 0 V.
  private func volts(
    _ selection: UInt32, isNegative: Bool = false, in context: DeviceContext
  ) -> Float {
    if selection < UInt32(Self.pads.count) {
      return context.environment.volts(on: Self.pads[Int(selection)]) ?? 0
    }
    guard !isNegative else { return 0 }
    return switch selection {
    case SAMD21.ADC.Input.temperature: Self.temperatureSensor
    case SAMD21.ADC.Input.bandgap: Self.bandgap
    case SAMD21.ADC.Input.coreSupply: Self.coreSupply / 4
    case SAMD21.ADC.Input.padSupply: supply / 4
    default: 0
    }
  }
}
