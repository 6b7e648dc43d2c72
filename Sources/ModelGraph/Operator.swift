// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The clamp that a model has fused into an operator.
public enum Activation: Sendable {
  case none, relu, relu6, reluMinus1To1
}

/// How a kernel is laid over the border of its input.
public enum Padding: Sendable {
  /// As much as it takes for one output per stride, the odd one at the end.
  case same
  /// None.
  case valid
}

/// A kernel's steps over rows and columns.
public struct Sliding: Equatable, Sendable {
  public var padding: Padding
  public var strideHeight: Int
  public var strideWidth: Int
  public var dilationHeight: Int
  public var dilationWidth: Int

  public init(
    padding: Padding, strideHeight: Int = 1, strideWidth: Int = 1, dilationHeight: Int = 1,
    dilationWidth: Int = 1
  ) {
    self.padding = padding
    self.strideHeight = strideHeight
    self.strideWidth = strideWidth
    self.dilationHeight = dilationHeight
    self.dilationWidth = dilationWidth
  }

  /// Outputs along one dimension, and padding before the first input.
  public func extent(input: Int, kernel: Int, stride: Int, dilation: Int) -> (
    output: Int, padding: Int
  ) {
    let reach = (kernel - 1) * dilation + 1
    switch padding {
    case .valid: return (max(0, (input - reach + stride) / stride), 0)
    case .same:
      let output = (input + stride - 1) / stride
      return (output, max(0, (output - 1) * stride + reach - input) / 2)
    }
  }
}

/// Tensors that hold an operator's weights.
public struct Weights: Equatable, Sendable {
  public var tensor: Int
  public var bias: Int?

  public init(tensor: Int, bias: Int? = nil) {
    self.tensor = tensor
    self.bias = bias
  }
}

/// One step of a model: which tensors it reads and writes, and what it does.
public struct Operator: Equatable, Sendable {
  public enum Kind: Equatable, Sendable {
    case convolution(Sliding, Weights, Activation)
    /// The multiplier is the weights' channels by the input's.
    case depthwiseConvolution(Sliding, Weights, Activation)
    case fullyConnected(Weights, Activation)
    case averagePool(Sliding, kernelHeight: Int, kernelWidth: Int, Activation)
    case maximumPool(Sliding, kernelHeight: Int, kernelWidth: Int, Activation)
    /// The mean over these dimensions, ascending.
    case mean(dimensions: [Int])
    case add(Activation)
    case softmax(beta: Float)
    case reshape
  }

  /// Place in the model's list of operators.
  public var index: Int
  public var kind: Kind
  /// Tensors computed at run time; weights and other constants are in `kind`.
  public var inputs: [Int]
  public var output: Int

  public init(index: Int, kind: Kind, inputs: [Int], output: Int) {
    self.index = index
    self.kind = kind
    self.inputs = inputs
    self.output = output
  }

  /// TensorFlow Lite's name.
  public var name: String {
    switch kind {
    case .convolution: "CONV_2D"
    case .depthwiseConvolution: "DEPTHWISE_CONV_2D"
    case .fullyConnected: "FULLY_CONNECTED"
    case .averagePool: "AVERAGE_POOL_2D"
    case .maximumPool: "MAX_POOL_2D"
    case .mean: "MEAN"
    case .add: "ADD"
    case .softmax: "SOFTMAX"
    case .reshape: "RESHAPE"
    }
  }

  public var weights: Weights? {
    switch kind {
    case .convolution(_, let weights, _), .depthwiseConvolution(_, let weights, _),
      .fullyConnected(let weights, _):
      weights
    case .averagePool, .maximumPool, .mean, .add, .softmax, .reshape: nil
    }
  }

  var place: ModelError.Place { .operator(index: index, name: name) }
}
