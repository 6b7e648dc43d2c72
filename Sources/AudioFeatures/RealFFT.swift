// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A Fourier transform of 512 real samples under a Hann window, in 32-bit integers.
///
/// The samples enter with seven fractional bits. A window's sum is at most 2³⁰ then, so that no
/// stage can overflow and none has to scale. Even samples are taken as real parts and odd ones as
/// imaginary parts of a transform of half the length, whose result is then taken apart.
struct RealFFT {
  static var length: Int { 512 }
  private static var half: Int { 256 }

  /// Bytes that `init` wants: sine, window, real and imaginary parts.
  static var byteCount: Int { 385 * 4 + 257 * 2 + 2 + 2 * 256 * 4 }

  /// sin(2πi / 512) for i in 0...384, Q31: cosine is 128 steps on.
  private let sine: UnsafeMutablePointer<Int32>
  private let real: UnsafeMutablePointer<Int32>
  private let imaginary: UnsafeMutablePointer<Int32>
  /// The window's first half and its middle, Q15.
  private let window: UnsafeMutablePointer<Int16>

  /// Fills the tables; `memory` holds `byteCount` bytes, aligned to 4.
  init(memory: UnsafeMutableRawPointer) {
    sine = memory.assumingMemoryBound(to: Int32.self)
    real = sine + 385
    imaginary = real + Self.half
    window = UnsafeMutableRawPointer(imaginary + Self.half).assumingMemoryBound(to: Int16.self)
    var step = 0
    while step <= 128 {
      let value = FixedPoint.sine(step: Int32(step))
      sine[step] = value
      sine[256 &- step] = value
      sine[256 &+ step] = 0 &- value
      step &+= 1
    }
    var index = 0
    while index <= 256 {
      let cosine = Int64(sine[128 &+ index])
      window[index] = Int16(truncatingIfNeeded: ((1 &<< 31) &- cosine) &>> 17)
      index &+= 1
    }
  }

  /// Transforms `length` samples; `power(of:)` answers afterwards.
  func transform(_ samples: UnsafePointer<Int16>) {
    load(samples)
    var span = 1
    while span < Self.half {
      combine(span: span)
      span &<<= 1
    }
  }

  /// |X|² of bin 1...255, in quarters of the square of a sample's unit.
  @inline(__always)
  func power(of bin: Int) -> UInt64 {
    let mirror = Self.half &- bin
    let evenReal = (real[bin] &+ real[mirror]) &>> 1
    let evenImaginary = (imaginary[bin] &- imaginary[mirror]) &>> 1
    let oddReal = (imaginary[bin] &+ imaginary[mirror]) &>> 1
    let oddImaginary = (real[mirror] &- real[bin]) &>> 1
    let turned = turn(oddReal, oddImaginary, by: bin)
    let x = Int64(evenReal &+ turned.real)
    let y = Int64(evenImaginary &+ turned.imaginary)
    return UInt64(bitPattern: x &* x &+ y &* y) &>> 12
  }

  /// Windows the samples and puts pairs of them in bit-reversed order.
  private func load(_ samples: UnsafePointer<Int16>) {
    var pair = 0
    while pair < Self.half {
      let even = 2 &* pair
      let odd = even &+ 1
      let evenWeight = window[even <= 256 ? even : 512 &- even]
      let oddWeight = window[odd <= 256 ? odd : 512 &- odd]
      let place = Self.reversed(pair)
      real[place] = (Int32(samples[even]) &* Int32(evenWeight)) &>> 8
      imaginary[place] = (Int32(samples[odd]) &* Int32(oddWeight)) &>> 8
      pair &+= 1
    }
  }

  /// One stage: joins transforms of length `span` into transforms of twice that.
  private func combine(span: Int) {
    let stride = Self.half / span
    var start = 0
    while start < Self.half {
      var offset = 0
      while offset < span {
        let upper = start &+ offset
        let lower = upper &+ span
        let turned = turn(real[lower], imaginary[lower], by: offset &* stride)
        real[lower] = real[upper] &- turned.real
        imaginary[lower] = imaginary[upper] &- turned.imaginary
        real[upper] = real[upper] &+ turned.real
        imaginary[upper] = imaginary[upper] &+ turned.imaginary
        offset &+= 1
      }
      start &+= 2 &* span
    }
  }

  /// Multiplies by e^(−2πi `step` / 512).
  @inline(__always)
  private func turn(_ x: Int32, _ y: Int32, by step: Int) -> (real: Int32, imaginary: Int32) {
    let cosine = sine[128 &+ step]
    let sine = sine[step]
    let turnedReal = FixedPoint.upperProduct(x, cosine) &+ FixedPoint.upperProduct(y, sine)
    let turnedImaginary = FixedPoint.upperProduct(y, cosine) &- FixedPoint.upperProduct(x, sine)
    return (turnedReal &<< 1, turnedImaginary &<< 1)
  }

  @inline(__always)
  private static func reversed(_ index: Int) -> Int {
    var bits = index
    bits = ((bits & 0x55) &<< 1) | ((bits &>> 1) & 0x55)
    bits = ((bits & 0x33) &<< 2) | ((bits &>> 2) & 0x33)
    return ((bits & 0x0F) &<< 4) | (bits &>> 4)
  }
}
