// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension SAMD21 {
  /// Watchdog timer (DS40001882, WDT).
  public enum WDT {
    public enum Offset {
      public static let control: UInt32 = 0x000  // CTRL
      public static let configuration: UInt32 = 0x001  // CONFIG
      public static let earlyWarning: UInt32 = 0x002  // EWCTRL
      public static let interruptEnableClear: UInt32 = 0x004  // INTENCLR
      public static let interruptEnableSet: UInt32 = 0x005  // INTENSET
      public static let interruptFlags: UInt32 = 0x006  // INTFLAG
      public static let status: UInt32 = 0x007  // STATUS
      public static let clear: UInt32 = 0x008  // CLEAR
    }

    /// Values after reset that are not zero.
    public enum Reset {
      public static let configuration: UInt32 = 0xBB  // CONFIG
      public static let earlyWarning: UInt32 = 0xB  // EWCTRL
    }

    public enum Control {
      public static let enable: UInt32 = 1 << 1  // CTRL.ENABLE
      public static let windowEnable: UInt32 = 1 << 2  // CTRL.WEN
      public static let alwaysOn: UInt32 = 1 << 7  // CTRL.ALWAYSON
    }

    public enum Configuration {
      public static let period: UInt32 = 0xF  // CONFIG.PER
      public static let window: UInt32 = 0xF << 4  // CONFIG.WINDOW
      public static let windowShift: UInt32 = 4  // CONFIG.WINDOW shift
    }

    public enum EarlyWarning {
      public static let offset: UInt32 = 0xF  // EWCTRL.EWOFFSET
      public static let flag: UInt32 = 1 << 0  // INTFLAG.EW
    }

    public enum Status {
      public static let busy: UInt32 = 1 << 7  // STATUS.SYNCBUSY
    }
  }
}
