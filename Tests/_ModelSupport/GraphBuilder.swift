// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import TestSupport

/// Grows a random model tensor by tensor. Tensors are known by their index in the main graph.
struct GraphBuilder {
  var random: SplitMix64
  /// What runs at each inference.
  var graph = TFLiteFile.Subgraph()
  /// The other subgraphs: CALL_ONCE's.
  var others: [TFLiteFile.Subgraph] = []
  /// How the elements of each input are drawn.
  private var draws: [Values] = []
  /// How often the model is run, each time with new inputs.
  var runCount = 1

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  /// Which numbers a tensor's elements may be.
  enum Values {
    /// Every bit pattern; floats in -8...8; wide integers in a few powers of ten.
    case any
    /// Quantized values or integers of this range.
    case integers(ClosedRange<Int>)
    /// Reals in steps of 1/1024; for floats only.
    case reals(ClosedRange<Int>)
  }

  // MARK: Tensors

  mutating func input(
    _ type: ElementType, _ shape: [Int], _ quantization: TFLiteFile.Quantization? = nil,
    _ values: Values = .any
  ) -> Int {
    let tensor = result(type, shape, quantization)
    graph.inputs.append(tensor)
    draws.append(values)
    return tensor
  }

  /// A tensor that an operator will write.
  mutating func result(
    _ type: ElementType, _ shape: [Int], _ quantization: TFLiteFile.Quantization? = nil
  ) -> Int {
    graph.tensors.append(
      .init(name: "t\(graph.tensors.count)", type: type, shape: shape, quantization: quantization))
    return graph.tensors.count - 1
  }

  mutating func constant(
    _ type: ElementType, _ shape: [Int], _ quantization: TFLiteFile.Quantization? = nil,
    _ values: Values = .any
  ) -> Int {
    let tensor = result(type, shape, quantization)
    graph.tensors[tensor].constant = bytes(type, shape.reduce(1, *), values)
    return tensor
  }

  /// A constant vector of shapes, axes or paddings.
  mutating func integers(_ values: [Int], shape: [Int]? = nil, _ type: ElementType = .int32) -> Int
  {
    let tensor = result(type, shape ?? [values.count])
    graph.tensors[tensor].constant = values.flatMap { little($0, type.byteCount) }
    return tensor
  }

  mutating func variable(
    _ type: ElementType, _ shape: [Int], _ quantization: TFLiteFile.Quantization? = nil
  ) -> Int {
    let tensor = result(type, shape, quantization)
    graph.tensors[tensor].isVariable = true
    return tensor
  }

  func shape(_ tensor: Int) -> [Int] { graph.tensors[tensor].shape }
  func type(_ tensor: Int) -> ElementType { graph.tensors[tensor].type }
  func quantization(_ tensor: Int) -> TFLiteFile.Quantization? {
    graph.tensors[tensor].quantization
  }

  // MARK: Operators

  mutating func append(
    _ code: BuiltinOperator, _ inputs: [Int], _ outputs: [Int], _ options: OperatorOptions = .none,
    version: Int32 = 1
  ) {
    graph.operators.append(
      .init(code: code, version: version, inputs: inputs, outputs: outputs, options: options))
  }

  /// Ends the model with these tensors; now and then an operator follows the only one.
  mutating func finish(_ tensors: [Int]) {
    graph.outputs = tensors
    guard tensors.count == 1, random.once(in: 6), type(tensors[0]) != .bool else { return }
    let tensor = tensors[0]
    let count = shape(tensor).reduce(1, *)
    let flat = result(type(tensor), [1, count], quantization(tensor))
    append(.reshape, [tensor, integers([1, count])], [flat], .reshape([1, count]))
    graph.outputs = random.once(in: 2) ? [flat] : [tensor, flat]
  }

  mutating func finish(_ tensor: Int) { finish([tensor]) }

  // MARK: The case

  var file: TFLiteFile { TFLiteFile(subgraphs: [graph] + others) }

  var runs: [[[UInt8]]] {
    var drawing = self
    return (0..<runCount).map { _ in
      zip(graph.inputs, draws).map { tensor, values in
        drawing.bytes(graph.tensors[tensor].type, graph.tensors[tensor].count, values)
      }
    }
  }

  var summary: String {
    let tensors = graph.tensors
    func text(_ index: Int) -> String {
      guard index >= 0 else { return "none" }
      let tensor = tensors[index]
      let quantization = tensor.quantization.map {
        " \($0.scales.count > 1 ? "[\($0.scales[0]), ...]" : "\($0.scales[0])")@\($0.zeroPoints[0])"
      }
      let kind = tensor.constant == nil ? (tensor.isVariable ? "variable " : "") : "constant "
      let shape = tensor.shape.map(String.init).joined(separator: "x")
      return "\(kind)\(tensor.type) \(shape)\(quantization ?? "")"
    }
    return graph.operators.map { step in
      let inputs = step.inputs.map(text).joined(separator: ", ")
      let outputs = step.outputs.map(text).joined(separator: ", ")
      return "\(step.code.name) \(step.options): \(inputs) -> \(outputs)"
    }.joined(separator: "\n")
  }

  // MARK: Elements

  mutating func bytes(_ type: ElementType, _ count: Int, _ values: Values) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count * type.byteCount)
    let range = range(type, values)
    for _ in 0..<count {
      var value = random.int(range)
      if type == .float32 {
        let real = if case .integers = values { Float(value) } else { Float(value) / 1024 }
        value = Int(real.bitPattern)
      }
      for byte in 0..<type.byteCount {
        bytes.append(UInt8(truncatingIfNeeded: value >> (8 * byte)))
      }
    }
    return bytes
  }

  private mutating func range(_ type: ElementType, _ values: Values) -> ClosedRange<Int> {
    if type == .bool { return 0...1 }
    switch values {
    case .reals(let range), .integers(let range): return range
    case .any:
      let bound =
        switch type {
        case .float32: 8192
        case .int8: 128
        case .int16: 32768
        default: random.pick([10, 1000, 1_000_000])
        }
      return -bound...bound - 1
    }
  }

  private func little(_ value: Int, _ width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
