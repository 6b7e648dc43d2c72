// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// From one element type to another.
extension RandomGraph {
  static let types: GraphMakers = [
    "QUANTIZE": { $0.makeQuantization() },
    "DEQUANTIZE": { $0.makeDequantization() },
    "CAST": { $0.makeCast() },
  ]
}

extension GraphBuilder {
  mutating func makeQuantization() {
    let pairs: [(ElementType, ElementType)] = [
      (.float32, .int8), (.float32, .int16), (.int8, .int8), (.int8, .int8), (.int8, .int16),
      (.int16, .int8), (.int16, .int16), (.int32, .int8), (.int32, .int16), (.int8, .int32),
      (.int16, .int32),
    ]
    let (from, to) = random.pick(pairs)
    let shape = dimensions()
    let wide: TFLiteFile.Quantization? =
      from == .int32 ? .init(scale: scale(-14 ... -10), zeroPoint: 0) : quantized(from)
    let source = source(from, shape, wide)
    var quantization = quantized(to)
    if to == .int32 { quantization = .init(scale: scale(-14 ... -10), zeroPoint: 0) }
    if from != .float32, from == to, let wide {
      quantization?.scales[0] = wide.scales[0] * scale(-2...1)
    }
    if from == .int8, to == .int8, random.once(in: 4), let wide { quantization = wide }
    let output = result(to, shape, quantization)
    append(.quantize, [source], [output], .empty(89), version: 2)
    finish(output)
  }

  mutating func makeDequantization() {
    let type = numeric([.int16])
    let shape = dimensions()
    let source = source(type, shape, quantized(type))
    let output = result(.float32, shape)
    append(.dequantize, [source], [output], .empty(38), version: 2)
    finish(output)
  }

  mutating func makeCast() {
    let from = random.pick([ElementType.int8, .int16, .int32, .float32, .bool])
    let to = random.pick([ElementType.int8, .int16, .int32, .float32].filter { $0 != from })
    let shape = dimensions()
    // A float that the integer type cannot hold has no defined result.
    let values: Values = from == .float32 ? .reals(-130_000...130_000) : .any
    let source = input(from, shape, nil, values)
    let output = result(to, shape)
    append(.cast, [source], [output], .cast(from: from, to: to))
    finish(output)
  }
}
