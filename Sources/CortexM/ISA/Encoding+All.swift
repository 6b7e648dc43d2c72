// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension Encoding {
  /// Every row of ARMv7E-M and FPv5, ARMv6-M's among them. No word belongs to two of them.
  static let all: [Encoding] = [
    thumb16DataProcessing, thumb16Registers, thumb16HighRegisters, thumb16LoadStore,
    thumb16Miscellaneous, thumb16Control,
    thumb32ShiftedRegister, thumb32ModifiedImmediate, thumb32PlainImmediate, thumb32Register,
    thumb32Miscellaneous, thumb32Parallel, thumb32Multiply, thumb32LongMultiply,
    thumb32LoadStore, thumb32LoadProgramCounter, thumb32MemoryHints, thumb32LoadStoreMultiple,
    thumb32DualExclusive, thumb32Branch, thumb32Control, thumb32Coprocessor,
    floatArithmetic, floatConvert, floatMove, floatLoadStore, fpv5Single,
    doubleArithmetic, doubleMove, doubleConvert, fpv5Double,
  ].flatMap(\.self)

  /// The rows that an architecture has.
  static func all(of architecture: Architecture) -> [Encoding] {
    all.filter { architecture.has($0.level) }
  }
}
