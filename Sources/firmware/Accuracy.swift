// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BoardDescription
import Emulator
import FirmwareBuild
import Foundation
import MachineModel
import Synchronization
import Terminal

extension Firmware {
  /// `firmware accuracy --recordings ../shared/data/spoken-digits`
  struct Accuracy: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Plays recordings to the emulated board and counts what it heard right.",
      discussion: """
        A recording is named <digit>_<speaker>_<take>.wav. It is heard right when the board \
        prints exactly one word and that is the one spoken.
        """)

    @Option(help: "A folder of WAV files.")
    var recordings: String

    @Option(help: "Only recordings of this speaker.")
    var speaker: String?

    @Option(help: "Take every nth recording of each speaker, in order of names.")
    var every = 1

    @Option(help: "A board's name or the path of a board file.")
    var board = "nano33ble"

    @Option(
      help: ArgumentHelp(
        "A model in place of the application's own.",
        valueName: "file.tflite"))
    var model: String?

    @Flag(help: "Print each recording that was heard wrong.")
    var verbose = false

    func run() throws {
      try Firmware.reportingErrors {
        guard every >= 1 else { throw InputError(description: "--every takes 1 or more") }
        let board = try Board.load(named: board)
        let spoken = try SpokenDigit.list(folder: recordings, speaker: speaker, every: every)
        let elf = try FirmwareBuilder().image(
          app: "keyword-spotting", board: board, model: model.map { URL(fileURLWithPath: $0) },
          progress: Terminal.progress
        ).elf
        let image = try LoadedImage(bytes: Array(Data(contentsOf: elf)), name: "app", for: board)
        let trials = try Listening(board: board, image: image).hear(spoken)
        report(trials)
      }
    }

    private func report(_ trials: [Trial]) {
      if verbose {
        for trial in trials where !trial.isRight {
          print("\(trial.digit.name): heard \(trial.heard.isEmpty ? "nothing" : "\(trial.heard)")")
        }
      }
      let bySpeaker = Dictionary(grouping: trials, by: \.digit.speaker)
      for (speaker, trials) in bySpeaker.sorted(by: { $0.key < $1.key }) {
        print("\(speaker): \(share(trials))")
      }
      print("all: \(share(trials))")
    }

    private func share(_ trials: [Trial]) -> String {
      let right = trials.count { $0.isRight }
      let silent = trials.count { $0.heard.isEmpty }
      let several = trials.count { $0.heard.count > 1 }
      let percent = fixed(Double(right) * 100 / Double(trials.count), places: 1)
      return "\(right) of \(trials.count) right, \(percent) % "
        + "(nothing heard in \(silent), several words in \(several))"
    }
  }
}
