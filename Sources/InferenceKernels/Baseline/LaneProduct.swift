// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CKernelIntrinsics

/// Products of up to four patches of input with channels of weights, for cores without the DSP
/// extension: two products in one multiplication, see `ck_lane_sums`.
struct LaneProduct<E: Epilogue> {
  /// Weights of one channel.
  var taps: Int
  /// Bytes from one pixel's output to the next one's.
  var outputPitch: Int
  var epilogue: E

  @_transparent
  var words: Int { (taps &+ 3) / 4 }

  /// Bytes of a channel's constants.
  @_transparent
  var channelPitch: Int { 8 &+ 4 &* words &+ 4 &* E.wordCount }

  /// Bytes of the lanes of four patches.
  @_transparent
  var lanesByteCount: Int { 32 &* words }

  /// Writes the outputs of `channels` channels for the first `count` of four patches.
  @inline(never)
  func callAsFunction(
    _ lanes: UnsafeRawPointer, weights: UnsafeRawPointer, channels: Int,
    output: UnsafeMutableRawPointer, count: Int
  ) {
    let words = Int32(truncatingIfNeeded: words)
    var constants = weights
    var target = output
    let end = output + channels
    var sums = ck_four_sums(first: 0, second: 0, third: 0, fourth: 0)
    while target < end {
      ck_lane_sums(lanes, constants, words, &sums)
      constants += channelPitch
      let words = epilogueWords(constants - 4 &* E.wordCount, count: E.wordCount)
      store(sums.first, words, target)
      if count > 1 { store(sums.second, words, target + outputPitch) }
      if count > 2 { store(sums.third, words, target + 2 &* outputPitch) }
      if count > 3 { store(sums.fourth, words, target + 3 &* outputPitch) }
      target += 1
    }
  }

  @_transparent
  private func store(_ sum: Int32, _ words: EpilogueWords, _ target: UnsafeMutableRawPointer) {
    target.storeBytes(
      of: UInt8(truncatingIfNeeded: epilogue.quantize(sum &<< 8, words)), as: UInt8.self)
  }
}

/// Spreads four patches of bytes, `pitch` apart, over lanes.
@inline(never)
func spreadOverLanes(
  _ patches: UnsafeRawPointer, count: Int, pitch: Int, to lanes: UnsafeMutableRawPointer
) {
  var source = patches
  let end = patches + count
  var target = lanes.assumingMemoryBound(to: Int32.self)
  while source < end {
    let second = source + pitch
    let third = second + pitch
    let fourth = third + pitch
    target[0] = lane(source, second)
    target[1] = lane(third, fourth)
    source += 1
    target += 2
  }
}

@_transparent
private func lane(_ low: UnsafeRawPointer, _ high: UnsafeRawPointer) -> Int32 {
  Int32(high.load(as: Int8.self)) &<< 16 &+ Int32(low.load(as: Int8.self))
}

#if !hasFeature(Embedded)

  extension LaneProduct {
    /// What `ck_lane_sums` and the epilogue read of each channel.
    /// - Parameter weight: of a channel and tap, -127 to 127.
    func pack(
      channels: Int, bias: [Int32], epilogueWords: [Int32], weight: (Int, Int) -> Int8
    ) -> [Int32] {
      var result: [Int32] = []
      for channel in 0..<channels {
        var weights = [Int8](repeating: 0, count: 4 * words)
        for tap in 0..<taps { weights[tap] = weight(channel, tap) }
        result += [bias[channel], groupByteCount(weights)]
        for start in stride(from: 0, to: weights.count, by: 4) {
          var word: UInt32 = 0
          for place in 0..<4 {
            word |= UInt32(UInt8(bitPattern: weights[start + place])) << UInt32(8 * place)
          }
          result.append(Int32(bitPattern: word))
        }
        let first = channel * E.wordCount
        result += epilogueWords[first..<first + E.wordCount]
      }
      return result
    }

    /// The longest groups that divide the weights and whose sums of products with any inputs are
    /// within 16 bits; those of two weights always are.
    private func groupByteCount(_ weights: [Int8]) -> Int32 {
      let longest = (1...words).last { length in
        guard words % length == 0 else { return false }
        return stride(from: 0, to: words, by: length).allSatisfy { start in
          let group = weights[4 * start..<4 * (start + length)]
          let most = group.reduce(0) { $0 + abs(Int($1)) }
          return most * 128 <= Int(Int16.max)
        }
      }
      return Int32(4 * (longest ?? 0))
    }
  }

#endif
