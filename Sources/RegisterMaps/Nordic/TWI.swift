// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Two-wire interface, legacy (nRF52840 Product Specification
/// v1.7, 6.29). Each line names its register in the manual; a test holds it against the SVD.
public enum TWI {
  public enum Offset {
    public static let tasksStartReceive: UInt32 = 0x000  // TASKS_STARTRX
    public static let tasksStartTransmit: UInt32 = 0x008  // TASKS_STARTTX
    public static let tasksStop: UInt32 = 0x014  // TASKS_STOP
    public static let tasksSuspend: UInt32 = 0x01C  // TASKS_SUSPEND
    public static let tasksResume: UInt32 = 0x020  // TASKS_RESUME
    public static let eventsStopped: UInt32 = 0x104  // EVENTS_STOPPED
    public static let eventsReceiveReady: UInt32 = 0x108  // EVENTS_RXDREADY
    public static let eventsTransmitSent: UInt32 = 0x11C  // EVENTS_TXDSENT
    public static let eventsError: UInt32 = 0x124  // EVENTS_ERROR
    public static let eventsByteBoundary: UInt32 = 0x138  // EVENTS_BB
    public static let eventsSuspended: UInt32 = 0x148  // EVENTS_SUSPENDED
    public static let shorts: UInt32 = 0x200  // SHORTS
    public static let errorSource: UInt32 = 0x4C4  // ERRORSRC
    public static let enable: UInt32 = 0x500  // ENABLE
    public static let pinSelectClock: UInt32 = 0x508  // PSEL.SCL
    public static let pinSelectData: UInt32 = 0x50C  // PSEL.SDA
    public static let receiveData: UInt32 = 0x518  // RXD
    public static let transmitData: UInt32 = 0x51C  // TXD
    public static let frequency: UInt32 = 0x524  // FREQUENCY
    public static let address: UInt32 = 0x588  // ADDRESS
  }

  public enum Enable {
    public static let on: UInt32 = 5  // ENABLE.ENABLE=Enabled
  }

  public enum Shorts {
    public static let boundarySuspend: UInt32 = 1 << 0  // SHORTS.BB_SUSPEND
    public static let boundaryStop: UInt32 = 1 << 1  // SHORTS.BB_STOP
  }
}
