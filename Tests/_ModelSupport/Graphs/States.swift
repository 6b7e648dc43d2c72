// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Models that remember from one inference to the next.
extension RandomGraph {
  static let states: GraphMakers = [
    "SVDF": { $0.makeSVDF() },
    "UNIDIRECTIONAL_SEQUENCE_LSTM": { $0.makeLSTM() },
    "VAR_HANDLE": { $0.makeStream(initialised: false) },
    "CALL_ONCE": { $0.makeStream(initialised: true) },
  ]
}

extension GraphBuilder {
  mutating func makeSVDF() {
    runCount = 4
    let real = random.once(in: 5)
    let (batch, rank, units) = (random.int(1...2), random.int(1...2), random.int(1...6))
    let (memory, depth) = (random.int(1...8), random.int(1...8))
    let filters = rank * units
    let narrow = random.once(in: 3)
    let stateType: ElementType = real ? .float32 : narrow ? .int8 : .int16
    let inputScale = scale(-6 ... -4)
    let featureScale = scale(-9 ... -7)
    let timeScale = narrow ? scale(-9 ... -7) : scale(-16 ... -15)
    let stateScale =
      inputScale * featureScale * Float(depth).squareRoot() * (narrow ? 64 : 1) * scale(0...1)
    func given(_ scale: Float, _ zeroPoint: Int = 0) -> TFLiteFile.Quantization? {
      real ? nil : .init(scale: scale, zeroPoint: zeroPoint)
    }
    let small = Values.reals(-1024...1024)
    let source = input(
      real ? .float32 : .int8, [batch, depth], given(inputScale, zeroPoint(.int8)))
    let feature = constant(
      real ? .float32 : .int8, [filters, depth], given(featureScale), real ? small : .any)
    let time = constant(
      stateType, [filters, memory], given(timeScale), real ? small : .any)
    let bias = constant(
      real ? .float32 : .int32, [units], given(stateScale * timeScale),
      real ? small : .integers(-5000...5000))
    let state = variable(stateType, [batch, memory * filters], given(stateScale))
    let span: Float = narrow ? 64 * 64 : 8000 * 16000
    let reach = Float(rank * memory).squareRoot() * span / 60
    let output = result(
      real ? .float32 : .int8, [batch, units],
      given(stateScale * timeScale * reach * scale(-1...0), zeroPoint(.int8)))
    append(
      .svdf, [source, feature, time, bias, state], [output],
      .svdf(rank: rank, random.pick([.none, .relu])), version: 3)
    finish(output)
  }

  mutating func makeLSTM() {
    runCount = 3
    let type = numeric([.float32, .int16])
    let (batch, steps) = (random.int(1...2), random.int(1...4))
    let (depth, cells) = (random.int(1...8), random.int(1...8))
    let timeMajor = random.once(in: 2)
    func given(_ scale: Float, _ zeroPoint: Int = 0) -> TFLiteFile.Quantization? {
      type == .float32 ? nil : .init(scale: scale, zeroPoint: zeroPoint)
    }
    let frame = timeMajor ? [steps, batch] : [batch, steps]
    let from = quantized(type, -7 ... -5)
    let source = input(type, frame + [depth], from)
    let weights: ElementType = type == .float32 ? .float32 : .int8
    let small: Values = type == .float32 ? .reals(-1024...1024) : .integers(-127...127)
    var operands = [source]
    for index in 0..<8 {
      let shape = [cells, index < 4 ? depth : cells]
      operands.append(constant(weights, shape, given(scale(-9 ... -7)), small))
    }
    operands += [-1, -1, -1]
    for index in 0..<4 {
      let product = (from?.scales[0] ?? 1) * (quantization(operands[1 + index])?.scales[0] ?? 1)
      let biasType: ElementType =
        type == .float32 ? .float32 : type == .int16 ? .int64 : .int32
      operands.append(
        constant(
          biasType, [cells], given(product),
          type == .float32 ? small : .integers(-3000...3000)))
    }
    operands += [-1, -1]
    let hidden =
      type == .int8
      ? given(scale(-8 ... -7), random.int(-30...30)) : given(scale(-16 ... -15))
    operands.append(variable(type, [batch, cells], hidden))
    let cellScale = 1 / Float(1 << random.int(11...14))
    operands.append(
      variable(type == .float32 ? .float32 : .int16, [batch, cells], given(cellScale)))
    operands += [-1, -1, -1, -1]
    let output = result(type, frame + [cells], hidden)
    let clip: Float = random.once(in: 2) ? 0 : Float(random.int(1...16)) / 4
    append(
      .unidirectionalSequenceLstm, operands, [output],
      .lstm(.tanh, cellClip: clip, timeMajor: timeMajor), version: 4)
    finish(output)
  }

  /// A streaming model: a window of frames kept in a resource variable, each inference shifting a
  /// new frame in; initialised by a subgraph that is called once, or zero.
  mutating func makeStream(initialised: Bool) {
    runCount = 4
    let type = numeric([.int16, .float32])
    let (frames, depth) = (random.int(2...6), random.int(1...6))
    let quantization = quantized(type)
    let source = input(type, [1, depth], quantization)
    if initialised { append(.callOnce, [], [], .callOnce(subgraph: 1)) }
    let handle = result(.resource, [1])
    append(.varHandle, [], [handle], .varHandle(name: "window"))
    let old = result(type, [frames, depth], quantization)
    append(.readVariable, [handle], [old], .empty(112))
    let kept = result(type, [frames - 1, depth], quantization)
    append(
      .slice, [old, integers([1, 0]), integers([frames - 1, depth])], [kept], .empty(48),
      version: 2)
    let new = result(type, [frames, depth], quantization)
    append(.concatenation, [kept, source], [new], .concatenation(axis: 0), version: 2)
    append(.assignVariable, [handle, new], [], .empty(113))
    let flat = result(type, [1, frames * depth], quantization)
    append(
      .reshape, [new, integers([1, frames * depth])], [flat], .reshape([1, frames * depth]))
    graph.outputs = [flat]
    if initialised { others = [initialisation(type, [frames, depth], quantization)] }
  }

  private mutating func initialisation(
    _ type: ElementType, _ shape: [Int], _ quantization: TFLiteFile.Quantization?
  ) -> TFLiteFile.Subgraph {
    var first = TFLiteFile.Subgraph()
    first.tensors = [
      .init(name: "handle", type: .resource, shape: [1]),
      .init(
        name: "first", type: type, shape: shape, quantization: quantization,
        constant: bytes(type, shape.reduce(1, *), .any)),
    ]
    first.operators = [
      .init(
        code: .varHandle, version: 1, inputs: [], outputs: [0],
        options: .varHandle(name: "window")),
      .init(
        code: .assignVariable, version: 1, inputs: [0, 1], outputs: [], options: .empty(113)),
    ]
    return first
  }
}
