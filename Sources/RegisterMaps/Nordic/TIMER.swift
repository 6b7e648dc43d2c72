// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Timer/counter (nRF52840 Product Specification
/// v1.7, 6.30). Each line names its register in the manual; a test holds it against the SVD.
public enum TIMER {
  public enum Offset {
    public static let tasksStart: UInt32 = 0x000  // TASKS_START
    public static let tasksStop: UInt32 = 0x004  // TASKS_STOP
    public static let tasksCount: UInt32 = 0x008  // TASKS_COUNT
    public static let tasksClear: UInt32 = 0x00C  // TASKS_CLEAR
    public static let tasksShutdown: UInt32 = 0x010  // TASKS_SHUTDOWN
    public static let tasksCapture: UInt32 = 0x040  // TASKS_CAPTURE[6]
    public static let eventsCompare: UInt32 = 0x140  // EVENTS_COMPARE[6]
    public static let shorts: UInt32 = 0x200  // SHORTS
    public static let interruptEnableSet: UInt32 = 0x304  // INTENSET
    public static let interruptEnableClear: UInt32 = 0x308  // INTENCLR
    public static let mode: UInt32 = 0x504  // MODE
    public static let bitMode: UInt32 = 0x508  // BITMODE
    public static let prescaler: UInt32 = 0x510  // PRESCALER
    public static let captureCompare: UInt32 = 0x540  // CC[6]
  }

  /// Values after reset that are not zero.
  public enum Reset {
    public static let prescaler: UInt32 = 0x4  // PRESCALER
  }

  public enum Mode {
    public static let timer: UInt32 = 0  // MODE.MODE=Timer
    public static let counter: UInt32 = 1  // MODE.MODE=Counter
    public static let lowPowerCounter: UInt32 = 2  // MODE.MODE=LowPowerCounter
  }

  public enum BitMode {
    public static let bits16: UInt32 = 0  // BITMODE.BITMODE=16Bit
    public static let bits8: UInt32 = 1  // BITMODE.BITMODE=08Bit
    public static let bits24: UInt32 = 2  // BITMODE.BITMODE=24Bit
    public static let bits32: UInt32 = 3  // BITMODE.BITMODE=32Bit
  }

  public enum Shorts {
    public static let compare0Clear: UInt32 = 1 << 0  // SHORTS.COMPARE0_CLEAR
    public static let compare0Stop: UInt32 = 1 << 8  // SHORTS.COMPARE0_STOP
  }
}
