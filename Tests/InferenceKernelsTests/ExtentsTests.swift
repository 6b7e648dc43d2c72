// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import InferenceKernels

@Suite struct ExtentsTests {
  @Test func fewerDimensions_areTheInnermost() {
    let extents = Extents([2, 3, 4])
    #expect(extents == Extents(d0: 1, d1: 1, d2: 1, d3: 2, d4: 3, d5: 4))
    #expect(extents.product == 24)
    #expect((0..<6).map { extents[$0] } == [1, 1, 1, 2, 3, 4])
    #expect(Extents([], filling: 0).product == 0)
  }
}
