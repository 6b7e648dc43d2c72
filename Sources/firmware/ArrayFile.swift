// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import ModelGraph
import Terminal

/// Numbers in a file: NumPy's `.npy` (numpy.lib.format, versions 1 to 3), or raw bytes.
struct ArrayFile: Equatable {
  enum Element: String, Equatable {
    case int8 = "|i1"
    case uint8 = "|u1"
    case bool = "|b1"
    case int16 = "<i2"
    case int32 = "<i4"
    case float32 = "<f4"

    var byteCount: Int {
      switch self {
      case .int8, .uint8, .bool: 1
      case .int16: 2
      case .int32, .float32: 4
      }
    }
  }

  let path: String
  /// Nil for raw bytes.
  let element: Element?
  /// Nil for raw bytes.
  let shape: [Int]?
  let data: ArraySlice<UInt8>

  init(path: String, limit: Int = 1 << 30) throws {
    try self.init(bytes: InputFile.read(path, limit: limit), path: path)
  }

  init(bytes: [UInt8], path: String) throws {
    self.path = path
    guard bytes.starts(with: Self.magic) else {
      guard !path.hasSuffix(".npy") else {
        throw Self.error(path, "does not begin as .npy files do")
      }
      (element, shape, data) = (nil, nil, bytes[...])
      return
    }
    let header = try Self.header(of: bytes, path)
    let text = String(decoding: header, as: UTF8.self)
    let description = try Self.value(of: "descr", in: text, /'([^']*)'/, path)
    guard let element = Element(rawValue: description) else {
      throw Self.error(
        path,
        "holds elements of type '\(description)'; save int8, uint8, bool, int16, int32 or "
          + "float32, little-endian, as .astype(numpy.float32) gives them")
    }
    guard try Self.value(of: "fortran_order", in: text, /(True|False)/, path) == "False" else {
      throw Self.error(path, "is in Fortran's order; save numpy.ascontiguousarray of it")
    }
    let extents = try Self.value(of: "shape", in: text, /\(([0-9, ]*)\)/, path)
    let shape = try Self.shape(extents, path)
    let expected = shape.reduce(element.byteCount) {
      $0.multipliedReportingOverflow(by: $1).partialValue
    }
    data = bytes[header.endIndex...]
    guard data.count == expected else {
      throw Self.error(
        path,
        "has \(data.count) bytes behind its header, but \(Self.text(shape)) \(element) take "
          + "\(expected); it is cut or damaged")
    }
    (self.element, self.shape) = (element, shape)
  }

  static func text(_ shape: [Int]) -> String {
    shape.isEmpty ? "a scalar" : shape.map(String.init).joined(separator: "x")
  }

  static func error(_ path: String, _ problem: String) -> InputError {
    InputError(description: "'\(path)' \(problem)")
  }

  // MARK: The header

  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// The text between version and data, which is a Python dictionary.
  private static func header(of bytes: [UInt8], _ path: String) throws -> ArraySlice<UInt8> {
    let lengthSize = bytes.count > 6 && bytes[6] == 1 ? 2 : 4
    guard bytes.count > 8 + lengthSize, (1...3).contains(bytes[6]) else {
      throw error(path, "is cut within its first bytes, or of a version later than 3")
    }
    let start = 8 + lengthSize
    let length = (0..<lengthSize).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
    guard length <= bytes.count - start else { throw error(path, "is cut within its header") }
    return bytes[start..<start + length]
  }

  private static func value(
    of key: String, in header: String, _ pattern: Regex<(Substring, Substring)>, _ path: String
  ) throws -> String {
    guard let place = header.firstRange(of: "'\(key)':"),
      let match = try? pattern.prefixMatch(
        in: header[place.upperBound...].drop { $0 == " " })
    else { throw error(path, "has no \(key) in its header; save it again with numpy.save") }
    return String(match.1)
  }

  private static func shape(_ text: String, _ path: String) throws -> [Int] {
    let extents = text.split(separator: ",").map { $0.filter { $0 != " " } }
    let shape = extents.compactMap { Int($0) }
    guard shape.count == extents.count, shape.allSatisfy({ (1...1 << 30).contains($0) }),
      shape.reduce(1.0, { $0 * Double($1) }) <= 0x1p30
    else { throw error(path, "has the shape (\(text)); every dimension must be 1 or more") }
    return shape
  }
}
