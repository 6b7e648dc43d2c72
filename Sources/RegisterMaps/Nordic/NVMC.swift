// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Non-volatile memory controller (nRF52840 Product Specification
/// v1.7, 4.3). Each line names its register in the manual; a test holds it against the SVD.
public enum NVMC {
  public enum Offset {
    public static let ready: UInt32 = 0x400  // READY
    public static let readyNext: UInt32 = 0x408  // READYNEXT
    public static let config: UInt32 = 0x504  // CONFIG
    public static let erasePage: UInt32 = 0x508  // ERASEPAGE
    public static let eraseAll: UInt32 = 0x50C  // ERASEALL
    public static let eraseUICR: UInt32 = 0x514  // ERASEUICR
    public static let erasePagePartial: UInt32 = 0x518  // ERASEPAGEPARTIAL
    public static let erasePagePartialConfig: UInt32 = 0x51C  // ERASEPAGEPARTIALCFG
    public static let cacheConfiguration: UInt32 = 0x540  // ICACHECNF
    public static let cacheHits: UInt32 = 0x548  // IHIT
    public static let cacheMisses: UInt32 = 0x54C  // IMISS
  }

  /// Values after reset that are not zero.
  public enum Reset {
    public static let ready: UInt32 = 0x1  // READY
    public static let readyNext: UInt32 = 0x1  // READYNEXT
    public static let erasePagePartialConfig: UInt32 = 0xA  // ERASEPAGEPARTIALCFG
  }

  public enum Config {
    public static let readOnly: UInt32 = 0  // CONFIG.WEN=Ren
    public static let write: UInt32 = 1  // CONFIG.WEN=Wen
    public static let erase: UInt32 = 2  // CONFIG.WEN=Een
  }

  public enum Cache {
    public static let enable: UInt32 = 1 << 0  // ICACHECNF.CACHEEN
    public static let profiling: UInt32 = 1 << 8  // ICACHECNF.CACHEPROFEN
  }
}
