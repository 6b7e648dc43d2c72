// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Why a test on a board could not go on: what happened, and what to do.
public struct BoardError: Error, Equatable, Sendable, CustomStringConvertible {
  public var problem: String
  public var remedy: String
  /// The last lines that the board printed.
  public var transcript: [String]

  init(_ problem: String, remedy: String, transcript: [String] = []) {
    (self.problem, self.remedy, self.transcript) = (problem, remedy, transcript)
  }

  public var description: String {
    let lines = transcript.isEmpty ? [] : ["the board printed:"] + transcript.map { "  \($0)" }
    return (["\(problem); \(remedy)"] + lines).joined(separator: "\n")
  }
}
