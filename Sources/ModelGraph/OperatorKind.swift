// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension Operator {
  /// What an operator does. Dimensions are counted from 0 and never negative; shapes that follow
  /// from the options are the output tensors' shapes.
  public enum Kind: Equatable, Sendable {
    // Multiplications with weights.
    case convolution(Sliding, Weights, Activation)
    /// The multiplier is the weights' channels by the input's.
    case depthwiseConvolution(Sliding, Weights, Activation)
    case transposeConvolution(Sliding, Weights, Activation)
    case fullyConnected(Weights, Activation)
    case batchMatrixMultiply(transposesFirst: Bool, transposesSecond: Bool)
    case svdf(SVDFTensors, rank: Int, Activation)
    case sequenceLSTM(LSTMTensors, cellClip: Float, timeMajor: Bool)

    // One element from one or several.
    case unary(UnaryFunction)
    /// Shapes are broadcast as NumPy does it.
    case binary(BinaryFunction, Activation)
    /// Inputs: condition, where true, where false.
    case select
    case quantize
    case dequantize
    case cast

    // Many elements to one, or each in the light of its row.
    case averagePool(Sliding, kernelHeight: Int, kernelWidth: Int, Activation)
    case maximumPool(Sliding, kernelHeight: Int, kernelWidth: Int, Activation)
    /// Dimensions ascending.
    case reduce(Reduction, dimensions: [Int])
    case argument(Extreme, dimension: Int)
    case cumulativeSum(dimension: Int, exclusive: Bool, reverse: Bool)
    case softmax(beta: Float)
    case logSoftmax
    case l2Normalization(Activation)

    // Elements moved, unchanged.
    /// The same bytes under another shape: RESHAPE, SQUEEZE, EXPAND_DIMS.
    case reshape
    /// `value` is a tensor with the element around the input; nil means the zero point, or 0.
    case pad(before: [Int], after: [Int], value: Int?)
    /// Whether the border itself is left out of the reflection.
    case mirrorPad(before: [Int], after: [Int], reflect: Bool)
    case transpose([Int])
    case concatenation(dimension: Int, Activation)
    /// One output after the other along the dimension: SPLIT, SPLIT_V.
    case split(dimension: Int)
    /// Element i of a dimension comes from `begin + i * stride`: SLICE, STRIDED_SLICE. Dimensions
    /// are the input's; the output may lack some of extent 1.
    case slice(begin: [Int], strides: [Int], extents: [Int])
    case pack(dimension: Int)
    case unpack(dimension: Int)
    /// Inputs: values, indices.
    case gather(dimension: Int, batchDimensions: Int)
    case gatherND
    /// The input repeated until it fills the output: TILE.
    case tile
    case broadcast
    case spaceToDepth(block: Int)
    case depthToSpace(block: Int)
    case spaceToBatch(block: [Int], before: [Int], after: [Int])
    case batchToSpace(block: [Int], cropBefore: [Int], cropAfter: [Int])
    case resizeBilinear(alignsCorners: Bool, halfPixelCenters: Bool)
    case resizeNearest(alignsCorners: Bool, halfPixelCenters: Bool)

    // State that outlives an inference.
    /// The number is an index of `Graph.variables`.
    case readVariable(Int)
    case assignVariable(Int)
  }
}

/// What is done to each element alone.
public enum UnaryFunction: Equatable, Sendable {
  case absolute, negate, reciprocalSquareRoot, squareRoot, square, exponential, logarithm
  case logicalNot
  case relu, relu6, reluMinus1To1
  case leakyRelu(alpha: Float)
  case elu, hardSwish, logistic, tanh
  case gelu(approximate: Bool)
}

/// What is done to two elements.
public enum BinaryFunction: Equatable, Sendable {
  case add, subtract, multiply, divide, squaredDifference, maximum, minimum
  case equal, notEqual, less, lessEqual, greater, greaterEqual
  case logicalAnd, logicalOr
  /// The first where it is not negative, else the product of both: PRELU.
  case parametricRelu
}

public enum Reduction: Sendable { case mean, sum, maximum, minimum }

public enum Extreme: Sendable { case maximum, minimum }

/// A state between inferences as a tensor: what its variable holds.
public struct StateTensor: Equatable, Sendable {
  /// An index of `Graph.variables`.
  public var variable: Int
  public var type: ElementType
  public var quantization: Quantization?

  public init(variable: Int, type: ElementType, quantization: Quantization?) {
    self.variable = variable
    self.type = type
    self.quantization = quantization
  }
}

/// Tensors of an SVDF; the state is batch x (memory x filters).
public struct SVDFTensors: Equatable, Sendable {
  public var featureWeights: Int
  public var timeWeights: Int
  public var bias: Int?
  public var state: StateTensor

  public init(featureWeights: Int, timeWeights: Int, bias: Int?, state: StateTensor) {
    self.featureWeights = featureWeights
    self.timeWeights = timeWeights
    self.bias = bias
    self.state = state
  }
}

/// Tensors of an LSTM, each in the order input, forget, cell, output gate.
public struct LSTMTensors: Equatable, Sendable {
  public var inputWeights: [Int]
  public var recurrentWeights: [Int]
  public var biases: [Int]
  /// States are batch x cells. The output state's scale is also that of the output.
  public var outputState: StateTensor
  public var cellState: StateTensor

  public init(
    inputWeights: [Int], recurrentWeights: [Int], biases: [Int], outputState: StateTensor,
    cellState: StateTensor
  ) {
    self.inputWeights = inputWeights
    self.recurrentWeights = recurrentWeights
    self.biases = biases
    self.outputState = outputState
    self.cellState = cellState
  }
}

extension Operator.Kind {
  /// Constant tensors beside the data.
  var parameters: [Int] {
    switch self {
    case .convolution(_, let weights, _), .depthwiseConvolution(_, let weights, _),
      .transposeConvolution(_, let weights, _), .fullyConnected(let weights, _):
      [weights.tensor] + (weights.bias.map { [$0] } ?? [])
    case .svdf(let tensors, _, _):
      [tensors.featureWeights, tensors.timeWeights] + (tensors.bias.map { [$0] } ?? [])
    case .sequenceLSTM(let tensors, _, _):
      tensors.inputWeights + tensors.recurrentWeights + tensors.biases
    case .pad(_, _, let value): value.map { [$0] } ?? []
    default: []
    }
  }

  /// How many data tensors an operator may read and write.
  var tensorCounts: (inputs: ClosedRange<Int>, outputs: ClosedRange<Int>) {
    let many = 1...Graph.Limits.operands
    switch self {
    case .binary, .gather, .gatherND, .batchMatrixMultiply: return (2...2, 1...1)
    case .select: return (3...3, 1...1)
    case .concatenation, .pack: return (many, 1...1)
    case .split, .unpack: return (1...1, many)
    case .readVariable: return (0...0, 1...1)
    case .assignVariable: return (1...1, 0...0)
    default: return (1...1, 1...1)
    }
  }

  /// TensorFlow Lite's name, where several share a case the commonest.
  var name: String {
    switch self {
    case .convolution: "CONV_2D"
    case .depthwiseConvolution: "DEPTHWISE_CONV_2D"
    case .transposeConvolution: "TRANSPOSE_CONV"
    case .fullyConnected: "FULLY_CONNECTED"
    case .batchMatrixMultiply: "BATCH_MATMUL"
    case .svdf: "SVDF"
    case .sequenceLSTM: "UNIDIRECTIONAL_SEQUENCE_LSTM"
    case .unary(let function): function.name
    case .binary(let function, _): function.name
    case .select: "SELECT_V2"
    case .quantize: "QUANTIZE"
    case .dequantize: "DEQUANTIZE"
    case .cast: "CAST"
    case .averagePool: "AVERAGE_POOL_2D"
    case .maximumPool: "MAX_POOL_2D"
    case .reduce(let reduction, _): reduction.name
    case .argument(.maximum, _): "ARG_MAX"
    case .argument(.minimum, _): "ARG_MIN"
    case .cumulativeSum: "CUMSUM"
    case .softmax: "SOFTMAX"
    case .logSoftmax: "LOG_SOFTMAX"
    case .l2Normalization: "L2_NORMALIZATION"
    case .reshape: "RESHAPE"
    case .pad(_, _, let value): value == nil ? "PAD" : "PADV2"
    case .mirrorPad: "MIRROR_PAD"
    case .transpose: "TRANSPOSE"
    case .concatenation: "CONCATENATION"
    case .split: "SPLIT"
    case .slice: "STRIDED_SLICE"
    case .pack: "PACK"
    case .unpack: "UNPACK"
    case .gather: "GATHER"
    case .gatherND: "GATHER_ND"
    case .tile: "TILE"
    case .broadcast: "BROADCAST_TO"
    case .spaceToDepth: "SPACE_TO_DEPTH"
    case .depthToSpace: "DEPTH_TO_SPACE"
    case .spaceToBatch: "SPACE_TO_BATCH_ND"
    case .batchToSpace: "BATCH_TO_SPACE_ND"
    case .resizeBilinear: "RESIZE_BILINEAR"
    case .resizeNearest: "RESIZE_NEAREST_NEIGHBOR"
    case .readVariable: "READ_VARIABLE"
    case .assignVariable: "ASSIGN_VARIABLE"
    }
  }
}

extension UnaryFunction {
  var name: String {
    switch self {
    case .absolute: "ABS"
    case .negate: "NEG"
    case .reciprocalSquareRoot: "RSQRT"
    case .squareRoot: "SQRT"
    case .square: "SQUARE"
    case .exponential: "EXP"
    case .logarithm: "LOG"
    case .logicalNot: "LOGICAL_NOT"
    case .relu: "RELU"
    case .relu6: "RELU6"
    case .reluMinus1To1: "RELU_N1_TO_1"
    case .leakyRelu: "LEAKY_RELU"
    case .elu: "ELU"
    case .hardSwish: "HARD_SWISH"
    case .logistic: "LOGISTIC"
    case .tanh: "TANH"
    case .gelu: "GELU"
    }
  }
}

extension BinaryFunction {
  var name: String {
    switch self {
    case .add: "ADD"
    case .subtract: "SUB"
    case .multiply: "MUL"
    case .divide: "DIV"
    case .squaredDifference: "SQUARED_DIFFERENCE"
    case .maximum: "MAXIMUM"
    case .minimum: "MINIMUM"
    case .equal: "EQUAL"
    case .notEqual: "NOT_EQUAL"
    case .less: "LESS"
    case .lessEqual: "LESS_EQUAL"
    case .greater: "GREATER"
    case .greaterEqual: "GREATER_EQUAL"
    case .logicalAnd: "LOGICAL_AND"
    case .logicalOr: "LOGICAL_OR"
    case .parametricRelu: "PRELU"
    }
  }
}

extension Reduction {
  var name: String {
    switch self {
    case .mean: "MEAN"
    case .sum: "SUM"
    case .maximum: "REDUCE_MAX"
    case .minimum: "REDUCE_MIN"
    }
  }
}
