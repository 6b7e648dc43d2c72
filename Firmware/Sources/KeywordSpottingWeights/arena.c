// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#include "KeywordSpottingWeights.h"

_Static_assert(NETWORK_INPUT_COUNT == 48 * 32, "the model must take 48 rows of 32 features");
_Static_assert(NETWORK_OUTPUT_COUNT == 12, "the model must tell ten digits, silence and unknown");

// 64-bit words, since the arena is aligned to 8 bytes at least.
__attribute__((aligned(16))) uint64_t network_arena[(NETWORK_ARENA_BYTES + 7) / 8];
