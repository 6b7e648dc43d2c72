// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import InferenceKernels

@Suite struct DotProductTests {
  @Test func everyCountAndAlignment_givesTheSumOfProducts() {
    var random = SplitMix64(seed: 11)
    let a = (0..<40).map { _ in Int8.random(in: -128...127, using: &random) }
    let b = (0..<40).map { _ in Int8.random(in: -128...127, using: &random) }
    for (first, second) in [(0, 0), (1, 0), (3, 2), (2, 3)] {
      for count in 0..<33 {
        let expected = (0..<count).reduce(Int32(-5)) {
          $0 + Int32(a[first + $1]) * Int32(b[second + $1])
        }
        let sum = a.withUnsafeBufferPointer { a in
          b.withUnsafeBufferPointer { b in
            sumOfProducts(
              a.baseAddress! + first, b.baseAddress! + second, count: count, from: -5)
          }
        }
        #expect(sum == expected, "\(count) from \(first) and \(second)")
      }
    }
  }
}
