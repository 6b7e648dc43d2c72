// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Exceptions in order: software-pended interrupts that nest by priority, masks, SVC with arguments,
// PendSV after everything else, SysTick as a clock.

#include "system.h"

static volatile char log[64];
static volatile unsigned logged;
static volatile uint32_t depth, deepest;

static void note(char c) {
  if (logged < sizeof log - 1) log[logged++] = c;
  log[logged] = 0;
}

static void expect(const char *order) {
  int same = strcmp((const char *)log, order) == 0;
  CHECK(same);
  print(order);
  if (!same) {
    print(" but was ");
    print((const char *)log);
  }
  print("\n");
  logged = 0;
  log[0] = 0;
}

static void pend(uint32_t lines) {
  NVIC_ISPR = lines;
  barrier();
}

/// Line n notes its letter at entry and exit; what it does in between hangs on the line.
void interrupt_handler(void) {
  unsigned line = (READ_SPECIAL("ipsr") & 0x1FF) - 16;
  depth += 1;
  if (depth > deepest) deepest = depth;
  note((char)('a' + line));
  CHECK((ICSR & 0x1FF) == line + 16);
  if (line == 3) pend(1u << 2);            // more urgent: at once
  if (line == 2) pend(1u << 1 | 1u << 4);  // one above, one below
  if (line == 5) {
    pend(1u << 5);  // itself: again when done
    if (deepest < 10) deepest = 10;
    else NVIC_ICPR = 1u << 5;
  }
  if (line == 6) ICSR = ICSR_PENDSVSET;
  barrier();
  note((char)('A' + line));
  depth -= 1;
}

void pendsv_handler(void) { note('p'); }

static volatile uint32_t ticks;
void systick_handler(void) { ticks += 1; }

static void nesting(void) {
  for (unsigned line = 0; line < 8; line += 1) set_priority(line, 0xC0);
  set_priority(1, 0x00);
  set_priority(2, 0x40);
  set_priority(3, 0x80);
  NVIC_ISER = 0xFF;
  pend(1u << 3);
  expect("dcbBCDeE");
  CHECK(deepest == 3);
  pend(0xF0 & ~0x20u);
  expect("eEgGphH");
  pend(1u << 5);
  expect("fFfF");
  NVIC_ICER = 1u << 7;
  pend(1u << 7);
  expect("");
  CHECK(NVIC_ISPR == 1u << 7);
  NVIC_ISER = 1u << 7;
  barrier();
  expect("hH");
  CHECK(NVIC_ISPR == 0);
}

static void masking(void) {
  __asm volatile("cpsid i" ::: "memory");
  pend(1u << 0 | 1u << 1);
  ICSR = ICSR_PENDSVSET;
  barrier();
  expect("");
  CHECK(NVIC_ISPR == 3 && (ICSR & ICSR_PENDSVSET) != 0);
  __asm volatile("cpsie i\n isb" ::: "memory");
  expect("bBpaA");
#if __ARM_ARCH >= 7
  WRITE_SPECIAL("basepri", 0x80);
  pend(1u << 2 | 1u << 3);
  expect("cbBC");
  WRITE_SPECIAL("basepri", 0);
  barrier();
  expect("dcbBCDeE");
#else
  pend(1u << 2);
  expect("cbBCeE");
  pend(1u << 3);
  expect("dcbBCDeE");
#endif
}

static uint32_t answer(struct frame *frame) {
  uint8_t number = ((const uint8_t *)(uintptr_t)frame->pc)[-2];
  switch (number) {
    case 1: return frame->r0 + frame->r1;
    case 2: return frame->r0 * frame->r1;
    case 3: note('s'); ICSR = ICSR_PENDSVSET; note('S'); return 0;
    default: return number;
  }
}

__attribute__((used)) void supervisor(struct frame *frame) { frame->r0 = answer(frame); }
FRAME_HANDLER(svc_handler, supervisor);

#define CALL(number, a, b)                                                              \
  ({                                                                                    \
    register uint32_t r0 __asm("r0") = (a);                                             \
    register uint32_t r1 __asm("r1") = (b);                                             \
    __asm volatile("svc %1" : "+r"(r0) : "i"(number), "r"(r1) : "memory");              \
    r0;                                                                                 \
  })

static void supervisor_calls(void) {
  CHECK(CALL(1, 40, 2) == 42 && CALL(2, 6, 7) == 42 && CALL(200, 0, 0) == 200);
  CALL(3, 0, 0);
  barrier();
  expect("sSp");
  uint32_t sum = 0;
  for (uint32_t turn = 0; turn < 100; turn += 1) {
    uint32_t square = CALL(2, turn, turn);
    sum = CALL(1, sum, square);
  }
  CHECK(sum == 328350);
}

static void clock(void) {
  SYST_RVR = 9999;
  SYST_CVR = 0;
  CHECK((SYST_CSR & 1) == 0);
  SYST_CSR = 7;
  uint32_t seen = 0, turns = 0;
  while (ticks < 20) {
    uint32_t now = SYST_CVR;
    CHECK(now <= 9999);
    seen |= now;
    turns += 1;
  }
  SYST_CSR = 0;
  CHECK(turns > 20 && seen != 0);
  uint32_t stopped = ticks;
  ICSR = ICSR_PENDSTSET;
  barrier();
  CHECK(ticks == stopped + 1);
  print("ticks\n");
}

/// Flags and registers survive an interrupt between any two instructions.
static void transparency(void) {
  set_priority(0, 0xC0);
  uint32_t result, flags;
  for (uint32_t turn = 0; turn < 50; turn += 1) {
    uint32_t a = random32(), b = random32() | 1;
    register uint32_t left __asm("r4") = a;
    register volatile uint32_t *place __asm("r6") = &NVIC_ISPR;
    register uint32_t one __asm("r5") = 1;
    __asm volatile(
        "adds %0, %2, %3\n str %5, [%4]\n dsb\n isb\n mrs %1, apsr"
        : "=&l"(result), "=r"(flags) : "l"(left), "l"(b), "l"(place), "l"(one) : "cc", "memory");
    CHECK(result == a + b && (flags >> 31) == (result >> 31));
    CHECK((flags >> 30 & 1) == (result == 0) && (flags >> 29 & 1) == (result < a));
    logged = 0;
  }
  log[0] = 0;
}

int main(void) {
  SHPR2 = 0x40u << 24;
  SHPR3 = 0xC0u << 16 | 0x80u << 24;
  nesting();
  masking();
  supervisor_calls();
  clock();
  transparency();
  return 0;
}
