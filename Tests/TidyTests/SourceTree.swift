// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The project's own files, as the tidy tests read them.
struct SourceFile: Sendable {
  /// From the package's root, `Sources/MachineModel/Pin.swift`.
  let path: String
  let text: String

  var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
  var name: Substring { path.split(separator: "/").last ?? "" }
  /// `MachineModel` for files in `Sources`; "Boards" for Boards; nil elsewhere.
  var target: Substring? {
    let parts = path.split(separator: "/")
    if parts.first == "Boards" { return "Boards" }
    return parts.first == "Sources" && parts.count > 2 ? parts[1] : nil
  }

  func has(suffix: String...) -> Bool { suffix.contains { path.hasSuffix($0) } }
}

enum SourceTree {
  static let root: URL = (0..<3).reduce(URL(fileURLWithPath: #filePath)) { url, _ in
    url.deletingLastPathComponent()
  }

  private static let folders = ["Sources", "Tests", "Boards", "Firmware"]
  private static let suffixes = [
    ".swift", ".c", ".h", ".S", ".yml", ".yaml", ".sh", ".py", ".md", ".modulemap",
  ]
  /// Made by programs, or not ours.
  private static let skipped = ["Generated", ".build", "__pycache__", ".venv"]

  static let all: [SourceFile] = {
    var paths = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
    for folder in folders {
      let url = root.appendingPathComponent(folder)
      let enumerator = FileManager.default.enumerator(atPath: url.path)
      while let path = enumerator?.nextObject() as? String { paths.append("\(folder)/\(path)") }
    }
    return paths.sorted().compactMap(read)
  }()

  static let swift = all.filter { $0.has(suffix: ".swift") && $0.path != "Package.swift" }
  /// Their code, by path.
  static let code: [String: CodeOnly] = Dictionary(
    uniqueKeysWithValues: swift.map { ($0.path, CodeOnly($0.text)) })
  /// What ships: everything but tests.
  static let shipped = swift.filter { !$0.path.hasPrefix("Tests/") && $0.name != "Package.swift" }

  private static func read(_ path: String) -> SourceFile? {
    guard suffixes.contains(where: path.hasSuffix), !path.hasPrefix("."),
      !path.split(separator: "/").contains(where: { skipped.contains(String($0)) }),
      let text = try? String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    else { return nil }
    return SourceFile(path: path, text: text)
  }
}
