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

/// SMLABB and its kin: one product of a lower (B) or upper (T) half of each word, added to `c`.
CK_INLINE int32_t ck_smlabb(uint32_t a, uint32_t b, int32_t c) {
  return __builtin_arm_smlabb((int32_t)a, (int32_t)b, c);
}
CK_INLINE int32_t ck_smlabt(uint32_t a, uint32_t b, int32_t c) {
  return __builtin_arm_smlabt((int32_t)a, (int32_t)b, c);
}
CK_INLINE int32_t ck_smlatb(uint32_t a, uint32_t b, int32_t c) {
  return __builtin_arm_smlatb((int32_t)a, (int32_t)b, c);
}
CK_INLINE int32_t ck_smlatt(uint32_t a, uint32_t b, int32_t c) {
  return __builtin_arm_smlatt((int32_t)a, (int32_t)b, c);
}

/// SMUAD and SMULTB: as SMLAD and SMLATB, added to nothing.
CK_INLINE int32_t ck_smuad(uint32_t a, uint32_t b) {
  return __builtin_arm_smuad((int32_t)a, (int32_t)b);
}
CK_INLINE int32_t ck_smultb(uint32_t a, uint32_t b) {
  return __builtin_arm_smultb((int32_t)a, (int32_t)b);
}

/// SMMLA: the upper word of `a * b`, added to `c` with the carry out of the lower word dropped.
CK_INLINE int32_t ck_smmla(int32_t a, int32_t b, int32_t c) {
  int32_t result;
  __asm("smmla %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(c));
  return result;
}

/// SSAT #8.
CK_INLINE int32_t ck_ssat8(int32_t a) { return __builtin_arm_ssat(a, 8); }

#else

CK_INLINE int32_t ck_low_half(uint32_t a) { return (int16_t)a; }
CK_INLINE int32_t ck_high_half(uint32_t a) { return (int32_t)a >> 16; }

CK_INLINE int32_t ck_smlabb(uint32_t a, uint32_t b, int32_t c) {
  return (int32_t)((uint32_t)c + (uint32_t)(ck_low_half(a) * ck_low_half(b)));
}
CK_INLINE int32_t ck_smlabt(uint32_t a, uint32_t b, int32_t c) {
  return (int32_t)((uint32_t)c + (uint32_t)(ck_low_half(a) * ck_high_half(b)));
}
CK_INLINE int32_t ck_smlatb(uint32_t a, uint32_t b, int32_t c) {
  return (int32_t)((uint32_t)c + (uint32_t)(ck_high_half(a) * ck_low_half(b)));
}
CK_INLINE int32_t ck_smlatt(uint32_t a, uint32_t b, int32_t c) {
  return (int32_t)((uint32_t)c + (uint32_t)(ck_high_half(a) * ck_high_half(b)));
}
CK_INLINE int32_t ck_smultb(uint32_t a, uint32_t b) { return ck_smlatb(a, b, 0); }
CK_INLINE int32_t ck_smmla(int32_t a, int32_t b, int32_t c) {
  return (int32_t)((uint32_t)c + (uint32_t)(((int64_t)a * b) >> 32));
}
CK_INLINE int32_t ck_ssat8(int32_t a) { return a < -128 ? -128 : a > 127 ? 127 : a; }

CK_INLINE int32_t ck_smlad(uint32_t a, uint32_t b, int32_t c) {
  uint32_t low = (uint32_t)((int32_t)(int16_t)a * (int32_t)(int16_t)b);
  uint32_t high = (uint32_t)(((int32_t)a >> 16) * ((int32_t)b >> 16));
  return (int32_t)((uint32_t)c + low + high);
}

CK_INLINE uint32_t ck_sxtb16(uint32_t a) {
  return ((uint32_t)(int32_t)(int8_t)a & 0xffffu) | ((uint32_t)(int32_t)(int8_t)(a >> 16) << 16);
}

CK_INLINE uint32_t ck_sxtb16_ror8(uint32_t a) { return ck_sxtb16(a >> 8); }

CK_INLINE int32_t ck_smuad(uint32_t a, uint32_t b) { return ck_smlad(a, b, 0); }

#endif

/// PKHBT and PKHTB: both lower or both upper halves of two words in one.
CK_INLINE uint32_t ck_pack_low_halves(uint32_t a, uint32_t b) { return (a & 0xffffu) | (b << 16); }
CK_INLINE uint32_t ck_pack_high_halves(uint32_t a, uint32_t b) {
  return (a >> 16) | (b & 0xffff0000u);
}

/// The same pointer, of which the optimizer knows nothing: keeps it from spreading one base into
/// many registers.
CK_INLINE const void *_Nonnull ck_opaque(const void *_Nonnull pointer) {
#if defined(__arm__)
  __asm("" : "+r"(pointer));
#endif
  return pointer;
}

/// The rounded upper word of twice the product, gemmlowp's SaturatingRoundingDoublingHighMul for
/// operands that are not both INT32_MIN. In C because Swift's 64-bit product becomes library calls
/// on Cortex-M.
CK_INLINE int32_t ck_rounding_doubling_high_multiply(int32_t a, int32_t b) {
  return (int32_t)(((int64_t)a * b + (INT64_C(1) << 30)) >> 31);
}

#endif
