// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension SAMD21 {
  /// Real-time counter: a counter of 32 or 16 bits, or a calendar (DS40001882, RTC).
  public enum RTC {
    public enum Offset {
      public static let control: UInt32 = 0x000  // MODE0.CTRL
      public static let readRequest: UInt32 = 0x002  // MODE0.READREQ
      public static let eventControl: UInt32 = 0x004  // MODE0.EVCTRL
      public static let interruptEnableClear: UInt32 = 0x006  // MODE0.INTENCLR
      public static let interruptEnableSet: UInt32 = 0x007  // MODE0.INTENSET
      public static let interruptFlags: UInt32 = 0x008  // MODE0.INTFLAG
      public static let status: UInt32 = 0x00A  // MODE0.STATUS
      public static let debugControl: UInt32 = 0x00B  // MODE0.DBGCTRL
      public static let frequencyCorrection: UInt32 = 0x00C  // MODE0.FREQCORR
      public static let count: UInt32 = 0x010  // MODE0.COUNT
      public static let compare: UInt32 = 0x018  // MODE0.COMP[1]
      public static let period: UInt32 = 0x014  // MODE1.PER
      public static let alarmMask: UInt32 = 0x01C  // MODE2.MASK[1]
    }

    /// Values after reset that are not zero.
    public enum Reset {
      public static let readRequest: UInt32 = 0x10  // MODE0.READREQ
    }

    public enum Control {
      public static let softwareReset: UInt32 = 1 << 0  // MODE0.CTRL.SWRST
      public static let enable: UInt32 = 1 << 1  // MODE0.CTRL.ENABLE
      public static let mode: UInt32 = 0x3 << 2  // MODE0.CTRL.MODE
      public static let modeShift: UInt32 = 2  // MODE0.CTRL.MODE shift
      public static let twelveHours: UInt32 = 1 << 6  // MODE2.CTRL.CLKREP
      public static let clearOnMatch: UInt32 = 1 << 7  // MODE0.CTRL.MATCHCLR
      public static let prescaler: UInt32 = 0xF << 8  // MODE0.CTRL.PRESCALER
      public static let prescalerShift: UInt32 = 8  // MODE0.CTRL.PRESCALER shift
    }

    public enum ReadRequest {
      public static let continuous: UInt32 = 1 << 14  // MODE0.READREQ.RCONT
      public static let request: UInt32 = 1 << 15  // MODE0.READREQ.RREQ
    }

    public enum Interrupt {
      public static let compare0: UInt32 = 1 << 0  // MODE1.INTFLAG.CMP0
      public static let compare1: UInt32 = 1 << 1  // MODE1.INTFLAG.CMP1
      public static let synchronized: UInt32 = 1 << 6  // MODE0.INTFLAG.SYNCRDY
      public static let overflow: UInt32 = 1 << 7  // MODE0.INTFLAG.OVF
    }

    public enum Status {
      public static let busy: UInt32 = 1 << 7  // MODE0.STATUS.SYNCBUSY
    }
  }
}
