// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import MachineModel

/// What a failed build said, and what it means.
struct CompilerOutput {
  let lines: [String]

  func error(
    application: String, board: Board, target: BuildTarget, swift: SwiftCompiler
  ) -> FirmwareBuildError {
    if let (memory, overflow) = overflow() {
      return .doesNotFit(
        application: application, board: board.name, memory: memory, overflow: overflow)
    }
    let missing = ["unable to load standard library", "could not find module 'Swift'"]
    if lines.contains(where: { line in missing.contains { line.contains($0) } }) {
      return .noEmbeddedLibrary(triple: target.triple, swift: swift.path)
    }
    let undefined = lines.compactMap { $0.firstMatch(of: /undefined symbol: (\S+)/) }
    if !undefined.isEmpty {
      return .undefinedSymbols(Set(undefined.map { String($0.1) }).sorted())
    }
    let pins = lines.compactMap { $0.firstMatch(of: /type 'BoardPins' has no member '(\w+)'/) }
    if !pins.isEmpty {
      return .missingPins(board: board.name, names: Set(pins.map { String($0.1) }).sorted())
    }
    // What an application demands of its model, it demands by `_Static_assert`.
    let demands = lines.compactMap {
      $0.firstMatch(of: /static assertion failed.*: (the model .*)/)
    }
    if !demands.isEmpty {
      return .unsuitableModel(
        application: application, requirements: Set(demands.map { String($0.1) }).sorted())
    }
    if lines.contains(where: { $0.contains("failed due to signal 9") }) { return .compilerKilled }
    return .compiler(lastLines: tail())
  }

  /// lld complains once for each section that does not fit; the largest number counts all.
  private func overflow() -> (memory: String, ByteCount)? {
    let pattern = /will not fit in region '(\w+)': overflowed by (\d+) bytes/
    let found = lines.compactMap { line -> (String, Int)? in
      guard let match = line.firstMatch(of: pattern), let count = Int(match.2) else { return nil }
      return (String(match.1), count)
    }
    guard let worst = found.max(by: { $0.1 < $1.1 }) else { return nil }
    return (worst.0 == "FLASH" ? "flash" : worst.0, ByteCount(worst.1))
  }

  /// The errors, or the last that was said where none is marked as one.
  private func tail() -> [String] {
    let marked = lines.filter { $0.contains("error:") }
    var seen: Set<String> = []
    let telling = (marked.isEmpty ? lines : marked).filter {
      !$0.isEmpty && seen.insert($0).inserted
    }
    return Array(telling.suffix(8))
  }
}
