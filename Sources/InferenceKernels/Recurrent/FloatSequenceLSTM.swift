// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// UNIDIRECTIONAL_SEQUENCE_LSTM in real numbers. Sums are TensorFlow Lite's to the last bit;
/// LOGISTIC and TANH are those of `FloatFunction`.
public struct FloatSequenceLSTM: Equatable, Sendable {
  public var batches: Int
  public var steps: Int
  /// Whether all batches of one step lie together, or all steps of one batch.
  public var isTimeMajor: Bool
  public var inputCount: Int
  public var unitCount: Int
  /// The cell stays within plus and minus this; 0 means anything.
  public var cellClip: Float

  public init(
    batches: Int, steps: Int, isTimeMajor: Bool, inputCount: Int, unitCount: Int, cellClip: Float
  ) {
    self.batches = batches
    self.steps = steps
    self.isTimeMajor = isTimeMajor
    self.inputCount = inputCount
    self.unitCount = unitCount
    self.cellClip = cellClip
  }

  /// - Parameters:
  ///   - weights: for each unit the input, forget, cell and output gates' weights of the input,
  ///     each with the weights of the state behind it.
  ///   - biases: for each unit those of the four gates.
  ///   - outputState, cellState: for each batch what the last step left.
  @inline(__always)
  public func run(
    input: UnsafeRawPointer, weights: UnsafeRawPointer, biases: UnsafeRawPointer,
    outputState: UnsafeMutableRawPointer, cellState: UnsafeMutableRawPointer,
    output: UnsafeMutableRawPointer
  ) {
    let input = input.assumingMemoryBound(to: Float.self)
    let output = output.assumingMemoryBound(to: Float.self)
    let memory = outputState.assumingMemoryBound(to: Float.self)
    let cells = cellState.assumingMemoryBound(to: Float.self)
    var batch = 0
    while batch < batches {
      let kept = memory + batch &* unitCount
      // Each step's output is the next one's state.
      var state = UnsafePointer(kept)
      var time = 0
      while time < steps {
        let row = isTimeMajor ? time &* batches &+ batch : batch &* steps &+ time
        let result = output + row &* unitCount
        step(
          input + row &* inputCount, state, weights.assumingMemoryBound(to: Float.self),
          biases.assumingMemoryBound(to: Float.self), cells + batch &* unitCount, result)
        state = UnsafePointer(result)
        time &+= 1
      }
      copyRun(state, 4 &* unitCount, to: kept)
      batch &+= 1
    }
  }

  @inline(__always)
  private func step(
    _ input: UnsafePointer<Float>, _ state: UnsafePointer<Float>,
    _ weights: UnsafePointer<Float>, _ biases: UnsafePointer<Float>,
    _ cells: UnsafeMutablePointer<Float>, _ output: UnsafeMutablePointer<Float>
  ) {
    let logistic = FloatFunction(operation: .logistic, alpha: 0)
    var weights = weights
    var biases = biases
    func gate() -> Float {
      let fromInput = dotProduct(weights, input, count: inputCount) + biases[0]
      let fromState = dotProduct(weights + inputCount, state, count: unitCount)
      weights += inputCount &+ unitCount
      biases += 1
      return fromInput + fromState
    }
    var unit = 0
    while unit < unitCount {
      let entering = logistic(gate())
      let kept = logistic(gate())
      let candidate = hyperbolicTangent(gate())
      let shown = logistic(gate())
      let sum = kept * cells[unit] + entering * candidate
      let cell = cellClip > 0 ? max(min(cellClip, sum), -cellClip) : sum
      cells[unit] = cell
      output[unit] = hyperbolicTangent(cell) * shown
      unit &+= 1
    }
  }
}
