// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import firmware

/// A `.npy` file as NumPy writes it, or spoilt.
struct ArrayBytes {
  var version: UInt8 = 1
  var header = "{'descr': '|i1', 'fortran_order': False, 'shape': (2, 3), }"
  var data: [UInt8] = [1, 2, 3, 4, 5, 0xFF]

  init() {}

  init(_ description: String, _ shape: String, _ data: [UInt8]) {
    header = "{'descr': '\(description)', 'fortran_order': False, 'shape': (\(shape)), }"
    self.data = data
  }

  var bytes: [UInt8] {
    let text = Array((header + "\n").utf8)
    let length = (0..<(version == 1 ? 2 : 4)).map {
      UInt8(truncatingIfNeeded: text.count >> (8 * $0))
    }
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + text + data
  }

  static func floats(_ shape: String, _ values: [Float]) -> ArrayBytes {
    ArrayBytes(
      "<f4", shape,
      values.flatMap { value in
        (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) }
      })
  }
}

@Suite struct ArrayFileTests {
  private func complaint(_ bytes: [UInt8], _ path: String = "x.npy") throws -> String {
    let error = #expect(throws: (any Error).self) { try ArrayFile(bytes: bytes, path: path) }
    return "\(try #require(error))"
  }

  @Test(arguments: [UInt8(1), 2, 3]) func everyVersion_isRead(version: UInt8) throws {
    var file = ArrayBytes()
    file.version = version
    let array = try ArrayFile(bytes: file.bytes, path: "x.npy")
    #expect(array.element == .int8)
    #expect(array.shape == [2, 3])
    #expect(Array(array.data) == [1, 2, 3, 4, 5, 0xFF])
  }

  @Test func shapes_areReadAsPythonWritesThem() throws {
    #expect(try ArrayFile(bytes: ArrayBytes("|u1", "3,", [1, 2, 3]).bytes, path: "x").shape == [3])
    #expect(try ArrayFile(bytes: ArrayBytes("|u1", "", [1]).bytes, path: "x").shape == [])
    let floats = ArrayBytes.floats("1, 2", [0.5, 1])
    #expect(try ArrayFile(bytes: floats.bytes, path: "x").shape == [1, 2])
  }

  @Test func otherFile_isRawBytes() throws {
    let array = try ArrayFile(bytes: [1, 2, 3], path: "x.bin")
    #expect(array.element == nil)
    #expect(Array(array.data) == [1, 2, 3])
  }

  @Test func fileCutAnywhere_isRefused() throws {
    let whole = ArrayBytes().bytes
    for count in whole.indices {
      #expect(throws: (any Error).self) {
        try ArrayFile(bytes: Array(whole[..<count]), path: "x.npy")
      }
    }
  }

  @Test func everyByteFlipped_neverTraps() {
    let whole = ArrayBytes().bytes
    for index in whole.indices {
      for bit in 0..<8 {
        var bytes = whole
        bytes[index] ^= 1 << UInt8(bit)
        _ = try? ArrayFile(bytes: bytes, path: "x.npy")
      }
    }
  }

  @Test func refusals_sayWhatToDo() throws {
    #expect(
      try complaint(ArrayBytes("<f8", "1,", [0, 0, 0, 0, 0, 0, 0, 0]).bytes)
        == "'x.npy' holds elements of type '<f8'; save int8, uint8, bool, int16, int32 or float32, "
        + "little-endian, as .astype(numpy.float32) gives them")
    #expect(
      try complaint(ArrayBytes("|i1", "2, 4", [1]).bytes)
        == "'x.npy' has 1 bytes behind its header, but 2x4 int8 take 8; it is cut or damaged")
    #expect(
      try complaint(ArrayBytes("|i1", "0, 4", []).bytes)
        == "'x.npy' has the shape (0, 4); every dimension must be 1 or more")
    #expect(
      try complaint(ArrayBytes("|i1", "99999999999, 99999999999", []).bytes).contains("shape"))
    #expect(try complaint([1, 2, 3]) == "'x.npy' does not begin as .npy files do")
    var file = ArrayBytes()
    file.header = file.header.replacing("False", with: "True")
    #expect(
      try complaint(file.bytes)
        == "'x.npy' is in Fortran's order; save numpy.ascontiguousarray of it")
    file.header = "{'descr': '|i1', 'shape': (2, 3), }"
    #expect(
      try complaint(file.bytes)
        == "'x.npy' has no fortran_order in its header; save it again with numpy.save")
  }
}
