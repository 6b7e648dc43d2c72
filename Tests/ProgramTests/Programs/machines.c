// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// State machines: dense switches (branch tables), a scanner, a stack machine, a matcher of
// patterns, and the game of life.

#include "program.h"

/// The numbers in a text, by a table-driven scanner that a switch is compiled to.
static uint32_t scan(const char *text) {
  enum { BETWEEN, SIGN, ZERO, DECIMAL, PREFIX, HEXADECIMAL, WORD, ESCAPE } state = BETWEEN;
  uint32_t value = 0, hash = HASH_SEED, negative = 0;
  for (;; text += 1) {
    char c = *text;
    switch (state) {
      case BETWEEN:
        negative = 0;
        value = 0;
        if (c == '-' || c == '+') {
          negative = c == '-';
          state = SIGN;
        } else if (c == '0') state = ZERO;
        else if (c >= '1' && c <= '9') {
          value = (uint32_t)(c - '0');
          state = DECIMAL;
        } else if (c == '\\') state = ESCAPE;
        else if (c >= 'a' && c <= 'z') state = WORD;
        break;
      case SIGN:
        if (c >= '0' && c <= '9') {
          value = (uint32_t)(c - '0');
          state = DECIMAL;
        } else state = BETWEEN;
        break;
      case ZERO:
        if (c == 'x') {
          state = PREFIX;
          break;
        }
        state = DECIMAL;
        __attribute__((fallthrough));
      case DECIMAL:
        if (c >= '0' && c <= '9') value = value * 10 + (uint32_t)(c - '0');
        else {
          hash = mix(hash, negative ? 0u - value : value);
          state = BETWEEN;
        }
        break;
      case PREFIX:
        value = 0;
        state = HEXADECIMAL;
        __attribute__((fallthrough));
      case HEXADECIMAL:
        if (c >= '0' && c <= '9') value = value << 4 | (uint32_t)(c - '0');
        else if (c >= 'a' && c <= 'f') value = value << 4 | (uint32_t)(c - 'a' + 10);
        else {
          hash = mix(hash, value);
          state = BETWEEN;
        }
        break;
      case WORD:
        if (c < 'a' || c > 'z') {
          hash = mix(hash, value);
          state = BETWEEN;
        } else value = value * 27 + (uint32_t)(c - 'a');
        break;
      case ESCAPE:
        hash = mix(hash, (unsigned char)c);
        state = BETWEEN;
        break;
    }
    if (c == 0) return hash;
  }
}

enum operation {
  PUSH, ADD, SUBTRACT, MULTIPLY, DUPLICATE, SWAP, OVER, DROP, JUMP, JUMP_IF, LESS, LOAD, STORE,
  CALL, RETURN, NOT, AND, XOR, SHIFT, HALT
};

/// A stack machine; answers the number of operations run.
static NOINLINE unsigned interpret(const int16_t *code, int32_t *memory) {
  int32_t stack[32];
  int depth = 0, at = 0, calls[16], level = 0;
  unsigned count = 0;
  for (;;) {
    count += 1;
    switch ((enum operation)code[at++]) {
      case PUSH: stack[depth++] = code[at++]; break;
      case ADD: depth -= 1; stack[depth - 1] += stack[depth]; break;
      case SUBTRACT: depth -= 1; stack[depth - 1] -= stack[depth]; break;
      case MULTIPLY: depth -= 1; stack[depth - 1] *= stack[depth]; break;
      case DUPLICATE: stack[depth] = stack[depth - 1]; depth += 1; break;
      case SWAP: {
        int32_t top = stack[depth - 1];
        stack[depth - 1] = stack[depth - 2];
        stack[depth - 2] = top;
        break;
      }
      case OVER: stack[depth] = stack[depth - 2]; depth += 1; break;
      case DROP: depth -= 1; break;
      case JUMP: at = code[at]; break;
      case JUMP_IF: depth -= 1; at = stack[depth] ? code[at] : at + 1; break;
      case LESS: depth -= 1; stack[depth - 1] = stack[depth - 1] < stack[depth]; break;
      case LOAD: stack[depth - 1] = memory[stack[depth - 1]]; break;
      case STORE: depth -= 2; memory[stack[depth + 1]] = stack[depth]; break;
      case CALL: calls[level++] = at + 1; at = code[at]; break;
      case RETURN: at = calls[--level]; break;
      case NOT: stack[depth - 1] = !stack[depth - 1]; break;
      case AND: depth -= 1; stack[depth - 1] &= stack[depth]; break;
      case XOR: depth -= 1; stack[depth - 1] ^= stack[depth]; break;
      case SHIFT: stack[depth - 1] = (int32_t)((uint32_t)stack[depth - 1] << 1); break;
      case HALT: return count;
    }
  }
}

static void stack_machine(void) {
  // memory[0] = sum of squares below 100, memory[1] = the loop's counter.
  static const int16_t code[] = {
      PUSH, 0, PUSH, 0, STORE, PUSH, 0, PUSH, 1, STORE,             // 0..9
      PUSH, 1, LOAD, PUSH, 100, LESS, NOT, JUMP_IF, 39,             // 10..18
      PUSH, 1, LOAD, CALL, 40, PUSH, 0, LOAD, ADD, PUSH, 0, STORE,  // 19..30
      PUSH, 1, LOAD, PUSH, 1, ADD, JUMP, 44, HALT,                  // 31..39
      DUPLICATE, MULTIPLY, RETURN, HALT,                            // 40..43
      PUSH, 1, STORE, JUMP, 10,                                     // 44..48
  };
  int32_t memory[2];
  unsigned count = interpret(code, memory);
  CHECK(memory[0] == 328350 && memory[1] == 100);
  report("operations", count);
}

/// '.' any, '*' repeats, '^' and '$' the ends (Pike's matcher, The Practice of Programming).
static int matches_here(const char *pattern, const char *text);

static int matches_repeated(char c, const char *pattern, const char *text) {
  do {
    if (matches_here(pattern, text)) return 1;
  } while (*text != 0 && (*text++ == c || c == '.'));
  return 0;
}

static int matches_here(const char *pattern, const char *text) {
  if (pattern[0] == 0) return 1;
  if (pattern[1] == '*') return matches_repeated(pattern[0], pattern + 2, text);
  if (pattern[0] == '$' && pattern[1] == 0) return *text == 0;
  if (*text != 0 && (pattern[0] == '.' || pattern[0] == *text)) {
    return matches_here(pattern + 1, text + 1);
  }
  return 0;
}

static int matches(const char *pattern, const char *text) {
  if (pattern[0] == '^') return matches_here(pattern + 1, text);
  do {
    if (matches_here(pattern, text)) return 1;
  } while (*text++ != 0);
  return 0;
}

static void patterns(void) {
  CHECK(matches("b.*d", "a bird") && !matches("^b", "a bird") && matches("rd$", "a bird"));
  CHECK(matches("^a*b$", "aaaab") && !matches("^a*b$", "aaaac") && matches("", ""));
  CHECK(matches("x*y*z", "xxyz") && !matches("q", "xxyz") && matches("^.*z$", "xxyz"));
}

static uint32_t life(void) {
  uint32_t rows[32] = {0}, next[32];
  rows[10] = 0x00060000;  // an R-pentomino
  rows[11] = 0x000C0000;
  rows[12] = 0x00040000;
  for (int generation = 0; generation < 30; generation += 1) {
    for (int y = 0; y < 32; y += 1) {
      uint32_t above = rows[(y + 31) & 31], here = rows[y], below = rows[(y + 1) & 31];
      uint32_t out = 0;
      for (int x = 0; x < 32; x += 1) {
        uint32_t left = (uint32_t)(x + 31) & 31, right = (uint32_t)(x + 1) & 31;
        unsigned n = (above >> left & 1) + (above >> x & 1) + (above >> right & 1)
                   + (here >> left & 1) + (here >> right & 1) + (below >> left & 1)
                   + (below >> x & 1) + (below >> right & 1);
        out |= (uint32_t)(n == 3 || (n == 2 && (here >> x & 1))) << x;
      }
      next[y] = out;
    }
    memcpy(rows, next, sizeof rows);
  }
  uint32_t hash = HASH_SEED;
  for (int y = 0; y < 32; y += 1) hash = mix(hash, rows[y]);
  return hash;
}

/// A switch with holes, negative labels and ranges.
static NOINLINE int classify(int x) {
  switch (x) {
    case -3: return 1;
    case -1 ... 1: return 2;
    case 4: return 3;
    case 7: return 4;
    case 8: return 5;
    case 9: return 6;
    case 100 ... 120: return 7;
    case 0x7FFFFFFF: return 8;
    default: return x < 0 ? 9 : 10;
  }
}

int main(void) {
  report("scan", scan("12 -7 0x1f hello +99 \\q 0 -0 0xdeadbeef world 4294967295"));
  stack_machine();
  patterns();
  report("life", life());
  uint32_t hash = HASH_SEED;
  for (int x = -10; x < 130; x += 1) hash = mix(hash, (uint32_t)classify(x));
  CHECK(classify(0x7FFFFFFF) == 8 && classify(-3) == 1 && classify(110) == 7);
  report("classes", hash);
  return 0;
}
