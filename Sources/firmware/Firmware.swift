// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Builds the applications of the package `Firmware` and measures how well they do.
@main struct Firmware: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "firmware",
    abstract: "Builds applications for a board, and measures them on the emulated one.",
    subcommands: [Build.self, Accuracy.self])
}

/// Bad input that a subcommand found.
struct CommandError: Error, CustomStringConvertible {
  let description: String
}
