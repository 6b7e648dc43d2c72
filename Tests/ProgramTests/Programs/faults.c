// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Faults that are survived: each is provoked, seen with the right status, stepped over.

#include "system.h"

static volatile uint32_t count, kind;
#if __ARM_ARCH >= 7
static volatile uint32_t status, hard_status, address;
#endif
static volatile uint32_t skip;

static void note(struct frame *frame) {
  count += 1;
  kind = READ_SPECIAL("ipsr") & 0x1FF;
#if __ARM_ARCH >= 7
  status = CFSR;
  hard_status = HFSR;
  if (status & 1u << 15) address = BFAR;
  CFSR = status;
  HFSR = hard_status;
#endif
  if (skip == 0) {
    // The caller's address: for a branch to where nothing runs.
    frame->pc = frame->lr & ~1u;
    frame->xpsr |= 1u << 24;
  } else {
    frame->pc += skip;
  }
}

__attribute__((used)) void any_fault(struct frame *frame) { note(frame); }
FRAME_HANDLER(hard_fault_handler, any_fault);
FRAME_HANDLER(usage_fault_handler, any_fault);
FRAME_HANDLER(bus_fault_handler, any_fault);
FRAME_HANDLER(memory_fault_handler, any_fault);

/// One fault since the last call, of this exception and with these bits of CFSR.
static void expect(const char *name, uint32_t exception, uint32_t bits) {
  CHECK(count == 1);
#if __ARM_ARCH >= 7
  CHECK(kind == exception);
  CHECK(status == bits);
#else
  (void)bits;
  (void)exception;
  CHECK(kind == 3);
#endif
  print(name);
  print(" taken\n");
  count = 0;
}

#if __ARM_ARCH >= 7
static NOINLINE uint32_t divide(uint32_t a, uint32_t b) {
  uint32_t result = 77;
  // The barrier is for QEMU 7.2, which drops what the same block of its wrote to the register.
  __asm volatile("isb\n udiv %0, %1, %2" : "+r"(result) : "r"(a), "r"(b));
  return result;
}
#endif

static void undefined(uint32_t exception) {
  skip = 2;
  __asm volatile("udf #3" ::: "memory");
  expect("undefined", exception, 1u << 16);
}

static void invalid_state(uint32_t exception) {
  skip = 0;
  register uint32_t target __asm("r3") = 0x101 & ~1u;
  __asm volatile("blx %0" ::"r"(target) : "lr", "memory", "cc", "r0", "r1", "r2", "r12");
  expect("no Thumb bit", exception, 1u << 17);
}

static void unmapped(uint32_t exception) {
  skip = 2;
  register uint32_t place __asm("r4") = 0x3F000010, value __asm("r5") = 5;
  __asm volatile("ldr %1, [%0]" : "+l"(place), "+l"(value)::"memory");
#if __ARM_ARCH >= 7
  expect("load from nowhere", exception, 1u << 9 | 1u << 15);
  CHECK(address == 0x3F000010);
#else
  expect("load from nowhere", exception, 0);
#endif
  CHECK(value == 5);
}

static void unaligned(uint32_t exception) {
  static uint32_t words[4] = {0x11223344, 0x55667788, 3, 4};
  register uint32_t place __asm("r4") = (uint32_t)(uintptr_t)words + 1, value __asm("r5") = 5;
#if __ARM_ARCH >= 7
  skip = 2;
  __asm volatile("ldr %1, [%0]" : "+l"(place), "+l"(value)::"memory");
  CHECK(count == 0 && value == 0x88112233);
  skip = 4;
  __asm volatile("ldrd r0, r1, [%0]" ::"r"(place) : "r0", "r1", "memory");
  expect("unaligned pair", exception, 1u << 24);
  CCR |= 1u << 3;
  barrier();
#endif
  skip = 2;
  value = 5;
  __asm volatile("ldr %1, [%0]" : "+l"(place), "+l"(value)::"memory");
  expect("unaligned word", exception, 1u << 24);
  CHECK(value == 5);
#if __ARM_ARCH >= 7
  CCR &= ~(1u << 3);
  barrier();
#endif
}

#if __ARM_ARCH >= 7
static void division(uint32_t exception) {
  skip = 4;
  CHECK(divide(10, 0) == 0 && count == 0);
  CCR |= 1u << 4;
  barrier();
  CHECK(divide(10, 0) == 77);
  expect("division by zero", exception, 1u << 25);
  CHECK(divide(10, 3) == 3 && count == 0);
  CCR &= ~(1u << 4);
}

static void no_coprocessor(uint32_t exception) {
  skip = 4;
#if defined(__ARM_FP)
  uint32_t access = REGISTER(0xE000ED88);
  REGISTER(0xE000ED88) = access & ~(0xFu << 20);
  barrier();
  __asm volatile("vmov.f32 s0, s1" ::: "memory");
  expect("no coprocessor", exception, 1u << 19);
  REGISTER(0xE000ED88) = access;
  barrier();
#else
  (void)exception;
#endif
}
#endif

static void all(const uint32_t usage, const uint32_t bus) {
  undefined(usage);
  invalid_state(usage);
  unaligned(usage);
  unmapped(bus);
#if __ARM_ARCH >= 7
  division(usage);
  no_coprocessor(usage);
#else
  (void)bus;
#endif
}

int main(void) {
#if __ARM_ARCH >= 7
  print("as hard faults\n");
  all(3, 3);
  CHECK(hard_status == 1u << 30);
  print("as themselves\n");
  SHCSR |= 7u << 16;
  barrier();
  all(6, 5);
  CHECK(hard_status == 0);
#else
  all(3, 3);
#endif
  return 0;
}
