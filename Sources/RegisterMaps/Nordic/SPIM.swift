// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Serial peripheral interface master with EasyDMA (nRF52840 Product Specification
/// v1.7, 6.25). Each line names its register in the manual; a test holds it against the SVD.
public enum SPIM {
  public enum Offset {
    public static let tasksStart: UInt32 = 0x010  // TASKS_START
    public static let tasksStop: UInt32 = 0x014  // TASKS_STOP
    public static let tasksSuspend: UInt32 = 0x01C  // TASKS_SUSPEND
    public static let tasksResume: UInt32 = 0x020  // TASKS_RESUME
    public static let eventsStopped: UInt32 = 0x104  // EVENTS_STOPPED
    public static let eventsEndReceive: UInt32 = 0x110  // EVENTS_ENDRX
    public static let eventsEnd: UInt32 = 0x118  // EVENTS_END
    public static let eventsEndTransmit: UInt32 = 0x120  // EVENTS_ENDTX
    public static let eventsStarted: UInt32 = 0x14C  // EVENTS_STARTED
    public static let shorts: UInt32 = 0x200  // SHORTS
    public static let stallStatus: UInt32 = 0x400  // STALLSTAT
    public static let enable: UInt32 = 0x500  // ENABLE
    public static let pinSelectClock: UInt32 = 0x508  // PSEL.SCK
    public static let pinSelectOut: UInt32 = 0x50C  // PSEL.MOSI
    public static let pinSelectIn: UInt32 = 0x510  // PSEL.MISO
    public static let pinSelectChip: UInt32 = 0x514  // PSEL.CSN
    public static let frequency: UInt32 = 0x524  // FREQUENCY
    public static let receivePointer: UInt32 = 0x534  // RXD.PTR
    public static let receiveMaximumCount: UInt32 = 0x538  // RXD.MAXCNT
    public static let receiveAmount: UInt32 = 0x53C  // RXD.AMOUNT
    public static let receiveList: UInt32 = 0x540  // RXD.LIST
    public static let transmitPointer: UInt32 = 0x544  // TXD.PTR
    public static let transmitMaximumCount: UInt32 = 0x548  // TXD.MAXCNT
    public static let transmitAmount: UInt32 = 0x54C  // TXD.AMOUNT
    public static let transmitList: UInt32 = 0x550  // TXD.LIST
    public static let config: UInt32 = 0x554  // CONFIG
    public static let receiveDelay: UInt32 = 0x560  // IFTIMING.RXDELAY
    public static let chipDuration: UInt32 = 0x564  // IFTIMING.CSNDUR
    public static let chipPolarity: UInt32 = 0x568  // CSNPOL
    public static let pinSelectDataCommand: UInt32 = 0x56C  // PSELDCX
    public static let dataCommandCount: UInt32 = 0x570  // DCXCNT
    public static let overReadCharacter: UInt32 = 0x5C0  // ORC
  }

  /// Values after reset that are not zero.
  public enum Reset {
    public static let receiveDelay: UInt32 = 2  // IFTIMING.RXDELAY
    public static let chipDuration: UInt32 = 2  // IFTIMING.CSNDUR
    public static let pinSelectDataCommand: UInt32 = 0xFFFF_FFFF  // PSELDCX
  }

  public enum Enable {
    public static let on: UInt32 = 7  // ENABLE.ENABLE=Enabled
  }

  public enum Shorts {
    public static let endStart: UInt32 = 1 << 17  // SHORTS.END_START
  }

  public enum Frequency {
    public static let megahertz8: UInt32 = 0x8000_0000  // FREQUENCY.FREQUENCY=M8
    public static let megahertz16: UInt32 = 0x0A00_0000  // FREQUENCY.FREQUENCY=M16
    public static let megahertz32: UInt32 = 0x1400_0000  // FREQUENCY.FREQUENCY=M32
  }
}
