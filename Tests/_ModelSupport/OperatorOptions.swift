// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package enum Padding: UInt8, Sendable {
  case same, valid
}

/// Fused activations by their codes in schema.fbs (`ActivationFunctionType`).
package enum Activation: UInt8, Sendable {
  case none, relu, reluN1To1, relu6, tanh
}

/// An operator's options: one case a table of schema.fbs's union `BuiltinOptions`.
package indirect enum OperatorOptions: Sendable {
  case none
  case conv2D(Padding, stride: [Int], Activation, dilation: [Int])
  case depthwiseConv2D(Padding, stride: [Int], multiplier: Int, Activation, dilation: [Int])
  case transposeConv(Padding, stride: [Int], Activation)
  case pool2D(Padding, stride: [Int], filter: [Int], Activation)
  case svdf(rank: Int, Activation)
  case fullyConnected(Activation, keepsRank: Bool)
  case softmax(beta: Float)
  case concatenation(axis: Int)
  case add(Activation)
  case sub(Activation)
  case mul(Activation)
  case div(Activation)
  case l2Normalization
  case resizeBilinear(alignCorners: Bool, halfPixelCenters: Bool)
  case resizeNearestNeighbor(alignCorners: Bool, halfPixelCenters: Bool)
  case reshape([Int]?)
  case squeeze([Int])
  case spaceToDepth(block: Int)
  case depthToSpace(block: Int)
  case gather(axis: Int, batchDimensions: Int)
  case reducer(keepsRank: Bool)
  case stridedSlice(begin: Int, end: Int, shrink: Int)
  case split(count: Int)
  case splitV(count: Int)
  case cast(from: ElementType, to: ElementType)
  case argMax(ElementType)
  case argMin(ElementType)
  case shape(ElementType)
  case pack(count: Int, axis: Int)
  case unpack(count: Int, axis: Int)
  case leakyRelu(alpha: Float)
  case mirrorPad(symmetric: Bool)
  case batchMatMul(transposesFirst: Bool, transposesSecond: Bool)
  case cumsum(exclusive: Bool, reverse: Bool)
  case gelu(approximate: Bool)
  case lstm(Activation, cellClip: Float, timeMajor: Bool)
  case callOnce(subgraph: Int)
  case varHandle(name: String)
  /// A table without fields, by its number in the union.
  case empty(UInt8)
}

extension OperatorOptions {
  /// The number in the union, and the fields by their numbers. Pairs are height, width.
  package var table: (UInt8, [Int: FlatValue]) {
    windows ?? arithmetic ?? movement ?? state
  }

  private var windows: (UInt8, [Int: FlatValue])? {
    switch self {
    case .conv2D(let padding, let stride, let activation, let dilation):
      (
        1,
        [
          0: .byte(padding.rawValue), 1: .integer(stride[1]), 2: .integer(stride[0]),
          3: .byte(activation.rawValue), 4: .integer(dilation[1]), 5: .integer(dilation[0]),
        ]
      )
    case .depthwiseConv2D(let padding, let stride, let multiplier, let activation, let dilation):
      (
        2,
        [
          0: .byte(padding.rawValue), 1: .integer(stride[1]), 2: .integer(stride[0]),
          3: .integer(multiplier), 4: .byte(activation.rawValue), 5: .integer(dilation[1]),
          6: .integer(dilation[0]),
        ]
      )
    case .transposeConv(let padding, let stride, let activation):
      (
        49,
        [
          0: .byte(padding.rawValue), 1: .integer(stride[1]), 2: .integer(stride[0]),
          3: .byte(activation.rawValue),
        ]
      )
    case .pool2D(let padding, let stride, let filter, let activation):
      (
        5,
        [
          0: .byte(padding.rawValue), 1: .integer(stride[1]), 2: .integer(stride[0]),
          3: .integer(filter[1]), 4: .integer(filter[0]), 5: .byte(activation.rawValue),
        ]
      )
    default: nil
    }
  }

  private var arithmetic: (UInt8, [Int: FlatValue])? {
    switch self {
    case .fullyConnected(let activation, let keepsRank):
      (8, [0: .byte(activation.rawValue), 2: .flag(keepsRank)])
    case .softmax(let beta): (9, [0: .float(beta)])
    case .add(let activation): (11, [0: .byte(activation.rawValue)])
    case .sub(let activation): (28, [0: .byte(activation.rawValue)])
    case .mul(let activation): (21, [0: .byte(activation.rawValue)])
    case .div(let activation): (29, [0: .byte(activation.rawValue)])
    case .l2Normalization: (12, [0: .byte(0)])
    case .reducer(let keepsRank): (27, [0: .flag(keepsRank)])
    case .argMax(let type): (40, [0: .byte(type.rawValue)])
    case .argMin(let type): (57, [0: .byte(type.rawValue)])
    case .leakyRelu(let alpha): (75, [0: .float(alpha)])
    case .batchMatMul(let first, let second): (101, [0: .flag(first), 1: .flag(second)])
    case .cumsum(let exclusive, let reverse): (102, [0: .flag(exclusive), 1: .flag(reverse)])
    case .gelu(let approximate): (116, [0: .flag(approximate)])
    default: nil
    }
  }

  private var movement: (UInt8, [Int: FlatValue])? {
    switch self {
    case .concatenation(let axis): (10, [0: .integer(axis), 1: .byte(0)])
    case .resizeBilinear(let align, let half): (15, [2: .flag(align), 3: .flag(half)])
    case .resizeNearestNeighbor(let align, let half): (74, [0: .flag(align), 1: .flag(half)])
    case .reshape(let shape): (17, shape.map { [0: .int32s($0.map(Int32.init))] } ?? [:])
    case .squeeze(let axes): (30, [0: .int32s(axes.map(Int32.init))])
    case .spaceToDepth(let block): (19, [0: .integer(block)])
    case .depthToSpace(let block): (94, [0: .integer(block)])
    case .gather(let axis, let batch): (23, [0: .integer(axis), 1: .integer(batch)])
    case .stridedSlice(let begin, let end, let shrink):
      (32, [0: .integer(begin), 1: .integer(end), 4: .integer(shrink)])
    case .split(let count): (35, [0: .integer(count)])
    case .splitV(let count): (79, [0: .integer(count)])
    case .cast(let from, let to): (37, [0: .byte(from.rawValue), 1: .byte(to.rawValue)])
    case .shape(let type): (55, [0: .byte(type.rawValue)])
    case .pack(let count, let axis): (59, [0: .integer(count), 1: .integer(axis)])
    case .unpack(let count, let axis): (64, [0: .integer(count), 1: .integer(axis)])
    case .mirrorPad(let symmetric): (77, [0: .flag(symmetric)])
    default: nil
    }
  }

  private var state: (UInt8, [Int: FlatValue]) {
    switch self {
    case .svdf(let rank, let activation):
      (6, [0: .integer(rank), 1: .byte(activation.rawValue)])
    case .lstm(let activation, let cellClip, let timeMajor):
      (71, [0: .byte(activation.rawValue), 1: .float(cellClip), 3: .flag(timeMajor)])
    case .callOnce(let subgraph): (103, [0: .integer(subgraph)])
    case .varHandle(let name): (111, [0: .string(""), 1: .string(name)])
    case .empty(let type): (type, [:])
    default: (0, [:])
    }
  }
}

extension FlatValue {
  fileprivate static func integer(_ value: Int) -> FlatValue { .int32(Int32(value)) }
  fileprivate static func flag(_ value: Bool) -> FlatValue { .byte(value ? 1 : 0) }
}
