// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Single precision. Every result is rounded as IEEE 754 says, so the bits are the same with a
// floating-point unit, without one, and wherever the program runs.

#include "program.h"

union bits {
  float value;
  uint32_t word;
};

static uint32_t word(float value) { return (union bits){.value = value}.word; }
static float single(uint32_t word) { return (union bits){.word = word}.value; }

static void print_float(float value) {
  if (value < 0) {
    print("-");
    value = -value;
  }
  uint32_t whole = (uint32_t)value;
  print_unsigned(whole);
  print(".");
  float rest = value - (float)whole;
  for (int digit = 0; digit < 5; digit += 1) {
    rest *= 10.0f;
    uint32_t next = (uint32_t)rest;
    print_unsigned(next);
    rest -= (float)next;
  }
  print("\n");
}

static float root(float x) {
  float guess = single((word(x) >> 1) + 0x1FC00000);
  for (int turn = 0; turn < 5; turn += 1) guess = 0.5f * (guess + x / guess);
  return guess;
}

static float sine(float x) {
  float square = x * x, term = x, sum = x;
  for (int n = 1; n < 10; n += 1) {
    term *= -square / (float)((2 * n) * (2 * n + 1));
    sum += term;
  }
  return sum;
}

static float power_of_two(int n) { return single((uint32_t)(n + 127) << 23); }

static float exponential(float x) {
  int n = (int)(x * 1.4426950408889634f + (x < 0 ? -0.5f : 0.5f));
  float rest = x - (float)n * 0.6931471805599453f, term = 1, sum = 1;
  for (int k = 1; k < 12; k += 1) {
    term *= rest / (float)k;
    sum += term;
  }
  return sum * power_of_two(n);
}

static NOINLINE uint32_t arithmetic(uint32_t hash, float a, float b) {
  hash = mix(hash, word(a + b));
  hash = mix(hash, word(a - b));
  hash = mix(hash, word(a * b));
  if (b != 0) hash = mix(hash, word(a / b));
  hash = mix(hash, (uint32_t)((a < b) | (a <= b) << 1 | (a == b) << 2 | (a != b) << 3));
  return hash;
}

/// Every exponent, subnormals among them; no NaN, whose payload is the unit's business.
static void random_pairs(void) {
  uint32_t hash = HASH_SEED;
  for (int turn = 0; turn < 2000; turn += 1) {
    uint32_t a = random32(), b = random32();
    if (turn & 1) b = (b & 0x807FFFFF) | ((a & 0x7F800000) ^ (b & 0x01800000));
    if (turn % 16 == 0) a &= 0x807FFFFF;
    if ((a >> 23 & 0xFF) == 0xFF) a ^= 0x40000000;
    if ((b >> 23 & 0xFF) == 0xFF) b ^= 0x40000000;
    hash = arithmetic(hash, single(a), single(b));
  }
  report("pairs", hash);
}

static void conversions(void) {
  uint32_t hash = HASH_SEED;
  for (int turn = 0; turn < 500; turn += 1) {
    int32_t integer = (int32_t)random32() >> (turn & 31);
    float f = (float)integer, u = (float)(uint32_t)integer;
    hash = mix(mix(hash, word(f)), word(u));
    float small = single((random32() & 0x80FFFFFF) | (0x3F000000 + ((uint32_t)turn % 15 << 24)));
    if (small > -2.0e9f && small < 2.0e9f) hash = mix(hash, (uint32_t)(int32_t)small);
    if (small >= 0 && small < 4.0e9f) hash = mix(hash, (uint32_t)small);
    hash = mix(hash, (uint32_t)(int32_t)(int16_t)(int32_t)(f * 0.00001f));
  }
  CHECK((float)16777217 == 16777216.0f && (float)0xFFFFFFFFu == 4294967296.0f);
  CHECK((int32_t)-1.99f == -1 && (uint32_t)3000000000.0f == 3000000000u);
  report("conversions", hash);
}

static void special_values(void) {
  volatile float zero = 0, one = 1, huge = 3.0e38f, tiny = 1.0e-38f;
  float infinity = one / zero, nan = zero / zero;
  CHECK(word(infinity) == 0x7F800000 && word(-one / zero) == 0xFF800000);
  CHECK(word(huge * huge) == 0x7F800000 && nan != nan && !(nan < one) && !(nan >= one));
  CHECK(infinity > huge && -infinity < -huge && infinity == infinity);
  CHECK(word(-zero) == 0x80000000 && zero == -zero && word(zero - zero) == 0);
  CHECK(tiny * 0.01f != 0 && tiny * 0.01f < tiny && tiny * tiny == 0);
  CHECK(single(1) > 0 && single(1) / 2.0f == 0 && single(3) / 2.0f == single(2));
  CHECK((word(infinity - infinity) & 0x7FC00000) == 0x7FC00000);
}

enum { POINTS = 64 };
static float real[POINTS], imaginary[POINTS], kept[POINTS];

/// Fourier transform in place, by halves; sign -1 is forward.
static void transform(float sign) {
  for (unsigned index = 1, other = 0; index < POINTS; index += 1) {
    unsigned bit = POINTS >> 1;
    for (; other & bit; bit >>= 1) other ^= bit;
    other ^= bit;
    if (index < other) {
      float r = real[index], i = imaginary[index];
      real[index] = real[other];
      imaginary[index] = imaginary[other];
      real[other] = r;
      imaginary[other] = i;
    }
  }
  for (unsigned size = 2; size <= POINTS; size *= 2) {
    for (unsigned k = 0; k < size / 2; k += 1) {
      float angle = sign * 6.28318530718f * (float)k / (float)size;
      float s = sine(angle), c = sine(angle + 1.57079632679f);
      for (unsigned at = k; at < POINTS; at += size) {
        unsigned to = at + size / 2;
        float r = real[to] * c - imaginary[to] * s, i = real[to] * s + imaginary[to] * c;
        real[to] = real[at] - r;
        imaginary[to] = imaginary[at] - i;
        real[at] += r;
        imaginary[at] += i;
      }
    }
  }
}

static void fourier(void) {
  for (unsigned index = 0; index < POINTS; index += 1) {
    kept[index] = real[index] = (float)(int32_t)random32() / 2147483648.0f;
    imaginary[index] = 0;
  }
  transform(-1);
  uint32_t hash = HASH_SEED;
  for (unsigned index = 0; index < POINTS; index += 1) hash = mix(hash, word(real[index]));
  transform(1);
  for (unsigned index = 0; index < POINTS; index += 1) {
    float error = real[index] / POINTS - kept[index];
    CHECK(error < 1e-3f && error > -1e-3f);
  }
  report("fourier", hash);
}

static void matrices(void) {
  static float a[8][8], b[8][8], c[8][8];
  for (int i = 0; i < 8; i += 1) {
    for (int j = 0; j < 8; j += 1) {
      a[i][j] = (float)(i * 8 + j) * 0.125f - 3;
      b[i][j] = 1.0f / (float)(i + j + 1);
    }
  }
  for (int turn = 0; turn < 3; turn += 1) {
    for (int i = 0; i < 8; i += 1) {
      for (int j = 0; j < 8; j += 1) {
        float sum = 0;
        for (int k = 0; k < 8; k += 1) sum += a[i][k] * b[k][j];
        c[i][j] = sum;
      }
    }
    memcpy(a, c, sizeof a);
  }
  uint32_t hash = HASH_SEED;
  for (int i = 0; i < 8; i += 1) {
    for (int j = 0; j < 8; j += 1) hash = mix(hash, word(c[i][j]));
  }
  report("matrices", hash);
}

#if defined(__ARM_FP)
/// What only a floating-point unit has: fused products, hardware roots, rounding modes.
static void unit(void) {
  float result, a = 1.0f + 0x1p-12f;
  result = -(1.0f + 0x1p-11f);
  __asm volatile("vfma.f32 %0, %1, %1" : "+t"(result) : "t"(a));
  CHECK(result == 0x1p-24f);
  result = 1;
  __asm volatile("vfms.f32 %0, %1, %1" : "+t"(result) : "t"(a));
  CHECK(result == 1.0f - (1.0f + 0x1p-11f) - 0x1p-24f || word(result) == 0xBA000800);
  for (int turn = 1; turn < 200; turn += 1) {
    float x = single((random32() & 0x7F7FFFFF) | 0x00800000), y;
    __asm volatile("vsqrt.f32 %0, %1" : "=t"(y) : "t"(x));
    // y is the nearest: y squared is within half a step around x, exactly in double.
    double below = (double)y - (double)(y - single(word(y) - 1)) / 2;
    double above = (double)y + (double)(single(word(y) + 1) - y) / 2;
    CHECK(below * below <= (double)x && above * above >= (double)x);
  }
  uint32_t kept_mode, mode;
  __asm volatile("vmrs %0, fpscr" : "=r"(kept_mode));
  uint32_t thirds[4];
  for (uint32_t rounding = 0; rounding < 4; rounding += 1) {
    mode = (kept_mode & ~(3u << 22)) | rounding << 22;
    __asm volatile("vmsr fpscr, %0" ::"r"(mode) : "memory");
    __asm volatile("vdiv.f32 %0, %1, %2" : "=t"(result) : "t"(1.0f), "t"(3.0f) : "memory");
    thirds[rounding] = word(result);
    __asm volatile("vmsr fpscr, %0" ::"r"(kept_mode) : "memory");
  }
  CHECK(thirds[0] == 0x3EAAAAAB && thirds[1] == 0x3EAAAAAB && thirds[2] == 0x3EAAAAAA);
  CHECK(thirds[3] == 0x3EAAAAAA);
  __asm volatile("vmsr fpscr, %0" ::"r"(kept_mode & ~0x9Fu) : "memory");
  __asm volatile("vdiv.f32 %0, %1, %2" : "=t"(result) : "t"(1.0f), "t"(0.0f) : "memory");
  __asm volatile("vmrs %0, fpscr" : "=r"(mode));
  CHECK((mode & 0x9F) == 2);
  uint32_t half;
  __asm volatile("vcvtb.f16.f32 %0, %1" : "=t"(result) : "t"(1.5f));
  half = word(result) & 0xFFFF;
  CHECK(half == 0x3E00);
}
#else
static void unit(void) {}
#endif

int main(void) {
  random_pairs();
  conversions();
  special_values();
  fourier();
  matrices();
  unit();
  float sum = 0;
  for (int n = 1; n <= 1000; n += 1) sum += 1.0f / (float)(n * n);
  print_float(root(sum * 6));
  print_float(sine(1) * sine(1) + sine(2.5707963f) * sine(2.5707963f));
  print_float(exponential(10));
  CHECK(root(2) * root(2) - 2.0f < 1e-6f);
  report("root", word(root(7)));
  return 0;
}
