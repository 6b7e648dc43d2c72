// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension SAMD21 {
  /// Direct memory access controller (SAM D21 Family Data Sheet DS40001882, 20). Each line names
  /// its register in the SVD; a test holds it against it.
  public enum DMAC {
    public enum Offset {
      public static let control: UInt32 = 0x00  // CTRL
      public static let checksumControl: UInt32 = 0x02  // CRCCTRL
      public static let checksumInput: UInt32 = 0x04  // CRCDATAIN
      public static let checksum: UInt32 = 0x08  // CRCCHKSUM
      public static let checksumStatus: UInt32 = 0x0C  // CRCSTATUS
      public static let debugControl: UInt32 = 0x0D  // DBGCTRL
      public static let qualityOfService: UInt32 = 0x0E  // QOSCTRL
      public static let softwareTrigger: UInt32 = 0x10  // SWTRIGCTRL
      public static let priority: UInt32 = 0x14  // PRICTRL0
      public static let interruptPending: UInt32 = 0x20  // INTPEND
      public static let interruptStatus: UInt32 = 0x24  // INTSTATUS
      public static let busyChannels: UInt32 = 0x28  // BUSYCH
      public static let pendingChannels: UInt32 = 0x2C  // PENDCH
      public static let active: UInt32 = 0x30  // ACTIVE
      public static let baseAddress: UInt32 = 0x34  // BASEADDR
      public static let writeBackAddress: UInt32 = 0x38  // WRBADDR
      public static let channelID: UInt32 = 0x3F  // CHID
      public static let channelControlA: UInt32 = 0x40  // CHCTRLA
      public static let channelControlB: UInt32 = 0x44  // CHCTRLB
      public static let channelInterruptEnableClear: UInt32 = 0x4C  // CHINTENCLR
      public static let channelInterruptEnableSet: UInt32 = 0x4D  // CHINTENSET
      public static let channelInterruptFlags: UInt32 = 0x4E  // CHINTFLAG
      public static let channelStatus: UInt32 = 0x4F  // CHSTATUS
    }

    /// Values after reset that are not zero.
    public enum Reset {
      public static let qualityOfService: UInt32 = 0x15  // QOSCTRL
    }

    public enum Control {
      public static let softwareReset: UInt32 = 1 << 0  // CTRL.SWRST
      public static let enable: UInt32 = 1 << 1  // CTRL.DMAENABLE
      public static let checksumEnable: UInt32 = 1 << 2  // CTRL.CRCENABLE
    }

    public enum ChecksumControl {
      public static let beatSize: UInt32 = 0x3  // CRCCTRL.CRCBEATSIZE
      public static let polynomialShift: UInt32 = 2  // CRCCTRL.CRCPOLY shift
      public static let sourceShift: UInt32 = 8  // CRCCTRL.CRCSRC shift
      public static let sourceIO: UInt32 = 1  // CRCCTRL.CRCSRC=IO
    }

    public enum ChecksumStatus {
      public static let zero: UInt32 = 1 << 1  // CRCSTATUS.CRCZERO
    }

    public enum ChannelControlA {
      public static let softwareReset: UInt32 = 1 << 0  // CHCTRLA.SWRST
      public static let enable: UInt32 = 1 << 1  // CHCTRLA.ENABLE
    }

    public enum ChannelControlB {
      public static let eventAction: UInt32 = 0x7  // CHCTRLB.EVACT
      public static let eventInput: UInt32 = 1 << 3  // CHCTRLB.EVIE
      public static let triggerShift: UInt32 = 8  // CHCTRLB.TRIGSRC shift
      public static let actionShift: UInt32 = 22  // CHCTRLB.TRIGACT shift
      public static let commandShift: UInt32 = 24  // CHCTRLB.CMD shift
    }

    public enum TriggerAction {
      public static let block: UInt32 = 0  // CHCTRLB.TRIGACT=BLOCK
      public static let beat: UInt32 = 2  // CHCTRLB.TRIGACT=BEAT
      public static let transaction: UInt32 = 3  // CHCTRLB.TRIGACT=TRANSACTION
    }

    public enum Command {
      public static let suspend: UInt32 = 1  // CHCTRLB.CMD=SUSPEND
      public static let resume: UInt32 = 2  // CHCTRLB.CMD=RESUME
    }

    public enum Interrupt {
      public static let error: UInt32 = 1 << 0  // CHINTFLAG.TERR
      public static let complete: UInt32 = 1 << 1  // CHINTFLAG.TCMPL
      public static let suspended: UInt32 = 1 << 2  // CHINTFLAG.SUSP
    }

    public enum Status {
      public static let pending: UInt32 = 1 << 0  // CHSTATUS.PEND
      public static let busy: UInt32 = 1 << 1  // CHSTATUS.BUSY
      public static let fetchError: UInt32 = 1 << 2  // CHSTATUS.FERR
    }

    public enum Pending {
      public static let id: UInt32 = 0xF  // INTPEND.ID
      public static let flagsShift: UInt32 = 8  // INTPEND.TERR shift
    }
  }
}
