// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// What the programs share: text by semihosting, checks, and a seeded source of numbers. No C
// library, so that every instruction of a program is our own or the compiler's.

#ifndef PROGRAM_H
#define PROGRAM_H

#include <stddef.h>
#include <stdint.h>

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define NOINLINE __attribute__((noinline))

/// A failed check is printed with its place and makes the exit status 1.
#define CHECK(condition) check((condition) != 0, __FILE_NAME__, __LINE__, #condition)

#ifndef __FILE_NAME__
#define __FILE_NAME__ __FILE__
#endif

void check(int holds, const char *file, int line, const char *what);
void print(const char *text);
void print_unsigned(uint32_t value);
void print_signed(int32_t value);
void print_hex(uint32_t value);
void print_hex64(uint64_t value);
/// "name value\n", the value in hexadecimal.
void report(const char *name, uint32_t value);
void report64(const char *name, uint64_t value);

/// xorshift32 from a fixed seed: the same numbers wherever a program runs.
uint32_t random32(void);
void seed_random(uint32_t seed);
/// FNV-1a over the four bytes of a word.
uint32_t mix(uint32_t hash, uint32_t word);
#define HASH_SEED 0x811C9DC5u

void *memcpy(void *target, const void *source, size_t count);
void *memmove(void *target, const void *source, size_t count);
void *memset(void *target, int byte, size_t count);
int memcmp(const void *a, const void *b, size_t count);
size_t strlen(const char *text);
int strcmp(const char *a, const char *b);

/// Ends the program; statuses other than 0 are failures.
__attribute__((noreturn)) void leave(uint32_t status);

static inline void barrier(void) { __asm volatile("dsb\n isb" ::: "memory"); }

int main(void);

#endif
