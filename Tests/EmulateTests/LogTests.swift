// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct LogTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// The lines of the log, times left out.
  private func log(_ kinds: String, of image: [UInt8] = RawImage.busy) throws -> [String] {
    let path = try scratch.write(image, as: "image.bin")
    let outcome = try Command.run("--firmware", path, "--duration", "1ms", "--log", kinds)
    return outcome.errors.split(separator: "\n").map { line in
      line.range(of: " s  ").map { String(line[$0.upperBound...]) } ?? String(line)
    }
  }

  @Test func exceptionsAndSleep_comeInOrder() throws {
    #expect(
      try log("exceptions,sleep") == [
        "sleep          asleep until an interrupt  at 0x00010074",
        "sleep          awake  at 0x00010074",
        "exceptions     SysTick entered  at 0x0001008c",
        "exceptions     return from SysTick",
      ])
  }

  @Test func pinsAndRegisters_nameTheInstruction() throws {
    let lines = try log("pins,registers")
    #expect(lines[0] == "registers      P0.DIRSET written 0x00002000  at 0x00010046")
    #expect(lines[1] == "pins           P0.13 low  at 0x00010046")
    #expect(lines.last == "registers      QDEC.ENABLE read 0x00000000  at 0x00010084")
  }

  @Test func unimplemented_namesTheRegister() throws {
    #expect(try log("unimplemented") == ["unimplemented  QDEC.ENABLE read  at 0x00010084"])
  }

  @Test func tasks_areNamed() throws {
    let lines = try log("tasks")
    #expect(lines.contains("tasks          task 2 begins  at 0x00010062"), "\(lines)")
    #expect(lines.contains("tasks          task 2 ends  at 0x00010074"), "\(lines)")
  }

  @Test func accessBehindRAM_isAGuestError() throws {
    let lines = try log("guest-errors", of: RawImage.readsBehindRAM)
    #expect(lines.first == "guest-errors   nothing answers at 0x20040000, read  at 0x00010042")
  }

  @Test func crash_isAGuestError() throws {
    let lines = try log("guest-errors", of: RawImage.undefined)
    #expect(lines.first?.hasPrefix("guest-errors   HardFault") == true, "\(lines)")
    #expect(lines.first?.hasSuffix("not handled  at 0x00010040") == true, "\(lines)")
  }

  @Test func pinThatIsLetGo_floats() throws {
    // ldr r0, =0x50000518; movs r1, #1; str r1, [r0]; str r1, [r0, #4] (DIRCLR); b .
    let lines = try log(
      "pins", of: RawImage.image([0x4802, 0x2101, 0x6001, 0x6041, 0xE7FE, 0xBF00, 0x0518, 0x5000]))
    #expect(
      lines == [
        "pins           P0.00 low  at 0x00010044", "pins           P0.00 floating  at 0x00010046",
      ])
  }

  @Test func semihosting_isLogged() throws {
    // movs r0, #4; adr r1, text; bkpt 0xab; b .; "hi\n"
    let lines = try log(
      "semihosting", of: RawImage.image([0x2004, 0xA101, 0xBEAB, 0xE7FE, 0x6968, 0x000A]))
    #expect(lines == ["semihosting    writeText(0x00010048) answered 0  at 0x00010044"])
  }

  @Test func unknownKind_isRefusedWithTheList() throws {
    let path = try scratch.write(RawImage.busy, as: "image.bin")
    let outcome = try Command.run("--firmware", path, "--log", "irq,nonsense")
    #expect(outcome.status == 64)
    for word in ["'nonsense'", "unimplemented", "guest-errors", "sleep", "all"] {
      #expect(outcome.errors.contains(word), "\(outcome.errors)")
    }
  }

  @Test func logFile_takesTheLines() throws {
    let path = try scratch.write(RawImage.busy, as: "image.bin")
    let file = scratch.path("out.log")
    let outcome = try Command.run(
      "--firmware", path, "--duration", "1ms", "--log", "sleep", "--log-file", file)
    #expect(outcome.errors.isEmpty)
    let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 2 && lines[0].hasPrefix("  0.00000"), "\(lines)")
    let alone = try Command.run("--firmware", path, "--log-file", file)
    #expect(alone.status == 64 && alone.errors.contains("needs --log"))
  }
}
