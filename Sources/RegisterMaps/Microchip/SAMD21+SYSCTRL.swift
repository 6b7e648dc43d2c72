// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension SAMD21 {
  /// System controller: oscillators, brown-out, references (DS40001882, SYSCTRL).
  public enum SYSCTRL {
    public enum Offset {
      public static let interruptEnableClear: UInt32 = 0x000  // INTENCLR
      public static let interruptEnableSet: UInt32 = 0x004  // INTENSET
      public static let interruptFlags: UInt32 = 0x008  // INTFLAG
      public static let status: UInt32 = 0x00C  // PCLKSR
      public static let crystal: UInt32 = 0x010  // XOSC
      public static let crystal32K: UInt32 = 0x014  // XOSC32K
      public static let rc32K: UInt32 = 0x018  // OSC32K
      public static let lowPower32K: UInt32 = 0x01C  // OSCULP32K
      public static let rc8M: UInt32 = 0x020  // OSC8M
      public static let dfllControl: UInt32 = 0x024  // DFLLCTRL
      public static let dfllValue: UInt32 = 0x028  // DFLLVAL
      public static let dfllMultiplier: UInt32 = 0x02C  // DFLLMUL
      public static let dfllSync: UInt32 = 0x030  // DFLLSYNC
      public static let brownOut: UInt32 = 0x034  // BOD33
      public static let regulator: UInt32 = 0x03C  // VREG
      public static let reference: UInt32 = 0x040  // VREF
      public static let dpllControlA: UInt32 = 0x044  // DPLLCTRLA
      public static let dpllRatio: UInt32 = 0x048  // DPLLRATIO
      public static let dpllControlB: UInt32 = 0x04C  // DPLLCTRLB
      public static let dpllStatus: UInt32 = 0x050  // DPLLSTATUS
    }

    /// Values after reset that are not zero.
    public enum Reset {
      public static let crystal: UInt32 = 0x80  // XOSC
      public static let crystal32K: UInt32 = 0x80  // XOSC32K
      public static let rc32K: UInt32 = 0x3F_0080  // OSC32K
      public static let lowPower32K: UInt32 = 0x1F  // OSCULP32K
      public static let rc8M: UInt32 = 0x8707_0382  // OSC8M
      public static let dfllControl: UInt32 = 0x80  // DFLLCTRL
      public static let dpllControlA: UInt32 = 0x80  // DPLLCTRLA
    }

    public enum Status {
      public static let crystalReady: UInt32 = 1 << 0  // PCLKSR.XOSCRDY
      public static let crystal32KReady: UInt32 = 1 << 1  // PCLKSR.XOSC32KRDY
      public static let rc32KReady: UInt32 = 1 << 2  // PCLKSR.OSC32KRDY
      public static let rc8MReady: UInt32 = 1 << 3  // PCLKSR.OSC8MRDY
      public static let dfllReady: UInt32 = 1 << 4  // PCLKSR.DFLLRDY
      public static let dfllFineLock: UInt32 = 1 << 6  // PCLKSR.DFLLLCKF
      public static let dfllCoarseLock: UInt32 = 1 << 7  // PCLKSR.DFLLLCKC
      public static let brownOutReady: UInt32 = 1 << 9  // PCLKSR.BOD33RDY
      public static let brownOutSynchronized: UInt32 = 1 << 11  // PCLKSR.B33SRDY
      public static let dpllLocked: UInt32 = 1 << 15  // PCLKSR.DPLLLCKR
    }

    public enum Crystal {
      public static let enable: UInt32 = 1 << 1  // XOSC.ENABLE
      public static let isCrystal: UInt32 = 1 << 2  // XOSC.XTALEN
    }

    public enum Crystal32K {
      public static let enable: UInt32 = 1 << 1  // XOSC32K.ENABLE
      public static let startUp: UInt32 = 0x7 << 8  // XOSC32K.STARTUP
      public static let startUpShift: UInt32 = 8  // XOSC32K.STARTUP shift
      public static let locked: UInt32 = 1 << 12  // XOSC32K.WRTLOCK
    }

    public enum RC32K {
      public static let enable: UInt32 = 1 << 1  // OSC32K.ENABLE
      public static let startUp: UInt32 = 0x7 << 8  // OSC32K.STARTUP
      public static let startUpShift: UInt32 = 8  // OSC32K.STARTUP shift
      public static let locked: UInt32 = 1 << 12  // OSC32K.WRTLOCK
    }

    public enum RC8M {
      public static let enable: UInt32 = 1 << 1  // OSC8M.ENABLE
      public static let onDemand: UInt32 = 1 << 7  // OSC8M.ONDEMAND
      public static let prescaler: UInt32 = 0x3 << 8  // OSC8M.PRESC
      public static let prescalerShift: UInt32 = 8  // OSC8M.PRESC shift
    }

    public enum DFLL {
      public static let enable: UInt32 = 1 << 1  // DFLLCTRL.ENABLE
      public static let closedLoop: UInt32 = 1 << 2  // DFLLCTRL.MODE
      public static let usbRecovery: UInt32 = 1 << 5  // DFLLCTRL.USBCRM
      public static let onDemand: UInt32 = 1 << 7  // DFLLCTRL.ONDEMAND
      public static let noChillCycle: UInt32 = 1 << 8  // DFLLCTRL.CCDIS
      public static let bypassCoarseLock: UInt32 = 1 << 10  // DFLLCTRL.BPLCKC
      public static let waitForLock: UInt32 = 1 << 11  // DFLLCTRL.WAITLOCK
    }

    public enum DFLLValue {
      public static let fine: UInt32 = 0x3FF  // DFLLVAL.FINE
      public static let coarse: UInt32 = 0x3F << 10  // DFLLVAL.COARSE
      public static let coarseShift: UInt32 = 10  // DFLLVAL.COARSE shift
      public static let difference: UInt32 = 0xFFFF << 16  // DFLLVAL.DIFF
    }

    public enum DFLLMultiplier {
      public static let multiplier: UInt32 = 0xFFFF  // DFLLMUL.MUL
      public static let fineStep: UInt32 = 0x3FF << 16  // DFLLMUL.FSTEP
      public static let fineStepShift: UInt32 = 16  // DFLLMUL.FSTEP shift
      public static let coarseStep: UInt32 = 0x3F << 26  // DFLLMUL.CSTEP
      public static let coarseStepShift: UInt32 = 26  // DFLLMUL.CSTEP shift
    }

    public enum BrownOut {
      public static let enable: UInt32 = 1 << 1  // BOD33.ENABLE
      public static let action: UInt32 = 0x3 << 3  // BOD33.ACTION
      public static let actionShift: UInt32 = 3  // BOD33.ACTION shift
      public static let levelShift: UInt32 = 16  // BOD33.LEVEL shift
    }

    public enum DPLL {
      public static let enable: UInt32 = 1 << 1  // DPLLCTRLA.ENABLE
      public static let ratio: UInt32 = 0xFFF  // DPLLRATIO.LDR
      public static let fraction: UInt32 = 0xF << 16  // DPLLRATIO.LDRFRAC
      public static let fractionShift: UInt32 = 16  // DPLLRATIO.LDRFRAC shift
      public static let source: UInt32 = 0x3 << 4  // DPLLCTRLB.REFCLK
      public static let sourceShift: UInt32 = 4  // DPLLCTRLB.REFCLK shift
    }

    public enum DPLLStatus {
      public static let locked: UInt32 = 1 << 0  // DPLLSTATUS.LOCK
      public static let ready: UInt32 = 1 << 1  // DPLLSTATUS.CLKRDY
      public static let enabled: UInt32 = 1 << 2  // DPLLSTATUS.ENABLE
    }
  }
}
