// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The network's weights, which FirmwareBuild writes into `Generated`, and the memory it works in.
#ifndef KEYWORD_SPOTTING_WEIGHTS_H
#define KEYWORD_SPOTTING_WEIGHTS_H

#if __has_include("../Generated/KeywordSpottingNetworkWeights.h")
#include "../Generated/KeywordSpottingNetworkShape.h"
#include "../Generated/KeywordSpottingNetworkWeights.h"
#else
#error The network's code is made first: run "swift run emulate" in the folder above Firmware
#endif

extern uint64_t network_arena[];

static inline void *_Nonnull networkArena(void) { return network_arena; }

#endif
