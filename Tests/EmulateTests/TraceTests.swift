// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct TraceTests {
  let scratch: Scratch
  let image: String

  init() throws {
    scratch = try Scratch()
    image = try scratch.write(RawImage.busy, as: "busy.bin")
  }

  private func run(_ arguments: String...) throws -> Command.Outcome {
    try Command.run(["--firmware", image, "--duration", "1ms"] + arguments)
  }

  private func trace() throws -> ValueChanges {
    let file = scratch.path("out.vcd")
    let outcome = try run("--trace", file)
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    return try ValueChanges(String(contentsOfFile: file, encoding: .utf8))
  }

  @Test func waveform_showsPinsSleepExceptionsAndTasks() throws {
    let dump = try trace()
    #expect(dump.timescale == "1 ps")
    #expect((1_000_000_000..<1_000_200_000).contains(dump.end), "a millisecond")
    #expect(dump.values("pins.P0_13_D13_LED_BUILTIN_SCK") == ["z", "0", "1", "0", "1"])
    #expect(dump.values("cpu.sleep") == ["0", "1", "0"])
    #expect(dump.values("cpu.exception") == ["0", "1111", "0"])
    #expect(dump.values("cpu.exception_name") == ["Thread_mode", "SysTick", "Thread_mode"])
    #expect(dump.values("tasks.task_2") == ["0", "1", "0"])
    #expect(dump.values("tasks.name") == ["none", "task_2", "none"])
    let asleep = dump.changes["cpu.sleep"]?.map(\.time) ?? []
    let entered = dump.changes["cpu.exception"]?.map(\.time) ?? []
    #expect(asleep[2] + 12 * 15_625 <= entered[1], "entry takes twelve cycles")
    #expect(entered[1] % 15_625 == 0, "time is whole cycles of 64 MHz")
  }

  @Test func waveform_showsBusAccessesByPeripheral() throws {
    let dump = try trace()
    let pin = String(1 << 13, radix: 2)
    #expect(dump.values("bus.GPIO.write").count == 4)
    #expect(dump.values("bus.GPIO.data") == [pin], "what stays the same is not written again")
    #expect(
      dump.values("bus.GPIO.register") == ["P0.DIRSET", "P0.OUTSET", "P0.OUTCLR", "P0.OUTSET"])
    #expect(dump.values("bus.QDEC.read") == ["1"])
    #expect(dump.values("bus.QDEC.offset") == [String(0x500, radix: 2)])
    #expect(dump.values("bus.UARTE0.write").isEmpty)
  }

  @Test func runThatIsWatched_isTheSameRun() throws {
    let hash = { (outcome: Command.Outcome) in
      outcome.output.split(separator: "\n").first { $0.hasPrefix("trace") }
    }
    let plain = try run()
    let watched = try run(
      "--trace", scratch.path("a.vcd"), "--log", "all", "--log-file", scratch.path("a.log"))
    #expect(hash(plain) != nil && hash(plain) == hash(watched))
    #expect(plain.output == watched.output)
  }

  private static let fst2vcd = ["vcd2fst", "fst2vcd"].map { "/usr/bin/\($0)" }

  @Test(
    .enabled(
      if: fst2vcd.allSatisfy(FileManager.default.isExecutableFile),
      "GTKWave's vcd2fst is not installed"))
  func waveform_isReadByGTKWavesTools() throws {
    let file = scratch.path("out.vcd")
    _ = try run("--trace", file)
    let packed = try NewlibProgram.run(Self.fst2vcd[0], in: scratch.url, file, "out.fst")
    #expect(packed.status == 0, "\(packed.text)")
    let back = try NewlibProgram.run(Self.fst2vcd[1], in: scratch.url, "out.fst")
    #expect(back.text.contains("P0_13_D13_LED_BUILTIN_SCK"))
    #expect(back.text.contains("sSysTick"))
  }

  @Test func traceThatCannotBeWritten_isRefusedBeforeTheRun() throws {
    let outcome = try run("--trace", "/nowhere/out.vcd")
    #expect(outcome.status == 74)
    #expect(outcome.complaint.contains("/nowhere/out.vcd"), "\(outcome.complaint)")
  }

  @Test func fullDisk_isReportedAtTheEnd() throws {
    let outcome = try run("--trace", "/dev/full")
    #expect(outcome.status == 74)
    #expect(outcome.complaint.contains("No space left"), "\(outcome.complaint)")
    #expect(outcome.output.contains("trace  "), "the summary is there all the same")
  }
}
