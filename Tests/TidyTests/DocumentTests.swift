// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What the documents say is there.
@Suite struct DocumentTests {
  @Test func links_resolve() {
    for file in SourceTree.all where file.has(suffix: ".md") {
      let folder = SourceTree.root.appendingPathComponent(file.path).deletingLastPathComponent()
      for link in Self.links(in: file.text) where !link.contains("://") {
        guard let path = link.split(separator: "#").first, !link.hasPrefix("#"),
          !link.hasPrefix("mailto:")
        else { continue }
        let target = folder.appendingPathComponent(String(path)).standardized.path
        #expect(FileManager.default.fileExists(atPath: target), "\(file.path): \(link)")
      }
    }
  }

  @Test func everyBoard_isInADocument() {
    let documents = SourceTree.all.filter { ["README.md", "Boards/README.md"].contains($0.path) }
    #expect(documents.contains { $0.path == "Boards/README.md" })
    for file in SourceTree.all where file.path.hasPrefix("Boards/boards/") {
      let board = file.name.dropLast(4)
      #expect(documents.contains { $0.text.contains("`\(board)`") }, "\(board) is in no README")
    }
  }

  @Test func links_areFoundOutsideCode() {
    let text = """
      See [a](b.md) and ![c](d.png "title").
      ```
      [no](link)
      ```
      `[no](code)` [e](f#g)
      """
    #expect(Self.links(in: text) == ["b.md", "d.png", "f#g"])
  }

  /// The targets of `[text](target)`, code left out.
  static func links(in text: String) -> [String] {
    let prose = text.split(separator: "```", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 0 }.map(\.element).joined(separator: "\n")
    let words = prose.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 0 }.map(\.element).joined(separator: "x")
    return words.split(separator: "](", omittingEmptySubsequences: false).dropFirst().compactMap {
      $0.prefix { $0 != ")" && $0 != " " && $0 != "\n" }.isEmpty
        ? nil : String($0.prefix { $0 != ")" && $0 != " " && $0 != "\n" })
    }
  }
}
