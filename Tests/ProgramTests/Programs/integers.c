// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Integer arithmetic against itself: quotients against products, rotations against shifts, and
// checksums that must be the same wherever the program runs.

#include "program.h"

static NOINLINE int32_t divide(int32_t a, int32_t b) { return a / b; }
static NOINLINE uint32_t divide_unsigned(uint32_t a, uint32_t b) { return a / b; }
static NOINLINE uint32_t rotate(uint32_t a, unsigned n) {
  return a >> (n & 31) | a << (-n & 31);
}

static void division(void) {
  uint32_t hash = HASH_SEED;
  for (int turn = 0; turn < 2000; turn += 1) {
    uint32_t a = random32(), b = random32() >> (turn & 31);
    if (b == 0) b = 3;
    uint32_t q = divide_unsigned(a, b), r = a % b;
    CHECK(q * b + r == a && r < b);
    int32_t sq = divide((int32_t)a, (int32_t)(b | 1)), sr = (int32_t)a % (int32_t)(b | 1);
    CHECK((uint32_t)sq * (b | 1) + (uint32_t)sr == a);
    CHECK(sr == 0 || (sr < 0) == ((int32_t)a < 0));
    hash = mix(mix(mix(hash, q), r), (uint32_t)sq);
    hash = mix(hash, a / 10 + a % 10 + a / 7 + (uint32_t)((int32_t)a / 12));
  }
  CHECK(divide_unsigned(0xFFFFFFFF, 1) == 0xFFFFFFFF);
  CHECK(divide(-7, 2) == -3 && divide(7, -2) == -3);
  report("division", hash);
}

static void shifts(void) {
  uint32_t hash = HASH_SEED;
  for (unsigned n = 0; n < 32; n += 1) {
    for (int turn = 0; turn < 20; turn += 1) {
      uint32_t a = random32();
      CHECK(rotate(rotate(a, n), 32 - n) == a);
      int32_t arithmetic = (int32_t)a >> n;
      uint32_t sign = (int32_t)a < 0 ? ~(0xFFFFFFFFu >> n) : 0;
      CHECK((uint32_t)arithmetic == (a >> n | sign));
      hash = mix(mix(hash, (uint32_t)arithmetic ^ a << n), rotate(a, n));
    }
  }
  report("shifts", hash);
}

static uint32_t multiply_by_halves(uint32_t a, uint32_t b, uint32_t *high) {
  uint32_t ll = (a & 0xFFFF) * (b & 0xFFFF), lh = (a & 0xFFFF) * (b >> 16);
  uint32_t hl = (a >> 16) * (b & 0xFFFF), hh = (a >> 16) * (b >> 16);
  uint32_t middle = (ll >> 16) + (lh & 0xFFFF) + (hl & 0xFFFF);
  *high = hh + (lh >> 16) + (hl >> 16) + (middle >> 16);
  return middle << 16 | (ll & 0xFFFF);
}

static void multiplication(void) {
  uint32_t hash = HASH_SEED;
  uint64_t sum = 0;
  int64_t signed_sum = 0;
  for (int turn = 0; turn < 1000; turn += 1) {
    uint32_t a = random32(), b = random32() >> (turn & 15), high;
    uint32_t low = multiply_by_halves(a, b, &high);
    uint64_t product = (uint64_t)a * b;
    CHECK((uint32_t)product == low && (uint32_t)(product >> 32) == high);
    sum += product;
    signed_sum += (int64_t)(int32_t)a * (int32_t)b;
    CHECK((uint32_t)((int32_t)a * (int64_t)(int16_t)b) == a * (uint32_t)(int16_t)b);
    hash = mix(mix(hash, low), high ^ (uint32_t)(signed_sum >> 20));
  }
  report("multiplication", hash);
  report64("sum", sum);
  report64("signed sum", (uint64_t)signed_sum);
}

static void narrow_types(void) {
  uint32_t hash = HASH_SEED;
  int8_t a = 0;
  uint8_t b = 0;
  int16_t c = 0;
  uint16_t d = 0;
  for (int turn = 0; turn < 3000; turn += 1) {
    a = (int8_t)(a * 5 + 13);
    b = (uint8_t)(b * 5 + 13);
    c = (int16_t)(c * 25173 + 13849);
    d = (uint16_t)(d * 25173 + 13849);
    CHECK((uint8_t)a == b && (uint16_t)c == d);
    CHECK((a < 0) == (b > 127) && (c < 0) == (d > 32767));
    hash = mix(hash, (uint32_t)(a + c) ^ (uint32_t)(b << 8 | d));
  }
  report("narrow", hash);
}

struct packed {
  uint32_t a : 3;
  int32_t b : 7;
  uint32_t c : 11;
  int32_t d : 11;
};

static void bit_fields(void) {
  uint32_t hash = HASH_SEED;
  volatile struct packed fields;
  for (int turn = 0; turn < 500; turn += 1) {
    uint32_t word = random32();
    fields.a = word & 7;
    fields.b = (int32_t)(word << 22) >> 25;
    fields.c = word >> 10 & 0x7FF;
    fields.d = (int32_t)word >> 21;
    uint32_t whole = *(volatile uint32_t *)&fields;
    CHECK(whole == word);
    CHECK(fields.b == (int32_t)(word << 22) >> 25 && fields.d == (int32_t)word >> 21);
    hash = mix(hash, (uint32_t)(fields.a + fields.b + fields.c + fields.d));
  }
  report("fields", hash);
}

static void carries(void) {
  uint32_t hash = HASH_SEED;
  for (int turn = 0; turn < 500; turn += 1) {
    uint32_t a = random32() | 0xF0000000, b = random32(), sum;
    int carry = __builtin_add_overflow(a, b, &sum);
    CHECK(carry == (sum < a));
    int32_t difference, total;
    int wraps = __builtin_sub_overflow((int32_t)a, (int32_t)b, &difference);
    int64_t exact = (int64_t)(int32_t)a - (int32_t)b;
    CHECK(wraps == (exact != difference));
    int adds = __builtin_add_overflow((int32_t)a, (int32_t)b, &total);
    CHECK(adds == ((int64_t)(int32_t)a + (int32_t)b != total));
    hash = mix(hash, sum ^ (uint32_t)(carry + 2 * wraps + 4 * adds));
  }
  report("carries", hash);
}

int main(void) {
  division();
  shifts();
  multiplication();
  narrow_types();
  bit_fields();
  carries();
  return 0;
}
