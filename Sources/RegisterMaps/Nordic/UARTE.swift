// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Universal asynchronous receiver/transmitter with EasyDMA (nRF52840 Product Specification
/// v1.7, 6.34). Each line names its register in the manual; a test holds it against the SVD.
public enum UARTE {
  public enum Offset {
    public static let tasksStartReceive: UInt32 = 0x000  // TASKS_STARTRX
    public static let tasksStopReceive: UInt32 = 0x004  // TASKS_STOPRX
    public static let tasksStartTransmit: UInt32 = 0x008  // TASKS_STARTTX
    public static let tasksStopTransmit: UInt32 = 0x00C  // TASKS_STOPTX
    public static let tasksFlushReceive: UInt32 = 0x02C  // TASKS_FLUSHRX
    public static let eventsCTS: UInt32 = 0x100  // EVENTS_CTS
    public static let eventsNotCTS: UInt32 = 0x104  // EVENTS_NCTS
    public static let eventsReceiveReady: UInt32 = 0x108  // EVENTS_RXDRDY
    public static let eventsEndReceive: UInt32 = 0x110  // EVENTS_ENDRX
    public static let eventsTransmitReady: UInt32 = 0x11C  // EVENTS_TXDRDY
    public static let eventsEndTransmit: UInt32 = 0x120  // EVENTS_ENDTX
    public static let eventsError: UInt32 = 0x124  // EVENTS_ERROR
    public static let eventsReceiveTimeout: UInt32 = 0x144  // EVENTS_RXTO
    public static let eventsReceiveStarted: UInt32 = 0x14C  // EVENTS_RXSTARTED
    public static let eventsTransmitStarted: UInt32 = 0x150  // EVENTS_TXSTARTED
    public static let eventsTransmitStopped: UInt32 = 0x158  // EVENTS_TXSTOPPED
    public static let shorts: UInt32 = 0x200  // SHORTS
    public static let interruptEnable: UInt32 = 0x300  // INTEN
    public static let interruptEnableSet: UInt32 = 0x304  // INTENSET
    public static let interruptEnableClear: UInt32 = 0x308  // INTENCLR
    public static let errorSource: UInt32 = 0x480  // ERRORSRC
    public static let enable: UInt32 = 0x500  // ENABLE
    public static let pinSelectRTS: UInt32 = 0x508  // PSEL.RTS
    public static let pinSelectTXD: UInt32 = 0x50C  // PSEL.TXD
    public static let pinSelectCTS: UInt32 = 0x510  // PSEL.CTS
    public static let pinSelectRXD: UInt32 = 0x514  // PSEL.RXD
    public static let baudRate: UInt32 = 0x524  // BAUDRATE
    public static let receivePointer: UInt32 = 0x534  // RXD.PTR
    public static let receiveMaximumCount: UInt32 = 0x538  // RXD.MAXCNT
    public static let receiveAmount: UInt32 = 0x53C  // RXD.AMOUNT
    public static let transmitPointer: UInt32 = 0x544  // TXD.PTR
    public static let transmitMaximumCount: UInt32 = 0x548  // TXD.MAXCNT
    public static let transmitAmount: UInt32 = 0x54C  // TXD.AMOUNT
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
    public static let endReceiveStartReceive: UInt32 = 1 << 5  // SHORTS.ENDRX_STARTRX
    public static let endReceiveStopReceive: UInt32 = 1 << 6  // SHORTS.ENDRX_STOPRX
  }

  public enum Enable {
    public static let on: UInt32 = 8  // ENABLE.ENABLE=Enabled
  }

  public enum PinSelect {
    public static let pin: UInt32 = 0x1F  // PSEL.TXD.PIN
    public static let port: UInt32 = 1 << 5  // PSEL.TXD.PORT
    public static let disconnected: UInt32 = 1 << 31  // PSEL.TXD.CONNECT
  }

  public enum BaudRate {
    public static let baud9600: UInt32 = 0x0027_5000  // BAUDRATE.BAUDRATE=Baud9600
    public static let baud115200: UInt32 = 0x01D6_0000  // BAUDRATE.BAUDRATE=Baud115200
    public static let baud230400: UInt32 = 0x03B0_0000  // BAUDRATE.BAUDRATE=Baud230400
    public static let baud1M: UInt32 = 0x1000_0000  // BAUDRATE.BAUDRATE=Baud1M
  }

  public enum Config {
    public static let hardwareFlowControl: UInt32 = 1 << 0  // CONFIG.HWFC
    public static let parity: UInt32 = 0x7 << 1  // CONFIG.PARITY
    public static let twoStopBits: UInt32 = 1 << 4  // CONFIG.STOP
  }
}
