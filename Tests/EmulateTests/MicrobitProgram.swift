// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A program for a Cortex-M0 with nRF51's legacy UART and TIMER0: sleeps until the timer
/// interrupts, then says hello.
enum MicrobitProgram {
  static let text = "hello from a Cortex-M0"

  /// Assembled by `arm-none-eabi-as`, linked at 0:
  ///
  ///     .syntax unified
  ///     .cpu cortex-m0
  ///     .thumb
  ///     .word 0x20004000
  ///     .word start + 1
  ///     .rept 14
  ///     .word idle + 1
  ///     .endr
  ///     .rept 8
  ///     .word idle + 1
  ///     .endr
  ///     .word timer + 1
  ///     idle: b idle
  ///     timer:
  ///       ldr r0, =0x40008140
  ///       movs r1, #0
  ///       str r1, [r0]
  ///       ldr r1, [r0]
  ///       bx lr
  ///     start:
  ///       ldr r4, =0x40002500
  ///       movs r0, #24
  ///       str r0, [r4, #0x0C]
  ///       ldr r0, =0x01D7E000
  ///       str r0, [r4, #0x24]
  ///       movs r0, #4
  ///       str r0, [r4]
  ///       ldr r3, =0x40002000
  ///       movs r0, #1
  ///       str r0, [r3, #8]
  ///       ldr r1, =0x40008500
  ///       movs r0, #3
  ///       str r0, [r1, #8]
  ///       movs r0, #0
  ///       str r0, [r1, #16]
  ///       ldr r0, =16000
  ///       str r0, [r1, #64]
  ///       ldr r1, =0x40008300
  ///       ldr r0, =0x10000
  ///       str r0, [r1, #4]
  ///       ldr r1, =0xE000E100
  ///       ldr r0, =0x100
  ///       str r0, [r1]
  ///       ldr r1, =0x40008000
  ///       movs r0, #1
  ///       str r0, [r1]
  ///       wfi
  ///       adr r5, text
  ///     next:
  ///       ldrb r0, [r5]
  ///       cmp r0, #0
  ///       beq idle
  ///       str r0, [r4, #0x1C]
  ///       movs r2, #0x8E
  ///       lsls r2, r2, #1
  ///     wait:
  ///       ldr r0, [r3, r2]
  ///       cmp r0, #0
  ///       beq wait
  ///       movs r0, #0
  ///       str r0, [r3, r2]
  ///       adds r5, #1
  ///       b next
  ///     .align 2
  ///     text: .asciz "hello from a Cortex-M0\n"
  ///     .align 2
  ///     .pool
  private static let words: [UInt32] = [
    0x2000_4000, 0x0000_0071, 0x0000_0065, 0x0000_0065, 0x0000_0065, 0x0000_0065, 0x0000_0065,
    0x0000_0065, 0x0000_0065, 0x0000_0065, 0x0000_0065, 0x0000_0065, 0x0000_0065, 0x0000_0065,
    0x0000_0065, 0x0000_0065, 0x0000_0065, 0x0000_0065, 0x0000_0065, 0x0000_0065, 0x0000_0065,
    0x0000_0065, 0x0000_0065, 0x0000_0065, 0x0000_0067, 0x481D_E7FE, 0x6001_2100, 0x4770_6801,
    0x2018_4C1B, 0x481B_60E0, 0x2004_6260, 0x4B1A_6020, 0x6098_2001, 0x2003_4919, 0x2000_6088,
    0x4818_6108, 0x4918_6408, 0x6048_4818, 0x4819_4918, 0x4919_6008, 0x6008_2001, 0xA507_BF30,
    0x2800_7828, 0x61E0_D0DA, 0x0052_228E, 0x2800_5898, 0x2000_D0FC, 0x3501_5098, 0x46C0_E7F2,
    0x6C6C_6568, 0x7266_206F, 0x6120_6D6F, 0x726F_4320, 0x2D78_6574, 0x000A_304D, 0x4000_8140,
    0x4000_2500, 0x01D7_E000, 0x4000_2000, 0x4000_8500, 0x0000_3E80, 0x4000_8300, 0x0001_0000,
    0xE000_E100, 0x0000_0100, 0x4000_8000,
  ]

  /// Writes the image where a command can read it.
  static func write() throws -> URL {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("microbit-\(UUID().uuidString).bin")
    let bytes = words.flatMap { word in (0..<4).map { UInt8(word >> ($0 * 8) & 0xFF) } }
    try Data(bytes).write(to: file)
    return file
  }
}
