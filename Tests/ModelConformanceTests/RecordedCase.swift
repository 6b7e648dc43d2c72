// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import ModelSupport

/// One line of `Recorded/OPERATOR.txt`: what an oracle answered, by `tflite-micro.py`.
struct RecordedCase {
  let seed: UInt64
  /// `RandomGraph.shortHash` at the time of recording.
  let caseHash: String
  /// FNV-1a of all outputs of all inferences.
  let outputHash: UInt64
  /// Sums over float32 outputs, where there are such.
  let sums: FloatSums?

  init?(_ line: Substring) {
    let fields = line.split(separator: " ")
    guard fields.count == 3 || fields.count == 5, let seed = UInt64(fields[0]),
      let outputHash = UInt64(fields[2], radix: 16)
    else { return nil }
    self.seed = seed
    self.outputHash = outputHash
    caseHash = String(fields[1])
    if fields.count == 5, let weighted = Double(fields[3]), let magnitude = Double(fields[4]) {
      sums = FloatSums(weighted: weighted, magnitude: magnitude)
    } else {
      sums = nil
    }
  }

  /// All recorded cases of an operator; every line must be one.
  static func all(_ name: String) throws -> [RecordedCase] {
    let file = folder.appendingPathComponent(name + ".txt")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    return try lines.map { line in
      guard let recorded = RecordedCase(line) else { throw Damaged(file: file.path, line: line) }
      return recorded
    }
  }

  /// `BREADBOARD_RECORDED` names another folder of records: a longer sweep than the committed one.
  static let folder =
    ProcessInfo.processInfo.environment["BREADBOARD_RECORDED"].map { URL(fileURLWithPath: $0) }
    ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Recorded")

  struct Damaged: Error {
    let file: String
    let line: Substring
  }
}

/// Two sums over the float32 outputs of a case, by which results that may differ in their last bits
/// are compared: one number for all, and what it is to be measured against.
struct FloatSums {
  /// The sum of all values times fixed pseudo-random weights of -0.5...0.5.
  var weighted = 0.0
  /// The sum of the absolute values.
  var magnitude = 0.0
  private var place: UInt64 = 0

  init(weighted: Double = 0, magnitude: Double = 0) {
    self.weighted = weighted
    self.magnitude = magnitude
  }

  /// Adds little-endian floats. What is no finite number counts as a number of its own kind.
  mutating func add(_ bytes: [UInt8]) {
    for start in stride(from: 0, to: bytes.count - 3, by: 4) {
      let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << (8 * UInt32($1)) }
      let value = Float(bitPattern: bits)
      let number =
        value.isNaN ? 7 : value == .infinity ? 5 : value == -.infinity ? 3 : Double(value)
      place &+= 1
      let weight = Double((place &* 2_654_435_761) & 0xFFFF_FFFF) / 4_294_967_296 - 0.5
      weighted += number * weight
      magnitude += abs(number)
    }
  }

  /// Whether this is the other up to rounding: of values and of the terms that made them, which
  /// are about one where a result such as `1 + tanh(-6)` is nearly nothing.
  func matches(_ other: FloatSums, tolerance: Double) -> Bool {
    let span = tolerance * max(magnitude, other.magnitude) + 1e-6
    return abs(weighted - other.weighted) <= span && abs(magnitude - other.magnitude) <= span
  }
}
