// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// The DSP instructions against plain C. A core without them prints the same checksums from plain
// C alone.

#include "program.h"

static int32_t low(uint32_t x) { return (int16_t)x; }
static int32_t high(uint32_t x) { return (int16_t)(x >> 16); }

static int32_t clamp(int64_t x, int bits) {
  int64_t top = ((int64_t)1 << (bits - 1)) - 1;
  return (int32_t)(x > top ? top : x < -top - 1 ? -top - 1 : x);
}

static uint32_t clamp_unsigned(int64_t x, int bits) {
  int64_t top = ((int64_t)1 << bits) - 1;
  return (uint32_t)(x > top ? top : x < 0 ? 0 : x);
}

static uint32_t halves(int32_t top, int32_t bottom) {
  return (uint32_t)top << 16 | (uint16_t)bottom;
}

static int32_t signed_byte(uint32_t x, int lane) { return (int8_t)(x >> 8 * lane); }
static uint32_t byte(uint32_t x, int lane) { return x >> 8 * lane & 0xFF; }

#if defined(__ARM_FEATURE_DSP)
#define TWO(name, a, b)                                                          \
  ({                                                                             \
    uint32_t result;                                                             \
    __asm volatile(name " %0, %1, %2" : "=r"(result) : "r"(a), "r"(b) : "cc");  \
    result;                                                                      \
  })
#define THREE(name, a, b, c)                                                     \
  ({                                                                             \
    uint32_t result;                                                             \
    __asm volatile(name " %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(c) : "cc"); \
    result;                                                                      \
  })
#define EXPECT_TWO(name, a, b, plain) CHECK(TWO(name, a, b) == (plain))
#define EXPECT_THREE(name, a, b, c, plain) CHECK(THREE(name, a, b, c) == (plain))
#else
#define EXPECT_TWO(name, a, b, plain) ((void)0)
#define EXPECT_THREE(name, a, b, c, plain) ((void)(c))
#endif

static uint32_t sat_add16(uint32_t a, uint32_t b) {
  return halves(clamp((int64_t)high(a) + high(b), 16), clamp((int64_t)low(a) + low(b), 16));
}

static uint32_t by_bytes(uint32_t a, uint32_t b, int kind) {
  uint32_t result = 0;
  for (int lane = 0; lane < 4; lane += 1) {
    int32_t x = signed_byte(a, lane), y = signed_byte(b, lane);
    uint32_t p = byte(a, lane), q = byte(b, lane), v = 0;
    switch (kind) {
      case 0: v = (uint32_t)clamp(x + y, 8); break;
      case 1: v = (uint32_t)clamp(x - y, 8); break;
      case 2: v = clamp_unsigned((int64_t)p + q, 8); break;
      case 3: v = clamp_unsigned((int64_t)p - q, 8); break;
      case 4: v = (uint32_t)((x + y) >> 1); break;
      case 5: v = (p + q) >> 1; break;
      case 6: v = (uint32_t)(x + y); break;
      case 7: v = p - q; break;
    }
    result |= (v & 0xFF) << 8 * lane;
  }
  return result;
}

static uint32_t differences(uint32_t a, uint32_t b) {
  uint32_t sum = 0;
  for (int lane = 0; lane < 4; lane += 1) {
    uint32_t p = byte(a, lane), q = byte(b, lane);
    sum += p > q ? p - q : q - p;
  }
  return sum;
}

static uint32_t packed(uint32_t a, uint32_t b, uint32_t hash) {
  EXPECT_TWO("qadd16", a, b, sat_add16(a, b));
  uint32_t exchanged = halves(clamp((int64_t)high(a) + low(b), 16),
                              clamp((int64_t)low(a) - high(b), 16));
  EXPECT_TWO("qasx", a, b, exchanged);
  uint32_t results[8];
  for (int kind = 0; kind < 8; kind += 1) {
    results[kind] = by_bytes(a, b, kind);
    hash = mix(hash, results[kind]);
  }
  EXPECT_TWO("qadd8", a, b, results[0]);
  EXPECT_TWO("qsub8", a, b, results[1]);
  EXPECT_TWO("uqadd8", a, b, results[2]);
  EXPECT_TWO("uqsub8", a, b, results[3]);
  EXPECT_TWO("shadd8", a, b, results[4]);
  EXPECT_TWO("uhadd8", a, b, results[5]);
  EXPECT_TWO("sadd8", a, b, results[6]);
  EXPECT_TWO("usub8", a, b, results[7]);
  EXPECT_TWO("usad8", a, b, differences(a, b));
  EXPECT_THREE("usada8", a, b, hash, differences(a, b) + hash);
  return mix(mix(hash, sat_add16(a, b) ^ exchanged), differences(a, b));
}

static uint32_t products(uint32_t a, uint32_t b, uint32_t c, uint32_t hash) {
  uint32_t straight = (uint32_t)(low(a) * low(b)) + (uint32_t)(high(a) * high(b));
  uint32_t crossed = (uint32_t)(low(a) * high(b)) + (uint32_t)(high(a) * low(b));
  uint32_t minus = (uint32_t)(low(a) * low(b)) - (uint32_t)(high(a) * high(b));
  EXPECT_TWO("smuad", a, b, straight);
  EXPECT_TWO("smuadx", a, b, crossed);
  EXPECT_TWO("smusd", a, b, minus);
  EXPECT_THREE("smlad", a, b, c, straight + c);
  EXPECT_THREE("smladx", a, b, c, crossed + c);
  EXPECT_THREE("smlsd", a, b, c, minus + c);
  uint32_t wide = (uint32_t)((int64_t)(int32_t)a * low(b) >> 16);
  EXPECT_TWO("smulwb", a, b, wide);
  EXPECT_THREE("smlawb", a, b, c, wide + c);
  EXPECT_TWO("smulbt", a, b, (uint32_t)(low(a) * high(b)));
  EXPECT_THREE("smlatt", a, b, c, (uint32_t)(high(a) * high(b)) + c);
  uint64_t product = (uint64_t)((int64_t)(int32_t)a * (int32_t)b);
  uint32_t top = (uint32_t)(product >> 32);
  uint32_t rounded = (uint32_t)((product + 0x80000000u) >> 32);
  EXPECT_TWO("smmul", a, b, top);
  EXPECT_TWO("smmulr", a, b, rounded);
  EXPECT_THREE("smmla", a, b, c, top + c);
  return mix(mix(mix(hash, straight ^ crossed), minus ^ wide), top + rounded);
}

static uint32_t saturation(uint32_t a, uint32_t b, uint32_t hash) {
  int32_t x = (int32_t)a, y = (int32_t)b;
  uint32_t sum = (uint32_t)clamp((int64_t)x + y, 32);
  uint32_t twice = (uint32_t)clamp((int64_t)x - clamp((int64_t)y * 2, 32), 32);
  EXPECT_TWO("qadd", a, b, sum);
  EXPECT_TWO("qsub", a, b, (uint32_t)clamp((int64_t)x - y, 32));
  EXPECT_TWO("qdsub", a, b, twice);
#if defined(__ARM_FEATURE_DSP)
  uint32_t result;
  __asm volatile("ssat %0, #12, %1, asr #3" : "=r"(result) : "r"(a));
  CHECK((int32_t)result == clamp(x >> 3, 12));
  __asm volatile("usat %0, #9, %1, lsl #2" : "=r"(result) : "r"(a));
  CHECK(result == clamp_unsigned((int32_t)(a << 2), 9));
  __asm volatile("ssat16 %0, #10, %1" : "=r"(result) : "r"(a));
  CHECK(result == halves(clamp(high(a), 10), clamp(low(a), 10)));
  __asm volatile("sxtb16 %0, %1, ror #8" : "=r"(result) : "r"(a));
  CHECK(result == halves(signed_byte(a, 3), signed_byte(a, 1)));
  __asm volatile("uxtab16 %0, %1, %2" : "=r"(result) : "r"(b), "r"(a));
  CHECK(result == halves(high(b) + (int32_t)byte(a, 2), low(b) + (int32_t)byte(a, 0)));
  __asm volatile("pkhbt %0, %1, %2, lsl #5" : "=r"(result) : "r"(a), "r"(b));
  CHECK(result == ((b << 5 & 0xFFFF0000) | (a & 0xFFFF)));
  // SEL takes each byte by the GE flags that the comparison left.
  __asm volatile("usub8 %0, %1, %2\n sel %0, %1, %2" : "=&r"(result) : "r"(a), "r"(b) : "cc");
  uint32_t larger = 0;
  for (int lane = 0; lane < 4; lane += 1) {
    uint32_t p = byte(a, lane), q = byte(b, lane);
    larger |= (p > q ? p : q) << 8 * lane;
  }
  CHECK(result == larger);
#endif
  hash = mix(hash, (uint32_t)clamp(x >> 3, 12) ^ clamp_unsigned((int32_t)(a << 2), 9));
  return mix(mix(hash, sum), twice);
}

static uint64_t accumulation(void) {
  uint64_t plain = 0;
#if defined(__ARM_FEATURE_DSP)
  uint32_t bottom = 0, top = 0;
#endif
  for (int turn = 0; turn < 200; turn += 1) {
    uint32_t a = random32(), b = random32();
    plain += (uint64_t)((int64_t)low(a) * low(b) + (int64_t)high(a) * high(b));
    plain += (uint64_t)((int64_t)low(a) * high(b) - (int64_t)high(a) * low(b));
#if defined(__ARM_FEATURE_DSP)
    __asm volatile("smlald %0, %1, %2, %3\n smlsldx %0, %1, %2, %3"
                   : "+r"(bottom), "+r"(top) : "r"(a), "r"(b));
    CHECK(plain == ((uint64_t)top << 32 | bottom));
#endif
  }
  return plain;
}

/// An FIR filter in Q15, the loop that these instructions were made for.
static uint32_t filter(void) {
  static int16_t samples[160], taps[16];
  uint32_t hash = HASH_SEED;
  for (size_t index = 0; index < COUNT(samples); index += 1) samples[index] = (int16_t)random32();
  for (size_t index = 0; index < COUNT(taps); index += 1) taps[index] = (int16_t)(random32() >> 3);
  for (size_t start = 0; start + COUNT(taps) <= COUNT(samples); start += 1) {
    uint32_t sum = 1 << 14;
    for (size_t tap = 0; tap < COUNT(taps); tap += 1) {
      sum += (uint32_t)(samples[start + tap] * taps[tap]);
    }
#if defined(__ARM_FEATURE_DSP)
    uint32_t packed_sum = 1 << 14;
    for (size_t tap = 0; tap < COUNT(taps); tap += 2) {
      uint32_t a, b;
      memcpy(&a, samples + start + tap, 4);
      memcpy(&b, taps + tap, 4);
      packed_sum = THREE("smlad", a, b, packed_sum);
    }
    CHECK(packed_sum == sum);
#endif
    hash = mix(hash, (uint32_t)clamp((int32_t)sum >> 15, 16));
  }
  return hash;
}

int main(void) {
  uint32_t hash = HASH_SEED, product_hash = HASH_SEED, saturated = HASH_SEED;
  static const uint32_t edges[] = {0x80008000, 0x7FFF7FFF, 0x80000000, 0x7FFFFFFF, 0, 0xFFFFFFFF,
                                   0x807F7F80, 0x00FF00FF};
  for (int turn = 0; turn < 150; turn += 1) {
    uint32_t a = turn & 1 ? random32() : edges[random32() % COUNT(edges)];
    uint32_t b = turn & 2 ? random32() : edges[random32() % COUNT(edges)];
    hash = packed(a, b, hash);
    product_hash = products(a, b, random32(), product_hash);
    saturated = saturation(a, b, saturated);
  }
  report("packed", hash);
  report("products", product_hash);
  report("saturation", saturated);
  report64("accumulation", accumulation());
  report("filter", filter());
  return 0;
}
