// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Text, memory and numbers without a C library.

#include "program.h"

// Keeps compilers from turning the loops below into calls of the functions that they are in.
#define PLAIN_LOOP() __asm volatile("" ::: "memory")

void *memcpy(void *target, const void *source, size_t count) {
  char *to = target;
  const char *from = source;
  for (; count != 0; count -= 1) {
    *to++ = *from++;
    PLAIN_LOOP();
  }
  return target;
}

void *memmove(void *target, const void *source, size_t count) {
  char *to = target;
  const char *from = source;
  if (to <= from) return memcpy(target, source, count);
  while (count-- != 0) {
    to[count] = from[count];
    PLAIN_LOOP();
  }
  return target;
}

void *memset(void *target, int byte, size_t count) {
  char *to = target;
  for (; count != 0; count -= 1) {
    *to++ = (char)byte;
    PLAIN_LOOP();
  }
  return target;
}

// The names by which the Arm run-time ABI knows them (IHI 0043, 5.3.4).
#define ALIGNED(name, parameters, body) \
  void name parameters { body; }        \
  void name##4 parameters { body; }     \
  void name##8 parameters { body; }
ALIGNED(__aeabi_memcpy, (void *to, const void *from, size_t count), memcpy(to, from, count))
ALIGNED(__aeabi_memmove, (void *to, const void *from, size_t count), memmove(to, from, count))
ALIGNED(__aeabi_memset, (void *to, size_t count, int byte), memset(to, byte, count))
ALIGNED(__aeabi_memclr, (void *to, size_t count), memset(to, 0, count))

int memcmp(const void *a, const void *b, size_t count) {
  const unsigned char *left = a, *right = b;
  for (; count != 0; count -= 1, left += 1, right += 1) {
    if (*left != *right) return *left - *right;
  }
  return 0;
}

size_t strlen(const char *text) {
  size_t count = 0;
  while (text[count] != 0) {
    count += 1;
    PLAIN_LOOP();
  }
  return count;
}

int strcmp(const char *a, const char *b) {
  for (; *a != 0 && *a == *b; a += 1, b += 1) {
  }
  return (unsigned char)*a - (unsigned char)*b;
}

void print_unsigned(uint32_t value) {
  char digits[11];
  char *at = digits + 10;
  *at = 0;
  do {
    *--at = (char)('0' + value % 10);
    value /= 10;
  } while (value != 0);
  print(at);
}

void print_signed(int32_t value) {
  if (value < 0) print("-");
  print_unsigned(value < 0 ? 0u - (uint32_t)value : (uint32_t)value);
}

void print_hex(uint32_t value) {
  char digits[9];
  for (int index = 0; index < 8; index += 1) {
    digits[index] = "0123456789abcdef"[value >> (28 - 4 * index) & 15];
  }
  digits[8] = 0;
  print(digits);
}

void print_hex64(uint64_t value) {
  print_hex((uint32_t)(value >> 32));
  print_hex((uint32_t)value);
}

void report(const char *name, uint32_t value) {
  print(name);
  print(" ");
  print_hex(value);
  print("\n");
}

void report64(const char *name, uint64_t value) {
  print(name);
  print(" ");
  print_hex64(value);
  print("\n");
}

static uint32_t state = 0x2545F491;

void seed_random(uint32_t seed) { state = seed != 0 ? seed : 1; }

uint32_t random32(void) {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state;
}

uint32_t mix(uint32_t hash, uint32_t word) {
  for (int index = 0; index < 4; index += 1) {
    hash = (hash ^ (word & 0xFF)) * 0x01000193u;
    word >>= 8;
  }
  return hash;
}
