// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import FlashProtocols

/// Why a board was not flashed: at which step, what happened, and what to do about it.
public struct FlashError: Error, Equatable, Sendable, CustomStringConvertible {
  public enum Kind: Equatable, Sendable {
    /// The image does not fit the board.
    case image
    /// The board, the way to it, or what it answered.
    case board
    /// The user's Ctrl-C.
    case interrupted
  }

  public var kind: Kind
  /// `finding the board`, `writing`; nil where it says nothing.
  public var step: String?
  public var problem: String
  /// A sentence; what stands behind a line break and two blanks is a detail of its own.
  public var remedy: String

  public init(_ kind: Kind = .board, step: String? = nil, _ problem: String, remedy: String) {
    (self.kind, self.step, self.problem, self.remedy) = (kind, step, problem, remedy)
  }

  public var description: String {
    let place = step.map { "\($0): " } ?? ""
    return "\(place)\(problem); \(remedy)"
  }

  func during(_ step: String) -> FlashError {
    var error = self
    error.step = error.step ?? step
    return error
  }
}

/// What the user is told while a board is flashed.
public enum FlashReport: Equatable, Sendable {
  /// One line of `--verbose`.
  case detail(String)
  /// Something to know or to do, always said.
  case notice(String)
  case progress(FlashProgress)
}
