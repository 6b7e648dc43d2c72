// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CKernelIntrinsics

/// DEPTHWISE_CONV_2D with 3x3 taps and multiplier 1 on int8, bit-exact with TensorFlow Lite Micro:
/// the layers of MobileNets. The nine taps of a channel stay in six registers.
///
/// Along its lines the stride is 1 or 2 and the dilation 1.
public struct ThreeByThreeDepthwise<E: Epilogue>: Equatable, Sendable {
  public var batches: Int
  /// Bytes of one image.
  public var inputImage: Int
  public var outputImage: Int
  public var planes: DepthwisePlanes
  public var epilogue: E

  public init(
    batches: Int, inputImage: Int, outputImage: Int, planes: DepthwisePlanes, epilogue: E
  ) {
    self.batches = batches
    self.inputImage = inputImage
    self.outputImage = outputImage
    self.planes = planes
    self.epilogue = epilogue
  }

  /// Bytes of scratch: a strip of four planes, and what is read beyond where three outputs are
  /// left.
  public var scratchByteCount: Int { planes.byteCount &+ 8 }

  /// 32-bit words of one channel: bias, taps, the epilogue's.
  @inline(__always)
  static var channelWords: Int { 7 &+ E.wordCount }

  /// - Parameters:
  ///   - input, output: NHWC.
  ///   - weights: as `packWeights` leaves them, 4-byte aligned.
  ///   - scratch: `scratchByteCount` bytes, 4-byte aligned.
  @inline(__always)
  public func run(
    input: UnsafeRawPointer, weights: UnsafeRawPointer, scratch: UnsafeMutableRawPointer,
    output: UnsafeMutableRawPointer
  ) {
    planes.clear(scratch)
    var batch = 0
    repeat {
      let image = input + batch &* inputImage
      let target = output + batch &* outputImage
      planes.forEachStrip(image, in: scratch) { plane, channel, first, lines in
        let taps = NineTaps(
          weights + 4 &* Self.channelWords &* channel, epilogueWords: E.wordCount)
        runStrip(
          plane, taps, lines: lines, target + (channel &+ first &* planes.across.outputPitch))
      }
      batch &+= 1
    } while batch < batches
  }

  /// One strip of one channel.
  @inline(__always)
  private func runStrip(
    _ plane: UnsafeRawPointer, _ taps: NineTaps, lines: Int, _ output: UnsafeMutableRawPointer
  ) {
    let outputs = planes.along.outputCount
    let bytesPerStep = 8 &* planes.along.stride
    var line = plane
    var target = output
    var left = lines
    repeat {
      var x = line
      var pixel = target
      if outputs >= 4 {
        let end = line + outputs / 4 &* bytesPerStep
        repeat {
          fourOutputs(x, taps, pixel, count: 4)
          x = ck_opaque(x + bytesPerStep)
          pixel = opaque(pixel + 4 &* planes.along.outputPitch)
        } while outputs >= 8 && x < end
      }
      // Three at once are as fast as four.
      if outputs & 3 == 3 { fourOutputs(x, taps, pixel, count: 3) }
      if outputs & 3 == 1 || outputs & 3 == 2 { twoOutputs(x, taps, pixel, count: outputs & 3) }
      line += planes.across.stride &* planes.slotByteCount
      target += planes.across.outputPitch
      left &-= 1
    } while left > 0
  }

  /// The first `count` of four neighbouring outputs.
  @inline(__always)
  private func fourOutputs(
    _ x: UnsafeRawPointer, _ taps: NineTaps, _ output: UnsafeMutableRawPointer, count: Int
  ) {
    let pitch = Int32(truncatingIfNeeded: planes.across.dilation &* planes.slotByteCount)
    let bias = Int32(bitPattern: ck_unpark(taps.bias))
    let (a0, b0) = (ck_unpark(taps.a0), ck_unpark(taps.b0))
    var sums: ck_four_sums
    if planes.along.stride == 1 {
      sums = ck_depthwise_first_row(x, a0, b0, bias)
      sums = ck_depthwise_row(x, pitch, ck_unpark(taps.a1), ck_unpark(taps.b1), sums)
      sums = ck_depthwise_row(x, 2 &* pitch, ck_unpark(taps.a2), ck_unpark(taps.b2), sums)
    } else {
      sums = ck_depthwise_stride_two_first_row(x, a0, b0, bias)
      sums = ck_depthwise_stride_two_row(x, pitch, ck_unpark(taps.a1), ck_unpark(taps.b1), sums)
      sums = ck_depthwise_stride_two_row(
        x, 2 &* pitch, ck_unpark(taps.a2), ck_unpark(taps.b2), sums)
    }
    storeOutputs(
      sums, epilogue, taps.constants(E.wordCount), output, pitch: planes.along.outputPitch,
      count: count)
  }

  /// The last one or two outputs of a line.
  @inline(__always)
  private func twoOutputs(
    _ x: UnsafeRawPointer, _ taps: NineTaps, _ output: UnsafeMutableRawPointer, count: Int
  ) {
    let pitch = planes.across.dilation &* planes.slotByteCount
    let bias = Int32(bitPattern: ck_unpark(taps.bias))
    var sums = ck_four_sums(first: bias, second: bias, third: 0, fourth: 0)
    addRow(x, ck_unpark(taps.a0), ck_unpark(taps.b0), &sums, count)
    addRow(x + pitch, ck_unpark(taps.a1), ck_unpark(taps.b1), &sums, count)
    addRow(x + 2 &* pitch, ck_unpark(taps.a2), ck_unpark(taps.b2), &sums, count)
    storeOutputs(
      sums, epilogue, taps.constants(E.wordCount), output, pitch: planes.along.outputPitch,
      count: count)
  }

  @inline(__always)
  private func addRow(
    _ x: UnsafeRawPointer, _ a: UInt32, _ b: UInt32, _ sums: inout ck_four_sums, _ count: Int
  ) {
    let x0 = x.load(as: UInt32.self)
    let x1 = x.load(fromByteOffset: 4, as: UInt32.self)
    sums.first = ck_smlabt(x1, b, ck_smlad(x0, a, sums.first))
    if count < 2 { return }
    if planes.along.stride == 1 {
      sums.second = ck_smlad(x1, b, ck_smlatb(x0, a, sums.second))
    } else {
      let x2 = x.load(fromByteOffset: 8, as: UInt32.self)
      sums.second = ck_smlabt(x2, b, ck_smlad(x1, a, sums.second))
    }
  }
}

/// Nine taps in six words: `a` is taps 0 and 1 of a row, `b` taps 1 and 2, so that outputs at
/// either half of a word find their pair.
private struct NineTaps {
  var bias: ck_parked
  var a0: ck_parked
  var b0: ck_parked
  var a1: ck_parked
  var b1: ck_parked
  var a2: ck_parked
  var b2: ck_parked
  /// The epilogue's words.
  var first: ck_parked
  var second: ck_parked
  var third: ck_parked

  @inline(__always)
  init(_ packed: UnsafeRawPointer, epilogueWords: Int) {
    bias = ck_park(packed.load(as: UInt32.self))
    a0 = ck_park(packed.load(fromByteOffset: 4, as: UInt32.self))
    b0 = ck_park(packed.load(fromByteOffset: 8, as: UInt32.self))
    a1 = ck_park(packed.load(fromByteOffset: 12, as: UInt32.self))
    b1 = ck_park(packed.load(fromByteOffset: 16, as: UInt32.self))
    a2 = ck_park(packed.load(fromByteOffset: 20, as: UInt32.self))
    b2 = ck_park(packed.load(fromByteOffset: 24, as: UInt32.self))
    first = ck_park(packed.load(fromByteOffset: 28, as: UInt32.self))
    second = ck_park(packed.load(fromByteOffset: 32, as: UInt32.self))
    third = epilogueWords < 3 ? second : ck_park(packed.load(fromByteOffset: 36, as: UInt32.self))
  }

  @inline(__always)
  func constants(_ count: Int) -> EpilogueWords {
    EpilogueWords(
      Int32(bitPattern: ck_unpark(first)), Int32(bitPattern: ck_unpark(second)),
      count < 3 ? 0 : Int32(bitPattern: ck_unpark(third)))
  }
}

/// Stores the first `count` of four outputs.
@inline(__always)
func storeOutputs<E: Epilogue>(
  _ sums: ck_four_sums, _ epilogue: E, _ words: EpilogueWords,
  _ output: UnsafeMutableRawPointer, pitch: Int, count: Int
) {
  @inline(__always)
  func store(_ sum: Int32, _ index: Int) {
    let byte = Int8(truncatingIfNeeded: epilogue.quantize(sum, words))
    output.storeBytes(of: byte, toByteOffset: index &* pitch, as: Int8.self)
  }
  store(sums.first, 0)
  if count > 1 { store(sums.second, 1) }
  if count > 2 { store(sums.third, 2) }
  if count > 3 { store(sums.fourth, 3) }
}
