// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Power supply (nRF52840 Product Specification
/// v1.7, 5.3). Each line names its register in the manual; a test holds it against the SVD.
public enum POWER {
  public enum Offset {
    public static let tasksConstantLatency: UInt32 = 0x078  // TASKS_CONSTLAT
    public static let tasksLowPower: UInt32 = 0x07C  // TASKS_LOWPWR
    public static let eventsPowerFailureWarning: UInt32 = 0x108  // EVENTS_POFWARN
    public static let eventsSleepEnter: UInt32 = 0x114  // EVENTS_SLEEPENTER
    public static let eventsSleepExit: UInt32 = 0x118  // EVENTS_SLEEPEXIT
    public static let eventsUSBDetected: UInt32 = 0x11C  // EVENTS_USBDETECTED
    public static let eventsUSBRemoved: UInt32 = 0x120  // EVENTS_USBREMOVED
    public static let eventsUSBPowerReady: UInt32 = 0x124  // EVENTS_USBPWRRDY
    public static let interruptEnableSet: UInt32 = 0x304  // INTENSET
    public static let interruptEnableClear: UInt32 = 0x308  // INTENCLR
    public static let resetReason: UInt32 = 0x400  // RESETREAS
    public static let ramStatus: UInt32 = 0x428  // RAMSTATUS
    public static let usbRegulatorStatus: UInt32 = 0x438  // USBREGSTATUS
    public static let systemOff: UInt32 = 0x500  // SYSTEMOFF
    public static let powerFailure: UInt32 = 0x510  // POFCON
    public static let retention: UInt32 = 0x51C  // GPREGRET
    public static let retention2: UInt32 = 0x520  // GPREGRET2
    public static let dcdcEnable: UInt32 = 0x578  // DCDCEN
    public static let dcdcEnable0: UInt32 = 0x580  // DCDCEN0
    public static let mainRegulatorStatus: UInt32 = 0x640  // MAINREGSTATUS
    public static let ramPower: UInt32 = 0x900  // RAM[0].POWER
    public static let ramPowerSet: UInt32 = 0x904  // RAM[0].POWERSET
    public static let ramPowerClear: UInt32 = 0x908  // RAM[0].POWERCLR
  }

  /// Values after reset that are not zero.
  public enum Reset {
    public static let ramPower: UInt32 = 0xFFFF  // RAM[0].POWER
    public static let ramPowerSet: UInt32 = 0xFFFF  // RAM[0].POWERSET
    public static let ramPowerClear: UInt32 = 0xFFFF  // RAM[0].POWERCLR
  }

  public enum ResetReason {
    public static let pin: UInt32 = 1 << 0  // RESETREAS.RESETPIN
    public static let watchdog: UInt32 = 1 << 1  // RESETREAS.DOG
    public static let software: UInt32 = 1 << 2  // RESETREAS.SREQ
    public static let lockup: UInt32 = 1 << 3  // RESETREAS.LOCKUP
    public static let systemOff: UInt32 = 1 << 16  // RESETREAS.OFF
  }

  public enum USBStatus {
    public static let busPower: UInt32 = 1 << 0  // USBREGSTATUS.VBUSDETECT
    public static let outputReady: UInt32 = 1 << 1  // USBREGSTATUS.OUTPUTRDY
  }
}
