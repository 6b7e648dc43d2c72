// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Graphs with branches of many operators: every tensor may be used again later, several are
/// outputs. They hold the memory plan and its aliases, rather than any kernel.
extension RandomGraph {
  static let mixedNetworks: GraphMakers = [
    "NETWORK_MIXED": { $0.makeMixedNetwork() }
  ]
}

extension GraphBuilder {
  mutating func makeMixedNetwork() {
    var tensors = [
      input(
        .int8, [1, random.int(2...6), random.int(2...6), random.int(1...6)], quantized(.int8))
    ]
    var unused = Set(tensors)
    for _ in 0..<random.int(3...9) {
      // Mostly what is new, now and then something from long ago.
      let tensor = random.once(in: 3) ? random.pick(tensors) : tensors[tensors.count - 1]
      let partner = tensors.last { $0 != tensor && shape($0) == shape(tensor) }
      let results = grow(tensor, partner, &unused)
      unused.remove(tensor)
      unused.formUnion(results)
      tensors += results
    }
    graph.outputs = unused.sorted()
  }

  /// One more operator on a tensor.
  private mutating func grow(_ tensor: Int, _ partner: Int?, _ unused: inout Set<Int>) -> [Int] {
    let other = partner ?? tensor
    switch random.int(1...12) {
    case 1:
      unused.remove(other)
      return [joined(.add, .add(activation()), tensor, other, growth: 1)]
    case 2:
      unused.remove(other)
      return [joined(.mul, .mul(.none), tensor, other, growth: 50)]
    case 3: return [gated(tensor)]
    case 4: return [pointwise(tensor)]
    case 5: return [padded(tensor)]
    case 6: return [concatenated(tensor, other, &unused)]
    case 7: return halves(tensor)
    case 8: return [transposed(tensor)]
    case 9: return [cut(tensor)]
    case 10: return [rescaled(tensor)]
    case 11: return [pooled(tensor)]
    default: return [reshaped(tensor)]
    }
  }

  private mutating func joined(
    _ code: BuiltinOperator, _ options: OperatorOptions, _ first: Int, _ second: Int,
    growth: Float
  ) -> Int {
    let scales = [first, second].map { quantization($0)?.scales[0] ?? 1 }
    let scale = code == .mul ? scales[0] * scales[1] * growth : max(scales[0], scales[1])
    let output = result(
      .int8, shape(first),
      .init(scale: scale * self.scale(-1...0), zeroPoint: zeroPoint(.int8)))
    append(code, [first, second], [output], options, version: 2)
    return output
  }

  /// x times sigmoid(x).
  private mutating func gated(_ tensor: Int) -> Int {
    let gate = result(.int8, shape(tensor), .init(scale: 1 / 256, zeroPoint: -128))
    append(.logistic, [tensor], [gate])
    return joined(.mul, .mul(.none), tensor, gate, growth: 120)
  }

  private mutating func pointwise(_ tensor: Int) -> Int {
    let shape = shape(tensor)
    let channels = random.int(1...8)
    let weights = weights(.int8, [channels, 1, 1, shape[3]], dimension: 0)
    let bias = bias(channels, tensor, weights)
    let output = sums(tensor, weights, count: shape[3], Array(shape.prefix(3)) + [channels])
    append(
      .conv2D, [tensor, weights, bias], [output],
      .conv2D(.same, stride: [1, 1], activation(), dilation: [1, 1]), version: 3)
    return output
  }

  private mutating func padded(_ tensor: Int) -> Int {
    let paddings = [[0, 0], [1, random.int(0...1)], [random.int(0...1), 1], [0, 0]]
    let size = zip(shape(tensor), paddings).map { $0 + $1[0] + $1[1] }
    let output = result(.int8, size, quantization(tensor))
    append(
      .pad, [tensor, integers(paddings.flatMap { $0 }, shape: [4, 2])], [output], .empty(22),
      version: 2)
    return output
  }

  /// Two tensors side by side along their channels, the second brought to the first one's scale.
  private mutating func concatenated(
    _ first: Int, _ second: Int, _ unused: inout Set<Int>
  ) -> Int {
    unused.remove(second)
    let aligned = result(.int8, shape(second), quantization(first))
    append(.quantize, [second], [aligned], .empty(89), version: 2)
    var size = shape(first)
    size[3] *= 2
    let output = result(.int8, size, quantization(first))
    append(.concatenation, [first, aligned], [output], .concatenation(axis: 3), version: 2)
    return output
  }

  private mutating func halves(_ tensor: Int) -> [Int] {
    let shape = shape(tensor)
    guard let axis = [3, 2, 1].first(where: { shape[$0] % 2 == 0 }) else {
      return [transposed(tensor)]
    }
    var half = shape
    half[axis] /= 2
    let outputs = (0..<2).map { _ in result(.int8, half, quantization(tensor)) }
    append(.split, [integers([axis]), tensor], outputs, .split(count: 2), version: 2)
    return outputs
  }

  private mutating func transposed(_ tensor: Int) -> Int {
    let shape = shape(tensor)
    let order = random.pick([[0, 2, 1, 3], [0, 3, 1, 2], [0, 1, 3, 2]])
    let output = result(.int8, order.map { shape[$0] }, quantization(tensor))
    append(.transpose, [tensor, integers(order)], [output], .empty(26), version: 2)
    return output
  }

  private mutating func cut(_ tensor: Int) -> Int {
    let shape = shape(tensor)
    let begin = shape.map { random.int(0...min(1, $0 - 1)) }
    let end = zip(begin, shape).map { random.int($0 + 1...$1) }
    let output = result(.int8, zip(begin, end).map { $1 - $0 }, quantization(tensor))
    append(
      .stridedSlice, [tensor, integers(begin), integers(end), integers([1, 1, 1, 1])], [output],
      .stridedSlice(begin: 0, end: 0, shrink: 0), version: 2)
    return output
  }

  private mutating func rescaled(_ tensor: Int) -> Int {
    let scale = (quantization(tensor)?.scales[0] ?? 1) * self.scale(-1...0)
    let output = result(
      .int8, shape(tensor), .init(scale: scale, zeroPoint: zeroPoint(.int8)))
    append(.quantize, [tensor], [output], .empty(89), version: 2)
    return output
  }

  private mutating func pooled(_ tensor: Int) -> Int {
    let shape = shape(tensor)
    let window = Window(padding: .same, kernel: [2, 2], stride: [1, 1], dilation: [1, 1])
    let output = result(
      .int8, [shape[0]] + window.output(Array(shape[1...2])) + [shape[3]], quantization(tensor))
    append(
      .maxPool2D, [tensor], [output],
      .pool2D(.same, stride: [1, 1], filter: [2, 2], .none), version: 2)
    return output
  }

  private mutating func reshaped(_ tensor: Int) -> Int {
    let shape = shape(tensor)
    let size = [1, shape[1], 1, shape[2] * shape[3]]
    let output = result(.int8, size, quantization(tensor))
    append(.reshape, [tensor, integers(size)], [output], .reshape(size))
    return output
  }
}
