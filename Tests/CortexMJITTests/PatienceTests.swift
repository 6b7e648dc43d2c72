// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CortexMJIT

@Suite struct PatienceTests {
  @Test func rareChanges_areAllowedForEver() {
    var patience = Patience()
    for change in 1...100 {
      let isAllowed = patience.allowsChange(at: UInt64(change) * 2_000_000)
      #expect(isAllowed)
    }
  }

  @Test func frequentChanges_pauseTheCompiler() {
    var patience = Patience()
    let allowed = (1...100).filter { patience.allowsChange(at: UInt64($0) * 1000) }
    #expect(allowed.count == 8)
    let isAllowed = patience.allowsChange(at: 20_000_000)
    #expect(isAllowed)
  }

  @Test func timeThatGoesBack_startsOver() {
    var patience = Patience()
    for change in 1...100 { _ = patience.allowsChange(at: 5_000_000 + UInt64(change)) }
    let isAllowed = patience.allowsChange(at: 6_000_000)
    #expect(!isAllowed)
    let isAllowedBefore = patience.allowsChange(at: 1000)
    #expect(isAllowedBefore)
  }
}
