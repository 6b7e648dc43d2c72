// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import TestSupport

/// A small random model around one operator, and random inputs for it: the same ones from the same
/// operator and seed, always. What they compute is for an oracle to say.
package struct RandomGraph: Sendable {
  package let name: String
  package let seed: UInt64
  /// The `.tflite` file.
  package let model: [UInt8]
  /// The bytes of every input, for one inference after the other; models with state need several.
  package let runs: [[[UInt8]]]
  /// The operators with shapes and parameters, a line each: what a failed test shows.
  package let summary: String

  /// The names that have a generator: TensorFlow Lite's operators, and whole networks.
  package static let names: [String] = makers.keys.sorted()

  /// - Parameter name: one of `names`; nil where it is not.
  package init?(_ name: String, seed: UInt64) {
    guard let make = Self.makers[name] else { return nil }
    // Seeds count from zero for every operator: the name makes their models differ.
    var builder = GraphBuilder(seed: FNV.hash(Array(name.utf8)) &+ seed &* 0x2545_F491_4F6C_DD1D)
    make(&builder)
    self.name = name
    self.seed = seed
    model = builder.file.bytes
    runs = builder.runs
    summary = builder.summary
  }

  /// What tells one case from another: a hash of the model and of all inputs.
  package var hash: UInt64 {
    runs.joined().reduce(FNV.hash(model)) { FNV.hash($1, from: $0) }
  }

  /// The last eight digits of `hash` in hexadecimal, as records have them.
  package var shortHash: String {
    let digits = String(hash & 0xFFFF_FFFF, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }

  private static let makers: [String: @Sendable (inout GraphBuilder) -> Void] = [
    convolutions, arithmetic, activations, reductions, shapes, movement, types, states, networks,
    wideNetworks, mixedNetworks,
  ].reduce(into: [:]) { $0.merge($1) { first, _ in first } }
}

/// The hash of Fowler, Noll and Vo (FNV-1a), 64 bits.
package enum FNV {
  package static let start: UInt64 = 0xCBF2_9CE4_8422_2325

  package static func hash(_ bytes: [UInt8], from start: UInt64 = start) -> UInt64 {
    bytes.withUnsafeBufferPointer { bytes in
      var hash = start
      for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
      return hash
    }
  }
}

/// A family's generators by operator.
typealias GraphMakers = [String: @Sendable (inout GraphBuilder) -> Void]
