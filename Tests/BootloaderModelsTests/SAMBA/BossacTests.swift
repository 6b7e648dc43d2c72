// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BootloaderModels
import Foundation
import TestSupport
import Testing
import Transports

private let tool = ["/usr/bin/bossac", "/usr/local/bin/bossac", "/opt/homebrew/bin/bossac"]
  .first { FileManager.default.isExecutableFile(atPath: $0) }

/// The SAMD21's bootloader model behind a pseudo terminal, flashed by the real bossac.
@Suite(
  .enabled(if: tool != nil, "bossac is not installed (Debian: bossa-cli)"), .serialized)
struct BossacTests {
  /// `BREADBOARD_BOSSAC_RUNS=50` for the long run.
  static let runs =
    ProcessInfo.processInfo.environment["BREADBOARD_BOSSAC_RUNS"].flatMap { Int($0) } ?? 2

  /// A board on a port. Its name is what tells bossac that it is USB.
  private final class Bench {
    let folder: URL
    let terminal: PseudoTerminal
    var memory = MemoryArray.samd21()
    var requests: [BootloaderRequest] = []

    init() throws {
      folder = FileManager.default.temporaryDirectory.appendingPathComponent(
        "breadboard-bossac-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      terminal = try PseudoTerminal(link: folder.appendingPathComponent("ttyACM0").path)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Runs the tool to its end, or for half a minute.
    func bossac(_ arguments: [String]) throws -> (status: Int32, output: String) {
      let output = folder.appendingPathComponent("output")
      _ = FileManager.default.createFile(atPath: output.path, contents: nil)
      let process = Process()
      process.executableURL = URL(fileURLWithPath: tool ?? "")
      process.arguments = ["-p", terminal.link ?? terminal.path] + arguments
      let file = try FileHandle(forWritingTo: output)
      (process.standardOutput, process.standardError) = (file, file)
      var monitor = MicrochipMonitor()
      try process.run()
      let start = ContinuousClock.now
      while process.isRunning, ContinuousClock.now - start < .seconds(30) {
        terminal.wait(milliseconds: 5)
        var answer = monitor.receive(terminal.read(atMost: 8192), in: &memory)[...]
        if let request = monitor.takeRequest() { requests.append(request) }
        while !answer.isEmpty, process.isRunning {
          answer = answer.dropFirst(terminal.write(answer))
        }
      }
      if process.isRunning { process.terminate() }
      process.waitUntilExit()
      terminal.dropUnread()
      return (process.terminationStatus, try String(contentsOf: output, encoding: .utf8))
    }

    func file(_ bytes: [UInt8]) throws -> String {
      let url = folder.appendingPathComponent("image.bin")
      try Data(bytes).write(to: url)
      return url.path
    }
  }

  private func image(_ run: Int) -> [UInt8] {
    var random = SplitMix64(seed: UInt64(run))
    return (0..<random.int(1...50_000)).map { _ in UInt8(random.int(0...255)) }
  }

  @Test func bossac_erasesWritesVerifiesAndResets() throws {
    let bench = try Bench()
    let bootloader = bench.memory.read(0, count: 0x2000)
    for run in 0..<Self.runs {
      let image = image(run)
      bench.requests = []
      let (status, output) = try bench.bossac(
        ["-i", "-e", "-w", "-v", "-R", "-o", "0x2000", bench.file(image)])
      #expect(status == 0, "run \(run): \(output)")
      #expect(output.contains("ATSAMD21x18"), "\(output)")
      #expect(output.contains("v2.0 [Arduino:XYZ]") && output.contains("Verify successful"))
      #expect(bench.memory.read(0x2000, count: image.count) == image, "run \(run)")
      #expect(bench.requests == [.reset])
      #expect(bench.memory.read(0, count: 0x2000) == bootloader)
    }
    if Self.runs > 2 { print("bossac: \(Self.runs) runs") }
  }

  /// Debian's bossac erases and writes from 0 without `-o`: BOOTPROT keeps the bootloader.
  @Test func bossac_withoutOffsetCannotHurtTheBootloader() throws {
    let bench = try Bench()
    bench.memory.place([1, 2, 3], at: 0x2000)
    let bootloader = bench.memory.read(0, count: 0x2000)
    let (status, output) = try bench.bossac(["-e", "-w", "-v", bench.file(image(1000))])
    #expect(status == 2 && output.contains("Verify failed"), "\(output)")
    #expect(bench.memory.read(0, count: 0x2000) == bootloader)
    #expect(bench.memory.read(0x2000, count: 3) != [1, 2, 3])
  }

  @Test func bossac_readsBack() throws {
    let bench = try Bench()
    let bytes = image(2000).prefix(5000)
    bench.memory.place(Array(bytes), at: 0x2000)
    let file = bench.folder.appendingPathComponent("read.bin").path
    let (status, output) = try bench.bossac(["-o", "0x2000", "-r\(bytes.count)", file])
    #expect(status == 0, "\(output)")
    #expect(FileManager.default.contents(atPath: file).map { Array($0) } == Array(bytes))
  }
}
