// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <unicorn/unicorn.h>

// uc_ctl takes variable arguments, which Swift cannot pass.

static inline uc_err uc_use_cortex_m4(uc_engine *engine) {
  return uc_ctl_set_cpu_model(engine, UC_CPU_ARM_CORTEX_M4);
}

/// Drops what was translated from [begin, end), after the code there has changed.
static inline uc_err uc_forget_code(uc_engine *engine, uint64_t begin, uint64_t end) {
  return uc_ctl_remove_cache(engine, begin, end);
}
