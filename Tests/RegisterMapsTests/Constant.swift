// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// One line of a map: `public static let name: UInt32 = 0x500  // ENABLE`.
struct Constant: CustomStringConvertible {
  let group: String
  let name: String
  let value: UInt32
  let label: String
  var description: String { "\(group).\(name) (\(label)) = 0x\(String(value, radix: 16))" }

  static func read(map: String, of vendor: String = "Nordic") throws -> [Constant] {
    let folder = ConformanceData.package.appending(path: "Sources/RegisterMaps/\(vendor)")
    let text = try String(contentsOf: folder.appending(path: "\(map).swift"), encoding: .utf8)
    var group = ""
    var constants: [Constant] = []
    for line in text.split(separator: "\n") {
      let words = line.split(whereSeparator: { $0 == " " || $0 == ":" || $0 == "{" })
      if words.starts(with: ["public", "enum"]) { group = String(words[2]) }
      guard line.contains("static let") else { continue }
      let halves = line.components(separatedBy: "  // ")
      let value = halves[0].components(separatedBy: " = ").last.flatMap(evaluate)
      try #require(halves.count == 2 && value != nil, "cannot check: \(line)")
      constants.append(
        Constant(group: group, name: String(words[3]), value: value ?? 0, label: halves[1]))
    }
    return constants
  }

  /// `0x7`, `12` or `0x7 << 8`.
  private static func evaluate(_ text: String) -> UInt32? {
    let terms = text.components(separatedBy: " << ").map { term -> UInt32? in
      let digits = term.replacingOccurrences(of: "_", with: "")
      return digits.hasPrefix("0x") ? UInt32(digits.dropFirst(2), radix: 16) : UInt32(digits)
    }
    guard let first = terms[0] else { return nil }
    return terms.count == 2 ? terms[1].map { first << $0 } : first
  }
}

/// The conformance data beside the project.
enum ConformanceData {
  static let package = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  static func url(_ path: String) -> URL {
    if let folder = ProcessInfo.processInfo.environment["BREADBOARD_DATA"] {
      return URL(filePath: folder).appending(path: path)
    }
    return package.appending(path: "../shared/data").appending(path: path)
  }
  static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: url(path).path)
  }
}

extension Constant {
  /// What the SVD says about the thing that a constant's comment names.
  func expected(in block: SVD.Block) -> UInt32? {
    var label = self.label
    var count: Int?
    if let bracket = label.firstIndex(of: "["), label.hasSuffix("]") {
      count = Int(label[label.index(after: bracket)...].dropLast())
      label = String(label[..<bracket])
    }
    if let register = block.registers[label], register.count == count {
      return group == "Reset" ? register.reset : register.offset
    }
    let isShift = label.hasSuffix(" shift")
    let parts = label.replacingOccurrences(of: " shift", with: "").split(separator: "=")
    guard let dot = parts[0].lastIndex(of: "."),
      let field = block.registers[String(parts[0][..<dot])]?.fields[
        String(parts[0][parts[0].index(after: dot)...])]
    else { return nil }
    if parts.count == 2 { return field.values[String(parts[1])] }
    if isShift { return field.lowestBit }
    return UInt32((UInt64(1) << field.width - 1) << field.lowestBit)
  }
}
