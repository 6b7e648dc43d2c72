// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Pulse density modulation interface (nRF52840 Product Specification
/// v1.7, 6.15). Each line names its register in the manual; a test holds it against the SVD.
public enum PDM {
  public enum Offset {
    public static let tasksStart: UInt32 = 0x000  // TASKS_START
    public static let tasksStop: UInt32 = 0x004  // TASKS_STOP
    public static let eventsStarted: UInt32 = 0x100  // EVENTS_STARTED
    public static let eventsStopped: UInt32 = 0x104  // EVENTS_STOPPED
    public static let eventsEnd: UInt32 = 0x108  // EVENTS_END
    public static let interruptEnable: UInt32 = 0x300  // INTEN
    public static let interruptEnableSet: UInt32 = 0x304  // INTENSET
    public static let interruptEnableClear: UInt32 = 0x308  // INTENCLR
    public static let enable: UInt32 = 0x500  // ENABLE
    public static let clockControl: UInt32 = 0x504  // PDMCLKCTRL
    public static let mode: UInt32 = 0x508  // MODE
    public static let gainLeft: UInt32 = 0x518  // GAINL
    public static let gainRight: UInt32 = 0x51C  // GAINR
    public static let ratio: UInt32 = 0x520  // RATIO
    public static let pinSelectClock: UInt32 = 0x540  // PSEL.CLK
    public static let pinSelectData: UInt32 = 0x544  // PSEL.DIN
    public static let samplePointer: UInt32 = 0x560  // SAMPLE.PTR
    public static let sampleMaximumCount: UInt32 = 0x564  // SAMPLE.MAXCNT
  }

  /// Values after reset that are not zero.
  public enum Reset {
    public static let clockControl: UInt32 = 0x8400000  // PDMCLKCTRL
    public static let gainLeft: UInt32 = 0x28  // GAINL
    public static let gainRight: UInt32 = 0x28  // GAINR
    public static let pinSelectClock: UInt32 = 0xFFFF_FFFF  // PSEL.CLK
    public static let pinSelectData: UInt32 = 0xFFFF_FFFF  // PSEL.DIN
  }

  public enum Enable {
    public static let on: UInt32 = 1 << 0  // ENABLE.ENABLE
  }

  public enum ClockControl {
    public static let hertz1000000: UInt32 = 0x0800_0000  // PDMCLKCTRL.FREQ=1000K
    public static let hertz1032000: UInt32 = 0x0840_0000  // PDMCLKCTRL.FREQ=Default
    public static let hertz1067000: UInt32 = 0x0880_0000  // PDMCLKCTRL.FREQ=1067K
    public static let hertz1231000: UInt32 = 0x0980_0000  // PDMCLKCTRL.FREQ=1231K
    public static let hertz1280000: UInt32 = 0x0A00_0000  // PDMCLKCTRL.FREQ=1280K
    public static let hertz1333000: UInt32 = 0x0A80_0000  // PDMCLKCTRL.FREQ=1333K
  }

  public enum Mode {
    public static let mono: UInt32 = 1 << 0  // MODE.OPERATION
    public static let leftRising: UInt32 = 1 << 1  // MODE.EDGE
  }

  public enum Gain {
    public static let minimum: UInt32 = 0  // GAINL.GAINL=MinGain
    public static let zero: UInt32 = 0x0000_0028  // GAINL.GAINL=DefaultGain
    public static let maximum: UInt32 = 0x0000_0050  // GAINL.GAINL=MaxGain
  }

  public enum Ratio {
    public static let ratio64: UInt32 = 0  // RATIO.RATIO=Ratio64
    public static let ratio80: UInt32 = 1  // RATIO.RATIO=Ratio80
  }
}
