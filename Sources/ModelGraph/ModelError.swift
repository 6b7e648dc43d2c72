// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Why a model was refused: where the fault lies, what it is, and what its author can do.
public struct ModelError: Error, Equatable, Sendable, CustomStringConvertible {
  public enum Place: Equatable, Sendable {
    case model
    case file(offset: Int)
    case tensor(index: Int, name: String)
    case `operator`(index: Int, name: String)
    case operand(operatorIndex: Int, operatorName: String, tensor: Int, tensorName: String)
  }

  public let place: Place
  public let problem: String
  public let remedy: String

  public init(_ place: Place, _ problem: String, remedy: String) {
    self.place = place
    self.problem = problem
    self.remedy = remedy
  }

  public var description: String { "\(place): \(problem); \(remedy)" }
}

extension ModelError.Place: CustomStringConvertible {
  public var description: String {
    switch self {
    case .model: "model"
    case .file(let offset): "offset \(offset)"
    case .tensor(let index, let name): "tensor \(index) '\(name)'"
    case .operator(let index, let name): "operator \(index) \(name)"
    case .operand(let index, let name, let tensor, let tensorName):
      "operator \(index) \(name), tensor \(tensor) '\(tensorName)'"
    }
  }
}
