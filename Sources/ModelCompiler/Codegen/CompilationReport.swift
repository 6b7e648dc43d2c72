// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a compiled model costs, in all and layer by layer.
public struct CompilationReport: Equatable, Sendable, CustomStringConvertible {
  public struct Layer: Equatable, Sendable {
    public let name: String
    /// The kernel's type, `PointwiseConvolution`.
    public let kernel: String
    public let outputShape: String
    public let multiplyCount: Int
    public let constantByteCount: Int
    public let scratchByteCount: Int
  }

  public let layers: [Layer]
  public let multiplyCount: Int
  /// Weights and tables, for read-only memory.
  public let constantByteCount: Int
  /// Tensors and scratch memory together.
  public let arenaByteCount: Int

  public init(_ program: Program) {
    layers = program.steps.map { step in
      let constants = Set(
        step.call.reads.compactMap {
          if case .constant(let index) = $0.place { index } else { nil }
        })
      return Layer(
        name: step.source.name,
        kernel: String(step.call.construction.prefix { $0 != "(" && $0 != "<" }),
        outputShape: program.outputShape(of: step),
        multiplyCount: step.call.multiplyCount,
        constantByteCount: constants.reduce(0) { $0 + program.constants[$1].byteCount },
        scratchByteCount: step.call.scratchByteCount ?? 0)
    }
    multiplyCount = program.multiplyCount
    constantByteCount = program.constantByteCount
    arenaByteCount = program.plan.arenaByteCount
  }

  public var description: String {
    let rows = layers.enumerated().map { index, layer in
      "\(index)  \(layer.name)  to \(layer.outputShape)  \(layer.multiplyCount) multiplications  "
        + "\(layer.constantByteCount) bytes  \(layer.scratchByteCount) bytes of scratch"
    }
    let sum =
      "\(multiplyCount) multiplications, \(constantByteCount) bytes of constants, "
      + "\(arenaByteCount) bytes of working memory"
    return (rows + [sum]).joined(separator: "\n")
  }
}
