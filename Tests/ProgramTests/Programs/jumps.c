// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Control that leaves the beaten path: long jumps, tables of functions, variable arguments, deep
// recursion, closures by hand, coroutines on stacks of their own.

#include <stdarg.h>

#include "program.h"

struct context {
  uint32_t r4_to_r11[8], sp, lr;
#if defined(__ARM_FP)
  uint32_t s16_to_s31[16];
#endif
};

#if defined(__ARM_FP)
#define SAVE_SINGLES "adds r0, #40\n vstmia r0, {s16-s31}\n"
#define LOAD_SINGLES "adds r0, #40\n vldmia r0, {s16-s31}\n"
#else
#define SAVE_SINGLES
#define LOAD_SINGLES
#endif

/// Returns 0 the first time, and again with what `resume` was given.
__attribute__((returns_twice)) int save(struct context *to);
__attribute__((noreturn)) void resume(const struct context *from, int value);

__asm(
    ".syntax unified\n .thumb\n .text\n .balign 4\n"
    ".type save, %function\n .thumb_func\n save:\n"
    "stmia r0!, {r4-r7}\n mov r1, r8\n mov r2, r9\n mov r3, r10\n stmia r0!, {r1-r3}\n"
    "mov r1, r11\n mov r2, sp\n mov r3, lr\n stmia r0!, {r1-r3}\n subs r0, #40\n" SAVE_SINGLES
    "movs r0, #0\n bx lr\n"
    ".type resume, %function\n .thumb_func\n resume:\n"
    "mov r12, r1\n ldmia r0!, {r4-r7}\n ldmia r0!, {r1-r3}\n mov r8, r1\n mov r9, r2\n"
    "mov r10, r3\n ldmia r0!, {r1-r3}\n mov r11, r1\n mov sp, r2\n mov lr, r3\n"
    "subs r0, #40\n" LOAD_SINGLES
    "mov r0, r12\n bx lr\n");

static struct context catcher;

static NOINLINE uint32_t dive(int depth) {
  volatile uint32_t clutter[4] = {1, 2, 3, (uint32_t)depth};
  if (depth == 0 && clutter[0] == 1) resume(&catcher, 42);
  return depth == 0 ? 0 : dive(depth - 1) + clutter[3];
}

static void long_jumps(void) {
  volatile int turns = 0;
  int value = save(&catcher);
  turns += 1;
  if (value == 0) {
    CHECK(dive(20) == 0 && turns == 0);
  }
  CHECK(value == 42 && turns == 2);
  for (volatile int wanted = 1; wanted < 6; wanted += 1) {
    int got = save(&catcher);
    if (got == 0) resume(&catcher, wanted);
    CHECK(got == wanted);
  }
}

static struct context here, there;
static uint32_t other_stack[128];
static volatile uint32_t sent;

static void squares(void) {
  for (volatile uint32_t n = 1;; n += 1) {
    sent = n * n;
    if (save(&there) == 0) resume(&here, 1);
  }
}

static void coroutines(void) {
  there.sp = (uint32_t)(uintptr_t)(other_stack + COUNT(other_stack));
  there.lr = (uint32_t)(uintptr_t)squares;
  volatile uint32_t sum = 0;
  for (volatile int turn = 0; turn < 10; turn += 1) {
    if (save(&here) == 0) resume(&there, 1);
    sum += sent;
  }
  CHECK(sum == 385);
}

static NOINLINE int add(int a, int b) { return a + b; }
static NOINLINE int subtract(int a, int b) { return a - b; }
static NOINLINE int multiply(int a, int b) { return a * b; }
static NOINLINE int first(int a, int b) { return (void)b, a; }

static int (*const volatile table[])(int, int) = {add, subtract, multiply, first};

static void pointers(void) {
  uint32_t value = 1;
  for (uint32_t turn = 0; turn < 200; turn += 1) {
    uint32_t choice = (value ^ turn) & 3;
    int got = table[choice]((int)(value & 0xFFFF), (int)turn);
    value = value * 5 + (uint32_t)got;
  }
  report("pointers", value);
}

static NOINLINE uint32_t total(int count, ...) {
  va_list arguments;
  va_start(arguments, count);
  uint32_t sum = 0;
  for (int index = 0; index < count; index += 1) {
    if (index % 3 == 2) sum += (uint32_t)(va_arg(arguments, uint64_t) >> 16);
    else sum += va_arg(arguments, uint32_t);
  }
  va_end(arguments);
  return sum;
}

static NOINLINE uint32_t many(uint32_t a, uint32_t b, uint64_t c, uint32_t d, uint8_t e, int16_t f,
                              const uint32_t *g, struct context h) {
  return a + 2 * b + (uint32_t)(c >> 8) + 3 * d + e + (uint32_t)f + *g + h.sp + h.r4_to_r11[7];
}

static void arguments(void) {
  CHECK(total(5, 1u, 2u, (uint64_t)3 << 16, 4u, 5u) == 15);
  CHECK(total(7, 1u, 2u, (uint64_t)9 << 16, 3u, 4u, (uint64_t)7 << 16, 1u) == 27);
  struct context block = {.sp = 1000, .r4_to_r11 = {[7] = 5}};
  uint32_t seven = 7;
  CHECK(many(1, 2, 0x300, 4, 5, -6, &seven, block) == 1 + 4 + 3 + 12 + 5 - 6 + 7 + 1000 + 5);
}

static NOINLINE uint32_t ackermann(uint32_t m, uint32_t n) {
  if (m == 0) return n + 1;
  return ackermann(m - 1, n == 0 ? 1 : ackermann(m, n - 1));
}

static uint32_t moves;
static void hanoi(int count, int from, int to) {
  if (count == 0) return;
  hanoi(count - 1, from, 6 - from - to);
  moves = mix(moves, (uint32_t)(from * 10 + to));
  hanoi(count - 1, 6 - from - to, to);
}

static NOINLINE int is_odd(uint32_t n);
static NOINLINE int is_even(uint32_t n) { return n == 0 ? 1 : is_odd(n - 1); }
static NOINLINE int is_odd(uint32_t n) { return n == 0 ? 0 : is_even(n - 1); }

int main(void) {
  long_jumps();
  coroutines();
  pointers();
  arguments();
  CHECK(ackermann(2, 9) == 21 && ackermann(3, 3) == 61);
  moves = HASH_SEED;
  hanoi(8, 1, 3);
  report("hanoi", moves);
  CHECK(is_even(100) && is_odd(77) && !is_odd(50));
  return 0;
}
