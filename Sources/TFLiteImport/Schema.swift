// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph

/// Field numbers and codes of TensorFlow Lite's schema (schema.fbs, version 3).
enum Schema {
  enum Model {
    static let version = 0
    static let operatorCodes = 1
    static let subgraphs = 2
    static let buffers = 4
  }
  enum OperatorCode {
    static let deprecatedCode = 0
    static let customCode = 1
    static let version = 2
    static let code = 3
  }
  enum Subgraph {
    static let tensors = 0
    static let inputs = 1
    static let outputs = 2
    static let operators = 3
  }
  enum Tensor {
    static let shape = 0
    static let type = 1
    static let buffer = 2
    static let name = 3
    static let quantization = 4
    static let isVariable = 5
    static let sparsity = 6
  }
  enum Quantization {
    static let scale = 2
    static let zeroPoint = 3
    static let detailsType = 4
    static let dimension = 6
  }
  enum Buffer {
    static let data = 0
    static let offset = 1
  }
  enum Operator {
    static let code = 0
    static let inputs = 1
    static let outputs = 2
    static let optionsType = 3
    static let options = 4
  }

  // Options: `type` is the number in the union BuiltinOptions.

  enum Conv2D {
    static let type = 1
    static let padding = 0
    static let strideWidth = 1
    static let strideHeight = 2
    static let activation = 3
    static let dilationWidth = 4
    static let dilationHeight = 5
  }
  enum DepthwiseConv2D {
    static let type = 2
    static let activation = 4
    static let dilationWidth = 5
    static let dilationHeight = 6
  }
  enum Pool2D {
    static let type = 5
    static let filterWidth = 3
    static let filterHeight = 4
    static let activation = 5
  }
  enum FullyConnected {
    static let type = 8
    static let activation = 0
    static let weightsFormat = 1
  }
  enum Softmax {
    static let type = 9
    static let beta = 0
  }
  /// ADD, SUB, MUL and DIV have the same first field.
  enum Arithmetic {
    static let add = 11
    static let mul = 21
    static let sub = 28
    static let div = 29
    static let activation = 0
  }
  enum SVDF {
    static let type = 6
    static let rank = 0
    static let activation = 1
  }
  enum Concatenation {
    static let type = 10
    static let axis = 0
    static let activation = 1
  }
  enum L2Normalization {
    static let type = 12
    static let activation = 0
  }
  enum ResizeBilinear {
    static let type = 15
    static let alignCorners = 2
    static let halfPixelCenters = 3
  }
  enum SpaceToDepth {
    static let type = 19
    static let block = 0
  }
  enum Gather {
    static let type = 23
    static let axis = 0
    static let batchDimensions = 1
  }
  enum StridedSlice {
    static let type = 32
    static let beginMask = 0
    static let endMask = 1
    static let ellipsisMask = 2
    static let newAxisMask = 3
    static let shrinkAxisMask = 4
    static let offset = 5
  }
  enum TransposeConv {
    static let type = 49
    static let activation = 3
  }
  enum Pack {
    static let type = 59
    static let axis = 1
  }
  enum Unpack {
    static let type = 64
    static let axis = 1
  }
  enum SequenceLSTM {
    static let type = 71
    static let activation = 0
    static let cellClip = 1
    static let timeMajor = 3
    static let diagonal = 5
    /// The code of the activation tanh.
    static let tanh = 4
  }
  enum ResizeNearest {
    static let type = 74
    static let alignCorners = 0
    static let halfPixelCenters = 1
  }
  enum LeakyRelu {
    static let type = 75
    static let alpha = 0
  }
  enum MirrorPad {
    static let type = 77
    static let mode = 0
  }
  enum DepthToSpace {
    static let type = 94
    static let block = 0
  }
  enum BatchMatMul {
    static let type = 101
    static let transposesFirst = 0
    static let transposesSecond = 1
  }
  enum Cumsum {
    static let type = 102
    static let exclusive = 0
    static let reverse = 1
  }
  enum CallOnce {
    static let type = 103
    static let subgraph = 0
  }
  enum VarHandle {
    static let container = 0
    static let sharedName = 1
  }
  enum Gelu {
    static let type = 116
    static let approximate = 0
  }

  static func elementType(_ code: Int) -> ElementType? {
    let types: [ElementType] = [
      .float32, .float16, .int32, .uint8, .int64, .string, .bool, .int16, .complex64, .int8,
      .float64, .complex128, .uint64, .resource, .variant, .uint32, .uint16, .int4, .bfloat16,
      .int2, .uint4,
    ]
    return types.indices.contains(code) ? types[code] : nil
  }
}
