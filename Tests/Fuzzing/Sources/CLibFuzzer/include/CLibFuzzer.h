// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// libFuzzer's driver for programs that have a main of their own.
#include <stddef.h>
#include <stdint.h>

typedef int (*CLibFuzzerTest)(const uint8_t *data, size_t size);

int LLVMFuzzerRunDriver(int *argc, char ***argv, CLibFuzzerTest test);
