// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels
import TestSupport
import Testing

@testable import ModelCompiler

@Suite struct RequantizationProofTests {
  private static let relu = OutputStage(zeroPoint: -128, minimum: -128, maximum: 127)
  private static let linear = OutputStage(zeroPoint: 9, minimum: -128, maximum: 127)

  private func channel(
    _ multiplier: Int32, _ shift: Int, _ stage: OutputStage, _ accumulators: ClosedRange<Int>
  ) -> ChannelRequantization {
    ChannelRequantization(
      scale: QuantizedMultiplier(multiplier: multiplier, shift: shift), stage: stage,
      accumulators: accumulators)
  }

  /// Channels as they occur, with intervals small enough to try every accumulator.
  private func layer(
    seed: UInt64, exponents: ClosedRange<Int>, _ stage: OutputStage
  ) -> [ChannelRequantization] {
    var random = Xorshift(seed: seed)
    return (0..<8).map { _ in
      let reach = 1 << Int.random(in: 4...14, using: &random)
      let low = -Int.random(in: 0...reach, using: &random)
      return channel(
        .random(in: 1 << 30...Int32.max, using: &random),
        -Int.random(in: exponents, using: &random), stage, low...low + 2 * reach)
    }
  }

  /// Accumulators for which the epilogue gives something else than the two roundings and the clamp.
  private func mistakes(_ choice: EpilogueChoice, _ channels: [ChannelRequantization]) -> Int {
    func count(_ epilogue: some Epilogue) -> Int {
      var mistakes = 0
      for (index, channel) in channels.enumerated() {
        let adjustment = Int(choice.constants.biasAdjustments[index])
        choice.constants.words[index].withUnsafeBytes { words in
          for accumulator in channel.accumulators {
            let output = epilogue.quantize(
              Int32(256 * (accumulator + adjustment)), words.baseAddress!)
            mistakes += Int(output) == channel.output(accumulator) ? 0 : 1
          }
        }
      }
      return mistakes
    }
    return switch choice {
    case .proved(let epilogue, _): count(epilogue)
    case .kinked(let epilogue, _): count(epilogue)
    case .exact(let epilogue, _): count(epilogue)
    case .clamped(let epilogue, _): count(epilogue)
    }
  }

  @Test(arguments: 1...40 as ClosedRange<UInt64>)
  func provedConstants_holdForEveryAccumulator(seed: UInt64) throws {
    let channels = layer(seed: seed, exponents: 6...9, Self.relu)
    let choice = try #require(EpilogueChoice(channels))
    guard case .proved = choice else {
      Issue.record("seed \(seed) gave \(choice)")
      return
    }
    #expect(mistakes(choice, channels) == 0, "seed \(seed)")
  }

  @Test(arguments: 1...40 as ClosedRange<UInt64>)
  func linearChannels_takeTwoPieces(seed: UInt64) throws {
    let channels = layer(seed: seed, exponents: 4...8, Self.linear)
    let choice = try #require(EpilogueChoice(channels))
    guard case .kinked = choice else {
      Issue.record("seed \(seed) gave \(choice)")
      return
    }
    #expect(mistakes(choice, channels) == 0, "seed \(seed)")
  }

  @Test(arguments: 1...40 as ClosedRange<UInt64>)
  func narrowRange_isClamped(seed: UInt64) throws {
    let stage = OutputStage(zeroPoint: -100, minimum: -100, maximum: 90)
    let channels = layer(seed: seed, exponents: 1...7, stage)
    let choice = try #require(EpilogueChoice(channels))
    #expect(mistakes(choice, channels) == 0, "seed \(seed)")
    // Where an accumulator leaves the range, only a clamp can keep it.
    if channels.contains(where: { !$0.saturates && $0.constant == nil }) {
      guard case .clamped = choice else {
        Issue.record("seed \(seed) gave \(choice)")
        return
      }
    }
  }

  @Test func anyScale_isExactOrRefused() {
    var random = Xorshift(seed: 7)
    var kinds = [0, 0]
    for _ in 0..<300 {
      let zeroPoint = Int32.random(in: -128...127, using: &random)
      let minimum = Bool.random(using: &random) ? zeroPoint : -128
      let stage = OutputStage(
        zeroPoint: zeroPoint, minimum: minimum,
        maximum: .random(in: zeroPoint...127, using: &random))
      let low = Int.random(in: -3000...3000, using: &random)
      let channels = [
        channel(
          .random(in: 0...Int32.max, using: &random), .random(in: -31...12, using: &random), stage,
          low...low + .random(in: 0...3000, using: &random))
      ]
      guard let choice = EpilogueChoice(channels) else {
        kinds[0] += 1
        continue
      }
      kinds[1] += 1
      #expect(mistakes(choice, channels) == 0, "\(channels) \(choice)")
    }
    #expect(kinds[0] > 20 && kinds[1] > 150, "\(kinds)")
  }

  @Test func accumulatorsBeyondPackedKernels_areRefused() {
    #expect(EpilogueChoice([channel(1 << 30, -10, Self.relu, -5...(1 << 23) - 1)]) != nil)
    #expect(EpilogueChoice([channel(1 << 30, -10, Self.relu, -5...1 << 23)]) == nil)
    // A channel that never leaves its clamp does not care.
    let dead = channel(1 << 30, -10, Self.relu, -1 << 25 ... -1)
    #expect(EpilogueChoice([dead])?.constants.words == [[0, -128 << 7]])
  }

  @Test func scaleUp_isProvedWhileTheShiftCanTakeIt() throws {
    let channels = [channel(1 << 30 + 12345, 3, Self.relu, -40...40)]
    let choice = try #require(EpilogueChoice(channels))
    guard case .proved(let epilogue, _) = choice else {
      Issue.record("\(choice)")
      return
    }
    #expect(epilogue.shift == 4 && mistakes(choice, channels) == 0)
    #expect(EpilogueChoice([channel(1 << 30, 8, Self.relu, -40...40)]) == nil)
  }

  @Test func wrongConstants_wouldBeNoticed() throws {
    let channels = layer(seed: 3, exponents: 6...9, Self.relu)
    guard case .proved(let epilogue, var constants) = try #require(EpilogueChoice(channels)) else {
      Issue.record("seed 3 must be proved")
      return
    }
    constants.biasAdjustments[0] += 1
    #expect(mistakes(.proved(epilogue, constants), channels) > 0)
  }
}
