// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension SAMD21 {
  /// Generic clock controller: nine generators, and the clocks of the blocks (DS40001882, GCLK).
  public enum GCLK {
    public enum Offset {
      public static let control: UInt32 = 0x000  // CTRL
      public static let status: UInt32 = 0x001  // STATUS
      public static let clockControl: UInt32 = 0x002  // CLKCTRL
      public static let generatorControl: UInt32 = 0x004  // GENCTRL
      public static let generatorDivision: UInt32 = 0x008  // GENDIV
    }

    public enum Control {
      public static let softwareReset: UInt32 = 1 << 0  // CTRL.SWRST
    }

    public enum Status {
      public static let busy: UInt32 = 1 << 7  // STATUS.SYNCBUSY
    }

    public enum Clock {
      public static let number: UInt32 = 0x3F  // CLKCTRL.ID
      public static let generator: UInt32 = 0xF << 8  // CLKCTRL.GEN
      public static let generatorShift: UInt32 = 8  // CLKCTRL.GEN shift
      public static let enable: UInt32 = 1 << 14  // CLKCTRL.CLKEN
      public static let locked: UInt32 = 1 << 15  // CLKCTRL.WRTLOCK
    }

    public enum Generator {
      public static let number: UInt32 = 0xF  // GENCTRL.ID
      public static let source: UInt32 = 0x1F << 8  // GENCTRL.SRC
      public static let sourceShift: UInt32 = 8  // GENCTRL.SRC shift
      public static let enable: UInt32 = 1 << 16  // GENCTRL.GENEN
      public static let improveDutyCycle: UInt32 = 1 << 17  // GENCTRL.IDC
      public static let dividesByPower: UInt32 = 1 << 20  // GENCTRL.DIVSEL
    }

    public enum Division {
      public static let number: UInt32 = 0xF  // GENDIV.ID
      public static let factor: UInt32 = 0xFFFF << 8  // GENDIV.DIV
      public static let factorShift: UInt32 = 8  // GENDIV.DIV shift
    }
  }
}
