// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// One element from one or several.
extension OperatorCheck {
  func checkElementwise() throws {
    switch step.kind {
    case .unary(let function): try checkUnary(function)
    case .binary(let function, _): try checkBinary(function)
    case .select: try checkSelect()
    case .quantize:
      try checkConversion(
        from: [.float32, .int8, .int16, .int32, .uint8], to: [.int8, .int16, .int32, .uint8])
    case .dequantize: try checkConversion(from: [.int8, .int16, .uint8], to: [.float32])
    default: try checkShape(input.shape)
    }
  }

  private func checkUnary(_ function: UnaryFunction) throws {
    try checkShape(input.shape)
    switch function {
    case .logicalNot: try checkComputed([.bool])
    case .absolute, .negate: try checkComputed(Self.real + [.int32])
    case .logistic:
      try checkComputed()
      try checkSquashed(scale: 1 / 256, zeroPoint: -128, "1/256")
    case .tanh:
      try checkComputed()
      try checkSquashed(scale: 1 / 128, zeroPoint: 0, "1/128")
    case .leakyRelu(let alpha):
      try checkComputed()
      guard alpha.isFinite else { throw mismatch("has alpha \(alpha)") }
    default: try checkComputed()
    }
  }

  private func checkSquashed(scale: Float, zeroPoint: Int, _ text: String) throws {
    switch output.type {
    case .int8: try checkResult(scale: scale, zeroPoint: zeroPoint, text)
    case .int16: try checkResult(scale: 1 / 32768, zeroPoint: 0, "1/32768")
    default: break
    }
  }

  private func checkBinary(_ function: BinaryFunction) throws {
    try checkBroadcast()
    switch function {
    case .logicalAnd, .logicalOr: try checkComputed([.bool])
    case .equal, .notEqual: try checkComparison(Self.real + [.int32, .int64, .bool, .uint8])
    case .less, .lessEqual, .greater, .greaterEqual:
      try checkComparison(Self.real + [.int32, .int64, .uint8])
    case .maximum, .minimum:
      try checkComputed(Self.real + [.int32, .int64])
      try checkMoved()
    case .parametricRelu: try checkParametricRelu()
    default: try checkComputed(Self.real + [.int32])
    }
  }

  /// Two of one type to bool.
  private func checkComparison(_ types: [ElementType]) throws {
    for tensor in step.inputs {
      try checkType(tensor, types)
      try checkScale(tensor)
    }
    let second = graph.tensors[step.inputs[1]].type
    guard input.type == second, output.type == .bool else {
      throw mismatch(
        "compares \(input.type.rawValue) with \(second.rawValue) to \(output.type.rawValue)")
    }
  }

  /// With int16, slopes may be int8.
  private func checkParametricRelu() throws {
    let slopes = graph.tensors[step.inputs[1]].type
    guard input.type == .int16, slopes == .int8 else { return try checkComputed() }
    for tensor in step.inputs + [step.output] { try checkScale(tensor) }
    try checkType(step.output, [.int16])
  }

  private func checkSelect() throws {
    try checkBroadcast()
    try checkType(step.inputs[0], [.bool])
    try checkMoved(Array(step.inputs.dropFirst()))
  }

  private func checkConversion(from: [ElementType], to: [ElementType]) throws {
    try checkType(step.inputs[0], from)
    try checkType(step.output, to)
    try checkShape(input.shape)
    for tensor in [step.inputs[0], step.output] {
      switch graph.tensors[tensor].type {
      case .int8: try checkScale(tensor, zeroPoints: -128...127)
      case .uint8: try checkScale(tensor, zeroPoints: 0...255)
      case .int16: try checkScale(tensor, zeroPoints: -32768...32767)
      case .int32: try checkScale(tensor, zeroPoints: 0...0)
      default: break
      }
    }
  }
}
