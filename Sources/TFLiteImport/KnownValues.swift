// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph

/// Results that are known when a model is read: shapes and what exporters compute from them, fills
/// with constants, and weights that are stored in fewer bits than they are used in.
struct KnownValues {
  /// Elements of a fill that is made at once.
  private static let fillLimit = 4096
  /// Bytes that a file, however its tensors share buffers, may become.
  private static let byteLimit = 1 << 28

  let entries: [OperatorEntry]
  let inputs: Set<Int>

  /// Makes constants of tensors; returns the operators that are not needed any more.
  func resolve(_ tensors: inout [Tensor]) -> Set<Int> {
    var resolved: Set<Int> = []
    var byteCount = 0
    for entry in entries {
      guard entry.outputs.count == 1, let output = entry.outputs.first,
        tensors.indices.contains(output), tensors[output].constant == nil,
        !inputs.contains(output), entry.isOfKnownVersion, byteCount < Self.byteLimit,
        let bytes = value(of: entry, output: tensors[output], tensors),
        let count = tensors[output].checkedCount, let width = tensors[output].type.byteCount,
        bytes.count == count * width
      else { continue }
      byteCount += bytes.count
      tensors[output].constant = bytes
      resolved.insert(entry.index)
    }
    return resolved
  }

  private func value(
    of entry: OperatorEntry, output: Tensor, _ tensors: [Tensor]
  ) -> ArraySlice<UInt8>? {
    guard entry.inputs.allSatisfy({ tensors.indices.contains($0) }),
      let first = entry.inputs.first.map({ tensors[$0] })
    else { return nil }
    switch entry.name {
    case "SHAPE": return output.encoded(first.shape)
    case "RANK": return output.encoded([first.shape.count])
    case "DEQUANTIZE": return output.type == .float32 ? first.dequantized : nil
    case "FILL":
      guard entry.inputs.count == 2, let count = output.checkedCount, count <= Self.fillLimit,
        let value = tensors[entry.inputs[1]].constant, tensors[entry.inputs[1]].type == output.type,
        value.count == output.type.byteCount
      else { return nil }
      return Array(repeatElement(value, count: count).joined())[...]
    case "RESHAPE", "SQUEEZE", "EXPAND_DIMS":
      return first.type == output.type && first.quantization == output.quantization
        ? first.constant : nil
    default:
      guard output.shape.count <= 1, let values = integers(entry, tensors) else { return nil }
      return output.encoded(values)
    }
  }

  /// Arithmetic with shapes: numbers and lists of them.
  private func integers(_ entry: OperatorEntry, _ tensors: [Tensor]) -> [Int]? {
    guard let row = OperatorRow.all[entry.name],
      let (kind, inputs) = try? row.read(entry.reader(tensors, Variables()))
    else { return nil }
    let operands = inputs.compactMap { index -> [Int]? in
      guard tensors.indices.contains(index), tensors[index].shape.count <= 1,
        let constant = tensors[index].constant, constant.count <= 8 * Graph.Limits.operands
      else { return nil }
      return tensors[index].integers
    }
    guard operands.count == inputs.count, let first = operands.first else { return nil }
    switch kind {
    case .cast: return first
    case .pack(0): return operands.allSatisfy { $0.count == 1 } ? operands.map { $0[0] } : nil
    case .concatenation(0, .none): return Array(operands.joined())
    case .slice(let begin, let strides, let extents) where begin.count == 1:
      guard extents[0] >= 0, extents[0] <= first.count else { return nil }
      let places = (0..<extents[0]).map { begin[0] &+ $0 &* strides[0] }
      return places.allSatisfy(first.indices.contains) ? places.map { first[$0] } : nil
    case .gather(0, 0) where operands.count == 2:
      return operands[1].allSatisfy(first.indices.contains) ? operands[1].map { first[$0] } : nil
    case .binary(let function, .none) where operands.count == 2:
      return arithmetic(function, first, operands[1])
    default: return nil
    }
  }

  private func arithmetic(_ function: BinaryFunction, _ a: [Int], _ b: [Int]) -> [Int]? {
    let count = max(a.count, b.count)
    guard [1, count].contains(a.count), [1, count].contains(b.count) else { return nil }
    let pairs = (0..<count).map { (a[a.count == 1 ? 0 : $0], b[b.count == 1 ? 0 : $0]) }
    switch function {
    case .add: return pairs.map { $0 &+ $1 }
    case .subtract: return pairs.map { $0 &- $1 }
    case .multiply: return pairs.map { $0 &* $1 }
    case .maximum: return pairs.map { max($0, $1) }
    case .minimum: return pairs.map { min($0, $1) }
    default: return nil
    }
  }
}

extension Tensor {
  /// Integers as this tensor's bytes.
  fileprivate func encoded(_ values: [Int]) -> ArraySlice<UInt8>? {
    guard type == .int32 || type == .int64, let width = type.byteCount else { return nil }
    return values.flatMap { value in
      (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }[...]
  }

  /// A constant's real values as float32 bytes: of half precision, or of 8-bit integers.
  fileprivate var dequantized: ArraySlice<UInt8>? {
    guard let constant else { return nil }
    let start = constant.startIndex
    let reals: [Float]
    switch type {
    case .float16:
      reals = (0..<constant.count / 2).map {
        halfPrecision(UInt16(constant[start + 2 * $0]) | UInt16(constant[start + 2 * $0 + 1]) << 8)
      }
    case .int8:
      guard let (scale, zeroPoint) = quantization?.whole else { return nil }
      reals = constant.map {
        Float(Double(scale) * Double(Int(Int8(bitPattern: $0)) &- zeroPoint))
      }
    default: return nil
    }
    return reals.flatMap { real in
      (0..<4).map { UInt8(truncatingIfNeeded: real.bitPattern >> UInt32(8 * $0)) }
    }[...]
  }
}

/// IEEE 754 binary16, which not every host's Swift has as a type.
func halfPrecision(_ bits: UInt16) -> Float {
  let sign = UInt32(bits & 0x8000) << 16
  let exponent = UInt32(bits >> 10 & 0x1F)
  let fraction = UInt32(bits & 0x3FF)
  switch exponent {
  case 0:
    let magnitude = Float(fraction) * 0x1p-24
    return sign == 0 ? magnitude : -magnitude
  case 0x1F: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
  default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
  }
}
