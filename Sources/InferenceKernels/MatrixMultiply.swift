// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CKernelIntrinsics

/// The inner product behind convolution and fully connected layers.
///
/// A *patch* is what one output pixel sees, expanded to 16 bits in the order in which SXTB16 also
/// unpacks the weights: inputs 0 and 2 in one word, 1 and 3 in the next. Weights are rows of int8,
/// one per output channel, filled with zeros to a multiple of four, 4-byte aligned.
struct PatchMultiply {
  /// Weights in a row, a multiple of four.
  var taps: Int
  var channels: Int
  var weights: UnsafeRawPointer
  var scaling: ChannelScaling
  var stage: OutputStage

  /// Two pixels by two channels: four accumulators let each load serve two products.
  func pair(
    _ first: UnsafePointer<UInt32>, _ second: UnsafePointer<UInt32>,
    output: UnsafeMutablePointer<Int8>
  ) {
    var channel = 0
    var row = weights
    while channel &+ 1 < channels {
      var sum00 = scaling.bias[channel]
      var sum01 = scaling.bias[channel &+ 1]
      var sum10 = sum00
      var sum11 = sum01
      var weights0 = row.assumingMemoryBound(to: UInt32.self)
      var weights1 = (row + taps).assumingMemoryBound(to: UInt32.self)
      let end = weights1
      var pixel0 = first
      var pixel1 = second
      while weights0 != end {
        let a = weights0[0]
        let b = weights1[0]
        let x0 = pixel0[0]
        let x1 = pixel1[0]
        let a02 = ck_sxtb16(a)
        let b02 = ck_sxtb16(b)
        sum00 = ck_smlad(a02, x0, sum00)
        sum01 = ck_smlad(b02, x0, sum01)
        sum10 = ck_smlad(a02, x1, sum10)
        sum11 = ck_smlad(b02, x1, sum11)
        let y0 = pixel0[1]
        let y1 = pixel1[1]
        let a13 = ck_sxtb16_ror8(a)
        let b13 = ck_sxtb16_ror8(b)
        sum00 = ck_smlad(a13, y0, sum00)
        sum01 = ck_smlad(b13, y0, sum01)
        sum10 = ck_smlad(a13, y1, sum10)
        sum11 = ck_smlad(b13, y1, sum11)
        weights0 += 1
        weights1 += 1
        pixel0 += 2
        pixel1 += 2
      }
      let scale0 = scaling[channel]
      let scale1 = scaling[channel &+ 1]
      output[channel] = stage.quantize(scale0(sum00))
      output[channel &+ 1] = stage.quantize(scale1(sum01))
      output[channels &+ channel] = stage.quantize(scale0(sum10))
      output[channels &+ channel &+ 1] = stage.quantize(scale1(sum11))
      row += 2 &* taps
      channel &+= 2
    }
    if channel < channels {
      output[channel] = last(first)
      output[channels &+ channel] = last(second)
    }
  }

  /// One pixel by two channels.
  func single(_ patch: UnsafePointer<UInt32>, output: UnsafeMutablePointer<Int8>) {
    var channel = 0
    var row = weights
    while channel &+ 1 < channels {
      var sum0 = scaling.bias[channel]
      var sum1 = scaling.bias[channel &+ 1]
      var weights0 = row.assumingMemoryBound(to: UInt32.self)
      var weights1 = (row + taps).assumingMemoryBound(to: UInt32.self)
      let end = weights1
      var pixel = patch
      while weights0 != end {
        let a = weights0[0]
        let b = weights1[0]
        let x = pixel[0]
        let y = pixel[1]
        sum0 = ck_smlad(ck_sxtb16(a), x, sum0)
        sum1 = ck_smlad(ck_sxtb16(b), x, sum1)
        sum0 = ck_smlad(ck_sxtb16_ror8(a), y, sum0)
        sum1 = ck_smlad(ck_sxtb16_ror8(b), y, sum1)
        weights0 += 1
        weights1 += 1
        pixel += 2
      }
      output[channel] = stage.quantize(scaling.scale(sum0, channel: channel))
      output[channel &+ 1] = stage.quantize(scaling.scale(sum1, channel: channel &+ 1))
      row += 2 &* taps
      channel &+= 2
    }
    if channel < channels { output[channel] = last(patch) }
  }

  /// The last of an odd number of channels.
  private func last(_ patch: UnsafePointer<UInt32>) -> Int8 {
    let channel = channels &- 1
    var sum = scaling.bias[channel]
    let row = (weights + channel &* taps).assumingMemoryBound(to: UInt32.self)
    var index = 0
    while index < taps / 4 {
      sum = ck_smlad(ck_sxtb16(row[index]), patch[2 &* index], sum)
      sum = ck_smlad(ck_sxtb16_ror8(row[index]), patch[2 &* index &+ 1], sum)
      index &+= 1
    }
    return stage.quantize(scaling.scale(sum, channel: channel))
  }
}

/// Expands `count` bytes, a multiple of four, to a patch.
@inline(__always)
func expandPatch(
  _ bytes: UnsafeRawPointer, count: Int, to patch: UnsafeMutablePointer<UInt32>
) {
  var source = bytes.assumingMemoryBound(to: UInt32.self)
  let end = source + count / 4
  var target = patch
  while source != end {
    let word = source[0]
    target[0] = ck_sxtb16(word)
    target[1] = ck_sxtb16_ror8(word)
    source += 1
    target += 2
  }
}

/// `count` rounded up to a multiple of four.
@inline(__always)
func paddedToWords(_ count: Int) -> Int { (count &+ 3) & ~3 }
