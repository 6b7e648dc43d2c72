// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Microchip SAMD21G18A: where its blocks lie, and their interrupt numbers (datasheet DS40001882).
/// The blocks themselves are extensions, a file each.
public enum SAMD21 {
  public enum Base {
    public static let pac0: UInt32 = 0x4000_0000  // PAC0
    public static let pm: UInt32 = 0x4000_0400  // PM
    public static let sysctrl: UInt32 = 0x4000_0800  // SYSCTRL
    public static let gclk: UInt32 = 0x4000_0C00  // GCLK
    public static let wdt: UInt32 = 0x4000_1000  // WDT
    public static let rtc: UInt32 = 0x4000_1400  // RTC
    public static let eic: UInt32 = 0x4000_1800  // EIC
    public static let pac1: UInt32 = 0x4100_0000  // PAC1
    public static let dsu: UInt32 = 0x4100_2000  // DSU
    public static let nvmctrl: UInt32 = 0x4100_4000  // NVMCTRL
    public static let port: UInt32 = 0x4100_4400  // PORT
    public static let dmac: UInt32 = 0x4100_4800  // DMAC
    public static let usb: UInt32 = 0x4100_5000  // USB
    public static let mtb: UInt32 = 0x4100_6000  // MTB
    public static let hmatrix: UInt32 = 0x4100_7000  // HMATRIX
    public static let pac2: UInt32 = 0x4200_0000  // PAC2
    public static let evsys: UInt32 = 0x4200_0400  // EVSYS
    public static let sercom0: UInt32 = 0x4200_0800  // SERCOM0
    public static let sercom1: UInt32 = 0x4200_0C00  // SERCOM1
    public static let sercom2: UInt32 = 0x4200_1000  // SERCOM2
    public static let sercom3: UInt32 = 0x4200_1400  // SERCOM3
    public static let sercom4: UInt32 = 0x4200_1800  // SERCOM4
    public static let sercom5: UInt32 = 0x4200_1C00  // SERCOM5
    public static let tcc0: UInt32 = 0x4200_2000  // TCC0
    public static let tcc1: UInt32 = 0x4200_2400  // TCC1
    public static let tcc2: UInt32 = 0x4200_2800  // TCC2
    public static let tc3: UInt32 = 0x4200_2C00  // TC3
    public static let tc4: UInt32 = 0x4200_3000  // TC4
    public static let tc5: UInt32 = 0x4200_3400  // TC5
    public static let adc: UInt32 = 0x4200_4000  // ADC
    public static let ac: UInt32 = 0x4200_4400  // AC
    public static let dac: UInt32 = 0x4200_4800  // DAC
    public static let i2s: UInt32 = 0x4200_5000  // I2S
    public static let portBus: UInt32 = 0x6000_0000  // PORT_IOBUS
  }

  public enum Interrupt {
    public static let pm = 0  // PM
    public static let sysctrl = 1  // SYSCTRL
    public static let wdt = 2  // WDT
    public static let rtc = 3  // RTC
    public static let eic = 4  // EIC
    public static let nvmctrl = 5  // NVMCTRL
    public static let dmac = 6  // DMAC
    public static let usb = 7  // USB
    public static let evsys = 8  // EVSYS
    public static let sercom0 = 9  // SERCOM0
    public static let sercom1 = 10  // SERCOM1
    public static let sercom2 = 11  // SERCOM2
    public static let sercom3 = 12  // SERCOM3
    public static let sercom4 = 13  // SERCOM4
    public static let sercom5 = 14  // SERCOM5
    public static let tcc0 = 15  // TCC0
    public static let tcc1 = 16  // TCC1
    public static let tcc2 = 17  // TCC2
    public static let tc3 = 18  // TC3
    public static let tc4 = 19  // TC4
    public static let tc5 = 20  // TC5
    public static let adc = 23  // ADC
    public static let ac = 24  // AC
    public static let dac = 25  // DAC
    public static let i2s = 27  // I2S
  }
}
