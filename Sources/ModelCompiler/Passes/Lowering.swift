// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels
import ModelGraph

/// Turns operators into kernel calls: scales into multipliers, activations into ranges, weights
/// into the layouts that the kernels read. One function for each family of operators, in files of
/// their own.
struct Lowering {
  /// Weights and tables of a whole program.
  private static let constantByteLimit = 1 << 28

  let graph: Graph
  let options: CompilerOptions
  let ranges: ValueRanges
  /// Shifts of epilogues that layers of one shape prefer.
  private(set) var sharedShifts: [[[Int]]: Int32] = [:]
  private(set) var steps: [Step] = []
  private(set) var constants: [Constant] = []
  /// Bytes of every tensor: those of the graph, then those that the lowering made.
  private(set) var tensorByteCounts: [Int]
  /// Tensors that are another one's bytes under another shape.
  private(set) var aliases: [Int: Int] = [:]
  /// Initial values of variables, as places in `constants`.
  private(set) var initialValues: [Int: Int] = [:]
  private var constantByteCount = 0
  private var constantOfTensor: [Int: Int] = [:]
  private var current: Operator?

  init(graph: Graph, options: CompilerOptions) {
    self.graph = graph
    self.options = options
    ranges = ValueRanges(graph)
    tensorByteCounts = graph.tensors.map(\.byteCount)
  }

  mutating func run() throws {
    for (index, variable) in graph.variables.enumerated() {
      guard let initial = variable.initial else { continue }
      initialValues[index] = try add(
        .int8(initial.map { Int8(bitPattern: $0) }), named: "variable\(index)")
    }
    sharedShifts = shiftsOfShapes()
    for step in graph.operators {
      current = step
      try lower(step)
    }
  }

  private mutating func lower(_ step: Operator) throws {
    if try generalLayer(step) { return }
    if try packedLayer(step) { return }
    switch step.kind {
    case .convolution(let sliding, let weights, let activation):
      try convolution(step, sliding, weights, activation)
    case .depthwiseConvolution(let sliding, let weights, let activation):
      try depthwiseConvolution(step, sliding, weights, activation)
    case .fullyConnected(let weights, let activation):
      try fullyConnected(step, weights, activation)
    case .averagePool, .maximumPool: try pool(step)
    case .softmax(let beta): try softmax(step, beta: beta)
    case .reshape: aliases[step.output] = step.inputs[0]
    case .logSoftmax: try logSoftmax(step)
    case .l2Normalization(let activation): try l2Normalization(step, activation)
    case .batchMatrixMultiply(let first, let second):
      try batchMatrixMultiply(step, transposesFirst: first, transposesSecond: second)
    case .transposeConvolution: throw unsupported(step)
    case .unary, .binary, .select, .quantize, .dequantize, .cast: try elementwise(step)
    case .reduce, .argument, .cumulativeSum: try reduction(step)
    case .pad, .mirrorPad, .transpose, .concatenation, .split, .slice, .pack, .unpack, .tile,
      .broadcast, .spaceToDepth, .depthToSpace, .spaceToBatch, .batchToSpace:
      try movement(step)
    case .gather, .gatherND: try gather(step)
    case .resizeBilinear, .resizeNearest: try resize(step)
    case .svdf, .sequenceLSTM, .readVariable, .assignVariable: try recurrent(step)
    }
  }

  func unsupported(_ step: Operator) -> ModelError {
    let types = (step.inputs + step.outputs).map { graph.tensors[$0].type.rawValue }
    return ModelError(
      .operator(index: step.index, name: step.name),
      "has no kernel for \(types.joined(separator: ", "))",
      remedy: "convert with full-integer quantization to int8")
  }

  // MARK: What families call

  /// Appends a kernel call of the operator that is being lowered.
  mutating func call(_ call: KernelCall) {
    guard let current else { return }
    steps.append(Step(source: current, call: call))
  }

  /// Where a tensor's values are: in the arena, or for constants in read-only memory.
  mutating func place(_ tensor: Int) throws -> Place {
    let source = source(of: tensor)
    guard graph.tensors.indices.contains(source), let bytes = graph.tensors[source].constant else {
      return .tensor(source)
    }
    if let known = constantOfTensor[source] { return .constant(known) }
    let index = try add(values(bytes, of: graph.tensors[source].type), named: "tensor\(source)")
    constantOfTensor[source] = index
    return .constant(index)
  }

  /// The tensor whose bytes these are.
  func source(of tensor: Int) -> Int { aliases[tensor].map(source) ?? tensor }

  private func values(_ bytes: ArraySlice<UInt8>, of type: ElementType) -> Constant.Values {
    let bytes = Array(bytes)
    func little<Value: FixedWidthInteger>(_: Value.Type) -> [Value] {
      let width = Value.bitWidth / 8
      return (0..<bytes.count / width).map { index in
        (0..<width).reduce(0) {
          $0 | Value(truncatingIfNeeded: bytes[index * width + $1]) << Value(8 * $1)
        }
      }
    }
    switch type.byteCount ?? 1 {
    case 2: return .int16(little(Int16.self))
    case 4, 8: return .int32(little(Int32.self))
    default: return .int8(bytes.map { Int8(bitPattern: $0) })
    }
  }

  /// Makes a tensor another name for the bytes of `source`, which lies in the arena.
  mutating func alias(_ tensor: Int, of source: Int) { aliases[tensor] = source }

  /// A tensor in the arena that is not the graph's.
  mutating func temporary(byteCount: Int) -> Int {
    tensorByteCounts.append(byteCount)
    return tensorByteCounts.count - 1
  }

  /// Adds values to the program's constants, named after the layer that comes next.
  mutating func constant(_ values: Constant.Values, _ name: String) throws -> Place {
    .constant(try add(values, named: "layer\(steps.count)_\(name)"))
  }

  private mutating func add(_ values: Constant.Values, named name: String) throws -> Int {
    let constant = Constant(name: name, values: values)
    constantByteCount += constant.byteCount
    guard constantByteCount <= Self.constantByteLimit else {
      throw ModelError(
        current.map { .operator(index: $0.index, name: $0.name) } ?? .model,
        "brings the weights to \(constantByteCount) bytes",
        remedy: "at most \(Self.constantByteLimit) are supported")
    }
    constants.append(constant)
    return constants.count - 1
  }

  // MARK: Shapes and scales

  func scale(_ tensor: Int) -> Float { graph.scale(tensor) }
  func zeroPoint(_ tensor: Int) -> Int8 { graph.zeroPoint(tensor) }
  func wideZeroPoint(_ tensor: Int) -> Int32 { graph.wideZeroPoint(tensor) }

  func window(_ step: Operator, _ sliding: Sliding, height: Int, width: Int) -> Window {
    graph.window(step, sliding, height: height, width: width)
  }

  func stage(_ step: Operator, _ activation: Activation) -> OutputStage {
    graph.stage(step, activation)
  }
}
