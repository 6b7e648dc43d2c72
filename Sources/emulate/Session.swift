// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BoardDescription
import DebugServer
import Emulator
import FirmwareBuild
import Foundation
import MachineModel
import SampleFiles
import Terminal

/// One run of the command: load, check, run, report.
struct Session {
  let options: Emulate
  private let board: Board
  private let transcript: Transcript

  init(_ options: Emulate) throws {
    self.options = options
    board = try Board.load(named: options.board)
    guard board.isEmulated else {
      throw InputError(
        description: "\(board.name) can only be flashed (flash --board \(options.board)): the "
          + "peripherals of its \(board.chip.name) are not modelled; --list-boards names the "
          + "boards that are emulated")
    }
    transcript = Transcript(descriptor: options.json == "-" ? 2 : 1)
    if let path = options.json, path != "-" { try OutputFile.checkFolder(of: path) }
    for path in options.profiling.paths { try OutputFile.checkFolder(of: path) }
  }

  func run() throws -> ExitCode {
    // A reader that goes away is an answer of write(), not the end of the process.
    signal(SIGPIPE, SIG_IGN)
    let sound = try loadRecording()
    let machine = try Machine(
      board: board, microphone: sound, motion: try loadMotion(), seed: options.seed,
      engine: options.engine)
    if let note = machine.engineNote { Terminal.complain(note) }
    guard machine.hasMicrophone || options.microphone == nil else { throw noMicrophone() }
    let recording = machine.hasMicrophone ? sound : nil
    let image = try loadImage()
    let bootloader = try loadBootloader()
    try bootloader.map(image.check(behind:))
    let profiling = ProfiledRun(options.profiling, of: machine, image)
    try options.observation.prepare(machine, running: image.name)
    if bootloader == nil { try useStandIn(machine, for: image) }
    machine.load(image, behind: bootloader)
    // Until here Ctrl-C ends the process, and a build with it.
    Interruption.watch()
    let snapshots = try Snapshots(options.snapshots, machine, image, recording)
    try snapshots.load()
    introduce(image, recording)
    machine.onConsoleLine = { line in
      guard let text = options.observation.shown(line) else { return }
      transcript.print(text, at: seconds(line.instant))
    }
    let server = try debugServer()
    if let server {
      transcript.print("gdb       waiting: target remote \(server.address.description)")
    }
    let observation = try Observation(options.observation, of: machine, running: image)
    let cables = try Cables(options.cables, machine) { transcript.print($0) }
    let reason = try run(machine, hearing: recording, snapshots, under: server, cables)
    let streamed = Result { try observation.finish() }
    profiling.end()
    let code = try conclude(machine, image, recording, reason, profiling)
    try streamed.get()
    return code
  }

  // MARK: Inputs

  private var application: String { options.app ?? "keyword-spotting" }

  /// What the microphone hears: the user's recording, else the application's own sample.
  private var recordingPath: String? {
    if let path = options.microphone { return path }
    guard options.firmware == nil, !hasNoImage else { return nil }
    let folder = FirmwareBuilder.checkout.appending(path: "Firmware/Samples/\(application)").path
    let names = try? FileManager.default.contentsOfDirectory(atPath: folder)
    return names?.sorted().first { $0.hasSuffix(".wav") }.map { "\(folder)/\($0)" }
  }

  private var inputName: String {
    recordingPath.map { URL(fileURLWithPath: $0).lastPathComponent } ?? "silence"
  }

  private func loadRecording() throws -> WAVFile? {
    try recordingPath.map { try WAVFile.load(path: $0) }
  }

  private func loadMotion() throws -> any MotionSource {
    guard let path = options.motion else { return Rest() }
    guard board.hasMotionSensor else {
      throw InputError(
        description: "\(board.name) has no motion sensor; list one under 'devices' in the board's "
          + "file, or leave --motion out")
    }
    return try MotionFile.load(path: path)
  }

  private func noMicrophone() -> InputError {
    InputError(
      description: "\(board.name) has no microphone to play the recording to; list one under "
        + "'devices' in the board's file, or leave --microphone out")
  }

  /// A board that is to be flashed comes without an application.
  private var hasNoImage: Bool {
    (options.cables.asDevice != nil || options.cables.usbip != nil) && options.firmware == nil
      && options.app == nil && options.model == nil
  }

  private func loadBootloader() throws -> LoadedImage? {
    try options.cables.bootloader.map { path in
      try LoadedImage(
        bytes: InputFile.read(path), name: URL(fileURLWithPath: path).lastPathComponent,
        for: board, as: .bootloader)
    }
  }

  /// Somebody at the cable may call the bootloader.
  private func useStandIn(_ machine: Machine, for image: LoadedImage) throws {
    guard options.cables.isAskedFor else { return }
    let isThere = machine.useStandInBootloader(keepsPackets: options.cables.usbip != nil)
    guard isThere || !image.isAbsent else {
      throw InputError(
        description: "nobody has modelled \(board.name)'s bootloader; "
          + "give the genuine one with --bootloader, or an image with --firmware")
    }
  }

  private func loadImage() throws -> LoadedImage {
    if hasNoImage { return try LoadedImage(absentFor: board) }
    let path = try options.firmware ?? builtApplication().path
    return try LoadedImage(
      bytes: InputFile.read(path), name: URL(fileURLWithPath: path).lastPathComponent, for: board)
  }

  private func builtApplication() throws -> URL {
    defer { Terminal.endProgress() }
    return try FirmwareBuilder().image(
      app: application, board: board, model: options.model.map { URL(fileURLWithPath: $0) },
      progress: Terminal.progress
    ).elf
  }

  // MARK: The run

  private func run(
    _ machine: Machine, hearing recording: WAVFile?, _ snapshots: Snapshots,
    under server: DebugServer?, _ cables: Cables
  ) throws -> StopReason {
    let clock = board.cpuClock
    let oneSecond = Cycles(clock.numerator / clock.denominator)
    let duration =
      options.duration?.cycles(of: clock)
      ?? (server == nil && !cables.areAttached ? defaultDuration(recording, oneSecond) : nil)
    // Times count from the board's reset, also in a run that goes on from a snapshot.
    let gone = machine.core.now.sinceReset
    var conditions = StopConditions(
      duration: duration.map { $0 - min(gone, $0) },
      untilText: options.until,
      afterRecording: recording == nil || cables.areAttached ? nil : oneSecond)
    conditions.slice = cables.slice
    let input = options.uart ?? options.observation.rttInput
    let keyboard = input.map { _ in Keyboard() }
    keyboard?.type(into: machine)
    let progress = keyboard?.isInteractive == true ? nil : RunProgress(clock: clock)
    defer {
      Terminal.endProgress()
      cables.close()
    }
    let onSlice = {
      keyboard?.keepPace(withVirtual: Double(machine.core.now.sinceReset.count) / clock.hertz)
      keyboard?.type(into: machine)
      progress?.show(machine.core.now)
      return cables.serve() && Interruption.signal == nil
    }
    let reason = try snapshots.run(until: conditions) { conditions in
      guard let server else { return machine.run(until: conditions, onSlice: onSlice) }
      return server.run(machine, until: conditions, onSlice: onSlice) {
        Interruption.signal == nil
      }
    }
    if let failure = cables.failure { throw failure }
    return reason
  }

  /// Waits for a debugger where `--gdb` asks for one; nothing else ends a debugged run than what
  /// the user asked for.
  private func debugServer() throws -> DebugServer? {
    guard let address = options.gdb else { return nil }
    let server = try DebugServer(address)
    server.onMessage = { transcript.print("gdb       \($0)") }
    return server
  }

  /// A recording ends the run by itself, ten seconds late if the firmware never listens; without
  /// one a minute is enough for any test program.
  private func defaultDuration(_ recording: WAVFile?, _ oneSecond: Cycles) -> Cycles {
    guard let recording else { return oneSecond * 60 }
    let length = UInt64(recording.frameCount) * oneSecond.count / UInt64(recording.rate.hertz)
    return Cycles(length) + oneSecond * 11
  }

  // MARK: What the user reads

  private func introduce(_ image: LoadedImage, _ recording: WAVFile?) {
    transcript.print("board     \(board.name), \(board.oneLine)")
    if image.isAbsent {
      transcript.print("firmware  none yet: the board waits for it")
      return transcript.print()
    }
    let ram = image.staticRAMBytes.map { ", \(ByteCount.grouped($0)) B static RAM" } ?? ""
    transcript.print(
      "firmware  \(image.name), \(ByteCount.grouped(image.flashBytes)) B flash\(ram), "
        + "vector table at \(image.vectorTable)")
    if let recording { transcript.print("input     \(inputName), \(recording.summary)") }
    transcript.print()
  }

  private func conclude(
    _ machine: Machine, _ image: LoadedImage, _ recording: WAVFile?, _ reason: StopReason,
    _ profiling: ProfiledRun
  ) throws -> ExitCode {
    machine.endConsoleLine()
    let budgets = Budgets(
      latency: options.budgetLatency?.cycles(of: board.cpuClock), ram: options.budgetRAM?.bytes,
      flash: options.budgetFlash?.bytes)
    var report = machine.report(
      image: image, stopped: reason, budgets: budgets,
      microphone: recording == nil ? nil : inputName)
    transcript.print()
    for line in try profiling.conclude(&report) { transcript.print(line) }
    if recording != nil, machine.listeningSince == nil {
      transcript.print("The firmware never listened: nothing of \(inputName) was played.")
    }
    for line in report.summary() { transcript.print(line) }
    if let path = options.json { try OutputFile.write(json: report, to: path) }
    try transcript.checkComplete()
    return verdict(machine, image, reason, report)
  }

  private func verdict(
    _ machine: Machine, _ image: LoadedImage, _ reason: StopReason, _ report: RunReport
  ) -> ExitCode {
    switch reason {
    case .fault(let fault), .lockup(let fault):
      Terminal.complain("the firmware crashed")
      CrashReport(fault, on: machine, image: image).lines().forEach(Terminal.detail)
      return .firmwareCrashed
    case .breakpoint:
      Terminal.complain("the firmware stopped \(reason.text)")
      return .firmwareCrashed
    case .aborted:
      Terminal.complain("the firmware stopped \(reason.text)")
      return .firmwareCrashed
    case .exited(let status) where status != 0:
      Terminal.complain("the program ended with status \(status)")
      // What does not fit into a process's status must not look like success.
      return ExitCode(status & 0xFF == 0 ? 255 : Int32(status & 0xFF))
    default: break
    }
    for miss in report.budgetMisses { Terminal.complain(miss) }
    if let signal = Interruption.signal { return ExitCode(128 + signal) }
    if !report.budgetMisses.isEmpty { return .budgetMissed }
    if let text = options.until {
      if case .textPrinted = reason { return .success }
      Terminal.complain("\"\(text)\" was not printed; the run stopped \(reason.text)")
      return .textMissing
    }
    return .success
  }

  private func seconds(_ instant: Instant) -> String {
    let value = Double(instant.sinceReset.count) / board.cpuClock.hertz
    let text = "\(fixed(value, places: 3)) s"
    return String(repeating: " ", count: max(0, 9 - text.count)) + text
  }
}

extension WAVFile {
  /// "6.2 s, 16000 Hz, 1 channel".
  var summary: String {
    let seconds = fixed(Double(frameCount) / rate.hertz, places: 2)
    let width = channels == 1 ? "1 channel" : "\(channels) channels"
    return "\(seconds) s, \(fixed(rate.hertz, places: 0)) Hz, \(width)"
  }
}

extension Board {
  /// "nRF52840, Cortex-M4F at 64 MHz, 1024 KiB flash, 256 KiB RAM".
  var oneLine: String {
    let megahertz = fixed(cpuClock.hertz / 1e6, places: 0)
    let flash = self.flash.map { ", \($0.size) flash" } ?? ""
    let ram = self.ram.map { ", \($0.size) RAM" } ?? ""
    return "\(chip.name), \(chip.core) at \(megahertz) MHz\(flash)\(ram)"
  }
}
