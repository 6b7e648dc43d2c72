// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// A plugin for QEMU (docs/devel/tcg-plugins.rst, API version 1): prints how many instructions had
// been executed each time the program came to one address, for QEMUInstructionTests.
// Debian ships no header for plugins, so what is used of it is declared here.

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef struct qemu_info_t qemu_info_t;
typedef void (*TranslationCallback)(qemu_plugin_id_t, struct qemu_plugin_tb *);
typedef void (*ExecutionCallback)(unsigned int, void *);

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t, TranslationCallback);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *, size_t);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *);
void qemu_plugin_register_vcpu_insn_exec_cb(
    struct qemu_plugin_insn *, ExecutionCallback, int flags, void *);

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

static uint64_t executed, watched;

static void count(unsigned int processor, void *unused) { executed++; }

static void arrive(unsigned int processor, void *unused) {
  fprintf(stderr, "arrived %" PRIu64 "\n", executed);
  executed++;
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *block) {
  for (size_t index = 0; index < qemu_plugin_tb_n_insns(block); index++) {
    struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(block, index);
    int is_watched = qemu_plugin_insn_vaddr(instruction) == watched;
    qemu_plugin_register_vcpu_insn_exec_cb(instruction, is_watched ? arrive : count, 0, NULL);
  }
}

/// One argument: `address=0x1234`.
__attribute__((visibility("default"))) int qemu_plugin_install(
    qemu_plugin_id_t id, const qemu_info_t *info, int count, char **arguments) {
  if (count != 1 || strncmp(arguments[0], "address=", 8) != 0) return -1;
  watched = strtoull(arguments[0] + 8, NULL, 0);
  qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
  return 0;
}
