// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import MachineModel

/// Where an application's sections go on a board: the text of a GNU linker script, which lld reads
/// too.
struct LinkerScript: Equatable {
  /// What the stack is promised, mostly: as much RAM is kept free below its top.
  static let stack = ByteCount.kibibytes(8)

  let text: String

  init(board: Board, stack: ByteCount = LinkerScript.stack) throws(FirmwareBuildError) {
    guard let flash = board.flash else { throw .noMemory(board: board.name, kind: "flash") }
    guard let ram = board.ram else { throw .noMemory(board: board.name, kind: "ram") }
    let application = board.application
    let end = UInt64(application.start.bits) + UInt64(max(0, application.length.count))
    guard flash.contains(application.start), end <= flash.end else {
      throw .applicationOutsideFlash(board: board.name, start: application.start)
    }
    text = Self.text(
      name: board.name, table: Self.vectorTable(board.chip), start: application.start,
      length: application.length,
      ram: ram.base, ramSize: ram.size, stack: stack)
  }

  /// The chips that `Firmware/Sources/Startup/Chips` has vector tables for; others take the first.
  static let vectorTables = ["nrf52840", "samd21g18a"]

  private static func vectorTable(_ chip: Chip) -> String {
    chip.registers.flatMap { vectorTables.contains($0) ? $0 : nil } ?? vectorTables[0]
  }

  /// `.got` lies in flash: C compiled as position-independent reads addresses from it before .data
  /// is copied. The stack is a section, so that the linker says by how many bytes RAM falls short.
  private static func text(
    name: String, table: String, start: Address, length: ByteCount, ram: Address,
    ramSize: ByteCount,
    stack: ByteCount
  ) -> String {
    """
    /* Made by FirmwareBuild for: \(name.replacing("*/", with: "")) */
    ENTRY(Reset_Handler)

    MEMORY
    {
      FLASH (rx) : ORIGIN = \(start), LENGTH = \(length.count)
      RAM (rwx) : ORIGIN = \(ram), LENGTH = \(ramSize.count)
    }

    __stack_top = ORIGIN(RAM) + LENGTH(RAM);
    __stack_limit = __stack_top - \(stack.count);

    SECTIONS
    {
      .vectors : { __vectors = .; KEEP(*(.vectors.\(table))) } > FLASH
      .text : ALIGN(4) { *(.text .text.*) } > FLASH
      .rodata : ALIGN(4) { *(.rodata .rodata.*) . = ALIGN(4); } > FLASH
      .got : ALIGN(4) { *(.got .got.*) } > FLASH
      .ARM.exidx : ALIGN(4) { *(.ARM.exidx .ARM.exidx.*) } > FLASH
      .data : ALIGN(4)
      {
        __data_start = .;
        *(.data .data.*)
        . = ALIGN(4);
        __data_end = .;
      } > RAM AT > FLASH
      __data_load = LOADADDR(.data);
      .bss (NOLOAD) : ALIGN(4)
      {
        __bss_start = .;
        *(.bss .bss.* COMMON)
        . = ALIGN(8);
        __bss_end = .;
      } > RAM
      .stack (NOLOAD) : { . += \(stack.count); } > RAM
      /DISCARD/ : { *(.vectors.*) *(.swift1_autolink_entries) *(.swift_modhash) *(.llvm_addrsig) }
    }

    """
  }
}
