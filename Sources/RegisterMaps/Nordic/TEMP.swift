// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Temperature sensor (nRF52840 Product Specification
/// v1.7, 6.28). Each line names its register in the manual; a test holds it against the SVD.
public enum TEMP {
  public enum Offset {
    public static let tasksStart: UInt32 = 0x000  // TASKS_START
    public static let tasksStop: UInt32 = 0x004  // TASKS_STOP
    public static let eventsDataReady: UInt32 = 0x100  // EVENTS_DATARDY
    public static let interruptEnableSet: UInt32 = 0x304  // INTENSET
    public static let interruptEnableClear: UInt32 = 0x308  // INTENCLR
    public static let temperature: UInt32 = 0x508  // TEMP
    public static let slope: UInt32 = 0x520  // A0
    public static let intercept: UInt32 = 0x540  // B0
    public static let segment: UInt32 = 0x560  // T0
  }

  /// Values after reset that are not zero.
  public enum Reset {
    public static let slope: UInt32 = 0x326  // A0
    public static let intercept: UInt32 = 0x3FEF  // B0
    public static let segment: UInt32 = 0xE2  // T0
  }
}
