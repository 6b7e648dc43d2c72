// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import InferenceKernels

/// The loops around functions of one and two elements.
@Suite struct BroadcastTests {
  @Test func table_isIndexedByTheByte() {
    let table = (0..<256).map { Int8(truncatingIfNeeded: $0 &+ 1) }
    var values: [Int8] = [-128, -1, 0, 127]
    values.withUnsafeMutableBytes {
      LookupTable(count: 4).run(input: $0.baseAddress!, table: table, output: $0.baseAddress!)
    }
    #expect(values == [-127, 0, 1, -128])
  }

  @Test func strideOfZero_repeats() {
    let kernel = Binary(
      shape: Extents([2, 3]), firstStrides: Extents([3, 1], filling: 0),
      secondStrides: Extents([1, 0], filling: 0),
      function: IntegerArithmetic(operation: .multiply, minimum: .min, maximum: 100))
    var output = [Int32](repeating: 0, count: 6)
    kernel.run(
      first: [Int32]([1, 2, 3, 4, 5, 6]), second: [Int32]([10, 20]), output: &output)
    #expect(output == [10, 20, 30, 80, 100, 100])
  }

  @Test func select_takesEachElementFromOneOfTwo() {
    let kernel = Select<Int16>(
      shape: Extents([2, 2]), conditionStrides: Extents([1, 0], filling: 0),
      firstStrides: Extents([2, 1], filling: 0), secondStrides: Extents([0, 0], filling: 0))
    var output = [Int16](repeating: 0, count: 4)
    kernel.run(
      condition: [UInt8]([1, 0]), first: [Int16]([1, 2, 3, 4]), second: [Int16]([9]),
      output: &output)
    #expect(output == [1, 2, 9, 9])
  }

  @Test func quotient_roundsUpAndSurvivesZero() {
    let kernel = QuantizedQuotient(
      firstZeroPoint: 0, secondZeroPoint: 0, scale: FixedPointScale(multiplier: 1 << 30, shift: 1),
      stage: OutputStage(zeroPoint: 0, minimum: -128, maximum: 127))
    #expect(
      [(7, 2), (-7, 2), (127, -1), (9, 3)].map { kernel($0, $1) } == [4, -3, -127, 3])
    _ = kernel(5, 0)
    let arithmetic = IntegerArithmetic(operation: .divide, minimum: .min, maximum: .max)
    #expect([(7, 2), (.min, -1), (5, 0)].map { arithmetic($0, $1) } == [3, .min, 0])
  }
}
