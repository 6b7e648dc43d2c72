// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// 64-bit arithmetic: shifts and products by hand, division against multiplication, modular powers.

#include "program.h"

static uint64_t random64(void) {
  uint64_t high = random32();
  return high << 32 | random32();
}

static NOINLINE uint64_t shift_left(uint64_t a, unsigned n) { return a << n; }
static NOINLINE uint64_t shift_right(uint64_t a, unsigned n) { return a >> n; }
static NOINLINE int64_t shift_signed(int64_t a, unsigned n) { return a >> n; }

static void shifts(void) {
  uint64_t hash = 0;
  for (unsigned n = 0; n < 64; n += 1) {
    for (int turn = 0; turn < 8; turn += 1) {
      uint64_t a = random64(), left = shift_left(a, n), right = shift_right(a, n);
      uint64_t by_steps = a;
      for (unsigned step = 0; step < n; step += 1) by_steps += by_steps;
      CHECK(left == by_steps);
      CHECK(n == 0 || shift_left(right, n) == (a & ~(((uint64_t)1 << n) - 1)));
      int64_t arithmetic = shift_signed((int64_t)a, n);
      CHECK((arithmetic < 0) == ((int64_t)a < 0));
      hash = hash * 31 + left + right + (uint64_t)arithmetic;
    }
  }
  report64("shifts", hash);
}

static void division(void) {
  uint64_t hash = 0;
  for (int turn = 0; turn < 200; turn += 1) {
    uint64_t a = random64() >> (turn & 31), b = random64() >> (turn * 7 & 63);
    if (b == 0) b = 1;
    uint64_t q = a / b, r = a % b;
    CHECK(q * b + r == a && r < b);
    int64_t sa = (int64_t)a, sb = (int64_t)(b | 1);
    if (turn & 1) sa = -sa;
    int64_t sq = sa / sb, sr = sa % sb;
    CHECK(sq * sb + sr == sa);
    hash = hash * 31 + q + r + (uint64_t)sq + (uint64_t)sr;
  }
  report64("division", hash);
}

static uint64_t product_modulo(uint64_t a, uint64_t b, uint64_t m) {
  uint64_t result = 0;
  for (; b != 0; b >>= 1) {
    if (b & 1) result = (result + a) % m;
    a = (a + a) % m;
  }
  return result;
}

static uint64_t power_modulo(uint64_t base, uint64_t exponent, uint64_t m) {
  uint64_t result = 1;
  for (; exponent != 0; exponent >>= 1) {
    if (exponent & 1) result = product_modulo(result, base, m);
    base = product_modulo(base, base, m);
  }
  return result;
}

static uint64_t common_divisor(uint64_t a, uint64_t b) {
  while (b != 0) {
    uint64_t rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

static void numbers(void) {
  const uint64_t prime = ((uint64_t)1 << 61) - 1;  // Mersenne's
  for (uint64_t base = 2; base < 8; base += 1) CHECK(power_modulo(base, prime - 1, prime) == 1);
  CHECK(power_modulo(3, 12345, 1000003) == 3 * power_modulo(3, 12344, 1000003) % 1000003);
  uint64_t a = 1, b = 1;
  for (int index = 0; index < 88; index += 1) {
    uint64_t next = a + b;
    a = b;
    b = next;
  }
  CHECK(b == 2880067194370816120ull);
  CHECK(common_divisor(b, a) == 1);
  CHECK(common_divisor(1071ull << 40, 462ull << 40) == 21ull << 40);
  uint64_t factorial = 1;
  for (uint64_t n = 2; n <= 20; n += 1) factorial *= n;
  CHECK(factorial == 2432902008176640000ull);
  report64("fibonacci", b);
}

static void accumulate(void) {
  int64_t sum = 0;
  uint64_t unsigned_sum = ~(uint64_t)0;
  for (int turn = 0; turn < 1000; turn += 1) {
    int32_t a = (int32_t)random32(), b = (int32_t)random32();
    sum += (int64_t)a * b;
    unsigned_sum -= (uint64_t)(uint32_t)a * (uint32_t)b;
    CHECK((sum < 0) == (sum >> 63 != 0));
    CHECK((unsigned_sum > (uint64_t)sum) == !(unsigned_sum <= (uint64_t)sum));
  }
  report64("sum", (uint64_t)sum);
  report64("difference", unsigned_sum);
}

int main(void) {
  shifts();
  division();
  numbers();
  accumulate();
  return 0;
}
