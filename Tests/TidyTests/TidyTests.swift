// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The style is a test (after TigerBeetle's tidy.zig).
@Suite struct TidyTests {
  @Test func tree_isFound() {
    #expect(SourceTree.swift.count > 20)
    #expect(SourceTree.all.contains { $0.path == "CHANGELOG.md" })
  }

  @Test func lines_haveAtMost100Columns() {
    let isLimited = [".swift", ".c", ".h", ".S", ".yml", ".sh"]
    for file in SourceTree.all where isLimited.contains(where: file.path.hasSuffix) {
      for (index, line) in file.lines.enumerated() where line.utf8.count > Ratchet.columnLimit {
        // A URL cannot be broken.
        guard line.count > Ratchet.columnLimit, !line.contains("https://") else { continue }
        Issue.record("\(file.path):\(index + 1): \(line.count) columns")
      }
    }
  }

  @Test func files_haveAtMost600Lines() {
    var isNeeded: Set<String> = []
    for file in SourceTree.all where file.has(suffix: ".swift", ".c", ".h", ".S", ".py") {
      let count = file.lines.count - 1
      guard count > Ratchet.fileLimit else { continue }
      isNeeded.insert(file.path)
      let limit = Ratchet.files[file.path] ?? Ratchet.fileLimit
      #expect(count <= limit, "\(file.path): \(count) lines; split it")
    }
    let idle = Set(Ratchet.files.keys).subtracting(isNeeded).sorted()
    #expect(idle.isEmpty, "remove from the ratchet, which may only shrink")
  }

  @Test func functions_haveAtMost70Lines() {
    var isNeeded: Set<String> = []
    for file in SourceTree.swift {
      for function in FunctionLength.all(in: SourceTree.code[file.path] ?? CodeOnly("")) {
        guard function.lineCount > Ratchet.functionLimit else { continue }
        let key = "\(file.path):\(function.name)"
        isNeeded.insert(key)
        let limit = Ratchet.functions[key] ?? Ratchet.functionLimit
        #expect(
          function.lineCount <= limit,
          "\(file.path):\(function.line): \(function.name) has \(function.lineCount) lines")
      }
    }
    let idle = Set(Ratchet.functions.keys).subtracting(isNeeded).sorted()
    #expect(idle.isEmpty, "remove from the ratchet, which may only shrink")
  }

  @Test func swiftAndC_beginWithTheLicence() {
    let header = """
      // Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
      // SPDX-License-Identifier: Apache-2.0

      """
    for file in SourceTree.all where file.has(suffix: ".swift", ".c", ".h", ".S") {
      // A manifest's first line is its tools version.
      guard file.name != "Package.swift" else { continue }
      #expect(file.text.hasPrefix(header), "\(file.path): licence header of two lines")
    }
  }

  @Test func shippedCode_neitherTrapsOnInputNorPrints() {
    let banned = [
      ("try!", "throw a typed error"), ("as!", "use as? and a typed error"),
      ("fatalError(", "throw, or precondition with a message"),
    ]
    for file in SourceTree.shipped {
      let code = SourceTree.code[file.path] ?? CodeOnly("")
      for (word, instead) in banned where code.contains(word) {
        Issue.record("\(file.path): \(word) is not used here; \(instead)")
      }
      let mayPrint = isExecutable(file) || file.target == "Terminal"
      if file.path.hasPrefix("Sources/"), !mayPrint, code.contains("print(") {
        Issue.record("\(file.path): libraries do not print; return a value")
      }
    }
  }

  @Test func fileNames_areNouns() {
    for file in SourceTree.shipped {
      for word in ["Manager", "Helper", "Utils", "Utilities", "Misc"] {
        #expect(!file.name.contains(word), "\(file.path): name it after what it holds")
      }
    }
  }

  private func isExecutable(_ file: SourceFile) -> Bool {
    SourceTree.shipped.contains {
      $0.target == file.target && ($0.name == "main.swift" || $0.text.contains("@main"))
    }
  }
}
