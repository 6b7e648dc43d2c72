// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph
import TestSupport

/// Chains of layers with random weights, of whose channels many give one value whatever comes in.
struct RandomGraph {
  private var random: Xorshift
  private var tensors: [Tensor] = []
  private var operators: [Operator] = []
  private var shape: [Int]

  static func make(seed: UInt64) throws -> (graph: Graph, random: Xorshift) {
    var graph = RandomGraph(seed: seed)
    return (try graph.build(), graph.random)
  }

  private init(seed: UInt64) {
    random = Xorshift(seed: seed)
    shape = [1, random.below(5) + 4, random.below(5) + 4, random.below(3) + 1]
  }

  private mutating func build() throws -> Graph {
    tensors = [activation(shape, zeroPoint: random.below(256) - 128)]
    var last = 0
    for _ in 0..<random.below(5) + 2 { last = image(last) }
    if random.below(3) == 0 {
      last = fullyConnected(random.below(2) == 0 ? mean(last) : flat(last))
    }
    last = shape.count == 4 ? convolution(last, side: 1) : fullyConnected(last)
    return try Graph(tensors: tensors, operators: operators, inputs: [0], outputs: [last])
  }

  private mutating func image(_ input: Int) -> Int {
    switch random.below(10) {
    case 9: pad(input)
    case 8: clamp(input)
    case 0, 1: depthwise(input)
    case 2: pool(input)
    case 3: convolution(input, side: 3)
    case 4: convolution(input, side: 2)
    default: convolution(input, side: 1)
    }
  }

  // MARK: Layers

  private mutating func convolution(_ input: Int, side: Int) -> Int {
    let channels = random.below(14) + 3
    let weights = weights([channels, side, side, shape[3]], channels: channels, dimension: 0)
    let sliding = sliding(side)
    slide(sliding, side, channels: channels)
    return add(
      input, { .convolution(sliding, weights, $0) }, fused: random.below(4) > 0)
  }

  private mutating func depthwise(_ input: Int) -> Int {
    let channels = shape[3] * (random.below(4) == 0 ? 2 : 1)
    let weights = weights([1, 3, 3, channels], channels: channels, dimension: 3)
    let sliding = sliding(3)
    slide(sliding, 3, channels: channels)
    return add(
      input, { .depthwiseConvolution(sliding, weights, $0) }, fused: random.below(4) > 0)
  }

  private mutating func fullyConnected(_ input: Int) -> Int {
    let inputs = shape[shape.count - 1]
    let channels = random.below(10) + 2
    let weights = weights([channels, inputs], channels: channels, dimension: 0)
    shape[shape.count - 1] = channels
    return add(input, { .fullyConnected(weights, $0) }, fused: random.below(2) > 0)
  }

  private mutating func pool(_ input: Int) -> Int {
    let sliding = sliding(2)
    slide(sliding, 2, channels: shape[3])
    var output = tensors[input]
    output.shape = shape
    tensors.append(output)
    let kind: Operator.Kind =
      random.below(2) == 0
      ? .averagePool(sliding, kernelHeight: 2, kernelWidth: 2, .none)
      : .maximumPool(sliding, kernelHeight: 2, kernelWidth: 2, .none)
    return append(kind, input)
  }

  private mutating func mean(_ input: Int) -> Int {
    shape = [1, shape[3]]
    tensors.append(activation(shape, zeroPoint: random.below(256) - 128))
    return append(.reduce(.mean, dimensions: [1, 2]), input)
  }

  private mutating func clamp(_ input: Int) -> Int {
    tensors.append(activation(shape, zeroPoint: random.below(256) - 128))
    let functions: [UnaryFunction] = [.relu, .relu6, .reluMinus1To1]
    return append(.unary(functions[random.below(3)]), input)
  }

  private mutating func pad(_ input: Int) -> Int {
    let (before, after) = ([0, random.below(2), 1, 0], [0, 1, random.below(2), 0])
    shape = shape.indices.map { before[$0] + shape[$0] + after[$0] }
    var output = tensors[input]
    output.shape = shape
    tensors.append(output)
    return append(.pad(before: before, after: after, value: nil), input)
  }

  private mutating func flat(_ input: Int) -> Int {
    shape = [1, shape.reduce(1, *)]
    var output = tensors[input]
    output.shape = shape
    tensors.append(output)
    return append(.reshape, input)
  }

  // MARK: Parts

  private mutating func sliding(_ side: Int) -> Sliding {
    let fits = shape[1] >= side && shape[2] >= side
    return Sliding(
      padding: fits && random.below(2) == 0 ? .valid : .same,
      strideHeight: random.below(3) == 0 ? 2 : 1, strideWidth: random.below(3) == 0 ? 2 : 1)
  }

  private mutating func slide(_ sliding: Sliding, _ side: Int, channels: Int) {
    let rows = sliding.extent(
      input: shape[1], kernel: side, stride: sliding.strideHeight, dilation: 1)
    let columns = sliding.extent(
      input: shape[2], kernel: side, stride: sliding.strideWidth, dilation: 1)
    shape = [1, rows.output, columns.output, channels]
  }

  /// Biases large enough that every third channel or so never leaves one end of its range.
  private mutating func weights(_ extents: [Int], channels: Int, dimension: Int) -> Weights {
    let count = extents.reduce(1, *)
    let scales = (0..<channels).map { _ in Float(random.below(60) + 4) / 4096 }
    let isPerChannel = random.below(4) > 0
    tensors.append(
      Tensor(
        name: "weights", shape: extents, type: .int8,
        quantization: Quantization(
          scales: isPerChannel ? scales : [scales[0]],
          zeroPoints: isPerChannel ? scales.map { _ in 0 } : [0], dimension: dimension),
        constant: (0..<count).map { _ in UInt8(bitPattern: Int8(random.below(255) - 127)) }[...]))
    guard random.below(8) > 0 else { return Weights(tensor: tensors.count - 1) }
    let reach = 12_000 * count / channels
    let bias = (0..<channels).map { _ in
      Int32(random.below(3) == 0 ? random.below(8 * reach) - 6 * reach : random.below(2000))
    }
    tensors.append(
      Tensor(
        name: "bias", shape: [channels], type: .int32,
        constant: bias.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        }[...]))
    return Weights(tensor: tensors.count - 2, bias: tensors.count - 1)
  }

  private func activation(_ shape: [Int], zeroPoint: Int) -> Tensor {
    Tensor(
      name: "t", shape: shape, type: .int8,
      quantization: Quantization(scale: 0.25, zeroPoint: zeroPoint))
  }

  private mutating func add(
    _ input: Int, _ kind: (Activation) -> Operator.Kind, fused: Bool
  ) -> Int {
    let zeroPoint = fused && random.below(3) > 0 ? -128 : random.below(200) - 100
    tensors.append(activation(shape, zeroPoint: zeroPoint))
    return append(kind(fused ? (random.below(2) == 0 ? .relu : .relu6) : .none), input)
  }

  private mutating func append(_ kind: Operator.Kind, _ input: Int) -> Int {
    operators.append(
      Operator(
        index: operators.count, kind: kind, inputs: [input], output: tensors.count - 1))
    return tensors.count - 1
  }
}
