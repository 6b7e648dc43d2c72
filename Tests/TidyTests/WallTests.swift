// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

/// Arrows between targets go down the list of the architecture only.
@Suite struct WallTests {
  @Test func everyTarget_hasItsRowAndKeepsToIt() {
    for file in SourceTree.swift {
      guard let target = file.target, file.path.hasPrefix("Sources/") || target == "Boards" else {
        continue
      }
      guard let allowed = Walls.allowed[String(target)] else {
        Issue.record("\(file.path): give \(target) a row in Walls.allowed")
        continue
      }
      for module in Self.imports(of: SourceTree.code[file.path] ?? CodeOnly("")) {
        #expect(
          allowed.contains(module), "\(file.path): \(target) may not import \(module)")
      }
    }
  }

  /// A library below the commands neither knows the operating system nor blocks on it.
  @Test func pureTargets_areWithoutFoundation() {
    let pure = [
      "MachineModel", "CortexM", "RegisterMaps", "Peripherals", "Sensors", "InferenceKernels",
      "AudioFeatures", "WordSpotting", "FlashProtocols",
    ]
    for target in pure { #expect(Walls.allowed[target]?.contains("Foundation") == false) }
  }

  @Test func imports_areReadWithTheirModifiers() {
    let text = """
      import A
      public import B
      @testable import struct C.D
      // import E
      let text = "import F"
        import G
      """
    #expect(Self.imports(of: CodeOnly(text)) == ["A", "B", "C", "G"])
  }

  static func imports(of code: CodeOnly) -> [String] {
    code.text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ").drop {
        $0.hasPrefix("@") || ["public", "internal", "package", "private"].contains($0)
      }
      guard words.first == "import" else { return nil }
      let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "var", "let"]
      let module = words.dropFirst().drop { kinds.contains($0) }.first
      return module?.split(separator: ".").first.map(String.init)
    }
  }
}
