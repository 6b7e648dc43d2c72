// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BoardDescription
import Emulator
import Foundation
import MachineModel
import SampleFiles
import Terminal

/// Runs that are put aside and gone on with.
struct SnapshotOptions: ParsableArguments {
  @Option(
    name: .customLong("snapshot-save"),
    help: ArgumentHelp(
      "Writes the whole machine to a file, at the time of --at or else when the run ends.",
      valueName: "file"))
  var save: String?

  @Option(
    help: ArgumentHelp(
      "The virtual time at which --snapshot-save takes its snapshot: 2s.", valueName: "time"))
  var at: TimeSpan?

  @Option(
    name: .customLong("snapshot-load"),
    help: ArgumentHelp(
      "Goes on from a snapshot of the same board, image and recording, to the same trace hash. "
        + "Times still count from the board's reset.", valueName: "file"))
  var load: String?

  func validate() throws {
    if at != nil, save == nil {
      throw ValidationError("--at needs --snapshot-save, which names the file.")
    }
  }
}

/// The snapshots of one run.
struct Snapshots {
  let options: SnapshotOptions
  let machine: Machine
  let identity: RunIdentity

  init(_ options: SnapshotOptions, _ machine: Machine, _ image: LoadedImage, _ sound: WAVFile?)
    throws
  {
    (self.options, self.machine) = (options, machine)
    identity = RunIdentity(machine: machine, image: image, sound: sound)
    if let path = options.save { try OutputFile.checkFolder(of: path) }
  }

  /// Puts the machine where the snapshot was taken.
  func load() throws {
    guard let path = options.load else { return }
    let name = URL(fileURLWithPath: path).lastPathComponent
    machine.restore(
      try SnapshotFile.decode(InputFile.read(path), name: name, for: machine, identity))
  }

  /// Runs, and takes the snapshot on the way or at the end.
  ///
  /// - Parameter run: runs until its conditions hold.
  func run(
    until conditions: StopConditions, _ run: (StopConditions) -> StopReason
  ) throws -> StopReason {
    guard let path = options.save else { return run(conditions) }
    guard let instant = time else {
      let reason = run(conditions)
      try save(to: path)
      return reason
    }
    let end = conditions.duration.map { machine.core.now + $0 }
    var first = conditions
    first.duration = left(until: min(instant, end ?? instant))
    let reason = run(first)
    guard case .durationReached = reason, instant <= machine.core.now else {
      throw InputError(
        description: "the run stopped \(reason.text), before the time of --at; "
          + "no snapshot was taken")
    }
    try save(to: path)
    var rest = conditions
    rest.duration = end.map(left)
    return run(rest)
  }

  private func left(until instant: Instant) -> Cycles {
    machine.core.now < instant ? instant - machine.core.now : Cycles(0)
  }

  private var time: Instant? {
    options.at.map { Instant(sinceReset: $0.cycles(of: machine.board.cpuClock)) }
  }

  private func save(to path: String) throws {
    let bytes = try SnapshotFile.encode(machine.snapshot(), identity)
    try OutputFile.write(Data(bytes), to: path)
  }
}
