// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension SAMD21 {
  /// Analogue-to-digital converter (SAM D21 Family Data Sheet DS40001882, 33). Each line names its
  /// register in the SVD; a test holds it against it.
  public enum ADC {
    public enum Offset {
      public static let controlA: UInt32 = 0x00  // CTRLA
      public static let referenceControl: UInt32 = 0x01  // REFCTRL
      public static let averageControl: UInt32 = 0x02  // AVGCTRL
      public static let samplingControl: UInt32 = 0x03  // SAMPCTRL
      public static let controlB: UInt32 = 0x04  // CTRLB
      public static let windowControl: UInt32 = 0x08  // WINCTRL
      public static let softwareTrigger: UInt32 = 0x0C  // SWTRIG
      public static let inputControl: UInt32 = 0x10  // INPUTCTRL
      public static let eventControl: UInt32 = 0x14  // EVCTRL
      public static let interruptEnableClear: UInt32 = 0x16  // INTENCLR
      public static let interruptEnableSet: UInt32 = 0x17  // INTENSET
      public static let interruptFlags: UInt32 = 0x18  // INTFLAG
      public static let status: UInt32 = 0x19  // STATUS
      public static let result: UInt32 = 0x1A  // RESULT
      public static let windowLower: UInt32 = 0x1C  // WINLT
      public static let windowUpper: UInt32 = 0x20  // WINUT
      public static let gainCorrection: UInt32 = 0x24  // GAINCORR
      public static let offsetCorrection: UInt32 = 0x26  // OFFSETCORR
      public static let calibration: UInt32 = 0x28  // CALIB
      public static let debugControl: UInt32 = 0x2A  // DBGCTRL
    }

    public enum ControlA {
      public static let softwareReset: UInt32 = 1 << 0  // CTRLA.SWRST
      public static let enable: UInt32 = 1 << 1  // CTRLA.ENABLE
    }

    public enum Reference {
      public static let selection: UInt32 = 0xF  // REFCTRL.REFSEL
      public static let oneVolt: UInt32 = 0  // REFCTRL.REFSEL=INT1V
      public static let internalVCC0: UInt32 = 1  // REFCTRL.REFSEL=INTVCC0
      public static let supplyOver2: UInt32 = 2  // REFCTRL.REFSEL=INTVCC1
      public static let padA: UInt32 = 3  // REFCTRL.REFSEL=AREFA
      public static let padB: UInt32 = 4  // REFCTRL.REFSEL=AREFB
    }

    public enum Average {
      public static let samples: UInt32 = 0xF  // AVGCTRL.SAMPLENUM
      public static let adjustShift: UInt32 = 4  // AVGCTRL.ADJRES shift
    }

    public enum ControlB {
      public static let differential: UInt32 = 1 << 0  // CTRLB.DIFFMODE
      public static let leftAdjusted: UInt32 = 1 << 1  // CTRLB.LEFTADJ
      public static let freeRunning: UInt32 = 1 << 2  // CTRLB.FREERUN
      public static let corrected: UInt32 = 1 << 3  // CTRLB.CORREN
      public static let resolutionShift: UInt32 = 4  // CTRLB.RESSEL shift
      public static let prescalerShift: UInt32 = 8  // CTRLB.PRESCALER shift
    }

    public enum Resolution {
      public static let bits12: UInt32 = 0  // CTRLB.RESSEL=12BIT
      public static let bits16: UInt32 = 1  // CTRLB.RESSEL=16BIT
      public static let bits10: UInt32 = 2  // CTRLB.RESSEL=10BIT
      public static let bits8: UInt32 = 3  // CTRLB.RESSEL=8BIT
    }

    public enum Trigger {
      public static let flush: UInt32 = 1 << 0  // SWTRIG.FLUSH
      public static let start: UInt32 = 1 << 1  // SWTRIG.START
    }

    public enum Input {
      public static let positive: UInt32 = 0x1F  // INPUTCTRL.MUXPOS
      public static let negativeShift: UInt32 = 8  // INPUTCTRL.MUXNEG shift
      public static let scanShift: UInt32 = 16  // INPUTCTRL.INPUTSCAN shift
      public static let offsetShift: UInt32 = 20  // INPUTCTRL.INPUTOFFSET shift
      public static let gainShift: UInt32 = 24  // INPUTCTRL.GAIN shift
      public static let temperature: UInt32 = 0x18  // INPUTCTRL.MUXPOS=TEMP
      public static let bandgap: UInt32 = 0x19  // INPUTCTRL.MUXPOS=BANDGAP
      public static let coreSupply: UInt32 = 0x1A  // INPUTCTRL.MUXPOS=SCALEDCOREVCC
      public static let padSupply: UInt32 = 0x1B  // INPUTCTRL.MUXPOS=SCALEDIOVCC
      public static let gainHalf: UInt32 = 0xF  // INPUTCTRL.GAIN=DIV2
    }

    public enum EventControl {
      public static let startInput: UInt32 = 1 << 0  // EVCTRL.STARTEI
      public static let readyOutput: UInt32 = 1 << 4  // EVCTRL.RESRDYEO
    }

    public enum Interrupt {
      public static let ready: UInt32 = 1 << 0  // INTFLAG.RESRDY
      public static let overrun: UInt32 = 1 << 1  // INTFLAG.OVERRUN
      public static let window: UInt32 = 1 << 2  // INTFLAG.WINMON
      public static let synchronised: UInt32 = 1 << 3  // INTFLAG.SYNCRDY
    }

    public enum Status {
      public static let busy: UInt32 = 1 << 7  // STATUS.SYNCBUSY
    }
  }
}
