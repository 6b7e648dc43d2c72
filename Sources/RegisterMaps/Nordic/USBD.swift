// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Universal serial bus device (nRF52840 Product Specification v1.7, 6.35). Each line names its
/// register in the manual; a test holds it against the SVD.
public enum USBD {
  public enum Offset {
    public static let tasksStartIn: UInt32 = 0x004  // TASKS_STARTEPIN[8]
    public static let tasksStartIsoIn: UInt32 = 0x024  // TASKS_STARTISOIN
    public static let tasksStartOut: UInt32 = 0x028  // TASKS_STARTEPOUT[8]
    public static let tasksStartIsoOut: UInt32 = 0x048  // TASKS_STARTISOOUT
    public static let tasksControlReceiveOut: UInt32 = 0x04C  // TASKS_EP0RCVOUT
    public static let tasksControlStatus: UInt32 = 0x050  // TASKS_EP0STATUS
    public static let tasksControlStall: UInt32 = 0x054  // TASKS_EP0STALL
    public static let tasksDrive: UInt32 = 0x058  // TASKS_DPDMDRIVE
    public static let tasksNoDrive: UInt32 = 0x05C  // TASKS_DPDMNODRIVE
    public static let eventsReset: UInt32 = 0x100  // EVENTS_USBRESET
    public static let eventsStarted: UInt32 = 0x104  // EVENTS_STARTED
    public static let eventsEndIn: UInt32 = 0x108  // EVENTS_ENDEPIN[8]
    public static let eventsControlDataDone: UInt32 = 0x128  // EVENTS_EP0DATADONE
    public static let eventsEndIsoIn: UInt32 = 0x12C  // EVENTS_ENDISOIN
    public static let eventsEndOut: UInt32 = 0x130  // EVENTS_ENDEPOUT[8]
    public static let eventsEndIsoOut: UInt32 = 0x150  // EVENTS_ENDISOOUT
    public static let eventsStartOfFrame: UInt32 = 0x154  // EVENTS_SOF
    public static let eventsBus: UInt32 = 0x158  // EVENTS_USBEVENT
    public static let eventsControlSetup: UInt32 = 0x15C  // EVENTS_EP0SETUP
    public static let eventsData: UInt32 = 0x160  // EVENTS_EPDATA
    public static let shorts: UInt32 = 0x200  // SHORTS
    public static let interruptEnable: UInt32 = 0x300  // INTEN
    public static let interruptEnableSet: UInt32 = 0x304  // INTENSET
    public static let interruptEnableClear: UInt32 = 0x308  // INTENCLR
    public static let eventCause: UInt32 = 0x400  // EVENTCAUSE
    public static let haltedIn: UInt32 = 0x420  // HALTED.EPIN[8]
    public static let haltedOut: UInt32 = 0x444  // HALTED.EPOUT[8]
    public static let endpointStatus: UInt32 = 0x468  // EPSTATUS
    public static let dataStatus: UInt32 = 0x46C  // EPDATASTATUS
    public static let address: UInt32 = 0x470  // USBADDR
    public static let requestType: UInt32 = 0x480  // BMREQUESTTYPE
    public static let request: UInt32 = 0x484  // BREQUEST
    public static let valueLow: UInt32 = 0x488  // WVALUEL
    public static let valueHigh: UInt32 = 0x48C  // WVALUEH
    public static let indexLow: UInt32 = 0x490  // WINDEXL
    public static let indexHigh: UInt32 = 0x494  // WINDEXH
    public static let lengthLow: UInt32 = 0x498  // WLENGTHL
    public static let lengthHigh: UInt32 = 0x49C  // WLENGTHH
    public static let sizeOut: UInt32 = 0x4A0  // SIZE.EPOUT[8]
    public static let sizeIsoOut: UInt32 = 0x4C0  // SIZE.ISOOUT
    public static let enable: UInt32 = 0x500  // ENABLE
    public static let pullUp: UInt32 = 0x504  // USBPULLUP
    public static let lineValue: UInt32 = 0x508  // DPDMVALUE
    public static let dataToggle: UInt32 = 0x50C  // DTOGGLE
    public static let inEnable: UInt32 = 0x510  // EPINEN
    public static let outEnable: UInt32 = 0x514  // EPOUTEN
    public static let stall: UInt32 = 0x518  // EPSTALL
    public static let isoSplit: UInt32 = 0x51C  // ISOSPLIT
    public static let frameCounter: UInt32 = 0x520  // FRAMECNTR
    public static let lowPower: UInt32 = 0x52C  // LOWPOWER
    public static let isoInConfig: UInt32 = 0x530  // ISOINCONFIG
    public static let inPointer: UInt32 = 0x600  // EPIN[0].PTR
    public static let inMaximumCount: UInt32 = 0x604  // EPIN[0].MAXCNT
    public static let inAmount: UInt32 = 0x608  // EPIN[0].AMOUNT
    public static let isoInPointer: UInt32 = 0x6A0  // ISOIN.PTR
    public static let isoInMaximumCount: UInt32 = 0x6A4  // ISOIN.MAXCNT
    public static let isoInAmount: UInt32 = 0x6A8  // ISOIN.AMOUNT
    public static let outPointer: UInt32 = 0x700  // EPOUT[0].PTR
    public static let outMaximumCount: UInt32 = 0x704  // EPOUT[0].MAXCNT
    public static let outAmount: UInt32 = 0x708  // EPOUT[0].AMOUNT
    public static let isoOutPointer: UInt32 = 0x7A0  // ISOOUT.PTR
    public static let isoOutMaximumCount: UInt32 = 0x7A4  // ISOOUT.MAXCNT
    public static let isoOutAmount: UInt32 = 0x7A8  // ISOOUT.AMOUNT
  }

  /// Values after reset that are not zero.
  public enum Reset {
    public static let sizeIsoOut: UInt32 = 0x1_0000  // SIZE.ISOOUT
    public static let dataToggle: UInt32 = 0x100  // DTOGGLE
    public static let inEnable: UInt32 = 1  // EPINEN
    public static let outEnable: UInt32 = 1  // EPOUTEN
  }

  public enum Shorts {
    public static let dataDoneStartIn: UInt32 = 1 << 0  // SHORTS.EP0DATADONE_STARTEPIN0
    public static let dataDoneStartOut: UInt32 = 1 << 1  // SHORTS.EP0DATADONE_STARTEPOUT0
    public static let dataDoneStatus: UInt32 = 1 << 2  // SHORTS.EP0DATADONE_EP0STATUS
    public static let endOutStatus: UInt32 = 1 << 3  // SHORTS.ENDEPOUT0_EP0STATUS
    public static let endOutReceiveOut: UInt32 = 1 << 4  // SHORTS.ENDEPOUT0_EP0RCVOUT
  }

  public enum Cause {
    public static let isoOutCRC: UInt32 = 1 << 0  // EVENTCAUSE.ISOOUTCRC
    public static let suspend: UInt32 = 1 << 8  // EVENTCAUSE.SUSPEND
    public static let resume: UInt32 = 1 << 9  // EVENTCAUSE.RESUME
    public static let wakeUpAllowed: UInt32 = 1 << 10  // EVENTCAUSE.USBWUALLOWED
    public static let ready: UInt32 = 1 << 11  // EVENTCAUSE.READY
  }

  public enum Endpoint {
    public static let number: UInt32 = 0x7  // DTOGGLE.EP
    public static let isIn: UInt32 = 1 << 7  // DTOGGLE.IO
    public static let toggle: UInt32 = 0x3 << 8  // DTOGGLE.VALUE
    public static let toggleShift: UInt32 = 8  // DTOGGLE.VALUE shift
    public static let data0: UInt32 = 1  // DTOGGLE.VALUE=Data0
    public static let data1: UInt32 = 2  // DTOGGLE.VALUE=Data1
    public static let stall: UInt32 = 1 << 8  // EPSTALL.STALL
  }

  public enum RequestType {
    public static let isIn: UInt32 = 1 << 7  // BMREQUESTTYPE.DIRECTION
  }

  public enum LineValue {
    public static let resume: UInt32 = 1  // DPDMVALUE.STATE=Resume
  }

  public enum IsoSplit {
    public static let halfIn: UInt32 = 0x80  // ISOSPLIT.SPLIT=HalfIN
  }
}
