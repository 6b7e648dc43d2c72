// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

/// Brings a recording from one sample rate to another: interpolation by a sinc of 24 zero crossings
/// a side under a Kaiser window (stop band 80 dB down), cut off at 95 % of the lower rate's half.
/// Equal rates pass samples through untouched. It has no state: what is heard at an instant does
/// not depend on how the requests before it were cut. Its sine and its window are its own, so that
/// it gives the same numbers with every C library.
struct Resampler {
  /// Frames of the recording per sample wanted.
  private let step: Double
  private let isPassThrough: Bool
  /// How much wider than the recording's own the kernel is, to cut off at the lower rate.
  private let stretch: Double

  init(from source: Frequency, to target: Frequency) {
    let ours = source.numerator.multipliedFullWidth(by: target.denominator)
    let theirs = target.numerator.multipliedFullWidth(by: source.denominator)
    isPassThrough = ours == theirs
    step = source.hertz / target.hertz
    // A recording 64 times faster than the microphone is cut off no lower than there.
    stretch = min(max(step, 1), 64) / 0.95
  }

  /// The frames that samples from this position (in frames) on are made of.
  func reach(from position: Double, count: Int) -> Range<Int> {
    let limit = 1e15
    let first = min(max(position, -limit), limit)
    let last = min(first + Double(count - 1) * step, limit)
    let margin = isPassThrough ? 1 : Kernel.zeroCrossings * stretch + 1
    return Int((first - margin).rounded(.down))..<(Int((last + margin).rounded(.up)) + 1)
  }

  /// - Parameters:
  ///   - frames: the frames of `reach(from:count:)`, the first of which has the index `origin`.
  func resample(
    _ frames: [Float], beginningAt origin: Int, position: Double, count: Int
  ) -> [Float] {
    if isPassThrough {
      // The position may lie within a clock cycle of a frame, no further.
      let first = Int(position.rounded()) - origin
      return Array(frames[first..<(first + count)])
    }
    return (0..<count).map { index in
      sample(frames, at: position + Double(index) * step - Double(origin))
    }
  }

  private func sample(_ frames: [Float], at position: Double) -> Float {
    let width = Kernel.zeroCrossings * stretch
    let first = max(Int((position - width).rounded(.up)), 0)
    let last = min(Int((position + width).rounded(.down)), frames.count - 1)
    var sum = 0.0
    var weights = 0.0
    for frame in stride(from: first, through: last, by: 1) {
      let weight = Kernel.value(at: (position - Double(frame)) / stretch)
      sum += weight * Double(frames[frame])
      weights += weight
    }
    return weights == 0 ? 0 : Float(sum / weights)
  }
}

/// A sinc under a Kaiser window, tabulated and interpolated linearly.
private enum Kernel {
  static let zeroCrossings = 24.0
  private static let pointsPerCrossing = 512.0
  private static let beta = 8.0

  private static let table: [Double] = (0...Int(zeroCrossings * pointsPerCrossing) + 1).map {
    let x = Double($0) / pointsPerCrossing
    let edge = max(1 - (x / zeroCrossings) * (x / zeroCrossings), 0)
    return sinc(x) * bessel(beta * edge.squareRoot()) / bessel(beta)
  }

  static func value(at x: Double) -> Double {
    let place = abs(x) * pointsPerCrossing
    let index = Int(place)
    guard index + 1 < table.count else { return 0 }
    return table[index] + (table[index + 1] - table[index]) * (place - Double(index))
  }

  private static func sinc(_ x: Double) -> Double { x == 0 ? 1 : sine(ofHalfTurns: x) / (.pi * x) }

  /// sin(πx), by its Taylor series in the half turn around zero.
  private static func sine(ofHalfTurns x: Double) -> Double {
    let turns = x.rounded()
    let angle = .pi * (x - turns)
    var term = angle
    var sum = angle
    for n in 1...12 {
      term *= -angle * angle / Double(2 * n * (2 * n + 1))
      sum += term
    }
    return turns.truncatingRemainder(dividingBy: 2) == 0 ? sum : -sum
  }

  /// The modified Bessel function of the first kind, order 0.
  private static func bessel(_ x: Double) -> Double {
    var term = 1.0
    var sum = 1.0
    for n in 1...40 {
      let factor = x / (2 * Double(n))
      term *= factor * factor
      sum += term
    }
    return sum
  }
}
