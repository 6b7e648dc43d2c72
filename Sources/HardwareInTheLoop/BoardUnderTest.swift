// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import BoardDescription
import FirmwareBuild
import Foundation
import InjectionProtocol
import MachineModel
import SampleFiles
import Terminal

/// A board that a test flashes, listens to and feeds: an emulated one, or one on the desk. The same
/// test runs on both.
///
/// ```swift
/// let board = try BoardUnderTest("nano33ble")
/// try board.flash(.application("keyword-spotting"))
/// try board.expect("ready", within: .seconds(5))
/// try board.inject("three-one.wav")
/// try board.expect("heard \"three\"")
/// ```
public final class BoardUnderTest {
  let connection: any BoardConnection
  /// Lines that came and that nobody has waited for yet.
  var unread: [String] = []
  /// Every line, for messages.
  private(set) var transcript: [String] = []
  var record: BoardRecord
  private static let transcriptLength = 12

  /// - Parameters:
  ///   - name: a board from `Boards/boards`.
  ///   - selection: emulated or physical; by default what the environment says.
  /// - Throws: `BoardError`, or the board file's error.
  public convenience init(_ name: String, on selection: BoardSelection = BoardSelection()) throws {
    let board = try Board.load(named: name)
    if let missing = selection.missing(name) {
      throw BoardError(missing, remedy: "the test needs a board")
    }
    switch selection {
    case .emulated: try self.init(EmulatedBoard(board))
    case .physical: self.init(PhysicalBoard(board, port: nil))
    case .port(let path): self.init(PhysicalBoard(board, port: path))
    }
  }

  init(_ connection: any BoardConnection) {
    self.connection = connection
    record = BoardRecord(board: connection.board.name, kind: connection.kind)
  }

  public var kind: BoardKind { connection.kind }
  public var board: Board { connection.board }

  // MARK: What runs on it

  public enum Firmware: Equatable, Sendable {
    /// One of the folder `Firmware`, built for the board.
    case application(String)
    /// ELF, Intel HEX, UF2 or raw binary.
    case image(path: String)
  }

  /// Writes the image and starts it.
  public func flash(_ firmware: Firmware) throws {
    let path =
      switch firmware {
      case .application(let name): try FirmwareBuilder().image(app: name, board: board).elf.path
      case .image(let path): path
      }
    let name = URL(fileURLWithPath: path).lastPathComponent
    try connection.flash(InputFile.read(path), name: name)
    unread = []
  }

  /// Starts the application anew. A real board cannot be asked to: flash it again.
  public func reset() throws {
    try connection.reset()
    unread = []
  }

  // MARK: What it says

  /// Waits until the board prints a line that contains a text, and answers the line. Lines before
  /// it are passed over.
  /// - Parameter limit: on the board's clock: virtual time on an emulated one.
  @discardableResult
  public func expect(_ text: String, within limit: Duration = .seconds(2)) throws -> String {
    let end = connection.elapsed + limit
    while let line = try nextLine(within: end - connection.elapsed) {
      if line.contains(text) { return line }
    }
    throw BoardError(
      "\"\(text)\" was not printed within \(limit)",
      remedy: "look at what was printed, or wait longer", transcript: recent)
  }

  /// Holds a text not to be printed for some time.
  public func expectSilence(about text: String, for time: Duration) throws {
    let end = connection.elapsed + time
    while let line = try nextLine(within: end - connection.elapsed) {
      guard line.contains(text) else { continue }
      throw BoardError(
        "\"\(line)\" was printed", remedy: "it was not to come within \(time)", transcript: recent)
    }
  }

  /// Types a line at the application.
  public func send(_ text: String) throws { try connection.send(Array((text + "\r\n").utf8)) }

  var recent: [String] { transcript.suffix(Self.transcriptLength) }

  /// The next line that is no answer to an injection.
  private func nextLine(within limit: Duration) throws -> String? {
    if !unread.isEmpty { return unread.removeFirst() }
    let end = connection.elapsed + limit
    while true {
      guard let line = try read(within: end - connection.elapsed) else { return nil }
      if HostedAnswer(line: line) == nil { return line }
    }
  }

  func read(within limit: Duration) throws -> String? {
    guard limit > .zero, let line = try connection.nextLine(within: limit) else { return nil }
    transcript.append(line)
    return line
  }

  // MARK: The world around it

  /// Plays a recording to the board's microphone, from its next start on; on the emulated board
  /// only.
  public func play(_ path: String) throws {
    try connection.play(
      WAVFile.load(path: path), name: URL(fileURLWithPath: path).lastPathComponent)
    unread = []
  }

  /// Moves the board as a recording says (CSV: t,ax,ay,az and more, see `MotionFile`), from its
  /// next start on; on the emulated board only.
  public func tilt(_ path: String) throws {
    try connection.tilt(
      MotionFile.load(path: path), name: URL(fileURLWithPath: path).lastPathComponent)
    unread = []
  }

  /// Pulls a pin of the board's names low or high, or lets go of it with nil; on the emulated board
  /// only.
  public func drive(_ pin: String, _ level: Level?) throws {
    guard let pad = board.pins[pin] else {
      throw BoardError(
        "\(board.name) has no pin '\(pin)'",
        remedy: "one of \(board.pins.keys.sorted().joined(separator: ", "))")
    }
    try connection.drive(pad, level)
  }

  /// Presses a button that pulls a pin low, for a while.
  public func press(_ pin: String, for time: Duration = .milliseconds(100)) throws {
    try drive(pin, .low)
    if let line = try connection.nextLine(within: time) { unread.append(line) }
    try drive(pin, nil)
  }

  public struct LED: Equatable, Sendable {
    let name: String
    public static let builtin = LED(name: "led_builtin")
    public static func named(_ name: String) -> LED { LED(name: name) }
  }

  /// Whether a light is on. A real board is asked over the serial port, and knows of its built-in
  /// LED only.
  public func isOn(_ led: LED) throws -> Bool {
    if let isLit = try connection.isLit(led.name) { return isLit }
    guard led == .builtin else {
      throw BoardError(
        "\(board.name) has no light '\(led.name)' that can be seen from here",
        remedy: "use .builtin, or test on the emulated board")
    }
    guard case .led(let isOn) = try ask(.led) else { throw unexpectedAnswer("led") }
    return isOn
  }
}
