// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if !hasFeature(Embedded)

  extension ProvedAddition {
    /// The affine function that equals `addition` for every pair of inputs; nil where none was
    /// found, as with scales of which many sums are halves.
    public init?(_ addition: Addition) {
      let scale = addition.outputScale
      let (first, second) = (addition.first.scale * scale, addition.second.scale * scale)
      // Sums stay below 2^31 with as many bits of fraction as fit, multipliers too.
      let reach = 256 * (first + second + 1)
      guard reach > 0, reach < 0x1p22 else { return nil }
      let shift = 30 - Int(reach.exponent)
      let rounded = [first, second].map { Int64(($0 * Double(1 << (shift + 8))).rounded()) }
      let expected = addition.allOutputs
      for step in Self.steps {
        let (a, b) = (rounded[0] + step.0, rounded[1] + step.1)
        guard a <= Int64(Int32.max), b <= Int64(Int32.max) else { continue }
        let offsets = Self.offsets(addition.stage, expected, a, b, shift: shift)
        guard let offsets,
          let offset = Int32(exactly: (offsets.lowerBound + offsets.upperBound) / 2)
        else { continue }
        self.init(
          count: addition.count, firstMultiplier: Int32(a), secondMultiplier: Int32(b),
          offset: offset, shift: Int32(shift), minimum: addition.stage.minimum,
          maximum: addition.stage.maximum)
        return
      }
      return nil
    }

    /// How far multipliers are moved from the nearest ones, these first.
    private static let steps: [(Int64, Int64)] = {
      let moves: [Int64] = [0, 1, -1, 2, -2, 3, -3]
      return moves.flatMap { first in moves.map { second in (first, second) } }
    }()

    /// The offsets for which all outputs come out, if there are any: each pair of inputs leaves an
    /// interval.
    private static func offsets(
      _ stage: OutputStage, _ expected: [Int8], _ first: Int64, _ second: Int64, shift: Int
    ) -> ClosedRange<Int64>? {
      var (lowest, highest) = (Int64(Int32.min), Int64(Int32.max))
      for a in -128...127 {
        for b in -128...127 {
          let products: Int64 = ((Int64(a) * first) >> 8) + ((Int64(b) * second) >> 8)
          let output = Int64(expected[256 * (a + 128) + b + 128])
          let isLowest = output == Int64(stage.minimum)
          let isHighest = output == Int64(stage.maximum)
          let start: Int64 = isLowest ? Int64(Int32.min) : output << Int64(shift)
          let end: Int64 = isHighest ? Int64(Int32.max) : ((output + 1) << Int64(shift)) - 1
          lowest = max(lowest, start - products)
          highest = min(highest, end - products)
          if lowest > highest { return nil }
        }
      }
      return lowest...highest
    }
  }

  extension Addition {
    /// Outputs for all first inputs, and for each all second ones, from -128.
    fileprivate var allOutputs: [Int8] {
      var addition = self
      addition.count = 65_536
      let first = (0..<65_536).map { Int8($0 / 256 - 128) }
      let second = (0..<65_536).map { Int8($0 % 256 - 128) }
      var output = [Int8](repeating: 0, count: 65_536)
      addition.run(first: first, second: second, output: &output)
      return output
    }

    /// What a sum is multiplied by, as a real number.
    fileprivate var outputScale: Double {
      Double(outputMultiplier)
        * Double(sign: .plus, exponent: Int(outputShift) - 31, significand: 1)
    }
  }

  extension Addition.Input {
    fileprivate var scale: Double {
      let exponent = Int(shift) - 31 + Int(Addition.leftShift)
      return Double(multiplier) * Double(sign: .plus, exponent: exponent, significand: 1)
    }
  }

#endif
