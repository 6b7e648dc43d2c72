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
  enum Add {
    static let type = 11
    static let activation = 0
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
