// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#include <stdint.h>

// Laid out by the linker script that FirmwareBuild writes from the board's file.
extern uint32_t __data_start[], __data_end[], __bss_start[], __bss_end[];
extern const uint32_t __data_load[], __vectors[];

// Armv7-M Architecture Reference Manual, B3.2.2.
static volatile uint32_t *const VTOR = (volatile uint32_t *)0xE000ED08;
static volatile uint32_t *const CPACR = (volatile uint32_t *)0xE000ED88;

int main(void);

__attribute__((noreturn, minsize)) void Reset_Handler(void) {
  // A bootloader has pointed VTOR here already; a debugger that starts the image has not.
  *VTOR = (uint32_t)__vectors;
#if defined(__ARM_FP)
  *CPACR |= 0xFu << 20;
  __asm volatile("dsb\n isb" ::: "memory");
#endif
  const uint32_t *source = __data_load;
  for (uint32_t *word = __data_start; word < __data_end;) *word++ = *source++;
  for (uint32_t *word = __bss_start; word < __bss_end;) *word++ = 0;
  main();
  for (;;) __asm volatile("wfe");
}
