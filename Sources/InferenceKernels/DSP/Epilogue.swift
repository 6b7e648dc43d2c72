// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CKernelIntrinsics

/// How a channel's accumulator becomes an output byte, with the zero point and the clamp.
///
/// Accumulators come as 256 times their value: the pairs of weights in one lane leave one of two
/// channels so, and SMMLA then keeps eight more bits. All are bit-exact with TensorFlow Lite
/// Micro's double rounding; which one a layer may use is proved for each of its channels by
/// ModelCompiler.
public protocol Epilogue: Equatable, Sendable {
  /// 32-bit words of constants that each channel has behind its weights.
  static var wordCount: Int { get }

  /// The output, its low byte.
  /// - Parameter accumulator: 256 times the sum of products and bias.
  func quantize(_ accumulator: Int32, _ words: EpilogueWords) -> Int32
}

extension Epilogue {
  /// As above, for a kernel that reads the channel's words anew for each output.
  @inline(__always)
  public func quantize(_ accumulator: Int32, _ words: UnsafeRawPointer) -> Int32 {
    quantize(accumulator, epilogueWords(words, count: Self.wordCount))
  }
}

@inline(__always)
func epilogueWords(_ words: UnsafeRawPointer, count: Int) -> EpilogueWords {
  EpilogueWords(
    words.load(as: Int32.self), words.load(fromByteOffset: 4, as: Int32.self),
    count < 3 ? 0 : words.load(fromByteOffset: 8, as: Int32.self))
}

/// A channel's constants, as many as its epilogue has.
public struct EpilogueWords {
  var first: Int32
  var second: Int32
  var third: Int32

  @inline(__always)
  init(_ first: Int32, _ second: Int32, _ third: Int32) {
    self.first = first
    self.second = second
    self.third = third
  }
}

/// Both roundings and the clamp at the zero point as one floor of an affine function: SMMLA, SSAT.
/// For channels whose output starts at its zero point, where that was proved.
public struct ProvedEpilogue: Epilogue {
  /// Bits that all channels of the layer are moved down by, 0 to 23.
  public var shift: Int32

  public init(shift: Int32) { self.shift = shift }

  /// Multiplier and offset.
  public static var wordCount: Int { 2 }

  @inline(__always)
  public func quantize(_ accumulator: Int32, _ words: EpilogueWords) -> Int32 {
    let scaled = ck_smmla(accumulator, words.first, words.second)
    return ck_ssat8(scaled &>> shift)
  }
}

/// As `ProvedEpilogue` with an offset that is lower for negative accumulators: two affine pieces,
/// for channels whose output also runs below its zero point, where that was proved.
public struct KinkedEpilogue: Epilogue {
  /// Bits that all channels of the layer are moved down by, 0 to 23.
  public var shift: Int32

  public init(shift: Int32) { self.shift = shift }

  /// Multiplier, offset, and what negative accumulators have less of it.
  public static var wordCount: Int { 3 }

  @inline(__always)
  public func quantize(_ accumulator: Int32, _ words: EpilogueWords) -> Int32 {
    let offset = words.second &- ck_where_negative(accumulator, words.third)
    let scaled = ck_smmla(accumulator, words.first, offset)
    return ck_ssat8(scaled &>> shift)
  }
}

/// The two roundings as they are written, for channels that scale down by at least one bit.
public struct ExactEpilogue: Epilogue {
  public init() {}

  /// Multiplier, offset and right shift e, at least 1; the offset is `zeroPoint << e` and the half.
  public static var wordCount: Int { 3 }

  @inline(__always)
  public func quantize(_ accumulator: Int32, _ words: EpilogueWords) -> Int32 {
    ck_ssat8(exactlyScaled(accumulator, words))
  }
}

/// As `ExactEpilogue`, within a range narrower than int8's.
public struct ClampedEpilogue: Epilogue {
  public var minimum: Int32
  public var maximum: Int32

  public init(minimum: Int32, maximum: Int32) {
    self.minimum = minimum
    self.maximum = maximum
  }

  public static var wordCount: Int { ExactEpilogue.wordCount }

  @inline(__always)
  public func quantize(_ accumulator: Int32, _ words: EpilogueWords) -> Int32 {
    max(minimum, min(maximum, exactlyScaled(accumulator, words)))
  }
}

/// SaturatingRoundingDoublingHighMul and RoundingDivideByPOT: the sign is subtracted because halves
/// are rounded away from zero.
@inline(__always)
private func exactlyScaled(_ accumulator: Int32, _ words: EpilogueWords) -> Int32 {
  let doubled = ck_smmla(accumulator, words.first, 64) &>> 7
  let halved = doubled &+ (doubled &>> 31) &+ words.second
  return halved &>> words.third
}
