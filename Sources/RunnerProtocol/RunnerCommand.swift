// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a host asks of the runner image. The first ones are the MLPerf Tiny benchmark's serial
/// protocol (mlcommons/tiny, benchmark/api); the last three are ours and leave it as it is.
///
/// A command is a text that ends with `%`; every answer ends with the line `m-ready`.
public enum RunnerCommand: Equatable, Sendable {
  case name
  case timestamp
  case profile
  case help
  /// `db load 490`: so many bytes of input follow.
  case load(byteCount: Int)
  /// `db 00ff`: the bytes were handed over as they came.
  case bytes
  case printBytes
  /// `infer 100 10`: inferences that count, and before them those that do not.
  case infer(count: Int, warmup: Int)
  case results

  /// Every output's bytes, in hexadecimal.
  case outputs
  /// One inference, layer by layer, with the cycles of each.
  case layers
  /// One inference, and its cycles.
  case cycles

  /// Nothing but the end of a command.
  case empty
  case wrong(RunnerMistake)
}

/// Why a command cannot be carried out.
public enum RunnerMistake: Equatable, Sendable {
  case unknown
  case tooLong
  case missingSubcommand
  case missingCount
  case zeroCount
  case oddDigits
  case invalidDigit
}
