// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Programs that GCC links with newlib's semihosting (`--specs=rdimon.specs`) for `mps2-an386`.
enum NewlibProgram {
  static let compiler = find("arm-none-eabi-gcc")
  static let emulator = find("qemu-system-arm")

  private static func find(_ name: String) -> String? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.map { "\($0)/\(name)" }.first(where: FileManager.default.isExecutableFile)
  }

  /// The path of the program, compiled.
  static func build(_ source: String, in scratch: Scratch) throws -> String {
    let files = [("start.c", start), ("board.ld", linkerScript), ("program.c", source)]
    for (name, text) in files { _ = try scratch.write(Array(text.utf8), as: name) }
    let program = scratch.path("program.elf")
    let outcome = try run(
      compiler ?? "", in: scratch.url,
      "-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16", "-O2",
      "--specs=rdimon.specs", "-T", "board.ld", "start.c", "program.c", "-o", program)
    try #require(outcome.status == 0, "\(outcome.text)")
    return program
  }

  /// Runs a program of the host; its standard output and error together.
  static func run(
    _ path: String, in folder: URL, _ arguments: String..., input: String = ""
  ) throws -> (status: Int32, text: String) {
    let process = Process()
    let (output, keyboard) = (Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    (process.standardOutput, process.standardError) = (output, output)
    process.standardInput = keyboard
    try process.run()
    try keyboard.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try keyboard.fileHandleForWriting.close()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }

  private static let linkerScript = """
    MEMORY { code (rx) : ORIGIN = 0, LENGTH = 4M  ram (rwx) : ORIGIN = 0x20000000, LENGTH = 4M }
    ENTRY(Reset_Handler)
    SECTIONS {
      .text : { KEEP(*(.vectors)) *(.text*) *(.rodata*)
        KEEP(*(.init)) KEEP(*(.fini)) . = ALIGN(4); } > code
      .ARM.extab : { *(.ARM.extab*) } > code
      .ARM.exidx : { __exidx_start = .; *(.ARM.exidx*) __exidx_end = .; } > code
      .init_array : { __preinit_array_start = .; KEEP(*(.preinit_array*)) __preinit_array_end = .;
        __init_array_start = .; KEEP(*(SORT(.init_array.*))) KEEP(*(.init_array))
        __init_array_end = .;
        __fini_array_start = .; KEEP(*(SORT(.fini_array.*))) KEEP(*(.fini_array))
        __fini_array_end = .; } > code
      .data : { __data_start = .; *(.data*) . = ALIGN(4); __data_end = .; } > ram AT> code
      __data_source = LOADADDR(.data);
      .bss : { __bss_start__ = .; *(.bss*) *(COMMON) . = ALIGN(8); __bss_end__ = .; } > ram
      end = .; _end = .; __end__ = .;
      __stack_top = ORIGIN(ram) + LENGTH(ram);
      __stack = __stack_top;
    }
    """

  private static let start = #"""
    // What newlib's own start-up leaves out on a Cortex-M: the vector table, initialised
    // variables, the floating-point unit.
    extern void _start(void);
    extern char __stack_top[];
    extern unsigned __data_start[], __data_end[], __data_source[];

    void Reset_Handler(void) {
      *(volatile unsigned *)0xE000ED88u |= 0xFu << 20;
      __asm volatile("dsb\n isb");
      for (unsigned *to = __data_start, *from = __data_source; to < __data_end;) *to++ = *from++;
      _start();
    }

    __attribute__((section(".vectors"), used)) static void *const vectors[16] =
        {__stack_top, (void *)Reset_Handler};
    """#

  /// Uses of newlib what a program on a board that is wired to a debugger uses of it.
  static let tour = #"""
    // Uses of newlib what a program on a board that is wired to a debugger uses of it.
    #include <errno.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>

    static int fail(const char *what) {
      printf("%s: errno %d\n", what, errno);
      return 1;
    }

    int main(int argc, char **argv) {
      for (int i = 1; i < argc; i++) printf("argv[%d] %s\n", i, argv[i]);
      fprintf(stderr, "to stderr\n");
      printf("%d %s %c %.3f %x\n", -42, "text", 'c', 3.14159, 0xBEEF);
      FILE *file = fopen("out.txt", "w+");
      if (!file) return fail("out.txt");
      for (int i = 0; i < 1000; i++) fprintf(file, "line %d\n", i);
      fseek(file, 0, SEEK_END);
      printf("length %ld\n", ftell(file));
      fseek(file, 7 * 5, SEEK_SET);
      char line[32];
      printf("read %s", fgets(line, sizeof line, file));
      fclose(file);
      file = fopen("out.txt", "a");
      fputs("appended\n", file);
      fclose(file);
      printf("rename %d\n", rename("out.txt", "renamed.txt"));
      printf("gone %d\n", fopen("out.txt", "r") == NULL && errno == ENOENT);
      printf("remove %d\n", remove("nothing.txt") != 0);
      char *block = malloc(100000);
      memset(block, 'x', 100000);
      printf("heap %d\n", block[99999] == 'x');
      while (fgets(line, sizeof line, stdin)) printf("typed %s", line);
      return argc == 3 ? 42 : 0;
    }
    """#
}

extension NewlibProgram {
  /// Prints by a Real-Time Transfer channel that waits while it is full, and echoes what is typed
  /// until a full stop; the layout is that of the public description.
  static let transfer = #"""
    struct ring { const char *name; char *buffer; unsigned size; volatile unsigned wr, rd, flags; };
    static char up[16], down[16];
    struct { char id[16]; int ups, downs; struct ring ring[2]; } _SEGGER_RTT;

    static void put(char c) {
      struct ring *r = &_SEGGER_RTT.ring[0];
      unsigned next = (r->wr + 1) % r->size;
      while (next == r->rd) {}
      r->buffer[r->wr] = c;
      r->wr = next;
    }

    static char get(void) {
      struct ring *r = &_SEGGER_RTT.ring[1];
      while (r->rd == r->wr) {}
      char c = r->buffer[r->rd];
      r->rd = (r->rd + 1) % r->size;
      return c;
    }

    int main(void) {
      _SEGGER_RTT.ups = _SEGGER_RTT.downs = 1;
      _SEGGER_RTT.ring[0] = (struct ring){"Terminal", up, sizeof up, 0, 0, 2};
      _SEGGER_RTT.ring[1] = (struct ring){"Terminal", down, sizeof down, 0, 0, 0};
      const char *id = "RTT SEGGER";
      for (int i = 0; i < 6; i++) _SEGGER_RTT.id[i] = id[4 + i];
      for (int i = 0; i < 3; i++) _SEGGER_RTT.id[7 + i] = id[i];
      _SEGGER_RTT.id[6] = ' ';
      for (const char *s = "longer than the buffer holds\n"; *s; s++) put(*s);
      for (char c; (c = get()) != '.';) put(c);
      return 0;
    }
    """#
}
