// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What cuts, joins, pads and picks.
extension RandomGraph {
  static let movement: GraphMakers = [
    "CONCATENATION": { $0.makeConcatenation() },
    "SPLIT": { $0.makeSplit() },
    "SPLIT_V": { $0.makeUnevenSplit() },
    "SLICE": { $0.makeSlice() },
    "STRIDED_SLICE": { $0.makeStridedSlice() },
    "PACK": { $0.makePack() },
    "UNPACK": { $0.makeUnpack() },
    "GATHER": { $0.makeGather() },
    "GATHER_ND": { $0.makeGatherOfPoints() },
    "PAD": { $0.makePad(.pad) },
    "PADV2": { $0.makePad(.padv2) },
    "MIRROR_PAD": { $0.makeMirrorPad() },
  ]
}

extension GraphBuilder {
  mutating func makeConcatenation() {
    let type = numeric([.int16, .int32, .float32])
    let shape = dimensions(1...4, limit: 200)
    let axis = axis(shape.count)
    let quantization = quantized(type)
    var parts: [Int] = []
    var total = 0
    for index in 0..<random.int(1...5) {
      var part = shape
      part[axis] = random.int(1...5)
      total += part[axis]
      parts.append(
        index == 0 ? source(type, part, quantization) : operand(type, part, quantization))
    }
    if random.once(in: 4) { parts.swapAt(0, parts.count - 1) }
    var joined = shape
    joined[axis] = total
    let output = result(type, joined, quantization)
    append(
      .concatenation, parts, [output], .concatenation(axis: signed(axis, rank: shape.count)),
      version: 2)
    finish(output)
  }

  mutating func makeSplit() {
    let type = numeric([.int16, .int32, .float32])
    var part = dimensions(1...4, limit: 200)
    let axis = axis(part.count)
    let count = random.int(1...4)
    let shape = part.enumerated().map { $0 == axis ? $1 * count : $1 }
    part = part.map { $0 }
    let quantization = quantized(type)
    let source = source(type, shape, quantization)
    let outputs = (0..<count).map { _ in result(type, part, quantization) }
    let written = integers(
      [signed(axis, rank: shape.count)], shape: random.once(in: 2) ? [] : [1])
    append(.split, [written, source], outputs, .split(count: count), version: 2)
    finish(outputs)
  }

  mutating func makeUnevenSplit() {
    let type = numeric([.int16, .int32, .float32])
    var shape = dimensions(1...4, limit: 200)
    let axis = axis(shape.count)
    let sizes = (0..<random.int(1...4)).map { _ in random.int(1...4) }
    shape[axis] = sizes.reduce(0, +)
    let quantization = quantized(type)
    let source = source(type, shape, quantization)
    let outputs = sizes.map { size in
      var part = shape
      part[axis] = size
      return result(type, part, quantization)
    }
    let written = integers(
      [signed(axis, rank: shape.count)], shape: random.once(in: 2) ? [] : [1])
    append(
      .splitV, [source, integers(sizes), written], outputs, .splitV(count: sizes.count),
      version: 2)
    finish(outputs)
  }

  mutating func makeSlice() {
    let type = numeric([.int16, .int32, .float32, .bool])
    let shape = dimensions(1...5)
    let begin = shape.map { random.int(0...$0 - 1) }
    let size = zip(shape, begin).map { random.int(1...$0 - $1) }
    let written = shape.indices.map { index in
      begin[index] + size[index] == shape[index] && random.once(in: 2) ? -1 : size[index]
    }
    let quantization = quantized(type)
    let source = source(type, shape, quantization)
    let output = result(type, size, quantization)
    let wide: ElementType = random.once(in: 4) ? .int64 : .int32
    append(
      .slice, [source, integers(begin, wide), integers(written, wide)], [output], .empty(48),
      version: 2)
    finish(output)
  }

  mutating func makeStridedSlice() {
    let type = numeric([.int16, .int32, .float32, .bool])
    let shape = dimensions(1...4, largest: 12)
    var (begin, end, stride): ([Int], [Int], [Int]) = ([], [], [])
    var masks = (begin: 0, end: 0, shrink: 0)
    var sliced: [Int] = []
    for (axis, size) in shape.enumerated() {
      let step = random.once(in: 2) ? 1 : random.pick([-2, -1, 1, 2, 3])
      let first = random.int(0...size - 1)
      let span = random.int(1...size)
      // The last element, then one further in the direction of the walk.
      let last = step > 0 ? min(size, first + span) : max(-1, first - span)
      let wholeBegin = random.once(in: 5)
      let wholeEnd = random.once(in: 5) || last < 0
      let shrinks = !wholeBegin && !wholeEnd && step > 0 && random.once(in: 6)
      let from = wholeBegin ? (step > 0 ? 0 : size - 1) : first
      let to = wholeEnd ? (step > 0 ? size : -1) : last
      let count = step > 0 ? (to - from + step - 1) / step : (from - to - step - 1) / -step
      if count <= 0 || shrinks {
        (begin, end, stride) = (begin + [first], end + [first + 1], stride + [1])
        masks.shrink |= shrinks ? 1 << axis : 0
        if !shrinks { sliced.append(1) }
        continue
      }
      // A number counted from the end means the same.
      begin.append(random.once(in: 3) ? first - size : first)
      end.append(last < 0 ? 0 : (random.once(in: 3) && last < size ? last - size : last))
      stride.append(step)
      masks.begin |= wholeBegin ? 1 << axis : 0
      masks.end |= wholeEnd ? 1 << axis : 0
      sliced.append(count)
    }
    let quantization = quantized(type)
    let source = source(type, shape, quantization)
    let output = result(type, sliced, quantization)
    append(
      .stridedSlice, [source, integers(begin), integers(end), integers(stride)], [output],
      .stridedSlice(begin: masks.begin, end: masks.end, shrink: masks.shrink), version: 2)
    finish(output)
  }

  mutating func makePack() {
    let type = numeric([.int16, .int32, .float32])
    let shape = dimensions(1...3, limit: 200)
    let count = random.int(1...4)
    let axis = random.int(0...shape.count)
    let quantization = quantized(type)
    let parts = (0..<count).map { index in
      index == 0 ? source(type, shape, quantization) : operand(type, shape, quantization)
    }
    var packed = shape
    packed.insert(count, at: axis)
    let output = result(type, packed, quantization)
    append(
      .pack, parts, [output], .pack(count: count, axis: signed(axis, rank: packed.count)),
      version: 2)
    finish(output)
  }

  mutating func makeUnpack() {
    let type = numeric([.int16, .int32, .float32])
    let part = dimensions(1...3, limit: 200)
    let count = random.int(1...4)
    let axis = random.int(0...part.count)
    var shape = part
    shape.insert(count, at: axis)
    let quantization = quantized(type)
    let source = source(type, shape, quantization)
    let outputs = (0..<count).map { _ in result(type, part, quantization) }
    append(
      .unpack, [source], outputs, .unpack(count: count, axis: signed(axis, rank: shape.count)),
      version: 2)
    finish(outputs)
  }

  mutating func makeGather() {
    let type = numeric([.float32])
    let shape = dimensions(1...4, limit: 200)
    let axis = axis(shape.count)
    let batch = random.once(in: 3) ? random.int(0...axis) : 0
    let picks = dimensions(1...2, limit: 12, largest: 4)
    let positions = operand(
      .int32, Array(shape.prefix(batch)) + picks, nil, .integers(0...shape[axis] - 1))
    let quantization = quantized(type)
    let source = source(type, shape, quantization)
    let gathered =
      Array(shape.prefix(axis)) + picks + Array(shape.dropFirst(axis + 1))
    let output = result(type, gathered, quantization)
    append(
      .gather, [source, positions], [output],
      .gather(axis: signed(axis, rank: shape.count), batchDimensions: batch), version: 2)
    finish(output)
  }

  mutating func makeGatherOfPoints() {
    let type = numeric([.float32])
    let shape = dimensions(1...4, limit: 200)
    let depth = random.int(1...shape.count)
    let points = dimensions(1...2, limit: 12, largest: 4)
    // Indexes below the smallest of the dimensions are valid in each.
    let least = shape.prefix(depth).min() ?? 1
    let positions = operand(.int32, points + [depth], nil, .integers(0...least - 1))
    let quantization = quantized(type)
    let source = source(type, shape, quantization)
    let output = result(type, points + Array(shape.dropFirst(depth)), quantization)
    append(.gatherNd, [source, positions], [output], .empty(83), version: 2)
    finish(output)
  }

  mutating func makePad(_ code: BuiltinOperator) {
    let type = numeric([.int16, .int32, .float32])
    let shape = dimensions(1...4, limit: 200)
    let paddings = shape.flatMap { _ in
      random.once(in: 3) ? [0, 0] : [random.int(0...3), random.int(0...3)]
    }
    let padded = shape.indices.map { shape[$0] + paddings[2 * $0] + paddings[2 * $0 + 1] }
    let quantization = quantized(type)
    let source = source(type, shape, quantization)
    var operands = [source, integers(paddings, shape: [shape.count, 2])]
    if code == .padv2 { operands.append(constant(type, [1], quantization)) }
    let output = result(type, padded, quantization)
    append(code, operands, [output], .empty(code == .pad ? 22 : 43), version: 2)
    finish(output)
  }

  mutating func makeMirrorPad() {
    let type = numeric([.float32])
    let shape = dimensions(1...4, limit: 200)
    let symmetric = random.once(in: 2)
    let paddings = shape.flatMap { size in
      (0..<2).map { _ in random.int(0...min(3, symmetric ? size : size - 1)) }
    }
    let padded = shape.indices.map { shape[$0] + paddings[2 * $0] + paddings[2 * $0 + 1] }
    let quantization = quantized(type)
    let source = source(type, shape, quantization)
    let output = result(type, padded, quantization)
    append(
      .mirrorPad, [source, integers(paddings, shape: [shape.count, 2])], [output],
      .mirrorPad(symmetric: symmetric), version: 2)
    finish(output)
  }
}
