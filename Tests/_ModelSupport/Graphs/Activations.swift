// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Functions of one tensor: activations, powers, normalizations.
extension RandomGraph {
  static let activations: GraphMakers = [
    "RELU": { $0.makeUnary(.relu, $0.numeric()) },
    "RELU6": { $0.makeUnary(.relu6, $0.numeric()) },
    "RELU_N1_TO_1": { $0.makeUnary(.reluN1To1, $0.numeric([.float32])) },
    "LEAKY_RELU": { $0.makeUnary(.leakyRelu, $0.numeric(), .leakyRelu(alpha: $0.slope())) },
    "PRELU": { $0.makeParametricRelu() },
    "ELU": { $0.makeUnary(.elu, $0.numeric([.float32])) },
    "HARD_SWISH": { $0.makeUnary(.hardSwish, $0.numeric([.float32]), .empty(91)) },
    "GELU": {
      $0.makeUnary(.gelu, $0.numeric([.float32]), .gelu(approximate: $0.random.once(in: 2)))
    },
    "LOGISTIC": { $0.makeSigmoid(.logistic) },
    "TANH": { $0.makeSigmoid(.tanh) },
    "SOFTMAX": { $0.makeSoftmax() },
    "LOG_SOFTMAX": { $0.makeFixed(.logSoftmax, scale: 16 / 256, zeroPoint: 127, .empty(36)) },
    "L2_NORMALIZATION": {
      $0.makeFixed(.l2Normalization, scale: 1 / 128, zeroPoint: 0, .l2Normalization)
    },
    "ABS": { $0.makeUnary(.abs, $0.numeric(), .empty(78)) },
    "NEG": { $0.makeUnary(.neg, .float32, .empty(42)) },
    "SQUARE": { $0.makeUnary(.square, .float32, .empty(66)) },
    "EXP": { $0.makeUnary(.exp, $0.numeric(), .empty(33), .reals(-5000...5000)) },
    "SQRT": { $0.makeUnary(.sqrt, .float32, .none, .reals(0...90000)) },
    "LOG": { $0.makeUnary(.log, $0.numeric(), .none, .reals(1...90000)) },
    "RSQRT": { $0.makeUnary(.rsqrt, $0.numeric([.float32]), .none, .reals(1...90000)) },
  ]
}

extension GraphBuilder {
  mutating func slope() -> Float {
    random.once(in: 4) ? random.pick([0, 1, 0.5, 2]) : Float(random.int(1...4095)) / 8192
  }

  /// A function of each element. Where reals are given, quantized inputs stay at or above their
  /// zero point: roots and logarithms want it.
  mutating func makeUnary(
    _ code: BuiltinOperator, _ type: ElementType, _ options: OperatorOptions = .none,
    _ reals: Values? = nil
  ) {
    let shape = dimensions()
    var quantization = quantized(type)
    var values = Values.any
    if let reals {
      values = reals
      if type != .float32, code != .exp {
        let least = type == .int8 ? random.int(-128...0) : 0
        quantization?.zeroPoints = [least]
        values = .integers((code == .log ? least + 1 : least)...(type == .int8 ? 127 : 32767))
      } else if type != .float32 {
        values = .any
      }
    }
    let source = source(type, shape, quantization, values)
    var to = quantized(type)
    if let from = quantization, to != nil {
      to?.scales[0] = random.once(in: 4) ? from.scales[0] : from.scales[0] * scale(-1...2)
      if random.once(in: 4) { to?.zeroPoints = from.zeroPoints }
    }
    if code == .rsqrt || code == .exp || code == .log { to = quantized(type, -6 ... -2) }
    let output = result(type, shape, to)
    append(code, [source], [output], options)
    finish(output)
  }

  mutating func makeParametricRelu() {
    let type = numeric([.float32])
    let shape = dimensions(2...4)
    let slopes = random.once(in: 3) ? shape.dropFirst().map { _ in 1 } : Array(shape.dropFirst())
    let shared = random.once(in: 2) ? slopes.dropLast().map { _ in 1 } + slopes.suffix(1) : slopes
    let quantization = quantized(type)
    let source = source(type, shape, quantization)
    let alpha = constant(type, shared, quantized(type), type == .int8 ? .any : .reals(-900...900))
    let output = result(
      type, shape,
      quantization.map {
        .init(scale: $0.scales[0] * scale(-1...0), zeroPoint: zeroPoint(type))
      })
    append(.prelu, [source, alpha], [output])
    finish(output)
  }

  mutating func makeSigmoid(_ code: BuiltinOperator) {
    let type = numeric()
    let shape = dimensions()
    var from = quantized(type, -7 ... -2)
    if type == .int16, random.once(in: 2) {
      // Powers of two take a path of their own.
      from?.scales = [1 / Float(1 << random.int(10...15))]
    }
    let source = source(type, shape, from)
    let to: TFLiteFile.Quantization? =
      switch (code, type) {
      case (_, .float32): nil
      case (_, .int16): .init(scale: 1 / 32768, zeroPoint: 0)
      case (.logistic, _): .init(scale: 1 / 256, zeroPoint: -128)
      default: .init(scale: 1 / 128, zeroPoint: 0)
      }
    let output = result(type, shape, to)
    append(code, [source], [output])
    finish(output)
  }

  mutating func makeSoftmax() {
    let type = numeric()
    let shape = dimensions(1...4, largest: 12)
    let source = source(type, shape, quantized(type, -6 ... -1))
    let widens = type == .int8 && random.once(in: 6)
    let to: TFLiteFile.Quantization? =
      switch type {
      case .float32: nil
      case .int16: .init(scale: 1 / 32768, zeroPoint: 0)
      default:
        widens
          ? .init(scale: 1 / 65536, zeroPoint: -32768) : .init(scale: 1 / 256, zeroPoint: -128)
      }
    let output = result(widens ? .int16 : type, shape, to)
    append(
      .softmax, [source], [output],
      .softmax(beta: random.once(in: 3) ? random.pick([0.5, 0.75, 2]) : 1), version: 2)
    finish(output)
  }

  /// A function whose quantized result has one fixed scale.
  mutating func makeFixed(
    _ code: BuiltinOperator, scale: Float, zeroPoint: Int, _ options: OperatorOptions
  ) {
    let type = numeric([.float32])
    let shape = dimensions(1...4, largest: 12)
    let source = source(type, shape, quantized(type, -6 ... -1))
    let to =
      type == .int8 ? TFLiteFile.Quantization(scale: scale, zeroPoint: zeroPoint) : nil
    let output = result(type, shape, to)
    append(code, [source], [output], options, version: 2)
    finish(output)
  }
}
