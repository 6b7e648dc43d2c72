// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension SAMD21 {
  /// Timer/counter (SAM D21 Family Data Sheet DS40001882, 30). Each line names its register in the
  /// SVD; a test holds it against it. COUNT8, COUNT16 and COUNT32 share what is not said twice.
  public enum TC {
    public enum Offset {
      public static let controlA: UInt32 = 0x00  // COUNT16.CTRLA
      public static let readRequest: UInt32 = 0x02  // COUNT16.READREQ
      public static let controlBClear: UInt32 = 0x04  // COUNT16.CTRLBCLR
      public static let controlBSet: UInt32 = 0x05  // COUNT16.CTRLBSET
      public static let controlC: UInt32 = 0x06  // COUNT16.CTRLC
      public static let debugControl: UInt32 = 0x08  // COUNT16.DBGCTRL
      public static let eventControl: UInt32 = 0x0A  // COUNT16.EVCTRL
      public static let interruptEnableClear: UInt32 = 0x0C  // COUNT16.INTENCLR
      public static let interruptEnableSet: UInt32 = 0x0D  // COUNT16.INTENSET
      public static let interruptFlags: UInt32 = 0x0E  // COUNT16.INTFLAG
      public static let status: UInt32 = 0x0F  // COUNT16.STATUS
      public static let count: UInt32 = 0x10  // COUNT16.COUNT
      public static let period: UInt32 = 0x14  // COUNT8.PER
      public static let compare8: UInt32 = 0x18  // COUNT8.CC[2]
      public static let compare16: UInt32 = 0x18  // COUNT16.CC[2]
      public static let compare32: UInt32 = 0x18  // COUNT32.CC[2]
    }

    /// Values after reset that are not zero.
    public enum Reset {
      public static let period: UInt32 = 0xFF  // COUNT8.PER
    }

    public enum ControlA {
      public static let softwareReset: UInt32 = 1 << 0  // COUNT16.CTRLA.SWRST
      public static let enable: UInt32 = 1 << 1  // COUNT16.CTRLA.ENABLE
      public static let modeShift: UInt32 = 2  // COUNT16.CTRLA.MODE shift
      public static let waveformShift: UInt32 = 5  // COUNT16.CTRLA.WAVEGEN shift
      public static let prescalerShift: UInt32 = 8  // COUNT16.CTRLA.PRESCALER shift
    }

    public enum Mode {
      public static let count16: UInt32 = 0  // COUNT16.CTRLA.MODE=COUNT16
      public static let count8: UInt32 = 1  // COUNT16.CTRLA.MODE=COUNT8
      public static let count32: UInt32 = 2  // COUNT16.CTRLA.MODE=COUNT32
    }

    public enum Waveform {
      public static let normalFrequency: UInt32 = 0  // COUNT16.CTRLA.WAVEGEN=NFRQ
      public static let matchFrequency: UInt32 = 1  // COUNT16.CTRLA.WAVEGEN=MFRQ
      public static let normalPWM: UInt32 = 2  // COUNT16.CTRLA.WAVEGEN=NPWM
      public static let matchPWM: UInt32 = 3  // COUNT16.CTRLA.WAVEGEN=MPWM
    }

    public enum ControlB {
      public static let down: UInt32 = 1 << 0  // COUNT16.CTRLBSET.DIR
      public static let oneShot: UInt32 = 1 << 2  // COUNT16.CTRLBSET.ONESHOT
      public static let commandShift: UInt32 = 6  // COUNT16.CTRLBSET.CMD shift
    }

    public enum Command {
      public static let retrigger: UInt32 = 1  // COUNT16.CTRLBSET.CMD=RETRIGGER
      public static let stop: UInt32 = 2  // COUNT16.CTRLBSET.CMD=STOP
    }

    public enum EventControl {
      public static let action: UInt32 = 0x7  // COUNT16.EVCTRL.EVACT
      public static let inputEnable: UInt32 = 1 << 5  // COUNT16.EVCTRL.TCEI
      public static let overflowOutput: UInt32 = 1 << 8  // COUNT16.EVCTRL.OVFEO
      public static let matchOutputShift: UInt32 = 12  // COUNT16.EVCTRL.MCEO0 shift
    }

    public enum EventAction {
      public static let retrigger: UInt32 = 1  // COUNT16.EVCTRL.EVACT=RETRIGGER
      public static let count: UInt32 = 2  // COUNT16.EVCTRL.EVACT=COUNT
      public static let start: UInt32 = 3  // COUNT16.EVCTRL.EVACT=START
    }

    public enum Interrupt {
      public static let overflow: UInt32 = 1 << 0  // COUNT16.INTFLAG.OVF
      public static let synchronised: UInt32 = 1 << 3  // COUNT16.INTFLAG.SYNCRDY
      public static let matchShift: UInt32 = 4  // COUNT16.INTFLAG.MC0 shift
    }

    public enum Status {
      public static let stopped: UInt32 = 1 << 3  // COUNT16.STATUS.STOP
      public static let busy: UInt32 = 1 << 7  // COUNT16.STATUS.SYNCBUSY
    }
  }
}
