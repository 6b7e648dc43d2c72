// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Why a file is no image for the board, where in it, and what to do.
public struct ImageError: Error, Equatable, CustomStringConvertible {
  public enum Place: Equatable, Sendable, CustomStringConvertible {
    /// Bytes from the start of the file.
    case offset(Int)
    /// Counted from 1.
    case line(Int)

    public var description: String {
      switch self {
      case .offset(let offset): "offset 0x" + String(offset, radix: 16, uppercase: true)
      case .line(let line): "line \(line)"
      }
    }
  }

  public var file: String
  public var place: Place?
  public var problem: String
  public var remedy: String

  init(_ file: String, at place: Place? = nil, _ problem: String, remedy: String) {
    self.file = file
    self.place = place
    self.problem = problem
    self.remedy = remedy
  }

  public var description: String {
    let place = self.place.map { "\($0): " } ?? ""
    return "\(file): \(place)\(problem); \(remedy)"
  }
}
