// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Bit tricks, each in two ways; CRC-32, SHA-256 and queens with answers from the literature.

#include "program.h"

static unsigned ones_by_loop(uint32_t x) {
  unsigned count = 0;
  for (; x != 0; x &= x - 1) count += 1;
  return count;
}

static unsigned ones_by_halves(uint32_t x) {
  x -= x >> 1 & 0x55555555;
  x = (x & 0x33333333) + (x >> 2 & 0x33333333);
  return ((x + (x >> 4)) & 0x0F0F0F0F) * 0x01010101u >> 24;
}

static uint32_t reversed(uint32_t x) {
  x = (x >> 1 & 0x55555555) | (x & 0x55555555) << 1;
  x = (x >> 2 & 0x33333333) | (x & 0x33333333) << 2;
  x = (x >> 4 & 0x0F0F0F0F) | (x & 0x0F0F0F0F) << 4;
  return __builtin_bswap32(x);
}

static uint32_t reversed_by_loop(uint32_t x) {
  uint32_t result = 0;
  for (int index = 0; index < 32; index += 1, x >>= 1) result = result << 1 | (x & 1);
  return result;
}

static uint32_t square_root(uint32_t x) {
  uint32_t root = 0;
  for (uint32_t bit = 1u << 30; bit != 0; bit >>= 2) {
    uint32_t trial = root + bit;
    root >>= 1;
    if (x >= trial) {
      x -= trial;
      root += bit;
    }
  }
  return root;
}

static void tricks(void) {
  uint32_t hash = HASH_SEED;
  for (int turn = 0; turn < 1000; turn += 1) {
    uint32_t x = random32() >> (turn & 31);
    CHECK(ones_by_loop(x) == ones_by_halves(x));
    CHECK((unsigned)__builtin_popcount(x) == ones_by_loop(x));
    CHECK(reversed(x) == reversed_by_loop(x));
    if (x != 0) {
      CHECK((unsigned)__builtin_ctz(x) == ones_by_loop((x & -x) - 1));
      CHECK(1u << (31 - __builtin_clz(x)) <= x);
    }
    CHECK(__builtin_bswap16((uint16_t)x) == (uint16_t)(x << 8 | (x >> 8 & 0xFF)));
    uint32_t root = square_root(x);
    CHECK((uint64_t)root * root <= x && (uint64_t)(root + 1) * (root + 1) > x);
    uint32_t gray = x ^ x >> 1, back = gray;
    for (int shift = 1; shift < 32; shift *= 2) back ^= back >> shift;
    CHECK(back == x);
    hash = mix(hash, ones_by_loop(x) + reversed(x) + root + gray);
  }
  report("tricks", hash);
}

static uint32_t crc(const char *bytes, size_t count) {
  uint32_t crc = ~0u;
  for (size_t index = 0; index < count; index += 1) {
    crc ^= (unsigned char)bytes[index];
    for (int bit = 0; bit < 8; bit += 1) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
  }
  return ~crc;
}

static uint32_t crc_table[256];

static uint32_t crc_by_table(const char *bytes, size_t count) {
  uint32_t crc = ~0u;
  for (size_t index = 0; index < count; index += 1) {
    crc = crc >> 8 ^ crc_table[(crc ^ (unsigned char)bytes[index]) & 0xFF];
  }
  return ~crc;
}

static void checksums(void) {
  for (uint32_t byte = 0; byte < 256; byte += 1) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; bit += 1) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
    crc_table[byte] = crc;
  }
  CHECK(crc("123456789", 9) == 0xCBF43926);
  char bytes[251];
  for (size_t index = 0; index < sizeof bytes; index += 1) bytes[index] = (char)random32();
  CHECK(crc(bytes, sizeof bytes) == crc_by_table(bytes, sizeof bytes));
  report("crc", crc(bytes, sizeof bytes));
}

static uint32_t right(uint32_t x, int n) { return x >> n | x << (32 - n); }

// Fractions of cube and square roots of the first primes; FIPS 180-4, 4.2.2 and 5.3.3.
static const uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static const uint32_t start_values[8] = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

static void sha256(const char *text, uint32_t *h) {
  uint32_t w[64];
  size_t count = strlen(text);
  for (int index = 0; index < 16; index += 1) w[index] = 0;
  for (size_t index = 0; index < count; index += 1) {
    w[index / 4] |= (uint32_t)(unsigned char)text[index] << (24 - index % 4 * 8);
  }
  w[count / 4] |= 0x80u << (24 - count % 4 * 8);
  w[15] = (uint32_t)count * 8;
  for (int t = 16; t < 64; t += 1) {
    uint32_t a = w[t - 15], b = w[t - 2];
    w[t] = w[t - 16] + w[t - 7] + (right(a, 7) ^ right(a, 18) ^ a >> 3)
         + (right(b, 17) ^ right(b, 19) ^ b >> 10);
  }
  uint32_t v[8];
  for (int index = 0; index < 8; index += 1) v[index] = h[index] = start_values[index];
  for (int t = 0; t < 64; t += 1) {
    uint32_t e = v[4], a = v[0];
    uint32_t t1 = v[7] + (right(e, 6) ^ right(e, 11) ^ right(e, 25))
                + ((e & v[5]) ^ (~e & v[6])) + round_constants[t] + w[t];
    uint32_t t2 = (right(a, 2) ^ right(a, 13) ^ right(a, 22))
                + ((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));
    for (int index = 7; index > 0; index -= 1) v[index] = v[index - 1];
    v[4] += t1;
    v[0] = t1 + t2;
  }
  for (int index = 0; index < 8; index += 1) h[index] += v[index];
}

static void digest(void) {
  uint32_t h[8];
  sha256("abc", h);
  CHECK(h[0] == 0xba7816bf && h[1] == 0x8f01cfea && h[7] == 0xf20015ad);
  sha256("", h);
  CHECK(h[0] == 0xe3b0c442 && h[7] == 0x7852b855);
  report("sha256", h[3]);
}

static unsigned queens(unsigned all, unsigned columns, unsigned left, unsigned right_down) {
  if (columns == all) return 1;
  unsigned count = 0, free = all & ~(columns | left | right_down);
  while (free != 0) {
    unsigned place = free & -free;
    free ^= place;
    count += queens(all, columns | place, (left | place) << 1, (right_down | place) >> 1);
  }
  return count;
}

int main(void) {
  tricks();
  checksums();
  digest();
  CHECK(queens(0x3F, 0, 0, 0) == 4);
  CHECK(queens(0xFF, 0, 0, 0) == 92);
  print("queens 92\n");
  return 0;
}
