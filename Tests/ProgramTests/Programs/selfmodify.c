// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Code in RAM that is written, run, changed and run again: by another routine, by itself, a word at
// a time and a half word at a time.

#include "program.h"

static uint16_t code[128] __attribute__((aligned(4)));

typedef uint32_t (*routine)(uint32_t);
static routine made(void) {
  barrier();
  return (routine)((uintptr_t)code | 1);
}

/// movs r0, #n; bx lr, for every n.
static void constants(void) {
  for (uint32_t n = 0; n < 256; n += 1) {
    code[0] = (uint16_t)(0x2000 | n);
    code[1] = 0x4770;
    CHECK(made()(99) == n);
  }
}

/// A straight line of random additions and shifts, interpreted beside it.
static void generated(void) {
  uint32_t hash = HASH_SEED;
  for (int turn = 0; turn < 100; turn += 1) {
    uint32_t expected = random32(), input = expected;
    unsigned length = 1 + random32() % 60;
    for (unsigned at = 0; at < length; at += 1) {
      uint32_t n = random32() & 0xFF;
      switch (random32() % 4) {
        case 0: code[at] = (uint16_t)(0x3000 | n); expected += n; break;
        case 1: code[at] = (uint16_t)(0x3800 | n); expected -= n; break;
        case 2: code[at] = 0x43C0; expected = ~expected; break;
        default: code[at] = (uint16_t)(0x0000 | (n % 31 + 1) << 6); expected <<= n % 31 + 1; break;
      }
    }
    code[length] = 0x4770;
    uint32_t got = made()(input);
    CHECK(got == expected);
    hash = mix(hash, got);
  }
  report("generated", hash);
}

/// A loop whose immediate its own store changes: adds r0, #k with k from 1 to 10.
extern const uint16_t loop_start[], loop_end[];
__asm(
    ".syntax unified\n .thumb\n .text\n .balign 4\n loop_start:\n"
    "movs r3, #0\n adr r2, 1f\n ldrh r1, [r2]\n nop\n"
    ".balign 4\n 1: adds r0, #1\n adds r1, #1\n strh r1, [r2]\n dsb\n isb\n"
    "adds r3, #1\n cmp r3, #10\n bne 1b\n bx lr\n loop_end:\n .balign 4\n");

static void itself(void) {
  memcpy(code, loop_start, (size_t)((uintptr_t)loop_end - (uintptr_t)loop_start));
  CHECK(made()(0) == 55);
  CHECK(made()(0) == 155);
}

/// One of two targets of a branch, patched between calls; the code around it stays.
static void patched(void) {
  uint32_t sum = 0;
  code[0] = 0xE000;  // b +4 or +6
  code[1] = 0x46C0;
  code[2] = 0x3001;  // adds r0, #1
  code[3] = 0x3002;  // adds r0, #2
  code[4] = 0x4770;
  for (int turn = 0; turn < 50; turn += 1) {
    code[0] = turn & 1 ? 0xE001 : 0xE000;
    sum += made()(0);
  }
  CHECK(sum == 25 * 3 + 25 * 2);
}

/// Data beside the code must not be taken for code, and code moved away must not be run.
static void neighbours(void) {
  code[0] = 0x4802;  // ldr r0, [pc, #8]
  code[1] = 0x4770;
  volatile uint32_t *data = (volatile uint32_t *)(code + 6);
  for (uint32_t turn = 0; turn < 100; turn += 1) {
    *data = turn * 3;
    CHECK(made()(0) == turn * 3);
  }
  memmove(code + 64, code, 16);
  barrier();
  *data = 1;
  memset(code, 0xDE, 8);
  barrier();
  CHECK(((routine)((uintptr_t)(code + 64) | 1))(0) == 297);
}

int main(void) {
  constants();
  generated();
  itself();
  patched();
  neighbours();
  return 0;
}
