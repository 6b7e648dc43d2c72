// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Reset, the vector table, and the end of a program.

#include "program.h"

extern uint32_t __stack_top[], __data_start[], __data_end[], __data_load[];
extern uint32_t __bss_start[], __bss_end[];

static uint32_t failures;

static uintptr_t semihost(uint32_t call, uintptr_t argument) {
  register uintptr_t r0 __asm("r0") = call;
  register uintptr_t r1 __asm("r1") = argument;
  __asm volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

void leave(uint32_t status) {
  const uint32_t block[2] = {0x20026, status};
  semihost(0x20, (uintptr_t)block);
  for (;;) {
  }
}

void print(const char *text) { semihost(0x04, (uintptr_t)text); }

void check(int holds, const char *file, int line, const char *what) {
  if (holds) return;
  failures += 1;
  if (failures > 20) return;
  print(file);
  print(":");
  print_unsigned(line);
  print(": not so: ");
  print(what);
  print("\n");
}

void reset(void) {
#if defined(__ARM_FP)
  REGISTER(0xE000ED88) |= 0xFu << 20;
  barrier();
#endif
  for (uint32_t *to = __data_start, *from = __data_load; to < __data_end;) *to++ = *from++;
  for (uint32_t *to = __bss_start; to < __bss_end;) *to++ = 0;
  int status = main();
  print(failures == 0 ? "passed\n" : "FAILED\n");
  leave(status != 0 || failures != 0);
}

static void unexpected(void) {
  uint32_t number;
  __asm volatile("mrs %0, ipsr" : "=r"(number));
  print("unexpected exception ");
  print_unsigned(number);
  print("\n");
  leave(2);
}

#define WEAK __attribute__((weak, alias("unexpected")))
void nmi_handler(void) WEAK;
void hard_fault_handler(void) WEAK;
void memory_fault_handler(void) WEAK;
void bus_fault_handler(void) WEAK;
void usage_fault_handler(void) WEAK;
void svc_handler(void) WEAK;
void debug_handler(void) WEAK;
void pendsv_handler(void) WEAK;
void systick_handler(void) WEAK;
/// All external interrupts.
void interrupt_handler(void) WEAK;

__attribute__((section(".vectors"), used)) static const void *const vectors[16 + 32] = {
    __stack_top, reset, nmi_handler, hard_fault_handler, memory_fault_handler,
    bus_fault_handler, usage_fault_handler, 0, 0, 0, 0, svc_handler, debug_handler, 0,
    pendsv_handler, systick_handler,
#define FOUR interrupt_handler, interrupt_handler, interrupt_handler, interrupt_handler
    FOUR, FOUR, FOUR, FOUR, FOUR, FOUR, FOUR, FOUR,
};
