// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <unicorn/unicorn.h>

// uc_ctl takes variable arguments, which Swift cannot pass.

/// Chooses the processor, before anything else is done with the engine.
static inline uc_err uc_use_cpu(uc_engine *engine, uc_cpu_arm model) {
  return uc_ctl_set_cpu_model(engine, model);
}

/// Every extension that Unicorn knows of.
static inline uc_err uc_use_arm64_max(uc_engine *engine) {
  return uc_ctl_set_cpu_model(engine, UC_CPU_ARM64_MAX);
}

/// Drops what was translated from [begin, end), after the code there has changed.
static inline uc_err uc_forget_code(uc_engine *engine, uint64_t begin, uint64_t end) {
  return uc_ctl_remove_cache(engine, begin, end);
}

/// Calls `answer` on every exception that the guest takes, BKPT among them.
static inline uc_err uc_hook_interrupts(
    uc_engine *engine, uc_hook *hook, uc_cb_hookintr_t answer, void *user) {
  return uc_hook_add(engine, hook, UC_HOOK_INTR, (void *)answer, user, 1, 0);
}
