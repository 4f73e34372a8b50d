// SPDX-License-Identifier: Apache-2.0
// fuzz: the entry that libFuzzer (or replay.c) calls, and a check that stops on what must not be.
#ifndef POSTERN_TESTS_FUZZ_FUZZ_H
#define POSTERN_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define fuzz_check(holds, ...)                                                                               \
  do {                                                                                                       \
    if (!(holds)) {                                                                                          \
      fprintf(stderr, __VA_ARGS__);                                                                          \
      fputc('\n', stderr);                                                                                   \
      abort();                                                                                               \
    }                                                                                                        \
  } while (0)

#endif
