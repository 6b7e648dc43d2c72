// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BoardDescription
import Emulator
import FirmwareBuild
import Foundation

/// `benchmark`, `benchmark my.elf`
struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Runs images on each emulator in turns; prints medians and ratios.",
    discussion: """
      Run it as `swift run -c release benchmark`. Without arguments it builds and measures the \
      workloads of Firmware/Sources: an int8 convolution, an integer mix, floats, whole \
      inferences, and the convolution under a tick of 1 kHz. Any ELF for the mps2-an386 board that \
      ends by the semihosting call SYS_EXIT (BKPT 0xAB) can be named. The time is the processor's, \
      user and system; what QEMU takes to start is not counted.
      """)

  @Argument(help: "ELF files for mps2-an386; default: our workloads, and start, memory, threads.")
  var images: [String] = []

  @Option(help: "Runs of each; the median counts.")
  var runs = 5

  @Flag(help: "Measures ours alone.")
  var alone = false

  @Option(
    help: ArgumentHelp(
      "Writes the figures as JSON; '-' for standard output, the table then goes to standard error.",
      valueName: "file"))
  var json: String?

  @OptionGroup var engine: EngineOption

  mutating func validate() throws {
    guard (1...99).contains(runs) else { throw ValidationError("--runs takes 1 to 99.") }
  }

  func run() throws {
    let board = try Board.load(named: "mps2-an386")
    let paths = try images.isEmpty ? Self.workloads(for: board) : images
    var figures = Figures()
    #if DEBUG
      figures.isDebug = true
    #endif
    let peers = try self.peers(board)
    figures.peers = peers.map(\.name)
    say(figures.heading())
    for path in paths {
      let comparison = Comparison(workload: try Workload(path: path, board: board), runs: runs)
      let row = try comparison.measure(peers)
      figures.workloads.append(row)
      say(figures.line(row))
    }
    if images.isEmpty { try measureHost(paths, board, &figures) }
    if let json { try write(figures, to: json) }
  }

  private static func workloads(for board: Board) throws -> [String] {
    let names = ["convolution", "integer", "float", "inference", "ticking"]
    return try names.map { name in
      try FirmwareBuilder().image(app: "\(name)-loop", board: board).elf.path
    }
  }

  private func peers(_ board: Board) throws -> [any Peer] {
    var peers: [any Peer] = [Breadboard(engine: engine)]
    guard !alone else { return peers }
    if let path = QEMU.find() {
      peers.append(try QEMU(name: "QEMU", path: path, arguments: []))
      peers.append(
        try QEMU(name: "QEMU -icount", path: path, arguments: ["-icount", "shift=4"]))
    } else {
      say("QEMU was not found; install qemu-system-arm to compare with it")
    }
    return peers + [UnicornEngine()]
  }

  /// What is asked of the process around the machine.
  private func measureHost(_ paths: [String], _ board: Board, _ figures: inout Figures) throws {
    let host = HostFigures(board: board, runs: runs, engine: engine)
    let start = try host.start()
    figures.startMilliseconds = start.milliseconds
    figures.peakMebibytes = start.peakMebibytes
    figures.guestMebibytes = start.guestMebibytes
    figures.twoThreads = try host.twoThreads(Workload(path: paths[0], board: board))
    figures.debugShare = try host.debugShare(paths, figures)
    figures.hostLines().forEach(say)
  }

  private func say(_ line: String) {
    let handle = json == "-" ? FileHandle.standardError : FileHandle.standardOutput
    handle.write(Data((line + "\n").utf8))
  }

  private func write(_ figures: Figures, to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let data = try encoder.encode(figures) + Data("\n".utf8)
    if path == "-" { return FileHandle.standardOutput.write(data) }
    guard FileManager.default.createFile(atPath: path, contents: data) else {
      throw BenchmarkError(description: "'\(path)' cannot be written; check its folder")
    }
  }
}
