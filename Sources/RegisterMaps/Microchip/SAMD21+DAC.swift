// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension SAMD21 {
  /// Digital-to-analogue converter (SAM D21 Family Data Sheet DS40001882, 35). Each line names its
  /// register in the SVD; a test holds it against it.
  public enum DAC {
    public enum Offset {
      public static let controlA: UInt32 = 0x0  // CTRLA
      public static let controlB: UInt32 = 0x1  // CTRLB
      public static let eventControl: UInt32 = 0x2  // EVCTRL
      public static let interruptEnableClear: UInt32 = 0x4  // INTENCLR
      public static let interruptEnableSet: UInt32 = 0x5  // INTENSET
      public static let interruptFlags: UInt32 = 0x6  // INTFLAG
      public static let status: UInt32 = 0x7  // STATUS
      public static let data: UInt32 = 0x8  // DATA
      public static let dataBuffer: UInt32 = 0xC  // DATABUF
    }

    public enum ControlA {
      public static let softwareReset: UInt32 = 1 << 0  // CTRLA.SWRST
      public static let enable: UInt32 = 1 << 1  // CTRLA.ENABLE
    }

    public enum Interrupt {
      public static let underrun: UInt32 = 1 << 0  // INTFLAG.UNDERRUN
      public static let empty: UInt32 = 1 << 1  // INTFLAG.EMPTY
      public static let synchronised: UInt32 = 1 << 2  // INTFLAG.SYNCRDY
    }

    public enum Status {
      public static let busy: UInt32 = 1 << 7  // STATUS.SYNCBUSY
    }
  }
}
