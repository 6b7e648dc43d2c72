// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import Emulator
import Foundation

/// The emulators' times for one image, taken in turns so that a busy neighbour hits them all.
struct Comparison {
  let workload: Workload
  let runs: Int

  func measure(_ peers: [any Peer]) throws -> Figures.Row {
    var times = [[Double]](repeating: [], count: peers.count)
    var row = Figures.Row(workload: workload.name, instructions: 0, cycles: 0, seconds: [])
    var expected: String?
    for _ in 0..<runs {
      for (index, peer) in peers.enumerated() {
        let run = try peer.run(workload)
        times[index].append(run.seconds)
        if index == 0 { (row.instructions, row.cycles) = (run.instructions, run.cycles) }
        guard run.output == expected ?? run.output else {
          throw BenchmarkError(
            description: "'\(workload.path)' printed \"\(run.output)\" on \(peer.name), "
              + "\"\(expected ?? "")\" on \(peers[0].name); one of them is wrong")
        }
        expected = run.output
      }
    }
    row.seconds = times.map(\.median)
    return row
  }
}

/// Everything measured; `--json` writes it as it is.
struct Figures: Codable {
  struct Row: Codable {
    var workload: String
    var instructions: UInt64
    var cycles: UInt64
    /// Medians, in the order of `peers`.
    var seconds: [Double]

    func mips(_ peer: Int) -> Double { Double(instructions) / seconds[peer] / 1e6 }
    /// How many times as fast ours is.
    func ratio(_ peer: Int) -> Double { seconds[peer] / seconds[0] }
  }

  var isDebug = false
  var peers: [String] = []
  var workloads: [Row] = []
  /// From the start of the process to the first instruction of an image of 1 MiB.
  var startMilliseconds: Double?
  /// The most memory of that process, and what of it is the board's.
  var peakMebibytes: Double?
  var guestMebibytes: Double?
  /// Two machines on two threads against one.
  var twoThreads: Double?
  /// The debug build's speed as a share of the release build's; nil where it was not found.
  var debugShare: [String: Double]?

  private static let columns = (name: 18, millions: 8, peer: 18)

  func heading() -> String {
    var line = "MIPS".padded(to: Self.columns.name) + "M instr.".aligned(to: Self.columns.millions)
    for peer in peers { line += peer.aligned(to: Self.columns.peer) }
    return isDebug ? "A debug build; figures that count come from -c release.\n" + line : line
  }

  /// Each peer's speed and, in brackets, how many times as fast ours is.
  func line(_ row: Row) -> String {
    var line = row.workload.padded(to: Self.columns.name)
    line += fixed(Double(row.instructions) / 1e6, places: 0).aligned(to: Self.columns.millions)
    for peer in peers.indices {
      let speed = fixed(row.mips(peer), places: 0)
      let ratio = peer == 0 ? "" : " (\(fixed(row.ratio(peer), places: 2)) ×)"
      line += (speed + ratio).aligned(to: Self.columns.peer)
    }
    return line
  }

  func hostLines() -> [String] {
    var lines: [String] = []
    if let startMilliseconds {
      lines.append(
        "start to first instruction, 1 MiB image: \(fixed(startMilliseconds, places: 1)) ms")
    }
    if let peakMebibytes, let guestMebibytes {
      lines.append(
        "peak memory of the process: \(fixed(peakMebibytes, places: 1)) MiB, the board's "
          + "\(fixed(guestMebibytes, places: 1)) MiB included")
    }
    if let twoThreads {
      lines.append("two machines on two threads: \(fixed(twoThreads, places: 2)) × one")
    }
    guard let debugShare else {
      return lines + ["debug build: not there; 'swift build --product benchmark' makes it"]
    }
    let shares = debugShare.sorted { $0.key < $1.key }
      .map { "\($0.key) \(fixed($0.value * 100, places: 0)) %" }
    return lines + ["debug build against release: " + shares.joined(separator: ", ")]
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }

  fileprivate func aligned(to width: Int) -> String {
    String(repeating: " ", count: max(1, width - count)) + self
  }
}
