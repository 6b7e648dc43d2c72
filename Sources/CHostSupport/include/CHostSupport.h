// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#ifndef BREADBOARD_C_HOST_SUPPORT_H
#define BREADBOARD_C_HOST_SUPPORT_H

#include <stddef.h>
#include <stdint.h>

/// What a code generator must ask of its host and Swift has no words for.

#define CH_INLINE static inline __attribute__((unused))

#if defined(__x86_64__)

#include <cpuid.h>

/// CPUID of a leaf and subleaf; all zero where the leaf does not exist.
CH_INLINE void ch_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t registers[4]) {
  for (int i = 0; i < 4; i++) registers[i] = 0;
  __get_cpuid_count(leaf, subleaf, &registers[0], &registers[1], &registers[2], &registers[3]);
}

/// XCR0: which register files the operating system saves. Only where CPUID says OSXSAVE.
CH_INLINE uint64_t ch_extended_control(void) {
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (uint64_t)high << 32 | low;
}

#else

CH_INLINE void ch_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t registers[4]) {
  (void)leaf;
  (void)subleaf;
  for (int i = 0; i < 4; i++) registers[i] = 0;
}

CH_INLINE uint64_t ch_extended_control(void) { return 0; }

#endif

/// AArch64's FEAT_FlagM, which every Apple chip that runs macOS has.
#if defined(__aarch64__) && defined(__linux__)

#include <sys/auxv.h>

CH_INLINE int ch_has_flag_manipulation(void) { return getauxval(AT_HWCAP) >> 27 & 1; }

#elif defined(__aarch64__) && defined(__APPLE__)

CH_INLINE int ch_has_flag_manipulation(void) { return 1; }

#else

CH_INLINE int ch_has_flag_manipulation(void) { return 0; }

#endif

/// Makes code that was just written visible to instruction fetch. Nothing to do on x86-64.
CH_INLINE void ch_code_changed(const void *start, size_t count) {
  __builtin___clear_cache((char *)start, (char *)start + count);
}

#if defined(__APPLE__)

#include <pthread.h>

/// This thread may write pages mapped with MAP_JIT (1) or execute them (0).
CH_INLINE void ch_write_code(int writing) {
#if defined(__aarch64__)
  pthread_jit_write_protect_np(!writing);
#else
  (void)writing;
#endif
}

#elif defined(__linux__)

/// From sys/mman.h, which shows it only to GNU sources.
int memfd_create(const char *name, unsigned int flags);

/// A nameless file in memory, closed on exec; -1 where the system has none.
CH_INLINE int ch_memory_file(void) { return memfd_create("breadboard", 1); }

#endif

#endif
