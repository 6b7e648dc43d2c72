// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#include "CKernelIntrinsics.h"

#if defined(__thumb__) && !defined(__ARM_FEATURE_DSP)

// Both sums of a word of lanes go to the registers of two pixels; the lanes are left at zero.
#define FLUSH(lanes, first, second) \
  "sxth r2, " lanes "\n\t"          \
  "subs " lanes ", " lanes ", r2\n\t" \
  "asrs " lanes ", " lanes ", #16\n\t" \
  "add " first ", r2\n\t"           \
  "add " second ", " lanes "\n\t"   \
  "movs " lanes ", #0\n\t"
#define FLUSH_KEEPING_WORD(lanes, first, second) \
  "sxth r3, " lanes "\n\t"          \
  "subs " lanes ", " lanes ", r3\n\t" \
  "asrs " lanes ", " lanes ", #16\n\t" \
  "add " first ", r3\n\t"           \
  "add " second ", " lanes "\n\t"   \
  "movs " lanes ", #0\n\t"
#define TAP(weight)              \
  "ldmia r0!, {r4, r5}\n\t"      \
  "muls r4, " weight ", r4\n\t"  \
  "muls r5, " weight ", r5\n\t"  \
  "adds r6, r6, r4\n\t"          \
  "adds r7, r7, r5\n\t"
#define EARLIER_TAP              \
  "sxtb r3, r2\n\t"              \
  TAP("r3")                      \
  "asrs r2, r2, #8\n\t"

// r0 lanes, r1 weights, r2 four weights, r3 one, r4-r5 lanes of four pixels, r6-r7 their sums
// within a group; r8-r11 all their sums, r12 bytes of a group's weights, lr the group's end, [sp]
// the last one's.
// 36 cycles for 16 products, 3 for the loop and 20 for each group.
__attribute__((naked)) void ck_lane_sums(const void *lanes, const void *weights, int32_t words,
                                         ck_four_sums *sums) {
  __asm(
      "push {r4-r7, lr}\n\t"
      "mov r4, r8\n\t"
      "mov r5, r9\n\t"
      "mov r6, r10\n\t"
      "mov r7, r11\n\t"
      "push {r3-r7}\n\t"
      "ldmia r1!, {r4, r5}\n\t"
      "mov r8, r4\n\t"
      "mov r9, r4\n\t"
      "mov r10, r4\n\t"
      "mov r11, r4\n\t"
      "lsls r2, r2, #2\n\t"
      "adds r2, r2, r1\n\t"
      "push {r2}\n\t"
      "mov r12, r5\n\t"
      "mov lr, r1\n\t"
      "movs r6, #0\n\t"
      "movs r7, #0\n\t"
      "cmp r5, #0\n\t"
      "beq 3f\n"
      "1:\n\t"
      "add lr, r12\n"
      "2:\n\t"
      "ldmia r1!, {r2}\n\t"
      EARLIER_TAP EARLIER_TAP EARLIER_TAP TAP("r2")
      "cmp r1, lr\n\t"
      "bne 2b\n\t"
      FLUSH("r6", "r8", "r9")
      FLUSH("r7", "r10", "r11")
      "ldr r3, [sp]\n\t"
      "cmp r1, r3\n\t"
      "bne 1b\n\t"
      "b 4f\n"
      "3:\n\t"
      "ldmia r1!, {r2}\n\t"
      EARLIER_TAP EARLIER_TAP
      FLUSH_KEEPING_WORD("r6", "r8", "r9")
      FLUSH_KEEPING_WORD("r7", "r10", "r11")
      EARLIER_TAP TAP("r2")
      FLUSH("r6", "r8", "r9")
      FLUSH("r7", "r10", "r11")
      "ldr r3, [sp]\n\t"
      "cmp r1, r3\n\t"
      "bne 3b\n"
      "4:\n\t"
      "pop {r2, r3}\n\t"
      "mov r4, r8\n\t"
      "mov r5, r9\n\t"
      "mov r6, r10\n\t"
      "mov r7, r11\n\t"
      "stmia r3!, {r4-r7}\n\t"
      "pop {r4-r7}\n\t"
      "mov r8, r4\n\t"
      "mov r9, r5\n\t"
      "mov r10, r6\n\t"
      "mov r11, r7\n\t"
      "pop {r4-r7, pc}\n\t");
}

#else

static void flush(int32_t lanes, int32_t *first, int32_t *second) {
  const int32_t low = (int16_t)lanes;
  *first = (int32_t)((uint32_t)*first + (uint32_t)low);
  const int32_t high = (int32_t)((uint32_t)lanes - (uint32_t)low) >> 16;
  *second = (int32_t)((uint32_t)*second + (uint32_t)high);
}

void ck_lane_sums(const void *lanes, const void *weights, int32_t words, ck_four_sums *sums) {
  const uint32_t *inputs = lanes;
  const int32_t *constants = weights;
  const int8_t *taps = (const int8_t *)(constants + 2);
  const int32_t group = constants[1] == 0 ? 2 : constants[1];
  ck_four_sums result = {constants[0], constants[0], constants[0], constants[0]};
  for (int32_t start = 0; start < 4 * words; start += group) {
    uint32_t pair0 = 0, pair1 = 0;
    for (int32_t tap = start; tap < start + group; tap++) {
      pair0 += inputs[2 * tap] * (uint32_t)(int32_t)taps[tap];
      pair1 += inputs[2 * tap + 1] * (uint32_t)(int32_t)taps[tap];
    }
    flush((int32_t)pair0, &result.first, &result.second);
    flush((int32_t)pair1, &result.third, &result.fourth);
  }
  *sums = result;
}

#endif

static inline int32_t input_at(const uint64_t *place, int32_t offset) {
  return (*(const int8_t *const *)(const void *)place)[offset];
}

void ck_spread_places(const void *places, int32_t offset, int32_t taps, void *lanes) {
  const uint64_t *place = places;
  int32_t *target = lanes;
  do {
    target[0] = input_at(place, offset) + input_at(place + 1, offset) * 65536;
    target[1] = input_at(place + 2, offset) + input_at(place + 3, offset) * 65536;
    place += 4;
    target += 2;
  } while (--taps != 0);
}
