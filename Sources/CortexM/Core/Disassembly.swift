// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Instructions as text, in the syntax of GNU objdump.
public enum Disassembly {
  /// The instruction whose half words are given, as if at `address`; `second` matters only to
  /// 32-bit instructions.
  public static func line(
    at address: UInt32, _ first: UInt16, _ second: UInt16, for architecture: Architecture
  ) -> DisassembledLine {
    let isWide = Decoder.isWide(first)
    let encoding = isWide ? "\(hexadecimal(first)) \(hexadecimal(second))" : hexadecimal(first)
    return DisassembledLine(
      address: address, encoding: encoding,
      text: Disassembler.text(first, second, at: address, for: architecture),
      size: isWide ? 4 : 2)
  }

  /// nil outside the memory.
  static func line(
    at address: UInt32, in region: CodeRegion, for architecture: Architecture
  ) -> DisassembledLine? {
    guard let first = region.half(at: address) else { return nil }
    return line(at: address, first, region.half(at: address &+ 2) ?? 0, for: architecture)
  }

  private static func hexadecimal(_ half: UInt16) -> String {
    let digits = String(half, radix: 16)
    return String(repeating: "0", count: 4 - digits.count) + digits
  }
}
