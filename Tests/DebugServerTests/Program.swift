// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A program in C with symbols, for GDB to debug: counts squares under a 10 kHz tick and, when told
/// to by `mistake`, writes where nothing is.
enum Program {
  private static let source = """
    typedef unsigned int u32;
    extern u32 stack_top[];
    volatile u32 ticks, total, mistake, history[8];
    u32 process_stack[64];

    __attribute__((noinline)) u32 square(u32 x) {
      return x * x;
    }

    __attribute__((noinline)) u32 add_square(u32 sum, u32 x) {
      u32 s = square(x);
      return sum + s;
    }

    void tick(void) {
      ticks++;
    }

    __attribute__((noinline)) void fail(void) {
      *(volatile u32 *)0x70000000 = 1;
    }

    void on_process_stack(void) {
      asm volatile("msr psp, %0\\n movs r3, #2\\n msr control, r3\\n isb"
                   :: "r"(process_stack + 64) : "r3");
      for (;;) total = add_square(total, 3);
    }

    void start(void) {
      *(volatile u32 *)0xE000E014 = 6399;
      *(volatile u32 *)0xE000E018 = 0;
      *(volatile u32 *)0xE000E010 = 7;
      for (u32 i = 1;; i++) {
        total = add_square(total, i);
        history[i % 8] = total;
        if (mistake == 1) fail();
        if (mistake == 2) on_process_stack();
        for (volatile u32 wait = 0; wait < 50; wait++)
          ;
      }
    }

    __attribute__((section(".vectors"), used)) void *const vectors[16] = {
      stack_top, (void *)start, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (void *)tick,
    };
    """

  private static let layout = """
    SECTIONS {
      .text 0x10000 : { KEEP(*(.vectors)) *(.text*) *(.rodata*) *(.data*) }
      .bss 0x20000000 (NOLOAD) : { *(.bss*) }
      stack_top = 0x20040000;
    }
    """

  private static let compiler = "arm-none-eabi-gcc"
  private static let debugger = "gdb-multiarch"

  /// Whether this machine has what these tests need.
  static var canRun: Bool { find(compiler) != nil && find(debugger) != nil }

  private static func find(_ tool: String) -> String? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map {
      "\($0)/\(tool)"
    }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// Compiled once, into a folder that the system empties.
  static let elf: URL = {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "breadboard-gdb-\(ProcessInfo.processInfo.processIdentifier)")
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let (code, script) = ("\(folder.path)/program.c", "\(folder.path)/program.ld")
    try? source.write(toFile: code, atomically: true, encoding: .utf8)
    try? layout.write(toFile: script, atomically: true, encoding: .utf8)
    let program = folder.appendingPathComponent("program.elf")
    _ = try? run(
      compiler,
      [
        "-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=soft", "-g", "-O1", "-ffreestanding",
        "-nostdlib", "-T", script, code, "-o", program.path,
      ])
    return program
  }()

  /// What GDB prints when it runs these commands.
  static func debug(port: UInt16, _ commands: String) throws -> String {
    let lines =
      ["set pagination off", "set confirm off", "target remote 127.0.0.1:\(port)"]
      + commands.split(separator: "\n").map(String.init)
    return try run(
      debugger, ["-q", "-nx", "-batch"] + lines.flatMap { ["-ex", $0] } + [elf.path])
  }

  private static func run(_ tool: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: find(tool) ?? "/usr/bin/false")
    process.arguments = arguments
    let output = Pipe()
    (process.standardOutput, process.standardError) = (output, output)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: text, as: UTF8.self)
  }
}
