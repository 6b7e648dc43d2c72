// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Elementwise arithmetic, comparisons and logic.
extension RandomGraph {
  static let arithmetic: GraphMakers = [
    "ADD": { $0.makeBinary(.add) },
    "SUB": { $0.makeBinary(.sub) },
    "MUL": { $0.makeBinary(.mul) },
    "DIV": { $0.makeBinary(.div) },
    "SQUARED_DIFFERENCE": { $0.makeBinary(.squaredDifference) },
    "MAXIMUM": { $0.makeExtremum(.maximum) },
    "MINIMUM": { $0.makeExtremum(.minimum) },
    "EQUAL": { $0.makeComparison(.equal, 53) },
    "NOT_EQUAL": { $0.makeComparison(.notEqual, 54) },
    "LESS": { $0.makeComparison(.less, 41) },
    "LESS_EQUAL": { $0.makeComparison(.lessEqual, 46) },
    "GREATER": { $0.makeComparison(.greater, 44) },
    "GREATER_EQUAL": { $0.makeComparison(.greaterEqual, 45) },
    "LOGICAL_AND": { $0.makeLogic(.logicalAnd, 61) },
    "LOGICAL_OR": { $0.makeLogic(.logicalOr, 60) },
    "LOGICAL_NOT": { $0.makeNegation() },
    "SELECT_V2": { $0.makeSelection() },
  ]
}

extension GraphBuilder {
  mutating func makeBinary(_ code: BuiltinOperator) {
    let type =
      random.once(in: 6) ? .int32 : numeric(code == .div ? [.float32] : [.int16, .float32])
    if code == .div, type == .int8 { return makeQuantizedDivision() }
    let (first, second, shape) = broadcastPair(rank: 1...(random.once(in: 10) ? 5 : 4))
    let quantizations = (quantized(type, -7 ... -4), quantized(type, -7 ... -4))
    let left = source(type, first, quantizations.0, moderate(code, type))
    let right = operand(type, second, quantizations.1, divisors(code, type, quantizations.1))
    let output = result(type, shape, resultQuantization(code, type, quantizations))
    var operands = [left, right]
    // The same order is not the only one: constants come first, too.
    if code != .div, random.once(in: 4) { operands.reverse() }
    let activation = activation()
    let options: OperatorOptions =
      switch code {
      case .add: .add(activation)
      case .sub: .sub(activation)
      case .mul: .mul(activation)
      case .div: .div(activation)
      default: .empty(76)
      }
    append(code, operands, [output], options, version: 2)
    finish(output)
  }

  /// Squares of wide integers are to fit.
  private func moderate(_ code: BuiltinOperator, _ type: ElementType) -> Values {
    code == .squaredDifference && type == .int32 ? .integers(-20000...20000) : .any
  }

  /// Nothing is divided by zero: what the operators do then is undefined.
  private mutating func divisors(
    _ code: BuiltinOperator, _ type: ElementType, _ quantization: TFLiteFile.Quantization?
  ) -> Values {
    switch (code, type) {
    case (.div, .int32): return .integers(1...50)
    case (.div, _): return .reals(100...9000)
    case (.mul, .int32): return .integers(-1000...1000)
    default: return moderate(code, type)
    }
  }

  /// Scales that let results fill the type.
  private mutating func resultQuantization(
    _ code: BuiltinOperator, _ type: ElementType,
    _ inputs: (TFLiteFile.Quantization?, TFLiteFile.Quantization?)
  ) -> TFLiteFile.Quantization? {
    guard let first = inputs.0?.scales[0], let second = inputs.1?.scales[0] else { return nil }
    let full: Float = type == .int16 ? 12000 : 50
    let scale: Float =
      switch code {
      case .mul, .squaredDifference: first * second * full
      default: max(first, second)
      }
    return .init(scale: scale * self.scale(-2...1), zeroPoint: zeroPoint(type))
  }

  /// TensorFlow Lite Micro shifts a small quotient right by its reciprocal's shift and by the
  /// dividend's leading zeros together, which may be more than 31 places: -0.26 becomes -128.
  /// Divisors of few bits and fine results keep the shift defined.
  private mutating func makeQuantizedDivision() {
    let (first, second, shape) = broadcastPair()
    let bits = random.int(1...5)
    let dividend = TFLiteFile.Quantization(scale: scale(-7 ... -4), zeroPoint: zeroPoint(.int8))
    let zero = random.int(-96...96)
    let divisor = TFLiteFile.Quantization(scale: scale(-7 ... -4), zeroPoint: zero)
    let reach = random.pick([3, 30, 255])
    let low = dividend.zeroPoints[0]
    let left = source(
      .int8, first, dividend, .integers(max(-128, low - reach)...min(127, low + reach)))
    let most = 1 << bits - 1
    let right = operand(
      .int8, second, divisor,
      .integers(random.once(in: 2) ? zero - most...zero - 1 : zero + 1...zero + most))
    let ratio = scale(bits - 1...bits + 1)
    let output = result(
      .int8, shape,
      .init(
        scale: dividend.scales[0] / divisor.scales[0] / ratio, zeroPoint: zeroPoint(.int8)))
    append(.div, [left, right], [output], .div(activation()), version: 2)
    finish(output)
  }

  mutating func makeExtremum(_ code: BuiltinOperator) {
    let type = numeric([.int16, .int32, .float32])
    let (first, second, shape) = broadcastPair()
    let quantization = quantized(type)
    let operands = [source(type, first, quantization), operand(type, second, quantization)]
    let output = result(type, shape, quantization)
    append(code, operands, [output], .empty(39), version: 2)
    finish(output)
  }

  mutating func makeComparison(_ code: BuiltinOperator, _ options: UInt8) {
    let orders = code != .equal && code != .notEqual
    let type = numeric(orders ? [.int32, .float32] : [.int32, .float32, .bool])
    let (first, second, shape) = broadcastPair()
    let quantization = quantized(type)
    let other = random.once(in: 2) ? quantization : quantized(type)
    // Few different values, so that equal ones meet.
    let values = Values.integers(-4...4)
    let operands = [
      input(type, first, quantization, random.once(in: 3) ? .any : values),
      operand(type, second, other, values),
    ]
    let output = result(.bool, shape)
    append(code, operands, [output], .empty(options), version: 2)
    finish(output)
  }

  mutating func makeLogic(_ code: BuiltinOperator, _ options: UInt8) {
    let (first, second, shape) = broadcastPair()
    let operands = [input(.bool, first), operand(.bool, second)]
    let output = result(.bool, shape)
    append(code, operands, [output], .empty(options))
    finish(output)
  }

  mutating func makeNegation() {
    let shape = dimensions()
    let source = input(.bool, shape)
    let output = result(.bool, shape)
    append(.logicalNot, [source], [output], .empty(63))
    finish(output)
  }

  mutating func makeSelection() {
    let type = numeric()
    let (first, second, shape) = broadcastPair()
    let condition = random.once(in: 2) ? shape : shape.map { random.once(in: 3) ? 1 : $0 }
    let quantization = quantized(type)
    let operands = [
      input(.bool, condition), source(type, first, quantization),
      operand(type, second, quantization),
    ]
    let output = result(type, shape, quantization)
    append(.selectV2, operands, [output], .empty(98))
    finish(output)
  }
}
