// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#ifndef BREADBOARD_C_KERNEL_INTRINSICS_H
#define BREADBOARD_C_KERNEL_INTRINSICS_H

#include <stdint.h>

/// Instructions of the ARMv7E-M DSP extension that Swift's code generator does not find by itself.
/// Elsewhere the same functions in portable C, so that host and board compute the same.

#define CK_INLINE static inline __attribute__((always_inline, unused))

#if defined(__ARM_FEATURE_DSP)

/// SMLAD: both signed 16-bit products of `a` and `b`, added to `c` modulo 2^32.
CK_INLINE int32_t ck_smlad(uint32_t a, uint32_t b, int32_t c) {
  return __builtin_arm_smlad((int32_t)a, (int32_t)b, c);
}

/// SXTB16: bytes 0 and 2, sign-extended into the two halfwords.
CK_INLINE uint32_t ck_sxtb16(uint32_t a) { return (uint32_t)__builtin_arm_sxtb16((int32_t)a); }

/// SXTB16 with ROR #8: bytes 1 and 3, sign-extended into the two halfwords.
CK_INLINE uint32_t ck_sxtb16_ror8(uint32_t a) {
  return (uint32_t)__builtin_arm_sxtb16((int32_t)((a >> 8) | (a << 24)));
}

#else

CK_INLINE int32_t ck_smlad(uint32_t a, uint32_t b, int32_t c) {
  uint32_t low = (uint32_t)((int32_t)(int16_t)a * (int32_t)(int16_t)b);
  uint32_t high = (uint32_t)(((int32_t)a >> 16) * ((int32_t)b >> 16));
  return (int32_t)((uint32_t)c + low + high);
}

CK_INLINE uint32_t ck_sxtb16(uint32_t a) {
  return ((uint32_t)(int32_t)(int8_t)a & 0xffffu) | ((uint32_t)(int32_t)(int8_t)(a >> 16) << 16);
}

CK_INLINE uint32_t ck_sxtb16_ror8(uint32_t a) { return ck_sxtb16(a >> 8); }

#endif

/// The rounded upper word of twice the product, gemmlowp's SaturatingRoundingDoublingHighMul for
/// operands that are not both INT32_MIN. In C because Swift's 64-bit product becomes library calls
/// on Cortex-M.
CK_INLINE int32_t ck_rounding_doubling_high_multiply(int32_t a, int32_t b) {
  return (int32_t)(((int64_t)a * b + (INT64_C(1) << 30)) >> 31);
}

#endif
