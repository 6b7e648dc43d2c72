// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Floating-point state across exceptions: lazy and eager stacking, handlers that compute, handlers
// that do not, and the frames that each leaves.

#include "system.h"

#if defined(__ARM_FP)

static volatile uint32_t entries, frame_size, active_in_handler;
static volatile int computes;
static volatile float product;

static void pend(unsigned line) {
  NVIC_ISPR = 1u << line;
  barrier();
}

/// Apart, so that a handler that does not compute does not touch the unit either.
static NOINLINE void compute(unsigned line) {
  float value = (float)entries;
  __asm volatile(
      "vmov s0, %1\n vmov s15, %1\n vmov s16, %1\n vmov s31, %1\n vmul.f32 %0, %1, %1\n"
      : "=t"(value) : "t"(value) : "s0", "s15", "s16", "s31");
  product = value;
  if (line == 0 && computes > 1) pend(1);
}

__attribute__((used)) void handle(struct frame *frame, uint32_t exc_return) {
  entries += 1;
  unsigned line = (READ_SPECIAL("ipsr") & 0x1FF) - 16;
  frame_size = exc_return & 0x10 ? 32 : 104;
  active_in_handler = READ_SPECIAL("control") & 4;
  CHECK((frame->xpsr & 0x1FF) == (line == 0 ? 0 : 16));
  if (computes) compute(line);
}
FRAME_HANDLER(interrupt_handler, handle);

static uint32_t patterns[33], found[33];

/// Loads S0-S31 and FPSCR, pends line 0, and stores them again.
static void round_trip(void) {
  for (int index = 0; index < 32; index += 1) patterns[index] = random32();
  patterns[32] = random32() & 0xF7C0009F & ~(1u << 27);
  __asm volatile(
      "vldmia %0, {s0-s31}\n ldr r4, [%0, #128]\n vmsr fpscr, r4\n"
      "str %3, [%2]\n dsb\n isb\n"
      "vmrs r4, fpscr\n str r4, [%1, #128]\n vstmia %1, {s0-s31}\n"
      "mov r4, #0\n vmsr fpscr, r4\n"
      :
      : "r"(patterns), "r"(found), "r"(&NVIC_ISPR), "r"(1)
      : "r4", "memory", "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11",
        "s12", "s13", "s14", "s15", "s16", "s17", "s18", "s19", "s20", "s21", "s22", "s23", "s24",
        "s25", "s26", "s27", "s28", "s29", "s30", "s31");
}

static void saves(const char *name, uint32_t settings, int computing) {
  FPCCR = settings;
  barrier();
  computes = computing;
  uint32_t before = entries;
  for (int turn = 0; turn < 10; turn += 1) {
    round_trip();
    for (int index = 0; index < 32; index += 1) CHECK(found[index] == patterns[index]);
    CHECK(found[32] == patterns[32]);
  }
  CHECK(entries == before + (computing > 1 ? 20 : 10));
  report(name, frame_size);
  CHECK((READ_SPECIAL("control") & 4) != 0);
}

/// Without a floating-point context the short frame is pushed.
static void short_frames(void) {
  computes = 0;
  WRITE_SPECIAL("control", READ_SPECIAL("control") & ~4u);
  pend(0);
  CHECK(frame_size == 32 && (READ_SPECIAL("control") & 4) == 0);
  computes = 1;
  pend(0);
  CHECK(frame_size == 32 && (READ_SPECIAL("control") & 4) == 0);
  report("short", frame_size);
  __asm volatile("vmov.f32 s0, #1.0" ::: "s0");
  CHECK((READ_SPECIAL("control") & 4) != 0);
}

int main(void) {
  NVIC_ISER = 3;
  set_priority(0, 0x80);
  set_priority(1, 0x40);
  const uint32_t automatic = 1u << 31, lazy = 1u << 30;
  CHECK((FPCCR & (automatic | lazy)) == (automatic | lazy));
  saves("lazy, idle handler", automatic | lazy, 0);
  CHECK(active_in_handler == 0);
  saves("lazy, computing handler", automatic | lazy, 1);
  saves("lazy, nested", automatic | lazy, 2);
  saves("eager, idle handler", automatic, 0);
  saves("eager, computing handler", automatic, 1);
  saves("eager, nested", automatic, 2);
  short_frames();
  FPCCR = automatic | lazy;
  return 0;
}

#else

int main(void) {
  print("no floating-point unit\n");
  return 0;
}

#endif
