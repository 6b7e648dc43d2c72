// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Two-wire interface master with EasyDMA (nRF52840 Product Specification
/// v1.7, 6.31). Each line names its register in the manual; a test holds it against the SVD.
public enum TWIM {
  public enum Offset {
    public static let eventsReceiveStarted: UInt32 = 0x14C  // EVENTS_RXSTARTED
    public static let eventsTransmitStarted: UInt32 = 0x150  // EVENTS_TXSTARTED
    public static let eventsLastReceive: UInt32 = 0x15C  // EVENTS_LASTRX
    public static let eventsLastTransmit: UInt32 = 0x160  // EVENTS_LASTTX
    public static let interruptEnable: UInt32 = 0x300  // INTEN
    public static let receivePointer: UInt32 = 0x534  // RXD.PTR
    public static let receiveMaximumCount: UInt32 = 0x538  // RXD.MAXCNT
    public static let receiveAmount: UInt32 = 0x53C  // RXD.AMOUNT
    public static let receiveList: UInt32 = 0x540  // RXD.LIST
    public static let transmitPointer: UInt32 = 0x544  // TXD.PTR
    public static let transmitMaximumCount: UInt32 = 0x548  // TXD.MAXCNT
    public static let transmitAmount: UInt32 = 0x54C  // TXD.AMOUNT
    public static let transmitList: UInt32 = 0x550  // TXD.LIST
  }

  /// Values after reset that are not zero.
  public enum Reset {
    public static let frequency: UInt32 = 0x400_0000  // FREQUENCY
    public static let pinSelect: UInt32 = 0xFFFF_FFFF  // PSEL.SCL
  }

  public enum Enable {
    public static let on: UInt32 = 6  // ENABLE.ENABLE=Enabled
  }

  public enum Frequency {
    public static let hertz100000: UInt32 = 0x0198_0000  // FREQUENCY.FREQUENCY=K100
    public static let hertz250000: UInt32 = 0x0400_0000  // FREQUENCY.FREQUENCY=K250
    public static let hertz400000: UInt32 = 0x0640_0000  // FREQUENCY.FREQUENCY=K400
  }

  public enum ErrorSource {
    public static let overrun: UInt32 = 1 << 0  // ERRORSRC.OVERRUN
    public static let addressNotAcknowledged: UInt32 = 1 << 1  // ERRORSRC.ANACK
    public static let dataNotAcknowledged: UInt32 = 1 << 2  // ERRORSRC.DNACK
  }

  public enum Shorts {
    public static let lastTransmitStartReceive: UInt32 = 1 << 7  // SHORTS.LASTTX_STARTRX
    public static let lastTransmitSuspend: UInt32 = 1 << 8  // SHORTS.LASTTX_SUSPEND
    public static let lastTransmitStop: UInt32 = 1 << 9  // SHORTS.LASTTX_STOP
    public static let lastReceiveStartTransmit: UInt32 = 1 << 10  // SHORTS.LASTRX_STARTTX
    public static let lastReceiveSuspend: UInt32 = 1 << 11  // SHORTS.LASTRX_SUSPEND
    public static let lastReceiveStop: UInt32 = 1 << 12  // SHORTS.LASTRX_STOP
  }
}
