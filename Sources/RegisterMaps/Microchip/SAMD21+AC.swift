// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension SAMD21 {
  /// Analogue comparators (SAM D21 Family Data Sheet DS40001882, 34). Each line names its register
  /// in the SVD; a test holds it against it.
  public enum AC {
    public enum Offset {
      public static let controlA: UInt32 = 0x00  // CTRLA
      public static let controlB: UInt32 = 0x01  // CTRLB
      public static let eventControl: UInt32 = 0x02  // EVCTRL
      public static let interruptEnableClear: UInt32 = 0x04  // INTENCLR
      public static let interruptEnableSet: UInt32 = 0x05  // INTENSET
      public static let interruptFlags: UInt32 = 0x06  // INTFLAG
      public static let statusA: UInt32 = 0x08  // STATUSA
      public static let statusB: UInt32 = 0x09  // STATUSB
      public static let statusC: UInt32 = 0x0A  // STATUSC
      public static let windowControl: UInt32 = 0x0C  // WINCTRL
      public static let comparatorControl: UInt32 = 0x10  // COMPCTRL[2]
      public static let scaler: UInt32 = 0x20  // SCALER[2]
    }

    public enum ControlA {
      public static let softwareReset: UInt32 = 1 << 0  // CTRLA.SWRST
      public static let enable: UInt32 = 1 << 1  // CTRLA.ENABLE
    }

    public enum StatusB {
      public static let ready0: UInt32 = 1 << 0  // STATUSB.READY0
      public static let ready1: UInt32 = 1 << 1  // STATUSB.READY1
    }
  }
}
