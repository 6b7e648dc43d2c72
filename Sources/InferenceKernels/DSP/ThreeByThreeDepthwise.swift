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

  /// Bytes of scratch: a strip of four planes.
  public var scratchByteCount: Int { planes.byteCount }

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
        let taps = NineTaps(weights + 4 &* Self.channelWords &* channel)
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
    let perStep = planes.along.stride == 1 ? 4 : 2
    let outputs = planes.along.outputCount
    var line = plane
    var target = output
    var left = lines
    repeat {
      var x = line
      var pixel = target
      let end = line + outputs / perStep &* 8
      while x < end {
        step(x, taps, pixel, count: perStep)
        x = ck_opaque(x + 8)
        pixel += perStep &* planes.along.outputPitch
      }
      step(x, taps, pixel, count: outputs % perStep)
      line += planes.across.stride &* planes.slotByteCount
      target += planes.across.outputPitch
      left &-= 1
    } while left > 0
  }

  /// The first `count` of four neighbouring outputs, or of two at stride 2.
  @inline(__always)
  private func step(
    _ x: UnsafeRawPointer, _ taps: NineTaps, _ output: UnsafeMutableRawPointer, count: Int
  ) {
    if count == 0 { return }
    let pitch = planes.across.dilation &* planes.slotByteCount
    let bias = taps.bias
    var sums = (bias, bias, bias, bias)
    if planes.along.stride == 1 {
      addRow(x, taps.a0, taps.b0, &sums, count)
      addRow(x + pitch, taps.a1, taps.b1, &sums, count)
      addRow(x + 2 &* pitch, taps.a2, taps.b2, &sums, count)
    } else {
      addStrideTwoRow(x, taps.a0, taps.b0, &sums, count)
      addStrideTwoRow(x + pitch, taps.a1, taps.b1, &sums, count)
      addStrideTwoRow(x + 2 &* pitch, taps.a2, taps.b2, &sums, count)
    }
    storeOutputs(
      sums, epilogue, taps.constants, output, pitch: planes.along.outputPitch, count: count)
  }

  @inline(__always)
  private func addRow(
    _ x: UnsafeRawPointer, _ a: UInt32, _ b: UInt32, _ sums: inout (Int32, Int32, Int32, Int32),
    _ count: Int
  ) {
    let x0 = x.load(as: UInt32.self)
    let x1 = x.load(fromByteOffset: 4, as: UInt32.self)
    sums.0 = ck_smlabt(x1, b, ck_smlad(x0, a, sums.0))
    if count > 1 { sums.1 = ck_smlad(x1, b, ck_smlatb(x0, a, sums.1)) }
    if count > 2 {
      let x2 = x.load(fromByteOffset: 8, as: UInt32.self)
      sums.2 = ck_smlabt(x2, b, ck_smlad(x1, a, sums.2))
      if count > 3 { sums.3 = ck_smlad(x2, b, ck_smlatb(x1, a, sums.3)) }
    }
  }

  @inline(__always)
  private func addStrideTwoRow(
    _ x: UnsafeRawPointer, _ a: UInt32, _ b: UInt32, _ sums: inout (Int32, Int32, Int32, Int32),
    _ count: Int
  ) {
    let x0 = x.load(as: UInt32.self)
    let x1 = x.load(fromByteOffset: 4, as: UInt32.self)
    sums.0 = ck_smlabt(x1, b, ck_smlad(x0, a, sums.0))
    if count > 1 {
      let x2 = x.load(fromByteOffset: 8, as: UInt32.self)
      sums.1 = ck_smlabt(x2, b, ck_smlad(x1, a, sums.1))
    }
  }
}

/// Nine taps in six words: `a` is taps 0 and 1 of a row, `b` taps 1 and 2, so that outputs at
/// either half of a word find their pair.
private struct NineTaps {
  var bias: Int32
  var a0: UInt32
  var b0: UInt32
  var a1: UInt32
  var b1: UInt32
  var a2: UInt32
  var b2: UInt32
  /// The epilogue's words.
  var constants: UnsafeRawPointer

  @inline(__always)
  init(_ packed: UnsafeRawPointer) {
    bias = packed.load(as: Int32.self)
    a0 = packed.load(fromByteOffset: 4, as: UInt32.self)
    b0 = packed.load(fromByteOffset: 8, as: UInt32.self)
    a1 = packed.load(fromByteOffset: 12, as: UInt32.self)
    b1 = packed.load(fromByteOffset: 16, as: UInt32.self)
    a2 = packed.load(fromByteOffset: 20, as: UInt32.self)
    b2 = packed.load(fromByteOffset: 24, as: UInt32.self)
    constants = packed + 28
  }
}

/// The first `count` of four outputs. All are quantized before any is stored: for all that the
/// compiler knows, a store might change the constants.
@inline(__always)
func storeOutputs<E: Epilogue>(
  _ sums: (Int32, Int32, Int32, Int32), _ epilogue: E, _ constants: UnsafeRawPointer,
  _ output: UnsafeMutableRawPointer, pitch: Int, count: Int
) {
  let y0 = epilogue.quantize(sums.0, constants)
  let y1 = count > 1 ? epilogue.quantize(sums.1, constants) : 0
  let y2 = count > 2 ? epilogue.quantize(sums.2, constants) : 0
  let y3 = count > 3 ? epilogue.quantize(sums.3, constants) : 0
  output.storeBytes(of: Int8(truncatingIfNeeded: y0), as: Int8.self)
  if count > 1 {
    output.storeBytes(of: Int8(truncatingIfNeeded: y1), toByteOffset: pitch, as: Int8.self)
  }
  if count > 2 {
    output.storeBytes(of: Int8(truncatingIfNeeded: y2), toByteOffset: 2 &* pitch, as: Int8.self)
  }
  if count > 3 {
    output.storeBytes(of: Int8(truncatingIfNeeded: y3), toByteOffset: 3 &* pitch, as: Int8.self)
  }
}
