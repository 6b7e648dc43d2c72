// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension SAMD21 {
  /// Universal serial bus, device mode (SAM D21 Family Data Sheet DS40001882, 32). Each line names
  /// its register in the SVD; a test holds it against it.
  public enum USB {
    public enum Offset {
      public static let controlA: UInt32 = 0x000  // DEVICE.CTRLA
      public static let synchronisationBusy: UInt32 = 0x002  // DEVICE.SYNCBUSY
      public static let qualityOfService: UInt32 = 0x003  // DEVICE.QOSCTRL
      public static let controlB: UInt32 = 0x008  // DEVICE.CTRLB
      public static let deviceAddress: UInt32 = 0x00A  // DEVICE.DADD
      public static let status: UInt32 = 0x00C  // DEVICE.STATUS
      public static let stateMachineStatus: UInt32 = 0x00D  // DEVICE.FSMSTATUS
      public static let frameNumber: UInt32 = 0x010  // DEVICE.FNUM
      public static let interruptEnableClear: UInt32 = 0x014  // DEVICE.INTENCLR
      public static let interruptEnableSet: UInt32 = 0x018  // DEVICE.INTENSET
      public static let interruptFlags: UInt32 = 0x01C  // DEVICE.INTFLAG
      public static let endpointInterruptSummary: UInt32 = 0x020  // DEVICE.EPINTSMRY
      public static let descriptorAddress: UInt32 = 0x024  // DEVICE.DESCADD
      public static let padCalibration: UInt32 = 0x028  // DEVICE.PADCAL
      public static let endpointConfiguration: UInt32 = 0x100  // DEVICE.EPCFG[8]
      public static let endpointStatusClear: UInt32 = 0x104  // DEVICE.EPSTATUSCLR[8]
      public static let endpointStatusSet: UInt32 = 0x105  // DEVICE.EPSTATUSSET[8]
      public static let endpointStatus: UInt32 = 0x106  // DEVICE.EPSTATUS[8]
      public static let endpointInterruptFlags: UInt32 = 0x107  // DEVICE.EPINTFLAG[8]
      public static let endpointInterruptEnableClear: UInt32 = 0x108  // DEVICE.EPINTENCLR[8]
      public static let endpointInterruptEnableSet: UInt32 = 0x109  // DEVICE.EPINTENSET[8]
    }

    /// Values after reset that are not zero.
    public enum Reset {
      public static let qualityOfService: UInt32 = 0x05  // DEVICE.QOSCTRL
      public static let controlB: UInt32 = 0x0001  // DEVICE.CTRLB
      public static let status: UInt32 = 0x40  // DEVICE.STATUS
      public static let stateMachineStatus: UInt32 = 0x01  // DEVICE.FSMSTATUS
    }

    public enum ControlA {
      public static let softwareReset: UInt32 = 1 << 0  // DEVICE.CTRLA.SWRST
      public static let enable: UInt32 = 1 << 1  // DEVICE.CTRLA.ENABLE
      public static let runStandby: UInt32 = 1 << 2  // DEVICE.CTRLA.RUNSTDBY
      public static let hostMode: UInt32 = 1 << 7  // DEVICE.CTRLA.MODE
    }

    public enum ControlB {
      public static let detach: UInt32 = 1 << 0  // DEVICE.CTRLB.DETACH
      public static let upstreamResume: UInt32 = 1 << 1  // DEVICE.CTRLB.UPRSM
      public static let noReply: UInt32 = 1 << 4  // DEVICE.CTRLB.NREPLY
      public static let globalNAK: UInt32 = 1 << 9  // DEVICE.CTRLB.GNAK
    }

    public enum DeviceAddress {
      public static let address: UInt32 = 0x7F  // DEVICE.DADD.DADD
      public static let enable: UInt32 = 1 << 7  // DEVICE.DADD.ADDEN
    }

    public enum StateMachine {
      public static let off: UInt32 = 0x01  // DEVICE.FSMSTATUS.FSMSTATE=OFF
      public static let on: UInt32 = 0x02  // DEVICE.FSMSTATUS.FSMSTATE=ON
      public static let suspended: UInt32 = 0x04  // DEVICE.FSMSTATUS.FSMSTATE=SUSPEND
    }

    public enum FrameNumber {
      public static let frameShift: UInt32 = 3  // DEVICE.FNUM.FNUM shift
    }

    public enum Interrupt {
      public static let suspend: UInt32 = 1 << 0  // DEVICE.INTFLAG.SUSPEND
      public static let startOfFrame: UInt32 = 1 << 2  // DEVICE.INTFLAG.SOF
      public static let endOfReset: UInt32 = 1 << 3  // DEVICE.INTFLAG.EORST
      public static let wakeUp: UInt32 = 1 << 4  // DEVICE.INTFLAG.WAKEUP
      public static let endOfResume: UInt32 = 1 << 5  // DEVICE.INTFLAG.EORSM
      public static let upstreamResume: UInt32 = 1 << 6  // DEVICE.INTFLAG.UPRSM
      public static let memoryAccess: UInt32 = 1 << 7  // DEVICE.INTFLAG.RAMACER
    }

    public enum EndpointConfiguration {
      public static let outType: UInt32 = 0x7  // DEVICE.EPCFG.EPTYPE0
      public static let inTypeShift: UInt32 = 4  // DEVICE.EPCFG.EPTYPE1 shift
    }

    public enum EndpointStatus {
      public static let toggleOut: UInt32 = 1 << 0  // DEVICE.EPSTATUS.DTGLOUT
      public static let toggleIn: UInt32 = 1 << 1  // DEVICE.EPSTATUS.DTGLIN
      public static let currentBank: UInt32 = 1 << 2  // DEVICE.EPSTATUS.CURBK
      public static let stallRequest0: UInt32 = 1 << 4  // DEVICE.EPSTATUS.STALLRQ0
      public static let stallRequest1: UInt32 = 1 << 5  // DEVICE.EPSTATUS.STALLRQ1
      public static let bank0Ready: UInt32 = 1 << 6  // DEVICE.EPSTATUS.BK0RDY
      public static let bank1Ready: UInt32 = 1 << 7  // DEVICE.EPSTATUS.BK1RDY
    }

    public enum EndpointInterrupt {
      public static let transferComplete0: UInt32 = 1 << 0  // DEVICE.EPINTFLAG.TRCPT0
      public static let transferComplete1: UInt32 = 1 << 1  // DEVICE.EPINTFLAG.TRCPT1
      public static let transferFail0: UInt32 = 1 << 2  // DEVICE.EPINTFLAG.TRFAIL0
      public static let transferFail1: UInt32 = 1 << 3  // DEVICE.EPINTFLAG.TRFAIL1
      public static let receivedSetup: UInt32 = 1 << 4  // DEVICE.EPINTFLAG.RXSTP
      public static let stall0: UInt32 = 1 << 5  // DEVICE.EPINTFLAG.STALL0
      public static let stall1: UInt32 = 1 << 6  // DEVICE.EPINTFLAG.STALL1
    }
  }
}
