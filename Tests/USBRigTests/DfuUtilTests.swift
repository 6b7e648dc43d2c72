// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BootloaderModels
import FlashProtocols
import FlashSupport
import Foundation
import Testing
import USBModel

/// Debian's dfu-util against the models: what holds for it holds for the session that talks to the
/// same models. `BREADBOARD_RIG_RUNS=50` runs each that often in a row; twice otherwise.
@Suite(
  .enabled(if: Tools.canRun, "needs umockdev, libumockdev-dev, dfu-util and a C compiler"),
  .serialized)
struct DfuUtilTests {
  private let runs =
    ProcessInfo.processInfo.environment["BREADBOARD_RIG_RUNS"].flatMap(Int.init) ?? 2
  private let tool = Tools.dfuUtil ?? ""

  private func withFile<Result>(
    _ bytes: [UInt8] = [], _ body: (String) throws -> Result
  ) throws -> Result {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("breadboard-\(UUID().uuidString).bin")
    try Data(bytes).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return try body(file.path)
  }

  @Test func list_showsEveryAlternateSetting() throws {
    let rig = try UmockdevRig(ModelledDevice(try DFUBoards.portentaH7()))
    for _ in 0..<runs {
      let outcome = try rig.run(tool, ["-l"])
      #expect(outcome.status == 0, "\(outcome.output)")
      let found = outcome.output.split(separator: "\n").filter { $0.hasPrefix("Found DFU:") }
      #expect(found.count == 4, "\(outcome.output)")
      #expect(
        outcome.output.contains(
          "name=\"@Internal Flash  2MB   /0x08000000/01*128Ka,15*128Kg\", serial=\"003100353235\""))
    }
  }

  @Test func plainDownload_andUpload_ofOpenMV() throws {
    for run in 0..<runs {
      let image = DFUBoards.program(30_000 + 977 * run, seed: UInt64(run), at: 0x0804_0000)
      var board = DFUBoards.openMV()
      board.store.eraseDuration = .milliseconds(50)
      // dfu-util reads to the end of a memory.
      board.store.partitions[2].length = 0x1_4000
      let rig = try UmockdevRig(ModelledDevice(board))
      let download = try withFile(image.bytes) {
        try rig.run(tool, ["-d", "37c5:9204", "-a", "FIRMWARE", "-D", $0])
      }
      #expect(download.status == 0 && download.output.contains("Done!"), "\(download.output)")
      #expect(rig.function.device.store.memory.holds(image))
      let uploaded = try withFile { file in
        try FileManager.default.removeItem(atPath: file)
        let upload = try rig.run(tool, ["-d", "37c5:9204", "-a", "2", "-U", file])
        #expect(upload.output.contains("Upload done."), "\(upload.output)")
        return try Data(contentsOf: URL(fileURLWithPath: file))
      }
      #expect(uploaded.count == 0x1_4000 && uploaded.prefix(image.bytes.count) == Data(image.bytes))
    }
  }

  @Test func dfuSeDownload_erasesWritesAndLeaves() throws {
    for run in 0..<runs {
      let image = DFUBoards.program(5000 + 1931 * run, seed: UInt64(run), at: 0x0804_0000)
      let rig = try UmockdevRig(ModelledDevice(try DFUBoards.portentaH7()))
      let outcome = try withFile(image.bytes) {
        try rig.run(
          tool, ["-d", "2341:035b", "-a", "0", "--dfuse-address=0x08040000:leave", "-D", $0])
      }
      #expect(outcome.output.contains("File downloaded successfully"), "\(outcome.output)")
      rig.wait(.milliseconds(700))
      #expect(rig.function.device.store.erased == [0x0804_0000])
      #expect(rig.function.device.store.memory.holds(image))
      #expect(rig.function.device.applicationStarts == 1)
    }
  }

  @Test func runtimeInterface_isDetachedReenumeratedAndFlashed() throws {
    for run in 0..<runs {
      let image = DFUBoards.program(3000 + 640 * run, seed: UInt64(run), at: 0x4000)
      var board = DFUBoards.unoR4Minima(.application)
      board.store.writeDuration = .zero
      board.profile.startDelay = .milliseconds(200)
      let rig = try UmockdevRig(ModelledDevice(board))
      let outcome = try withFile(image.bytes) {
        try rig.run(tool, ["-d", "2341:0069,2341:0369", "-a", "0", "-D", $0, "-R"])
      }
      #expect(outcome.output.contains("Done!"), "\(outcome.status): \(outcome.output)")
      rig.wait(.milliseconds(400))
      #expect(rig.function.device.store.memory.holds(image))
      #expect(rig.function.attachmentCount >= 3)
    }
  }
}
