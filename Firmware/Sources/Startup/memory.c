// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#include <stddef.h>
#include <stdint.h>

// The compilers call these by name (Run-time ABI for the Arm Architecture, 5.3). Copies go by
// words, which Armv7-M also reads and writes unaligned. `no_builtin` keeps the optimiser from
// recognising a loop as the very function that it is in; `minsize` from unrolling it into 500
// bytes.
#define MEMORY_FUNCTION \
  __attribute__((used, minsize, no_builtin("memcpy", "memmove", "memset")))
#define ALIAS(function) __attribute__((used, alias(#function)))

typedef uint32_t __attribute__((aligned(1), may_alias)) unaligned_word;

MEMORY_FUNCTION void *memmove(void *destination, const void *source, size_t count) {
  uint8_t *to = destination;
  const uint8_t *from = source;
  if (to <= from) {
    for (; count >= 4; count -= 4, to += 4, from += 4)
      *(unaligned_word *)to = *(const unaligned_word *)from;
    while (count--) *to++ = *from++;
  } else {
    to += count;
    from += count;
    for (; count >= 4; count -= 4)
      *(unaligned_word *)(to -= 4) = *(const unaligned_word *)(from -= 4);
    while (count--) *--to = *--from;
  }
  return destination;
}

MEMORY_FUNCTION void *memset(void *destination, int value, size_t count) {
  uint8_t *to = destination;
  const uint32_t word = (uint8_t)value * 0x01010101u;
  for (; count >= 4; count -= 4, to += 4) *(unaligned_word *)to = word;
  while (count--) *to++ = (uint8_t)value;
  return destination;
}

MEMORY_FUNCTION void __aeabi_memset(void *destination, size_t count, int value) {
  memset(destination, value, count);
}

MEMORY_FUNCTION void __aeabi_memclr(void *destination, size_t count) {
  memset(destination, 0, count);
}

void *memcpy(void *, const void *, size_t) ALIAS(memmove);
void __aeabi_memcpy(void *, const void *, size_t) ALIAS(memmove);
void __aeabi_memcpy4(void *, const void *, size_t) ALIAS(memmove);
void __aeabi_memcpy8(void *, const void *, size_t) ALIAS(memmove);
void __aeabi_memmove(void *, const void *, size_t) ALIAS(memmove);
void __aeabi_memmove4(void *, const void *, size_t) ALIAS(memmove);
void __aeabi_memmove8(void *, const void *, size_t) ALIAS(memmove);
void __aeabi_memset4(void *, size_t, int) ALIAS(__aeabi_memset);
void __aeabi_memset8(void *, size_t, int) ALIAS(__aeabi_memset);
void __aeabi_memclr4(void *, size_t) ALIAS(__aeabi_memclr);
void __aeabi_memclr8(void *, size_t) ALIAS(__aeabi_memclr);
