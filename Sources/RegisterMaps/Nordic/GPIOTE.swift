// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// GPIO tasks and events (nRF52840 Product Specification
/// v1.7, 6.10). Each line names its register in the manual; a test holds it against the SVD.
public enum GPIOTE {
  public enum Offset {
    public static let tasksOut: UInt32 = 0x000  // TASKS_OUT[8]
    public static let tasksSet: UInt32 = 0x030  // TASKS_SET[8]
    public static let tasksClear: UInt32 = 0x060  // TASKS_CLR[8]
    public static let eventsIn: UInt32 = 0x100  // EVENTS_IN[8]
    public static let eventsPort: UInt32 = 0x17C  // EVENTS_PORT
    public static let interruptEnableSet: UInt32 = 0x304  // INTENSET
    public static let interruptEnableClear: UInt32 = 0x308  // INTENCLR
    public static let config: UInt32 = 0x510  // CONFIG[8]
  }

  public enum Config {
    public static let mode: UInt32 = 0x3  // CONFIG.MODE
    public static let modeEvent: UInt32 = 1  // CONFIG.MODE=Event
    public static let modeTask: UInt32 = 3  // CONFIG.MODE=Task
    public static let pin: UInt32 = 0x1F << 8  // CONFIG.PSEL
    public static let pinShift: UInt32 = 8  // CONFIG.PSEL shift
    public static let port: UInt32 = 1 << 13  // CONFIG.PORT
    public static let polarity: UInt32 = 0x3 << 16  // CONFIG.POLARITY
    public static let polarityShift: UInt32 = 16  // CONFIG.POLARITY shift
    public static let polarityRising: UInt32 = 1  // CONFIG.POLARITY=LoToHi
    public static let polarityFalling: UInt32 = 2  // CONFIG.POLARITY=HiToLo
    public static let polarityToggle: UInt32 = 3  // CONFIG.POLARITY=Toggle
    public static let initiallyHigh: UInt32 = 1 << 20  // CONFIG.OUTINIT
  }
}
