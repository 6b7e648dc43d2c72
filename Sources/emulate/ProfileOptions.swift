// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Emulator
import Foundation

/// Where cycles, calls and memory go.
struct ProfileOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Counts every cycle by function and call chain; writes calls in order of time as JSON for "
        + "Perfetto and speedscope, in cycles for speedscope alone if the name ends in "
        + ".speedscope.json.",
      valueName: "file.json"))
  var profile: String?

  @Option(
    help: ArgumentHelp("Draws the call chains, width by cycles.", valueName: "file.svg"))
  var flamegraph: String?

  @Flag(help: "Shows peak stack by function, heap, and RAM that was never written.")
  var memory = false

  func validate() throws {
    for (option, text) in [("--profile", profile), ("--flamegraph", flamegraph)] where text == "" {
      throw ValidationError("\(option) was given nothing; write a file's name behind it.")
    }
  }

  /// Every call has to be heard of.
  var isProfiling: Bool { profile != nil || flamegraph != nil || memory }

  var paths: [String] { [profile, flamegraph].compactMap { $0 } }

  /// Writes the files; - Returns: what people read.
  func conclude(_ profile: Profile) throws -> [String] {
    if let path = self.profile {
      let isSpeedscope = path.hasSuffix(".speedscope.json")
      let text = isSpeedscope ? profile.speedscope() : profile.traceEvents()
      try OutputFile.write(Data(text.utf8), to: path)
    }
    if let path = flamegraph {
      try OutputFile.write(Data(FlameGraph(profile).svg().utf8), to: path)
    }
    return paths.isEmpty ? [] : profile.lines() + [""]
  }
}
