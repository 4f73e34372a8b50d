// SPDX-License-Identifier: Apache-2.0
// clock: time, and the text forms of it that the standards use. Wall time is milliseconds since
// 1970-01-01 UTC; monotonic time is microseconds from an arbitrary start. Any thread.
#ifndef POSTERN_BASE_CLOCK_H
#define POSTERN_BASE_CLOCK_H

#include <pthread.h>

#include "base/err.h"
#include "base/str.h"

enum { CLOCK_TEXT = 32 }; // room for any text form here, with its NUL

int64_t clock_now_ms(void);                   // wall
uint64_t clock_mono_us(void);                 // monotonic
void clock_condition_init(pthread_cond_t *c); // whose timed waits go by the monotonic clock

void clock_rfc3339(int64_t ms, char out[CLOCK_TEXT]);   // 2026-11-20T08:15:00.123Z, without ".000" when whole
bool clock_parse_rfc3339(struct str s, int64_t *ms);    // RFC 3339 date-time with offset; seconds required
void clock_http_date(int64_t ms, char out[CLOCK_TEXT]); // RFC 9110 §5.6.7 IMF-fixdate
bool clock_parse_http_date(struct str s, int64_t *ms);  // IMF-fixdate, rfc850-date, asctime-date

#endif
