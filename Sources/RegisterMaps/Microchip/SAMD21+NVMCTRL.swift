// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension SAMD21 {
  /// Flash controller (DS40001882, NVMCTRL).
  public enum NVMCTRL {
    public enum Offset {
      public static let controlA: UInt32 = 0x000  // CTRLA
      public static let controlB: UInt32 = 0x004  // CTRLB
      public static let parameters: UInt32 = 0x008  // PARAM
      public static let interruptEnableClear: UInt32 = 0x00C  // INTENCLR
      public static let interruptEnableSet: UInt32 = 0x010  // INTENSET
      public static let interruptFlags: UInt32 = 0x014  // INTFLAG
      public static let status: UInt32 = 0x018  // STATUS
      public static let address: UInt32 = 0x01C  // ADDR
      public static let lock: UInt32 = 0x020  // LOCK
    }

    public enum Command {
      public static let command: UInt32 = 0x7F  // CTRLA.CMD
      public static let execute: UInt32 = 0xFF << 8  // CTRLA.CMDEX
      public static let executeShift: UInt32 = 8  // CTRLA.CMDEX shift
    }

    public enum ControlB {
      public static let waitStates: UInt32 = 0xF << 1  // CTRLB.RWS
      public static let waitStatesShift: UInt32 = 1  // CTRLB.RWS shift
      public static let manualWrite: UInt32 = 1 << 7  // CTRLB.MANW
      public static let sleepMode: UInt32 = 0x3 << 8  // CTRLB.SLEEPPRM
      public static let readMode: UInt32 = 0x3 << 16  // CTRLB.READMODE
      public static let cacheDisable: UInt32 = 1 << 18  // CTRLB.CACHEDIS
    }

    public enum Parameter {
      public static let pages: UInt32 = 0xFFFF  // PARAM.NVMP
      public static let pageSizeShift: UInt32 = 16  // PARAM.PSZ shift
    }

    public enum Interrupt {
      public static let ready: UInt32 = 1 << 0  // INTFLAG.READY
      public static let error: UInt32 = 1 << 1  // INTFLAG.ERROR
    }

    public enum Status {
      public static let powerReduced: UInt32 = 1 << 0  // STATUS.PRM
      public static let loaded: UInt32 = 1 << 1  // STATUS.LOAD
      public static let programError: UInt32 = 1 << 2  // STATUS.PROGE
      public static let lockError: UInt32 = 1 << 3  // STATUS.LOCKE
      public static let flashError: UInt32 = 1 << 4  // STATUS.NVME
      public static let secured: UInt32 = 1 << 8  // STATUS.SB
    }
  }
}
