// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Event generator unit (nRF52840 Product Specification
/// v1.7, 6.7). Each line names its register in the manual; a test holds it against the SVD.
public enum EGU {
  public enum Offset {
    public static let tasksTrigger: UInt32 = 0x000  // TASKS_TRIGGER[16]
    public static let eventsTriggered: UInt32 = 0x100  // EVENTS_TRIGGERED[16]
    public static let interruptEnable: UInt32 = 0x300  // INTEN
    public static let interruptEnableSet: UInt32 = 0x304  // INTENSET
    public static let interruptEnableClear: UInt32 = 0x308  // INTENCLR
  }
}
