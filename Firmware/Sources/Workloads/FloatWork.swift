// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Signal processing in single precision: a filter of 32 taps over 256 samples, their complex
/// transform, and the power in it, fed back.
public enum FloatWork {
  private static let count = 256
  private static let tapCount = 32

  private static var taps: UnsafeMutablePointer<Float> { Workload.memory(at: 0) }
  private static var samples: UnsafeMutablePointer<Float> { Workload.memory(at: 256) }
  private static var cosines: UnsafeMutablePointer<Float> { Workload.memory(at: 2048) }
  private static var sines: UnsafeMutablePointer<Float> { Workload.memory(at: 2560) }
  private static var real: UnsafeMutablePointer<Float> { Workload.memory(at: 3072) }
  private static var imaginary: UnsafeMutablePointer<Float> { Workload.memory(at: 4096) }

  public static func run(rounds: Int) -> UInt32 {
    prepare()
    var checksum: UInt32 = 0
    var round = 0
    while round < rounds {
      filter()
      reorder()
      transform()
      checksum = mixed(checksum, power().bitPattern)
      round &+= 1
    }
    return checksum
  }

  private static func prepare() {
    var slope: Float = 0
    for index in 0..<tapCount {
      slope += 0.003_906_25
      taps[index] = slope
    }
    var random = Congruence(seed: 99)
    for index in 0..<count &+ tapCount {
      // The bits of 2 ..< 4: converting an integer would be a library call.
      samples[index] = Float(bitPattern: 0x4000_0000 | random.next() &>> 9) - 3
    }
    // One turn in `count` steps, each by the angle before it.
    var (cosine, sine): (Float, Float) = (1, 0)
    for index in 0..<count / 2 {
      (cosines[index], sines[index]) = (cosine, sine)
      let next = cosine * 0.999_698_82 - sine * -0.024_541_23
      (cosine, sine) = (next, cosine * -0.024_541_23 + sine * 0.999_698_82)
    }
  }

  @inline(never) private static func filter() {
    let (taps, samples, real, imaginary) = (taps, samples, real, imaginary)
    var index = 0
    while index < count {
      var sum: Float = 0
      var tap = 0
      while tap < tapCount {
        sum += taps[tap] * samples[index &+ tap]
        tap &+= 1
      }
      real[index] = sum
      imaginary[index] = 0
      index &+= 1
    }
  }

  /// Bit-reversed order.
  @inline(never) private static func reorder() {
    let real = real
    var (index, mirrored) = (0, 0)
    while index < count {
      if index < mirrored { (real[index], real[mirrored]) = (real[mirrored], real[index]) }
      var bit = count &>> 1
      while bit > 0, mirrored & bit != 0 {
        mirrored ^= bit
        bit &>>= 1
      }
      mirrored |= bit
      index &+= 1
    }
  }

  @inline(never) private static func transform() {
    let (real, imaginary, cosines, sines) = (real, imaginary, cosines, sines)
    var half = 1
    while half < count {
      let step = count / 2 / half
      var group = 0
      while group < count {
        var k = 0
        while k < half {
          let (a, b) = (group &+ k, group &+ k &+ half)
          let (cosine, sine) = (cosines[k &* step], sines[k &* step])
          let x = real[b] * cosine - imaginary[b] * sine
          let y = real[b] * sine + imaginary[b] * cosine
          (real[b], imaginary[b]) = (real[a] - x, imaginary[a] - y)
          (real[a], imaginary[a]) = (real[a] + x, imaginary[a] + y)
          k &+= 1
        }
        group &+= 2 &* half
      }
      half &*= 2
    }
  }

  /// The power of the spectrum; the samples take a little of it over.
  @inline(never) private static func power() -> Float {
    let (samples, real, imaginary) = (samples, real, imaginary)
    var sum: Float = 0
    var index = 0
    while index < count {
      sum += real[index] * real[index] + imaginary[index] * imaginary[index]
      index &+= 1
    }
    let scale = 1 / (1 + sum)
    index = 0
    while index < count {
      samples[index] = samples[index] * 0.5 + real[index] * scale
      index &+= 1
    }
    return sum
  }
}
