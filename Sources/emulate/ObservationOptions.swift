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

  mutating func validate() throws {
    if semihostingFolder == "" {
      throw ValidationError("--semihosting-folder was given nothing; write a folder behind it.")
    }
  }

  func prepare(_ machine: Machine, running image: String) throws {
    machine.semihosting.folder = try semihostingFolder.map { try SandboxFolder(path: $0) }
    machine.semihosting.commandLine = arguments.map { "\(image) \($0)" } ?? image
  }
}
