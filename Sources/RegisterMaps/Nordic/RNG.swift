// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Random number generator (nRF52840 Product Specification
/// v1.7, 6.19). Each line names its register in the manual; a test holds it against the SVD.
public enum RNG {
  public enum Offset {
    public static let tasksStart: UInt32 = 0x000  // TASKS_START
    public static let tasksStop: UInt32 = 0x004  // TASKS_STOP
    public static let eventsValueReady: UInt32 = 0x100  // EVENTS_VALRDY
    public static let shorts: UInt32 = 0x200  // SHORTS
    public static let interruptEnableSet: UInt32 = 0x304  // INTENSET
    public static let interruptEnableClear: UInt32 = 0x308  // INTENCLR
    public static let config: UInt32 = 0x504  // CONFIG
    public static let value: UInt32 = 0x508  // VALUE
  }

  public enum Shorts {
    public static let valueReadyStop: UInt32 = 1 << 0  // SHORTS.VALRDY_STOP
  }

  public enum Config {
    public static let biasCorrection: UInt32 = 1 << 0  // CONFIG.DERCEN
  }
}
