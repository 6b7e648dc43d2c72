// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import InferenceKernels

@Suite struct RecurrentTests {
  private let table = (0..<256).map { UInt16(min(65535, 65536 / (1 + exp(-Double($0) / 24)))) }

  @Test func interpolation_followsTheRealFunctions() {
    // Q3.12 by 3 is a table's step of 1/24 in 512ths, or for tanh in 256ths.
    let activation = InterpolatedSigmoid(multiplier: 3, shift: 0)
    for value in stride(from: Int16.min, through: .max - 6, by: 7) {
      let real = Double(value) / 4096
      let logistic = Double(activation.logistic(value, table: table)) / 0x1p15
      let tanh = Double(activation.tanh(value, table: table)) / 0x1p15
      #expect(abs(logistic - 1 / (1 + exp(-real))) < 1e-4, "\(value)")
      #expect(abs(tanh - Foundation.tanh(real)) < 2e-4, "\(value)")
    }
  }

  private let half = FixedPointScale(multiplier: 1 << 30, shift: 0)

  @Test func svdf_remembersEachFiltersProducts() {
    // One unit of two filters, windows of three; halves and wholes.
    let kernel = SVDF<Int16>(
      batches: 1, inputCount: 2, unitCount: 1, rank: 2, memoryCount: 3, feature: half,
      result: FixedPointScale(multiplier: 1 << 30, shift: 1), stateZeroPoint: 0,
      stage: OutputStage(zeroPoint: 0, minimum: -128, maximum: 127))
    var state = [Int16](repeating: 0, count: 6)
    var output: [Int8] = [0]
    func run(_ input: [Int8]) -> Int8 {
      kernel.run(
        input: input, features: [Int8]([1, 1, 2, 0]), times: [Int16]([100, 10, 1, 1, 0, 0]),
        biases: [Int32]([0, 0, 7]), state: &state, output: &output)
      return output[0]
    }
    #expect(run([2, 2]) == 2 + 7)
    #expect(state == [0, 0, 2, 0, 0, 2])
    #expect(run([0, 0]) == 20 + 7)
    #expect(run([-4, 0]) == 127)
    #expect(state == [2, 0, -2, 2, 0, -4])
  }

  /// An LSTM whose gates are held open or shut by their biases.
  private func lstm(steps: Int, clip: Int32 = 32768) -> SequenceLSTM<Int8> {
    let gate = SequenceLSTM<Int8>.Gate(
      input: FixedPointScale(multiplier: 1 << 30, shift: 1),
      state: FixedPointScale(multiplier: 1 << 30, shift: 1))
    return SequenceLSTM<Int8>(
      batches: 1, steps: steps, isTimeMajor: false, inputCount: 1, unitCount: 1, inputGate: gate,
      forgetGate: gate, cellGate: gate, outputGate: gate,
      forgetting: FixedPointScale(multiplier: 1 << 30, shift: -14),
      adding: FixedPointScale(multiplier: 1 << 30, shift: -17),
      showing: FixedPointScale(multiplier: 1 << 30, shift: -22),
      cellClip: clip, cellActivation: InterpolatedSigmoid(multiplier: 3, shift: 0),
      outputZeroPoint: -3)
  }

  @Test func lstm_withOpenGates_addsUpAndShows() {
    // The cell's scale is 2^-12: each step adds tanh(1) = 0.7616, 3119 or 3120 of those.
    let open: [Int32] = [32767, 0, 32767, 0, 4096, 0, 32767, 0]
    var (state, cell, output) = (
      [Int8](repeating: 0, count: 1), [Int16(0)], [Int8](repeating: 0, count: 3)
    )
    lstm(steps: 3).run(
      input: [Int8]([0, 0, 0]), weights: [Int8](repeating: 0, count: 8), biases: open,
      sigmoid: table, outputState: &state, cellState: &cell, output: &output)
    #expect(abs(Int(cell[0]) - 3 * 3119) < 20)
    // tanh of 0.76, 1.52 and 2.28 in 128ths.
    for (value, expected) in zip(output, [82.2, 116.3, 125.3]) {
      #expect(abs(Double(value) + 3 - expected) < 1.5)
    }
    #expect(state[0] == output[2])
  }

  @Test func lstm_clipsItsCell() {
    let open: [Int32] = [32767, 0, 32767, 0, 4096, 0, 32767, 0]
    var (state, cell, output) = ([Int8(0)], [Int16(0)], [Int8](repeating: 0, count: 3))
    lstm(steps: 3, clip: 4000).run(
      input: [Int8]([0, 0, 0]), weights: [Int8](repeating: 0, count: 8), biases: open,
      sigmoid: table, outputState: &state, cellState: &cell, output: &output)
    #expect(cell[0] == 4000)
  }

  @Test func wideSums_areScaledByFifteenBits() {
    let scale = FixedPointScale(multiplier: 0x6000_8000, shift: 0)
    #expect(Int16.requantize(1 << 40, FixedPointScale(multiplier: 1 << 30, shift: -10)) == 1 << 29)
    // The multiplier rounds to 0x6001 of 2^15.
    #expect(Int16.requantize(1 << 15, scale) == 0x6001)
    #expect(Int16.requantize(-3, FixedPointScale(multiplier: 1 << 30, shift: 0)) == -1)
  }

  @Test func floatSVDF_sumsItsFiltersAndClamps() {
    let kernel = FloatSVDF(
      batches: 1, inputCount: 2, unitCount: 1, rank: 2, memoryCount: 2,
      range: FloatRange(minimum: 0, maximum: 6))
    var (state, output) = ([Float](repeating: 0, count: 4), [Float](repeating: 0, count: 1))
    func run(_ input: [Float]) -> Float {
      kernel.run(
        input: input, features: [Float]([1, 1, 2, 0]), times: [Float]([0.5, 1, 0, 1]),
        biases: [Float]([0.25]), state: &state, output: &output)
      return output[0]
    }
    #expect(run([1, 0.5]) == 1.5 + 2 + 0.25)
    #expect(run([0, 0.5]) == 0.75 + 0.5 + 0.25)
    #expect(state == [1.5, 0.5, 2, 0])
    #expect(run([9, 9]) == 6)
    #expect(run([-9, -9]) == 0)
  }

  @Test func floatLSTM_withOpenGates_addsUpAndClips() {
    let kernel = FloatSequenceLSTM(
      batches: 1, steps: 2, isTimeMajor: false, inputCount: 1, unitCount: 1, cellClip: 1)
    var (state, cell) = ([Float](repeating: 0, count: 1), [Float](repeating: 0, count: 1))
    var output = [Float](repeating: 0, count: 2)
    kernel.run(
      input: [Float]([0, 0]), weights: [Float](repeating: 0, count: 8),
      biases: [Float]([20, 20, 1, 20]), outputState: &state, cellState: &cell, output: &output)
    #expect(abs(output[0] - tanh(tanh(Float(1)))) < 1e-6)
    #expect(abs(output[1] - tanh(Float(1))) < 1e-6)
    #expect(cell == [1])
    #expect(state[0] == output[1])
  }
}
