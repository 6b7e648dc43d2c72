// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CKernelIntrinsics

/// One of an image's two axes, as a depthwise kernel goes along it.
public struct PlanarAxis: Equatable, Sendable {
  public var inputCount: Int
  public var outputCount: Int
  /// Taps.
  public var kernel: Int
  public var stride: Int
  public var dilation: Int
  /// Before the first input.
  public var padding: Int
  /// Bytes from one pixel to the next.
  public var inputPitch: Int
  public var outputPitch: Int

  public init(
    inputCount: Int, outputCount: Int, kernel: Int, stride: Int, dilation: Int, padding: Int,
    inputPitch: Int, outputPitch: Int
  ) {
    self.inputCount = inputCount
    self.outputCount = outputCount
    self.kernel = kernel
    self.stride = stride
    self.dilation = dilation
    self.padding = padding
    self.inputPitch = inputPitch
    self.outputPitch = outputPitch
  }

  /// Inputs from a kernel's first tap to its last.
  @inline(__always)
  var span: Int { (kernel &- 1) &* dilation &+ 1 }

  /// Inputs that are looked at, without padding.
  @inline(__always)
  var usedInputs: Int {
    max(0, min(inputCount, (outputCount &- 1) &* stride &+ span &- padding))
  }
}

/// An image in planes, a strip at a time: how depthwise kernels see their input.
///
/// Four channels at a time are transposed into *lines* of halfwords, one line for each channel,
/// each halfword 256 times its input, the zero point as padding. Two neighbours lie in one word,
/// so one SMLAD does two taps. Lines run along the image's rows or down its columns, whichever
/// leaves fewer odd ends.
///
/// A *slot* holds the lines of the four channels, and the slots a strip of the image. What the next
/// strip needs again is moved to the first slots, so what has been read may be overwritten, and
/// the output may lie on the input.
public struct DepthwisePlanes: Equatable, Sendable {
  public var channels: Int
  public var inputZeroPoint: Int8
  /// Whether lines run down the image's columns, else along its rows.
  public var linesRunDown: Bool
  /// The axis that lines run along, and the one from line to line.
  public var along: PlanarAxis
  public var across: PlanarAxis
  /// Lines of output made from one strip.
  public var stripLines: Int

  public init(
    channels: Int, inputZeroPoint: Int8, linesRunDown: Bool, along: PlanarAxis,
    across: PlanarAxis, stripLines: Int
  ) {
    self.channels = channels
    self.inputZeroPoint = inputZeroPoint
    self.linesRunDown = linesRunDown
    self.along = along
    self.across = across
    self.stripLines = stripLines
  }

  /// Words under one row of a kernel that starts at either half of a word. An even stride always
  /// starts at the lower half.
  @inline(__always)
  var tapWords: Int { along.stride & 1 == 0 ? (along.span &+ 1) / 2 : along.span / 2 &+ 1 }

  /// Bytes of one channel's line, and of the four that lie side by side.
  @inline(__always)
  var lineByteCount: Int { 4 &* ((along.outputCount &- 1) &* along.stride / 2 &+ tapWords) }
  @inline(__always)
  var slotByteCount: Int { 4 &* lineByteCount }

  /// Lines of input that `lines` lines of output need.
  @inline(__always)
  func slots(_ lines: Int) -> Int { (lines &- 1) &* across.stride &+ across.span }

  @inline(__always)
  var byteCount: Int { slots(stripLines) &* slotByteCount }

  /// The padding as both halves of a line's word, and as a pixel of four channels.
  @inline(__always)
  private var paddingPair: UInt32 { UInt32(UInt8(bitPattern: inputZeroPoint)) &* 0x0100_0100 }
  @inline(__always)
  private var paddingPixel: UInt32 { UInt32(UInt8(bitPattern: inputZeroPoint)) &* 0x0101_0101 }

  /// Padding at the ends of lines is written once: nothing else is ever written there.
  @inline(__always)
  func clear(_ memory: UnsafeMutableRawPointer) {
    fillWords(memory, byteCount: byteCount, with: paddingPair)
  }

  /// Calls `body` for each channel of each strip of an image with the channel's first line, the
  /// channel, the first line of output and the number of lines.
  @inline(__always)
  func forEachStrip(
    _ image: UnsafeRawPointer, in memory: UnsafeMutableRawPointer,
    _ body: (UnsafeRawPointer, Int, Int, Int) -> Void
  ) {
    var group = 0
    while group < channels {
      let count = channels & 3 == 0 ? 4 : min(4, channels &- group)
      var first = 0
      repeat {
        let isWhole = stripLines >= across.outputCount
        let lines = isWhole ? across.outputCount : min(stripLines, across.outputCount &- first)
        fill(image + group, channels: count, first: first, lines: lines, memory)
        var plane = UnsafeRawPointer(memory)
        var channel = group
        repeat {
          body(plane, channel, first, lines)
          plane = ck_opaque(plane + lineByteCount)
          channel &+= 1
        } while channel < group &+ count
        first &+= stripLines
      } while first < across.outputCount
      group &+= 4
    }
  }

  /// Brings the lines under the outputs `first..<first + lines` into the slots.
  @inline(__always)
  private func fill(
    _ image: UnsafeRawPointer, channels: Int, first: Int, lines: Int,
    _ memory: UnsafeMutableRawPointer
  ) {
    let needed = slots(lines)
    let kept = across.span &- across.stride
    var slot = 0
    if first > 0 && kept > 0 {
      copyWords(
        memory + stripLines &* across.stride &* slotByteCount, byteCount: kept &* slotByteCount,
        to: memory)
      slot = kept
    }
    var index = first &* across.stride &- across.padding &+ slot
    var target = memory + slot &* slotByteCount
    while slot < needed {
      if index >= 0 && index < across.inputCount {
        transpose(image + index &* across.inputPitch, channels: channels, to: target)
      } else {
        fillWords(target, byteCount: slotByteCount, with: paddingPair)
      }
      target += slotByteCount
      index &+= 1
      slot &+= 1
    }
  }

  /// One line of four channels, two pixels at a time, behind the padding that is there already.
  @inline(__always)
  private func transpose(
    _ line: UnsafeRawPointer, channels: Int, to slot: UnsafeMutableRawPointer
  ) {
    var source = line
    var target = slot + along.padding / 2 &* 4
    var left = along.usedInputs
    if along.padding & 1 == 1 && left > 0 {
      storePair(paddingPixel, pixel(source, channels), target)
      source += along.inputPitch
      target += 4
      left &-= 1
    }
    let pitch = along.inputPitch
    // At stride 2 transposing weighs more than twice as much.
    while along.stride > 1 && left >= 4 {
      let (pixel0, pixel1) = (pixel(source, channels), pixel(source + pitch, channels))
      let pixel2 = pixel(source + 2 &* pitch, channels)
      let pixel3 = pixel(source + 3 &* pitch, channels)
      storePair(pixel0, pixel1, target)
      storePair(pixel2, pixel3, target + 4)
      source = ck_opaque(source + 4 &* pitch)
      target += 8
      left &-= 4
    }
    while left >= 2 {
      storePair(pixel(source, channels), pixel(source + pitch, channels), target)
      source = ck_opaque(source + 2 &* pitch)
      target += 4
      left &-= 2
    }
    if left > 0 { storePair(pixel(source, channels), paddingPixel, target) }
  }

  /// Four channels of a pixel; bytes one by one where there are fewer, as there may be nothing
  /// behind the last pixel.
  @inline(__always)
  private func pixel(_ source: UnsafeRawPointer, _ count: Int) -> UInt32 {
    if channels & 3 == 0 { return source.load(as: UInt32.self) }
    if count == 4 { return source.loadUnaligned(as: UInt32.self) }
    var word: UInt32 = 0
    var channel = 0
    while channel < count {
      word |= UInt32(source.load(fromByteOffset: channel, as: UInt8.self)) &<< UInt32(8 &* channel)
      channel &+= 1
    }
    return word
  }

  /// Two neighbours of four channels, each times 256, as a word of each channel's line.
  @inline(__always)
  private func storePair(_ a: UInt32, _ b: UInt32, _ target: UnsafeMutableRawPointer) {
    let upperBytes: UInt32 = 0xFF00_FF00
    let lower = ck_pack_low_halves(a, b)
    let upper = ck_pack_high_halves(a, b)
    target.storeBytes(of: (lower &<< 8) & upperBytes, as: UInt32.self)
    target.storeBytes(of: lower & upperBytes, toByteOffset: lineByteCount, as: UInt32.self)
    target.storeBytes(
      of: (upper &<< 8) & upperBytes, toByteOffset: 2 &* lineByteCount, as: UInt32.self)
    target.storeBytes(of: upper & upperBytes, toByteOffset: 3 &* lineByteCount, as: UInt32.self)
  }
}

/// Fills memory, four words at a time.
@inline(__always)
private func fillWords(_ target: UnsafeMutableRawPointer, byteCount: Int, with word: UInt32) {
  var place = target
  let end = target + byteCount
  repeat {
    place.storeBytes(of: word, as: UInt32.self)
    place.storeBytes(of: word, toByteOffset: 4, as: UInt32.self)
    place.storeBytes(of: word, toByteOffset: 8, as: UInt32.self)
    place.storeBytes(of: word, toByteOffset: 12, as: UInt32.self)
    place = opaque(place + 16)
  } while place < end
}

/// Copies towards lower addresses, four words at a time.
@inline(__always)
private func copyWords(
  _ source: UnsafeMutableRawPointer, byteCount: Int, to target: UnsafeMutableRawPointer
) {
  var from = UnsafeRawPointer(source)
  var to = target
  let end = UnsafeRawPointer(source + byteCount)
  repeat {
    let word0 = from.load(as: UInt32.self)
    let word1 = from.load(fromByteOffset: 4, as: UInt32.self)
    let word2 = from.load(fromByteOffset: 8, as: UInt32.self)
    let word3 = from.load(fromByteOffset: 12, as: UInt32.self)
    to.storeBytes(of: word0, as: UInt32.self)
    to.storeBytes(of: word1, toByteOffset: 4, as: UInt32.self)
    to.storeBytes(of: word2, toByteOffset: 8, as: UInt32.self)
    to.storeBytes(of: word3, toByteOffset: 12, as: UInt32.self)
    from = ck_opaque(from + 16)
    to += 16
  } while from < end
}

/// As `ck_opaque`.
@inline(__always)
func opaque(_ pointer: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
  UnsafeMutableRawPointer(mutating: ck_opaque(pointer))
}
