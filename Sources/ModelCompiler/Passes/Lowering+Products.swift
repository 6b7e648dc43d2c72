// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels
import ModelGraph

/// Layers with weights by the general kernels: other types than int8, TRANSPOSE_CONV, weights with
/// a zero point, and BATCH_MATMUL.
extension Lowering {
  /// Lowers what the kernels for int8 leave out.
  /// - Returns: false for what is theirs.
  mutating func generalLayer(_ step: Operator) throws -> Bool {
    guard let weights = step.weights else { return false }
    guard type(step.output) == type(step.inputs[0]) else { throw unsupported(step) }
    let zeroPoint = wideZeroPoint(weights.tensor)
    switch type(step.inputs[0]) {
    case .int8:
      if case .transposeConvolution = step.kind {} else if zeroPoint == 0 { return false }
      try layer(step, weights, narrow(step, zeroPoint, Int8.self))
    case .int16:
      let bias = weights.bias.map { type($0) }
      if bias == .int32 && !isWide(step) {
        try layer(step, weights, narrow(step, zeroPoint, Int16.self))
      } else {
        try layer(step, weights, WideArithmetic(stage: stage(step, step.activation)))
      }
    case .float32:
      try layer(step, weights, RealArithmetic(range: FloatRange(step.activation)))
    default: throw unsupported(step)
    }
    return true
  }

  /// Whether TensorFlow Lite Micro always adds up in 64 bits.
  private func isWide(_ step: Operator) -> Bool {
    switch step.kind {
    case .depthwiseConvolution, .transposeConvolution: true
    default: false
    }
  }

  private func narrow<Element: ElementInteger>(
    _ step: Operator, _ weightZeroPoint: Int32, _: Element.Type
  ) -> NarrowArithmetic<Element> {
    NarrowArithmetic(
      inputZeroPoint: wideZeroPoint(step.inputs[0]), weightZeroPoint: weightZeroPoint,
      stage: stage(step, step.activation))
  }

  private mutating func layer<Arithmetic: LayerArithmetic>(
    _ step: Operator, _ weights: Weights, _ arithmetic: Arithmetic
  ) throws {
    let shape = graph.tensors[weights.tensor].shape
    let outputs = graph.tensors[step.output]
    let input = try place(step.inputs[0])
    let values = try place(weights.tensor)
    switch step.kind {
    case .convolution(let sliding, _, _), .depthwiseConvolution(let sliding, _, _):
      let isDepthwise = if case .depthwiseConvolution = step.kind { true } else { false }
      let kernel = GeneralConvolution(
        window: window(step, sliding, height: shape[1], width: shape[2]),
        isDepthwise: isDepthwise, arithmetic: arithmetic)
      let taps = shape[1] * shape[2] * (isDepthwise ? 1 : shape[3])
      let channels = try channels(step, weights, count: outputs.shape[3], arithmetic)
      call(
        KernelCall(
          kernel, reads: ["input": input, "weights": values, "channels": channels],
          writes: ["output": .tensor(step.output)], multiplyCount: outputs.count * taps
        ) { $0.run(input: $1[0], weights: $1[1], channels: $1[2], output: $1[3]) })
    case .transposeConvolution(let sliding, _, _):
      let kernel = TransposeConvolution(
        window: transposedWindow(step, sliding, kernel: shape), arithmetic: arithmetic)
      let channels = try channels(step, weights, count: shape[0], arithmetic)
      let multiplications =
        graph.tensors[step.inputs[0]].count * shape[0] * shape[1] * shape[2]
      call(
        KernelCall(
          kernel, reads: ["input": input, "weights": values, "channels": channels],
          writes: ["output": .tensor(step.output)], multiplyCount: multiplications
        ) { $0.run(input: $1[0], weights: $1[1], channels: $1[2], output: $1[3]) })
    default:
      let kernel = GeneralDense(
        batches: outputs.count / shape[0], inputCount: shape[1], outputCount: shape[0],
        arithmetic: arithmetic)
      let channels = try channels(step, weights, count: shape[0], arithmetic)
      call(
        KernelCall(
          kernel, reads: ["input": input, "weights": values, "channels": channels],
          writes: ["output": .tensor(step.output)], multiplyCount: outputs.count * shape[1]
        ) { $0.run(input: $1[0], weights: $1[1], channels: $1[2], output: $1[3]) })
    }
  }

  /// Padding is that of the convolution that goes back from the output to the input.
  private func transposedWindow(_ step: Operator, _ sliding: Sliding, kernel: [Int]) -> Window {
    let input = graph.tensors[step.inputs[0]].shape
    let output = graph.tensors[step.output].shape
    let rows = sliding.extent(
      input: output[1], kernel: kernel[1], stride: sliding.strideHeight, dilation: 1)
    let columns = sliding.extent(
      input: output[2], kernel: kernel[2], stride: sliding.strideWidth, dilation: 1)
    return Window(
      batches: input[0], inputHeight: input[1], inputWidth: input[2], inputChannels: input[3],
      outputHeight: output[1], outputWidth: output[2], outputChannels: output[3],
      kernelHeight: kernel[1], kernelWidth: kernel[2], strideHeight: sliding.strideHeight,
      strideWidth: sliding.strideWidth, paddingTop: rows.padding, paddingLeft: columns.padding)
  }

  // MARK: Constants of channels

  private mutating func channels(
    _ step: Operator, _ weights: Weights, count: Int, _ arithmetic: some LayerArithmetic
  ) throws -> Place {
    let biases = biasValues(weights, count: count)
    switch arithmetic {
    case is RealArithmetic:
      return try constant(.int32(biases.map { Int32(truncatingIfNeeded: $0) }), "channels")
    case is WideArithmetic:
      let words = biases.flatMap {
        [Int32(truncatingIfNeeded: $0), Int32(truncatingIfNeeded: $0 >> 32)]
      }
      return try channelBlock(step, weights, count: count, bias: words)
    default:
      return try channelBlock(
        step, weights, count: count, bias: biases.map { Int32(truncatingIfNeeded: $0) })
    }
  }

  /// Bit patterns of a bias' elements, sign-extended.
  private func biasValues(_ weights: Weights, count: Int) -> [Int64] {
    guard let bias = weights.bias, let bytes = graph.tensors[bias].constant,
      let width = type(bias).byteCount
    else { return [Int64](repeating: 0, count: count) }
    return (0..<count).map { index in
      let start = bytes.startIndex + index * width
      let value = (0..<width).reduce(UInt64(0)) {
        $0 | UInt64(bytes[start + $1]) << UInt64(8 * $1)
      }
      let unused = Int64(64 - 8 * width)
      return (Int64(bitPattern: value) << unused) >> unused
    }
  }

  // MARK: BATCH_MATMUL

  mutating func batchMatrixMultiply(
    _ step: Operator, transposesFirst: Bool, transposesSecond: Bool
  ) throws {
    let real =
      Double(scale(step.inputs[0])) * Double(scale(step.inputs[1])) / Double(scale(step.output))
    let scale = FixedPointScale(real)
    let stage = stage(step, .none)
    let transposed = (transposesFirst, transposesSecond)
    switch type(step.inputs[0]) {
    case .int8:
      let function = ByteProduct(
        firstZeroPoint: wideZeroPoint(step.inputs[0]),
        secondZeroPoint: wideZeroPoint(step.inputs[1]), scale: scale, stage: stage)
      try product(step, transposed, function)
    case .int16: try product(step, transposed, ShortProduct(scale: scale, stage: stage))
    case .float32: try product(step, transposed, RealProduct())
    default: throw unsupported(step)
    }
  }

  private mutating func product<Function: ProductFunction>(
    _ step: Operator, _ transposed: (first: Bool, second: Bool), _ function: Function
  ) throws {
    let shapes = step.inputs.map { graph.tensors[$0].shape }
    let output = graph.tensors[step.output]
    let (rows, columns) = (output.shape[output.shape.count - 2], output.shape.last ?? 1)
    let depth = shapes[0][shapes[0].count - (transposed.first ? 2 : 1)]
    let batches = Broadcast(shapes.map { $0.dropLast(2) }, to: output.shape.dropLast(2))
    let kernel = MatrixProduct(
      batches: batches.shape, firstStrides: batches.strides[0].times(rows * depth),
      secondStrides: batches.strides[1].times(columns * depth), rows: rows, columns: columns,
      depth: depth, rowStride: transposed.first ? 1 : depth,
      rowStep: transposed.first ? rows : 1, columnStride: transposed.second ? depth : 1,
      columnStep: transposed.second ? 1 : columns, function: function)
    call(
      KernelCall(
        kernel,
        reads: ["first": try place(step.inputs[0]), "second": try place(step.inputs[1])],
        writes: ["output": .tensor(step.output)], multiplyCount: output.count * depth
      ) { $0.run(first: $1[0], second: $1[1], output: $1[2]) })
  }
}

extension Extents {
  fileprivate func times(_ factor: Int) -> Extents {
    Extents((0..<6).map { self[$0] * factor })
  }
}

extension Operator {
  /// The clamp of a layer with weights.
  fileprivate var activation: Activation {
    switch kind {
    case .convolution(_, _, let activation), .depthwiseConvolution(_, _, let activation),
      .transposeConvolution(_, _, let activation), .fullyConnected(_, let activation):
      activation
    default: .none
    }
  }
}
