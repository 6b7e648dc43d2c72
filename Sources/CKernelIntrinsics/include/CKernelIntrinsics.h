// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#ifndef BREADBOARD_C_KERNEL_INTRINSICS_H
#define BREADBOARD_C_KERNEL_INTRINSICS_H

#include <stdint.h>

/// Instructions of the ARMv7E-M DSP extension that Swift's code generator does not find by itself.
/// Elsewhere the same functions in portable C, so that host and board compute the same.

#define CK_INLINE static inline __attribute__((always_inline, unused))

/// Whether two products of 16 bits cost less than two single ones. Small Arm cores have no such
/// instruction; hosts say yes, so that they run what larger ones run.
CK_INLINE int ck_has_paired_products(void) {
#if defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M' && !defined(__ARM_FEATURE_DSP)
  return 0;
#else
  return 1;
#endif
}

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

/// AND with ASR #31: `b` where `a` is negative, else 0. The compiler would compare, which takes an
/// instruction more.
CK_INLINE int32_t ck_where_negative(int32_t a, int32_t b) {
  int32_t result;
  __asm("and %0, %1, %2, asr #31" : "=r"(result) : "r"(b), "r"(a));
  return result;
}

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
#if defined(__thumb__) && __ARM_ARCH < 7
/// From products of halves: the compiler would call a function for the whole of 64 bits.
CK_INLINE int32_t ck_smmla(int32_t a, int32_t b, int32_t c) {
  const uint32_t a_low = (uint16_t)a, b_low = (uint16_t)b;
  const int32_t a_high = a >> 16, b_high = b >> 16;
  const int32_t middle = a_high * (int32_t)b_low + (int32_t)((a_low * b_low) >> 16);
  const int32_t other = (int32_t)a_low * b_high + (int32_t)(uint16_t)middle;
  return (int32_t)((uint32_t)c + (uint32_t)(a_high * b_high) + (uint32_t)(middle >> 16) +
                   (uint32_t)(other >> 16));
}
#else
CK_INLINE int32_t ck_smmla(int32_t a, int32_t b, int32_t c) {
  return (int32_t)((uint32_t)c + (uint32_t)(((int64_t)a * b) >> 32));
}
#endif
CK_INLINE int32_t ck_ssat8(int32_t a) { return a < -128 ? -128 : a > 127 ? 127 : a; }
CK_INLINE int32_t ck_where_negative(int32_t a, int32_t b) { return a < 0 ? b : 0; }

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
CK_INLINE void *_Nonnull ck_opaque_mutable(void *_Nonnull pointer) {
  return (void *)ck_opaque(pointer);
}

CK_INLINE uint32_t ck_load(const void *_Nonnull pointer, int32_t offset) {
  return *(const uint32_t *)((const char *)pointer + offset);
}

/// Sums of up to three pixels for a pair of channels: both channels' as 256 times the second's plus
/// the first's, and the first's alone.
typedef struct {
  int32_t both0, both1, both2, first0, first1, first2;
} ck_pixel_sums;

/// Adds two taps: a word of weights, in each half 256 times the second channel's plus the first's,
/// times the words of one to three pixels. Twelve products in twelve cycles: on a Cortex-M4 the
/// first of loads in a row takes two cycles and each one behind it one, and four registers are
/// enough beside the sums and pointers. The optimizer knows neither.
CK_INLINE void ck_add_taps(ck_pixel_sums *_Nonnull sums, int32_t pixels,
                           const void *_Nonnull weights, int32_t offset,
                           const void *_Nonnull input, int32_t offset0, int32_t offset1,
                           int32_t offset2) {
#if defined(__ARM_FEATURE_DSP) && defined(__OPTIMIZE__)
  uint32_t word, input0, input1, input2;
  // Swift's compiler would say nothing about an operand that is no constant.
  if (__builtin_constant_p(pixels) && __builtin_constant_p(offset) &&
      __builtin_constant_p(offset0) && __builtin_constant_p(offset1) &&
      __builtin_constant_p(offset2)) {
    if (pixels == 3)
      __asm("ldr %6, [%11, %12]\n\t"
            "ldr %7, [%10, %13]\n\t"
            "ldr %8, [%10, %14]\n\t"
            "ldr %9, [%10, %15]\n\t"
            "smlad %0, %6, %7, %0\n\t"
            "smlad %1, %6, %8, %1\n\t"
            "smlad %2, %6, %9, %2\n\t"
            "sxtb16 %6, %6\n\t"
            "smlad %3, %6, %7, %3\n\t"
            "smlad %4, %6, %8, %4\n\t"
            "smlad %5, %6, %9, %5"
            : "+r"(sums->both0), "+r"(sums->both1), "+r"(sums->both2), "+r"(sums->first0),
              "+r"(sums->first1), "+r"(sums->first2), "=&r"(word), "=&r"(input0),
              "=&r"(input1), "=&r"(input2)
            : "r"(input), "r"(weights), "i"(offset), "i"(offset0), "i"(offset1), "i"(offset2),
              "m"(*(const uint32_t(*)[64])input));
    else if (pixels == 2)
      __asm("ldr %4, [%8, %9]\n\t"
            "ldr %5, [%7, %10]\n\t"
            "ldr %6, [%7, %11]\n\t"
            "smlad %0, %4, %5, %0\n\t"
            "smlad %1, %4, %6, %1\n\t"
            "sxtb16 %4, %4\n\t"
            "smlad %2, %4, %5, %2\n\t"
            "smlad %3, %4, %6, %3"
            : "+r"(sums->both0), "+r"(sums->both1), "+r"(sums->first0), "+r"(sums->first1),
              "=&r"(word), "=&r"(input0), "=&r"(input1)
            : "r"(input), "r"(weights), "i"(offset), "i"(offset0), "i"(offset1),
              "m"(*(const uint32_t(*)[64])input));
    else
      __asm("ldr %2, [%5, %6]\n\t"
            "ldr %3, [%4, %7]\n\t"
            "smlad %0, %2, %3, %0\n\t"
            "sxtb16 %2, %2\n\t"
            "smlad %1, %2, %3, %1"
            : "+r"(sums->both0), "+r"(sums->first0), "=&r"(word), "=&r"(input0)
            : "r"(input), "r"(weights), "i"(offset), "i"(offset0),
              "m"(*(const uint32_t(*)[64])input));
    return;
  }
#endif
  uint32_t both = ck_load(weights, offset), first = ck_sxtb16(both);
  uint32_t x0 = ck_load(input, offset0);
  sums->both0 = ck_smlad(both, x0, sums->both0);
  sums->first0 = ck_smlad(first, x0, sums->first0);
  if (pixels == 1) return;
  uint32_t x1 = ck_load(input, offset1);
  sums->both1 = ck_smlad(both, x1, sums->both1);
  sums->first1 = ck_smlad(first, x1, sums->first1);
  if (pixels == 2) return;
  uint32_t x2 = ck_load(input, offset2);
  sums->both2 = ck_smlad(both, x2, sums->both2);
  sums->first2 = ck_smlad(first, x2, sums->first2);
}

/// Starts sums of one to three pixels with the two words at `weights`, the first channel's bias and
/// that plus 256 times the second's, and the two taps of the word behind them.
CK_INLINE ck_pixel_sums ck_start_taps(int32_t pixels, const void *_Nonnull weights,
                                      const void *_Nonnull input, int32_t offset1,
                                      int32_t offset2) {
  ck_pixel_sums sums;
#if defined(__ARM_FEATURE_DSP) && defined(__OPTIMIZE__)
  uint32_t word, input0, input1, input2;
  if (__builtin_constant_p(pixels) && __builtin_constant_p(offset1) &&
      __builtin_constant_p(offset2) && pixels == 3) {
    __asm("ldr %3, [%11, #0]\n\t"
          "ldr %0, [%11, #4]\n\t"
          "ldr %6, [%11, #8]\n\t"
          "ldr %7, [%10, #0]\n\t"
          "ldr %8, [%10, %12]\n\t"
          "ldr %9, [%10, %13]\n\t"
          "smlad %1, %6, %8, %0\n\t"
          "smlad %2, %6, %9, %0\n\t"
          "smlad %0, %6, %7, %0\n\t"
          "sxtb16 %6, %6\n\t"
          "smlad %4, %6, %8, %3\n\t"
          "smlad %5, %6, %9, %3\n\t"
          "smlad %3, %6, %7, %3"
          : "=&r"(sums.both0), "=&r"(sums.both1), "=&r"(sums.both2), "=&r"(sums.first0),
            "=&r"(sums.first1), "=&r"(sums.first2), "=&r"(word), "=&r"(input0), "=&r"(input1),
            "=&r"(input2)
          : "r"(input), "r"(weights), "i"(offset1), "i"(offset2),
            "m"(*(const uint32_t(*)[64])input));
    return sums;
  }
#endif
  sums.first0 = sums.first1 = sums.first2 = (int32_t)ck_load(weights, 0);
  sums.both0 = sums.both1 = sums.both2 = (int32_t)ck_load(weights, 4);
  ck_add_taps(&sums, pixels, weights, 8, input, 0, offset1, offset2);
  return sums;
}

/// Sums of one pixel for two pairs of channels.
typedef struct {
  int32_t both0, both1, first0, first1;
} ck_quad;

/// Adds four inputs, two words, times four words of weights: for each two inputs those of the first
/// and of the second pair of channels. 16 products in 19 cycles.
CK_INLINE void ck_add_inputs(ck_quad *_Nonnull sums, const void *_Nonnull weights, int32_t offset,
                             const void *_Nonnull input, int32_t input_offset) {
#if defined(__ARM_FEATURE_DSP) && defined(__OPTIMIZE__)
  if (__builtin_constant_p(input_offset) && __builtin_constant_p(offset)) {
    uint32_t input0, input1, word0, word1, word2, word3;
    __asm("ldr %4, [%10, %12]\n\t"
          "ldr %5, [%10, %13]\n\t"
          "ldr %6, [%11, %14]\n\t"
          "ldr %7, [%11, %15]\n\t"
          "ldr %8, [%11, %16]\n\t"
          "ldr %9, [%11, %17]\n\t"
          "smlad %0, %6, %4, %0\n\t"
          "smlad %1, %7, %4, %1\n\t"
          "sxtb16 %6, %6\n\t"
          "sxtb16 %7, %7\n\t"
          "smlad %2, %6, %4, %2\n\t"
          "smlad %3, %7, %4, %3\n\t"
          "smlad %0, %8, %5, %0\n\t"
          "smlad %1, %9, %5, %1\n\t"
          "sxtb16 %8, %8\n\t"
          "sxtb16 %9, %9\n\t"
          "smlad %2, %8, %5, %2\n\t"
          "smlad %3, %9, %5, %3"
          : "+r"(sums->both0), "+r"(sums->both1), "+r"(sums->first0), "+r"(sums->first1),
            "=&r"(input0), "=&r"(input1), "=&r"(word0), "=&r"(word1), "=&r"(word2), "=&r"(word3)
          : "r"(input), "r"(weights), "i"(input_offset), "i"(input_offset + 4), "i"(offset),
            "i"(offset + 4), "i"(offset + 8), "i"(offset + 12),
            "m"(*(const uint32_t(*)[64])input));
    return;
  }
#endif
  for (int32_t pair = 0; pair < 2; pair++) {
    uint32_t word = ck_load(input, input_offset + 4 * pair);
    uint32_t both0 = ck_load(weights, offset + 8 * pair);
    uint32_t both1 = ck_load(weights, offset + 8 * pair + 4);
    sums->both0 = ck_smlad(both0, word, sums->both0);
    sums->both1 = ck_smlad(both1, word, sums->both1);
    sums->first0 = ck_smlad(ck_sxtb16(both0), word, sums->first0);
    sums->first1 = ck_smlad(ck_sxtb16(both1), word, sums->first1);
  }
}

/// A word kept in a floating-point register, from where it comes back in one cycle: a loop that
/// needs more registers than there are would read it from the stack in two.
typedef struct {
  float word;
} ck_parked;

CK_INLINE ck_parked ck_park(uint32_t word) {
  ck_parked parked;
#if defined(__ARM_FP) && defined(__OPTIMIZE__)
  __asm("vmov %0, %1" : "=t"(parked.word) : "r"(word));
#else
  __builtin_memcpy(&parked.word, &word, 4);
#endif
  return parked;
}

/// Volatile, as otherwise the optimizer would take it out of the loop, back into the registers that
/// there are too few of.
CK_INLINE uint32_t ck_unpark(ck_parked parked) {
  uint32_t word;
#if defined(__ARM_FP) && defined(__OPTIMIZE__)
  __asm volatile("vmov %0, %1" : "=r"(word) : "t"(parked.word));
#else
  __builtin_memcpy(&word, &parked.word, 4);
#endif
  return word;
}

/// Sums of four neighbouring outputs.
typedef struct {
  int32_t first, second, third, fourth;
} ck_four_sums;

/// ck_depthwise_row: adds a row of three taps to four outputs. `a` is taps 0 and 1, `b` taps 1 and
/// 2, `inputs` the halfwords at `offset`. ck_depthwise_first_row starts from `bias`. At stride 2
/// outputs start at lower halves only.
///
/// Each in one piece: the optimizer mixes rows until it runs out of registers.
#if defined(__ARM_FEATURE_DSP) && defined(__OPTIMIZE__)

#define CK_ROW(sum0, sum1, sum2, sum3)                    \
  "ldr %[x0], [%[inputs], %[offset]]\n\t"                 \
  "ldr %[x1], [%[inputs], %[offset] + 4]\n\t"             \
  "ldr %[x2], [%[inputs], %[offset] + 8]\n\t"             \
  "smlad %[sum0], %[x0], %[a], " sum0 "\n\t"              \
  "smlatb %[sum1], %[x0], %[a], " sum1 "\n\t"             \
  "smlabt %[sum0], %[x1], %[b], %[sum0]\n\t"              \
  "smlad %[sum1], %[x1], %[b], %[sum1]\n\t"               \
  "smlad %[sum2], %[x1], %[a], " sum2 "\n\t"              \
  "smlatb %[sum3], %[x1], %[a], " sum3 "\n\t"             \
  "smlabt %[sum2], %[x2], %[b], %[sum2]\n\t"              \
  "smlad %[sum3], %[x2], %[b], %[sum3]"
#define CK_STRIDE_TWO_ROW(sum0, sum1, sum2, sum3)         \
  "ldr %[x0], [%[inputs], %[offset]]\n\t"                 \
  "ldr %[x1], [%[inputs], %[offset] + 4]\n\t"             \
  "ldr %[x2], [%[inputs], %[offset] + 8]\n\t"             \
  "smlad %[sum0], %[x0], %[a], " sum0 "\n\t"              \
  "smlad %[sum1], %[x1], %[a], " sum1 "\n\t"              \
  "smlabt %[sum0], %[x1], %[b], %[sum0]\n\t"              \
  "ldr %[x0], [%[inputs], %[offset] + 12]\n\t"            \
  "ldr %[x1], [%[inputs], %[offset] + 16]\n\t"            \
  "smlabt %[sum1], %[x2], %[b], %[sum1]\n\t"              \
  "smlad %[sum2], %[x2], %[a], " sum2 "\n\t"              \
  "smlad %[sum3], %[x0], %[a], " sum3 "\n\t"              \
  "smlabt %[sum2], %[x0], %[b], %[sum2]\n\t"              \
  "smlabt %[sum3], %[x1], %[b], %[sum3]"
#define CK_ROW_OPERANDS(constraint)                                                             \
  [sum0] constraint(sums.first), [sum1] constraint(sums.second), [sum2] constraint(sums.third), \
      [sum3] constraint(sums.fourth), [x0] "=&r"(x0), [x1] "=&r"(x1), [x2] "=&r"(x2)            \
      : [inputs] "r"(inputs), [a] "r"(a), [b] "r"(b),                                           \
        "m"(*(const uint32_t(*)[1024])inputs)
#define CK_ADD_ROW(row, farthest)                                                              \
  if (__builtin_constant_p(offset) && offset >= 0 && offset + farthest < 4096) {               \
    uint32_t x0, x1, x2;                                                                       \
    __asm volatile(row("%[sum0]", "%[sum1]", "%[sum2]", "%[sum3]")                             \
                   : CK_ROW_OPERANDS("+&r"), [offset] "i"(offset));                            \
    return sums;                                                                               \
  }
#define CK_START_ROW(row)                                                                      \
  ck_four_sums sums;                                                                           \
  uint32_t x0, x1, x2;                                                                         \
  __asm volatile(row("%[bias]", "%[bias]", "%[bias]", "%[bias]")                               \
                 : CK_ROW_OPERANDS("=&r"), [offset] "i"(0), [bias] "r"(bias));                 \
  return sums;

#else
#define CK_ADD_ROW(row, farthest)
#define CK_START_ROW(row)                        \
  ck_four_sums sums = {bias, bias, bias, bias};  \
  return CK_NAME_OF(row)(inputs, 0, a, b, sums);
#define CK_NAME_OF(row) CK_NAME_OF_##row
#define CK_NAME_OF_CK_ROW ck_depthwise_row
#define CK_NAME_OF_CK_STRIDE_TWO_ROW ck_depthwise_stride_two_row
#endif

CK_INLINE ck_four_sums ck_depthwise_row(const void *_Nonnull inputs, int32_t offset, uint32_t a,
                                        uint32_t b, ck_four_sums sums) {
  CK_ADD_ROW(CK_ROW, 8)
  const uint32_t *x = (const uint32_t *)((const char *)inputs + offset);
  sums.first = ck_smlabt(x[1], b, ck_smlad(x[0], a, sums.first));
  sums.second = ck_smlad(x[1], b, ck_smlatb(x[0], a, sums.second));
  sums.third = ck_smlabt(x[2], b, ck_smlad(x[1], a, sums.third));
  sums.fourth = ck_smlad(x[2], b, ck_smlatb(x[1], a, sums.fourth));
  return sums;
}

CK_INLINE ck_four_sums ck_depthwise_stride_two_row(const void *_Nonnull inputs, int32_t offset,
                                                   uint32_t a, uint32_t b, ck_four_sums sums) {
  CK_ADD_ROW(CK_STRIDE_TWO_ROW, 16)
  const uint32_t *x = (const uint32_t *)((const char *)inputs + offset);
  sums.first = ck_smlabt(x[1], b, ck_smlad(x[0], a, sums.first));
  sums.second = ck_smlabt(x[2], b, ck_smlad(x[1], a, sums.second));
  sums.third = ck_smlabt(x[3], b, ck_smlad(x[2], a, sums.third));
  sums.fourth = ck_smlabt(x[4], b, ck_smlad(x[3], a, sums.fourth));
  return sums;
}

CK_INLINE ck_four_sums ck_depthwise_first_row(const void *_Nonnull inputs, uint32_t a, uint32_t b,
                                              int32_t bias) {
  CK_START_ROW(CK_ROW)
}

CK_INLINE ck_four_sums ck_depthwise_stride_two_first_row(const void *_Nonnull inputs, uint32_t a,
                                                         uint32_t b, int32_t bias) {
  CK_START_ROW(CK_STRIDE_TWO_ROW)
}

/// Where a row of taps has been multiplied so far: pointers to its last word of inputs, which is
/// `word`, and to the next weights.
typedef struct {
  const void *_Nonnull inputs, *_Nonnull weights;
  uint32_t word;
  ck_four_sums sums;
} ck_taps_walk;

/// Two taps of four outputs at stride 1, of which the second and fourth start at upper halves and
/// take the second word of weights.
CK_INLINE ck_taps_walk ck_depthwise_taps(ck_taps_walk walk) {
  uint32_t next, lower, upper;
#if defined(__ARM_FEATURE_DSP)
  __asm volatile(
      "ldr %[next], [%[inputs], #4]!\n\t"
      "ldr %[lower], [%[weights]], #4\n\t"
      "ldr %[upper], [%[weights]], #4\n\t"
      "smlad %[sum0], %[word], %[lower], %[sum0]\n\t"
      "smlad %[sum1], %[word], %[upper], %[sum1]\n\t"
      "smlad %[sum2], %[next], %[lower], %[sum2]\n\t"
      "smlad %[sum3], %[next], %[upper], %[sum3]"
      : [inputs] "+&r"(walk.inputs), [weights] "+&r"(walk.weights),
        [sum0] "+&r"(walk.sums.first), [sum1] "+&r"(walk.sums.second),
        [sum2] "+&r"(walk.sums.third), [sum3] "+&r"(walk.sums.fourth), [next] "=&r"(next),
        [lower] "=&r"(lower), [upper] "=&r"(upper)
      : [word] "r"(walk.word)
      : "memory");
#else
  const uint32_t *inputs = (const uint32_t *)walk.inputs + 1;
  const uint32_t *weights = (const uint32_t *)walk.weights;
  next = *inputs;
  lower = weights[0];
  upper = weights[1];
  walk.inputs = inputs;
  walk.weights = weights + 2;
  walk.sums.first = ck_smlad(walk.word, lower, walk.sums.first);
  walk.sums.second = ck_smlad(walk.word, upper, walk.sums.second);
  walk.sums.third = ck_smlad(next, lower, walk.sums.third);
  walk.sums.fourth = ck_smlad(next, upper, walk.sums.fourth);
#endif
  walk.word = next;
  return walk;
}

/// The larger of each two signed bytes.
CK_INLINE uint32_t ck_max_bytes(uint32_t a, uint32_t b) {
  uint32_t result;
#if defined(__ARM_FEATURE_DSP)
  __asm("ssub8 %0, %1, %2\n\tsel %0, %1, %2" : "=&r"(result) : "r"(a), "r"(b));
#else
  result = 0;
  for (int shift = 0; shift < 32; shift += 8) {
    int8_t first = (int8_t)(a >> shift), second = (int8_t)(b >> shift);
    result |= (uint32_t)(uint8_t)(first > second ? first : second) << shift;
  }
#endif
  return result;
}

/// SXTAB16: bytes 0 and 2 of `b`, sign-extended, added to the halfwords of `a`; with ROR #8 bytes 1
/// and 3.
#if defined(__ARM_FEATURE_DSP)
CK_INLINE uint32_t ck_sxtab16(uint32_t a, uint32_t b) {
  return (uint32_t)__builtin_arm_sxtab16((int32_t)a, (int32_t)b);
}
CK_INLINE uint32_t ck_sxtab16_ror8(uint32_t a, uint32_t b) {
  return (uint32_t)__builtin_arm_sxtab16((int32_t)a, (int32_t)((b >> 8) | (b << 24)));
}
#else
CK_INLINE uint32_t ck_sxtab16(uint32_t a, uint32_t b) {
  uint32_t low = a + (uint32_t)(int32_t)(int8_t)b;
  uint32_t high = (a >> 16) + (uint32_t)(int32_t)(int8_t)(b >> 16);
  return (low & 0xffffu) | (high << 16);
}
CK_INLINE uint32_t ck_sxtab16_ror8(uint32_t a, uint32_t b) { return ck_sxtab16(a, b >> 8); }
#endif

/// The rounded upper word of twice the product, gemmlowp's SaturatingRoundingDoublingHighMul for
/// operands that are not both INT32_MIN. In C because Swift's 64-bit product becomes library calls
/// on Cortex-M.
CK_INLINE int32_t ck_rounding_doubling_high_multiply(int32_t a, int32_t b) {
  return (int32_t)(((int64_t)a * b + (INT64_C(1) << 30)) >> 31);
}

/// Sums of products of four pixels with one channel's weights, for cores whose multiplication gives
/// 32 bits.
///
/// A word of lanes is one pixel's input plus 65536 times another's, so that one multiplication
/// gives both products. What two pixels' lanes add up to must stay within 16 bits until it is taken
/// apart, which is done for each group of weights.
/// - `lanes`: for each tap a word of the first two pixels and one of the others.
/// - `weights`: the bias, the bytes of a group, which divide those of all weights, or 0 for groups
///   of two weights, then `words` words of four weights.
void ck_lane_sums(const void *_Nonnull lanes, const void *_Nonnull weights, int32_t words,
                  ck_four_sums *_Nonnull sums);

/// Makes lanes of the bytes `offset` behind four places for each of at least one tap. `places` has
/// eight bytes for each pointer.
void ck_spread_places(const void *_Nonnull places, int32_t offset, int32_t taps,
                      void *_Nonnull lanes);

#endif
