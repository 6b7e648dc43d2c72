// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CortexM

/// Straight-line code of many rows against Unicorn: what one instruction leaves is what the next
/// one finds, flags and ITSTATE included.
@Suite struct BlockDifferentialTests {
  @Test(arguments: Subject.all)
  func block_doesWhatUnicornDoes(subject: Subject) throws {
    let comparison = try Comparison(subject)
    let blocks = BlockCases(subject.core)
    var failures = 0
    let count = Sweep.casesPerRow(subject.core) * 10
    for index in 0..<count {
      let test = blocks.makeCase(seed: Sweep.seed(row: "block", index: index))
      guard let disagreement = comparison.disagreement(on: test) else { continue }
      failures += 1
      if failures <= 2 { Issue.record("block \(index), \(disagreement)") }
    }
    #expect(failures == 0, "\(failures) of \(count) blocks differ")
  }
}
