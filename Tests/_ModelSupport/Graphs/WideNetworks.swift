// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Networks as wide as those for boards are, which the packed kernels are made for: blocks of a
/// depthwise and a pointwise convolution, residual blocks, dense chains, each with channels that a
/// ReLU makes constant.
extension RandomGraph {
  static let wideNetworks: GraphMakers = [
    "NETWORK_WIDE": { $0.makeWideNetwork() },
    "NETWORK_DENSE": { $0.makeDenseNetwork() },
  ]
}

extension GraphBuilder {
  mutating func makeWideNetwork() {
    let channels = random.pick([8, 16, 20, 24, 32, 48, 64])
    let size = channels > 32 ? 10 : 16
    var tensor = input(
      .int8, [1, random.int(5...size), random.int(5...size), random.pick([1, 1, 2, 3, 4, 8])],
      quantized(.int8))
    tensor = wideConvolution(
      tensor, channels, kernel: random.pick([[3, 3], [5, 5], [10, 4], [3, 1]]),
      stride: random.int(1...2))
    for _ in 0..<random.int(1...3) {
      switch random.int(1...4) {
      case 1, 2:
        tensor = wideDepthwise(tensor)
        tensor = wideConvolution(
          tensor, random.once(in: 3) ? channels * 2 : channels, kernel: [1, 1], stride: 1)
      case 3:
        let branch = wideConvolution(
          tensor, shape(tensor)[3], kernel: [3, 3], stride: 1, padding: .same)
        tensor = wideSum(tensor, branch)
      default:
        tensor = wideConvolution(
          tensor, channels, kernel: random.once(in: 2) ? [1, 1] : [3, 3],
          stride: random.int(1...2))
      }
    }
    if random.once(in: 2) { tensor = globalMean(tensor) }
    finish([tensor])
  }

  mutating func makeDenseNetwork() {
    var tensor = input(.int8, [1, random.int(8...160)], quantized(.int8))
    for _ in 0..<random.int(1...4) {
      let shape = shape(tensor)
      let outputs = random.int(2...64)
      let weights = wideWeights(
        [outputs, shape[1]], random.once(in: 2) ? 0 : nil, tensor, count: shape[1])
      let bias = wideBias(outputs, tensor, weights, count: shape[1])
      let activation = random.pick([Activation.none, .relu, .relu6])
      let output = wideResult([1, outputs], activation)
      append(
        .fullyConnected, [tensor, weights, bias], [output],
        .fullyConnected(activation, keepsRank: false), version: 4)
      tensor = output
    }
    finish([tensor])
  }

  private mutating func wideConvolution(
    _ tensor: Int, _ channels: Int, kernel: [Int], stride: Int, padding: Padding? = nil
  ) -> Int {
    let shape = shape(tensor)
    var window = Window(
      padding: padding ?? (random.once(in: 3) ? .valid : .same), kernel: kernel,
      stride: [stride, stride], dilation: [1, 1])
    if window.output(Array(shape[1...2])).contains(0) { window.padding = .same }
    let count = kernel[0] * kernel[1] * shape[3]
    let weights = wideWeights([channels] + kernel + [shape[3]], 0, tensor, count: count)
    let bias = wideBias(channels, tensor, weights, count: count)
    let activation = random.pick([Activation.none, .relu, .relu, .relu6])
    let output = wideResult(
      [1] + window.output(Array(shape[1...2])) + [channels], activation)
    append(
      .conv2D, [tensor, weights, bias], [output],
      .conv2D(
        window.padding, stride: window.stride, activation, dilation: [1, 1]),
      version: 3)
    return output
  }

  private mutating func wideDepthwise(_ tensor: Int) -> Int {
    let shape = shape(tensor)
    let stride = random.int(1...2)
    let kernel = random.pick([[3, 3], [3, 3], [5, 5], [3, 1]])
    let window = Window(
      padding: .same, kernel: kernel, stride: [stride, stride], dilation: [1, 1])
    let count = kernel[0] * kernel[1]
    let weights = wideWeights([1] + kernel + [shape[3]], 3, tensor, count: count)
    let bias = wideBias(shape[3], tensor, weights, count: count)
    let activation = random.pick([Activation.none, .relu, .relu6])
    let output = wideResult(
      [1] + window.output(Array(shape[1...2])) + [shape[3]], activation)
    append(
      .depthwiseConv2D, [tensor, weights, bias], [output],
      .depthwiseConv2D(
        .same, stride: window.stride, multiplier: 1, activation, dilation: [1, 1]),
      version: 3)
    return output
  }

  private mutating func wideSum(_ first: Int, _ second: Int) -> Int {
    let activation = random.pick([Activation.none, .relu, .relu6])
    let output = wideResult(shape(first), activation)
    append(
      .add, random.once(in: 2) ? [first, second] : [second, first], [output],
      .add(activation), version: 2)
    return output
  }

  private mutating func globalMean(_ tensor: Int) -> Int {
    let shape = shape(tensor)
    let output = result(
      .int8, [1, shape[3]], random.once(in: 2) ? quantization(tensor) : quantized(.int8))
    append(
      .mean, [tensor, integers([1, 2])], [output], .reducer(keepsRank: false), version: 2)
    return output
  }

  /// Weights for an index of a dimension each, or for all, whose sums over so many inputs have
  /// reals of a few units, as trained networks keep them.
  private mutating func wideWeights(
    _ shape: [Int], _ dimension: Int?, _ source: Int, count: Int
  ) -> Int {
    let sum = Float(count).squareRoot() * 74 * 74
    let product = Float(random.int(1...4)) / sum
    let scale = product / (quantization(source)?.scales[0] ?? 1)
    let scales = (0..<(dimension.map { shape[$0] } ?? 1)).map { _ in scale * self.scale(-1...0) }
    let least = random.once(in: 4) ? -128 : -127
    return constant(
      .int8, shape, .init(scales: scales, dimension: dimension ?? 0), .integers(least...127))
  }

  /// A bias with a few channels so negative that a ReLU leaves nothing of them.
  private mutating func wideBias(
    _ channels: Int, _ source: Int, _ weights: Int, count: Int
  ) -> Int {
    let input = quantization(source)?.scales[0] ?? 1
    let scales = (quantization(weights)?.scales ?? []).map { $0 * input }
    let tensor = result(.int32, [channels], .init(scales: scales, dimension: 0))
    let sum = Int(Float(count).squareRoot() * 74 * 74)
    let dead = random.pick([3, 8, 1000])
    graph.tensors[tensor].constant = (0..<channels).flatMap { _ in
      bytes(
        .int32, 1,
        .integers(random.once(in: dead) ? -40 * sum ... -2 * sum : -sum / 2...sum / 2))
    }
    return tensor
  }

  /// A result for reals of a few units. What comes out of a ReLU has its zero at the bottom.
  private mutating func wideResult(_ shape: [Int], _ activation: Activation) -> Int {
    let low = activation != .none && !random.once(in: 8)
    let scale = activation == .relu6 && random.once(in: 2) ? 6 / 255 : self.scale(-6 ... -5)
    return result(
      .int8, shape, .init(scale: scale, zeroPoint: low ? -128 : random.int(-40...40)))
  }
}
