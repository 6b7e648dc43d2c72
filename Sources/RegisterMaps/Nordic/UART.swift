// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// UART without EasyDMA, where UARTE0 lies (nRF52840 Product Specification
/// v1.7, 6.33). Each line names its register in the manual; a test holds it against the SVD.
public enum UART {
  public enum Offset {
    public static let tasksStartReceive: UInt32 = 0x000  // TASKS_STARTRX
    public static let tasksStopReceive: UInt32 = 0x004  // TASKS_STOPRX
    public static let tasksStartTransmit: UInt32 = 0x008  // TASKS_STARTTX
    public static let tasksStopTransmit: UInt32 = 0x00C  // TASKS_STOPTX
    public static let tasksSuspend: UInt32 = 0x01C  // TASKS_SUSPEND
    public static let eventsCTS: UInt32 = 0x100  // EVENTS_CTS
    public static let eventsNotCTS: UInt32 = 0x104  // EVENTS_NCTS
    public static let eventsReceiveReady: UInt32 = 0x108  // EVENTS_RXDRDY
    public static let eventsTransmitReady: UInt32 = 0x11C  // EVENTS_TXDRDY
    public static let eventsError: UInt32 = 0x124  // EVENTS_ERROR
    public static let eventsReceiveTimeout: UInt32 = 0x144  // EVENTS_RXTO
    public static let shorts: UInt32 = 0x200  // SHORTS
    public static let interruptEnableSet: UInt32 = 0x304  // INTENSET
    public static let interruptEnableClear: UInt32 = 0x308  // INTENCLR
    public static let errorSource: UInt32 = 0x480  // ERRORSRC
    public static let enable: UInt32 = 0x500  // ENABLE
    public static let pinSelectRTS: UInt32 = 0x508  // PSEL.RTS
    public static let pinSelectTXD: UInt32 = 0x50C  // PSEL.TXD
    public static let pinSelectCTS: UInt32 = 0x510  // PSEL.CTS
    public static let pinSelectRXD: UInt32 = 0x514  // PSEL.RXD
    public static let receiveData: UInt32 = 0x518  // RXD
    public static let transmitData: UInt32 = 0x51C  // TXD
    public static let baudRate: UInt32 = 0x524  // BAUDRATE
    public static let config: UInt32 = 0x56C  // CONFIG
  }

  /// Values after reset that are not zero.
  public enum Reset {
    public static let pinSelectRTS: UInt32 = 0xFFFF_FFFF  // PSEL.RTS
    public static let pinSelectTXD: UInt32 = 0xFFFF_FFFF  // PSEL.TXD
    public static let pinSelectCTS: UInt32 = 0xFFFF_FFFF  // PSEL.CTS
    public static let pinSelectRXD: UInt32 = 0xFFFF_FFFF  // PSEL.RXD
    public static let baudRate: UInt32 = 0x4000000  // BAUDRATE
  }

  public enum Shorts {
    public static let ctsStartReceive: UInt32 = 1 << 3  // SHORTS.CTS_STARTRX
    public static let notCTSStopReceive: UInt32 = 1 << 4  // SHORTS.NCTS_STOPRX
  }

  public enum Enable {
    public static let on: UInt32 = 4  // ENABLE.ENABLE=Enabled
  }
}
