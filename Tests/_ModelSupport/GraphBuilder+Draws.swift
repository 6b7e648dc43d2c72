// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Random shapes, scales and parameters as models have them.
extension GraphBuilder {
  /// A scale between 2^low and 2^high, with all bits of its mantissa. No libm: the same everywhere.
  mutating func scale(_ exponents: ClosedRange<Int> = -9 ... -3) -> Float {
    let mantissa = 1 + Float(random.int(0...(1 << 23) - 1)) / Float(1 << 23)
    let exponent = random.int(exponents)
    return exponent < 0 ? mantissa / Float(1 << -exponent) : mantissa * Float(1 << exponent)
  }

  /// A zero point as converters choose it: anywhere in int8, at its ends or in the middle.
  mutating func zeroPoint(_ type: ElementType) -> Int {
    guard type == .int8 else { return 0 }
    return random.once(in: 3) ? random.pick([-128, 0, 127]) : random.int(-128...127)
  }

  /// What a tensor of an integer type is quantized with; nothing for the other types.
  mutating func quantized(
    _ type: ElementType, _ exponents: ClosedRange<Int> = -9 ... -3
  ) -> TFLiteFile.Quantization? {
    guard type == .int8 || type == .int16 else { return nil }
    let narrow = type == .int16 ? 8 : 0
    return .init(
      scale: scale(exponents.lowerBound - narrow...exponents.upperBound - narrow),
      zeroPoint: zeroPoint(type))
  }

  /// Mostly int8, now and then one of the others.
  mutating func numeric(_ others: [ElementType] = [.int16, .float32]) -> ElementType {
    others.isEmpty || random.int(1...5) <= 3 ? .int8 : random.pick(others)
  }

  /// Dimensions from 1 up, fewer than `limit` elements in all.
  mutating func dimensions(
    _ rank: ClosedRange<Int> = 1...4, limit: Int = 600, largest: Int = 9
  ) -> [Int] {
    var shape = (0..<random.int(rank)).map { _ in random.int(1...largest) }
    while shape.reduce(1, *) > limit {
      let index = random.int(0...shape.count - 1)
      shape[index] = max(1, shape[index] / 2)
    }
    return shape
  }

  /// The main operand: an input of the model, sometimes behind an ADD or a RELU.
  mutating func source(
    _ type: ElementType, _ shape: [Int], _ quantization: TFLiteFile.Quantization? = nil,
    _ values: Values = .any
  ) -> Int {
    let direct = input(type, shape, quantization, values)
    guard case .any = values, type == .int8 || type == .float32, (1...4).contains(shape.count),
      random.once(in: 6)
    else { return direct }
    let changed = result(type, shape, quantization)
    let addend = constant(type, [shape[shape.count - 1]], quantized(type))
    append(.add, [direct, addend], [changed], .add(.none))
    return changed
  }

  mutating func activation(_ choices: [Activation] = [.relu, .relu6, .reluN1To1]) -> Activation {
    random.once(in: 2) ? .none : random.pick(choices)
  }

  /// A second operand, constant or another input.
  mutating func operand(
    _ type: ElementType, _ shape: [Int], _ quantization: TFLiteFile.Quantization? = nil,
    _ values: Values = .any
  ) -> Int {
    random.once(in: 2)
      ? constant(type, shape, quantization, values) : input(type, shape, quantization, values)
  }

  /// The scale at which sums of `count` products of such factors fill an integer tensor; now and
  /// then far too small or too large, so that everything saturates or vanishes.
  mutating func outputScale(_ product: Float, count: Int, _ type: ElementType) -> Float {
    let range: Float = type == .int16 ? 64 * 128 * 128 : 64 * 70
    let spread = (Float(count) * 0.4).squareRoot() * range * product
    let fill: Float = type == .int16 ? 1 / 14000 : 1 / 60
    let factor: Float = random.once(in: 8) ? random.pick([1 / 512, 1 / 32, 16, 256]) : 1
    return max(spread * fill * factor * scale(-1...0), 1e-12)
  }

  /// An axis of a tensor, counted from its end now and then.
  mutating func axis(_ rank: Int) -> Int { random.int(0...rank - 1) }

  mutating func signed(_ axis: Int, rank: Int) -> Int { random.once(in: 3) ? axis - rank : axis }

  /// Two shapes that broadcast to the third.
  mutating func broadcastPair(rank: ClosedRange<Int> = 1...4) -> ([Int], [Int], [Int]) {
    let shape = dimensions(rank)
    var first = shape
    var second = shape
    if random.once(in: 2) {
      for index in shape.indices where random.once(in: 3) {
        if random.once(in: 2) { first[index] = 1 } else { second[index] = 1 }
      }
      let dropped = random.once(in: 2) ? random.int(0...shape.count - 1) : 0
      if random.once(in: 2) { second.removeFirst(dropped) } else { first.removeFirst(dropped) }
    }
    return (first, second, broadcast(first, second))
  }

  func broadcast(_ first: [Int], _ second: [Int]) -> [Int] {
    let rank = max(first.count, second.count)
    func padded(_ shape: [Int]) -> [Int] {
      [Int](repeating: 1, count: rank - shape.count) + shape
    }
    return zip(padded(first), padded(second)).map { max($0, $1) }
  }
}
