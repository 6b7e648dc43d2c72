// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Exception frames that cannot be: stacks where nothing answers or that are protected, and returns
// with values and frames that do not fit. Each exception that comes of it is printed with what the
// fault registers say.

#include "system.h"

#if __ARM_ARCH >= 7

#define MPU_CTRL REGISTER(0xE000ED94)
#define MPU_RBAR REGISTER(0xE000ED9C)
#define MPU_RASR REGISTER(0xE000EDA0)

/// Nothing answers there on any board.
#define NOWHERE 0x30000000u

// Three regions of 1 KiB: read-only, for privileged code, for nobody.
static uint32_t area[1024] __attribute__((aligned(4096)));

static volatile uint32_t exceptions;
static volatile uint32_t returns_with, returns_to_stack;

// Where a handler goes back to whatever became of the stacks: a frame of its own on the main stack.
uint32_t saved_stack, saved_place;

__attribute__((used)) void note(uint32_t value, uint32_t number) {
  print("  exception ");
  print_unsigned(number);
  print(" lr ");
  print_hex(value);
  print(" status ");
  print_hex(CFSR);
  print(" ");
  print_hex(HFSR);
  print(" active ");
  print_hex(SHCSR & 0xFFFF);
  print(" ");
  print_hex(ICSR & 0xF7FF);
  print("\n");
  CFSR = CFSR;
  HFSR = HFSR;
  MPU_CTRL = 0;
  exceptions += 1;
  if (exceptions > 100) leave(1);
}

#define ESCAPING_HANDLER(name)                                                                 \
  void name(void);                                                                             \
  __asm(".syntax unified\n .thumb\n .text\n .balign 4\n .global " #name "\n .type " #name      \
        ", %function\n .thumb_func\n " #name ":\n"                                             \
        "mov r0, lr\n mrs r1, ipsr\n ldr r4, =saved_stack\n ldr r4, [r4]\n"                    \
        "sub r2, r4, #256\n mov sp, r2\n bl note\n"                                            \
        "movs r0, #0\n msr control, r0\n isb\n"                                                \
        "sub r4, r4, #32\n ldr r0, =saved_place\n ldr r0, [r0]\n bic r0, r0, #1\n"             \
        "str r0, [r4, #24]\n mov r0, #0x01000000\n str r0, [r4, #28]\n mov sp, r4\n"           \
        "mvn lr, #6\n bx lr\n .ltorg\n")
ESCAPING_HANDLER(hard_fault_handler);
ESCAPING_HANDLER(memory_fault_handler);
ESCAPING_HANDLER(bus_fault_handler);
ESCAPING_HANDLER(usage_fault_handler);

/// Returns with `returns_with`, the process stack at `returns_to_stack`; plainly when that is 0.
__asm(".syntax unified\n .thumb\n .text\n .balign 4\n .global svc_handler\n"
      ".type svc_handler, %function\n .thumb_func\n svc_handler:\n"
      "ldr r0, =returns_with\n ldr r0, [r0]\n cmp r0, #0\n it eq\n bxeq lr\n"
      "ldr r1, =returns_to_stack\n ldr r1, [r1]\n msr psp, r1\n bx r0\n .ltorg\n");

void interrupt_handler(void) {
  print("  interrupt ");
  print_hex(ICSR & 0xF7FF);
  print("\n");
}

/// Calls SVC, or pends interrupt 0, on a process stack that begins at `stack` (0: the main stack),
/// with this value of CONTROL; comes back when everything else has given up.
void attempt(uint32_t stack, uint32_t control, uint32_t by_interrupt);
__asm(".syntax unified\n .thumb\n .text\n .balign 4\n .global attempt\n"
      ".type attempt, %function\n .thumb_func\n attempt:\n"
      "push {r4-r11, lr}\n mov r4, sp\n ldr r3, =saved_stack\n str r4, [r3]\n"
      "adr r4, 2f\n ldr r3, =saved_place\n str r4, [r3]\n"
      "cmp r0, #0\n beq 1f\n msr psp, r0\n 1: msr control, r1\n isb\n"
      "cmp r2, #0\n bne 3f\n svc 0\n b 2f\n"
      "3: ldr r3, =0xE000E200\n movs r2, #1\n str r2, [r3]\n dsb\n isb\n b 2f\n"
      ".balign 4\n 2: movs r0, #0\n msr control, r0\n isb\n"
      "ldr r3, =saved_stack\n ldr r3, [r3]\n mov sp, r3\n pop {r4-r11, pc}\n .ltorg\n");

static void place(uint32_t number, uint32_t base, uint32_t log2, uint32_t access) {
  MPU_RBAR = base | 0x10 | number;
  MPU_RASR = access << 24 | (log2 - 1) << 1 | 1;
}

static void protect(void) {
  MPU_CTRL = 5;
  barrier();
}

static void try(const char *name, uint32_t stack, uint32_t control, uint32_t by_interrupt,
                uint32_t faults) {
  uint32_t before = exceptions;
  print(name);
  print("\n");
  attempt(stack, control, by_interrupt);
  CHECK(exceptions - before == faults);
}

static void stacking(uint32_t a) {
  try("call, stack nowhere", NOWHERE, 2, 0, 1);
  try("interrupt, stack nowhere", NOWHERE, 2, 1, 1);
  protect();
  try("call, stack read-only", a + 512, 2, 0, 1);
  protect();
  try("call, stack for privileged code", a + 1536, 2, 0, 0);
  MPU_CTRL = 0;
}

static void user_stacking(uint32_t a) {
  protect();
  try("user's call, stack for privileged code", a + 1536, 3, 0, 1);
  protect();
  try("user's call, half a frame in its stack", a + 1024 + 16, 3, 0, 1);
}

static void unstacking(uint32_t a) {
  returns_with = 0xFFFFFFFD;
  returns_to_stack = a + 2048;
  protect();
  try("return to a stack for nobody", 0, 0, 0, 1);
  returns_to_stack = NOWHERE;
  try("return to a stack nowhere", 0, 0, 0, 1);
}

static void returning(uint32_t a) {
  static const uint32_t values[] = {
      0xFFFFFFF1, 0xFFFFFFF3, 0xFFFFFFF5, 0xFFFFFFF7, 0xFFFFFFF2,
      0xFFFFFFF0, 0xFFFFFFFF, 0xFFFFFFFB, 0xFFFFFFF8,
  };
  returns_to_stack = a + 3072;
  area[768 + 7] = 0x01000000;
  for (unsigned i = 0; i < COUNT(values); i++) {
    returns_with = values[i];
    print_hex(values[i]);
    try(" is returned with", 0, 0, 0, 1);
  }
  returns_with = 0xFFFFFFFD;
  area[768 + 7] = 0x0100000B;
  try("return to a program, frame of a handler", 0, 0, 0, 1);
}

static void hard_faults(uint32_t a) {
  returns_with = 0;
  SHCSR = 0;
  try("call, stack nowhere, faults off", NOWHERE, 2, 0, 1);
  protect();
  try("call, stack read-only, faults off", a + 512, 2, 0, 1);
}

int main(void) {
  uint32_t a = (uint32_t)area;
  place(0, 0, 32, 3);
  place(1, a, 10, 5);
  place(2, a + 1024, 10, 1);
  place(3, a + 2048, 10, 0);
  for (uint32_t number = 4; number < 8; number++) {
    MPU_RBAR = 0x10 | number;
    MPU_RASR = 0;
  }
  SHCSR = 7u << 16;
  NVIC_ISER = 1;
  set_priority(0, 0x80);
  stacking(a);
  user_stacking(a);
  unstacking(a);
  returning(a);
  hard_faults(a);
  return 0;
}

#else

int main(void) {
  print("no fault registers to look at\n");
  return 0;
}

#endif
