// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels

/// Finds constants with which one floor of an affine function of the accumulator is, for every
/// accumulator that can occur, what TensorFlow Lite Micro's double rounding and clamp give.
///
/// Both sides are monotone, so they are equal everywhere if they are at the accumulators where the
/// output changes (`ChannelRequantization.bounds`). With multiplier m, offset c, bias adjustment d
/// and shift s the epilogue gives at least q for accumulator a where
///
///     256 (a + d) m + c 2^32  >=  q 2^(32 + s)
///
/// so for one m the bounds leave an interval for `256 d m + c 2^32`. What is found is checked once
/// more by the epilogue itself.
struct RequantizationProof {
  typealias Bound = ChannelRequantization.Bound

  /// Of an epilogue, for one channel.
  struct Solution: Equatable {
    var words: [Int32]
    var biasAdjustment: Int32
  }

  private static let shifts = 0...23
  /// Leaves room for the product in SMMLA's sum, which is below 2^30.
  private static let offsets = -(1 << 30)...(1 << 30)

  /// Room enough for an offset without further search.
  private static let plenty = 1 << 34

  let channels: [ChannelRequantization]

  init(_ channels: [ChannelRequantization]) { self.channels = channels }

  /// The shift with which the multiplier of the channel that is scaled down least fills 31 bits;
  /// nil where an accumulator is too large for packed kernels or a scale too large for 31 bits.
  var commonShift: Int32? {
    let live = channels.filter { $0.constant == nil }
    guard live.allSatisfy(\.fitsPackedKernel) else { return nil }
    let shift = (live.map(\.exponent).min() ?? 0) + 7
    guard shift >= Self.shifts.lowerBound else { return nil }
    return Int32(min(shift, Self.shifts.upperBound))
  }

  /// Constants of `ProvedEpilogue` for all channels, if each has some.
  func affine(shift: Int32) -> EpilogueConstants? {
    constants { Self.affine($0, shift: shift) }
  }

  /// Constants of `KinkedEpilogue` for all channels, if each has some.
  func kinked(shift: Int32) -> EpilogueConstants? {
    constants { Self.kinked($0, shift: shift) }
  }

  private func constants(_ solve: (ChannelRequantization) -> Solution?) -> EpilogueConstants? {
    var constants = EpilogueConstants(words: [], biasAdjustments: [])
    for channel in channels {
      guard let solution = solve(channel) else { return nil }
      constants.words.append(solution.words)
      constants.biasAdjustments.append(solution.biasAdjustment)
    }
    return constants
  }

  // MARK: One affine function

  static func affine(_ channel: ChannelRequantization, shift: Int32) -> Solution? {
    if let constant = channel.constant {
      return Solution(words: [0, Int32(constant) << shift], biasAdjustment: 0)
    }
    let (least, below) = channel.bounds
    func room(_ multiplier: Int) -> Room {
      Room(least, below, multiplier: multiplier, shift: shift)
    }
    for multiplier in multipliers(channel, shift: shift, room: { room($0).size }) {
      guard
        let (offset, adjustment) = offset(
          in: room(multiplier), multiplier: multiplier, channel)
      else { continue }
      let words = [Int32(multiplier), Int32(offset)]
      let epilogue = ProvedEpilogue(shift: shift)
      if holds(epilogue, words, adjustment: adjustment, least, below) {
        return Solution(words: words, biasAdjustment: Int32(adjustment))
      }
    }
    return nil
  }

  /// Offset and smallest bias adjustment that together lie in the room. Where the offset's steps
  /// are too coarse, as in channels that scale down much more than others, adjustments fall between
  /// them.
  private static func offset(
    in room: Room, multiplier: Int, _ channel: ChannelRequantization
  ) -> (offset: Int, adjustment: Int)? {
    guard room.size > 0 else { return nil }
    for index in 0..<2048 {
      let adjustment = index % 2 == 0 ? -index / 2 : index / 2 + 1
      let moved = 256 * adjustment * multiplier
      guard let offset = Room(low: room.low &- moved, high: room.high &- moved).leastOffset,
        offsets.contains(offset)
      else { continue }
      let lowest = channel.accumulators.lowerBound + adjustment
      let highest = channel.accumulators.upperBound + adjustment
      if lowest > -(1 << 23), highest < 1 << 23 { return (offset, adjustment) }
    }
    return nil
  }

  // MARK: Two affine functions

  static func kinked(_ channel: ChannelRequantization, shift: Int32) -> Solution? {
    if let constant = channel.constant {
      return Solution(words: [0, Int32(constant) << shift, 0], biasAdjustment: 0)
    }
    let (least, below) = channel.bounds
    let isNegative: (Bound) -> Bool = { $0.accumulator < 0 }
    let lower = (least.filter(isNegative), below.filter(isNegative))
    let upper = (least.filter { !isNegative($0) }, below.filter { !isNegative($0) })
    func rooms(_ multiplier: Int) -> (lower: Room, upper: Room) {
      (
        Room(lower.0, lower.1, multiplier: multiplier, shift: shift),
        Room(upper.0, upper.1, multiplier: multiplier, shift: shift)
      )
    }
    let candidates = multipliers(channel, shift: shift) {
      let (lower, upper) = rooms($0)
      return min(lower.size, upper.size)
    }
    for multiplier in candidates {
      let (lower, upper) = rooms(multiplier)
      guard let (offset, kink) = offsets(lower, upper) else { continue }
      let words = [Int32(multiplier), Int32(offset), Int32(kink)]
      if holds(KinkedEpilogue(shift: shift), words, adjustment: 0, least, below) {
        return Solution(words: words, biasAdjustment: 0)
      }
    }
    return nil
  }

  /// An offset for the accumulators from 0 on and how much less those below have; not negative, or
  /// the function would not be monotone.
  private static func offsets(_ negative: Room, _ positive: Room) -> (offset: Int, kink: Int)? {
    // With no bound on one side, the other side's offset will do.
    guard let upper = positive.isOpen ? negative.leastOffset : positive.greatestOffset,
      let lower = negative.isOpen ? upper : negative.leastOffset,
      offsets.contains(upper), offsets.contains(lower), lower <= upper
    else { return nil }
    return (upper, upper - lower)
  }

  // MARK: Search and check

  /// The multiplier nearest to the scale, then the one that leaves most room with its neighbours.
  private static func multipliers(
    _ channel: ChannelRequantization, shift: Int32, room: (Int) -> Int
  ) -> [Int] {
    let down = channel.exponent + 7 - Int(shift)
    guard down >= 0 else { return [] }
    let nearest = (Int(channel.scale.multiplier) + (1 << down) / 2) >> down
    let best = bestMultiplier(from: nearest, channel, room: room)
    let neighbours = (0...32).flatMap { [best + $0, best - $0] }
    return ([nearest] + neighbours).filter { 0 < $0 && $0 <= Int(Int32.max) }
  }

  /// The room is the least of functions that are linear in the multiplier, so that it has one peak,
  /// and climbing leads there.
  private static func bestMultiplier(
    from nearest: Int, _ channel: ChannelRequantization, room: (Int) -> Int
  ) -> Int {
    let reach = max(
      1, abs(channel.accumulators.lowerBound), abs(channel.accumulators.upperBound))
    var (best, most) = (nearest, room(nearest))
    // What moves the product for the largest accumulator by the whole scale.
    var step = max(1, nearest / reach)
    while step > 0, most < plenty {
      guard
        let next = [best + step, best - step].first(where: {
          0 < $0 && $0 <= Int(Int32.max) && room($0) > most
        })
      else {
        step /= 2
        continue
      }
      (best, most) = (next, room(next))
      step *= 2
    }
    return best
  }

  private static func holds<E: Epilogue>(
    _ epilogue: E, _ words: [Int32], adjustment: Int, _ least: [Bound], _ below: [Bound]
  ) -> Bool {
    words.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return false }
      func output(_ accumulator: Int) -> Int {
        Int(epilogue.quantize(Int32(256 * (accumulator + adjustment)), start))
      }
      return least.allSatisfy { output($0.accumulator) >= $0.output }
        && below.allSatisfy { output($0.accumulator) < $0.output }
    }
  }
}

/// What the bounds leave for the constant term: `low` to below `high`, nothing if those cross.
private struct Room {
  var low: Int
  var high: Int

  init(low: Int, high: Int) {
    self.low = low
    self.high = high
  }

  init(
    _ least: [ChannelRequantization.Bound], _ below: [ChannelRequantization.Bound],
    multiplier: Int, shift: Int32
  ) {
    // Both terms are at most 2^62; what else might wrap around is found by the check at the end.
    func term(_ bound: ChannelRequantization.Bound) -> Int {
      bound.output << (32 + Int(shift)) &- 256 &* bound.accumulator &* multiplier
    }
    low = Int.min / 2
    high = Int.max / 2
    for bound in least { low = max(low, term(bound)) }
    for bound in below { high = min(high, term(bound)) }
  }

  /// Not above 0 where the bounds contradict each other.
  var size: Int { high &- low }

  var isOpen: Bool { low == Int.min / 2 && high == Int.max / 2 }

  /// The least c with c 2^32 inside.
  var leastOffset: Int? {
    guard low > Int.min / 2 else { return isOpen ? 0 : greatestOffset }
    let offset = -(-low >> 32)
    return offset << 32 < high ? offset : nil
  }

  var greatestOffset: Int? {
    guard high < Int.max / 2 else { return isOpen ? 0 : leastOffset }
    let offset = (high - 1) >> 32
    return offset << 32 >= low ? offset : nil
  }
}
