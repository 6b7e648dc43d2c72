// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Terminal

/// Builds the applications of the package `Firmware` and measures how well they do.
@main struct Firmware: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "firmware",
    abstract: "Builds applications for a board, puts models on it, and measures both.",
    subcommands: [Build.self, Compile.self, Accuracy.self])

  /// One clear line about what went wrong, and the exit code for it.
  static func reportingErrors(_ body: () throws -> Void) throws {
    do { try body() } catch let error as ExitCode {
      throw error
    } catch {
      Terminal.complain("\(error)")
      throw ExitCode(error is OutputError ? 74 : 65)
    }
  }
}
