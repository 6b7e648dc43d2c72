// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// TensorFlow Lite's operators by their codes in schema.fbs (`BuiltinOperator`).
package enum BuiltinOperator: Int32, CaseIterable, Sendable {
  case add = 0
  case averagePool2D = 1
  case concatenation = 2
  case conv2D = 3
  case depthwiseConv2D = 4
  case depthToSpace = 5
  case dequantize = 6
  case fullyConnected = 9
  case l2Normalization = 11
  case logistic = 14
  case maxPool2D = 17
  case mul = 18
  case relu = 19
  case reluN1To1 = 20
  case relu6 = 21
  case reshape = 22
  case resizeBilinear = 23
  case softmax = 25
  case spaceToDepth = 26
  case svdf = 27
  case tanh = 28
  case pad = 34
  case gather = 36
  case batchToSpaceNd = 37
  case spaceToBatchNd = 38
  case transpose = 39
  case mean = 40
  case sub = 41
  case div = 42
  case squeeze = 43
  case unidirectionalSequenceLstm = 44
  case stridedSlice = 45
  case exp = 47
  case split = 49
  case logSoftmax = 50
  case cast = 53
  case prelu = 54
  case maximum = 55
  case argMax = 56
  case minimum = 57
  case less = 58
  case neg = 59
  case padv2 = 60
  case greater = 61
  case greaterEqual = 62
  case lessEqual = 63
  case slice = 65
  case transposeConv = 67
  case tile = 69
  case expandDims = 70
  case equal = 71
  case notEqual = 72
  case log = 73
  case sum = 74
  case sqrt = 75
  case rsqrt = 76
  case shape = 77
  case argMin = 79
  case reduceMax = 82
  case pack = 83
  case logicalOr = 84
  case logicalAnd = 86
  case logicalNot = 87
  case unpack = 88
  case reduceMin = 89
  case square = 92
  case fill = 94
  case resizeNearestNeighbor = 97
  case leakyRelu = 98
  case squaredDifference = 99
  case mirrorPad = 100
  case abs = 101
  case splitV = 102
  case gatherNd = 107
  case elu = 111
  case quantize = 114
  case hardSwish = 117
  case selectV2 = 123
  case batchMatmul = 126
  case cumsum = 128
  case callOnce = 129
  case broadcastTo = 130
  case varHandle = 142
  case readVariable = 143
  case assignVariable = 144
  case gelu = 150

  /// The name in the schema, `CONV_2D`.
  package var name: String {
    switch self {
    case .add: "ADD"
    case .averagePool2D: "AVERAGE_POOL_2D"
    case .concatenation: "CONCATENATION"
    case .conv2D: "CONV_2D"
    case .depthwiseConv2D: "DEPTHWISE_CONV_2D"
    case .depthToSpace: "DEPTH_TO_SPACE"
    case .dequantize: "DEQUANTIZE"
    case .fullyConnected: "FULLY_CONNECTED"
    case .l2Normalization: "L2_NORMALIZATION"
    case .logistic: "LOGISTIC"
    case .maxPool2D: "MAX_POOL_2D"
    case .mul: "MUL"
    case .relu: "RELU"
    case .reluN1To1: "RELU_N1_TO_1"
    case .relu6: "RELU6"
    case .reshape: "RESHAPE"
    case .resizeBilinear: "RESIZE_BILINEAR"
    case .softmax: "SOFTMAX"
    case .spaceToDepth: "SPACE_TO_DEPTH"
    case .svdf: "SVDF"
    case .tanh: "TANH"
    case .pad: "PAD"
    case .gather: "GATHER"
    case .batchToSpaceNd: "BATCH_TO_SPACE_ND"
    case .spaceToBatchNd: "SPACE_TO_BATCH_ND"
    case .transpose: "TRANSPOSE"
    case .mean: "MEAN"
    case .sub: "SUB"
    case .div: "DIV"
    case .squeeze: "SQUEEZE"
    case .unidirectionalSequenceLstm: "UNIDIRECTIONAL_SEQUENCE_LSTM"
    case .stridedSlice: "STRIDED_SLICE"
    case .exp: "EXP"
    case .split: "SPLIT"
    case .logSoftmax: "LOG_SOFTMAX"
    case .cast: "CAST"
    case .prelu: "PRELU"
    case .maximum: "MAXIMUM"
    case .argMax: "ARG_MAX"
    case .minimum: "MINIMUM"
    case .less: "LESS"
    case .neg: "NEG"
    case .padv2: "PADV2"
    case .greater: "GREATER"
    case .greaterEqual: "GREATER_EQUAL"
    case .lessEqual: "LESS_EQUAL"
    case .slice: "SLICE"
    case .transposeConv: "TRANSPOSE_CONV"
    case .tile: "TILE"
    case .expandDims: "EXPAND_DIMS"
    case .equal: "EQUAL"
    case .notEqual: "NOT_EQUAL"
    case .log: "LOG"
    case .sum: "SUM"
    case .sqrt: "SQRT"
    case .rsqrt: "RSQRT"
    case .shape: "SHAPE"
    case .argMin: "ARG_MIN"
    case .reduceMax: "REDUCE_MAX"
    case .pack: "PACK"
    case .logicalOr: "LOGICAL_OR"
    case .logicalAnd: "LOGICAL_AND"
    case .logicalNot: "LOGICAL_NOT"
    case .unpack: "UNPACK"
    case .reduceMin: "REDUCE_MIN"
    case .square: "SQUARE"
    case .fill: "FILL"
    case .resizeNearestNeighbor: "RESIZE_NEAREST_NEIGHBOR"
    case .leakyRelu: "LEAKY_RELU"
    case .squaredDifference: "SQUARED_DIFFERENCE"
    case .mirrorPad: "MIRROR_PAD"
    case .abs: "ABS"
    case .splitV: "SPLIT_V"
    case .gatherNd: "GATHER_ND"
    case .elu: "ELU"
    case .quantize: "QUANTIZE"
    case .hardSwish: "HARD_SWISH"
    case .selectV2: "SELECT_V2"
    case .batchMatmul: "BATCH_MATMUL"
    case .cumsum: "CUMSUM"
    case .callOnce: "CALL_ONCE"
    case .broadcastTo: "BROADCAST_TO"
    case .varHandle: "VAR_HANDLE"
    case .readVariable: "READ_VARIABLE"
    case .assignVariable: "ASSIGN_VARIABLE"
    case .gelu: "GELU"
    }
  }
}
