// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import Emulator
import FirmwareBuild
import MachineModel
import ModelCompiler
import ModelGraph

/// What a model costs on a board: the object that `--json` writes.
struct CompileReport: Encodable {
  struct Layer: Encodable {
    let name: String
    let kernel: String
    let outputShape: String
    let multiplyCount: Int
    let constantBytes: Int
    let scratchBytes: Int
    /// Measured on the emulated board.
    let cycles: Int
  }

  struct End: Encodable {
    let name: String
    let shape: [Int]
    let type: String
    let scale: Float?
    let zeroPoint: Int?

    init(_ tensor: Tensor) {
      (name, shape, type) = (tensor.name, tensor.shape, tensor.type.rawValue)
      (scale, zeroPoint) = (
        tensor.quantization?.whole?.scale, tensor.quantization?.whole?.zeroPoint
      )
    }
  }

  let model: String
  let board: String
  let modelInputs: [End]
  let modelOutputs: [End]
  let layers: [Layer]
  let multiplyCount: Int
  /// Weights and tables.
  let constantBytes: Int
  /// Everything that the image puts into flash: vector table, startup, serial driver and protocol,
  /// the network's code, weights and tables, initial values of data.
  let flashBytes: Int
  /// The network's part of it: its layers, the kernels that they call, weights and tables.
  let networkFlashBytes: Int
  let flashLimitBytes: Int
  /// The arena: tensors, variables and scratch memory.
  let ramBytes: Int
  /// The arena, a copy of the inputs, and what the runner itself keeps.
  let staticRAMBytes: Int
  /// The deepest that the stack was while this was measured.
  let stackPeakBytes: Int
  /// The board's RAM less what the stack is promised.
  let ramLimitBytes: Int
  /// The mean over the inputs; with none, of one inference on zeros.
  let cyclesPerInference: Int
  /// By input.
  let cycles: [Int]
  /// By input, the values of all outputs, one behind the other.
  let outputs: [[Double]]

  init(
    model: String, board: Board, program: Program, built: BuiltImage, image: LoadedImage,
    measurement: Measurement
  ) throws {
    self.model = model
    self.board = board.id
    let graph = program.graph
    modelInputs = graph.inputs.map { End(graph.tensors[$0]) }
    modelOutputs = graph.outputs.map { End(graph.tensors[$0]) }
    let costs = CompilationReport(program)
    layers = zip(costs.layers, measurement.layerCycles).map { layer, cycles in
      Layer(
        name: layer.name, kernel: layer.kernel, outputShape: layer.outputShape,
        multiplyCount: layer.multiplyCount, constantBytes: layer.constantByteCount,
        scratchBytes: layer.scratchByteCount, cycles: cycles)
    }
    multiplyCount = costs.multiplyCount
    constantBytes = costs.constantByteCount
    flashBytes = image.flashBytes
    networkFlashBytes = try built.networkFlashBytes()
    flashLimitBytes = board.application.length.count
    ramBytes = costs.arenaByteCount
    staticRAMBytes = image.staticRAMBytes ?? 0
    ramLimitBytes = max(0, (board.ram?.size.count ?? 0) - FirmwareBuilder.runnerStack.count)
    stackPeakBytes = measurement.stackPeakBytes
    cycles = measurement.inferences.map(\.cycles)
    cyclesPerInference =
      cycles.isEmpty ? measurement.idleCycles : cycles.reduce(0, +) / cycles.count
    outputs = measurement.inferences.map { inference in
      zip(inference.outputs, graph.outputs).flatMap { Elements.values($0, graph.tensors[$1].type) }
    }
  }
}

/// The elements of a tensor as numbers.
enum Elements {
  static func values(_ bytes: [UInt8], _ type: ElementType) -> [Double] {
    let width = type.byteCount ?? 1
    return stride(from: 0, to: bytes.count - width + 1, by: width).map { place in
      let bits = (0..<width).reduce(UInt64(0)) { $0 | UInt64(bytes[place + $1]) << UInt64(8 * $1) }
      return switch type {
      case .int8: Double(Int8(truncatingIfNeeded: bits))
      case .int16: Double(Int16(truncatingIfNeeded: bits))
      case .int32: Double(Int32(truncatingIfNeeded: bits))
      case .int64: Double(Int64(bitPattern: bits))
      case .float32: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
      default: Double(bits)
      }
    }
  }
}
