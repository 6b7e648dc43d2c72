// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension SAMD21 {
  /// Ports A and B; the registers of B lie 0x80 behind those of A (DS40001882, PORT).
  public enum PORT {
    public enum Offset {
      public static let direction: UInt32 = 0x000  // DIR[2]
      public static let directionClear: UInt32 = 0x004  // DIRCLR[2]
      public static let directionSet: UInt32 = 0x008  // DIRSET[2]
      public static let directionToggle: UInt32 = 0x00C  // DIRTGL[2]
      public static let output: UInt32 = 0x010  // OUT[2]
      public static let outputClear: UInt32 = 0x014  // OUTCLR[2]
      public static let outputSet: UInt32 = 0x018  // OUTSET[2]
      public static let outputToggle: UInt32 = 0x01C  // OUTTGL[2]
      public static let input: UInt32 = 0x020  // IN[2]
      public static let sampling: UInt32 = 0x024  // CTRL[2]
      public static let writeConfiguration: UInt32 = 0x028  // WRCONFIG[2]
      public static let multiplexer: UInt32 = 0x030  // PMUX0_[16]
      public static let pinConfiguration: UInt32 = 0x040  // PINCFG0_[32]
    }

    public enum Write {
      public static let pins: UInt32 = 0xFFFF  // WRCONFIG.PINMASK
      public static let multiplexerEnable: UInt32 = 1 << 16  // WRCONFIG.PMUXEN
      public static let inputEnable: UInt32 = 1 << 17  // WRCONFIG.INEN
      public static let pullEnable: UInt32 = 1 << 18  // WRCONFIG.PULLEN
      public static let strong: UInt32 = 1 << 22  // WRCONFIG.DRVSTR
      public static let multiplexer: UInt32 = 0xF << 24  // WRCONFIG.PMUX
      public static let multiplexerShift: UInt32 = 24  // WRCONFIG.PMUX shift
      public static let writesMultiplexer: UInt32 = 1 << 28  // WRCONFIG.WRPMUX
      public static let writesConfiguration: UInt32 = 1 << 30  // WRCONFIG.WRPINCFG
      public static let upperHalf: UInt32 = 1 << 31  // WRCONFIG.HWSEL
    }

    public enum Pin {
      public static let multiplexerEnable: UInt32 = 1 << 0  // PINCFG0_.PMUXEN
      public static let inputEnable: UInt32 = 1 << 1  // PINCFG0_.INEN
      public static let pullEnable: UInt32 = 1 << 2  // PINCFG0_.PULLEN
      public static let strong: UInt32 = 1 << 6  // PINCFG0_.DRVSTR
    }

    public enum Multiplexer {
      public static let even: UInt32 = 0xF  // PMUX0_.PMUXE
      public static let odd: UInt32 = 0xF << 4  // PMUX0_.PMUXO
      public static let oddShift: UInt32 = 4  // PMUX0_.PMUXO shift
    }
  }
}
