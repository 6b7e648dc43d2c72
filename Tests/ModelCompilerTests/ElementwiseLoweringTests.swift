// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels
import Testing

@testable import ModelCompiler

/// Functions that become tables, and how loops over several tensors are joined.
@Suite struct ElementwiseLoweringTests {
  @Test func broadcast_joinsWhatItCan() {
    let equal = Broadcast([[2, 3, 4], [2, 3, 4]], to: [2, 3, 4])
    #expect(equal.shape == Extents([24]))
    let channels = Broadcast([[2, 3, 4], [4]], to: [2, 3, 4])
    #expect(channels.shape == Extents([6, 4]))
    #expect(channels.strides[1] == Extents([0, 1], filling: 0))
    let scalar = Broadcast([[1], [5, 1, 2]], to: [5, 1, 2])
    #expect(scalar.shape == Extents([10]))
    #expect(scalar.strides[0] == Extents([], filling: 0))
    let middle = Broadcast([[2, 1, 4], [2, 3, 1]], to: [2, 3, 4])
    #expect(middle.shape == Extents([2, 3, 4]))
    #expect(middle.strides[1] == Extents([3, 1, 0], filling: 0))
  }

  @Test func sigmoids_followTheRealFunctions() {
    let logistic = FixedPointSigmoid(scale: 0.05, zeroPoint: 0, isTanh: false)
    let tanh = FixedPointSigmoid(scale: 0.05, zeroPoint: 0, isTanh: true)
    #expect([-128, 0, 20, 127].map { logistic($0) } == [-128, 0, 59, 127])
    #expect([-128, 0, 20, 127].map { tanh($0) } == [-128, 0, 97, 127])
  }

  @Test func reciprocalSquareRoot_isThatOfTheRealNumber() {
    let function = ReciprocalSquareRoot(
      inputScale: 1, inputZeroPoint: 0, outputScale: 0.01, outputZeroPoint: 0)
    #expect([-1, 0, 4, 16, 100].map { function($0) } == [127, 127, 50, 25, 10])
  }

  @Test func hardSwish_isZeroBelowMinusThree() {
    let function = HardSwish(
      inputScale: 0.1, inputZeroPoint: 0, outputScale: 0.1, outputZeroPoint: -4)
    #expect([-128, -30, -15, 0, 15, 30, 100].map { function($0) } == [-4, -4, -8, -4, 7, 26, 96])
  }
}
