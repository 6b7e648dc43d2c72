// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What the elements of a tensor are. Those that Breadboard does not compute on are known by name
/// so that a refusal can say what was found.
public enum ElementType: String, Sendable {
  case int8, int16, int32, int64, bool, uint8, float32
  case bfloat16, float16, float64
  case uint16, uint32, uint64
  case int2, int4, uint4
  case string, complex64, complex128, resource, variant

  /// Bytes of an element that Breadboard can hold; nil for the others.
  public var byteCount: Int? {
    switch self {
    case .int8, .uint8, .bool: 1
    case .int16: 2
    case .int32, .float32: 4
    case .int64: 8
    default: nil
    }
  }
}

/// The affine map `real = scale * (value - zeroPoint)`, for a whole tensor or for each index of one
/// dimension.
public struct Quantization: Equatable, Sendable {
  public var scales: [Float]
  public var zeroPoints: [Int]
  /// Which dimension the scales belong to, where there is more than one.
  public var dimension: Int

  public init(scales: [Float], zeroPoints: [Int], dimension: Int = 0) {
    self.scales = scales
    self.zeroPoints = zeroPoints
    self.dimension = dimension
  }

  public init(scale: Float, zeroPoint: Int) {
    self.init(scales: [scale], zeroPoints: [zeroPoint])
  }

  /// The scale and zero point of a tensor that has just one, and nil otherwise.
  public var whole: (scale: Float, zeroPoint: Int)? {
    guard scales.count == 1, zeroPoints.count == 1 else { return nil }
    return (scales[0], zeroPoints[0])
  }
}

public struct Tensor: Equatable, Sendable {
  public var name: String
  public var shape: [Int]
  public var type: ElementType
  public var quantization: Quantization?
  /// Little-endian elements, where the model holds them.
  public var constant: ArraySlice<UInt8>?

  public init(
    name: String, shape: [Int], type: ElementType, quantization: Quantization? = nil,
    constant: ArraySlice<UInt8>? = nil
  ) {
    self.name = name
    self.shape = shape
    self.type = type
    self.quantization = quantization
    self.constant = constant
  }

  /// Elements; a validated graph's tensors have 1 to `Graph.Limits.elements`.
  public var count: Int { shape.reduce(1, *) }

  /// Bytes of all elements; 0 where Breadboard cannot hold the type.
  public var byteCount: Int { count * (type.byteCount ?? 0) }

  /// The constant as signed bytes.
  public var int8Values: [Int8]? {
    guard type == .int8, let constant else { return nil }
    return constant.map { Int8(bitPattern: $0) }
  }

  /// The constant as 32-bit integers.
  public var int32Values: [Int32]? {
    guard type == .int32, let constant else { return nil }
    return (0..<constant.count / 4).map { index in
      (0..<4).reduce(0) { value, byte in
        value | Int32(constant[constant.startIndex + 4 * index + byte]) << (8 * Int32(byte))
      }
    }
  }

  /// The shape as people write it: `1x49x10x1`.
  public var shapeText: String {
    shape.isEmpty ? "scalar" : shape.map(String.init).joined(separator: "x")
  }
}
