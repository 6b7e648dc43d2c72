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

/// Words that are loaded in a row: on a Cortex-M4 the first takes two cycles and each one behind it
/// one, which the optimizer does not know.
typedef struct {
  uint32_t weights, input0, input1, input2;
} ck_tap_words;

typedef struct {
  uint32_t input0, input1, weights0, weights1, weights2, weights3;
} ck_quad_words;

CK_INLINE uint32_t ck_load(const void *_Nonnull pointer, int32_t offset) {
  return *(const uint32_t *)((const char *)pointer + offset);
}

/// A word of weights and the words of three pixels, at offsets in bytes.
CK_INLINE ck_tap_words ck_load_taps(const void *_Nonnull weights, int32_t offset,
                                    const void *_Nonnull input, int32_t offset0, int32_t offset1,
                                    int32_t offset2) {
  ck_tap_words words;
#if defined(__ARM_FEATURE_DSP) && defined(__OPTIMIZE__)
  // Swift's compiler says nothing about an operand that is none.
  if (__builtin_constant_p(offset) && __builtin_constant_p(offset0) &&
      __builtin_constant_p(offset1) && __builtin_constant_p(offset2)) {
    __asm("ldr %0, [%5, %6]\n\tldr %1, [%4, %7]\n\tldr %2, [%4, %8]\n\tldr %3, [%4, %9]"
          : "=&r"(words.weights), "=&r"(words.input0), "=&r"(words.input1), "=&r"(words.input2)
          : "r"(input), "r"(weights), "i"(offset), "i"(offset0), "i"(offset1), "i"(offset2),
            "m"(*(const uint32_t(*)[64])input));
    return words;
  }
#endif
  words.weights = ck_load(weights, offset);
  words.input0 = ck_load(input, offset0);
  words.input1 = ck_load(input, offset1);
  words.input2 = ck_load(input, offset2);
  return words;
}

/// Two words of inputs and four of weights, at offsets in bytes.
CK_INLINE ck_quad_words ck_load_quad(const void *_Nonnull input, int32_t input_offset,
                                     const void *_Nonnull weights, int32_t offset) {
  ck_quad_words words;
#if defined(__ARM_FEATURE_DSP) && defined(__OPTIMIZE__)
  if (__builtin_constant_p(input_offset) && __builtin_constant_p(offset)) {
    __asm("ldr %0, [%6, %8]\n\tldr %1, [%6, %9]\n\tldr %2, [%7, %10]\n\tldr %3, [%7, %11]\n\t"
          "ldr %4, [%7, %12]\n\tldr %5, [%7, %13]"
          : "=&r"(words.input0), "=&r"(words.input1), "=&r"(words.weights0),
            "=&r"(words.weights1), "=&r"(words.weights2), "=&r"(words.weights3)
          : "r"(input), "r"(weights), "i"(input_offset), "i"(input_offset + 4), "i"(offset),
            "i"(offset + 4), "i"(offset + 8), "i"(offset + 12),
            "m"(*(const uint32_t(*)[64])input));
    return words;
  }
#endif
  words.input0 = ck_load(input, input_offset);
  words.input1 = ck_load(input, input_offset + 4);
  words.weights0 = ck_load(weights, offset);
  words.weights1 = ck_load(weights, offset + 4);
  words.weights2 = ck_load(weights, offset + 8);
  words.weights3 = ck_load(weights, offset + 12);
  return words;
}

/// The rounded upper word of twice the product, gemmlowp's SaturatingRoundingDoublingHighMul for
/// operands that are not both INT32_MIN. In C because Swift's 64-bit product becomes library calls
/// on Cortex-M.
CK_INLINE int32_t ck_rounding_doubling_high_multiply(int32_t a, int32_t b) {
  return (int32_t)(((int64_t)a * b + (INT64_C(1) << 30)) >> 31);
}

#endif
