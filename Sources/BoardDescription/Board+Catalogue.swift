// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What only the device catalogue can find wrong with a file: names and settings that no model has.
/// Its errors point into the file as all others do.
extension Device {
  /// For a `part` that is not among those `known`.
  public func unknownPart(known: [String]) -> BoardFileError {
    error("part", found: quoted(part), expected: suggestion(for: part, among: known))
  }

  /// Refuses settings that the part does not have, a missing bus and missing pins.
  /// - Parameters:
  ///   - required: pins that must be wired.
  ///   - optional: names of other settings, pins or numbers.
  public func check(
    pins required: [String], optional: [String] = [], needsBus: Bool = false
  ) throws(BoardFileError) {
    guard bus != nil || !needsBus else {
      throw error("on", found: "no such key", expected: "the peripheral that \(part) hangs on")
    }
    for name in required where pins[name] == nil {
      throw error(name, found: "no pin", expected: "the pin of \(part) of that name")
    }
    let known = required + optional
    for name in (Array(pins.keys) + Array(numbers.keys)).sorted() where !known.contains(name) {
      throw error(
        name, found: "a setting that \(part) does not have",
        expected: suggestion(for: name, among: known + ["part", "on", "addresses"]))
    }
  }

  private func error(_ key: String, found: String, expected: String) -> BoardFileError {
    BoardFileError(
      at: place, keyPath: "devices.\(name).\(key)", found: found, expected: expected)
  }
}

extension Instance {
  /// For a `kind` that is not among those `known`.
  public func unknownKind(known: [String]) -> BoardFileError {
    BoardFileError(
      at: place, keyPath: "peripherals.\(name).kind", found: quoted(kind),
      expected: suggestion(for: kind, among: known + [Self.unmodelled]))
  }
}
