// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels
import ModelGraph

/// What remembers something from one inference to the next.
extension Lowering {
  mutating func recurrent(_ step: Operator) throws {
    switch step.kind {
    case .readVariable(let variable):
      copy(.variable(variable), to: .tensor(step.output), graph.tensors[step.output].byteCount)
    case .assignVariable(let variable):
      let input = step.inputs[0]
      copy(try place(input), to: .variable(variable), graph.tensors[input].byteCount)
    case .svdf(let tensors, let rank, let activation):
      // In integers TensorFlow Lite Micro leaves the activation out.
      switch tensors.state.type {
      case .float32: try floatSVDF(step, tensors, rank: rank, activation)
      case .int8: try svdf(step, tensors, rank: rank, Int8.self)
      case .int16: try svdf(step, tensors, rank: rank, Int16.self)
      default: throw unsupported(step)
      }
    case .sequenceLSTM(let tensors, let cellClip, let timeMajor):
      switch graph.tensors[step.output].type {
      case .float32: try floatLSTM(step, tensors, cellClip, timeMajor: timeMajor)
      case .int8: try lstm(step, tensors, cellClip, timeMajor: timeMajor, Int8.self)
      case .int16: try lstm(step, tensors, cellClip, timeMajor: timeMajor, Int16.self)
      default: throw unsupported(step)
      }
    default: throw unsupported(step)
    }
  }

  private mutating func copy(_ source: Place, to target: Place, _ byteCount: Int) {
    let kernel = StridedCopy(
      runByteCount: byteCount, extents: Extents([]), sourceOffset: 0,
      sourceStrides: Extents([], filling: 0), targetOffset: 0,
      targetStrides: Extents([], filling: 0))
    call(
      KernelCall(kernel, reads: ["input": source], writes: ["output": target]) {
        $0.run(input: $1[0], output: $1[1])
      })
  }

  // MARK: SVDF

  private mutating func svdf<State: RecurrentElement>(
    _ step: Operator, _ tensors: SVDFTensors, rank: Int, _: State.Type
  ) throws {
    let features = graph.tensors[tensors.featureWeights]
    let times = graph.tensors[tensors.timeWeights]
    guard let state = tensors.state.quantization?.whole, let weights = features.int8Values,
      times.type == tensors.state.type, graph.tensors[step.output].type == .int8
    else { throw unsupported(step) }
    let (filters, inputs) = (features.shape[0], features.shape[1])
    // In single precision, as TensorFlow Lite Micro has it.
    let feature = scale(step.inputs[0]) * scale(tensors.featureWeights) / state.scale
    let result = state.scale * scale(tensors.timeWeights) / scale(step.output)
    let kernel = SVDF<State>(
      batches: graph.tensors[step.output].count / (filters / rank), inputCount: inputs,
      unitCount: filters / rank, rank: rank, memoryCount: times.shape[1],
      feature: requantization(Double(feature)), result: requantization(Double(result)),
      stateZeroPoint: Int32(clamping: state.zeroPoint), stage: stage(step, .none))
    let biases = svdfBiases(
      step, tensors, rank: rank, weights: weights, stateZeroPoint: state.zeroPoint)
    call(
      KernelCall(
        kernel,
        reads: [
          "input": try place(step.inputs[0]), "features": try place(tensors.featureWeights),
          "times": try place(tensors.timeWeights),
          "biases": try constant(.int32(biases), "biases"),
        ],
        writes: ["state": .variable(tensors.state.variable), "output": .tensor(step.output)],
        multiplyCount: kernel.batches * filters * (inputs + times.shape[1])
      ) {
        $0.run(
          input: $1[0], features: $1[1], times: $1[2], biases: $1[3], state: $1[4],
          output: $1[5])
      })
  }

  /// What the zero points bring and the units' biases, as the kernel reads them.
  private func svdfBiases(
    _ step: Operator, _ tensors: SVDFTensors, rank: Int, weights: [Int8], stateZeroPoint: Int
  ) -> [Int32] {
    let inputs = graph.tensors[tensors.featureWeights].shape[1]
    let times = graph.tensors[tensors.timeWeights]
    let zeroPoint = Int64(zeroPoint(step.inputs[0]))
    let features = sums(weights.map(Int64.init), count: inputs).map {
      Int32(truncatingIfNeeded: -$0 * zeroPoint)
    }
    let timeSums = sums(times.wideValues, count: times.shape[1])
    let bias = tensors.bias.flatMap { graph.tensors[$0].int32Values }
    return features
      + (0..<timeSums.count / rank).map { unit in
        let sum = timeSums[unit * rank..<(unit + 1) * rank].reduce(0, +)
        return Int32(truncatingIfNeeded: Int64(bias?[unit] ?? 0) - sum * Int64(stateZeroPoint))
      }
  }

  // MARK: LSTM

  private mutating func lstm<Element: RecurrentElement>(
    _ step: Operator, _ tensors: LSTMTensors, _ cellClip: Float, timeMajor: Bool, _: Element.Type
  ) throws {
    let shape = graph.tensors[step.inputs[0]].shape
    let units = graph.tensors[step.output].shape[2]
    guard tensors.cellState.type == .int16, let cell = tensors.cellState.quantization?.whole,
      let hidden = tensors.outputState.quantization?.whole
    else { throw unsupported(step) }
    let gates = zip(tensors.inputWeights, tensors.recurrentWeights).map { input, recurrent in
      // Q3.12.
      SequenceLSTM<Element>.Gate(
        input: requantization(Double(scale(step.inputs[0])) * Double(scale(input)) * 4096),
        state: requantization(Double(hidden.scale) * Double(scale(recurrent)) * 4096))
    }
    let (cellScale, hiddenScale) = (Double(cell.scale), Double(hidden.scale))
    let kernel = SequenceLSTM<Element>(
      batches: shape[timeMajor ? 1 : 0], steps: shape[timeMajor ? 0 : 1], isTimeMajor: timeMajor,
      inputCount: shape[2], unitCount: units, inputGate: gates[0], forgetGate: gates[1],
      cellGate: gates[2], outputGate: gates[3],
      forgetting: requantization(0x1p-15 * cellScale / cellScale),
      adding: requantization(0x1p-30 / cellScale),
      showing: requantization(0x1p-30 / hiddenScale),
      cellClip: cellClip > 0 ? Int32(min(Double(cellClip) / cellScale, 32767)) : 32768,
      cellActivation: cellActivation(cellScale), outputZeroPoint: Int32(clamping: hidden.zeroPoint))
    try lstm(step, tensors, kernel, stateZeroPoint: hidden.zeroPoint)
  }

  private mutating func lstm<Element: RecurrentElement>(
    _ step: Operator, _ tensors: LSTMTensors, _ kernel: SequenceLSTM<Element>, stateZeroPoint: Int
  ) throws {
    let (weights, biases) = gateConstants(
      step, tensors, units: kernel.unitCount, inputCount: kernel.inputCount,
      stateZeroPoint: stateZeroPoint, wide: Element.Sum.bitWidth == 64)
    call(
      KernelCall(
        kernel,
        reads: [
          "input": try place(step.inputs[0]), "weights": try constant(.int8(weights), "weights"),
          "biases": try constant(.int32(biases), "biases"),
          "sigmoid": try constant(.int16(TabulatedSigmoid.table), "sigmoid"),
        ],
        writes: [
          "outputState": .variable(tensors.outputState.variable),
          "cellState": .variable(tensors.cellState.variable), "output": .tensor(step.output),
        ], multiplyCount: kernel.batches * kernel.steps * weights.count
      ) {
        $0.run(
          input: $1[0], weights: $1[1], biases: $1[2], sigmoid: $1[3], outputState: $1[4],
          cellState: $1[5], output: $1[6])
      })
  }

  /// TANH of a cell whose scale is 2^power: the number is 3 / 4 of what it stands for, in steps of
  /// the table.
  private func cellActivation(_ scale: Double) -> InterpolatedSigmoid {
    let scale = max(scale, .leastNormalMagnitude)
    let power = Int(scale.exponent) + (scale.significand * scale.significand > 2 ? 1 : 0)
    let left = 12 + power
    return left < 0
      ? InterpolatedSigmoid(multiplier: 3, shift: Int32(min(31, -left)))
      : InterpolatedSigmoid(multiplier: 3 << Int32(min(28, left)), shift: 0)
  }

  /// Weights and biases, unit by unit and gate by gate, as the kernel reads them.
  private func gateConstants(
    _ step: Operator, _ tensors: LSTMTensors, units: Int, inputCount: Int, stateZeroPoint: Int,
    wide: Bool
  ) -> (weights: [Int8], biases: [Int32]) {
    let zeroPoint = graph.tensors[step.inputs[0]].quantization?.whole?.zeroPoint ?? 0
    let gates = tensors.inputWeights.indices.map { gate in
      (
        input: graph.tensors[tensors.inputWeights[gate]].int8Values ?? [],
        state: graph.tensors[tensors.recurrentWeights[gate]].int8Values ?? [],
        bias: graph.tensors[tensors.biases[gate]].wideValues
      )
    }
    var weights: [Int8] = []
    var biases: [Int32] = []
    func add(_ bias: Int64, _ row: ArraySlice<Int8>, _ zeroPoint: Int) {
      weights += row
      let sum = row.reduce(Int64(0)) { $0 + Int64($1) }
      let folded = bias &- sum * Int64(zeroPoint)
      biases.append(Int32(truncatingIfNeeded: folded))
      if wide { biases.append(Int32(truncatingIfNeeded: folded >> 32)) }
    }
    for unit in 0..<units {
      for gate in gates {
        add(gate.bias[unit], gate.input[unit * inputCount..<(unit + 1) * inputCount], zeroPoint)
        add(0, gate.state[unit * units..<(unit + 1) * units], stateZeroPoint)
      }
    }
    return (weights, biases)
  }

  // MARK: Parts

  private func requantization(_ real: Double) -> FixedPointScale {
    let scale = QuantizedMultiplier(real)
    return FixedPointScale(multiplier: scale.multiplier, shift: Int32(scale.shift))
  }

  /// Sums of each `count` values.
  private func sums(_ values: [Int64], count: Int) -> [Int64] {
    stride(from: 0, to: values.count, by: count).map { values[$0..<$0 + count].reduce(0, +) }
  }
}

extension Tensor {
  /// A constant of integers of any width.
  var wideValues: [Int64] {
    guard let width = type.byteCount, let constant else { return [] }
    let bytes = Array(constant)
    return stride(from: 0, to: bytes.count, by: width).map { start in
      let bits = (0..<width).reduce(UInt64(0)) { $0 | UInt64(bytes[start + $1]) << UInt64(8 * $1) }
      // Moved to the top and back, which extends the sign.
      return Int64(bitPattern: bits << UInt64(64 - 8 * width)) >> Int64(64 - 8 * width)
    }
  }
}
