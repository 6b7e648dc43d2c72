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
    public static let slope0: UInt32 = 0x326  // A0
    public static let slope1: UInt32 = 0x348  // A1
    public static let slope2: UInt32 = 0x3AA  // A2
    public static let slope3: UInt32 = 0x40E  // A3
    public static let slope4: UInt32 = 0x4BD  // A4
    public static let slope5: UInt32 = 0x5A3  // A5
    public static let intercept0: UInt32 = 0x3FEF  // B0
    public static let intercept1: UInt32 = 0x3FBE  // B1
    public static let intercept2: UInt32 = 0x3FBE  // B2
    public static let intercept3: UInt32 = 0x12  // B3
    public static let intercept4: UInt32 = 0x124  // B4
    public static let intercept5: UInt32 = 0x27C  // B5
    public static let segment0: UInt32 = 0xE2  // T0
    public static let segment1: UInt32 = 0x0  // T1
    public static let segment2: UInt32 = 0x19  // T2
    public static let segment3: UInt32 = 0x3C  // T3
    public static let segment4: UInt32 = 0x50  // T4
  }
}
