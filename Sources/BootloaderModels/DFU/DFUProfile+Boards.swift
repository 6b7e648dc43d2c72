// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import USBModel

extension DFUProfile {
  /// A DFU interface's alternate settings, one a string (4 is the first behind the usual three).
  static func interfaces(
    _ functional: DFUFunctionalDescriptor, alternates: Int, number: UInt8 = 0
  ) -> [InterfaceDescriptor] {
    (0..<alternates).map { alternate in
      var interface = InterfaceDescriptor(
        number: number, classCode: 0xFE, subclass: 1, protocolCode: 2)
      interface.alternate = UInt8(truncatingIfNeeded: alternate)
      interface.string = UInt8(truncatingIfNeeded: 4 + alternate)
      // Behind the last one, as ST's and TinyUSB's bootloaders have it.
      if alternate == alternates - 1 { interface.classSpecific = [functional.bytes] }
      return interface
    }
  }

  /// The UNO R4 Minima's bootloader (arduino-renesas-bootloader, usb_descriptors.c), and a sketch
  /// with its runtime interface.
  public static func unoR4Minima(serialNumber: String = "3100000000000000") -> DFUProfile {
    let functional = DFUFunctionalDescriptor(
      attributes: [.canDownload, .canUpload, .manifestationTolerant], detachTimeout: 1000,
      transferSize: 64, version: 0x0101)
    var profile = DFUProfile(
      bootloader: USBIdentity(
        vendor: 0x2341, product: 0x0369, manufacturer: "Arduino", name: "UNO R4 Minima DFU",
        serialNumber: serialNumber, interfaces: interfaces(functional, alternates: 2),
        furtherStrings: [
          "@CodeFlash /0x00000000/8*2Ka,120*2Kg", "@DataFlash /0x08000000/8*1Kg",
        ]), functional: functional,
      application: application(
        vendor: 0x2341, product: 0x0069, name: "UNO R4 Minima", serialNumber: serialNumber))
    profile.isStrict = false
    return profile
  }

  /// OpenMV Cam H7 (openmv, boot/src/common/desc.c).
  public static func openMV(serialNumber: String = "0123456789ABCDEF") -> DFUProfile {
    let functional = DFUFunctionalDescriptor(
      attributes: [.canDownload, .canUpload, .manifestationTolerant], detachTimeout: 1000,
      transferSize: 4096, version: 0x0101)
    var profile = DFUProfile(
      bootloader: USBIdentity(
        vendor: 0x37C5, product: 0x9204, manufacturer: "OpenMV", name: "OpenMV Camera (DFU Mode)",
        serialNumber: serialNumber, interfaces: interfaces(functional, alternates: 4),
        furtherStrings: ["BOOTLOADER", "FILESYSTEM", "FIRMWARE", "ROMFS0"]),
      functional: functional)
    profile.isStrict = false
    return profile
  }

  /// Arduino's bootloader for STM32H747 boards (mcuboot-arduino-stm32h7): the Portenta H7 by its
  /// numbers.
  public static func portentaH7(
    vendor: UInt16 = 0x2341, product: UInt16 = 0x035B, serialNumber: String = "003100353235"
  ) -> DFUProfile {
    let functional = DFUFunctionalDescriptor(
      attributes: [.canDownload, .canUpload, .willDetach], detachTimeout: 255, transferSize: 4096,
      version: 0x011A)
    return DFUProfile(
      bootloader: USBIdentity(
        vendor: vendor, product: product, manufacturer: "Arduino", name: "Envie M7 (DFU mode)",
        serialNumber: serialNumber, interfaces: interfaces(functional, alternates: 4),
        furtherStrings: portentaLayouts), functional: functional)
  }

  public static let portentaLayouts = [
    "@Internal Flash  2MB   /0x08000000/01*128Ka,15*128Kg",
    "@Ext RAW  Flash 16MB   /0x90000000/4096*4Kg",
    "@Ext File Flash  0MB   /0x00000000/0*4Kg", "@Arduino  boot  v.25   /0x00000000/0*4Kg",
  ]

  /// The ROM of an STM32F746 (AN3156, AN2606).
  public static func stm32F746(serialNumber: String = "200364500000") -> DFUProfile {
    let functional = DFUFunctionalDescriptor(
      attributes: [.canDownload, .canUpload, .willDetach], detachTimeout: 255, transferSize: 2048,
      version: 0x011A)
    return DFUProfile(
      bootloader: USBIdentity(
        vendor: 0x0483, product: 0xDF11, manufacturer: "STMicroelectronics",
        name: "STM32  BOOTLOADER", serialNumber: serialNumber,
        interfaces: interfaces(functional, alternates: 2), furtherStrings: stm32F746Layouts),
      functional: functional)
  }

  public static let stm32F746Layouts = [
    "@Internal Flash  /0x08000000/04*032Kg,01*128Kg,03*256Kg",
    "@Option Bytes  /0x1FFF0000/01*032 e",
  ]

  /// A sketch with a DFU runtime interface (DFU 1.1, 4.1).
  static func application(
    vendor: UInt16, product: UInt16, name: String, serialNumber: String
  ) -> USBIdentity {
    var runtime = InterfaceDescriptor(number: 0, classCode: 0xFE, subclass: 1, protocolCode: 1)
    runtime.classSpecific = [
      DFUFunctionalDescriptor(
        attributes: [.canDownload, .manifestationTolerant, .willDetach], detachTimeout: 1000,
        transferSize: 4096, version: 0x0101
      ).bytes
    ]
    runtime.string = 4
    return USBIdentity(
      vendor: vendor, product: product, manufacturer: "Arduino", name: name,
      serialNumber: serialNumber, interfaces: [runtime], furtherStrings: ["DFU-RT Port"])
  }
}
