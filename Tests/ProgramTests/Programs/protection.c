// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// The memory protection unit: permissions, sub-regions, background, privilege, fetches. Each
// refusal is printed with what the fault registers say.

#include "system.h"

#if __ARM_ARCH >= 7

#define MPU_TYPE REGISTER(0xE000ED90)
#define MPU_CTRL REGISTER(0xE000ED94)
#define MPU_RNR REGISTER(0xE000ED98)
#define MPU_RBAR REGISTER(0xE000ED9C)
#define MPU_RASR REGISTER(0xE000EDA0)

enum { NONE = 0, PRIVILEGED = 1, READ_FOR_USER = 2, ALL = 3, READ_PRIVILEGED = 5, READ = 6 };

static uint32_t area[1024] __attribute__((aligned(4096)));

// Compilers put the area where they like.
static void print_address(uint32_t address) {
  uint32_t offset = address - (uint32_t)area;
  if (offset < sizeof area) print("area ");
  print_hex(offset < sizeof area ? offset : address);
}

static void place(uint32_t number, uint32_t base, uint32_t log2, uint32_t access, uint32_t extra) {
  MPU_RBAR = base | 0x10 | number;
  MPU_RASR = access << 24 | (log2 - 1) << 1 | 1 | extra;
}
#define NEVER (1u << 28)
#define WITHOUT(eighths) ((uint32_t)(eighths) << 8)

static void protect(uint32_t control) {
  MPU_CTRL = control;
  barrier();
}

static volatile uint32_t fault_count;

__attribute__((used)) void any_fault(struct frame *frame) {
  uint32_t status = CFSR;
  print("    exception ");
  print_unsigned(READ_SPECIAL("ipsr"));
  print(" status ");
  print_hex(status);
  if (status & 0x80) {
    print(" at ");
    print_address(MMFAR);
  }
  if (status & 0x8000) {
    print(" at ");
    print_address(BFAR);
  }
  print("\n");
  CFSR = status;
  HFSR = HFSR;
  fault_count += 1;
  // Back to whoever called the probe, privileged.
  frame->pc = frame->lr & ~1u;
  frame->xpsr = 1u << 24;
  WRITE_SPECIAL("control", READ_SPECIAL("control") & ~1u);
}
FRAME_HANDLER(hard_fault_handler, any_fault);
FRAME_HANDLER(usage_fault_handler, any_fault);
FRAME_HANDLER(bus_fault_handler, any_fault);
FRAME_HANDLER(memory_fault_handler, any_fault);

/// Back to privileged code.
__attribute__((used)) void become_privileged(struct frame *frame) {
  (void)frame;
  WRITE_SPECIAL("control", READ_SPECIAL("control") & ~1u);
}
FRAME_HANDLER(svc_handler, become_privileged);

// Probes keep nothing on the stack, so that the fault handler can return for them.
#define PROBE(name, code)                                               \
  void name(uint32_t address);                                          \
  __asm(".syntax unified\n .thumb\n .text\n .balign 4\n .global " #name \
        "\n .type " #name ", %function\n .thumb_func\n " #name ":\n" code "\n bx lr\n")
PROBE(load, "ldr r1, [r0]");
PROBE(load_byte, "ldrb r1, [r0]");
PROBE(store, "str r0, [r0]");
PROBE(load_as_user, "ldrt r1, [r0]");
PROBE(store_as_user, "strht r0, [r0]");
PROBE(load_pair, "ldrd r1, r2, [r0]");
PROBE(load_many, "ldmia r0!, {r1, r2, r3}");
PROBE(store_many, "stmia r0!, {r1, r2, r3}");
PROBE(jump, "orr r0, r0, #1\n bx r0");
#define AS_USER(code) "movs r1, #1\n msr control, r1\n isb\n" code "\n svc 0"
PROBE(user_load, AS_USER("ldr r1, [r0]"));
PROBE(user_store, AS_USER("str r1, [r0]"));

static void probe(const char *name, void (*body)(uint32_t), uint32_t address, int faults) {
  uint32_t before = fault_count;
  print("  ");
  print(name);
  print(" ");
  print_address(address);
  print("\n");
  body(address);
  CHECK(fault_count - before == (uint32_t)faults);
}

static void regions(void) {
  uint32_t a = (uint32_t)area;
  for (uint32_t number = 0; number < 8; number++) {
    MPU_RNR = number;
    MPU_RASR = 0;
  }
  place(0, 0, 22, READ, 0);
  place(1, 0x20000000, 22, ALL, NEVER);
  place(2, a, 8, READ, NEVER);
  place(3, a + 256, 8, NONE, NEVER);
  place(4, a + 512, 8, PRIVILEGED, NEVER);
  place(5, a + 768, 8, READ_PRIVILEGED, NEVER);
  place(6, a + 1024, 10, NONE, NEVER | WITHOUT(0x5A));
  place(7, a + 2048, 8, READ_FOR_USER, 0);
}

static void permissions(uint32_t a) {
  print("permissions\n");
  probe("load", load, a, 0);
  probe("store", store, a, 1);
  probe("load", load, a + 256, 1);
  probe("load byte", load_byte, a + 511, 1);
  probe("load", load, a + 512, 0);
  probe("store", store, a + 516, 0);
  probe("load as user", load_as_user, a + 516, 1);
  probe("store as user", store_as_user, a + 518, 1);
  probe("load", load, a + 768, 0);
  probe("store", store, a + 772, 1);
  probe("load as user", load_as_user, a + 2048, 0);
  probe("store as user", store_as_user, a + 2048, 1);
  probe("store", store, a + 2048, 0);
  print("edges\n");
  probe("load pair", load_pair, a + 252, 1);
  probe("load many", load_many, a + 248, 1);
  probe("store many", store_many, a + 248, 1);
  print("eighths\n");
  for (uint32_t eighth = 0; eighth < 8; eighth++) {
    // QEMU 7.2 forgets what it has learnt of a page, which an eighth is not, only here.
    protect(1);
    probe("load", load, a + 1024 + 128 * eighth, !(0x5A >> eighth & 1));
  }
}

static void background(uint32_t a) {
  print("background\n");
  probe("load", load, 0x80000000, 1);
  probe("load", load, 0xE000ED00, 0);
  protect(5);
  probe("load", load, 0x80000000, 1);
  probe("load as user", load_as_user, 0x80000000, 1);
  probe("load as user", load_as_user, 0xE000ED00, 1);
  print("users\n");
  probe("load", user_load, a, 0);
  probe("load", user_load, a + 512, 1);
  probe("store", user_store, a + 2048, 1);
  probe("store", user_store, a + 2304, 0);
  probe("load", user_load, 0xE000ED00, 1);
  probe("store", user_store, 0xE000ED94, 1);
}

static void fetches(uint32_t a) {
  print("fetches\n");
  area[512] = 0x47704770;
  barrier();
  probe("jump", jump, a + 2048, 0);
  probe("jump", jump, a, 1);
  probe("jump", jump, a + 256, 1);
  probe("jump", jump, 0x40004000, 1);
}

int main(void) {
  uint32_t a = (uint32_t)area;
  report("type", MPU_TYPE & 0xFF00);
  SHCSR = 7u << 16;
  regions();
  protect(1);
  permissions(a);
  background(a);
  fetches(a);
  print("priorities\n");
  SHCSR = 0;
  probe("load", load, a + 256, 1);
  __asm volatile("cpsid f");
  probe("load", load, a + 256, 0);
  __asm volatile("cpsie f");
  protect(0);
  probe("load", load, a + 256, 0);
  return 0;
}

#else

int main(void) {
  print("no fault registers to look at\n");
  return 0;
}

#endif
