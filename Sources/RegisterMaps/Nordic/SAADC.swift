// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Successive approximation analogue-to-digital converter (nRF52840 Product Specification
/// v1.7, 6.23). Each line names its register in the manual; a test holds it against the SVD.
public enum SAADC {
  public enum Offset {
    public static let tasksStart: UInt32 = 0x000  // TASKS_START
    public static let tasksSample: UInt32 = 0x004  // TASKS_SAMPLE
    public static let tasksStop: UInt32 = 0x008  // TASKS_STOP
    public static let tasksCalibrateOffset: UInt32 = 0x00C  // TASKS_CALIBRATEOFFSET
    public static let eventsStarted: UInt32 = 0x100  // EVENTS_STARTED
    public static let eventsEnd: UInt32 = 0x104  // EVENTS_END
    public static let eventsDone: UInt32 = 0x108  // EVENTS_DONE
    public static let eventsResultDone: UInt32 = 0x10C  // EVENTS_RESULTDONE
    public static let eventsCalibrateDone: UInt32 = 0x110  // EVENTS_CALIBRATEDONE
    public static let eventsStopped: UInt32 = 0x114  // EVENTS_STOPPED
    /// Those of the other channels follow at 8 each.
    public static let eventsLimitHigh: UInt32 = 0x118  // EVENTS_CH[0].LIMITH
    public static let eventsLimitLow: UInt32 = 0x11C  // EVENTS_CH[0].LIMITL
    public static let interruptEnable: UInt32 = 0x300  // INTEN
    public static let status: UInt32 = 0x400  // STATUS
    public static let enable: UInt32 = 0x500  // ENABLE
    /// Those of the other channels follow at 16 each.
    public static let positiveInput: UInt32 = 0x510  // CH[0].PSELP
    public static let negativeInput: UInt32 = 0x514  // CH[0].PSELN
    public static let config: UInt32 = 0x518  // CH[0].CONFIG
    public static let limit: UInt32 = 0x51C  // CH[0].LIMIT
    public static let resolution: UInt32 = 0x5F0  // RESOLUTION
    public static let oversample: UInt32 = 0x5F4  // OVERSAMPLE
    public static let sampleRate: UInt32 = 0x5F8  // SAMPLERATE
    public static let resultPointer: UInt32 = 0x62C  // RESULT.PTR
    public static let resultMaximumCount: UInt32 = 0x630  // RESULT.MAXCNT
    public static let resultAmount: UInt32 = 0x634  // RESULT.AMOUNT
  }

  /// Values after reset that are not zero.
  public enum Reset {
    public static let config: UInt32 = 0x2_0000  // CH[0].CONFIG
    public static let limit: UInt32 = 0x7FFF_8000  // CH[0].LIMIT
    public static let resolution: UInt32 = 1  // RESOLUTION
  }

  public enum Enable {
    public static let on: UInt32 = 1 << 0  // ENABLE.ENABLE
  }

  public enum Input {
    public static let notConnected: UInt32 = 0  // CH[0].PSELP.PSELP=NC
    public static let analogue0: UInt32 = 1  // CH[0].PSELP.PSELP=AnalogInput0
    public static let analogue7: UInt32 = 8  // CH[0].PSELP.PSELP=AnalogInput7
    public static let supply: UInt32 = 9  // CH[0].PSELP.PSELP=VDD
    public static let highSupplyDivided: UInt32 = 0xD  // CH[0].PSELP.PSELP=VDDHDIV5
  }

  public enum Config {
    public static let positiveResistor: UInt32 = 0x3 << 0  // CH[0].CONFIG.RESP
    public static let negativeResistorShift: UInt32 = 4  // CH[0].CONFIG.RESN shift
    public static let pullUp: UInt32 = 2  // CH[0].CONFIG.RESP=Pullup
    public static let halfSupply: UInt32 = 3  // CH[0].CONFIG.RESP=VDD1_2
    public static let gain: UInt32 = 0x7 << 8  // CH[0].CONFIG.GAIN
    public static let gainShift: UInt32 = 8  // CH[0].CONFIG.GAIN shift
    public static let referenceIsSupply: UInt32 = 1 << 12  // CH[0].CONFIG.REFSEL
    public static let acquisitionTime: UInt32 = 0x7 << 16  // CH[0].CONFIG.TACQ
    public static let acquisitionTimeShift: UInt32 = 16  // CH[0].CONFIG.TACQ shift
    public static let differential: UInt32 = 1 << 20  // CH[0].CONFIG.MODE
    public static let burst: UInt32 = 1 << 24  // CH[0].CONFIG.BURST
  }

  public enum SampleRate {
    public static let interval: UInt32 = 0x7FF << 0  // SAMPLERATE.CC
    public static let byTimer: UInt32 = 1 << 12  // SAMPLERATE.MODE
  }
}
