// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#include "RunnerWeights.h"

// 64-bit words, since the arena is aligned to 8 bytes at least.
__attribute__((aligned(16))) uint64_t network_arena[(NETWORK_ARENA_BYTES + 7) / 8];
__attribute__((aligned(8))) uint8_t network_inputs[NETWORK_INPUT_BYTES];
