// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// The core's own registers (ARMv7-M ARM, B3; ARMv6-M ARM, B3), as far as the programs use them.

#ifndef SYSTEM_H
#define SYSTEM_H

#include "program.h"

#define SYST_CSR REGISTER(0xE000E010)
#define SYST_RVR REGISTER(0xE000E014)
#define SYST_CVR REGISTER(0xE000E018)
#define NVIC_ISER REGISTER(0xE000E100)
#define NVIC_ICER REGISTER(0xE000E180)
#define NVIC_ISPR REGISTER(0xE000E200)
#define NVIC_ICPR REGISTER(0xE000E280)
#define NVIC_IABR REGISTER(0xE000E300)
#define NVIC_IPR(word) REGISTER(0xE000E400 + 4 * (word))
#define ICSR REGISTER(0xE000ED04)
#define VTOR REGISTER(0xE000ED08)
#define AIRCR REGISTER(0xE000ED0C)
#define SCR REGISTER(0xE000ED10)
#define CCR REGISTER(0xE000ED14)
#define SHPR2 REGISTER(0xE000ED1C)
#define SHPR3 REGISTER(0xE000ED20)
#define SHCSR REGISTER(0xE000ED24)
#define CFSR REGISTER(0xE000ED28)
#define HFSR REGISTER(0xE000ED2C)
#define MMFAR REGISTER(0xE000ED34)
#define BFAR REGISTER(0xE000ED38)
#define FPCCR REGISTER(0xE000EF34)
#define FPCAR REGISTER(0xE000EF38)

#define ICSR_PENDSVSET (1u << 28)
#define ICSR_PENDSTSET (1u << 26)

/// What exceptions push, as it lies on the stack.
struct frame {
  uint32_t r0, r1, r2, r3, r12, lr, pc, xpsr;
};

/// A handler that calls `body(frame, exc_return)` with the frame that the exception pushed.
#define FRAME_HANDLER(name, body)                                       \
  void name(void);                                                      \
  __asm(".syntax unified\n .thumb\n .text\n .balign 4\n .global " #name \
        "\n .type " #name ", %function\n .thumb_func\n " #name ":\n"    \
        "mov r1, lr\n movs r0, #4\n tst r0, r1\n beq 1f\n"              \
        "mrs r0, psp\n b 2f\n 1: mrs r0, msp\n 2: push {r4, lr}\n"      \
        "bl " #body "\n pop {r4, pc}\n")

#define READ_SPECIAL(name)                                \
  ({                                                      \
    uint32_t value_;                                      \
    __asm volatile("mrs %0, " name : "=r"(value_));       \
    value_;                                               \
  })
#define WRITE_SPECIAL(name, value) \
  __asm volatile("msr " name ", %0\n isb" ::"r"((uint32_t)(value)) : "memory")

static inline void set_priority(unsigned line, unsigned priority) {
  unsigned shift = line % 4 * 8;
  NVIC_IPR(line / 4) = (NVIC_IPR(line / 4) & ~(0xFFu << shift)) | priority << shift;
}

#endif
