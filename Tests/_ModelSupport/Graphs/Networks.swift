// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Whole networks of int8 layers: chains, residuals and a classifier, as keyword spotters and image
/// classifiers have them. They hold what happens between operators: memory shared in place, fused
/// additions, aliased shapes.
extension RandomGraph {
  static let networks: GraphMakers = [
    "NETWORK": { $0.makeNetwork() }
  ]
}

extension GraphBuilder {
  mutating func makeNetwork() {
    let channels = random.once(in: 2) ? random.pick([8, 16]) : random.int(1...12)
    var tensor = input(
      .int8, [1, random.int(4...12), random.int(4...12), random.int(1...channels)],
      quantized(.int8))
    for _ in 0..<random.int(1...5) {
      switch random.int(1...6) {
      case 1, 2: tensor = layer(tensor, pointwise: true, channels: channels)
      case 3: tensor = layer(tensor, pointwise: false, channels: random.int(1...12))
      case 4: tensor = depthwiseLayer(tensor)
      case 5: tensor = residual(tensor)
      default: tensor = pool(tensor)
      }
    }
    finish([random.once(in: 2) ? classifier(tensor) : tensor])
  }

  private mutating func layer(_ tensor: Int, pointwise: Bool, channels: Int) -> Int {
    let shape = shape(tensor)
    let stride = random.once(in: 4) ? 2 : 1
    let kernel = pointwise ? 1 : 3
    let window = Window(
      padding: .same, kernel: [kernel, kernel], stride: [stride, stride], dilation: [1, 1])
    let filter = [channels, kernel, kernel, shape[3]]
    let weights = weights(.int8, filter, dimension: 0)
    let bias = bias(channels, tensor, weights)
    let output = sums(
      tensor, weights, count: filter[1...].reduce(1, *),
      [1] + window.output(Array(shape[1...2])) + [channels])
    append(
      .conv2D, [tensor, weights, bias], [output],
      .conv2D(.same, stride: window.stride, activation([.relu, .relu6]), dilation: [1, 1]),
      version: 3)
    return output
  }

  private mutating func depthwiseLayer(_ tensor: Int) -> Int {
    let shape = shape(tensor)
    let stride = random.once(in: 3) ? 2 : 1
    let window = Window(
      padding: .same, kernel: [3, 3], stride: [stride, stride], dilation: [1, 1])
    let weights = weights(.int8, [1, 3, 3, shape[3]], dimension: 3)
    let bias = bias(shape[3], tensor, weights, optional: false)
    let output = sums(
      tensor, weights, count: 9, [1] + window.output(Array(shape[1...2])) + [shape[3]])
    append(
      .depthwiseConv2D, [tensor, weights, bias], [output],
      .depthwiseConv2D(
        .same, stride: window.stride, multiplier: 1, activation([.relu, .relu6]),
        dilation: [1, 1]),
      version: 3)
    return output
  }

  /// A convolution of a tensor added to the tensor.
  private mutating func residual(_ tensor: Int) -> Int {
    let shape = shape(tensor)
    let weights = weights(.int8, [shape[3], 3, 3, shape[3]], dimension: 0)
    let bias = bias(shape[3], tensor, weights)
    let branch = sums(tensor, weights, count: 9 * shape[3], shape)
    append(
      .conv2D, [tensor, weights, bias], [branch],
      .conv2D(.same, stride: [1, 1], activation([.relu]), dilation: [1, 1]), version: 3)
    let scales = [tensor, branch].map { quantization($0)?.scales[0] ?? 1 }
    let output = result(
      .int8, shape,
      .init(scale: (scales.max() ?? 1) * scale(-1...0), zeroPoint: zeroPoint(.int8)))
    append(
      .add, random.once(in: 2) ? [tensor, branch] : [branch, tensor], [output],
      .add(activation([.relu])), version: 2)
    return output
  }

  private mutating func pool(_ tensor: Int) -> Int {
    let shape = shape(tensor)
    let window = Window(padding: .same, kernel: [2, 2], stride: [2, 2], dilation: [1, 1])
    let output = result(
      .int8, [1] + window.output(Array(shape[1...2])) + [shape[3]], quantization(tensor))
    append(
      random.pick([.averagePool2D, .maxPool2D]), [tensor], [output],
      .pool2D(.same, stride: [2, 2], filter: [2, 2], .none), version: 2)
    return output
  }

  private mutating func classifier(_ tensor: Int) -> Int {
    let count = shape(tensor).reduce(1, *)
    let flat = result(.int8, [1, count], quantization(tensor))
    append(.reshape, [tensor, integers([-1, count])], [flat], .reshape([-1, count]))
    let classes = random.int(2...12)
    let weights = weights(.int8, [classes, count], dimension: 0, perChannel: random.once(in: 2))
    let bias = bias(classes, flat, weights)
    let scores = sums(flat, weights, count: count, [1, classes])
    append(
      .fullyConnected, [flat, weights, bias], [scores],
      .fullyConnected(.none, keepsRank: false), version: 4)
    let probabilities = result(.int8, [1, classes], .init(scale: 1 / 256, zeroPoint: -128))
    append(.softmax, [scores], [probabilities], .softmax(beta: 1), version: 2)
    return probabilities
  }
}
