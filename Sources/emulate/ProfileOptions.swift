// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Emulator
import Foundation
import Terminal

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

  var isAskedFor: Bool { profile != nil || flamegraph != nil || memory }

  var paths: [String] { [profile, flamegraph].compactMap { $0 } }
}

/// One run that is looked into, as far as was asked for.
final class ProfiledRun {
  private let options: ProfileOptions
  private let machine: Machine
  private let image: LoadedImage
  private let profiler: Profiler?
  private var profile: Profile?

  /// To be made before the image is loaded.
  init(_ options: ProfileOptions, of machine: Machine, _ image: LoadedImage) {
    (self.options, self.machine, self.image) = (options, machine, image)
    profiler = options.isAskedFor ? machine.profile(image) : nil
    if options.memory { machine.mapMemoryWrites() }
  }

  /// Right behind the run.
  func end() { profile = profiler.map { machine.profile(of: $0, image: image) } }

  /// Writes the files and completes the report.
  /// - Returns: what people read.
  func conclude(_ report: inout RunReport) throws -> [String] {
    guard let profile, let profiler else { return [] }
    var lines: [String] = []
    if let path = options.profile {
      let isSpeedscope = path.hasSuffix(".speedscope.json")
      let text = isSpeedscope ? profile.speedscope() : profile.traceEvents()
      try OutputFile.write(Data(text.utf8), to: path)
    }
    if let path = options.flamegraph {
      try OutputFile.write(Data(FlameGraph(profile).svg().utf8), to: path)
    }
    if !options.paths.isEmpty {
      lines += profile.lines() + [""]
      report.profile = profile.tables
    }
    if options.memory {
      let memory = machine.memoryUse(of: image, profiler: profiler)
      lines += memory.lines(report) + [""]
      report.memory = memory
    }
    return lines
  }
}
