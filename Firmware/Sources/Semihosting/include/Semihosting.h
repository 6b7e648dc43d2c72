// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#ifndef SEMIHOSTING_H
#define SEMIHOSTING_H

#include <stdint.h>

// Ends the run of an emulator: SYS_EXIT, ADP_Stopped_ApplicationExit (Arm semihosting for AArch32,
// 3.3.1). On a board without a debugger this is a HardFault; only measuring images use it.
static inline void semihosting_exit(void) {
  register uint32_t operation __asm__("r0") = 0x18;
  register uint32_t reason __asm__("r1") = 0x20026;
  __asm__ volatile("bkpt 0xAB" : : "r"(operation), "r"(reason) : "memory");
}

/// Prints a text that ends with a zero byte: SYS_WRITE0 (3.3.20).
static inline void semihosting_write(const uint8_t *_Nonnull text) {
  register uint32_t operation __asm__("r0") = 0x04;
  register uint32_t argument __asm__("r1") = (uint32_t)text;
  __asm__ volatile("bkpt 0xAB" : "+r"(operation) : "r"(argument) : "memory");
}

#endif
