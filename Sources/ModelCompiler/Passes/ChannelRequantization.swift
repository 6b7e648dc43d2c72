// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels

/// How TensorFlow Lite Micro turns one channel's accumulators into output bytes, and which
/// accumulators can occur.
struct ChannelRequantization: Equatable, Sendable {
  /// A point that an epilogue must meet: the output for `accumulator` is at least `output`, or
  /// below it.
  struct Bound: Equatable {
    var accumulator: Int
    var output: Int
  }

  let scale: QuantizedMultiplier
  let stage: OutputStage
  let accumulators: ClosedRange<Int>

  /// Whether the function below is monotone over the interval: nothing wraps around in 32 bits.
  let isMonotone: Bool

  init(scale: QuantizedMultiplier, stage: OutputStage, accumulators: ClosedRange<Int>) {
    self.scale = scale
    self.stage = stage
    self.accumulators = accumulators
    let largest = Int(Int32.max) >> max(0, scale.shift)
    isMonotone =
      scale.multiplier >= 0 && (-31...30).contains(scale.shift)
      && -largest <= accumulators.lowerBound && accumulators.upperBound <= largest
  }

  /// Right shift of the second rounding; below 0 the accumulator is shifted left before the first.
  var exponent: Int { -scale.shift }

  /// The output for one accumulator of the interval.
  func output(_ accumulator: Int) -> Int {
    max(Int(stage.minimum), min(Int(stage.maximum), unclamped(accumulator)))
  }

  /// The same before the activation's clamp.
  func unclamped(_ accumulator: Int) -> Int {
    let scaled = requantize(
      Int32(truncatingIfNeeded: accumulator), multiplier: scale.multiplier,
      shift: Int32(scale.shift))
    return Int(scaled) + Int(stage.zeroPoint)
  }

  /// Outputs over the whole interval.
  var outputs: ClosedRange<Int> {
    guard isMonotone else { return Int(stage.minimum)...Int(stage.maximum) }
    return output(accumulators.lowerBound)...output(accumulators.upperBound)
  }

  /// The output, where it is the same for every accumulator.
  var constant: Int? {
    let outputs = outputs
    return outputs.count == 1 ? outputs.lowerBound : nil
  }

  /// Whether saturating to int8 gives what the activation's clamp gives.
  var saturates: Bool {
    let lowest = max(-128, min(127, unclamped(accumulators.lowerBound)))
    let highest = max(-128, min(127, unclamped(accumulators.upperBound)))
    return lowest >= Int(stage.minimum) && highest <= Int(stage.maximum)
  }

  /// What makes another monotone function, saturated to int8, equal to this one over the whole
  /// interval: it is at least `output` at each bound of `least`, below it at each of `below`.
  /// There are two for each of the at most 255 outputs that begin within the interval, and one for
  /// an end where the function does not saturate.
  var bounds: (least: [Bound], below: [Bound]) {
    let outputs = outputs
    var least: [Bound] = []
    var below: [Bound] = []
    if outputs.lowerBound > -128 {
      least.append(Bound(accumulator: accumulators.lowerBound, output: outputs.lowerBound))
    }
    if outputs.upperBound < 127 {
      below.append(Bound(accumulator: accumulators.upperBound, output: outputs.upperBound + 1))
    }
    for output in outputs.dropFirst() {
      let first = firstAccumulator(reaching: output)
      least.append(Bound(accumulator: first, output: output))
      below.append(Bound(accumulator: first - 1, output: output))
    }
    return (least, below)
  }

  /// The least accumulator whose output is at least `wanted`: by bisection, from within two of
  /// where real numbers have it.
  private func firstAccumulator(reaching wanted: Int) -> Int {
    var (low, high) = (accumulators.lowerBound, accumulators.upperBound)
    let steps = (Double(wanted) - Double(stage.zeroPoint) - 0.5) * 0x1p31
    let real =
      Double(sign: .plus, exponent: exponent, significand: steps) / Double(scale.multiplier)
    if real > Double(low), real < Double(high) {
      let guess = Int(real)
      if guess - 2 > low, output(guess - 2) < wanted { low = guess - 2 }
      if guess + 3 < high, output(guess + 3) >= wanted { high = guess + 3 }
    }
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if output(middle) >= wanted { high = middle } else { low = middle }
    }
    return high
  }
}
