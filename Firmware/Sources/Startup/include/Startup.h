// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What every image starts with: the vector table, the reset handler, the memory functions that
/// the compilers call by name, and the core's instructions that Swift cannot spell.
#ifndef STARTUP_H
#define STARTUP_H

/// Sleeps until an event: an interrupt taken, or one that left its mark since the last call
/// (Armv7-M Architecture Reference Manual, B1.5.18). No wake-up is lost between test and sleep.
static inline __attribute__((always_inline)) void waitForEvent(void) {
  __asm volatile("wfe" ::: "memory");
}

/// Orders memory accesses before and after, for the compiler and for EasyDMA.
static inline __attribute__((always_inline)) void dataMemoryBarrier(void) {
  __asm volatile("dmb" ::: "memory");
}

#endif
