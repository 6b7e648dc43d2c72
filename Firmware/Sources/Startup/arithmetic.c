// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#include <stdint.h>

// What Armv6-M has no instruction for, and the compilers call by name (Run-time ABI for the Arm
// Architecture, 4.2 and 4.3; GCC's libgcc for the rest). Division by zero gives 0.
#if defined(__ARM_ARCH) && __ARM_ARCH < 7

#define RUNTIME_FUNCTION __attribute__((used))
#define RUNTIME_ALIAS(function) __attribute__((used, alias(#function)))

/// Two results in r0 and r1.
static inline uint64_t pair(uint32_t first, uint32_t second) {
  return (uint64_t)second << 32 | first;
}

RUNTIME_FUNCTION uint64_t __aeabi_uidivmod(uint32_t dividend, uint32_t divisor) {
  if (divisor == 0) return pair(0, dividend);
  uint32_t quotient = 0, bit = 1;
  // The divisor moves up as far as the dividend reaches, so that small quotients are quick.
  while (divisor < dividend && (divisor & 0x80000000u) == 0) {
    divisor <<= 1;
    bit <<= 1;
  }
  for (; bit != 0; bit >>= 1, divisor >>= 1) {
    if (dividend < divisor) continue;
    dividend -= divisor;
    quotient |= bit;
  }
  return pair(quotient, dividend);
}

RUNTIME_FUNCTION uint32_t __aeabi_uidiv(uint32_t dividend, uint32_t divisor) {
  return (uint32_t)__aeabi_uidivmod(dividend, divisor);
}

static inline uint32_t magnitude(int32_t value) {
  return value < 0 ? 0u - (uint32_t)value : (uint32_t)value;
}

RUNTIME_FUNCTION uint64_t __aeabi_idivmod(int32_t dividend, int32_t divisor) {
  const uint64_t both = __aeabi_uidivmod(magnitude(dividend), magnitude(divisor));
  const uint32_t quotient = (uint32_t)both, remainder = (uint32_t)(both >> 32);
  return pair(
      (dividend ^ divisor) < 0 ? 0u - quotient : quotient,
      dividend < 0 ? 0u - remainder : remainder);
}

RUNTIME_FUNCTION int32_t __aeabi_idiv(int32_t dividend, int32_t divisor) {
  return (int32_t)(uint32_t)__aeabi_idivmod(dividend, divisor);
}

/// 64-bit product, from four products of halves and two of words.
RUNTIME_FUNCTION uint64_t __aeabi_lmul(uint64_t first, uint64_t second) {
  const uint32_t a = (uint32_t)first, b = (uint32_t)second;
  const uint32_t aLow = a & 0xFFFF, aHigh = a >> 16, bLow = b & 0xFFFF, bHigh = b >> 16;
  uint32_t low = aLow * bLow, high = aHigh * bHigh;
  const uint32_t middle = aHigh * bLow, other = aLow * bHigh;
  uint32_t sum = low + (middle << 16);
  high += (middle >> 16) + (sum < low);
  low = sum + (other << 16);
  high += (other >> 16) + (low < sum);
  high += a * (uint32_t)(second >> 32) + (uint32_t)(first >> 32) * b;
  return pair(low, high);
}

RUNTIME_FUNCTION uint64_t __aeabi_llsl(uint64_t value, int32_t count) {
  const uint32_t low = (uint32_t)value, high = (uint32_t)(value >> 32);
  if (count == 0) return value;
  if (count >= 32) return pair(0, low << (count - 32));
  return pair(low << count, high << count | low >> (32 - count));
}

RUNTIME_FUNCTION uint64_t __aeabi_llsr(uint64_t value, int32_t count) {
  const uint32_t low = (uint32_t)value, high = (uint32_t)(value >> 32);
  if (count == 0) return value;
  if (count >= 32) return pair(high >> (count - 32), 0);
  return pair(low >> count | high << (32 - count), high >> count);
}

RUNTIME_FUNCTION uint64_t __aeabi_lasr(uint64_t value, int32_t count) {
  const uint32_t low = (uint32_t)value;
  const int32_t high = (int32_t)(value >> 32);
  if (count == 0) return value;
  if (count >= 32) return pair((uint32_t)(high >> (count - 32)), (uint32_t)(high >> 31));
  return pair(low >> count | (uint32_t)high << (32 - count), (uint32_t)(high >> count));
}

RUNTIME_FUNCTION int __clzsi2(uint32_t value) {
  if (value == 0) return 32;
  int count = 0;
  for (int width = 16; width > 0; width >>= 1) {
    if (value >> (32 - width) != 0) continue;
    count += width;
    value <<= width;
  }
  return count;
}

// One core, and aligned values: a plain access is one access.
#define ATOMIC_ACCESS(size, type) \
  RUNTIME_FUNCTION type __atomic_load_##size(const volatile void *address, int order) { \
    (void)order; \
    __asm volatile("dmb" ::: "memory"); \
    const type value = *(const volatile type *)address; \
    __asm volatile("dmb" ::: "memory"); \
    return value; \
  } \
  RUNTIME_FUNCTION void __atomic_store_##size(volatile void *address, type value, int order) { \
    (void)order; \
    __asm volatile("dmb" ::: "memory"); \
    *(volatile type *)address = value; \
    __asm volatile("dmb" ::: "memory"); \
  }

ATOMIC_ACCESS(1, uint8_t)
ATOMIC_ACCESS(2, uint16_t)
ATOMIC_ACCESS(4, uint32_t)

#endif

#if defined(__ARM_FP)

/// A 64-bit integer as float, rounded to the nearest, to the even one of two (Run-time ABI, 4.1.2;
/// its helpers pass floats in core registers).
__attribute__((used, pcs("aapcs"))) float __aeabi_l2f(int64_t value) {
  if (value == (int32_t)value) return (float)(int32_t)value;
  uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
  int exponent = 0;
  uint32_t lost = 0;
  // 31 bits stay, more than a float's 24: what is lost below them only decides ties.
  for (; magnitude >> 31 != 0; magnitude >>= 1, exponent += 1) lost |= (uint32_t)magnitude & 1;
  union {
    uint32_t bits;
    float value;
  } scale = {.bits = (uint32_t)(127 + exponent) << 23};
  float result = (float)(int32_t)((uint32_t)magnitude | lost) * scale.value;
  return value < 0 ? -result : result;
}

/// Swift's square root, where the compiler does not put the instruction in its place.
__attribute__((used)) float sqrtf(float value) {
  float root;
  __asm("vsqrt.f32 %0, %1" : "=t"(root) : "t"(value));
  return root;
}

#endif
