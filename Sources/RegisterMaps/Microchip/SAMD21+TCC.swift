// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension SAMD21 {
  /// Timer/counter for control applications (SAM D21 Family Data Sheet DS40001882, 31). Each line
  /// names its register in the SVD; a test holds it against it.
  public enum TCC {
    public enum Offset {
      public static let controlA: UInt32 = 0x00  // CTRLA
      public static let controlBClear: UInt32 = 0x04  // CTRLBCLR
      public static let controlBSet: UInt32 = 0x05  // CTRLBSET
      public static let synchronisationBusy: UInt32 = 0x08  // SYNCBUSY
      public static let faultA: UInt32 = 0x0C  // FCTRLA
      public static let faultB: UInt32 = 0x10  // FCTRLB
      public static let waveformExtension: UInt32 = 0x14  // WEXCTRL
      public static let driverControl: UInt32 = 0x18  // DRVCTRL
      public static let debugControl: UInt32 = 0x1E  // DBGCTRL
      public static let eventControl: UInt32 = 0x20  // EVCTRL
      public static let interruptEnableClear: UInt32 = 0x24  // INTENCLR
      public static let interruptEnableSet: UInt32 = 0x28  // INTENSET
      public static let interruptFlags: UInt32 = 0x2C  // INTFLAG
      public static let status: UInt32 = 0x30  // STATUS
      public static let count: UInt32 = 0x34  // COUNT
      public static let pattern: UInt32 = 0x38  // PATT
      public static let waveform: UInt32 = 0x3C  // WAVE
      public static let period: UInt32 = 0x40  // PER
      public static let compare: UInt32 = 0x44  // CC[4]
      public static let patternBuffer: UInt32 = 0x64  // PATTB
      public static let waveformBuffer: UInt32 = 0x68  // WAVEB
      public static let periodBuffer: UInt32 = 0x6C  // PERB
      public static let compareBuffer: UInt32 = 0x70  // CCB[4]
    }

    public enum ControlA {
      public static let softwareReset: UInt32 = 1 << 0  // CTRLA.SWRST
      public static let enable: UInt32 = 1 << 1  // CTRLA.ENABLE
      public static let prescalerShift: UInt32 = 8  // CTRLA.PRESCALER shift
    }

    public enum ControlB {
      public static let down: UInt32 = 1 << 0  // CTRLBSET.DIR
      public static let lockUpdate: UInt32 = 1 << 1  // CTRLBSET.LUPD
      public static let oneShot: UInt32 = 1 << 2  // CTRLBSET.ONESHOT
      public static let commandShift: UInt32 = 5  // CTRLBSET.CMD shift
    }

    public enum Command {
      public static let retrigger: UInt32 = 1  // CTRLBSET.CMD=RETRIGGER
      public static let stop: UInt32 = 2  // CTRLBSET.CMD=STOP
      public static let update: UInt32 = 3  // CTRLBSET.CMD=UPDATE
    }

    public enum Busy {
      public static let softwareReset: UInt32 = 1 << 0  // SYNCBUSY.SWRST
      public static let enable: UInt32 = 1 << 1  // SYNCBUSY.ENABLE
      public static let controlB: UInt32 = 1 << 2  // SYNCBUSY.CTRLB
      public static let count: UInt32 = 1 << 4  // SYNCBUSY.COUNT
      public static let pattern: UInt32 = 1 << 5  // SYNCBUSY.PATT
      public static let waveform: UInt32 = 1 << 6  // SYNCBUSY.WAVE
      public static let period: UInt32 = 1 << 7  // SYNCBUSY.PER
      public static let compareShift: UInt32 = 8  // SYNCBUSY.CC0 shift
      public static let patternBuffer: UInt32 = 1 << 16  // SYNCBUSY.PATTB
      public static let waveformBuffer: UInt32 = 1 << 17  // SYNCBUSY.WAVEB
      public static let periodBuffer: UInt32 = 1 << 18  // SYNCBUSY.PERB
      public static let compareBufferShift: UInt32 = 19  // SYNCBUSY.CCB0 shift
    }

    public enum EventControl {
      public static let overflowOutput: UInt32 = 1 << 8  // EVCTRL.OVFEO
      public static let matchOutputShift: UInt32 = 24  // EVCTRL.MCEO0 shift
    }

    public enum Interrupt {
      public static let overflow: UInt32 = 1 << 0  // INTFLAG.OVF
      public static let trigger: UInt32 = 1 << 1  // INTFLAG.TRG
      public static let matchShift: UInt32 = 16  // INTFLAG.MC0 shift
    }

    public enum Status {
      public static let stopped: UInt32 = 1 << 0  // STATUS.STOP
      public static let patternBuffered: UInt32 = 1 << 5  // STATUS.PATTBV
      public static let waveformBuffered: UInt32 = 1 << 6  // STATUS.WAVEBV
      public static let periodBuffered: UInt32 = 1 << 7  // STATUS.PERBV
      public static let compareBufferedShift: UInt32 = 16  // STATUS.CCBV0 shift
    }

    public enum Waveform {
      public static let generator: UInt32 = 0x7  // WAVE.WAVEGEN
      public static let matchFrequency: UInt32 = 1  // WAVE.WAVEGEN=MFRQ
      public static let normalPWM: UInt32 = 2  // WAVE.WAVEGEN=NPWM
      public static let dualSlopeCritical: UInt32 = 4  // WAVE.WAVEGEN=DSCRITICAL
    }
  }
}
