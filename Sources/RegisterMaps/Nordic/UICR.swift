// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// User information configuration registers (nRF52840 Product Specification
/// v1.7, 4.5). Each line names its register in the manual; a test holds it against the SVD.
public enum UICR {
  public enum Offset {
    public static let firmware: UInt32 = 0x014  // NRFFW[13]
    public static let hardware: UInt32 = 0x050  // NRFHW[12]
    public static let customer: UInt32 = 0x080  // CUSTOMER[32]
    public static let pinSelectReset: UInt32 = 0x200  // PSELRESET[2]
    public static let accessPortProtection: UInt32 = 0x208  // APPROTECT
    public static let nfcPins: UInt32 = 0x20C  // NFCPINS
    public static let debugControl: UInt32 = 0x210  // DEBUGCTRL
    public static let regulatorOutput0: UInt32 = 0x304  // REGOUT0
  }
}
