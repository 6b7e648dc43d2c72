// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import Emulator
import Foundation
import MachineModel

/// What can only be measured around a machine.
struct HostFigures {
  let board: Board
  let runs: Int
  let engine: EngineOption

  struct Start {
    var milliseconds, peakMebibytes, guestMebibytes: Double
  }

  /// A process of its own that loads 1 MiB and ends at its first instructions.
  func start() throws -> Start {
    let image = try StartImage(bytes: 1 << 20)
    guard let executable = Bundle.main.executableURL else {
      throw BenchmarkError(description: "this program does not find its own file")
    }
    var (times, peaks): ([Double], [Double]) = ([], [])
    for _ in 0..<runs {
      let (report, spawnedAt) = try Once.inChild(executable, image.path, engine)
      times.append((report.firstInstructionAt - spawnedAt) * 1000)
      peaks.append(Double(report.peakBytes) / 1_048_576)
    }
    let guest = board.chip.memories.reduce(0) { $0 + $1.size.count }
    return Start(
      milliseconds: times.median, peakMebibytes: peaks.median,
      guestMebibytes: Double(guest) / 1_048_576)
  }

  /// The wall clock's view: how much more two machines get done than one.
  func twoThreads(_ workload: Workload) throws -> Double {
    var (alone, together): ([Double], [Double]) = ([], [])
    for _ in 0..<runs {
      alone.append(try wall(machines: 1, workload))
      together.append(try wall(machines: 2, workload))
    }
    return 2 * alone.median / together.median
  }

  private func wall(machines count: Int, _ workload: Workload) throws -> Double {
    let failure = Failure()
    let start = MonotonicTime.now()
    DispatchQueue.concurrentPerform(iterations: count) { _ in
      do { _ = try Breadboard(engine: engine).run(workload) } catch { failure.note(error) }
    }
    if let error = failure.first { throw error }
    return MonotonicTime.now() - start
  }

  private final class Failure: @unchecked Sendable {
    private let lock = NSLock()
    private var error: (any Error)?
    var first: (any Error)? { lock.withLock { error } }
    func note(_ new: any Error) { lock.withLock { error = error ?? new } }
  }

  /// The debug build of this very program, where there is one.
  func debugShare(_ paths: [String], _ figures: Figures) throws -> [String: Double]? {
    guard let executable = Bundle.main.executableURL, !figures.isDebug else { return nil }
    let folder = executable.deletingLastPathComponent().deletingLastPathComponent()
    let debug = folder.appendingPathComponent("debug/\(executable.lastPathComponent)")
    guard FileManager.default.isExecutableFile(atPath: debug.path) else { return nil }
    var shares: [String: Double] = [:]
    for path in paths.prefix(3) {
      var (ours, theirs): ([Double], [Double]) = ([], [])
      for _ in 0..<runs {
        ours.append(try Once.inChild(executable, path, engine).report.seconds)
        theirs.append(try Once.inChild(debug, path, engine).report.seconds)
      }
      let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
      shares[name] = ours.median / theirs.median
    }
    return shares
  }
}

/// An ELF file that ends at its first instructions, of any size: what emulators take to start.
final class StartImage {
  let path: String

  /// - Parameter bytes: of flash beside the program itself.
  init(bytes: Int) throws {
    let folder = FileManager.default.temporaryDirectory
    path = folder.appendingPathComponent("start-\(getpid())-\(bytes).elf").path
    guard FileManager.default.createFile(atPath: path, contents: Data(Self.elf(bytes))) else {
      throw BenchmarkError(description: "'\(path)' cannot be written; set TMPDIR")
    }
  }

  deinit { unlink(path) }

  private static func elf(_ extra: Int) -> [UInt8] {
    // Vector table; MOVS r0, #0x18; LDR r1, [pc, #0]; BKPT 0xAB; padding; ADP_Stopped_….
    let vectors: [UInt32] = [0x2000_1000, 0x81] + [UInt32](repeating: 0, count: 30)
    let code: [UInt32] = [0x4901_2018, 0xBF00_BEAB, 0x0002_0026]
    let program =
      (vectors + code).flatMap(bytes) + (0..<extra).map { UInt8(truncatingIfNeeded: $0) }
    let size = UInt32(program.count)
    let header: [UInt8] =
      [0x7F, 0x45, 0x4C, 0x46, 1, 1, 1] + [UInt8](repeating: 0, count: 9)
      + [2, 0, 40, 0] + bytes(1) + bytes(0x81) + bytes(52) + bytes(0) + bytes(0x0500_0200)
      + [52, 0, 32, 0, 1, 0, 40, 0, 0, 0, 0, 0]
    let segment = [1, 84, 0, 0, size, size, 5, 4].flatMap(bytes)
    return header + segment + program
  }

  private static func bytes(_ word: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * UInt32($0))) }
  }
}
