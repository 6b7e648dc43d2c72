// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Elementary functions in single precision alone: the board's floating-point unit has no other and
/// Embedded Swift no libm. Infinities and NaN come out as IEEE 754 has them.

/// e^x, less than 0.65 units in the last place from the true value.
func exponential(_ x: Float) -> Float {
  if x != x { return x }
  if x > 88.722839 { return .infinity }
  if x < -103.97208 { return 0 }
  let k = Int32(x * 1.442695 + (x < 0 ? -0.5 : 0.5))
  let high = x - Float(k) * 0x1.62e4p-1
  let low = Float(k) * 1.4286068e-6
  let r = high - low
  var polynomial: Float = 1.9875691e-4
  polynomial = polynomial * r + 1.3981999e-3
  polynomial = polynomial * r + 8.333452e-3
  polynomial = polynomial * r + 4.1665796e-2
  polynomial = polynomial * r + 0.16666666
  polynomial = polynomial * r + 0.5
  let tail = r * r * polynomial - low
  // 1 + high + tail, with what the first sum loses.
  let sum = 1 + high
  let lost = high - (sum - 1)
  return scale(sum + (lost + tail), by: k)
}

/// x * 2^k.
@inline(__always)
private func scale(_ x: Float, by k: Int32) -> Float {
  if k > 127 { return x * 2 * powerOfTwo(k &- 1) }
  if k < -125 { return x * powerOfTwo(k &+ 64) * 0x1p-64 }
  return x * powerOfTwo(k)
}

/// 2^k for k from -126 to 127.
@inline(__always)
private func powerOfTwo(_ k: Int32) -> Float {
  Float(bitPattern: UInt32(bitPattern: (k &+ 127) &<< 23))
}

/// e^x - 1 by fdlibm's algorithm, which most C libraries have.
func exponentialMinusOne(_ x: Float) -> Float {
  let magnitude = x.magnitude
  if x != x || x == .infinity { return x }
  if magnitude >= 18.714973 {
    if x < 0 { return -1 }
    if x > 88.72168 { return .infinity }
  }
  if magnitude <= 0.34657359 {
    if magnitude < 0x1p-25 { return x }
    let (e, halfSquare) = primaryTerms(x)
    return x - (x * e - halfSquare)
  }
  let k =
    magnitude < 1.0397208
    ? (x < 0 ? -1 : 1) : Int32(1.442695 * x + (x < 0 ? -0.5 : 0.5))
  let high = x - Float(k) * 0.69313812
  let low = Float(k) * 9.0580006e-06
  let r = high - low
  let lost = (high - r) - low
  var (e, halfSquare) = primaryTerms(r)
  e = (r * (e - lost) - lost) - halfSquare
  switch k {
  case -1: return 0.5 * (r - e) - 0.5
  case 1: return r < -0.25 ? -2 * (e - (r + 0.5)) : 1 + 2 * (r - e)
  case ...(-2), 57...: return scale(1 - (e - r), by: k) - 1
  case ..<23: return scale((1 - powerOfTwo(0 &- k)) - (e - r), by: k)
  default: return scale(r - (e + powerOfTwo(0 &- k)) + 1, by: k)
  }
}

/// fdlibm's e and hxs.
@inline(__always)
private func primaryTerms(_ x: Float) -> (e: Float, halfSquare: Float) {
  let half = 0.5 * x
  let z = x * half
  let inner = 1.5873016e-03 + z * (-7.9365076e-05 + z * (4.0082177e-06 + z * -2.0109921e-07))
  let r = 1 + z * (-3.3333335e-02 + z * inner)
  let t = 3 - r * half
  return (z * ((r - t) / (6 - x * t)), z)
}

/// The hyperbolic tangent by fdlibm's algorithm.
func hyperbolicTangent(_ x: Float) -> Float {
  if x != x || x == 0 { return x }
  let magnitude = x.magnitude
  var result: Float = 1
  if magnitude < 22 {
    if magnitude < 0x1p-55 { return x * (1 + x) }
    if magnitude >= 1 {
      result = 1 - 2 / (exponentialMinusOne(2 * magnitude) + 2)
    } else {
      let t = exponentialMinusOne(-2 * magnitude)
      result = (0 - t) / (t + 2)
    }
  }
  return x < 0 ? -result : result
}

/// The natural logarithm, less than one unit in the last place from the true value.
func naturalLogarithm(_ x: Float) -> Float {
  if x != x || x == .infinity { return x }
  if x < 0 { return .nan }
  if x == 0 { return -.infinity }
  var bits = x.bitPattern
  var k: Int32 = 0
  if bits < 0x0080_0000 {
    // Subnormal.
    k = -25
    bits = (x * 0x1p25).bitPattern
  }
  // The significand from the root of 1/2 to that of 2.
  bits = bits &+ (0x3f80_0000 &- 0x3f35_04f3)
  k = k &+ Int32(bitPattern: bits &>> 23) &- 127
  let f = Float(bitPattern: (bits & 0x007f_ffff) &+ 0x3f35_04f3) - 1
  let s = f / (2 + f)
  let z = s * s
  let w = z * z
  let remainder = w * (0.40000972 + w * 0.24279079) + z * (0.66666663 + w * 0.28498787)
  let halfSquare = 0.5 * f * f
  let exponent = Float(k)
  let tail = s * (halfSquare + remainder) + exponent * 9.0580006e-06 - halfSquare
  // exponent * ln 2 + f + tail, with what the first sum loses.
  let high = exponent * 0.69313812
  let sum = high + f
  let lost = k == 0 ? 0 : f - (sum - high)
  return sum + (lost + tail)
}

/// The complementary error function, within about 1e-6 of the true value where that is not tiny.
func complementaryErrorFunction(_ x: Float) -> Float {
  let z = x.magnitude
  let t = 1 / (1 + 0.5 * z)
  var sum: Float = 0.17087277
  sum = sum * t - 0.82215223
  sum = sum * t + 1.48851587
  sum = sum * t - 1.13520398
  sum = sum * t + 0.27886807
  sum = sum * t - 0.18628806
  sum = sum * t + 0.09678418
  sum = sum * t + 0.37409196
  sum = sum * t + 1.00002368
  sum = sum * t - 1.26551223
  let result = t * exponential(sum - z * z)
  return x < 0 ? 2 - result : result
}
