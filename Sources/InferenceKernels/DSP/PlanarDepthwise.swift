// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CKernelIntrinsics

/// DEPTHWISE_CONV_2D on int8 with taps, strides, dilations and multiplier as they come, bit-exact
/// with TensorFlow Lite Micro. Four outputs of a channel are made at a time from planes; weights
/// are read again for each four.
public struct PlanarDepthwise<E: Epilogue>: Equatable, Sendable {
  public var batches: Int
  /// Bytes of one image.
  public var inputImage: Int
  public var outputImage: Int
  /// Output channels of an input channel.
  public var multiplier: Int
  public var planes: DepthwisePlanes
  public var epilogue: E

  public init(
    batches: Int, inputImage: Int, outputImage: Int, multiplier: Int, planes: DepthwisePlanes,
    epilogue: E
  ) {
    self.batches = batches
    self.inputImage = inputImage
    self.outputImage = outputImage
    self.multiplier = multiplier
    self.planes = planes
    self.epilogue = epilogue
  }

  /// Bytes of scratch: a strip of four planes. Beyond the last line's end up to three words are
  /// read where the last outputs are fewer than four; what comes of them is not stored.
  public var scratchByteCount: Int { planes.byteCount &+ 12 }

  /// Words of weights: at an odd stride each word comes for outputs at either half of a word.
  @inline(__always)
  var weightWords: Int {
    planes.across.kernel &* planes.tapWords &* (planes.along.stride & 1 == 0 ? 1 : 2)
  }

  /// 32-bit words of one output channel: bias, taps, the epilogue's.
  @inline(__always)
  var channelWords: Int { 1 &+ weightWords &+ E.wordCount }

  /// - Parameters:
  ///   - input, output: NHWC.
  ///   - weights: as `packWeights` returns them, 4-byte aligned.
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
        var packed = weights + 4 &* channelWords &* multiplier &* channel
        var start = target + (channel &* multiplier &+ first &* planes.across.outputPitch)
        var copy = 0
        repeat {
          runStrip(plane, packed, lines: lines, start)
          packed += 4 &* channelWords
          start += 1
          copy &+= 1
        } while copy < multiplier
      }
      batch &+= 1
    } while batch < batches
  }

  /// One strip of one output channel.
  @inline(__always)
  private func runStrip(
    _ plane: UnsafeRawPointer, _ packed: UnsafeRawPointer, lines: Int,
    _ output: UnsafeMutableRawPointer
  ) {
    let along = planes.along
    let words = epilogueWords(packed + 4 &* (1 &+ weightWords), count: E.wordCount)
    var line = plane
    var target = output
    var left = lines
    repeat {
      var pixel = target
      var done = 0
      while done < along.outputCount {
        let x = line + done &* along.stride / 2 &* 4
        let count = along.stride <= 2 ? min(4, along.outputCount &- done) : 1
        storeOutputs(
          sums(x, packed, output: done), epilogue, words, pixel, pitch: along.outputPitch,
          count: count)
        pixel += count &* along.outputPitch
        done &+= count
      }
      line += planes.across.stride &* planes.slotByteCount
      target += planes.across.outputPitch
      left &-= 1
    } while left > 0
  }

  /// The sums of four outputs; of one where the stride is three or more.
  @inline(__always)
  private func sums(
    _ line: UnsafeRawPointer, _ packed: UnsafeRawPointer, output: Int
  ) -> ck_four_sums {
    let stride = planes.along.stride
    let bias = packed.load(as: Int32.self)
    var sums = ck_four_sums(first: bias, second: bias, third: bias, fourth: bias)
    var weights = packed + 4
    if stride > 2 && output &* stride & 1 == 1 { weights += 4 }
    var x = line
    var row = 0
    repeat {
      if stride == 1 {
        addRow(x, &weights, &sums)
      } else if stride == 2 {
        addStrideTwoRow(x, &weights, &sums)
      } else {
        addSingleRow(x, &weights, &sums.first)
      }
      x = ck_opaque(x + planes.across.dilation &* planes.slotByteCount)
      row &+= 1
    } while row < planes.across.kernel
    return sums
  }

  /// Outputs 0 and 2 start at lower halves of words and take the first word of each two weights, 1
  /// and 3 the second, which is moved up by one tap.
  @inline(__always)
  private func addRow(
    _ x: UnsafeRawPointer, _ weights: inout UnsafeRawPointer,
    _ sums: inout ck_four_sums
  ) {
    var walk = ck_taps_walk(
      inputs: x, weights: weights, word: x.load(as: UInt32.self), sums: sums)
    var tap = 0
    repeat {
      walk = ck_depthwise_taps(walk)
      tap &+= 1
    } while tap < planes.tapWords
    weights = walk.weights
    sums = walk.sums
  }

  @inline(__always)
  private func addStrideTwoRow(
    _ x: UnsafeRawPointer, _ weights: inout UnsafeRawPointer,
    _ sums: inout ck_four_sums
  ) {
    var x0 = x.load(as: UInt32.self)
    var x1 = x.load(fromByteOffset: 4, as: UInt32.self)
    var x2 = x.load(fromByteOffset: 8, as: UInt32.self)
    var tap = 0
    repeat {
      let x3 = x.load(fromByteOffset: 4 &* tap &+ 12, as: UInt32.self)
      let weight = weights.load(as: UInt32.self)
      sums.first = ck_smlad(x0, weight, sums.first)
      sums.second = ck_smlad(x1, weight, sums.second)
      sums.third = ck_smlad(x2, weight, sums.third)
      sums.fourth = ck_smlad(x3, weight, sums.fourth)
      (x0, x1, x2) = (x1, x2, x3)
      weights += 4
      tap &+= 1
    } while tap < planes.tapWords
  }

  @inline(__always)
  private func addSingleRow(
    _ x: UnsafeRawPointer, _ weights: inout UnsafeRawPointer, _ sum: inout Int32
  ) {
    var tap = 0
    repeat {
      sum = ck_smlad(
        x.load(fromByteOffset: 4 &* tap, as: UInt32.self), weights.load(as: UInt32.self), sum)
      weights += planes.along.stride & 1 == 0 ? 4 : 8
      tap &+= 1
    } while tap < planes.tapWords
  }
}
