// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing
import WordSpotting

@Suite struct VocabularyTests {
  @Test func names_areInTheNetworksOrder() {
    let names = (0..<Vocabulary.count).map { Vocabulary.name(of: $0).description }
    #expect(
      names.joined(separator: " ") == """
        zero one two three four five six seven eight nine silence unknown
        """)
  }

  @Test(arguments: [-1, 12, Int.max])
  func indexOutOfRange_isUnknown(index: Int) {
    #expect(Vocabulary.name(of: index).description == "unknown")
  }
}
