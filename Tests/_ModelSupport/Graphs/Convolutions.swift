// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Convolutions, matrix products and pools.
extension RandomGraph {
  static let convolutions: GraphMakers = [
    "CONV_2D": { $0.makeConvolution() },
    "DEPTHWISE_CONV_2D": { $0.makeDepthwiseConvolution() },
    "TRANSPOSE_CONV": { $0.makeTransposedConvolution() },
    "FULLY_CONNECTED": { $0.makeFullyConnected() },
    "BATCH_MATMUL": { $0.makeMatrixProduct() },
    "AVERAGE_POOL_2D": { $0.makePool(.averagePool2D) },
    "MAX_POOL_2D": { $0.makePool(.maxPool2D) },
  ]
}

/// Height and width of a window's walk over an image.
struct Window {
  var padding: Padding
  var kernel: [Int]
  var stride: [Int]
  var dilation: [Int]

  /// What TensorFlow Lite computes as output size; zero or less where the kernel does not fit.
  func output(_ input: [Int]) -> [Int] {
    input.indices.map { axis in
      let reach = (kernel[axis] - 1) * dilation[axis] + 1
      let size = padding == .same ? input[axis] : input[axis] - reach + 1
      return size <= 0 ? 0 : (size + stride[axis] - 1) / stride[axis]
    }
  }
}

extension GraphBuilder {
  /// A window that fits into an image of this height and width.
  mutating func window(_ image: [Int], kernel limit: Int = 5, dilates: Bool = true) -> Window {
    while true {
      let square = random.once(in: 2)
      let first = random.int(1...limit)
      let stride = random.once(in: 2) ? 1 : random.int(1...3)
      let dilation = dilates && random.once(in: 5) ? random.int(2...3) : 1
      let window = Window(
        padding: random.pick([.same, .valid]),
        kernel: [first, square ? first : random.int(1...limit)],
        stride: [stride, square ? stride : random.int(1...3)],
        dilation: [dilation, square || dilation == 1 ? dilation : random.int(1...3)])
      if !window.output(image).contains(0) { return window }
    }
  }

  /// Weights quantized for each index of a dimension, with scales up to eight times apart.
  mutating func weights(
    _ type: ElementType, _ shape: [Int], dimension: Int, perChannel: Bool = true
  ) -> Int {
    guard type != .float32 else {
      return constant(.float32, shape, nil, .reals(-1024...1024))
    }
    let base = random.int(-10 ... -6)
    let scales = (0..<(perChannel ? shape[dimension] : 1)).map { _ in scale(base...base + 2) }
    let values = Values.integers((random.once(in: 4) ? -128 : -127)...127)
    return constant(.int8, shape, .init(scales: scales, dimension: dimension), values)
  }

  /// A bias that matches input and weights, or -1 for none where there may be none.
  ///
  /// TensorFlow Lite Micro takes biases of 32 bits with 16-bit inputs in CONV_2D and
  /// FULLY_CONNECTED only (elsewhere it reads them as 64 bits), and crashes on a depthwise
  /// convolution without one.
  mutating func bias(
    _ count: Int, _ source: Int, _ weights: Int, optional: Bool = true, onlyWide: Bool = false
  ) -> Int {
    guard !(optional && random.once(in: 5)) else { return -1 }
    guard type(source) != .float32 else { return constant(.float32, [count]) }
    let bound = random.pick([0, 100, 5000])
    let input = quantization(source)?.scales[0] ?? 1
    let scales = quantization(weights)?.scales.map { $0 * input } ?? []
    let wide = type(source) == .int16 && (onlyWide || !random.once(in: 4))
    return constant(
      wide ? .int64 : .int32, [count], .init(scales: scales, dimension: 0),
      .integers(-bound...bound))
  }

  /// The product of an input's scale with the largest of the weights'.
  func product(_ source: Int, _ weights: Int) -> Float {
    (quantization(source)?.scales[0] ?? 1) * (quantization(weights)?.scales.max() ?? 1)
  }

  /// The result of sums of so many products.
  mutating func sums(
    _ source: Int, _ weights: Int, count: Int, _ shape: [Int]
  ) -> Int {
    guard type(source) != .float32 else { return result(.float32, shape) }
    let scale = outputScale(product(source, weights), count: count, type(source))
    return result(
      type(source), shape, .init(scale: scale, zeroPoint: zeroPoint(type(source))))
  }

  mutating func image(largest: Int = 9, channels: Int? = nil) -> [Int] {
    let wide = random.once(in: 6) ? random.pick([16, 24, 32, 40]) : random.int(1...9)
    let size = random.once(in: 8) ? 16 : largest
    return [
      random.once(in: 8) ? 2 : 1, random.int(1...size), random.int(1...size), channels ?? wide,
    ]
  }

  mutating func makeConvolution() {
    let type = numeric()
    let shape = image()
    let window = window(Array(shape[1...2]), kernel: random.once(in: 3) ? 1 : 5)
    let outputs = random.once(in: 6) ? random.pick([16, 20, 32]) : random.int(1...9)
    let source = source(type, shape, quantized(type))
    let filter = [outputs] + window.kernel + [shape[3]]
    let weights = weights(type, filter, dimension: 0)
    let bias = bias(outputs, source, weights)
    let output = sums(
      source, weights, count: filter[1...].reduce(1, *),
      [shape[0]] + window.output(Array(shape[1...2])) + [outputs])
    append(
      .conv2D, [source, weights, bias], [output],
      .conv2D(window.padding, stride: window.stride, activation(), dilation: window.dilation),
      version: 3)
    finish(output)
  }

  mutating func makeDepthwiseConvolution() {
    let type = numeric()
    let shape = image()
    let window = window(Array(shape[1...2]))
    let multiplier = random.once(in: 3) ? random.int(2...4) : 1
    let outputs = shape[3] * multiplier
    let source = source(type, shape, quantized(type))
    let weights = weights(type, [1] + window.kernel + [outputs], dimension: 3)
    let bias = bias(outputs, source, weights, optional: false, onlyWide: true)
    let output = sums(
      source, weights, count: window.kernel.reduce(1, *),
      [shape[0]] + window.output(Array(shape[1...2])) + [outputs])
    append(
      .depthwiseConv2D, [source, weights, bias], [output],
      .depthwiseConv2D(
        window.padding, stride: window.stride, multiplier: multiplier, activation(),
        dilation: window.dilation),
      version: 3)
    finish(output)
  }

  mutating func makeTransposedConvolution() {
    let type = numeric()
    let shape = image(largest: 5)
    let image = Array(shape[1...2])
    var window: Window
    var output: [Int]
    repeat {
      window = self.window([9, 9], kernel: 4, dilates: false)
      output = image.indices.map { axis in
        window.padding == .same
          ? image[axis] * window.stride[axis] - random.int(0...window.stride[axis] - 1)
          : (image[axis] - 1) * window.stride[axis] + window.kernel[axis]
      }
    } while window.output(output) != image
    let outputs = random.int(1...7)
    let result = [shape[0]] + output + [outputs]
    let target = integers(result)
    let weights = weights(type, [outputs] + window.kernel + [shape[3]], dimension: 0)
    let source = source(type, shape, quantized(type))
    let bias = bias(outputs, source, weights, onlyWide: true)
    let sum = sums(source, weights, count: shape[3] * 2, result)
    append(
      .transposeConv, [target, weights, source] + (bias < 0 ? [] : [bias]), [sum],
      .transposeConv(window.padding, stride: window.stride, activation([.relu, .relu6])),
      version: 3)
    finish(sum)
  }

  mutating func makeFullyConnected() {
    let type = numeric()
    let depth = random.once(in: 5) ? random.pick([64, 100, 640]) : random.int(1...30)
    let keepsRank = random.once(in: 3)
    let leading = dimensions(1...(keepsRank ? 3 : 2), limit: 8, largest: 3)
    let outputs = random.int(1...20)
    let source = source(type, leading + [depth], quantized(type))
    let weights = weights(
      type, [outputs, depth], dimension: 0, perChannel: random.once(in: 2))
    if type == .int8, graph.tensors[weights].quantization?.scales.count == 1, random.once(in: 3) {
      graph.tensors[weights].quantization?.zeroPoints[0] = random.int(-20...20)
    }
    let bias = bias(outputs, source, weights)
    let rows = leading.reduce(1, *)
    let output = sums(
      source, weights, count: depth, keepsRank ? leading + [outputs] : [rows, outputs])
    append(
      .fullyConnected, [source, weights, bias], [output],
      .fullyConnected(activation(), keepsRank: keepsRank), version: 5)
    finish(output)
  }

  mutating func makeMatrixProduct() {
    let type = numeric()
    let (rows, depth, columns) = (random.int(1...7), random.int(1...12), random.int(1...7))
    let (first, second, batch) = random.once(in: 3) ? ([], [], []) : broadcastPair(rank: 1...2)
    let small = { (shape: [Int]) in shape.map { min($0, 3) } }
    let transposes = (random.once(in: 2), random.once(in: 2))
    let left = source(
      type, small(first) + (transposes.0 ? [depth, rows] : [rows, depth]), quantized(type))
    let right = operand(
      type, small(second) + (transposes.1 ? [columns, depth] : [depth, columns]), quantized(type))
    let scale = (quantization(right)?.scales[0] ?? 1)
    let shape = small(batch) + [rows, columns]
    let output: Int
    if type == .float32 {
      output = result(.float32, shape)
    } else {
      let product = scale * (quantization(left)?.scales[0] ?? 1) * (type == .int16 ? 256 : 1)
      output = result(
        type, shape,
        .init(scale: outputScale(product, count: depth, type), zeroPoint: zeroPoint(type)))
    }
    append(
      .batchMatmul, [left, right], [output],
      .batchMatMul(transposesFirst: transposes.0, transposesSecond: transposes.1), version: 2)
    finish(output)
  }

  mutating func makePool(_ code: BuiltinOperator) {
    let type = numeric()
    let shape = image()
    let window = window(Array(shape[1...2]), kernel: 4, dilates: false)
    let quantization = quantized(type)
    let source = source(type, shape, quantization)
    let output = result(
      type, [shape[0]] + window.output(Array(shape[1...2])) + [shape[3]], quantization)
    append(
      code, [source], [output],
      .pool2D(window.padding, stride: window.stride, filter: window.kernel, activation()),
      version: 2)
    finish(output)
  }
}
