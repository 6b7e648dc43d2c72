// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension SAMD21 {
  /// Power manager: resets, bus clocks, sleep (SAM D21 datasheet DS40001882, PM).
  public enum PM {
    public enum Offset {
      public static let control: UInt32 = 0x000  // CTRL
      public static let sleep: UInt32 = 0x001  // SLEEP
      public static let cpuSelect: UInt32 = 0x008  // CPUSEL
      public static let bridgeASelect: UInt32 = 0x009  // APBASEL
      public static let bridgeBSelect: UInt32 = 0x00A  // APBBSEL
      public static let bridgeCSelect: UInt32 = 0x00B  // APBCSEL
      public static let busMask: UInt32 = 0x014  // AHBMASK
      public static let bridgeAMask: UInt32 = 0x018  // APBAMASK
      public static let bridgeBMask: UInt32 = 0x01C  // APBBMASK
      public static let bridgeCMask: UInt32 = 0x020  // APBCMASK
      public static let interruptEnableClear: UInt32 = 0x034  // INTENCLR
      public static let interruptEnableSet: UInt32 = 0x035  // INTENSET
      public static let interruptFlags: UInt32 = 0x036  // INTFLAG
      public static let resetCause: UInt32 = 0x038  // RCAUSE
    }

    /// Values after reset that are not zero.
    public enum Reset {
      public static let busMask: UInt32 = 0x7F  // AHBMASK
      public static let bridgeAMask: UInt32 = 0x7F  // APBAMASK
      public static let bridgeBMask: UInt32 = 0x7F  // APBBMASK
      public static let bridgeCMask: UInt32 = 0x1_0000  // APBCMASK
      public static let resetCause: UInt32 = 0x1  // RCAUSE
    }

    public enum Cause {
      public static let powerOn: UInt32 = 1 << 0  // RCAUSE.POR
      public static let brownOut12: UInt32 = 1 << 1  // RCAUSE.BOD12
      public static let brownOut33: UInt32 = 1 << 2  // RCAUSE.BOD33
      public static let pin: UInt32 = 1 << 4  // RCAUSE.EXT
      public static let watchdog: UInt32 = 1 << 5  // RCAUSE.WDT
      public static let software: UInt32 = 1 << 6  // RCAUSE.SYST
    }

    public enum Interrupt {
      public static let clockReady: UInt32 = 1 << 0  // INTFLAG.CKRDY
    }

    public enum BridgeC {
      public static let sercom0: UInt32 = 1 << 2  // APBCMASK.SERCOM0_
      public static let sercom5: UInt32 = 1 << 7  // APBCMASK.SERCOM5_
    }
  }
}
