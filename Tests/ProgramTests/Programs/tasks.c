// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// A small kernel: three tasks on process stacks, switched by PendSV from SysTick and from calls;
// a queue between two of them. What each computes does not depend on when it was interrupted.

#include "system.h"

enum { TASKS = 3, WORDS = 160 };
static uint32_t stacks[TASKS][WORDS] __attribute__((aligned(8)));
__attribute__((used)) static struct task {
  uint32_t sp, exc_return;
} tasks[TASKS + 1];
__attribute__((used)) static volatile uint32_t current = TASKS;
static volatile uint32_t switches, ticks, finished;
static volatile uint32_t results[TASKS];

/// The task whose turn it is next; the idle loop is the last in the table.
__attribute__((used)) uint32_t next_task(void) {
  switches += 1;
  uint32_t candidate = current;
  for (int turn = 0; turn < TASKS; turn += 1) {
    candidate = candidate + 1 >= TASKS ? 0 : candidate + 1;
    if ((finished >> candidate & 1) == 0) return candidate;
  }
  return TASKS;
}

#if defined(__ARM_FP)
#define SAVE_SINGLES "tst lr, #16\n it eq\n vstmdbeq r0!, {s16-s31}\n"
#define LOAD_SINGLES "tst lr, #16\n it eq\n vldmiaeq r0!, {s16-s31}\n"
#else
#define SAVE_SINGLES
#define LOAD_SINGLES
#endif

#if __ARM_ARCH >= 7
#define SAVE_REST "stmdb r0!, {r4-r11}\n"
#define LOAD_REST "ldmia r0!, {r4-r11}\n"
#else
#define SAVE_REST                                                                          \
  "subs r0, #32\n stmia r0!, {r4-r7}\n mov r4, r8\n mov r5, r9\n mov r6, r10\n mov r7, r11\n" \
  "stmia r0!, {r4-r7}\n subs r0, #32\n"
#define LOAD_REST                                                                          \
  "adds r0, #16\n ldmia r0!, {r4-r7}\n mov r8, r4\n mov r9, r5\n mov r10, r6\n mov r11, r7\n" \
  "subs r0, #32\n ldmia r0!, {r4-r7}\n adds r0, #16\n"
#endif

// r4 holds the address of the task's entry while the next one is chosen.
__asm(
    ".syntax unified\n .thumb\n .text\n .balign 4\n .global pendsv_handler\n"
    ".type pendsv_handler, %function\n .thumb_func\n pendsv_handler:\n"
    "mrs r0, psp\n" SAVE_SINGLES SAVE_REST
    "ldr r1, =current\n ldr r2, [r1]\n lsls r2, r2, #3\n ldr r3, =tasks\n adds r3, r3, r2\n"
    "str r0, [r3]\n mov r0, lr\n str r0, [r3, #4]\n"
    "bl next_task\n"
    "ldr r1, =current\n str r0, [r1]\n lsls r0, r0, #3\n ldr r3, =tasks\n adds r3, r3, r0\n"
    "ldr r0, [r3]\n ldr r1, [r3, #4]\n mov lr, r1\n" LOAD_REST LOAD_SINGLES
    "msr psp, r0\n isb\n bx lr\n .balign 4\n .ltorg\n");

void systick_handler(void) {
  ticks += 1;
  ICSR = ICSR_PENDSVSET;
}

void svc_handler(void) { ICSR = ICSR_PENDSVSET; }

static inline void give_way(void) { __asm volatile("svc 0" ::: "memory"); }

static volatile uint32_t queue[8], head, tail;

static void send(uint32_t value) {
  while (head - tail == COUNT(queue)) give_way();
  queue[head % COUNT(queue)] = value;
  __asm volatile("dmb" ::: "memory");
  head += 1;
}

static uint32_t receive(void) {
  while (head == tail) give_way();
  uint32_t value = queue[tail % COUNT(queue)];
  __asm volatile("dmb" ::: "memory");
  tail += 1;
  return value;
}

static void end(uint32_t task, uint32_t result) {
  results[task] = result;
  __asm volatile("cpsid i" ::: "memory");
  finished |= 1u << task;
  __asm volatile("cpsie i" ::: "memory");
  for (;;) give_way();
}

static void producer(void) {
  uint32_t value = 1, hash = HASH_SEED;
  for (int turn = 0; turn < 300; turn += 1) {
    value = value * 1664525 + 1013904223;
    hash = mix(hash, value);
    send(value);
  }
  end(0, hash);
}

static void consumer(void) {
  uint32_t hash = HASH_SEED;
  for (int turn = 0; turn < 300; turn += 1) hash = mix(hash, receive());
  end(1, hash);
}

/// Floats all the way, to be interrupted with a floating-point context.
static void calculator(void) {
  float x = 0.5f;
  uint32_t hash = HASH_SEED;
  for (int turn = 0; turn < 2000; turn += 1) {
    x = 3.75f * x * (1.0f - x);
    float y = x * 8388608.0f;
    hash = mix(hash, (uint32_t)y);
  }
  end(2, hash);
}

static void start(uint32_t task, void (*body)(void)) {
  uint32_t *top = stacks[task] + WORDS - 8;
  for (int index = 0; index < 6; index += 1) top[index] = 0x1000u * task + (uint32_t)index;
  top[6] = (uint32_t)(uintptr_t)body & ~1u;
  top[7] = 1u << 24;
  tasks[task].sp = (uint32_t)(uintptr_t)(top - 8);
  tasks[task].exc_return = 0xFFFFFFFD;
}

static NOINLINE void idle(void) {
  while (finished != 7) give_way();
}

int main(void) {
  static uint32_t idle_stack[WORDS] __attribute__((aligned(8)));
  start(0, producer);
  start(1, consumer);
  start(2, calculator);
  SHPR2 = 0x80u << 24;
  SHPR3 = 0xC0u << 16 | 0x40u << 24;
  // Headroom, should the compiler keep something of this function on its stack.
  WRITE_SPECIAL("psp", (uintptr_t)(idle_stack + WORDS - 32));
  WRITE_SPECIAL("control", 2);
  SYST_RVR = 1237;
  SYST_CVR = 0;
  SYST_CSR = 7;
  idle();
  SYST_CSR = 0;
  barrier();
  WRITE_SPECIAL("control", 0);
  CHECK(results[0] == results[1]);
  CHECK(switches > 50);
  report("queue", results[1]);
  report("calculator", results[2]);
  return 0;
}
