// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension SAMD21 {
  /// External interrupt controller (DS40001882, EIC).
  public enum EIC {
    public enum Offset {
      public static let control: UInt32 = 0x000  // CTRL
      public static let status: UInt32 = 0x001  // STATUS
      public static let nonMaskableControl: UInt32 = 0x002  // NMICTRL
      public static let nonMaskableFlag: UInt32 = 0x003  // NMIFLAG
      public static let eventControl: UInt32 = 0x004  // EVCTRL
      public static let interruptEnableClear: UInt32 = 0x008  // INTENCLR
      public static let interruptEnableSet: UInt32 = 0x00C  // INTENSET
      public static let interruptFlags: UInt32 = 0x010  // INTFLAG
      public static let wakeUp: UInt32 = 0x014  // WAKEUP
      public static let configuration: UInt32 = 0x018  // CONFIG[2]
    }

    public enum Control {
      public static let softwareReset: UInt32 = 1 << 0  // CTRL.SWRST
      public static let enable: UInt32 = 1 << 1  // CTRL.ENABLE
    }

    public enum Status {
      public static let busy: UInt32 = 1 << 7  // STATUS.SYNCBUSY
    }

    public enum NonMaskable {
      public static let sense: UInt32 = 0x7  // NMICTRL.NMISENSE
      public static let filter: UInt32 = 1 << 3  // NMICTRL.NMIFILTEN
      public static let flag: UInt32 = 1 << 0  // NMIFLAG.NMI
    }

    public enum Configuration {
      public static let sense: UInt32 = 0x7  // CONFIG.SENSE0
      public static let filter: UInt32 = 1 << 3  // CONFIG.FILTEN0
    }
  }
}
