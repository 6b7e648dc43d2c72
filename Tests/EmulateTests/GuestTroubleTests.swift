// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct GuestTroubleTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func run(_ image: [UInt8], _ duration: String = "20ms") throws -> Command.Outcome {
    let path = try scratch.write(image, as: "image.bin")
    return try Command.run("--firmware", path, "--duration", duration)
  }

  @Test func endlessLoop_endsWithTheDuration() throws {
    let outcome = try run(RawImage.endlessLoop)
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("at 0.020 s"))
    #expect(outcome.output.contains("100.0 %"))
  }

  @Test func undefinedInstruction_isReportedLikeADebuggerWould() throws {
    let outcome = try run(RawImage.undefined)
    #expect(outcome.status == 3)
    for word in ["UNDEFINSTR", "pc 00010040", "udf", "call chain"] {
      #expect(outcome.errors.contains(word), "\(outcome.errors)")
    }
  }

  @Test func readBehindRAM_namesTheAddress() throws {
    let outcome = try run(RawImage.readsBehindRAM)
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains("20040000"), "\(outcome.errors)")
  }

  @Test func readAboveThePrivateBus_isABusFault() throws {
    // mvn r0, #3; ldr r1, [r0]: element -1 of an array at address 0
    let outcome = try run(RawImage.image([0xF06F, 0x0003, 0x6801]))
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains("fault address 0xfffffffc"), "\(outcome.errors)")
  }

  @Test func stackPeak_isNotTheHeaps() throws {
    // push {r0, lr}; mov.w r0, #0x20000000; str r0, [r0, #64]; b .
    let outcome = try run(RawImage.image([0xB501, 0xF04F, 0x5000, 0x6400, 0xE7FE]))
    #expect(outcome.output.contains("stack peak 8 B, heap unknown"), "\(outcome.output)")
  }

  @Test func processStackOfUnknownSize_isLeftOut() throws {
    // mov r0, sp; subs r0, #64; msr psp, r0; movs r0, #2; msr control, r0; push {r0}; b .
    let outcome = try run(
      RawImage.image([0x4668, 0x3840, 0xF380, 0x8809, 0x2002, 0xF380, 0x8814, 0xB401, 0xE7FE]))
    #expect(outcome.status == 0)
    #expect(!outcome.output.contains("process stack"), "\(outcome.output)")
  }

  @Test func wordsForTheUICR_areProgrammed() throws {
    // ldr r0, [pc, #4]; ldr r0, [r0]; ldr r0, [r0]; nop; .word 0x10001080
    // CUSTOMER[0] is 0x60000000 in the file, where nothing answers.
    let hex = """
      :020000040001F9
      :08000000000004204100010092
      :0C00400001480068006800BF801000103C
      :020000041000EA
      :04108000000000600C
      :00000001FF

      """
    let path = try scratch.write(Array(hex.utf8), as: "image.hex")
    let outcome = try Command.run("--firmware", path, "--duration", "1ms")
    #expect(outcome.errors.contains("fault address 0x60000000"), "\(outcome.errors)")
  }

  @Test func runningIntoData_endsAtTheEndOfRAM() throws {
    let outcome = try run(RawImage.jumpsIntoData, "1s")
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains("20040000"), "\(outcome.errors)")
  }

  @Test func textThatNeverComes_isExitCodeOne() throws {
    let path = try scratch.write(RawImage.endlessLoop, as: "image.bin")
    let outcome = try Command.run(
      "--firmware", path, "--duration", "1ms", "--until", "hello")
    #expect(outcome.status == 1)
    #expect(outcome.complaint.contains("hello"))
  }

  @Test func latencyBudgetWithoutTasks_saysSo() throws {
    let path = try scratch.write(RawImage.endlessLoop, as: "image.bin")
    let outcome = try Command.run(
      "--firmware", path, "--duration", "1ms", "--budget-latency", "1ms")
    #expect(outcome.status == 2)
    #expect(outcome.complaint.contains("marked no task"))
  }

  @Test func flashBudget_isMissedWithTheNumbers() throws {
    let path = try scratch.write(RawImage.endlessLoop, as: "image.bin")
    let outcome = try Command.run(
      "--firmware", path, "--duration", "1ms", "--budget-flash", "60B")
    #expect(outcome.status == 2)
    #expect(outcome.complaint.contains("by 6 B"), "\(outcome.complaint)")
  }

  @Test func ramBudgetOnARawImage_cannotBeHeld() throws {
    let path = try scratch.write(RawImage.endlessLoop, as: "image.bin")
    let outcome = try Command.run(
      "--firmware", path, "--duration", "1ms", "--budget-ram", "8KiB")
    #expect(outcome.status == 2)
    #expect(outcome.complaint.contains("give the ELF file"), "\(outcome.complaint)")
  }

  @Test func jsonReport_holdsTheSameTraceEveryTime() throws {
    let path = try scratch.write(RawImage.endlessLoop, as: "image.bin")
    let files = [scratch.path("a.json"), scratch.path("b.json")]
    for file in files {
      _ = try Command.run("--firmware", path, "--duration", "3ms", "--json", file)
    }
    let reports = try files.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
    #expect(reports[0] == reports[1])
    let text = String(decoding: reports[0], as: UTF8.self)
    #expect(text.contains("\"cycles\" : 192"), "\(text)")
  }
}
