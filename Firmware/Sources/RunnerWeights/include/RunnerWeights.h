// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The network's weights, which FirmwareBuild writes into `Generated`, the memory it works in, and
/// a place for its inputs.
#ifndef RUNNER_WEIGHTS_H
#define RUNNER_WEIGHTS_H

#if __has_include("../Generated/RunnerNetworkWeights.h")
#include "../Generated/RunnerNetworkShape.h"
#include "../Generated/RunnerNetworkWeights.h"
#else
#error The network is made first: run "swift run firmware compile" in the folder above Firmware
#endif

enum { network_input_bytes = NETWORK_INPUT_BYTES };

extern uint64_t network_arena[];
extern uint8_t network_inputs[NETWORK_INPUT_BYTES];

static inline void *_Nonnull networkArena(void) { return network_arena; }
static inline uint8_t *_Nonnull networkInputs(void) { return network_inputs; }

#endif
