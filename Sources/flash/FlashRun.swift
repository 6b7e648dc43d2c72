// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BoardDescription
import FirmwareBuild
import FlashProtocols
import Flasher
import Foundation
import MachineModel
import Terminal

/// One run of the command: find, build, check, flash, watch.
struct FlashRun {
  let options: Flash
  private let transcript: Transcript
  private let system: LiveSystem
  private let flasher: Flasher
  private let boards: [Board]

  init(_ options: Flash) throws {
    self.options = options
    let transcript = Transcript(descriptor: options.json == "-" ? 2 : 1)
    self.transcript = transcript
    if let path = options.json, path != "-" { try OutputFile.checkFolder(of: path) }
    system = LiveSystem { Interruption.signal != nil }
    var boards = try BoardList.known()
    // A board file of the user's own is looked for first.
    if let name = options.board {
      let board = try Board.load(named: name)
      boards = [board] + boards.filter { $0.id != board.id }
    }
    self.boards = boards
    let bar = ProgressBar(isVerbose: options.verbose, transcript)
    flasher = Flasher(boards: boards, system: system, report: bar.show)
  }

  func run() throws {
    Interruption.watch()
    let choice = BoardChoice(
      board: options.board == nil ? nil : boards.first, port: options.port,
      serialNumber: options.serialNumber)
    let given = try options.image.flatMap { try readFile($0) }
    let target = try failing { try flasher.find(choice) }
    guard let name = options.image else { return try monitor(target, at: target.portNow) }
    let (file, bytes) = try given ?? build(name, for: target.board)
    let check = try ImageCheck(
      board: target.board, others: boards, mayReplaceBootloader: options.allowBootloader > 1)
    let image = try failing { try check.flashImage(bytes, name: file) }
    transcript.print("board     \(target.board.name), \(target.place)")
    transcript.print(
      "image     \(file), \(ByteCount.grouped(image.bytes.count)) B at \(Address(image.start))")
    let outcome = try failing {
      defer { Terminal.endProgress() }
      return try flasher.flash(image, to: target, waits: !options.endsAtOnce)
    }
    let report = Report(target, file, image, outcome)
    transcript.print("flashed   in \(seconds(outcome.time)) s, \(outcome.verification.words)")
    if let port = outcome.applicationPort { transcript.print("runs      \(port)") }
    if let path = options.json { try OutputFile.write(json: report, to: path) }
    if options.monitoring.monitor {
      try monitor(target, at: outcome.applicationPort)
    }
    try transcript.checkComplete()
  }

  /// A failure is in the JSON too.
  private func failing<Value>(_ body: () throws -> Value) throws -> Value {
    do { return try body() } catch let error as FlashError {
      if let path = options.json { try OutputFile.write(json: Report(error), to: path) }
      throw error
    }
  }

  // MARK: Inputs

  private typealias NamedBytes = (file: String, bytes: [UInt8])

  /// The bytes of a file; nil where the name is that of an application.
  private func readFile(_ name: String) throws -> NamedBytes? {
    guard !isApplication(name) else { return nil }
    guard options.model == nil else {
      throw InputError(description: "--model builds an application; name one, not an image")
    }
    return (URL(fileURLWithPath: name).lastPathComponent, try InputFile.read(name))
  }

  private func build(_ name: String, for board: Board) throws -> NamedBytes {
    guard board.isEmulated else {
      throw InputError(
        description: "\(name) cannot be built for \(board.name), whose chip our firmware has no "
          + "drivers for; flash an image that was built for it elsewhere")
    }
    defer { Terminal.endProgress() }
    let built = try FirmwareBuilder().image(
      app: name, board: board, model: options.model.map { URL(fileURLWithPath: $0) },
      progress: Terminal.progress)
    return (built.elf.lastPathComponent, try InputFile.read(built.elf.path))
  }

  private func isApplication(_ name: String) -> Bool {
    guard !name.contains("/"), !name.contains(".") else { return false }
    return !FileManager.default.fileExists(atPath: name)
  }

  private func seconds(_ time: Duration) -> String {
    let hundredths = Flasher.hundredths(time)
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }

  private func monitor(_ target: FlashTarget, at port: String?) throws {
    let monitor = PortMonitor(
      options: options.monitoring, target: target, system: system, flasher: flasher)
    try monitor.run(at: port)
  }
}

extension FlashTarget {
  fileprivate var portNow: String? { port ?? seen?.port }
}

extension Flasher {
  /// Hundredths of a second.
  fileprivate static func hundredths(_ time: Duration) -> Int {
    Int((time / .milliseconds(10)).rounded())
  }
}

extension FlashVerification {
  fileprivate var words: String {
    switch self {
    case .readBack: "verified by reading every byte back"
    case .checksum: "verified by the board's checksum"
    case .acknowledged: "acknowledged block by block (its protocol cannot verify)"
    }
  }
}

/// What `--json` gets.
struct Report: Encodable {
  var result: String
  var board: String?
  var name: String?
  var port: String?
  var serialNumber: String?
  var image: String?
  var start: UInt32?
  var bytes: Int?
  var flashProtocol: String?
  var verification: String?
  var seconds: Double?
  var applicationPort: String?
  var step: String?
  var problem: String?
  var remedy: String?

  init(_ target: FlashTarget, _ file: String, _ image: FlashImage, _ outcome: Flasher.Outcome) {
    result = "flashed"
    (board, name) = (target.board.id, target.board.name)
    (port, serialNumber) = (target.port ?? target.seen?.port, target.seen?.serialNumber)
    (self.image, start, bytes) = (file, image.start, image.bytes.count)
    flashProtocol = target.flashing.protocolName
    verification = outcome.verification.rawValue
    seconds = Double(Flasher.hundredths(outcome.time)) / 100
    applicationPort = outcome.applicationPort
  }

  init(_ error: FlashError) {
    result = error.kind == .interrupted ? "interrupted" : "failed"
    (step, problem, remedy) = (error.step, error.problem, error.remedy)
  }
}

/// What the user sees while a board is flashed.
final class ProgressBar {
  private let isVerbose: Bool
  private let transcript: Transcript

  init(isVerbose: Bool, _ transcript: Transcript) {
    (self.isVerbose, self.transcript) = (isVerbose, transcript)
  }

  func show(_ report: FlashReport) {
    switch report {
    case .detail(let text): if isVerbose { transcript.print("          \(text)") }
    case .notice(let text): transcript.print("          \(text)")
    case .progress(let progress):
      guard progress.total > 0 else {
        return Terminal.progress(progress.step.rawValue)
      }
      Terminal.progress(
        done: progress.done, of: progress.total, "bytes, \(progress.step.rawValue)")
    }
  }
}
