// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Emulator

/// What a program is given to see of the host, and what the user is given to see of the program.
struct ObservationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The only folder whose files the program can open by semihosting. Without it no file can be "
        + "opened.", valueName: "folder"))
  var semihostingFolder: String?

  @Option(
    help: ArgumentHelp(
      "The program's command line by semihosting, behind its name.", valueName: "text"))
  var arguments: String?

  @Option(
    help: ArgumentHelp(
      "How lines from the ITM's stimulus port 0 are shown: tagged, plain or off.",
      valueName: "how"))
  var itm = TextStyle.tagged

  @Option(
    help: ArgumentHelp(
      "How lines of Real-Time Transfer (RTT) are shown: tagged, plain or off, which leaves them "
        + "unread. Given, the control block is looked for in all of RAM; else only where the "
        + "symbol _SEGGER_RTT says it is.", valueName: "how"))
  var rtt: TextStyle?

  @Option(
    help: ArgumentHelp(
      "'-' sends standard input to down-channel 0 of RTT.", valueName: "-"))
  var rttInput: String?

  @Option(
    help: ArgumentHelp(
      "Writes pins, interrupts, sleep, tasks and the accesses to each peripheral as a value change "
        + "dump, which GTKWave opens.", valueName: "file.vcd"))
  var trace: String?

  @Option(
    help: ArgumentHelp(
      "Writes a line for each event of these kinds to standard error, with virtual time, pc and "
        + "function: "
        + "\(EventLog.Topic.allCases.map(\.rawValue).joined(separator: ", ")), or all.",
      valueName: "kinds"))
  var log: String?

  @Option(help: ArgumentHelp("Where the lines of --log go instead.", valueName: "file"))
  var logFile: String?

  mutating func validate() throws {
    let texts = [
      ("--semihosting-folder", semihostingFolder), ("--trace", trace), ("--log-file", logFile),
    ]
    for (option, text) in texts where text == "" {
      throw ValidationError("\(option) was given nothing; write a value behind it.")
    }
    if let rttInput, rttInput != "-" {
      throw ValidationError(
        "--rtt-input takes '-', for standard input; it was given '\(rttInput)'.")
    }
    if rttInput != nil, rtt == .off {
      throw ValidationError("--rtt off leaves no channel for --rtt-input; leave one of them out.")
    }
    _ = try topics()
    if logFile != nil, log == nil {
      throw ValidationError("--log-file needs --log, which says what goes into it.")
    }
  }

  /// What `--log` asks for, nil without it.
  func topics() throws -> Set<EventLog.Topic>? {
    do { return try log.map(EventLog.Topic.list) } catch {
      throw ValidationError("--log: \(error)")
    }
  }

  /// What the transcript says of a line, nil for nothing.
  func shown(_ line: Console.Line) -> String? {
    let style: TextStyle =
      switch line.source {
      case .serial, .usb: .plain
      case .itm: itm
      case .rtt: rtt ?? .tagged
      }
    switch style {
    case .plain: return line.text
    case .tagged: return "\(line.source.rawValue): \(line.text)"
    case .off: return nil
    }
  }

  func prepare(_ machine: Machine, running image: String) throws {
    machine.semihosting.folder = try semihostingFolder.map { try SandboxFolder(path: $0) }
    if let rtt { machine.transfers.search = rtt == .off ? .off : .everywhere }
    machine.transfers.takesInput = rttInput != nil
    machine.semihosting.commandLine = arguments.map { "\(image) \($0)" } ?? image
  }
}

/// How lines that do not come by the console UART are shown.
enum TextStyle: String, ExpressibleByArgument, CaseIterable {
  /// With where they come from in front.
  case tagged
  case plain
  case off
}
