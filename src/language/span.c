// SPDX-License-Identifier: Apache-2.0
#include "language/span.h"

#include <ctype.h>
#include <stdio.h>

#include "program/when.h"
#include "table/moment.h"

struct span_match { // what the slots of a rule took
  size_t first, n;
  int64_t number;
  char unit;
  struct str dates[2];
  size_t date_count;
  int64_t month, weekday, day, year;
  int64_t clocks[2]; // minutes of a day
  bool halved[2];    // with "am" or "pm"
  size_t clock_count;
};

struct span_reader {
  const struct language *language;
  const struct ask_words *words;
  const struct table_clock *clock;
  struct arena *arena;
};

// ---- slots

static bool span_number(const struct span_reader *r, size_t at, int64_t *out, size_t *n) {
  const struct word *w = &r->words->items[at];
  const struct phrase *p;
  *n = 1;
  if (w->kind == WORD_NUMBER && w->number >= 0 && w->number <= 100000) return *out = (int64_t)w->number, true;
  size_t words = language_at(r->language, r->words, at, LANGUAGE_NUMBER, &p);
  return words && (*out = p->number, *n = words, true);
}

// "24h", "7d": number and unit in one word.
static bool span_glued(const struct span_reader *r, size_t at, struct span_match *m) {
  struct str low = r->words->items[at].low;
  size_t digits = 0;
  while (digits < low.n && isdigit((unsigned char)low.p[digits])) digits++;
  uint64_t n;
  if (!digits || digits == low.n || !str_to_u64(str_make(low.p, digits), &n) || n > 100000) return false;
  struct word unit = {.text = str_from(low, digits),
                      .low = str_from(low, digits),
                      .stem = language_stem(str_from(low, digits), r->arena)};
  const struct phrase *p;
  if (!language_at(r->language, &(struct ask_words){&unit, 1}, 0, LANGUAGE_UNIT, &p)) return false;
  m->number = (int64_t)n;
  m->unit = (char)p->number;
  return true;
}

static bool span_month_day(const struct span_reader *r, size_t at, struct span_match *m, size_t *n);

// A date in figures, "12 November", "November 12th 2026", today, yesterday.
static bool span_date(const struct span_reader *r, size_t at, struct span_match *m, size_t *n) {
  const struct word *w = &r->words->items[at];
  if (m->date_count == 2) return false;
  *n = 1;
  if (w->kind == WORD_DATE) return m->dates[m->date_count++] = w->text, true;
  return span_month_day(r, at, m, n);
}

static bool span_ordinal(const struct word *w, int64_t *out) {
  size_t digits = 0;
  while (digits < w->low.n && isdigit((unsigned char)w->low.p[digits])) digits++;
  struct str rest = str_from(w->low, digits);
  uint64_t n;
  if (!digits || digits > 2 || !str_to_u64(str_make(w->low.p, digits), &n) || n < 1 || n > 31) return false;
  *out = (int64_t)n;
  return rest.n == 0 || str_is(rest, "st") || str_is(rest, "nd") || str_is(rest, "rd") ||
         str_is(rest, "th") || str_is(rest, ".");
}

static bool span_year(const struct word *w, int64_t *out) {
  if (w->kind != WORD_NUMBER || w->text.n != 4 || w->number < 1970 || w->number > 9000) return false;
  *out = (int64_t)w->number;
  return true;
}

static struct moment_civil span_today(const struct span_reader *r) {
  struct moment_civil c;
  moment_split(zone_local(r->clock->zone, r->clock->now_ms), &c);
  return c;
}

static bool span_month_day(const struct span_reader *r, size_t at, struct span_match *m, size_t *n) {
  const struct phrase *p;
  const struct ask_words *w = r->words;
  int64_t day = 0, month = 0, year = 0;
  size_t i = at;
  for (int k = 0; k < 3 && i < w->n; k++, i++) {
    if (!month && language_at(r->language, w, i, LANGUAGE_MONTH, &p))
      month = p->number;
    else if (!year && span_year(&w->items[i], &year))
      continue;
    else if (!day && span_ordinal(&w->items[i], &day))
      continue;
    else if (!(str_is(w->items[i].low, "of") && day && !month))
      break;
  }
  if (!day || !month) return false;
  struct moment_civil today = span_today(r);
  if (!year)
    year = month > today.month || (month == today.month && day > today.day) ? today.year - 1 : today.year;
  m->dates[m->date_count++] =
      arena_printf(r->arena, "%04lld-%02lld-%02lld", (long long)year, (long long)month, (long long)day);
  *n = i - at;
  return true;
}

// "8", "8:30", as far as it goes; `plain`: with a colon.
static size_t span_clock_digits(struct str s, int64_t *minutes, bool *plain) {
  uint64_t hour, minute = 0;
  size_t n = 0, end;
  while (n < s.n && isdigit((unsigned char)s.p[n])) n++;
  if (!n || n > 2 || !str_to_u64(str_make(s.p, n), &hour) || hour > 24) return 0;
  end = n;
  *plain = n + 2 < s.n && s.p[n] == ':' && isdigit((unsigned char)s.p[n + 1]) &&
           isdigit((unsigned char)s.p[n + 2]);
  if (*plain && (!str_to_u64(str_make(s.p + n + 1, 2), &minute) || minute > 59)) return 0;
  *minutes = (int64_t)(hour * 60 + minute);
  return *plain ? end + 3 : end;
}

static bool span_half(const struct span_reader *r, const struct ask_words *w, size_t at, int64_t *minutes) {
  const struct phrase *p;
  if (at >= w->n || !language_at(r->language, w, at, LANGUAGE_HALF, &p)) return false;
  *minutes = p->number == 12 ? *minutes % 720 + 720 : *minutes == 720 && p->number < 0 ? 0 : *minutes;
  return true;
}

// An hour of the day: "10", "8:30", "9am", "11 pm". `plain`: not a number alone.
static bool span_clock(const struct span_reader *r, size_t at, bool plain, struct span_match *m, size_t *n) {
  struct str low = r->words->items[at].low;
  int64_t minutes;
  bool colon, half = false;
  size_t digits = span_clock_digits(low, &minutes, &colon);
  if (!digits || m->clock_count == 2) return false;
  *n = 1;
  if (digits < low.n) { // "9am"
    struct str rest = str_from(low, digits);
    struct word glued = {.text = rest, .low = rest, .stem = language_stem(rest, r->arena)};
    half = span_half(r, &(struct ask_words){&glued, 1}, 0, &minutes);
    if (!half) return false;
  } else if (!r->words->items[at].end && span_half(r, r->words, at + 1, &minutes)) {
    half = true;
    *n = 2;
  }
  if (plain && !half && !colon) return false;
  m->halved[m->clock_count] = half;
  m->clocks[m->clock_count++] = minutes;
  if (m->clock_count == 2 && half && !m->halved[0] && m->clocks[0] < 720 && minutes >= 720 &&
      m->clocks[0] + 720 < minutes)
    m->clocks[0] += 720; // "from 2 to 4 pm"
  return true;
}

static bool span_slot(const struct span_reader *r, char slot, size_t at, struct span_match *m, size_t *n) {
  const struct phrase *p;
  const struct word *w = &r->words->items[at];
  *n = 1;
  switch (slot) {
  case 'n':
    return span_number(r, at, &m->number, n);
  case 'u':
    *n = language_at(r->language, r->words, at, LANGUAGE_UNIT, &p);
    if (*n && str_ends(w->low, "ly") != str_ends(p->first, "ly")) return false; // "a yearly pass"
    return *n && p->number != 's' && (m->unit = (char)p->number, true); // seconds last, and are no time ago
  case 't':
    return span_date(r, at, m, n);
  case 'h':
  case 'c':
    return span_clock(r, at, slot == 'c', m, n);
  case 'm':
    *n = language_at(r->language, r->words, at, LANGUAGE_MONTH, &p);
    return *n && (m->month = p->number, true);
  case 'w':
    *n = language_at(r->language, r->words, at, LANGUAGE_WEEKDAY, &p);
    return *n && (m->weekday = p->number, true);
  case 'd':
    return (w->low.n > 2 || w->end == '.') && span_ordinal(w, &m->day); // 12th, or 12. in German
  default:
    return span_year(w, &m->year);
  }
}

static bool span_part(const struct span_reader *r, const struct language_part *part, size_t at,
                      struct span_match *m, size_t *n) {
  const struct word *w = &r->words->items[at];
  if (w->clause != r->words->items[m->first].clause) return false;
  if (part->slot) return span_slot(r, part->slot, at, m, n);
  *n = 1;
  for (size_t i = 0; i < part->way_count; i++)
    if (str_eq(part->ways[i], w->stem)) return true;
  return false;
}

// The rule from its part `k` on, at word `at`; what may be left out is tried first. Bounded by the parts of a rule.
static bool span_rule(const struct span_reader *r, const struct language_rule *rule, size_t k, size_t at,
                      struct span_match *m) {
  if (k == rule->count) return m->n = at - m->first, m->n > 0;
  const struct language_part *part = &rule->parts[k];
  struct span_match before = *m;
  size_t n;
  if (at < r->words->n) {
    if (part->slot == 'n' && k + 1 < rule->count && rule->parts[k + 1].slot == 'u' && span_glued(r, at, m) &&
        span_rule(r, rule, k + 2, at + 1, m))
      return true;
    *m = before;
    if (span_part(r, part, at, m, &n) && span_rule(r, rule, k + 1, at + n, m)) return true;
    *m = before;
  }
  return part->optional && span_rule(r, rule, k + 1, at, m);
}

// ---- from what was taken to two ends

static int64_t span_quarter(const struct span_reader *r, int64_t move) {
  int64_t now = zone_bucket(r->clock->zone, r->clock->now_ms, ZONE_QUARTER, 1, r->clock->first_weekday);
  return zone_bucket_after(r->clock->zone, now, ZONE_QUARTER, 1, move);
}

static struct str span_instant(const struct span_reader *r, int64_t ms) {
  char text[MOMENT_TEXT];
  moment_write(ms, text);
  return arena_dup(r->arena, str_of(text));
}

static int64_t span_month_start(const struct span_reader *r, const struct span_match *m, int64_t more) {
  struct moment_civil today = span_today(r), c = {.day = 1};
  c.month = (int)(m->month + more);
  c.year = m->year ? (int)m->year : m->month > today.month ? today.year - 1 : today.year;
  return zone_instant(r->clock->zone, moment_join(&c));
}

static struct str span_end_day(const struct span_reader *r, const struct span_match *m, struct str rest) {
  struct moment_civil c = span_today(r);
  if (m->day) {
    if (m->day > c.day) c.month--;
    c.day = (int)m->day;
  } else {
    c.day -= (c.weekday - (int)m->weekday + 7) % 7;
  }
  c.hour = c.minute = c.second = c.millisecond = 0;
  if (str_starts(rest, "+1d")) c.day++;
  return span_instant(r, zone_instant(r->clock->zone, moment_join(&c)));
}

static struct str span_quarter_end(const struct span_reader *r, const struct span_match *m, struct str text) {
  if (str_contains(text, STR("{n}"))) { // the last so many quarters: three months each
    bool ahead = str_contains(text, STR("+"));
    return arena_printf(r->arena, "now%c%lldM", ahead ? '+' : '-', (long long)m->number * 3);
  }
  if (str_is(text, "now-1{u}")) return STR("now-3M");
  if (str_is(text, "now+1{u}")) return STR("now+3M");
  return span_instant(r, span_quarter(r, str_starts(text, "now-1") ? -1 : 0));
}

static struct str span_end(const struct span_reader *r, const struct span_match *m, struct str text) {
  struct buf out = BUF_MAX(200);
  if (!text.n) return text;
  if (str_starts(text, "{weekday}") || str_starts(text, "{dom}"))
    return span_end_day(r, m, str_from(text, (size_t)str_find(text, '}') + 1));
  if (str_starts(text, "{year}")) {
    struct moment_civil c = {.year = (int)m->year + str_ends(text, "+1y"), .month = 1, .day = 1};
    return span_instant(r, zone_instant(r->clock->zone, moment_join(&c)));
  }
  if (str_starts(text, "{month}"))
    return span_instant(r, span_month_start(r, m, str_ends(text, "+1M") ? 1 : 0));
  if (m->unit == 'q' && str_contains(text, STR("{u}"))) return span_quarter_end(r, m, text);
  for (size_t i = 0; i < text.n; i++) {
    struct str rest = str_from(text, i);
    if (str_starts(rest, "{n}"))
      buf_printf(&out, "%lld", (long long)m->number), i += 2;
    else if (str_starts(rest, "{u}"))
      buf_add_char(&out, m->unit), i += 2;
    else if (str_starts(rest, "{date1}"))
      buf_add(&out, m->dates[0]), i += 6;
    else if (str_starts(rest, "{hour1}"))
      buf_printf(&out, "%lldm", (long long)m->clocks[0]), i += 6;
    else if (str_starts(rest, "{hour2}"))
      buf_printf(&out, "%lldm", (long long)m->clocks[1]), i += 6;
    else if (str_starts(rest, "{date2}"))
      buf_add(&out, m->dates[1]), i += 6;
    else
      buf_add_char(&out, text.p[i]);
  }
  struct str made = arena_dup(r->arena, buf_str(&out));
  buf_free(&out);
  return made;
}

// A date with a move behind it is no word of a program: the day after it, then, or an hour of it.
static bool span_read_end(struct str text, const struct table_clock *clock, int64_t *ms, struct err *err) {
  ptrdiff_t plus = str_find(text, '+');
  uint64_t count;
  if (plus < 10 || !isdigit((unsigned char)text.p[0]) ||
      !str_to_u64(str_make(text.p + plus + 1, text.n - (size_t)plus - 2), &count) ||
      !strchr("dm", text.p[text.n - 1]))
    return when_read(text, clock, ms, err);
  if (!when_read(str_make(text.p, (size_t)plus), clock, ms, err)) return false;
  *ms = zone_bucket_after(clock->zone, *ms, text.p[text.n - 1] == 'd' ? ZONE_DAY : ZONE_MINUTE, 1,
                          (int64_t)count);
  return true;
}

bool span_resolve(struct span *s, const struct table_clock *clock, struct err *err) {
  s->since_ms = INT64_MIN;
  s->until_ms = INT64_MAX;
  return (!s->since.n || span_read_end(s->since, clock, &s->since_ms, err)) &&
         (!s->until.n || span_read_end(s->until, clock, &s->until_ms, err));
}

// What programs do not know is an instant instead.
static void span_settle(const struct span_reader *r, struct span *s) {
  int64_t ms;
  struct err err;
  if (s->since.n && !when_read(s->since, r->clock, &ms, &err)) s->since = span_instant(r, s->since_ms);
  if (s->until.n && !when_read(s->until, r->clock, &ms, &err)) s->until = span_instant(r, s->until_ms);
}

static struct str span_said(const struct span_reader *r, size_t first, size_t n) {
  struct buf out = BUF_MAX(300);
  for (size_t i = 0; i < n; i++) {
    if (i) buf_add_char(&out, ' ');
    buf_add(&out, r->words->items[first + i].low);
  }
  struct str said = arena_dup(r->arena, buf_str(&out));
  buf_free(&out);
  return said;
}

// "longer than 2 minutes", "2 minutes or more" is no time, but how long something lasts.
static bool span_is_measured(const struct span_reader *r, size_t at, size_t end,
                             const struct language_rule *rule) {
  if (rule->parts[0].slot != 'n') return false;
  for (size_t before = at + 1; before <= end; before++) // "20 or more minutes"
    if (language_at(r->language, r->words, before, LANGUAGE_BOUND, NULL)) return true;
  for (size_t back = 1; back <= 3 && back <= at; back++)
    if (language_at(r->language, r->words, at - back, LANGUAGE_COMPARISON, NULL) == back) return true;
  return false;
}

// "The previous 7", behind "in the last 7 days"; with no time beside it that is seven of something else.
static bool span_stands_alone(const struct language_rule *rule, const struct span *s, size_t count) {
  bool number = false, based = false;
  for (size_t i = 0; i < rule->count; i++) number = number || rule->parts[i].slot == 'n';
  for (size_t i = 0; i < count; i++) based = based || !s[i].prior;
  return rule->prior && !rule->since.n && number && !based;
}

// "Week over the last 60" of "per week over the last 60 days": the number is of what follows.
static bool span_is_cut(const struct span_reader *r, size_t end, const struct language_rule *rule) {
  return rule->count && rule->parts[rule->count - 1].slot == 'n' && end < r->words->n &&
         language_at(r->language, r->words, end, LANGUAGE_UNIT, NULL);
}

size_t span_find(const struct language *l, const struct ask_words *w, const struct table_clock *clock,
                 struct arena *a, struct span *out) {
  struct span_reader r = {l, w, clock, a};
  size_t count = 0;
  for (size_t at = 0; at < w->n && count < SPANS_MOST;) {
    struct span_match best = {0};
    const struct language_rule *rule = NULL;
    for (size_t i = 0; i < l->rule_count; i++) {
      struct span_match m = {.first = at, .number = 1};
      if (span_rule(&r, &l->rules[i], 0, at, &m) && m.n > best.n && !span_is_cut(&r, at + m.n, &l->rules[i]))
        best = m, rule = &l->rules[i];
    }
    if (!rule || span_is_measured(&r, at, at + best.n, rule) || span_stands_alone(rule, out, count)) {
      at++;
      continue;
    }
    struct span s = {.first = at,
                     .count = best.n,
                     .clause = w->items[at].clause,
                     .prior = rule->prior,
                     .around = rule->around,
                     .same = rule->same};
    struct err err;
    s.since = span_end(&r, &best, rule->since);
    s.until = span_end(&r, &best, rule->until);
    s.said = span_said(&r, at, best.n);
    if (span_resolve(&s, clock, &err)) {
      span_settle(&r, &s);
      out[count++] = s;
    }
    at += best.n;
  }
  return count;
}

// How many whole months of the calendar it is; 0: none, or not from the first of one to the first of another.
static int span_months(const struct span *s, const struct table_clock *clock) {
  struct moment_civil from, to;
  if (s->since_ms == INT64_MIN || s->until_ms == INT64_MAX) return 0;
  moment_split(zone_local(clock->zone, s->since_ms), &from);
  moment_split(zone_local(clock->zone, s->until_ms), &to);
  bool whole = from.day == 1 && to.day == 1 && !from.hour && !to.hour && !from.minute && !to.minute;
  return whole ? (to.year - from.year) * 12 + to.month - from.month : 0;
}

// "Last month, and the month before": months are of different lengths.
static bool span_before_months(const struct span *s, const struct table_clock *clock, struct arena *a,
                               struct span *out) {
  int months = span_months(s, clock);
  struct err err;
  struct span before = *out;
  if (months <= 0) return false;
  before.since = arena_printf(a, "%.*s-%dM", STR_ARG(s->since), months);
  if (!span_resolve(&before, clock, &err) || before.since_ms >= s->since_ms) return false;
  *out = before;
  return true;
}

void span_before(const struct span *s, const struct table_clock *clock, struct arena *a, struct span *out) {
  struct span_reader r = {.clock = clock, .arena = a};
  int64_t until = s->until_ms == INT64_MAX ? clock->now_ms : s->until_ms, length = until - s->since_ms;
  *out = *s;
  out->until_ms = s->since_ms;
  out->since_ms = s->since_ms - length;
  out->until = s->since;
  out->since = span_instant(&r, out->since_ms);
  out->said = STR("the period before");
  if (span_before_months(s, clock, a, out)) return;
  if (str_starts(s->since, "now-") && str_is(s->until, "now")) { // now-7d: now-14d
    uint64_t n;
    struct str rest = str_from(s->since, 4);
    if (rest.n > 1 && str_to_u64(str_make(rest.p, rest.n - 1), &n))
      out->since = arena_printf(a, "now-%llu%c", (unsigned long long)(2 * n), rest.p[rest.n - 1]);
  }
}

static void span_say_end(struct buf *out, int64_t ms, const struct table_clock *clock) {
  struct moment_civil c;
  moment_split(zone_local(clock->zone, ms), &c);
  buf_printf(out, "%04d-%02d-%02d %02d:%02d", c.year, c.month, c.day, c.hour, c.minute);
}

struct str span_say(const struct span *s, const struct table_clock *clock, struct arena *a) {
  struct buf out = BUF_MAX(120);
  if (s->since_ms != INT64_MIN) span_say_end(&out, s->since_ms, clock);
  if (s->until_ms != INT64_MAX) {
    buf_add_z(&out, s->since_ms != INT64_MIN ? " to " : "before ");
    span_say_end(&out, s->until_ms, clock);
  } else {
    buf_add_z(&out, " on");
  }
  buf_add_char(&out, ' ');
  buf_add(&out, zone_name(clock->zone));
  struct str said = arena_dup(a, buf_str(&out));
  buf_free(&out);
  return said;
}
