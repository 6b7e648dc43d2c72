// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Element types and scales.
extension OperatorCheck {
  /// The types that stand for real numbers.
  static let real: [ElementType] = [.int8, .int16, .float32]

  /// All data tensors are of one type out of `types`, and integers have their scale.
  func checkComputed(_ types: [ElementType] = real) throws {
    for tensor in step.inputs + step.outputs {
      try checkType(tensor, types)
      try checkScale(tensor)
    }
    try checkOneType()
  }

  func checkOneType() throws {
    let tensors = step.inputs + step.outputs
    let type = graph.tensors[tensors[0]].type
    for tensor in tensors where graph.tensors[tensor].type != type {
      throw error(
        tensor, "is \(graph.tensors[tensor].type.rawValue) beside \(type.rawValue)",
        remedy: "all tensors of \(step.name) have one type; convert with full-integer quantization")
    }
  }

  func checkType(_ tensor: Int, _ types: [ElementType]) throws {
    let type = graph.tensors[tensor].type
    guard !types.contains(type) else { return }
    let known = types.map(\.rawValue).joined(separator: ", ")
    throw error(
      tensor, "is \(type.rawValue)",
      remedy: type == .uint8
        ? "\(step.name) computes on \(known); uint8 was the quantization of older converters: "
          + "convert again, with int8 inputs and outputs"
        : "\(step.name) computes on \(known); convert with full-integer quantization and int8 "
          + "inputs and outputs")
  }

  /// A quantized tensor that operators compute on: one scale, the zero point within the type, which
  /// is 0 for int16.
  func checkScale(_ tensor: Int) throws {
    switch graph.tensors[tensor].type {
    case .int8: try checkScale(tensor, zeroPoints: -128...127)
    case .int16: try checkScale(tensor, zeroPoints: 0...0)
    default: break
    }
  }

  func checkScale(_ tensor: Int, zeroPoints: ClosedRange<Int>) throws {
    guard let (scale, zeroPoint) = graph.tensors[tensor].quantization?.whole else {
      throw error(
        tensor,
        "has \(graph.tensors[tensor].quantization?.scales.count ?? 0) scales where one is needed",
        remedy: "convert with full-integer quantization")
    }
    guard scale.isFinite, scale > 0, zeroPoints.contains(zeroPoint) else {
      throw error(
        tensor, "has scale \(scale) and zero point \(zeroPoint)",
        remedy: "a scale is finite and above 0, a zero point within \(zeroPoints)")
    }
  }

  /// A result whose scale the arithmetic gives.
  func checkResult(scale: Float, zeroPoint: Int, _ text: String) throws {
    guard let whole = output.quantization?.whole, whole.scale == scale,
      whole.zeroPoint == zeroPoint
    else {
      throw error(
        step.output, "is not quantized with scale \(text) and zero point \(zeroPoint)",
        remedy: "convert with TensorFlow Lite's own quantizer")
    }
  }

  /// Values that are moved, not computed: of any type, all with one scale.
  func checkMoved(_ inputs: [Int]? = nil) throws {
    let output = step.output
    for tensor in (inputs ?? step.inputs) + step.outputs.dropFirst() {
      let moved = graph.tensors[tensor]
      guard moved.type == self.output.type else {
        throw error(
          tensor, "is \(moved.type.rawValue) beside \(self.output.type.rawValue)",
          remedy: "\(step.name) moves values only; convert the model again")
      }
      guard [.int8, .int16, .uint8].contains(moved.type) else { continue }
      guard moved.quantization?.scales == graph.tensors[output].quantization?.scales,
        moved.quantization?.zeroPoints == graph.tensors[output].quantization?.zeroPoints
      else {
        throw error(
          "input and output are quantized differently",
          remedy: "\(step.name) moves values only; convert with TensorFlow Lite's own quantizer")
      }
    }
  }

  /// Shapes that become one as NumPy does it; nil where they do not.
  static func broadcast(_ shapes: [[Int]]) -> [Int]? {
    let rank = shapes.map(\.count).max() ?? 0
    let padded = shapes.map { [Int](repeating: 1, count: rank - $0.count) + $0 }
    var result: [Int] = []
    for dimension in 0..<rank {
      let extents = padded.map { $0[dimension] }
      let extent = extents.first { $0 != 1 } ?? 1
      guard extents.allSatisfy({ $0 == 1 || $0 == extent }) else { return nil }
      result.append(extent)
    }
    return result
  }

  func checkBroadcast() throws {
    let shapes = step.inputs.map { graph.tensors[$0].shape }
    guard let shape = Self.broadcast(shapes) else {
      throw mismatch(
        "has inputs \(shapes.map(Self.text).joined(separator: " and ")), which cannot be broadcast")
    }
    try checkShape(shape)
  }
}
