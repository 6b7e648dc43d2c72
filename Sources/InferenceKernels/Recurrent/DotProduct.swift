// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CKernelIntrinsics

/// The sum of products of `count` bytes, added to `bias`: four at a time where that is faster,
/// wherever both begin.
@inline(__always)
func sumOfProducts(
  _ first: UnsafePointer<Int8>, _ second: UnsafePointer<Int8>, count: Int, from bias: Int32
) -> Int32 {
  var sum = bias
  var left = count
  var a = UnsafeRawPointer(first)
  var b = UnsafeRawPointer(second)
  while ck_has_paired_products() != 0, left >= 4 {
    let x = a.loadUnaligned(as: UInt32.self)
    let y = b.loadUnaligned(as: UInt32.self)
    sum = ck_smlad(ck_sxtb16(x), ck_sxtb16(y), sum)
    sum = ck_smlad(ck_sxtb16_ror8(x), ck_sxtb16_ror8(y), sum)
    a += 4
    b += 4
    left &-= 4
  }
  while left > 0 {
    sum = sum &+ Int32(a.load(as: Int8.self)) &* Int32(b.load(as: Int8.self))
    a += 1
    b += 1
    left &-= 1
  }
  return sum
}
