// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Double precision: by the library on most cores, by the unit on those that have one. The bits are
// the same.

#include "program.h"

union bits {
  double value;
  uint64_t word;
};

static uint64_t word(double value) { return (union bits){.value = value}.word; }
static double number(uint64_t word) { return (union bits){.word = word}.value; }

static uint64_t hash_long(uint64_t hash, uint64_t value) { return (hash ^ value) * 0x100000001B3; }

static void random_pairs(void) {
  uint64_t hash = 1;
  for (int turn = 0; turn < 150; turn += 1) {
    uint64_t a = (uint64_t)random32() << 32 | random32();
    uint64_t b = (uint64_t)random32() << 32 | random32();
    if (turn & 1) b = (b & ~(0x7FFull << 52)) | ((a & (0x7FFull << 52)) ^ (b & (7ull << 52)));
    if ((a >> 52 & 0x7FF) == 0x7FF) a ^= 1ull << 62;
    if ((b >> 52 & 0x7FF) == 0x7FF) b ^= 1ull << 62;
    double x = number(a), y = number(b);
    hash = hash_long(hash, word(x + y));
    hash = hash_long(hash, word(x - y));
    hash = hash_long(hash, word(x * y));
    if (y != 0) hash = hash_long(hash, word(x / y));
    hash = hash_long(hash, (uint64_t)((x < y) | (x <= y) << 1 | (x == y) << 2));
    double near = number((a & ~(0x7FFull << 52)) | (uint64_t)(1000 + turn % 80) << 52);
    float narrow = (float)near;
    hash = hash_long(hash, word((double)narrow));
    if (near < 2e9 && near > -2e9) hash = hash_long(hash, (uint64_t)(int64_t)(int32_t)near);
    if (near < 9e18 && near > -9e18) hash = hash_long(hash, (uint64_t)(int64_t)near);
    hash = hash_long(hash, word((double)(int64_t)a) ^ word((double)(int32_t)b));
    hash = hash_long(hash, word((double)b) ^ word((double)(uint32_t)a));
  }
  report64("pairs", hash);
}

static double root(double x) {
  double guess = number((word(x) >> 1) + (0x1FF8ull << 48));
  for (int turn = 0; turn < 6; turn += 1) guess = 0.5 * (guess + x / guess);
  return guess;
}

static void print_digits(const char *name, double value, int digits) {
  print(name);
  print(" ");
  uint32_t whole = (uint32_t)value;
  print_unsigned(whole);
  print(".");
  value -= whole;
  while (digits-- > 0) {
    value *= 10;
    print_unsigned((uint32_t)value);
    value -= (uint32_t)value;
  }
  print("\n");
}

/// Gauss and Legendre: digits double with every turn.
static double circle(void) {
  double a = 1, b = 1 / root(2), t = 0.25, p = 1;
  for (int turn = 0; turn < 4; turn += 1) {
    double next = (a + b) / 2;
    b = root(a * b);
    t -= p * (a - next) * (a - next);
    a = next;
    p *= 2;
  }
  return (a + b) * (a + b) / (4 * t);
}

static void equations(void) {
  enum { N = 5 };
  double m[N][N + 1];
  for (int i = 0; i < N; i += 1) {
    m[i][N] = 0;
    for (int j = 0; j < N; j += 1) {
      m[i][j] = 1.0 / (i + j + 1);
      m[i][N] += m[i][j] * (j + 1);
    }
  }
  for (int column = 0; column < N; column += 1) {
    for (int row = 0; row < N; row += 1) {
      if (row == column) continue;
      double factor = m[row][column] / m[column][column];
      for (int k = column; k <= N; k += 1) m[row][k] -= factor * m[column][k];
    }
  }
  uint64_t hash = 1;
  for (int i = 0; i < N; i += 1) {
    double x = m[i][N] / m[i][i];
    CHECK(x - (i + 1) < 1e-9 && (i + 1) - x < 1e-9);
    hash = hash_long(hash, word(x));
  }
  report64("equations", hash);
}

static void mandelbrot(void) {
  uint32_t hash = HASH_SEED;
  for (int row = 0; row < 12; row += 1) {
    char line[34];
    for (int column = 0; column < 32; column += 1) {
      double cx = -2.2 + column * 0.1, cy = -1.1 + row * 0.2, x = 0, y = 0;
      int turns = 0;
      for (; turns < 24 && x * x + y * y < 4; turns += 1) {
        double next = x * x - y * y + cx;
        y = 2 * x * y + cy;
        x = next;
      }
      line[column] = " .,:;+=o*%&#@"[turns / 2];
      hash = mix(hash, (uint32_t)turns);
    }
    line[32] = '\n';
    line[33] = 0;
    print(line);
  }
  report("mandelbrot", hash);
}

static void special_values(void) {
  volatile double zero = 0, one = 1, huge = 1e308;
  CHECK(word(one / zero) == 0x7FFull << 52 && word(huge * 10) == 0x7FFull << 52);
  double nan = zero / zero;
  CHECK(nan != nan && !(nan < 1) && !(nan > 1));
  CHECK(word(-zero) == 1ull << 63 && number(1) > 0 && number(1) / 2 == 0);
  CHECK((float)1e300 > 3e38f && (float)1e-300 == 0);
  volatile float tenth = 0.1f;
  CHECK(word((double)tenth) == 0x3FB99999A0000000 && (float)(double)tenth == tenth);
  CHECK((double)9007199254740993ull == 9007199254740992.0);
}

int main(void) {
  random_pairs();
  special_values();
  equations();
  mandelbrot();
  print_digits("pi", circle(), 14);
  print_digits("root 2", root(2), 14);
  double e = 1, term = 1;
  for (int n = 1; n < 20; n += 1) e += term /= n;
  print_digits("e", e, 13);
  report64("pi", word(circle()));
  return 0;
}
