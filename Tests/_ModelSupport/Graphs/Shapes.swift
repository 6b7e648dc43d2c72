// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What gives elements another shape or another order.
extension RandomGraph {
  static let shapes: GraphMakers = [
    "RESHAPE": { $0.makeReshape() },
    "SQUEEZE": { $0.makeSqueeze() },
    "EXPAND_DIMS": { $0.makeExpansion() },
    "TRANSPOSE": { $0.makeTransposition() },
    "SHAPE": { $0.makeShape() },
    "FILL": { $0.makeFill() },
    "BROADCAST_TO": { $0.makeBroadcast() },
    "TILE": { $0.makeTile() },
    "SPACE_TO_DEPTH": { $0.makeSpaceToDepth() },
    "DEPTH_TO_SPACE": { $0.makeDepthToSpace() },
    "SPACE_TO_BATCH_ND": { $0.makeSpaceToBatch() },
    "BATCH_TO_SPACE_ND": { $0.makeBatchToSpace() },
    "RESIZE_BILINEAR": { $0.makeResize(.resizeBilinear) },
    "RESIZE_NEAREST_NEIGHBOR": { $0.makeResize(.resizeNearestNeighbor) },
  ]
}

extension GraphBuilder {
  mutating func makeReshape() {
    let type = numeric([.int16, .float32, .int32])
    let shape = dimensions(1...5)
    var rest = shape.reduce(1, *)
    var target: [Int] = []
    for _ in 0..<random.int(0...3) {
      let divisors = (1...rest).filter { rest % $0 == 0 }
      target.append(random.pick(divisors))
      rest /= target[target.count - 1]
    }
    target.append(rest)
    let quantization = quantized(type)
    let source = source(type, shape, quantization)
    let output = result(type, target, quantization)
    var written = target
    if random.once(in: 3) { written[axis(target.count)] = -1 }
    if random.once(in: 3) {
      append(.reshape, [source], [output], .reshape(written))
    } else {
      append(.reshape, [source, integers(written)], [output], .reshape(written))
    }
    finish(output)
  }

  mutating func makeSqueeze() {
    let type = numeric()
    let full = dimensions(1...3)
    var shape: [Int] = []
    var axes: [Int] = []
    var squeezed: [Int] = []
    for size in full {
      if random.once(in: 2) {
        axes.append(shape.count)
        shape.append(1)
      }
      shape.append(size)
      squeezed.append(size)
    }
    if random.once(in: 3) {
      axes = []
      squeezed = shape.filter { $0 != 1 }
    } else {
      axes = axes.map { signed($0, rank: shape.count) }
      if axes.isEmpty { squeezed = shape.filter { $0 != 1 } }
    }
    let quantization = quantized(type)
    let source = source(type, shape, quantization)
    let output = result(type, squeezed, quantization)
    append(.squeeze, [source], [output], .squeeze(axes))
    finish(output)
  }

  mutating func makeExpansion() {
    let type = numeric()
    let shape = dimensions(1...4)
    let axis = random.int(0...shape.count)
    var expanded = shape
    expanded.insert(1, at: axis)
    let quantization = quantized(type)
    let source = source(type, shape, quantization)
    let output = result(type, expanded, quantization)
    let written = integers(
      [signed(axis, rank: shape.count + 1)], shape: random.once(in: 2) ? [] : [1])
    append(.expandDims, [source, written], [output], .empty(52))
    finish(output)
  }

  mutating func makeTransposition() {
    let type = numeric()
    let shape = dimensions(1...5)
    var order = Array(shape.indices)
    for index in order.indices.reversed() { order.swapAt(index, random.int(0...index)) }
    let quantization = quantized(type)
    let source = source(type, shape, quantization)
    let output = result(type, order.map { shape[$0] }, quantization)
    append(.transpose, [source, integers(order)], [output], .empty(26), version: 2)
    finish(output)
  }

  mutating func makeShape() {
    let type = numeric()
    let shape = dimensions()
    let source = source(type, shape, quantized(type))
    let output = result(.int32, [shape.count])
    append(.shape, [source], [output], .shape(.int32))
    finish(output)
  }

  mutating func makeFill() {
    let type = numeric([.int32, .float32])
    let shape = dimensions()
    let quantization = quantized(type)
    let value = input(type, [], quantization)
    let output = result(type, shape, quantization)
    append(.fill, [integers(shape), value], [output], .empty(68), version: 3)
    finish(output)
  }

  mutating func makeBroadcast() {
    let type = numeric([.int16, .int32, .float32])
    let shape = dimensions(1...5)
    var narrow = shape.map { random.once(in: 2) ? 1 : $0 }
    if random.once(in: 2) { narrow.removeFirst(random.int(0...shape.count - 1)) }
    let quantization = quantized(type)
    let source = source(type, narrow, quantization)
    let output = result(type, shape, quantization)
    append(.broadcastTo, [source, integers(shape)], [output], .empty(104), version: 2)
    finish(output)
  }

  mutating func makeTile() {
    let type = numeric([.int32, .float32])
    let shape = dimensions(1...4, limit: 60)
    let counts = shape.map { _ in random.int(1...3) }
    let quantization = quantized(type)
    let source = source(type, shape, quantization)
    let output = result(type, zip(shape, counts).map { $0 * $1 }, quantization)
    append(.tile, [source, integers(counts)], [output], .empty(51), version: 2)
    finish(output)
  }

  mutating func makeSpaceToDepth() {
    let type = numeric([.float32])
    let block = random.int(1...3)
    let shape = [random.int(1...2), random.int(1...4), random.int(1...4), random.int(1...6)]
    let quantization = quantized(type)
    let source = source(
      type, [shape[0], shape[1] * block, shape[2] * block, shape[3]], quantization)
    let output = result(
      type, [shape[0], shape[1], shape[2], shape[3] * block * block], quantization)
    append(.spaceToDepth, [source], [output], .spaceToDepth(block: block), version: 2)
    finish(output)
  }

  mutating func makeDepthToSpace() {
    let type = numeric([.float32])
    let block = random.int(1...3)
    let shape = [random.int(1...2), random.int(1...4), random.int(1...4), random.int(1...6)]
    let quantization = quantized(type)
    let source = source(
      type, [shape[0], shape[1], shape[2], shape[3] * block * block], quantization)
    let output = result(
      type, [shape[0], shape[1] * block, shape[2] * block, shape[3]], quantization)
    append(.depthToSpace, [source], [output], .depthToSpace(block: block), version: 2)
    finish(output)
  }

  mutating func makeSpaceToBatch() {
    let type = numeric([.float32])
    let spatial = random.int(1...2)
    let blocks = (0..<spatial).map { _ in random.int(1...3) }
    let rows = (0..<spatial).map { _ in random.int(1...4) }
    var paddings: [Int] = []
    var sizes: [Int] = []
    for axis in 0..<spatial {
      let total = rows[axis] * blocks[axis]
      let padding = [random.int(0...min(2, total - 1)), 0]
      let behind = random.int(0...min(2, total - 1 - padding[0]))
      paddings += [padding[0], behind]
      sizes.append(total - padding[0] - behind)
    }
    let (batch, depth) = (random.int(1...2), random.int(1...5))
    let quantization = quantized(type)
    let source = source(type, [batch] + sizes + [depth], quantization)
    let output = result(
      type, [batch * blocks.reduce(1, *)] + rows + [depth], quantization)
    append(
      .spaceToBatchNd, [source, integers(blocks), integers(paddings, shape: [spatial, 2])],
      [output], .empty(25), version: 2)
    finish(output)
  }

  mutating func makeBatchToSpace() {
    let type = numeric([.float32])
    let spatial = random.int(1...2)
    let blocks = (0..<spatial).map { _ in random.int(1...3) }
    let rows = (0..<spatial).map { _ in random.int(1...4) }
    var crops: [Int] = []
    var sizes: [Int] = []
    for axis in 0..<spatial {
      let total = rows[axis] * blocks[axis]
      let before = random.int(0...min(2, total - 1))
      let behind = random.int(0...min(2, total - 1 - before))
      crops += [before, behind]
      sizes.append(total - before - behind)
    }
    let (batch, depth) = (random.int(1...2), random.int(1...5))
    let quantization = quantized(type)
    let source = source(
      type, [batch * blocks.reduce(1, *)] + rows + [depth], quantization)
    let output = result(type, [batch] + sizes + [depth], quantization)
    append(
      .batchToSpaceNd, [source, integers(blocks), integers(crops, shape: [spatial, 2])], [output],
      .empty(24), version: 2)
    finish(output)
  }

  mutating func makeResize(_ code: BuiltinOperator) {
    let type = numeric(code == .resizeBilinear ? [.float32] : [.int16, .float32])
    let shape = image(largest: 6, channels: random.int(1...4))
    let size = [random.int(1...9), random.int(1...9)]
    let quantization = quantized(type)
    let source = source(type, shape, quantization)
    let output = result(type, [shape[0]] + size + [shape[3]], quantization)
    let align = random.once(in: 3)
    let half = !align && random.once(in: 2)
    append(
      code, [source, integers(size)], [output],
      code == .resizeBilinear
        ? .resizeBilinear(alignCorners: align, halfPixelCenters: half)
        : .resizeNearestNeighbor(alignCorners: align, halfPixelCenters: half), version: 3)
    finish(output)
  }
}
