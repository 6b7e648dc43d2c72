// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import Peripherals
import Sensors

/// Which device models a board or chip file may name. A new peripheral or part is one line here.
enum DeviceCatalogue {
  typealias Build = @Sendable (DeviceParameters) -> any Peripheral

  static let peripherals: [String: Build] = [
    "nordic.clock-power": { NordicClockPower($0) },
    "nordic.ficr": { NordicFICR($0) },
    "nordic.uicr": { NordicUICR($0) },
    "nordic.nvmc": { NordicNVMC($0) },
    "nordic.gpio": { NordicGPIO($0) },
    "nordic.gpiote": { NordicGPIOTE($0) },
    "nordic.ppi": { NordicPPI($0) },
    "nordic.uarte": { NordicUARTE($0) },
    "nordic.timer": { NordicTimer($0) },
    "nordic.rtc": { NordicRTC($0) },
    "nordic.pdm": { NordicPDM($0) },
    "nordic.shared-serial": { NordicSharedSerial($0) },
    "nordic.saadc": { NordicSAADC($0) },
    "nordic.pwm": { NordicPWM($0) },
    "nordic.rng": { NordicRNG($0) },
    "nordic.temp": { NordicTEMP($0) },
    "nordic.wdt": { NordicWDT($0) },
    "nordic.egu": { NordicEGU($0) },
    "nordic.usbd": { NordicUSBD($0) },
    "nordic.trim": { NordicTrim($0) },
    "cmsdk.uart": { CMSDKUART($0) },
    "microchip.pm": { MicrochipPM($0) },
    "microchip.sysctrl": { MicrochipSYSCTRL($0) },
    "microchip.gclk": { MicrochipGCLK($0) },
    "microchip.nvmctrl": { MicrochipNVMCTRL($0) },
    "microchip.port": { MicrochipPORT($0) },
    "microchip.eic": { MicrochipEIC($0) },
    "microchip.wdt": { MicrochipWDT($0) },
    "microchip.rtc": { MicrochipRTC($0) },
    "microchip.dsu": { MicrochipDSU($0) },
    "microchip.pac": { MicrochipPAC($0) },
    "microchip.usb": { MicrochipUSB($0) },
    "microchip.sercom": { MicrochipSERCOM($0) },
    "microchip.tc": { MicrochipTC($0) },
    "microchip.tcc": { MicrochipTCC($0) },
    "microchip.adc": { MicrochipADC($0) },
    "microchip.ac": { MicrochipAC($0) },
    "microchip.dac": { MicrochipDAC($0) },
    "microchip.dmac": { MicrochipDMAC($0) },
    "microchip.evsys": { MicrochipEVSYS($0) },
  ]

  /// Those that turn events into tasks: the others are not asked.
  static let routers: Set = [
    "nordic.gpiote", "nordic.ppi", "microchip.dmac", "microchip.eic", "microchip.evsys",
  ]

  enum Part {
    case pdmMicrophone
    case light
    /// - Parameter settings: the part's own, beside those of every part on I2C.
    case i2c(settings: [String], @Sendable (DeviceParameters) -> any I2CPart)
    /// One that measures how the board moves.
    case motionSensor(
      settings: [String], @Sendable (DeviceParameters, any MotionSource) -> any I2CPart)
  }

  static let parts: [String: Part] = [
    "mp34dt05": .pdmMicrophone,
    "led": .light,
    "lsm9ds1": .motionSensor(settings: ["milliCelsius"]) { LSM9DS1($0, motion: $1) },
    "hts221": .i2c(settings: ["milliCelsius", "humidity"]) { HTS221($0) },
    "lps22hb": .i2c(settings: ["milliCelsius", "pascal"]) { LPS22HB($0) },
    "apds9960": .i2c(settings: ["light", "proximity"]) { APDS9960($0) },
  ]
}
