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
  /// Place in the model's list of operators.
  public var index: Int
  public var kind: Kind
  /// Data tensors, computed or constant, in TensorFlow Lite's order; weights, biases and what
  /// shapes the computation (axes, paddings, begins) are in `kind`.
  public var inputs: [Int]
  public var outputs: [Int]
  /// TensorFlow Lite's name, as the model's author knows it.
  public var name: String

  /// - Parameter name: by default what `kind` is called.
  public init(index: Int, kind: Kind, name: String? = nil, inputs: [Int], outputs: [Int]) {
    self.index = index
    self.kind = kind
    self.inputs = inputs
    self.outputs = outputs
    self.name = name ?? kind.name
  }

  public init(index: Int, kind: Kind, name: String? = nil, inputs: [Int], output: Int) {
    self.init(index: index, kind: kind, name: name, inputs: inputs, outputs: [output])
  }

  /// The first output, for most operators the only one.
  public var output: Int { outputs[0] }

  /// Every tensor that must exist before this operator runs, weights too.
  public var operands: [Int] { inputs + kind.parameters }

  public var weights: Weights? {
    switch kind {
    case .convolution(_, let weights, _), .depthwiseConvolution(_, let weights, _),
      .transposeConvolution(_, let weights, _), .fullyConnected(let weights, _):
      weights
    default: nil
    }
  }

  /// Whether it reads or writes what outlives an inference.
  var usesVariables: Bool {
    switch kind {
    case .readVariable, .assignVariable, .svdf, .sequenceLSTM: true
    default: false
    }
  }

  var place: ModelError.Place { .operator(index: index, name: name) }
}
