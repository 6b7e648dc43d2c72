// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Clock control (nRF52840 Product Specification
/// v1.7, 6.4). Each line names its register in the manual; a test holds it against the SVD.
public enum CLOCK {
  public enum Offset {
    public static let tasksHighFrequencyStart: UInt32 = 0x000  // TASKS_HFCLKSTART
    public static let tasksHighFrequencyStop: UInt32 = 0x004  // TASKS_HFCLKSTOP
    public static let tasksLowFrequencyStart: UInt32 = 0x008  // TASKS_LFCLKSTART
    public static let tasksLowFrequencyStop: UInt32 = 0x00C  // TASKS_LFCLKSTOP
    public static let tasksCalibrate: UInt32 = 0x010  // TASKS_CAL
    public static let tasksCalibrationTimerStart: UInt32 = 0x014  // TASKS_CTSTART
    public static let tasksCalibrationTimerStop: UInt32 = 0x018  // TASKS_CTSTOP
    public static let eventsHighFrequencyStarted: UInt32 = 0x100  // EVENTS_HFCLKSTARTED
    public static let eventsLowFrequencyStarted: UInt32 = 0x104  // EVENTS_LFCLKSTARTED
    public static let eventsCalibrationDone: UInt32 = 0x10C  // EVENTS_DONE
    public static let eventsCalibrationTimerTimeout: UInt32 = 0x110  // EVENTS_CTTO
    public static let eventsCalibrationTimerStarted: UInt32 = 0x128  // EVENTS_CTSTARTED
    public static let eventsCalibrationTimerStopped: UInt32 = 0x12C  // EVENTS_CTSTOPPED
    public static let interruptEnableSet: UInt32 = 0x304  // INTENSET
    public static let interruptEnableClear: UInt32 = 0x308  // INTENCLR
    public static let highFrequencyRun: UInt32 = 0x408  // HFCLKRUN
    public static let highFrequencyStatus: UInt32 = 0x40C  // HFCLKSTAT
    public static let lowFrequencyRun: UInt32 = 0x414  // LFCLKRUN
    public static let lowFrequencyStatus: UInt32 = 0x418  // LFCLKSTAT
    public static let lowFrequencySourceCopy: UInt32 = 0x41C  // LFCLKSRCCOPY
    public static let lowFrequencySource: UInt32 = 0x518  // LFCLKSRC
    public static let crystalDebounce: UInt32 = 0x528  // HFXODEBOUNCE
    public static let calibrationTimerInterval: UInt32 = 0x538  // CTIV
    public static let traceConfig: UInt32 = 0x55C  // TRACECONFIG
    public static let lowFrequencyRCMode: UInt32 = 0x5B4  // LFRCMODE
  }

  /// Values after reset that are not zero.
  public enum Reset {
    public static let crystalDebounce: UInt32 = 0x10  // HFXODEBOUNCE
  }

  public enum Status {
    public static let running: UInt32 = 1 << 16  // HFCLKSTAT.STATE
    public static let crystal: UInt32 = 1 << 0  // HFCLKSTAT.SRC
  }

  public enum Source {
    public static let rc: UInt32 = 0  // LFCLKSRC.SRC=RC
    public static let crystal: UInt32 = 1  // LFCLKSRC.SRC=Xtal
    public static let synthesized: UInt32 = 2  // LFCLKSRC.SRC=Synth
  }
}
