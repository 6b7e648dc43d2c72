// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// UNIDIRECTIONAL_SEQUENCE_LSTM in integers: activations of int8 or int16, weights of int8, a cell
/// state of int16 whose scale is a power of two.
///
/// A unit's four gates are, in this order, input, forget, cell and output gate. Each adds two
/// products, with the input and with the state, that are requantized one by one.
public struct SequenceLSTM<Element: RecurrentElement>: Equatable, Sendable {
  /// How a gate's two sums become numbers in Q3.12.
  public struct Gate: Equatable, Sendable {
    public var input: FixedPointScale
    public var state: FixedPointScale

    public init(input: FixedPointScale, state: FixedPointScale) {
      self.input = input
      self.state = state
    }

    @inline(__always)
    func callAsFunction(_ sums: (Element.Sum, Element.Sum)) -> Int16 {
      let fromInput = saturated(Element.requantize(sums.0, input), to: Int16.self)
      let fromState = saturated(Element.requantize(sums.1, state), to: Int16.self)
      return saturated(Int32(fromInput) &+ Int32(fromState), to: Int16.self)
    }
  }

  public var batches: Int
  public var steps: Int
  /// Whether all batches of one step lie together, or all steps of one batch.
  public var isTimeMajor: Bool
  public var inputCount: Int
  public var unitCount: Int
  public var inputGate: Gate
  public var forgetGate: Gate
  public var cellGate: Gate
  public var outputGate: Gate
  /// Of the forget gate times the cell, of the input gate times the cell gate, and of the output
  /// gate times the activated cell.
  public var forgetting: FixedPointScale
  public var adding: FixedPointScale
  public var showing: FixedPointScale
  /// The cell stays within plus and minus this, at most 32768.
  public var cellClip: Int32
  public var cellActivation: InterpolatedSigmoid
  public var outputZeroPoint: Int32

  public init(
    batches: Int, steps: Int, isTimeMajor: Bool, inputCount: Int, unitCount: Int, inputGate: Gate,
    forgetGate: Gate, cellGate: Gate, outputGate: Gate, forgetting: FixedPointScale,
    adding: FixedPointScale, showing: FixedPointScale, cellClip: Int32,
    cellActivation: InterpolatedSigmoid, outputZeroPoint: Int32
  ) {
    self.batches = batches
    self.steps = steps
    self.isTimeMajor = isTimeMajor
    self.inputCount = inputCount
    self.unitCount = unitCount
    self.inputGate = inputGate
    self.forgetGate = forgetGate
    self.cellGate = cellGate
    self.outputGate = outputGate
    self.forgetting = forgetting
    self.adding = adding
    self.showing = showing
    self.cellClip = cellClip
    self.cellActivation = cellActivation
    self.outputZeroPoint = outputZeroPoint
  }

  /// - Parameters:
  ///   - weights: for each unit the four gates' weights of the input, each with the weights of the
  ///     state behind it.
  ///   - biases: for each unit the four gates' biases, each with the state's behind it; the zero
  ///     points of input and state folded in. Little-endian words, two for each 64-bit bias.
  ///   - sigmoid: `InterpolatedSigmoid`'s table.
  ///   - outputState, cellState: for each batch what the last step left.
  @inline(__always)
  public func run(
    input: UnsafeRawPointer, weights: UnsafeRawPointer, biases: UnsafeRawPointer,
    sigmoid: UnsafeRawPointer, outputState: UnsafeMutableRawPointer,
    cellState: UnsafeMutableRawPointer, output: UnsafeMutableRawPointer
  ) {
    let input = input.assumingMemoryBound(to: Element.self)
    let output = output.assumingMemoryBound(to: Element.self)
    let memory = outputState.assumingMemoryBound(to: Element.self)
    let cells = cellState.assumingMemoryBound(to: Int16.self)
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
          input + row &* inputCount, state, weights.assumingMemoryBound(to: Int8.self),
          biases.assumingMemoryBound(to: Int32.self), sigmoid.assumingMemoryBound(to: UInt16.self),
          cells + batch &* unitCount, result)
        state = UnsafePointer(result)
        time &+= 1
      }
      copyRun(state, unitCount &* MemoryLayout<Element>.size, to: kept)
      batch &+= 1
    }
  }

  @inline(__always)
  private func step(
    _ input: UnsafePointer<Element>, _ state: UnsafePointer<Element>,
    _ weights: UnsafePointer<Int8>, _ biases: UnsafePointer<Int32>,
    _ table: UnsafePointer<UInt16>, _ cells: UnsafeMutablePointer<Int16>,
    _ output: UnsafeMutablePointer<Element>
  ) {
    // Gates are in Q3.12: 2^12 is 1, which the table reaches with 3 times the number.
    let gateActivation = InterpolatedSigmoid(multiplier: 3, shift: 0)
    var row = SequenceLSTMRow<Element>(
      weights: weights, biases: biases, inputCount: inputCount, unitCount: unitCount)
    var unit = 0
    while unit < unitCount {
      let entering = gateActivation.logistic(inputGate(row.next(input, state)), table: table)
      let kept = gateActivation.logistic(forgetGate(row.next(input, state)), table: table)
      let candidate = gateActivation.tanh(cellGate(row.next(input, state)), table: table)
      let shown = gateActivation.logistic(outputGate(row.next(input, state)), table: table)
      let old = saturated(forgetting(Int32(kept) &* Int32(cells[unit])), to: Int16.self)
      let new = saturated(adding(Int32(entering) &* Int32(candidate)), to: Int16.self)
      let sum = Int32(saturated(Int32(old) &+ Int32(new), to: Int16.self))
      let cell = Int16(truncatingIfNeeded: max(0 &- cellClip, min(cellClip, sum)))
      cells[unit] = cell
      let active = cellActivation.tanh(cell, table: table)
      output[unit] = saturated(
        showing(Int32(active) &* Int32(shown)) &+ outputZeroPoint, to: Element.self)
      unit &+= 1
    }
  }
}

/// The weights of one gate after the other.
struct SequenceLSTMRow<Element: RecurrentElement> {
  var weights: UnsafePointer<Int8>
  var biases: UnsafePointer<Int32>
  let inputCount: Int
  let unitCount: Int

  /// The next gate's sums over input and state.
  @inline(__always)
  mutating func next(
    _ input: UnsafePointer<Element>, _ state: UnsafePointer<Element>
  ) -> (Element.Sum, Element.Sum) {
    (product(input, inputCount), product(state, unitCount))
  }

  @inline(__always)
  private mutating func product(
    _ vector: UnsafePointer<Element>, _ count: Int
  ) -> Element.Sum {
    let sum = Element.dotProduct(weights, vector, count: count, from: bias())
    weights += count
    return sum
  }

  @inline(__always)
  private mutating func bias() -> Element.Sum {
    defer { biases += MemoryLayout<Element.Sum>.size / 4 }
    guard MemoryLayout<Element.Sum>.size == 8 else { return .init(truncatingIfNeeded: biases[0]) }
    let low = Element.Sum(truncatingIfNeeded: UInt32(bitPattern: biases[0]))
    return (Element.Sum(truncatingIfNeeded: biases[1]) &<< 32) | low
  }
}
