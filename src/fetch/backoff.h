// SPDX-License-Identifier: Apache-2.0
// backoff: how long to wait before the next try: doubled with each failure, up to a most, and scattered over
// its upper half so that many who lost the same server do not return at once. Any thread.
#ifndef POSTERN_FETCH_BACKOFF_H
#define POSTERN_FETCH_BACKOFF_H

#include <stdint.h>

uint64_t backoff_ms(unsigned failures, uint64_t first_ms, uint64_t most_ms);

#endif
