// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CKernelIntrinsics

/// FULLY_CONNECTED, bit-exact with TensorFlow Lite Micro, for cores with the DSP extension; zero
/// points are folded into biases.
///
/// Four channels by four inputs: each weight is read once, so loads are what takes the time.
public struct DenseLayer<E: Epilogue>: Equatable, Sendable {
  /// Rows of the input, each giving one row of the output.
  public var batches: Int
  public var inputCount: Int
  public var outputCount: Int
  /// Whether all channels have the epilogue's words of the first one, which lie before the weights.
  public var sharesConstants: Bool
  public var epilogue: E

  public init(
    batches: Int, inputCount: Int, outputCount: Int, sharesConstants: Bool, epilogue: E
  ) {
    self.batches = batches
    self.inputCount = inputCount
    self.outputCount = outputCount
    self.sharesConstants = sharesConstants
    self.epilogue = epilogue
  }

  /// Steps of four inputs that are unrolled.
  @inline(__always)
  var stepsPerRun: Int { (inputCount &+ 3) / 4 > 4 ? 8 : 4 }

  /// Steps with those that fill up the last run with zero weights.
  @inline(__always)
  var steps: Int {
    let run = stepsPerRun
    return ((inputCount &+ 3) / 4 &+ run &- 1) / run &* run
  }

  /// Bytes of scratch: a row of the input as halfwords.
  public var scratchByteCount: Int { 8 &* steps }

  /// - Parameters:
  ///   - weights: as `packWeights` returns them, 4-byte aligned.
  ///   - scratch: `scratchByteCount` bytes, 4-byte aligned.
  @inline(__always)
  public func run(
    input: UnsafeRawPointer, weights: UnsafeRawPointer, scratch: UnsafeMutableRawPointer,
    output: UnsafeMutableRawPointer
  ) {
    var batch = 0
    while batch < batches {
      expand(input + batch &* inputCount, to: scratch)
      multiply(scratch, weights, output + batch &* outputCount)
      batch &+= 1
    }
  }

  @inline(__always)
  private func expand(_ input: UnsafeRawPointer, to target: UnsafeMutableRawPointer) {
    if inputCount & 3 == 0 {
      expandQuads(input, count: inputCount, to: target)
    } else {
      expandInOrder(input, count: inputCount, to: target)
    }
  }

  @inline(__always)
  private func multiply(
    _ inputs: UnsafeRawPointer, _ weights: UnsafeRawPointer, _ output: UnsafeMutableRawPointer
  ) {
    let pitch = sharesConstants ? 0 : 4 &* E.wordCount
    var words = sharesConstants ? weights + 4 &* E.wordCount : weights
    var target = output
    let end = output + outputCount
    let inputsEnd = inputs + scratchByteCount
    while target < end {
      var sums = ChannelQuad(biases: words)
      words += ChannelQuad.biasByteCount
      var place = inputs
      repeat {
        sums.add4(place, words, 0)
        if stepsPerRun == 8 { sums.add4(place, words, 4) }
        place = ck_opaque(place + 8 &* stepsPerRun)
        words = ck_opaque(words + 16 &* stepsPerRun)
      } while place < inputsEnd
      let left = outputCount % 4 == 0 ? 4 : end - target
      sums.store(
        epilogue, sharesConstants ? weights : words, pitch: pitch, to: target, count: left)
      words += 4 &* pitch
      target += 4
    }
  }
}
