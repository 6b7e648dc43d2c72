// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph
import Terminal

/// Inputs for many inferences, as the bytes that the model takes.
struct ModelInputs: Equatable {
  /// By inference: the bytes of all the model's inputs, one behind the other.
  let inferences: [[UInt8]]

  /// - Parameter files: one for each of the model's inputs; each holds as many inferences.
  init(_ files: [ArrayFile], for graph: Graph) throws {
    guard files.count == graph.inputs.count else {
      throw InputError(
        description: "the model has \(graph.inputs.count) inputs, but \(files.count) files were "
          + "given; give --inputs once for each, in the model's order")
    }
    let columns = try zip(files, graph.inputs).map { try Self.column($0, graph.tensors[$1]) }
    let count = columns[0].count
    for (file, column) in zip(files, columns) where column.count != count {
      throw ArrayFile.error(
        file.path, "holds \(column.count) inferences, '\(files[0].path)' \(count); give as many")
    }
    inferences = (0..<count).map { index in columns.flatMap { $0[index] } }
  }

  /// One input of the model: its bytes for each inference.
  private static func column(_ file: ArrayFile, _ tensor: Tensor) throws -> [[UInt8]] {
    let size = tensor.byteCount
    let bytes: [UInt8]
    if let element = file.element, let shape = file.shape {
      guard holds(shape, tensor.shape) else {
        throw ArrayFile.error(
          file.path,
          "has the shape \(ArrayFile.text(shape)); the model's input "
            + "'\(tensor.name)' takes \(tensor.shapeText), or a stack of them")
      }
      bytes = try Conversion(file: file, element: element, tensor: tensor).bytes()
    } else {
      guard file.data.count >= size, file.data.count.isMultiple(of: size) else {
        throw ArrayFile.error(
          file.path,
          "has \(file.data.count) bytes; the model's input '\(tensor.name)' takes "
            + "\(size), or a multiple of it")
      }
      bytes = Array(file.data)
    }
    return stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<$0 + size]) }
  }

  /// Whether an array is one input or a stack of them: with the model's batch in front, a longer
  /// first dimension, one more dimension, without the batch of one, or each input flat.
  private static func holds(_ shape: [Int], _ wanted: [Int]) -> Bool {
    let batch = wanted.first ?? 1
    let rest = Array(wanted.dropFirst())
    if shape == wanted || Array(shape.dropFirst()) == wanted { return true }
    if !wanted.isEmpty, Array(shape.dropFirst()) == rest, shape.first?.isMultiple(of: batch) == true
    {
      return true
    }
    if batch == 1, shape == rest { return true }
    return shape.count == 2 && shape[1] == wanted.reduce(1, *)
  }
}

/// The elements of a file as those of the model.
private struct Conversion {
  let file: ArrayFile
  let element: ArrayFile.Element
  let tensor: Tensor

  func bytes() throws -> [UInt8] {
    switch (element, tensor.type) {
    case (.int8, .int8), (.uint8, .uint8), (.int16, .int16), (.int32, .int32), (.bool, .bool),
      (.float32, .float32):
      return Array(file.data)
    case (.uint8, .int8): return try shifted()
    case (.float32, .int8): return try quantized(-128...127).map { UInt8(truncatingIfNeeded: $0) }
    case (.float32, .uint8): return try quantized(0...255).map { UInt8(truncatingIfNeeded: $0) }
    case (.float32, .int16):
      return try quantized(-32768...32767).flatMap {
        [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)]
      }
    default:
      throw ArrayFile.error(
        file.path,
        "holds \(element); the model's input '\(tensor.name)' is "
          + "\(tensor.type.rawValue)"
          + (tensor.quantization == nil ? "" : "; float32 would be quantized for it"))
    }
  }

  /// Images of 0...255, for a model that takes them as -128...127.
  private func shifted() throws -> [UInt8] {
    guard tensor.quantization?.whole?.zeroPoint == -128 else {
      throw ArrayFile.error(
        file.path,
        "holds uint8, which suits an int8 input with zero point -128; that of "
          + "'\(tensor.name)' is \(tensor.quantization?.whole?.zeroPoint ?? 0): save int8, or "
          + "float32 to have it quantized")
    }
    return file.data.map { $0 ^ 0x80 }
  }

  private func quantized(_ range: ClosedRange<Int>) throws -> [Int] {
    guard let (scale, zeroPoint) = tensor.quantization?.whole else {
      throw ArrayFile.error(
        file.path,
        "holds float32, but the model's input '\(tensor.name)' has no scale to "
          + "quantize it with; save \(tensor.type.rawValue)")
    }
    return try stride(from: file.data.startIndex, to: file.data.endIndex, by: 4).map { place in
      let bits = (0..<4).reduce(UInt32(0)) {
        $0 | UInt32(file.data[place + $1]) << (8 * UInt32($1))
      }
      let value = Float(bitPattern: bits)
      guard value.isFinite else {
        throw ArrayFile.error(
          file.path,
          "holds \(value) at element \((place - file.data.startIndex) / 4); only "
            + "finite numbers can be quantized")
      }
      let steps = Double((value / scale).rounded(.toNearestOrAwayFromZero))
      let limit = Double(range.upperBound - range.lowerBound)
      return min(
        max(Int(min(max(steps, -2 * limit), 2 * limit)) + zeroPoint, range.lowerBound),
        range.upperBound)
    }
  }
}
