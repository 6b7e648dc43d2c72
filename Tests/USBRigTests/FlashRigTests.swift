// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BootloaderModels
import FlashProtocols
import FlashSupport
import Foundation
import Testing
import USBModel

/// Our own command, through the real libusb, against the models. `BREADBOARD_RIG_RUNS=50` runs each
/// that often in a row; twice otherwise.
@Suite(
  .enabled(if: Tools.canRun, "needs umockdev, libumockdev-dev, dfu-util and a C compiler"),
  .serialized)
struct FlashRigTests {
  private let runs =
    ProcessInfo.processInfo.environment["BREADBOARD_RIG_RUNS"].flatMap(Int.init) ?? 2
  private let tool = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    .appendingPathComponent("flash").path

  /// A vector table that the board's file allows, and bytes that differ from run to run.
  private func program(_ size: Int, stack: UInt32, start: UInt32, run: Int) -> [UInt8] {
    var bytes = DFUBoards.program(size, seed: UInt64(run), at: start).bytes
    for (index, word) in [stack, start + 0x41].enumerated() {
      for byte in 0..<4 { bytes[4 * index + byte] = UInt8(truncatingIfNeeded: word >> (8 * byte)) }
    }
    return bytes
  }

  private func flash<Function: USBFunction>(
    _ bytes: [UInt8], to board: String, on rig: UmockdevRig<Function>, waiting: Bool = false
  ) throws -> UmockdevRig<Function>.Outcome {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("breadboard-\(UUID().uuidString).bin")
    try Data(bytes).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return try rig.run(
      tool, [file.path, "--board", board, "--verbose"] + (waiting ? [] : ["--no-wait"]))
  }

  @Test func dfu_writesOpenMVAndReadsItBack() throws {
    for run in 0..<runs {
      let bytes = program(
        30_000 + 977 * run, stack: 0x2408_0000, start: 0x0804_0000, run: run)
      let rig = try UmockdevRig(ModelledDevice(DFUBoards.openMV()))
      let outcome = try flash(bytes, to: "openmv-h7", on: rig)
      #expect(outcome.status == 0, "\(outcome.output)")
      #expect(outcome.output.contains("it is in its bootloader already"))
      #expect(outcome.output.contains("verified by reading every byte back"))
      let holds = rig.function.device.store.memory.holds(bytes, at: 0x0804_0000)
      #expect(holds)
    }
  }

  @Test func dfuSe_writesThePortentaAndStartsIt() throws {
    for run in 0..<runs {
      let bytes = program(5000 + 1931 * run, stack: 0x2408_0000, start: 0x0804_0000, run: run)
      let rig = try UmockdevRig(ModelledDevice(try DFUBoards.portentaH7()))
      let outcome = try flash(bytes, to: "portenta-h7", on: rig)
      rig.wait(.milliseconds(700))
      #expect(outcome.status == 0, "\(outcome.output)")
      let holds = rig.function.device.store.memory.holds(bytes, at: 0x0804_0000)
      #expect(holds)
      #expect(rig.function.device.applicationStarts == 1)
    }
  }

  @Test func sketch_isDetachedFollowedAndFlashed() throws {
    for run in 0..<runs {
      let bytes = program(3000 + 640 * run, stack: 0x2000_8000, start: 0x4000, run: run)
      var board = DFUBoards.unoR4Minima(.application)
      board.profile.startDelay = .milliseconds(200)
      let rig = try UmockdevRig(ModelledDevice(board))
      let outcome = try flash(bytes, to: "uno-r4-minima", on: rig, waiting: true)
      #expect(outcome.status == 0, "\(outcome.output)")
      #expect(outcome.output.contains("sending DFU_DETACH"))
      #expect(outcome.output.contains("the bootloader came"))
      #expect(outcome.output.contains("the application runs"))
      let holds = rig.function.device.store.memory.holds(bytes, at: 0x4000)
      #expect(holds)
    }
  }

  @Test func picoboot_writesTheNanoRP2040() throws {
    for run in 0..<runs {
      let image = DFUBoards.program(3000 + 911 * run, seed: UInt64(run), at: 0x1000_0000)
      var bytes = image.bytes
      let table = program(64, stack: 0x2004_0000, start: 0x1000_0100, run: run)
      bytes.replaceSubrange(0x100..<0x108, with: table.prefix(8))
      let rig = try UmockdevRig(ModelledDevice(RP2040Board.board()))
      let outcome = try flash(bytes, to: "nano-rp2040", on: rig)
      #expect(outcome.status == 0, "\(outcome.output)")
      let holds = RP2040Board.holds(
        rig.function.device, FlashImage(start: 0x1000_0000, bytes: bytes))
      #expect(holds)
    }
  }

  @Test func list_namesBoardAndState() throws {
    let rig = try UmockdevRig(ModelledDevice(DFUBoards.unoR4Minima(.application)))
    let sketch = try rig.run(tool, ["--list"])
    #expect(sketch.status == 0)
    #expect(sketch.output.contains("Arduino UNO R4 Minima"))
    #expect(sketch.output.contains("sketch"))
    #expect(sketch.output.contains("3100000000000000"))
  }
}

extension MemoryArray {
  fileprivate func holds(_ bytes: [UInt8], at address: UInt32) -> Bool {
    var memory = self
    return memory.read(address, count: bytes.count) == bytes
  }
}
