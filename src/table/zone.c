// SPDX-License-Identifier: Apache-2.0
#include "table/zone.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "table/moment.h"

enum {
  ZONE_NAME_MOST = 64,
  ZONE_FILE_MOST = 256 * 1024,
  ZONE_KEPT = 64,
  ZONE_TRANSITIONS_MOST = 20000,
  ZONE_TYPES_MOST = 256,
  ZONE_OFFSET_MOST = 26 * 3600, // RFC 9636 §3.2: offsets lie within -25:59:59 and +25:59:59
  ZONE_HEADER = 44,
};

struct zone_rule { // of a year's change, as the footer has it: Mm.w.d/time
  int month, week, weekday, seconds;
};

struct zone {
  char name[ZONE_NAME_MOST + 1];
  size_t count;         // transitions
  int64_t *at;          // seconds, ascending
  int *offset;          // from then on
  int first;            // before the first of them
  bool has_rules;       // the footer says when summer time begins and ends
  int standard, summer; // offsets after the last transition
  struct zone_rule begin, end;
};

static const char *const zone_folders[] = {"/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/etc/zoneinfo"};
static pthread_mutex_t zones_lock = PTHREAD_MUTEX_INITIALIZER;
static struct zone *zones[ZONE_KEPT]; // none is freed: whoever has one keeps it
static size_t zones_count;

// ---- reading TZif

static int64_t zone_be(const char *p, size_t bytes) {
  uint64_t v = (unsigned char)p[0] & 0x80 ? UINT64_MAX : 0;
  for (size_t i = 0; i < bytes; i++) v = v << 8 | (unsigned char)p[i];
  return (int64_t)v;
}

struct zone_counts {
  size_t isut, isstd, leap, transitions, types, chars;
};

static bool zone_header(struct str s, struct zone_counts *out, char *version) {
  if (s.n < ZONE_HEADER || memcmp(s.p, "TZif", 4) != 0) return false;
  size_t *fields[] = {&out->isut, &out->isstd, &out->leap, &out->transitions, &out->types, &out->chars};
  for (size_t i = 0; i < 6; i++) {
    int64_t v = zone_be(s.p + 20 + 4 * i, 4);
    if (v < 0 || v > ZONE_FILE_MOST) return false;
    *fields[i] = (size_t)v;
  }
  *version = s.p[4];
  return out->types > 0 && out->types <= ZONE_TYPES_MOST && out->transitions <= ZONE_TRANSITIONS_MOST;
}

static size_t zone_block(const struct zone_counts *c, size_t time) {
  return c->transitions * (time + 1) + c->types * 6 + c->chars + c->leap * (time + 4) + c->isstd + c->isut;
}

// One hour offset or time of the footer: [+-]hh[:mm[:ss]], into seconds.
static bool zone_footer_time(struct str *s, int *out) {
  int sign = 1, value = 0;
  if (s->n && (s->p[0] == '-' || s->p[0] == '+')) {
    sign = s->p[0] == '-' ? -1 : 1;
    *s = str_from(*s, 1);
  }
  for (int scale = 3600; scale; scale /= 60) {
    int number = 0;
    size_t digits = 0;
    for (; s->n && s->p[0] >= '0' && s->p[0] <= '9' && digits < 3; *s = str_from(*s, 1), digits++)
      number = number * 10 + (s->p[0] - '0');
    if (digits == 0) return false;
    value += number * scale;
    if (s->n == 0 || s->p[0] != ':' || scale == 1) break;
    *s = str_from(*s, 1);
  }
  *out = sign * value;
  return value <= 167 * 3600;
}

static bool zone_footer_name(struct str *s) {
  size_t n = 0;
  if (s->n && s->p[0] == '<') {
    while (n < s->n && s->p[n] != '>') n++;
    if (n == s->n) return false;
    *s = str_from(*s, n + 1);
    return true;
  }
  while (n < s->n && ((s->p[n] >= 'A' && s->p[n] <= 'Z') || (s->p[n] >= 'a' && s->p[n] <= 'z'))) n++;
  *s = str_from(*s, n);
  return n > 0;
}

// ",Mm.w.d[/time]"; the forms by day of the year are written by no zone that is alive.
static bool zone_footer_rule(struct str *s, struct zone_rule *r) {
  char text[16] = "";
  size_t n = 0;
  if (s->n < 2 || s->p[0] != ',' || s->p[1] != 'M') return false;
  *s = str_from(*s, 2);
  while (n < s->n && n < sizeof text - 1 && s->p[n] != ',' && s->p[n] != '/') {
    text[n] = s->p[n];
    n++;
  }
  *s = str_from(*s, n);
  r->seconds = 2 * 3600;
  if (sscanf(text, "%2d.%1d.%1d", &r->month, &r->week, &r->weekday) != 3) return false;
  if (r->month < 1 || r->month > 12 || r->week < 1 || r->week > 5 || r->weekday < 0 || r->weekday > 6)
    return false;
  if (s->n == 0 || s->p[0] != '/') return true;
  *s = str_from(*s, 1);
  return zone_footer_time(s, &r->seconds);
}

// The POSIX text after the data (RFC 9636 §3.3): what holds after the last transition. Its offsets count west.
static bool zone_footer(struct zone *z, struct str s) {
  int west, summer;
  if (!zone_footer_name(&s) || !zone_footer_time(&s, &west)) return false;
  z->standard = z->summer = -west;
  if (s.n == 0) return true;
  if (!zone_footer_name(&s)) return false;
  summer = west - 3600;
  if (s.n && s.p[0] != ',' && !zone_footer_time(&s, &summer)) return false;
  z->summer = -summer;
  z->has_rules = zone_footer_rule(&s, &z->begin) && zone_footer_rule(&s, &z->end) && s.n == 0;
  return z->has_rules;
}

static bool zone_data(struct zone *z, struct str s, const struct zone_counts *c, size_t time) {
  const char *kinds = s.p + c->transitions * time, *types = kinds + c->transitions;
  int offsets[ZONE_TYPES_MOST];
  for (size_t i = 0; i < c->types; i++) {
    int64_t v = zone_be(types + 6 * i, 4);
    if (v < -ZONE_OFFSET_MOST || v > ZONE_OFFSET_MOST) return false;
    offsets[i] = (int)v;
  }
  z->first = z->standard = z->summer = offsets[0];
  z->count = c->transitions;
  z->at = mem_array(c->transitions + 1, sizeof *z->at);
  z->offset = mem_array(c->transitions + 1, sizeof *z->offset);
  for (size_t i = 0; i < c->transitions; i++) {
    size_t kind = (unsigned char)kinds[i];
    z->at[i] = zone_be(s.p + i * time, time);
    if (kind >= c->types || (i && z->at[i] <= z->at[i - 1])) return false;
    z->offset[i] = offsets[kind];
  }
  if (z->count) z->standard = z->summer = z->offset[z->count - 1];
  return true;
}

static bool zone_read(struct zone *z, struct str s) {
  struct zone_counts c;
  char version;
  size_t time = 4;
  if (!zone_header(s, &c, &version)) return false;
  if (version >= '2') { // the same again, with times of eight bytes
    size_t skip = ZONE_HEADER + zone_block(&c, 4);
    if (skip > s.n) return false;
    s = str_from(s, skip);
    if (!zone_header(s, &c, &version)) return false;
    time = 8;
  }
  s = str_from(s, ZONE_HEADER);
  size_t block = zone_block(&c, time);
  if (block > s.n || !zone_data(z, s, &c, time)) return false;
  s = str_from(s, block);
  if (time == 4 || s.n < 3) return true;
  struct str line;
  s = str_from(s, 1);
  return str_cut(&s, '\n', &line) && (line.n == 0 || zone_footer(z, line));
}

bool zone_parse(struct str bytes, struct str name, struct zone **out, struct err *err) {
  struct zone *z = MEM_NEW(struct zone);
  snprintf(z->name, sizeof z->name, "%.*s", STR_ARG(name));
  if (!zone_read(z, bytes)) {
    zone_free(z);
    return err_set(err, ERR_INVALID, "the system's data of the time zone %.*s is damaged", STR_ARG(name));
  }
  *out = z;
  return true;
}

void zone_free(struct zone *z) {
  if (!z) return;
  mem_free(z->at);
  mem_free(z->offset);
  mem_free(z);
}

// ---- finding

static bool zone_name_is_sound(struct str name) {
  if (name.n == 0 || name.n > ZONE_NAME_MOST || name.p[0] == '/' || str_contains(name, STR("..")))
    return false;
  for (size_t i = 0; i < name.n; i++) {
    char c = name.p[i];
    bool fine =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("_+-/", c);
    if (!fine || c == '\0') return false;
  }
  return true;
}

static bool zone_load_from(const char *folder, struct str name, struct buf *out) {
  char path[256];
  snprintf(path, sizeof path, "%s/%.*s", folder, STR_ARG(name));
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  char block[4096];
  ssize_t n;
  while ((n = read(fd, block, sizeof block)) > 0) buf_add(out, str_make(block, (size_t)n));
  close(fd);
  return n == 0 && out->n && !out->full;
}

static bool zone_load(struct str name, struct zone **out, struct err *err) {
  struct buf bytes = BUF_MAX(ZONE_FILE_MOST);
  bool found = false;
  for (size_t i = 0; zone_name_is_sound(name) && !found && i < sizeof zone_folders / sizeof *zone_folders;
       i++)
    found = zone_load_from(zone_folders[i], name, &bytes);
  bool ok = found ? zone_parse(buf_str(&bytes), name, out, err)
                  : err_set(err, ERR_INVALID, "there is no time zone '%.*s'", name.n < 80 ? (int)name.n : 80,
                            name.p);
  if (!ok)
    err_hint(
        err,
        "name one of IANA's, such as UTC, Europe/Berlin, America/New_York; the system's tzdata has them");
  buf_free(&bytes);
  return ok;
}

static const struct zone *zone_kept(struct str name) {
  for (size_t i = 0; i < zones_count; i++)
    if (str_is(name, zones[i]->name)) return zones[i];
  return NULL;
}

bool zone_find(struct str name, const struct zone **out, struct err *err) {
  static const struct zone utc = {.name = "UTC"};
  struct zone *read = NULL;
  if (str_is(name, "UTC")) return *out = &utc, true;
  pthread_mutex_lock(&zones_lock);
  const struct zone *kept = zone_kept(name);
  bool ok = kept || (zones_count < ZONE_KEPT
                         ? zone_load(name, &read, err)
                         : err_set(err, ERR_LIMIT, "more than %d time zones are in use", ZONE_KEPT));
  if (read) kept = zones[zones_count++] = read;
  pthread_mutex_unlock(&zones_lock);
  if (ok) *out = kept;
  return ok;
}

struct str zone_name(const struct zone *z) {
  return str_of(z->name);
}

// ---- local time

// The change of a year in seconds of UTC, where `offset` holds before it.
static int64_t zone_change(const struct zone_rule *r, int year, int offset) {
  struct moment_civil c = {.year = year, .month = r->month, .day = 1}, first;
  moment_split(moment_join(&c), &first);
  c.day = 1 + (r->weekday - first.weekday + 7) % 7 + (r->week - 1) * 7;
  struct moment_civil real;
  moment_split(moment_join(&c), &real);
  if (real.month != r->month) c.day -= 7; // "the fifth" is the last
  return moment_join(&c) / 1000 + r->seconds - offset;
}

static int zone_by_rules(const struct zone *z, int64_t seconds) {
  struct moment_civil c;
  moment_split((seconds + z->standard) * 1000, &c);
  int64_t begin = zone_change(&z->begin, c.year, z->standard), end = zone_change(&z->end, c.year, z->summer);
  bool summer = begin < end ? seconds >= begin && seconds < end : seconds >= begin || seconds < end;
  return summer ? z->summer : z->standard;
}

int zone_offset(const struct zone *z, int64_t ms) {
  int64_t seconds = ms / 1000 - (ms % 1000 < 0);
  if (z->count && seconds < z->at[0]) return z->first;
  if (z->count == 0 || seconds >= z->at[z->count - 1])
    return z->has_rules ? zone_by_rules(z, seconds) : z->standard;
  size_t low = 0, high = z->count - 1; // at[low] <= seconds < at[high]
  while (high - low > 1) {
    size_t middle = (low + high) / 2;
    if (z->at[middle] <= seconds)
      low = middle;
    else
      high = middle;
  }
  return z->offset[low];
}

int64_t zone_local(const struct zone *z, int64_t ms) {
  return ms + zone_offset(z, ms) * 1000LL;
}

int64_t zone_instant(const struct zone *z, int64_t local_ms) {
  int before = zone_offset(z, local_ms - ZONE_OFFSET_MOST * 1000LL),
      after = zone_offset(z, local_ms + ZONE_OFFSET_MOST * 1000LL);
  int64_t early = local_ms - before * 1000LL, late = local_ms - after * 1000LL;
  if (zone_local(z, early) == local_ms) return early;
  if (zone_local(z, late) == local_ms) return late;
  return early; // jumped over
}

static const char *const zone_units[] = {"minute", "hour", "day", "week", "month", "quarter", "year"};

const char *zone_unit_name(enum zone_unit unit) {
  return zone_units[unit];
}

bool zone_unit_read(struct str word, enum zone_unit *out) {
  for (int u = 0; u < ZONE_UNITS; u++) {
    struct str name = str_of(zone_units[u]);
    if (!str_eq(word, name) && !(word.n == name.n + 1 && str_starts(word, name.p) && word.p[name.n] == 's'))
      continue;
    *out = (enum zone_unit)u;
    return true;
  }
  return false;
}

static int64_t zone_floor(int64_t v, int64_t step) {
  int64_t rest = v % step;
  return v - (rest < 0 ? rest + step : rest);
}

int64_t zone_bucket(const struct zone *z, int64_t ms, enum zone_unit unit, int count, int first_weekday) {
  static const int months[] = {[ZONE_MONTH] = 1, [ZONE_QUARTER] = 3, [ZONE_YEAR] = 12};
  enum { MINUTE = 60000, DAY = 86400000 };
  int64_t local = zone_local(z, ms), day = zone_floor(local, DAY), step;
  struct moment_civil c;
  switch (unit) {
  case ZONE_MINUTE:
  case ZONE_HOUR: // from the instant back, so that the hour which comes twice is two
    step = (int64_t)count * (unit == ZONE_HOUR ? 60 * MINUTE : MINUTE);
    return ms - (local - day) % step;
  case ZONE_DAY:
    return zone_instant(z, zone_floor(day, (int64_t)count * DAY));
  case ZONE_WEEK: // 1970-01-01 was a Thursday: the first Sunday is three days on
    step = (3 + first_weekday) * (int64_t)DAY;
    return zone_instant(z, zone_floor(day - step, (int64_t)count * 7 * DAY) + step);
  default:
    moment_split(local, &c);
    step = zone_floor((c.year - 1970) * 12LL + c.month - 1, (int64_t)count * months[unit]);
    return zone_instant(z,
                        moment_join(&(struct moment_civil){.year = 1970, .month = (int)step + 1, .day = 1}));
  }
}

int64_t zone_bucket_after(const struct zone *z, int64_t start, enum zone_unit unit, int count,
                          int64_t buckets) {
  static const int months[] = {[ZONE_MONTH] = 1, [ZONE_QUARTER] = 3, [ZONE_YEAR] = 12};
  static const int days[] = {[ZONE_DAY] = 1, [ZONE_WEEK] = 7};
  int64_t n = count * buckets;
  if (unit <= ZONE_HOUR) return start + n * (unit == ZONE_HOUR ? 3600000 : 60000);
  struct moment_civil c;
  moment_split(zone_local(z, start), &c);
  if (unit <= ZONE_WEEK)
    c.day += (int)n * days[unit];
  else
    c.month += (int)n * months[unit];
  return zone_instant(z, moment_join(&c));
}
