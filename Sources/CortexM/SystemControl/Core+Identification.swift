// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Which registers of the System Control Space a processor has, and what it says of itself there.
extension Core {
  /// The bits that ARMv6-M has of a register of ARMv7-M; the rest read as zero and ignore writes
  /// (ARMv6-M ARM, B3.2 to B3.5).
  func implementedBits(of offset: UInt32) -> UInt32 {
    if configuration.architecture.isMainline { return .max }
    switch offset {
    case 0x008, 0x010, 0x014, 0x018, 0x01C, 0x100, 0x180, 0x200, 0x280, 0x400..<0x420: return .max
    case 0xD00, 0xD10, 0xD14, 0xD1C, 0xD20, 0xD30, 0xD90..<0xDA4, 0xDF0..<0xE00: return .max
    // ICSR without RETTOBASE.
    case 0xD04: return ~(1 << 11)
    // VTOR, an option of Cortex-M0+ that every chip took.
    case 0xD08: return configuration.processor == .cortexM0Plus ? .max : 0
    // AIRCR without PRIGROUP, SHCSR with SVCALLPENDED alone.
    case 0xD0C: return ~0x700
    case 0xD24: return 1 << 15
    default: return 0
    }
  }

  /// CPUID, and where the processor has them the ID registers; nil for what it does not have.
  func identification(_ offset: UInt32) -> UInt32? {
    switch configuration.processor {
    // CPUID of r0p0 and r0p1; ARMv6-M has no other.
    case .cortexM0: offset == 0xD00 ? 0x410C_C200 : nil
    case .cortexM0Plus: offset == 0xD00 ? 0x410C_C601 : nil
    case .cortexM3: Self.cortexM3[offset]
    case .cortexM4: Self.cortexM4[offset]
    case .cortexM7: Self.cortexM7[offset] ?? cache(offset)
    }
  }

  /// Cortex-M3 r2p1 (TRM, table 4-1).
  private static let cortexM3: [UInt32: UInt32] = [
    0xD00: 0x412F_C231, 0xD40: 0x30, 0xD44: 0x200, 0xD48: 0x0010_0000, 0xD4C: 0,
    0xD50: 0x0010_0030, 0xD54: 0, 0xD58: 0x0100_0000, 0xD5C: 0, 0xD60: 0x0110_0110,
    0xD64: 0x0211_1000, 0xD68: 0x2111_2231, 0xD6C: 0x0111_1110, 0xD70: 0x0131_0132, 0xD74: 0,
    0xD78: 0, 0xD7C: 0, 0xD80: 0,
  ]

  /// Cortex-M4 r0p1 (TRM, table 4-1).
  private static let cortexM4: [UInt32: UInt32] = [
    0xD00: 0x410F_C241, 0xD40: 0x30, 0xD44: 0x200, 0xD48: 0x0010_0000, 0xD4C: 0,
    0xD50: 0x0010_0030, 0xD54: 0, 0xD58: 0x0100_0000, 0xD5C: 0, 0xD60: 0x0110_1110,
    0xD64: 0x0211_2000, 0xD68: 0x2123_2231, 0xD6C: 0x0111_1131, 0xD70: 0x0131_0132, 0xD74: 0,
    0xD78: 0, 0xD7C: 0, 0xD80: 0,
  ]

  /// Cortex-M7 r1p1 (TRM, table 3-1), with two levels-one caches in CLIDR.
  private static let cortexM7: [UInt32: UInt32] = [
    0xD00: 0x411F_C271, 0xD40: 0x30, 0xD44: 0x200, 0xD48: 0x0010_0000, 0xD4C: 0,
    0xD50: 0x0010_0030, 0xD54: 0, 0xD58: 0x0100_0000, 0xD5C: 0, 0xD60: 0x0110_1110,
    0xD64: 0x0211_2000, 0xD68: 0x2023_2231, 0xD6C: 0x0111_1131, 0xD70: 0x0131_0132, 0xD74: 0,
    0xD78: 0x0900_0003, 0xD7C: 0x8303_C003,
  ]

  /// MVFR0 to MVFR2.
  func floatingPointFeatures(_ offset: UInt32) -> UInt32 {
    let values: [UInt32] =
      switch configuration.architecture.floatingPoint {
      case .none: [0, 0, 0]
      case .fpv4Single: [0x1011_0021, 0x1100_0011, 0]
      case .fpv5Single: [0x1011_0021, 0x1100_0011, 0x40]
      case .fpv5Double: [0x1011_0221, 0x1200_0011, 0x40]
      }
    return values[Int(offset &- 0xF40) / 4 % 3]
  }
}

// The caches of Cortex-M7, of which programs see registers alone: memory never waits here, and what
// one side writes the other one reads (TRM, 3.3).
extension Core {
  /// CCSIDR and CSSELR; ITCMCR to ABFSR, which come out of reset as zero.
  private func cache(_ offset: UInt32) -> UInt32? {
    switch offset {
    // 16 KiB each: 256 sets of 2 lines of instructions, 128 sets of 4 lines of data, 32 bytes.
    case 0xD80: system.cacheSelection & 1 != 0 ? 0xF01F_E009 : 0xF00F_E019
    case 0xD84: system.cacheSelection
    case 0xF50..<0xF7C: 0
    case 0xF90..<0xFAC: system.memoryControl[Int(offset &- 0xF90) / 4]
    default: nil
    }
  }

  /// Maintenance by address and by set and way does nothing; false where there is no cache.
  func writeCache(_ offset: UInt32, _ value: UInt32) -> Bool {
    guard configuration.processor == .cortexM7 else { return false }
    switch offset {
    case 0xD84: system.cacheSelection = value & 15
    // ICIALLU, ICIMVAU … BPIALL.
    case 0xF50..<0xF7C: break
    case 0xF90..<0xFAC: system.memoryControl[Int(offset &- 0xF90) / 4] = value
    default: return false
    }
    return true
  }
}
