// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What takes an axis away, or runs along one.
extension RandomGraph {
  static let reductions: GraphMakers = [
    "MEAN": { $0.makeReduction(.mean, $0.numeric()) },
    "SUM": { $0.makeReduction(.sum, $0.numeric()) },
    "REDUCE_MAX": { $0.makeReduction(.reduceMax, $0.numeric([.float32])) },
    "REDUCE_MIN": { $0.makeReduction(.reduceMin, $0.numeric([.float32])) },
    "ARG_MAX": { $0.makeArgument(.argMax) },
    "ARG_MIN": { $0.makeArgument(.argMin) },
    "CUMSUM": { $0.makeCumulativeSum() },
  ]
}

extension GraphBuilder {
  mutating func makeReduction(_ code: BuiltinOperator, _ type: ElementType) {
    let shape = random.once(in: 3) ? image() : dimensions()
    var axes = shape.indices.filter { _ in random.once(in: 2) }
    if shape.count == 4, random.once(in: 2) { axes = [1, 2] }
    if axes.isEmpty { axes = [axis(shape.count)] }
    let keepsRank = random.once(in: 2)
    let reduced = shape.indices.compactMap { index in
      axes.contains(index) ? (keepsRank ? 1 : nil) : shape[index]
    }
    let from = quantized(type)
    let source = source(type, shape, from)
    var to = from
    if code == .mean || code == .sum, let from, !random.once(in: 3) {
      let count = code == .sum ? axes.map { shape[$0] }.reduce(1, *) : 1
      let growth = Float(count).squareRoot() * from.scales[0]
      to = .init(scale: growth * scale(-1...0), zeroPoint: zeroPoint(type))
    }
    let output = result(type, reduced, to)
    let list = integers(axes.map { signed($0, rank: shape.count) })
    append(code, [source, list], [output], .reducer(keepsRank: keepsRank), version: 2)
    finish(output)
  }

  mutating func makeArgument(_ code: BuiltinOperator) {
    let type = numeric([.float32])
    let shape = dimensions(1...4)
    let axis = axis(shape.count)
    // Ties are part of the question.
    let source = input(
      type, shape, quantized(type), random.once(in: 2) ? .integers(-3...3) : .any)
    var reduced = shape
    reduced.remove(at: axis)
    let output = result(.int32, reduced)
    append(
      code, [source, integers([signed(axis, rank: shape.count)], shape: [])], [output],
      code == .argMax ? .argMax(.int32) : .argMin(.int32), version: 2)
    finish(output)
  }

  mutating func makeCumulativeSum() {
    let type = numeric([.float32])
    let shape = dimensions(1...4)
    let from = quantized(type)
    let source = source(type, shape, from)
    let output = result(
      type, shape,
      from.map {
        .init(scale: $0.scales[0] * scale(-1...2), zeroPoint: zeroPoint(type))
      })
    let axis = integers([signed(axis(shape.count), rank: shape.count)])
    append(
      .cumsum, [source, axis], [output],
      .cumsum(exclusive: random.once(in: 2), reverse: random.once(in: 2)))
    finish(output)
  }
}
