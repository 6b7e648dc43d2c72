// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph

/// A model as source text: Embedded Swift that calls the kernels, and C arrays with the weights.
///
/// The same graph and names always give the same text.
public struct GeneratedModel: Equatable, Sendable {
  /// `<Name>.swift`: `enum <Name>` with sizes, scales and `run(arena:)`.
  public let swift: String
  /// `<Name>Weights.h`: an accessor for every constant, for the C target that Swift imports.
  public let header: String
  /// `<Name>Weights.c`: the constants, for read-only memory.
  public let source: String
  public let report: CompilationReport
}

/// Compiles a graph.
///
/// - Parameters:
///   - name: of the Swift enum, and the beginning of the C files' names; a Swift identifier.
///   - weightsModule: the C module that holds the generated header.
/// - Throws: `ModelError`.
public func compile(_ graph: Graph, name: String, weightsModule: String) throws -> GeneratedModel {
  try compile(Program(graph), name: name, weightsModule: weightsModule)
}

/// As `compile(_:name:weightsModule:)`, from a program that is also run on the host.
public func compile(
  _ program: Program, name: String, weightsModule: String
) throws -> GeneratedModel {
  for identifier in [name, weightsModule] where !isIdentifier(identifier) {
    throw ModelError(
      .model, "'\(identifier)' cannot be a name in generated code",
      remedy: "use ASCII letters and digits, a letter first")
  }
  let constants = CSource(program: program, name: name)
  let code = SwiftSource(
    program: program, name: name, weightsModule: weightsModule,
    symbolPrefix: constants.symbolPrefix)
  return GeneratedModel(
    swift: code.text, header: constants.header, source: constants.source,
    report: CompilationReport(program))
}

private func isIdentifier(_ text: String) -> Bool {
  guard let first = text.first, first.isASCII, first.isLetter else { return false }
  return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
}
