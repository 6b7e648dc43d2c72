// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// SVDF in real numbers; `SVDF` says what it does.
public struct FloatSVDF: Equatable, Sendable {
  public var batches: Int
  public var inputCount: Int
  public var unitCount: Int
  /// Filters of a unit.
  public var rank: Int
  /// Elements of a filter's window.
  public var memoryCount: Int
  public var range: FloatRange

  public init(
    batches: Int, inputCount: Int, unitCount: Int, rank: Int, memoryCount: Int, range: FloatRange
  ) {
    self.batches = batches
    self.inputCount = inputCount
    self.unitCount = unitCount
    self.rank = rank
    self.memoryCount = memoryCount
    self.range = range
  }

  /// - Parameters:
  ///   - features: for each filter its weights of the input.
  ///   - times: for each filter its weights in time, oldest first.
  ///   - state: for each batch the filters' windows.
  @inline(__always)
  public func run(
    input: UnsafeRawPointer, features: UnsafeRawPointer, times: UnsafeRawPointer,
    biases: UnsafeRawPointer, state: UnsafeMutableRawPointer, output: UnsafeMutableRawPointer
  ) {
    let biases = biases.assumingMemoryBound(to: Float.self)
    var window = state.assumingMemoryBound(to: Float.self)
    var input = input.assumingMemoryBound(to: Float.self)
    var output = output.assumingMemoryBound(to: Float.self)
    var batch = 0
    while batch < batches {
      var weights = features.assumingMemoryBound(to: Float.self)
      var timeWeights = times.assumingMemoryBound(to: Float.self)
      var unit = 0
      while unit < unitCount {
        var sum = biases[unit]
        var filter = 0
        while filter < rank {
          move(window, dotProduct(weights, input, count: inputCount))
          sum += dotProduct(timeWeights, window, count: memoryCount)
          weights += inputCount
          timeWeights += memoryCount
          window += memoryCount
          filter &+= 1
        }
        output[unit] = range.clamp(sum)
        unit &+= 1
      }
      input += inputCount
      output += unitCount
      batch &+= 1
    }
  }

  @inline(__always)
  private func move(_ window: UnsafeMutablePointer<Float>, _ newest: Float) {
    let last = memoryCount &- 1
    var index = 0
    while index < last {
      window[index] = window[index &+ 1]
      index &+= 1
    }
    window[last] = newest
  }
}

/// The sum of products in ascending order, as TensorFlow Lite adds them.
@inline(__always)
func dotProduct(
  _ first: UnsafePointer<Float>, _ second: UnsafePointer<Float>, count: Int
) -> Float {
  var sum: Float = 0
  var index = 0
  while index < count {
    sum += first[index] * second[index]
    index &+= 1
  }
  return sum
}
