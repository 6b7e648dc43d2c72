// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Skipped where there is no arm-none-eabi-gcc with newlib.
@Suite(.enabled(if: NewlibProgram.compiler != nil, "arm-none-eabi-gcc is not installed"))
struct NewlibTests {
  let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    try FileManager.default.createDirectory(
      at: scratch.url.appendingPathComponent("box"), withIntermediateDirectories: true)
  }

  private static let expected = [
    "argv[1] hello", "argv[2] world", "to stderr", "-42 text c 3.142 beef", "length 8890",
    "read line 5", "remove 1", "heap 1", "typed one", "typed two",
  ]

  @Test func program_printsReadsWritesAndExits() throws {
    let program = try NewlibProgram.build(NewlibProgram.tour, in: scratch)
    let outcome = try Command.run(
      "--board", "mps2-an386", "--firmware", program, "--semihosting-folder", scratch.path("box"),
      "--arguments", "hello world", "--uart", "-", input: "one\ntwo\n")
    #expect(outcome.status == 42, "\(outcome.errors)")
    for line in Self.expected {
      #expect(outcome.output.contains("s  \(line)\n"), "\(line) in \(outcome.output)")
    }
    let written = try String(contentsOfFile: scratch.path("box/out.txt"), encoding: .utf8)
    #expect(written.hasSuffix("line 999\nappended\n"))
  }

  @Test(.enabled(if: NewlibProgram.emulator != nil, "qemu-system-arm is not installed"))
  func program_behavesAsUnderQEMU() throws {
    let program = try NewlibProgram.build(NewlibProgram.tour, in: scratch)
    let qemu = try NewlibProgram.run(
      NewlibProgram.emulator ?? "", in: scratch.url.appendingPathComponent("box"),
      "-M", "mps2-an386", "-display", "none", "-serial", "null", "-monitor", "none",
      "-semihosting-config", "enable=on,target=native,arg=program.elf,arg=hello,arg=world",
      "-kernel", program, input: "one\ntwo\n")
    let file = scratch.url.appendingPathComponent("box/out.txt")
    let theirs = try Data(contentsOf: file)
    try FileManager.default.removeItem(at: file)
    let outcome = try Command.run(
      "--board", "mps2-an386", "--firmware", program, "--semihosting-folder", scratch.path("box"),
      "--arguments", "hello world", "--uart", "-", input: "one\ntwo\n")
    let ours = outcome.output.split(separator: "\n").compactMap { line in
      line.range(of: " s  ").map { line[$0.upperBound...] }
    }
    // QEMU's standard error has no place in the order.
    #expect(ours.sorted() == qemu.text.split(separator: "\n").sorted())
    #expect(outcome.status == qemu.status)
    #expect(try Data(contentsOf: file) == theirs)
  }

  @Test func withoutAFolder_noFileOpens() throws {
    let program = try NewlibProgram.build(NewlibProgram.tour, in: scratch)
    let outcome = try Command.run("--board", "mps2-an386", "--firmware", program)
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("out.txt: errno 13"), "\(outcome.output)")
  }

  @Test(arguments: [(0, 0), (255, 255), (256, 255), (-1, 255), (7, 7)])
  func exitStatus_isTheRuns(_ status: Int, _ expected: Int32) throws {
    let program = try NewlibProgram.build(
      "#include <stdlib.h>\nint main(void) { exit(\(status)); }", in: scratch)
    let outcome = try Command.run("--board", "mps2-an386", "--firmware", program)
    #expect(outcome.status == expected, "\(outcome.errors)")
  }

  @Test func abort_isACrash() throws {
    let program = try NewlibProgram.build(
      "#include <stdlib.h>\nint main(void) { abort(); }", in: scratch)
    let outcome = try Command.run("--board", "mps2-an386", "--firmware", program)
    #expect(outcome.complaint.contains("ADP_Stopped"), "\(outcome.errors)")
    #expect(outcome.status == 3)
  }

  @Test func realTimeTransfer_printsAndReads() throws {
    let program = try NewlibProgram.build(NewlibProgram.transfer, in: scratch)
    let run = { (arguments: String...) in
      try Command.run(
        ["--board", "mps2-an386", "--duration", "1s"]
          + (arguments.contains("--firmware") ? [] : ["--firmware", program]) + arguments,
        input: "typed\n.")
    }
    let outcome = try run("--rtt-input", "-")
    #expect(outcome.output.contains("s  rtt: longer than the buffer holds\n"), "\(outcome.output)")
    #expect(outcome.output.contains("s  rtt: typed\n"), "\(outcome.output)")
    #expect(outcome.status == 0 && outcome.output.contains("by the program itself"))
    #expect(try run("--rtt", "plain").output.contains("s  longer than the buffer holds\n"))
    let raw = scratch.path("raw.bin")
    _ = try NewlibProgram.run(
      "\(NewlibProgram.compiler?.dropLast(3) ?? "")objcopy", in: scratch.url, "-O", "binary",
      program, raw)
    #expect(try run("--rtt", "plain", "--firmware", raw).output.contains("s  longer than the"))
    #expect(!(try run("--firmware", raw).output.contains("longer")))
    let unread = try run("--rtt", "off")
    #expect(!unread.output.contains("longer") && unread.output.contains("after the time"))
  }
}
