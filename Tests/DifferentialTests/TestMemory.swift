// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Where the machines under comparison have memory. Both map buffers of the host, so that contents
/// are set and compared without a call per access.
struct TestMemory {
  static let codeBase: UInt32 = 0x0001_0000
  static let codeSize = 0x4000
  /// Where the code under test begins: literals lie up to 4 KiB around it.
  static let entry: UInt32 = 0x0001_2000
  static let dataBase: UInt32 = 0x2000_0000
  static let dataSize = 0x8000
  static let dataMiddle: UInt32 = 0x2000_4000

  let code: UnsafeMutableRawPointer
  let data: UnsafeMutableRawPointer

  /// Page-aligned, as Unicorn wants it. Never freed: one per process.
  init() {
    code = .allocate(byteCount: Self.codeSize, alignment: 4096)
    data = .allocate(byteCount: Self.dataSize, alignment: 4096)
  }

  /// What memory holds before each case: noise in the code region (literals), and in the data
  /// region noise too.
  func fill(from pristine: TestMemory) {
    code.copyMemory(from: pristine.code, byteCount: Self.codeSize)
    data.copyMemory(from: pristine.data, byteCount: Self.dataSize)
  }

  func fill(using bits: inout SeededBits) {
    for offset in stride(from: 0, to: Self.codeSize, by: 8) {
      code.storeBytes(of: bits.next(), toByteOffset: offset, as: UInt64.self)
    }
    for offset in stride(from: 0, to: Self.dataSize, by: 8) {
      data.storeBytes(of: bits.next(), toByteOffset: offset, as: UInt64.self)
    }
  }

  /// Every word is the address of an instruction in the code region.
  func fillWithTargets(using bits: inout SeededBits) {
    for (region, size) in [(code, Self.codeSize), (data, Self.dataSize)] {
      for offset in stride(from: 0, to: size, by: 4) {
        let target = Self.codeBase + bits.below(UInt32(Self.codeSize)) | 1
        region.storeBytes(of: target, toByteOffset: offset, as: UInt32.self)
      }
    }
  }

  func place(_ halfwords: [UInt16], at address: UInt32) {
    for (index, halfword) in halfwords.enumerated() {
      let offset = Int(address - Self.codeBase) + index * 2
      code.storeBytes(of: halfword.littleEndian, toByteOffset: offset, as: UInt16.self)
    }
  }

  /// Places that differ, at most eight.
  func differences(from other: TestMemory) -> [String] {
    var found: [String] = []
    for (base, size, ours, theirs) in [
      (Self.codeBase, Self.codeSize, code, other.code),
      (Self.dataBase, Self.dataSize, data, other.data),
    ] {
      for offset in stride(from: 0, to: size, by: 8) where found.count < 8 {
        let a = ours.load(fromByteOffset: offset, as: UInt64.self)
        let b = theirs.load(fromByteOffset: offset, as: UInt64.self)
        guard a != b else { continue }
        let address = hex(base + UInt32(offset))
        found.append(
          "[\(address)]: 0x\(String(a, radix: 16)), Unicorn 0x\(String(b, radix: 16))")
      }
    }
    return found
  }

  func equals(_ other: TestMemory) -> Bool {
    isEqual(code, other.code, Self.codeSize) && isEqual(data, other.data, Self.dataSize)
  }

  private func isEqual(
    _ a: UnsafeMutableRawPointer, _ b: UnsafeMutableRawPointer, _ count: Int
  ) -> Bool {
    var difference: UInt64 = 0
    for offset in stride(from: 0, to: count, by: 8) {
      difference |=
        a.load(fromByteOffset: offset, as: UInt64.self)
        ^ b.load(fromByteOffset: offset, as: UInt64.self)
    }
    return difference == 0
  }
}
