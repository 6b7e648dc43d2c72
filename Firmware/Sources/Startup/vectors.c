// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#include <stdint.h>

typedef void (*Handler)(void);

extern uint32_t __stack_top[];
void Reset_Handler(void);

/// Where every exception ends that the application does not handle. It stays here, so that a
/// debugger finds it; the emulator stops the run and reports what happened.
__attribute__((noreturn, used)) void Unhandled_Exception(void) {
  for (;;) __asm volatile("");
}

#define HANDLER(name) __attribute__((weak, alias("Unhandled_Exception"))) void name(void);

// A handler is a function of this name, in Swift or in C: it takes the place of the weak one.
HANDLER(NMI_Handler)
HANDLER(HardFault_Handler)
HANDLER(MemManage_Handler)
HANDLER(BusFault_Handler)
HANDLER(UsageFault_Handler)
HANDLER(SVC_Handler)
HANDLER(DebugMonitor_Handler)
HANDLER(PendSV_Handler)
HANDLER(SysTick_Handler)

/// The core's exceptions behind the initial stack pointer (Armv7-M Architecture Reference Manual,
/// B1.5.2; Armv6-M leaves some out).
#define CORE_EXCEPTIONS \
  __stack_top, { \
    Reset_Handler, NMI_Handler, HardFault_Handler, \
    MemManage_Handler, BusFault_Handler, UsageFault_Handler, \
    Unhandled_Exception, Unhandled_Exception, Unhandled_Exception, \
    Unhandled_Exception, SVC_Handler, DebugMonitor_Handler, \
    Unhandled_Exception, PendSV_Handler, SysTick_Handler, \
  }

/// A chip's table: the linker script takes the one of the board's chip.
#define VECTOR_TABLE(chip, count) \
  __attribute__((section(".vectors." #chip), used)) static const struct { \
    uint32_t *stackTop; \
    Handler exceptions[15]; \
    Handler interrupts[count]; \
  } chip

#include "Chips/NRF52840.h"
#include "Chips/SAMD21.h"
