// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Real-time counter (nRF52840 Product Specification
/// v1.7, 6.22). Each line names its register in the manual; a test holds it against the SVD.
public enum RTC {
  public enum Offset {
    public static let tasksStart: UInt32 = 0x000  // TASKS_START
    public static let tasksStop: UInt32 = 0x004  // TASKS_STOP
    public static let tasksClear: UInt32 = 0x008  // TASKS_CLEAR
    public static let tasksTriggerOverflow: UInt32 = 0x00C  // TASKS_TRIGOVRFLW
    public static let eventsTick: UInt32 = 0x100  // EVENTS_TICK
    public static let eventsOverflow: UInt32 = 0x104  // EVENTS_OVRFLW
    public static let eventsCompare: UInt32 = 0x140  // EVENTS_COMPARE[4]
    public static let interruptEnableSet: UInt32 = 0x304  // INTENSET
    public static let interruptEnableClear: UInt32 = 0x308  // INTENCLR
    public static let eventEnable: UInt32 = 0x340  // EVTEN
    public static let eventEnableSet: UInt32 = 0x344  // EVTENSET
    public static let eventEnableClear: UInt32 = 0x348  // EVTENCLR
    public static let counter: UInt32 = 0x504  // COUNTER
    public static let prescaler: UInt32 = 0x508  // PRESCALER
    public static let captureCompare: UInt32 = 0x540  // CC[4]
  }

  public enum Events {
    public static let tick: UInt32 = 1 << 0  // EVTEN.TICK
    public static let overflow: UInt32 = 1 << 1  // EVTEN.OVRFLW
    public static let compare0: UInt32 = 1 << 16  // EVTEN.COMPARE0
  }
}
