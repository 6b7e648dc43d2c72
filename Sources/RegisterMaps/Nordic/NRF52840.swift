// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Where the blocks of the nRF52840 lie, and their interrupt numbers (Product Specification v1.7,
/// 4.2.4). CLOCK and POWER are one device, and so are the two GPIO ports.
public enum NRF52840 {
  public enum Base {
    public static let clock: UInt32 = 0x4000_0000  // CLOCK
    public static let ficr: UInt32 = 0x1000_0000  // FICR
    public static let uicr: UInt32 = 0x1000_1000  // UICR
    public static let nvmc: UInt32 = 0x4001_E000  // NVMC
    public static let gpio: UInt32 = 0x5000_0000  // P0
    public static let gpiote: UInt32 = 0x4000_6000  // GPIOTE
    public static let ppi: UInt32 = 0x4001_F000  // PPI
    public static let uarte0: UInt32 = 0x4000_2000  // UARTE0
    public static let uarte1: UInt32 = 0x4002_8000  // UARTE1
    public static let timer0: UInt32 = 0x4000_8000  // TIMER0
    public static let timer1: UInt32 = 0x4000_9000  // TIMER1
    public static let timer2: UInt32 = 0x4000_A000  // TIMER2
    public static let timer3: UInt32 = 0x4001_A000  // TIMER3
    public static let timer4: UInt32 = 0x4001_B000  // TIMER4
    public static let rtc0: UInt32 = 0x4000_B000  // RTC0
    public static let rtc1: UInt32 = 0x4001_1000  // RTC1
    public static let rtc2: UInt32 = 0x4002_4000  // RTC2
    public static let pdm: UInt32 = 0x4001_D000  // PDM
    public static let spim0: UInt32 = 0x4000_3000  // SPIM0
    public static let spim1: UInt32 = 0x4000_4000  // SPIM1
    public static let spim2: UInt32 = 0x4002_3000  // SPIM2
    public static let spim3: UInt32 = 0x4002_F000  // SPIM3
    public static let saadc: UInt32 = 0x4000_7000  // SAADC
    public static let pwm0: UInt32 = 0x4001_C000  // PWM0
    public static let pwm1: UInt32 = 0x4002_1000  // PWM1
    public static let pwm2: UInt32 = 0x4002_2000  // PWM2
    public static let pwm3: UInt32 = 0x4002_D000  // PWM3
    public static let rng: UInt32 = 0x4000_D000  // RNG
    public static let temp: UInt32 = 0x4000_C000  // TEMP
    public static let wdt: UInt32 = 0x4001_0000  // WDT
    public static let usbd: UInt32 = 0x4002_7000  // USBD
    public static let egu0: UInt32 = 0x4001_4000  // EGU0
    public static let egu1: UInt32 = 0x4001_5000  // EGU1
    public static let egu2: UInt32 = 0x4001_6000  // EGU2
    public static let egu3: UInt32 = 0x4001_7000  // EGU3
    public static let egu4: UInt32 = 0x4001_8000  // EGU4
    public static let egu5: UInt32 = 0x4001_9000  // EGU5
  }

  public enum Interrupt {
    public static let clock = 0  // CLOCK
    public static let gpiote = 6  // GPIOTE
    public static let uarte0 = 2  // UARTE0
    public static let uarte1 = 40  // UARTE1
    public static let timer0 = 8  // TIMER0
    public static let timer1 = 9  // TIMER1
    public static let timer2 = 10  // TIMER2
    public static let timer3 = 26  // TIMER3
    public static let timer4 = 27  // TIMER4
    public static let rtc0 = 11  // RTC0
    public static let rtc1 = 17  // RTC1
    public static let rtc2 = 36  // RTC2
    public static let pdm = 29  // PDM
    public static let spim0 = 3  // SPIM0
    public static let spim1 = 4  // SPIM1
    public static let spim2 = 35  // SPIM2
    public static let spim3 = 47  // SPIM3
    public static let saadc = 7  // SAADC
    public static let pwm0 = 28  // PWM0
    public static let pwm1 = 33  // PWM1
    public static let pwm2 = 34  // PWM2
    public static let pwm3 = 45  // PWM3
    public static let rng = 13  // RNG
    public static let temp = 12  // TEMP
    public static let wdt = 16  // WDT
    public static let usbd = 39  // USBD
    public static let egu0 = 20  // EGU0
    public static let egu1 = 21  // EGU1
    public static let egu2 = 22  // EGU2
    public static let egu3 = 23  // EGU3
    public static let egu4 = 24  // EGU4
    public static let egu5 = 25  // EGU5
  }
}
