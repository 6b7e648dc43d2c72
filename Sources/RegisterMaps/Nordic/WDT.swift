// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Watchdog timer (nRF52840 Product Specification
/// v1.7, 6.36). Each line names its register in the manual; a test holds it against the SVD.
public enum WDT {
  public enum Offset {
    public static let tasksStart: UInt32 = 0x000  // TASKS_START
    public static let eventsTimeout: UInt32 = 0x100  // EVENTS_TIMEOUT
    public static let interruptEnableSet: UInt32 = 0x304  // INTENSET
    public static let interruptEnableClear: UInt32 = 0x308  // INTENCLR
    public static let runStatus: UInt32 = 0x400  // RUNSTATUS
    public static let requestStatus: UInt32 = 0x404  // REQSTATUS
    public static let counterReload: UInt32 = 0x504  // CRV
    public static let reloadRequestEnable: UInt32 = 0x508  // RREN
    public static let config: UInt32 = 0x50C  // CONFIG
    public static let reloadRequest: UInt32 = 0x600  // RR[8]
  }

  /// Values after reset that are not zero.
  public enum Reset {
    public static let requestStatus: UInt32 = 0x1  // REQSTATUS
    public static let counterReload: UInt32 = 0xFFFF_FFFF  // CRV
    public static let reloadRequestEnable: UInt32 = 0x1  // RREN
    public static let config: UInt32 = 0x1  // CONFIG
  }

  public enum Config {
    public static let runInSleep: UInt32 = 1 << 0  // CONFIG.SLEEP
    public static let runInHalt: UInt32 = 1 << 3  // CONFIG.HALT
  }

  public enum ReloadRequest {
    public static let reload: UInt32 = 0x6E52_4635  // RR.RR=Reload
  }
}
