// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A positive real number as `multiplier / 2^31 * 2^shift`, as TensorFlow Lite's
/// QuantizeMultiplier has it.
struct QuantizedMultiplier: Equatable {
  var multiplier: Int32
  var shift: Int

  init(multiplier: Int32, shift: Int) {
    self.multiplier = multiplier
    self.shift = shift
  }

  init(_ real: Double) {
    guard real.isFinite else {
      self.init(multiplier: .max, shift: 30)
      return
    }
    guard real >= 0x1p-33 else {
      self.init(multiplier: 0, shift: 0)
      return
    }
    var shift = Int(real.exponent) + 1
    var fraction = Int64((real.significand * 0x1p30).rounded(.toNearestOrAwayFromZero))
    if fraction == 1 << 31 {
      fraction /= 2
      shift += 1
    }
    if shift < -31 {
      self.init(multiplier: 0, shift: 0)
    } else if shift > 30 {
      self.init(multiplier: .max, shift: 30)
    } else {
      self.init(multiplier: Int32(fraction), shift: shift)
    }
  }
}
