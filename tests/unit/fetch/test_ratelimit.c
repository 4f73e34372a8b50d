// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/clock.h"
#include "fetch/ratelimit.h"

#define NOW "Sat, 21 Nov 2026 10:00:00 GMT" // 1795255200
enum { NONE = -1 };

// Headers as "name: value\n…"; what is read as limit, remaining, reset, retry-after.
static const struct row {
  const char *what;
  int status;
  const char *headers;
  int64_t limit, remaining, reset, retry;
} rows[] = {
    {"nothing", 200, "content-type: text/plain\nrate: 3\nx-rate: 4\n", NONE, NONE, NONE, NONE},
    // IETF drafts
    {"drafts 01-03", 200,
     "RateLimit-Limit: 10, 10;w=1, 50;w=60\nRateLimit-Remaining: 1\nRateLimit-Reset: 7\n", 10, 1, 7, NONE},
    {"drafts 04-06", 200,
     "ratelimit-limit: 10\nratelimit-policy: 10;w=1, 1000;w=3600\nratelimit-remaining: 9\nratelimit-reset: "
     "1\n",
     10, 9, 1, NONE},
    {"draft 07", 200, "RateLimit: limit=100, remaining=50, reset=5\nRateLimit-Policy: 100;w=10\n", 100, 50, 5,
     NONE},
    {"draft 07, limit from the policy", 200, "RateLimit: remaining=50, reset=5\nRateLimit-Policy: 100;w=10\n",
     100, 50, 5, NONE},
    {"draft 08", 200,
     "RateLimit: \"default\";r=50;t=30\nRateLimit-Policy: \"burst\";q=100;w=60,\"daily\";q=1000;w=86400\n",
     100, 50, 30, NONE},
    {"draft 08, named policy", 200,
     "RateLimit: \"daily\";r=50;t=30\nRateLimit-Policy: \"burst\";q=100;w=60,\"daily\";q=1000;w=86400\n",
     1000, 50, 30, NONE},
    {"draft 08, the tightest of two", 200,
     "RateLimit: \"burst\";r=9;t=2, \"daily\";r=5;t=3000\nRateLimit-Policy: \"burst\";q=10;w=60, "
     "\"daily\";q=1000;w=86400\n",
     1000, 5, 3000, NONE},
    {"draft 08, several lines", 200,
     "RateLimit: \"burst\";r=9;t=2\nRateLimit: \"daily\";r=50;t=3000\nRateLimit-Policy: "
     "\"burst\";q=10;w=60\nRateLimit-Policy: \"daily\";q=1000;w=86400\n",
     10, 9, 2, NONE},
    {"draft 08, other units", 200,
     "RateLimit: \"bytes\";qu=\"content-bytes\";r=1;t=99, \"n\";r=7;t=3\nRateLimit-Policy: "
     "\"bytes\";q=5;qu=\"content-bytes\",\"n\";q=8\n",
     8, 7, 3, NONE},
    {"draft 08, partition key and comments", 200,
     "RateLimit: \"p\";r=4;t=2;pk=:cHN0bg==:;note=\"a, b;r=0\"\n", NONE, 4, 2, NONE},
    {"draft 08, escaped quote", 200, "RateLimit: \"a\\\",\\\\\";r=4;t=2\n", NONE, 4, 2, NONE},
    {"draft 08, unclosed quote", 200, "RateLimit: \"a;r=4;t=2\n", NONE, NONE, NONE, NONE},
    {"draft 08, good item before a bad one", 200, "RateLimit: \"a\";r=4;t=2, \"b\";r=\"\n", NONE, 4, 2, NONE},
    {"draft 08, token names and spaces", 200, "RateLimit:   default ; r=4 ;  t=2  \n", NONE, 4, 2, NONE},
    {"policy alone", 200, "RateLimit-Policy: \"burst\";q=100;w=60\n", 100, NONE, NONE, NONE},
    // vendors
    {"Cloudflare, 429", 429,
     "Ratelimit: \"default\";r=0;t=30\nRatelimit-Policy: \"burst\";q=100;w=60\nretry-after: 31\n", 100, 0, 30,
     31},
    {"Cloudflare, first release", 429,
     "X-RateLimit-Limit: 1200\nX-RateLimit-Remaining: 0\nX-RateLimit-Reset: Sat, 21 Nov 2026 10:05:00 "
     "GMT\nRetry-After: 300\n",
     1200, 0, 300, 300},
    {"Cloudflare, first release, 200", 200, "X-RateLimit-Limit: 1200\nX-RateLimit-Remaining: 1199\n", 1200,
     1199, NONE, NONE},
    {"GitHub", 403,
     "x-ratelimit-limit: 60\nx-ratelimit-remaining: 0\nx-ratelimit-reset: 1795255260\nx-ratelimit-used: "
     "60\nx-ratelimit-resource: core\n",
     60, 0, 60, NONE},
    {"GitHub, secondary limit", 429, "x-ratelimit-limit: 60\nx-ratelimit-remaining: 42\nretry-after: 60\n",
     60, 42, NONE, 60},
    {"Cloudinary", 420,
     "X-FeatureRateLimit-Limit: 500\nX-FeatureRateLimit-Remaining: 0\nX-FeatureRateLimit-Reset: Sat, 21 Nov "
     "2026 11:00:00 GMT\n",
     500, 0, 3600, NONE},
    {"X", 429, "x-rate-limit-limit: 15\nx-rate-limit-remaining: 0\nx-rate-limit-reset: 1795255800\n", 15, 0,
     600, NONE},
    {"Akamai", 429,
     "X-RateLimit-Limit: 100\nX-RateLimit-Remaining: 0\nX-RateLimit-Next: 2026-11-21T10:00:30.5Z\n", 100, 0,
     31, NONE},
    {"windows in the names", 200,
     "X-RateLimit-Limit-Minute: 20\nX-RateLimit-Limit-Hour: 500\nX-RateLimit-Limit-Day: "
     "9000\nX-RateLimit-Remaining-Minute: 19\nX-RateLimit-Remaining-Hour: 3\nX-RateLimit-Remaining-Day: "
     "400\n",
     500, 3, 3600, NONE},
    {"windows in the names beside the triple", 200,
     "X-RateLimit-Limit-Minute: 5\nX-RateLimit-Remaining-Minute: 4\nRateLimit-Limit: 5\nRateLimit-Remaining: "
     "4\nRateLimit-Reset: 47\n",
     5, 4, 47, NONE},
    {"subjects in the names", 200,
     "x-ratelimit-requests-limit: 300\nx-ratelimit-requests-remaining: 299\nx-ratelimit-requests-reset: 12\n",
     300, 299, 12, NONE},
    {"subjects, with tokens left aside", 200,
     "x-ratelimit-limit-requests: 300\nx-ratelimit-remaining-requests: 299\nx-ratelimit-limit-tokens: "
     "10\nx-ratelimit-remaining-tokens: 1\n",
     300, 299, NONE, NONE},
    {"GitLab", 200,
     "RateLimit-Limit: 60\nRateLimit-Remaining: 59\nRateLimit-Reset: 1795255230\nRateLimit-ResetTime: Sat, "
     "21 Nov 2026 10:00:30 GMT\n",
     60, 59, 30, NONE},
    {"window with a common reset", 200,
     "x-ratelimit-limit-search: 9\nx-ratelimit-remaining-search: 8\nx-ratelimit-reset: 4\n", 9, 8, 4, NONE},
    // resets
    {"epoch milliseconds", 200, "x-ratelimit-remaining: 1\nx-ratelimit-reset: 1795255202500\n", NONE, 1, 3,
     NONE},
    {"epoch seconds with a fraction", 200, "x-ratelimit-remaining: 1\nx-ratelimit-reset: 1795255201.25\n",
     NONE, 1, 2, NONE},
    {"seconds with a fraction", 200, "x-ratelimit-remaining: 1\nx-ratelimit-reset-after: 0.3\n", NONE, 1, 1,
     NONE},
    {"RFC 3339 with an offset", 200,
     "x-ratelimit-remaining: 1\nx-ratelimit-reset: 2026-11-21T12:00:10+02:00\n", NONE, 1, 10, NONE},
    {"past", 200, "x-ratelimit-remaining: 1\nx-ratelimit-reset: 1795255100\n", NONE, 1, 0, NONE},
    {"negative", 200, "x-ratelimit-remaining: 1\nx-ratelimit-reset: -3\n", NONE, 1, 0, NONE},
    {"the vendor's clock counts", 429,
     "Date: Sat, 21 Nov 2026 12:00:00 GMT\nx-ratelimit-remaining: 0\nx-ratelimit-reset: 1795262405\n", NONE,
     0, 5, NONE},
    {"twice: the stricter", 200,
     "x-ratelimit-limit: 10\nx-ratelimit-limit: 5\nx-ratelimit-remaining: 2\nx-ratelimit-remaining: "
     "3\nx-ratelimit-reset: 1\nx-ratelimit-reset: 9\n",
     5, 2, 9, NONE},
    // retry-after
    {"Retry-After: date", 503, "Retry-After: Sat, 21 Nov 2026 10:02:00 GMT\n", NONE, NONE, NONE, 120},
    {"Retry-After: seconds on 429 alone", 429, "Retry-After: 5\n", NONE, 0, NONE, 5},
    {"retry-after-ms is more exact", 429, "retry-after: 5\nretry-after-ms: 1200\n", NONE, 0, NONE, 2},
    {"retry-after-ms first", 429, "retry-after-ms: 1200\nretry-after: 9\n", NONE, 0, NONE, 9},
    // nonsense
    {"words", 200,
     "x-ratelimit-limit: lots\nx-ratelimit-remaining: 5 apples\nx-ratelimit-reset: tomorrow\nretry-after: "
     "soon\n",
     NONE, NONE, NONE, NONE},
    {"too many digits", 200,
     "x-ratelimit-limit: 99999999999999999999\nx-ratelimit-reset: 1234567890123456789\n", NONE, NONE, NONE,
     NONE},
    {"empty", 200, "ratelimit:\nratelimit-policy:\nratelimit-limit:\nratelimit-:\nretry-after:\n", NONE, NONE,
     NONE, NONE},
};

static size_t parse(const char *text, struct http_header *items) {
  size_t count = 0;
  for (struct str rest = str_of(text), line; str_cut(&rest, '\n', &line);) {
    if (!line.n) continue;
    assert_true(str_cut(&line, ':', &items[count].name));
    items[count++].value = line; // with its leading space, as some parsers leave it
  }
  return count;
}

static int64_t shown(bool has, int64_t value) {
  return has ? value : NONE;
}

static void every_form(void **state) {
  (void)state;
  int64_t now;
  assert_true(clock_parse_http_date(STR(NOW), &now));
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const struct row *row = &rows[i];
    struct http_header items[16];
    struct http_headers h = {items, parse(row->headers, items)};
    struct ratelimit r = {0};
    bool said = ratelimit_read(&h, row->status, now, &r);
    int64_t got[] = {shown(r.has_limit, r.limit), shown(r.has_remaining, r.remaining),
                     shown(r.has_reset, r.reset_s), shown(r.has_retry_after, r.retry_after_s)};
    int64_t want[] = {row->limit, row->remaining, row->reset, row->retry};
    if (memcmp(got, want, sizeof got) != 0)
      fail_msg("%s: limit %lld remaining %lld reset %lld retry %lld", row->what, (long long)got[0],
               (long long)got[1], (long long)got[2], (long long)got[3]);
    assert_int_equal(said, r.has_limit || r.has_remaining || r.has_reset || r.has_retry_after);
  }
}

static void more_windows_than_we_keep(void **state) {
  (void)state;
  static char names[60][40];
  struct http_header items[60];
  for (int i = 0; i < 60; i++) {
    int n = snprintf(names[i], sizeof names[i], "x-ratelimit-remaining-w%d", i);
    items[i] = (struct http_header){{names[i], (size_t)n}, STR("7")};
  }
  struct http_headers h = {items, 60};
  struct ratelimit r;
  assert_true(ratelimit_read(&h, 200, 0, &r));
  assert_int_equal(r.remaining, 7);
}

static void the_wait(void **state) {
  (void)state;
  struct ratelimit r = {.has_retry_after = true, .retry_after_s = 3, .has_reset = true, .reset_s = 9};
  assert_int_equal(ratelimit_wait(&r), 3);
  r.has_retry_after = false;
  assert_int_equal(ratelimit_wait(&r), 9);
  r.has_reset = false;
  assert_int_equal(ratelimit_wait(&r), -1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_form),
      cmocka_unit_test(more_windows_than_we_keep),
      cmocka_unit_test(the_wait),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
