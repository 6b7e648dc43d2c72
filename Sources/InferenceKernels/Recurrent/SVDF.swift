// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// SVDF in integers: each filter's product with the input goes into a window over time, whose
/// product with the filter's weights in time is summed over the filters of a unit. The window is
/// int8 or int16, and so are the weights in time.
public struct SVDF<State: RecurrentElement>: Equatable, Sendable {
  public var batches: Int
  public var inputCount: Int
  public var unitCount: Int
  /// Filters of a unit.
  public var rank: Int
  /// Elements of a filter's window.
  public var memoryCount: Int
  public var feature: FixedPointScale
  public var result: FixedPointScale
  public var stateZeroPoint: Int32
  public var stage: OutputStage

  public init(
    batches: Int, inputCount: Int, unitCount: Int, rank: Int, memoryCount: Int,
    feature: FixedPointScale, result: FixedPointScale, stateZeroPoint: Int32, stage: OutputStage
  ) {
    self.batches = batches
    self.inputCount = inputCount
    self.unitCount = unitCount
    self.rank = rank
    self.memoryCount = memoryCount
    self.feature = feature
    self.result = result
    self.stateZeroPoint = stateZeroPoint
    self.stage = stage
  }

  /// - Parameters:
  ///   - features: for each filter its weights of the input.
  ///   - times: for each filter its weights in time, oldest first.
  ///   - biases: for each filter what the input's zero point brings, then for each unit its bias
  ///     with what the state's zero point brings; words.
  ///   - state: for each batch the filters' windows.
  @inline(__always)
  public func run(
    input: UnsafeRawPointer, features: UnsafeRawPointer, times: UnsafeRawPointer,
    biases: UnsafeRawPointer, state: UnsafeMutableRawPointer, output: UnsafeMutableRawPointer
  ) {
    let filters = unitCount &* rank
    let biases = biases.assumingMemoryBound(to: Int32.self)
    var window = state.assumingMemoryBound(to: State.self)
    var input = input.assumingMemoryBound(to: Int8.self)
    var output = output.assumingMemoryBound(to: Int8.self)
    var batch = 0
    while batch < batches {
      var weights = features.assumingMemoryBound(to: Int8.self)
      var timeWeights = times.assumingMemoryBound(to: State.self)
      var unit = 0
      var filter = 0
      while unit < unitCount {
        var sum = biases[filters &+ unit]
        let end = filter &+ rank
        while filter < end {
          let product = sumOfProducts(weights, input, count: inputCount, from: biases[filter])
          let newest = saturated(feature(product), to: State.self)
          sum = advance(
            window, State(truncatingIfNeeded: Int32(newest) &+ stateZeroPoint), timeWeights, sum)
          weights += inputCount
          timeWeights += memoryCount
          window += memoryCount
          filter &+= 1
        }
        output[unit] = stage.quantize(result(sum))
        unit &+= 1
      }
      input += inputCount
      output += unitCount
      batch &+= 1
    }
  }

  /// Moves a window on by one and adds its product with its weights to `sum`.
  @inline(__always)
  private func advance(
    _ window: UnsafeMutablePointer<State>, _ newest: State, _ weights: UnsafePointer<State>,
    _ sum: Int32
  ) -> Int32 {
    var sum = sum
    let last = memoryCount &- 1
    var index = 0
    while index < last {
      let value = window[index &+ 1]
      window[index] = value
      sum = sum &+ Int32(weights[index]) &* Int32(value)
      index &+= 1
    }
    window[last] = newest
    return sum &+ Int32(weights[last]) &* Int32(newest)
  }
}
