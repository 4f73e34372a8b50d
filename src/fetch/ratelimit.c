// SPDX-License-Identifier: Apache-2.0
// Each header that speaks of rates lands in a window: one limit, what remains of it, when it resets. A window
// is told from others by the family of its header names and by what else the name says ("minute",
// "requests"), or by the policy name inside the field (draft-ietf-httpapi-ratelimit-headers-08 and later).
// The tightest window is the answer.
#include "fetch/ratelimit.h"

#include <strings.h>

#include "base/clock.h"

enum { RATE_WINDOWS_MOST = 16, RATE_DIGITS_MOST = 15 };

// Families whose names are prefix + words. Structured fields have their own (RATE_STRUCTURED).
static const struct str rate_prefixes[] = {
    {"ratelimit-", 10},  {"x-ratelimit-", 12},        {"x-rate-limit-", 13},
    {"rate-limit-", 11}, {"x-featureratelimit-", 19},
};
enum { RATE_PREFIXES = sizeof rate_prefixes / sizeof *rate_prefixes, RATE_STRUCTURED };

enum rate_part { RATE_LIMIT, RATE_REMAINING, RATE_RESET, RATE_PARTS };

static const struct {
  const char *word;
  enum rate_part part;
} rate_words[] = {
    {"limit", RATE_LIMIT}, {"remaining", RATE_REMAINING},
    {"reset", RATE_RESET}, {"resettime", RATE_RESET}, // GitLab, a date
    {"next", RATE_RESET},                             // Akamai, the time of the next try
};

// Words that name a window also bound its reset.
static const struct {
  const char *word;
  int64_t seconds;
} rate_lengths[] = {{"second", 1}, {"minute", 60}, {"hour", 3600}, {"day", 86400}, {"month", 31 * 86400}};

// Not requests: such windows say nothing about the next call.
static const char *const rate_foreign[] = {"tokens", "bytes", "content-bytes", "concurrent-requests",
                                           "concurrent"};

struct rate_window {
  int family;
  struct str name;
  bool has[RATE_PARTS];
  int64_t value[RATE_PARTS];
  bool reset_is_guess; // the length of the window, not its end
};

struct rate_reader {
  const struct http_headers *headers;
  int64_t now_ms; // by our clock
  struct rate_window windows[RATE_WINDOWS_MOST];
  size_t count;
  bool has_policy;
  int64_t policy_limit; // the least of the unnamed or unmatched policies
  bool has_retry, retry_exact;
  int64_t retry_s;
};

#define RATE_COUNT(table) (sizeof(table) / sizeof *(table))

static bool rate_is_foreign(struct str word) {
  for (size_t i = 0; i < RATE_COUNT(rate_foreign); i++)
    if (str_is_nocase(word, rate_foreign[i])) return true;
  return false;
}

static struct rate_window *rate_window_of(struct rate_reader *r, int family, struct str name) {
  for (size_t i = 0; i < r->count; i++)
    if (r->windows[i].family == family && str_eq_nocase(r->windows[i].name, name)) return &r->windows[i];
  if (r->count == RATE_WINDOWS_MOST) return NULL;
  r->windows[r->count] = (struct rate_window){.family = family, .name = name};
  return &r->windows[r->count++];
}

// Said twice: the stricter counts.
static void rate_put(struct rate_window *w, enum rate_part part, int64_t value) {
  bool stricter = part == RATE_RESET ? value > w->value[part] : value < w->value[part];
  if (!w->has[part] || stricter) w->value[part] = value;
  w->has[part] = true;
}

// "12", "12.5" (rounded up), up to a ',' or ';'.
static bool rate_number(struct str s, int64_t *out) {
  s = str_trim(s);
  int64_t n = 0;
  size_t i = 0;
  for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++) {
    if (i == RATE_DIGITS_MOST) return false;
    n = n * 10 + (s.p[i] - '0');
  }
  if (i == 0) return false;
  bool more = false;
  if (i < s.n && s.p[i] == '.')
    for (i++; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++) more |= s.p[i] != '0';
  while (i < s.n && (s.p[i] == ' ' || s.p[i] == '\t')) i++;
  if (i < s.n && s.p[i] != ',' && s.p[i] != ';') return false;
  *out = n + more;
  return true;
}

static int64_t rate_until(const struct rate_reader *r, int64_t then_ms) {
  int64_t now_ms; // by the vendor's clock, where it tells
  if (!clock_parse_http_date(str_trim(http_header_get(r->headers, "date")), &now_ms)) now_ms = r->now_ms;
  return then_ms <= now_ms ? 0 : (then_ms - now_ms + 999) / 1000;
}

// The forms seen in the wild: a date, milliseconds or seconds since 1970, or seconds from now.
static bool rate_time(const struct rate_reader *r, struct str s, int64_t *seconds) {
  int64_t n;
  s = str_trim(s);
  if (clock_parse_http_date(s, &n) || clock_parse_rfc3339(s, &n)) return *seconds = rate_until(r, n), true;
  if (str_starts(s, "-") && rate_number(str_from(s, 1), &n)) return *seconds = 0, true; // over already
  if (!rate_number(s, &n)) return false;
  if (n >= INT64_C(1000000000000))
    *seconds = rate_until(r, n);
  else if (n >= INT64_C(1000000000))
    *seconds = rate_until(r, n * 1000);
  else
    *seconds = n;
  return true;
}

// ---- structured fields (RFC 9651): lists of items with parameters

struct rate_item {
  struct str key;   // of a dictionary member: key=value
  struct str value; // a string without its quotes, escapes kept; else as written
  struct str q, r, t, unit;
};

static bool rate_is_key(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '.' || c == '*';
}

static void rate_skip(struct str *s) {
  while (s->n && (*s->p == ' ' || *s->p == '\t')) *s = str_from(*s, 1);
}

static bool rate_char(struct str *s, char c) {
  if (!s->n || *s->p != c) return false;
  *s = str_from(*s, 1);
  return true;
}

static bool rate_key(struct str *s, struct str *out) {
  size_t n = 0;
  while (n < s->n && rate_is_key(s->p[n])) n++;
  *out = (struct str){s->p, n};
  *s = str_from(*s, n);
  return n > 0;
}

static bool rate_quoted(struct str *s, struct str *out) {
  for (size_t i = 1; i < s->n; i++) {
    if (s->p[i] == '\\') {
      i++; // whatever it is, it does not end the string
    } else if (s->p[i] == '"') {
      *out = (struct str){s->p + 1, i - 1};
      *s = str_from(*s, i + 1);
      return true;
    }
  }
  return false;
}

// A string, or anything else up to what may follow a bare item: a number, token, :bytes:, ?1, @date.
static bool rate_bare(struct str *s, struct str *out) {
  if (s->n && *s->p == '"') return rate_quoted(s, out);
  size_t n = 0;
  if (s->n && *s->p == ':') { // base64 may hold '=' and '/', never ':'
    for (n = 1; n < s->n && s->p[n] != ':';) n++;
    if (n++ == s->n) return false;
  } else {
    while (n < s->n && !strchr(",;= \t\"", s->p[n])) n++;
  }
  *out = (struct str){s->p, n};
  *s = str_from(*s, n);
  return n > 0;
}

static bool rate_parameter(struct str *s, struct rate_item *item) {
  struct str key, value = STR_NONE;
  rate_skip(s);
  if (!rate_key(s, &key)) return false;
  if (rate_char(s, '=') && !rate_bare(s, &value)) return false;
  struct str *known = str_is(key, "q")    ? &item->q
                      : str_is(key, "r")  ? &item->r
                      : str_is(key, "t")  ? &item->t
                      : str_is(key, "qu") ? &item->unit
                                          : NULL;
  if (known) *known = value; // the rest are comments to us
  return true;
}

// Takes one item off the front. False at the end, and where the field is malformed (the rest is then
// ignored).
static bool rate_item(struct str *s, struct rate_item *out) {
  struct rate_item item = {0};
  rate_skip(s);
  if (!s->n || !rate_bare(s, &item.value)) return false;
  rate_skip(s);
  if (rate_char(s, '=')) {
    item.key = item.value;
    rate_skip(s);
    if (!rate_bare(s, &item.value)) return false;
  }
  for (rate_skip(s); rate_char(s, ';'); rate_skip(s))
    if (!rate_parameter(s, &item)) return false;
  if (s->n && !rate_char(s, ',')) return false;
  *out = item;
  return true;
}

// RateLimit: `"default";r=50;t=30` (08 and later) or `limit=100, remaining=50, reset=5` (07).
static void rate_read_field(struct rate_reader *r, struct str value) {
  for (struct rate_item item; rate_item(&value, &item);) {
    struct rate_window *w = rate_window_of(r, RATE_STRUCTURED, item.key.n ? STR_NONE : item.value);
    int64_t n;
    if (!w) return;
    if (item.key.n) {
      for (size_t i = 0; i < RATE_COUNT(rate_words); i++)
        if (str_is_nocase(item.key, rate_words[i].word) && rate_number(item.value, &n))
          rate_put(w, rate_words[i].part, n);
      continue;
    }
    if (rate_is_foreign(item.unit)) continue;
    if (rate_number(item.r, &n)) rate_put(w, RATE_REMAINING, n);
    if (rate_number(item.t, &n)) rate_put(w, RATE_RESET, n);
  }
}

// RateLimit-Policy: `"burst";q=100;w=60` (08 and later) or `100;w=60` (04 to 07). Says limits only.
static void rate_read_policy(struct rate_reader *r, struct str value) {
  for (struct rate_item item; rate_item(&value, &item);) {
    int64_t n;
    if (rate_is_foreign(item.unit)) continue;
    bool named = item.q.n > 0;
    if (!rate_number(named ? item.q : item.value, &n)) continue;
    if (!r->has_policy || n < r->policy_limit) r->policy_limit = n;
    r->has_policy = true;
    struct rate_window *w = named ? rate_window_of(r, RATE_STRUCTURED, item.value) : NULL;
    if (w) rate_put(w, RATE_LIMIT, n);
  }
}

// ---- prefix-and-words names

// "limit-minute" is the limit of "minute"; "requests-limit" is that of "requests".
static bool rate_split(struct str rest, enum rate_part *part, struct str *name, bool *relative) {
  bool found = false;
  *name = STR_NONE;
  *relative = false;
  for (struct str word; str_cut(&rest, '-', &word);) {
    bool is_part = false;
    for (size_t i = 0; i < RATE_COUNT(rate_words) && !is_part && !found; i++) {
      is_part = str_is_nocase(word, rate_words[i].word);
      if (is_part) *part = rate_words[i].part;
    }
    if (is_part)
      found = true;
    else if (found && str_is_nocase(word, "after"))
      *relative = true; // "reset-after": seconds, whatever their number
    else if (rate_is_foreign(word))
      return false;
    else
      *name = word;
  }
  return found;
}

static void rate_read_named(struct rate_reader *r, int family, struct str rest, struct str value) {
  enum rate_part part;
  struct str name;
  bool relative;
  int64_t n;
  if (!rate_split(rest, &part, &name, &relative)) return;
  bool ok = part == RATE_RESET && !relative ? rate_time(r, value, &n) : rate_number(value, &n);
  struct rate_window *w = ok ? rate_window_of(r, family, name) : NULL;
  if (w) rate_put(w, part, n);
}

static void rate_read_retry(struct rate_reader *r, struct str value, bool in_ms) {
  int64_t n;
  if (in_ms ? !rate_number(value, &n) : !rate_time(r, value, &n)) return;
  if (in_ms) n = (n + 999) / 1000;
  if (r->has_retry && (r->retry_exact || !in_ms) && n <= r->retry_s) return;
  r->has_retry = true;
  r->retry_exact |= in_ms;
  r->retry_s = n;
}

static bool rate_starts_nocase(struct str s, struct str prefix) {
  return s.n > prefix.n && strncasecmp(s.p, prefix.p, prefix.n) == 0;
}

static void rate_read_header(struct rate_reader *r, const struct http_header *h) {
  if (str_is_nocase(h->name, "ratelimit")) return rate_read_field(r, h->value);
  if (str_is_nocase(h->name, "ratelimit-policy")) return rate_read_policy(r, h->value);
  if (str_is_nocase(h->name, "retry-after")) return rate_read_retry(r, h->value, false);
  if (str_is_nocase(h->name, "retry-after-ms")) return rate_read_retry(r, h->value, true);
  for (int i = 0; i < RATE_PREFIXES; i++)
    if (rate_starts_nocase(h->name, rate_prefixes[i]))
      return rate_read_named(r, i, str_from(h->name, rate_prefixes[i].n), h->value);
}

// ---- the answer

// What a window does not say itself, its family's nameless headers, its name, or the policies may.
static void rate_complete(struct rate_reader *r, struct rate_window *w) {
  for (size_t i = 0; i < r->count; i++) {
    struct rate_window *common = &r->windows[i];
    if (common->family != w->family || common->name.n) continue;
    for (int part = 0; part < RATE_PARTS; part++)
      if (!w->has[part] && common->has[part]) rate_put(w, (enum rate_part)part, common->value[part]);
  }
  for (size_t i = 0; i < RATE_COUNT(rate_lengths) && !w->has[RATE_RESET]; i++) {
    if (!str_is_nocase(w->name, rate_lengths[i].word)) continue;
    rate_put(w, RATE_RESET, rate_lengths[i].seconds);
    w->reset_is_guess = true;
  }
  if (!w->has[RATE_LIMIT] && r->has_policy) rate_put(w, RATE_LIMIT, r->policy_limit);
}

// Fewest left; then a stated reset before a guessed one; then the longest wait; then the least limit.
static bool rate_tighter(const struct rate_window *a, const struct rate_window *b) {
  if (a->has[RATE_REMAINING] != b->has[RATE_REMAINING]) return a->has[RATE_REMAINING];
  if (a->has[RATE_REMAINING] && a->value[RATE_REMAINING] != b->value[RATE_REMAINING])
    return a->value[RATE_REMAINING] < b->value[RATE_REMAINING];
  if (a->has[RATE_RESET] != b->has[RATE_RESET]) return a->has[RATE_RESET];
  if (a->reset_is_guess != b->reset_is_guess) return !a->reset_is_guess;
  if (a->has[RATE_RESET] && a->value[RATE_RESET] != b->value[RATE_RESET])
    return a->value[RATE_RESET] > b->value[RATE_RESET];
  if (a->has[RATE_LIMIT] != b->has[RATE_LIMIT]) return a->has[RATE_LIMIT];
  return a->has[RATE_LIMIT] && a->value[RATE_LIMIT] < b->value[RATE_LIMIT];
}

static const struct rate_window *rate_tightest(struct rate_reader *r) {
  const struct rate_window *best = NULL;
  for (size_t i = 0; i < r->count; i++) rate_complete(r, &r->windows[i]);
  for (size_t i = 0; i < r->count; i++)
    if (!best || rate_tighter(&r->windows[i], best)) best = &r->windows[i];
  return best;
}

bool ratelimit_read(const struct http_headers *h, int status, int64_t now_ms, struct ratelimit *out) {
  struct rate_reader r;
  r.headers = h;
  r.now_ms = now_ms;
  r.count = 0;
  r.has_policy = r.has_retry = r.retry_exact = false;
  for (size_t i = 0; i < h->count; i++) rate_read_header(&r, &h->items[i]);

  struct ratelimit found = {.has_retry_after = r.has_retry, .retry_after_s = r.has_retry ? r.retry_s : 0};
  struct rate_window policy = {.has = {[RATE_LIMIT] = r.has_policy},
                               .value = {[RATE_LIMIT] = r.has_policy ? r.policy_limit : 0}};
  const struct rate_window *w = rate_tightest(&r);
  if (!w) w = &policy;
  found.has_limit = w->has[RATE_LIMIT], found.limit = w->value[RATE_LIMIT];
  found.has_remaining = w->has[RATE_REMAINING], found.remaining = w->value[RATE_REMAINING];
  found.has_reset = w->has[RATE_RESET], found.reset_s = w->value[RATE_RESET];
  if (!found.has_limit && !found.has_remaining && !found.has_reset && !found.has_retry_after) return false;
  if ((status == 429 || status == 420) && !found.has_remaining)
    found.has_remaining = true; // refused: none is left
  *out = found;
  return true;
}

int64_t ratelimit_wait(const struct ratelimit *r) {
  if (r->has_retry_after) return r->retry_after_s;
  return r->has_reset ? r->reset_s : -1;
}
