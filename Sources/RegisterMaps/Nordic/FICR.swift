// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Factory information configuration registers (nRF52840 Product Specification
/// v1.7, 4.4). Each line names its register in the manual; a test holds it against the SVD.
public enum FICR {
  public enum Offset {
    public static let codePageSize: UInt32 = 0x010  // CODEPAGESIZE
    public static let codeSize: UInt32 = 0x014  // CODESIZE
    public static let deviceID: UInt32 = 0x060  // DEVICEID[2]
    public static let encryptionRoot: UInt32 = 0x080  // ER[4]
    public static let identityRoot: UInt32 = 0x090  // IR[4]
    public static let deviceAddressType: UInt32 = 0x0A0  // DEVICEADDRTYPE
    public static let deviceAddress: UInt32 = 0x0A4  // DEVICEADDR[2]
    public static let infoPart: UInt32 = 0x100  // INFO.PART
    public static let infoVariant: UInt32 = 0x104  // INFO.VARIANT
    public static let infoPackage: UInt32 = 0x108  // INFO.PACKAGE
    public static let infoRAM: UInt32 = 0x10C  // INFO.RAM
    public static let infoFlash: UInt32 = 0x110  // INFO.FLASH
    public static let productionTest: UInt32 = 0x350  // PRODTEST[3]
    public static let temperatureSlope: UInt32 = 0x404  // TEMP.A0
    public static let temperatureIntercept: UInt32 = 0x41C  // TEMP.B0
    public static let temperatureSegment: UInt32 = 0x434  // TEMP.T0
    public static let nfcTagHeader: UInt32 = 0x450  // NFC.TAGHEADER0
    public static let randomNumberTest: UInt32 = 0xC00  // TRNG90B.BYTES
  }

  /// Values after reset that are not zero.
  public enum Reset {
    public static let infoPart: UInt32 = 0x52840  // INFO.PART
    public static let nfcTagHeader: UInt32 = 0xFFFF_FF5F  // NFC.TAGHEADER0
  }
}
