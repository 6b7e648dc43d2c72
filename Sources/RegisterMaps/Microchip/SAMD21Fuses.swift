// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension SAMD21 {
  /// Rows of flash beside the main array (DS40001882, NVM User Row Mapping, NVM Software
  /// Calibration Area Mapping, Serial Number).
  public enum Fuses {
    public static let base: UInt32 = 0x0080_0000
    public static let userRow: UInt32 = 0x0080_4000
    public static let rowSize: UInt32 = 0x100
    /// OTP4: calibration values that firmware copies to where they are needed.
    public static let calibration: UInt32 = 0x0080_6020
    /// The four words of the serial number, which do not lie together.
    public static let serialNumber0: UInt32 = 0x0080_A00C
    public static let serialNumber1: UInt32 = 0x0080_A040
    public static let serialNumber2: UInt32 = 0x0080_A044
    public static let serialNumber3: UInt32 = 0x0080_A048

    /// The user row as chips leave the factory: no boot protection, brown-out reset at 1.7 V, no
    /// watchdog, no region locked.
    public static let userWord0: UInt32 = 0xD8E0_C7FF
    public static let userWord1: UInt32 = 0xFFFF_FC5D
    /// What that makes of SYSCTRL.BOD33: on, resets the chip, level 7.
    public static let brownOut: UInt32 = 0x0007_000A

    /// Protected rows at the start of flash, from 32 KiB down to none, by BOOTPROT.
    public static func bootProtectedBytes(_ userWord0: UInt32) -> UInt32 {
      let choice = userWord0 & 7
      return choice == 7 ? 0 : 0x8000 >> choice
    }
  }

  /// NVMCTRL.CTRLA.CMD (DS40001882, NVMCTRL).
  public enum FlashCommand {
    public static let key: UInt32 = 0xA5
    public static let eraseRow: UInt32 = 0x02
    public static let writePage: UInt32 = 0x04
    public static let eraseAuxiliaryRow: UInt32 = 0x05
    public static let writeAuxiliaryPage: UInt32 = 0x06
    public static let lockRegion: UInt32 = 0x40
    public static let unlockRegion: UInt32 = 0x41
    public static let setPowerReduction: UInt32 = 0x42
    public static let clearPowerReduction: UInt32 = 0x43
    public static let clearPageBuffer: UInt32 = 0x44
    public static let setSecurityBit: UInt32 = 0x45
    public static let invalidateCache: UInt32 = 0x46
  }
}
