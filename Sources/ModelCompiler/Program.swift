// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels
import ModelGraph

/// Values that a program keeps in read-only memory.
public struct Constant: Equatable, Sendable {
  public enum Values: Equatable, Sendable {
    case int8([Int8])
    case int16([Int16])
    case int32([Int32])
  }

  /// A lower-case identifier such as `layer3_weights`.
  public let name: String
  public let values: Values

  public var byteCount: Int {
    switch values {
    case .int8(let values): values.count
    case .int16(let values): 2 * values.count
    case .int32(let values): 4 * values.count
    }
  }
}

/// Where a step finds its weights: places in `Program.constants`.
public struct ChannelConstants: Equatable, Sendable {
  public var weights: Int
  public var bias: Int
  public var multipliers: Int
  public var shifts: Int
  public var multiplierStride: Int
}

/// A kernel with all its parameters.
public enum Kernel: Equatable, Sendable {
  case convolution(Convolution, ChannelConstants)
  case depthwiseConvolution(DepthwiseConvolution, ChannelConstants)
  case referenceDepthwiseConvolution(ReferenceDepthwiseConvolution, ChannelConstants)
  case fullyConnected(FullyConnected, ChannelConstants)
  case averagePooling(AveragePooling)
  case maximumPooling(MaximumPooling)
  case mean(Mean)
  case addition(Addition)
  case softmax(Softmax)

  /// Bytes that the kernel needs while it runs.
  public var scratchByteCount: Int {
    switch self {
    case .convolution(let kernel, _): kernel.scratchByteCount
    case .depthwiseConvolution(let kernel, _): kernel.scratchByteCount
    case .fullyConnected(let kernel, _): kernel.scratchByteCount
    case .referenceDepthwiseConvolution, .averagePooling, .maximumPooling, .mean, .addition,
      .softmax:
      0
    }
  }

  /// Multiplications with weights, padding counted.
  public var multiplyCount: Int {
    switch self {
    case .convolution(let kernel, _): kernel.window.outputCount * kernel.tapCount
    case .depthwiseConvolution(let kernel, _): kernel.window.outputCount * kernel.tapCount
    case .referenceDepthwiseConvolution(let kernel, _):
      kernel.window.outputCount * kernel.window.kernelHeight * kernel.window.kernelWidth
    case .fullyConnected(let kernel, _):
      kernel.batches * kernel.inputCount * kernel.outputCount
    case .averagePooling, .maximumPooling, .mean, .addition, .softmax: 0
    }
  }
}

extension Window {
  var outputCount: Int { batches * outputHeight * outputWidth * outputChannels }
}

/// One kernel call: tensors of the graph in, one out.
public struct Step: Equatable, Sendable {
  public let source: Operator
  public let kernel: Kernel
  public let inputs: [Int]
  public let output: Int
}

/// A model ready to run, on the host or as generated code: kernels in order, constants in the
/// kernels' layouts, and a place in the arena for every tensor.
public struct Program: Equatable, Sendable {
  public let graph: Graph
  public let steps: [Step]
  public let constants: [Constant]
  public let plan: MemoryPlan

  /// - Throws: `ModelError` where a size or scale is beyond what the kernels compute with.
  public init(_ graph: Graph) throws {
    var lowering = Lowering(graph: graph)
    try lowering.run()
    self.graph = graph
    steps = lowering.steps
    constants = lowering.constants
    plan = try MemoryPlan(graph: graph, steps: steps)
  }

  public var constantByteCount: Int { constants.reduce(0) { $0 + $1.byteCount } }
  public var multiplyCount: Int { steps.reduce(0) { $0 + $1.kernel.multiplyCount } }
}
