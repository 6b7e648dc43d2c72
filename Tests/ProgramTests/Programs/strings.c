// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Text: copying at every alignment, numbers to text and back, words, base 64, and a small packer.

#include "program.h"

static char pool[600];

static void copying(void) {
  static unsigned char source[80], target[80];
  for (size_t index = 0; index < sizeof source; index += 1) {
    source[index] = (unsigned char)(index * 7);
  }
  for (unsigned from = 0; from < 8; from += 1) {
    for (unsigned to = 0; to < 8; to += 1) {
      for (unsigned count = 0; count < 40; count += 3) {
        memset(target, 0xEE, sizeof target);
        memcpy(target + to, source + from, count);
        CHECK(memcmp(target + to, source + from, count) == 0);
        CHECK(target[to + count] == 0xEE && (to == 0 || target[to - 1] == 0xEE));
      }
    }
  }
  memcpy(target, source, sizeof target);
  memmove(target + 5, target, 60);
  CHECK(memcmp(target + 5, source, 60) == 0);
  memmove(target, target + 5, 60);
  CHECK(memcmp(target, source, 60) == 0);
}

static void unaligned(void) {
  unsigned char bytes[24];
  uint32_t hash = HASH_SEED;
  for (unsigned index = 0; index < sizeof bytes; index += 1) {
    bytes[index] = (unsigned char)random32();
  }
  for (unsigned at = 0; at < 16; at += 1) {
    uint32_t word;
    uint16_t half;
    uint64_t both;
    memcpy(&word, bytes + at, 4);
    memcpy(&half, bytes + at, 2);
    memcpy(&both, bytes + at, 8);
    uint32_t plain = bytes[at] | bytes[at + 1] << 8 | bytes[at + 2] << 16
                   | (uint32_t)bytes[at + 3] << 24;
    CHECK(word == plain && half == (uint16_t)plain && (uint32_t)both == plain);
    memcpy(bytes + at + 1, &word, 4);
    hash = mix(hash, (uint32_t)(both >> 32) ^ word);
  }
  report("unaligned", hash);
}

static char *format(char *to, int32_t value, unsigned base) {
  char digits[33];
  unsigned count = 0;
  uint32_t rest = value < 0 && base == 10 ? 0u - (uint32_t)value : (uint32_t)value;
  do {
    digits[count++] = "0123456789abcdefghijklmnopqrstuvwxyz"[rest % base];
    rest /= base;
  } while (rest != 0);
  if (value < 0 && base == 10) *to++ = '-';
  while (count != 0) *to++ = digits[--count];
  *to = 0;
  return to;
}

static uint32_t parse(const char *text, unsigned base) {
  uint32_t value = 0;
  int negative = *text == '-';
  for (text += negative; *text != 0; text += 1) {
    unsigned digit = *text <= '9' ? (unsigned)(*text - '0') : (unsigned)(*text - 'a' + 10);
    value = value * base + digit;
  }
  return negative ? 0u - value : value;
}

static void numbers(void) {
  static const unsigned bases[] = {2, 3, 7, 8, 10, 16, 36};
  char text[40];
  uint32_t hash = HASH_SEED;
  for (int turn = 0; turn < 300; turn += 1) {
    uint32_t value = random32() >> (turn & 31);
    unsigned base = bases[turn % COUNT(bases)];
    format(text, (int32_t)value, base);
    CHECK(parse(text, base) == value);
    for (const char *at = text; *at != 0; at += 1) hash = mix(hash, (unsigned char)*at);
  }
  format(text, (int32_t)0x80000000, 10);
  CHECK(strcmp(text, "-2147483648") == 0);
  report("numbers", hash);
}

static int is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

static void words(void) {
  static const char text[] =
      "It was the best of times, it was the worst of times, it was the age of wisdom, it was the "
      "age of foolishness, it was the epoch of belief";
  unsigned count = 0, longest = 0, capitals = 0;
  for (const char *at = text; *at != 0;) {
    const char *start = at;
    while (is_letter(*at)) at += 1;
    unsigned length = (unsigned)(at - start);
    if (length != 0) {
      count += 1;
      capitals += *start <= 'Z';
      if (length > longest) longest = length;
    } else {
      at += 1;
    }
  }
  CHECK(count == 30 && longest == 11 && capitals == 1);
  char *to = pool;
  for (size_t at = strlen(text); at != 0; at -= 1) *to++ = text[at - 1];
  *to = 0;
  CHECK(strlen(pool) == strlen(text) && pool[0] == 'f');
  CHECK(strcmp(text, pool) < 0 && strcmp(pool, text) > 0 && strcmp(text, text) == 0);
}

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static size_t encode64(char *to, const unsigned char *from, size_t count) {
  char *start = to;
  for (size_t at = 0; at < count; at += 3) {
    uint32_t group = (uint32_t)from[at] << 16;
    if (at + 1 < count) group |= (uint32_t)from[at + 1] << 8;
    if (at + 2 < count) group |= from[at + 2];
    for (int part = 0; part < 4; part += 1) *to++ = alphabet[group >> (18 - 6 * part) & 63];
    if (at + 2 >= count) to[-1] = '=';
    if (at + 1 >= count) to[-2] = '=';
  }
  *to = 0;
  return (size_t)(to - start);
}

static size_t decode64(unsigned char *to, const char *from) {
  unsigned char *start = to;
  uint32_t group = 0;
  unsigned bits = 0;
  for (; *from != 0 && *from != '='; from += 1) {
    unsigned digit = 0;
    while (alphabet[digit] != *from) digit += 1;
    group = group << 6 | digit;
    bits += 6;
    if (bits >= 8) *to++ = (unsigned char)(group >> (bits -= 8));
  }
  return (size_t)(to - start);
}

static void base64(void) {
  unsigned char bytes[100], back[102];
  for (size_t count = 0; count <= sizeof bytes; count += 9) {
    for (size_t index = 0; index < count; index += 1) {
    bytes[index] = (unsigned char)random32();
  }
    CHECK(encode64(pool, bytes, count) == (count + 2) / 3 * 4);
    CHECK(decode64(back, pool) == count && memcmp(bytes, back, count) == 0);
  }
  encode64(pool, (const unsigned char *)"Many hands", 10);
  CHECK(strcmp(pool, "TWFueSBoYW5kcw==") == 0);
}

/// Runs as (count, byte) and, where that pays, references back of up to 18 bytes.
static void packing(void) {
  static unsigned char plain[400], packed[500], back[400];
  for (size_t at = 0; at < sizeof plain; at += 1) {
    plain[at] = at % 50 < 20 ? 'x' : (unsigned char)("abcab"[at % 5] + (at / 100));
  }
  size_t size = 0;
  for (size_t at = 0; at < sizeof plain;) {
    size_t best = 0, distance = 0;
    for (size_t behind = 1; behind <= 255 && behind <= at; behind += 1) {
      size_t same = 0;
      while (same < 18 && at + same < sizeof plain &&
             plain[at + same] == plain[at + same - behind]) {
        same += 1;
      }
      if (same > best) {
        best = same;
        distance = behind;
      }
    }
    if (best >= 3) {
      packed[size++] = (unsigned char)best;
      packed[size++] = (unsigned char)distance;
      at += best;
    } else {
      packed[size++] = 0;
      packed[size++] = plain[at++];
    }
  }
  size_t filled = 0;
  for (size_t at = 0; at < size; at += 2) {
    if (packed[at] == 0) back[filled++] = packed[at + 1];
    for (unsigned left = packed[at]; left != 0; left -= 1, filled += 1) {
      back[filled] = back[filled - packed[at + 1]];
    }
  }
  CHECK(filled == sizeof plain && memcmp(plain, back, filled) == 0);
  report("packed", (uint32_t)size);
}

int main(void) {
  copying();
  unaligned();
  numbers();
  words();
  base64();
  packing();
  return 0;
}
