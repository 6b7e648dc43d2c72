// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension SAMD21 {
  /// Event system (SAM D21 Family Data Sheet DS40001882, 24). Each line names its register in the
  /// SVD; a test holds it against it.
  public enum EVSYS {
    public enum Offset {
      public static let control: UInt32 = 0x00  // CTRL
      public static let channel: UInt32 = 0x04  // CHANNEL
      public static let user: UInt32 = 0x08  // USER
      public static let channelStatus: UInt32 = 0x0C  // CHSTATUS
      public static let interruptEnableClear: UInt32 = 0x10  // INTENCLR
      public static let interruptEnableSet: UInt32 = 0x14  // INTENSET
      public static let interruptFlags: UInt32 = 0x18  // INTFLAG
    }

    /// Values after reset that are not zero.
    public enum Reset {
      public static let channelStatus: UInt32 = 0x000F_00FF  // CHSTATUS
    }

    public enum Control {
      public static let softwareReset: UInt32 = 1 << 0  // CTRL.SWRST
    }

    public enum Channel {
      public static let number: UInt32 = 0xF  // CHANNEL.CHANNEL
      public static let softwareEvent: UInt32 = 1 << 8  // CHANNEL.SWEVT
      public static let generatorShift: UInt32 = 16  // CHANNEL.EVGEN shift
    }

    public enum User {
      public static let number: UInt32 = 0x1F  // USER.USER
      public static let channelShift: UInt32 = 8  // USER.CHANNEL shift
    }
  }
}
