// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension SAMD21 {
  /// Serial communication interface (SAM D21 Family Data Sheet DS40001882, 25 to 28): a USART, an
  /// SPI or an I2C interface. Each line names its register in the SVD; a test holds it against it.
  public enum SERCOM {
    public enum Offset {
      public static let controlA: UInt32 = 0x00  // USART.CTRLA
      public static let controlB: UInt32 = 0x04  // USART.CTRLB
      public static let baud: UInt32 = 0x0C  // USART.BAUD
      public static let receivePulseLength: UInt32 = 0x0E  // USART.RXPL
      public static let interruptEnableClear: UInt32 = 0x14  // USART.INTENCLR
      public static let interruptEnableSet: UInt32 = 0x16  // USART.INTENSET
      public static let interruptFlags: UInt32 = 0x18  // USART.INTFLAG
      public static let status: UInt32 = 0x1A  // USART.STATUS
      public static let synchronisationBusy: UInt32 = 0x1C  // USART.SYNCBUSY
      public static let address: UInt32 = 0x24  // I2CM.ADDR
      public static let data: UInt32 = 0x28  // USART.DATA
      public static let debugControl: UInt32 = 0x30  // USART.DBGCTRL
    }

    public enum ControlA {
      public static let softwareReset: UInt32 = 1 << 0  // USART.CTRLA.SWRST
      public static let enable: UInt32 = 1 << 1  // USART.CTRLA.ENABLE
      public static let modeShift: UInt32 = 2  // USART.CTRLA.MODE shift
      public static let dataOrder: UInt32 = 1 << 30  // USART.CTRLA.DORD
    }

    public enum Mode {
      public static let usartExternalClock: UInt32 = 0  // USART.CTRLA.MODE=USART_EXT_CLK
      public static let usart: UInt32 = 1  // USART.CTRLA.MODE=USART_INT_CLK
      public static let spiMaster: UInt32 = 3  // USART.CTRLA.MODE=SPI_MASTER
      public static let i2cMaster: UInt32 = 5  // USART.CTRLA.MODE=I2C_MASTER
    }

    public enum SynchronisationBusy {
      public static let softwareReset: UInt32 = 1 << 0  // USART.SYNCBUSY.SWRST
      public static let enable: UInt32 = 1 << 1  // USART.SYNCBUSY.ENABLE
      public static let controlB: UInt32 = 1 << 2  // USART.SYNCBUSY.CTRLB
      public static let systemOperation: UInt32 = 1 << 2  // I2CM.SYNCBUSY.SYSOP
    }
  }

  /// SERCOM as a USART (26).
  public enum USART {
    public enum ControlA {
      public static let sampleRateShift: UInt32 = 13  // USART.CTRLA.SAMPR shift
      public static let sampleRate: UInt32 = 0x7 << 13  // USART.CTRLA.SAMPR
      public static let transmitPadShift: UInt32 = 16  // USART.CTRLA.TXPO shift
      public static let receivePadShift: UInt32 = 20  // USART.CTRLA.RXPO shift
      public static let formShift: UInt32 = 24  // USART.CTRLA.FORM shift
      public static let form: UInt32 = 0xF << 24  // USART.CTRLA.FORM
      public static let synchronous: UInt32 = 1 << 28  // USART.CTRLA.CMODE
    }

    public enum ControlB {
      public static let characterSize: UInt32 = 0x7  // USART.CTRLB.CHSIZE
      public static let twoStopBits: UInt32 = 1 << 6  // USART.CTRLB.SBMODE
      public static let startOfFrameDetection: UInt32 = 1 << 9  // USART.CTRLB.SFDE
      public static let transmitEnable: UInt32 = 1 << 16  // USART.CTRLB.TXEN
      public static let receiveEnable: UInt32 = 1 << 17  // USART.CTRLB.RXEN
    }

    public enum Interrupt {
      public static let dataRegisterEmpty: UInt32 = 1 << 0  // USART.INTFLAG.DRE
      public static let transmitComplete: UInt32 = 1 << 1  // USART.INTFLAG.TXC
      public static let receiveComplete: UInt32 = 1 << 2  // USART.INTFLAG.RXC
      public static let receiveStart: UInt32 = 1 << 3  // USART.INTFLAG.RXS
      public static let clearToSend: UInt32 = 1 << 4  // USART.INTFLAG.CTSIC
      public static let receiveBreak: UInt32 = 1 << 5  // USART.INTFLAG.RXBRK
      public static let error: UInt32 = 1 << 7  // USART.INTFLAG.ERROR
    }
  }

  /// SERCOM as an SPI master (27).
  public enum SPI {
    public enum ControlB {
      public static let characterSize: UInt32 = 0x7  // SPI.CTRLB.CHSIZE
      public static let receiveEnable: UInt32 = 1 << 17  // SPI.CTRLB.RXEN
    }

    public enum Status {
      public static let bufferOverflow: UInt32 = 1 << 2  // SPI.STATUS.BUFOVF
    }
  }

  /// SERCOM as an I2C master (28).
  public enum I2CM {
    public enum ControlA {
      public static let stretchesAfterAcknowledge: UInt32 = 1 << 27  // I2CM.CTRLA.SCLSM
    }

    public enum ControlB {
      public static let smartMode: UInt32 = 1 << 8  // I2CM.CTRLB.SMEN
      public static let quickCommand: UInt32 = 1 << 9  // I2CM.CTRLB.QCEN
      public static let commandShift: UInt32 = 16  // I2CM.CTRLB.CMD shift
      public static let command: UInt32 = 0x3 << 16  // I2CM.CTRLB.CMD
      public static let acknowledgeAction: UInt32 = 1 << 18  // I2CM.CTRLB.ACKACT
    }

    public enum Interrupt {
      public static let masterOnBus: UInt32 = 1 << 0  // I2CM.INTFLAG.MB
      public static let slaveOnBus: UInt32 = 1 << 1  // I2CM.INTFLAG.SB
      public static let error: UInt32 = 1 << 7  // I2CM.INTFLAG.ERROR
    }

    public enum Status {
      public static let busError: UInt32 = 1 << 0  // I2CM.STATUS.BUSERR
      public static let receivedNotAcknowledge: UInt32 = 1 << 2  // I2CM.STATUS.RXNACK
      public static let busStateShift: UInt32 = 4  // I2CM.STATUS.BUSSTATE shift
      public static let busState: UInt32 = 0x3 << 4  // I2CM.STATUS.BUSSTATE
      public static let clockHold: UInt32 = 1 << 7  // I2CM.STATUS.CLKHOLD
    }

    public enum Address {
      public static let tenBits: UInt32 = 1 << 15  // I2CM.ADDR.TENBITEN
    }
  }
}
