// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// What to show of the board once it runs.
struct MonitorOptions: ParsableArguments {
  @Flag(help: "Shows what the board prints, until Ctrl-C; follows it through resets.")
  var monitor = false

  @Option(
    help: ArgumentHelp("Ends --monitor after this time: 500ms, 10s, 2min.", valueName: "time"))
  var monitorFor: TimeLimit?

  @Option(
    help: ArgumentHelp(
      "Ends --monitor once the board prints this, within a line; exit code 1 if it does not.",
      valueName: "text"))
  var until: String?

  @Option(
    help: ArgumentHelp("Speed of the monitored port, for boards on a UART.", valueName: "baud"))
  var baud = 115_200

  mutating func validate() throws {
    if until == "" {
      throw ValidationError("--until was given nothing; write a value behind it.")
    }
    if let until, until.contains(where: \.isNewline) {
      throw ValidationError("--until looks within one line; leave out the line break.")
    }
    guard (50...12_000_000).contains(baud) else {
      throw ValidationError("--baud takes a speed such as 115200; it was given \(baud).")
    }
    // Whoever says when the monitor ends wants one.
    if monitorFor != nil || until != nil { monitor = true }
  }
}

/// A span of time as a user writes it: `500ms`, `10s`, `2min`.
struct TimeLimit: ExpressibleByArgument {
  let duration: Duration

  init?(argument: String) {
    for (unit, scale) in [("ms", 1.0), ("min", 60e3), ("s", 1e3)] where argument.hasSuffix(unit) {
      let digits = argument.dropLast(unit.count)
      guard digits.allSatisfy({ "0123456789.".contains($0) }), let value = Double(digits),
        value * scale >= 1, value * scale < 1e12
      else { return nil }
      duration = .milliseconds(Int64(value * scale))
      return
    }
    return nil
  }
}
