// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation

/// Measures the emulator beside its peers on the same images.
@main struct Benchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmark",
    abstract: "How fast the emulator is, beside QEMU and Unicorn on the same ELF files.",
    subcommands: [Compare.self, Once.self], defaultSubcommand: Compare.self)
}

/// A measurement that cannot be made.
struct BenchmarkError: Error, CustomStringConvertible {
  let description: String
}
