// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph

/// How one operator of the schema becomes one of ours.
struct OperatorRow: Sendable {
  typealias Reading = (kind: Operator.Kind, inputs: [Int])

  /// The newest version whose meaning we know. Versions mostly add element types.
  let newestVersion: Int
  let read: @Sendable (OperatorReader) throws -> Reading

  /// An operator that computes on the input at a position, by default the first; the others are its
  /// weights or constants that shape it.
  init(
    _ newestVersion: Int, on position: Int = 0,
    _ kind: @escaping @Sendable (OperatorReader) throws -> Operator.Kind
  ) {
    self.newestVersion = newestVersion
    read = { reader in
      (try kind(reader), [try reader.required(position, "input \(position)")])
    }
  }

  init(
    _ newestVersion: Int, reading: @escaping @Sendable (OperatorReader) throws -> Reading
  ) {
    self.newestVersion = newestVersion
    read = reading
  }

  /// An operator that computes on all of its inputs.
  static func ofAll(
    _ newestVersion: Int, _ kind: @escaping @Sendable (OperatorReader) throws -> Operator.Kind
  ) -> OperatorRow {
    OperatorRow(newestVersion, reading: { (try kind($0), $0.inputs) })
  }

  /// Every operator that can be imported, by its name in the schema.
  static let all: [String: OperatorRow] = [
    elementwise, movement, slicing, reductions, windows, products, states,
  ].reduce(into: [:]) { $0.merge($1) { first, _ in first } }
}
