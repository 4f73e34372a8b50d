// SPDX-License-Identifier: Apache-2.0
// What queries can call beside SQLite's own: times in zones, quantiles, exact decimals, patterns, addresses, quoting for
// vendors' query languages. And two of SQLite's made linear, since nothing can stop them at work.
#include <arpa/inet.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "data/json.h"
#include "data/schema_pattern.h"
#include "table/decimal.h"
#include "table/moment.h"
#include "table/table_private.h"

const char TABLE_VFS[] = "postern-table";
static _Thread_local const struct table_set *functions_set;

void table_functions_at(const struct table_set *set) {
  functions_set = set;
}

// ---- the clock of the run: what 'now' means in date(), datetime(), strftime()

static int functions_now(sqlite3_vfs *vfs, sqlite3_int64 *out) { // Julian day times 86,400,000
  (void)vfs;
  int64_t ms = functions_set ? functions_set->clock.now_ms : 0;
  *out = 210866760000000LL + ms; // of 1970-01-01
  return SQLITE_OK;
}

bool table_vfs(void) {
  static sqlite3_vfs ours;
  sqlite3_vfs *there = sqlite3_vfs_find(TABLE_VFS), *below = sqlite3_vfs_find(NULL);
  if (there || !below) return there != NULL;
  ours = *below;
  ours.pNext = NULL;
  ours.zName = TABLE_VFS;
  ours.xCurrentTimeInt64 = functions_now;
  return sqlite3_vfs_register(&ours, 0) == SQLITE_OK;
}

// ---- arguments and results

static struct str functions_text(sqlite3_value *v) {
  const char *p = (const char *)sqlite3_value_text(v);
  return str_make(p ? p : "", (size_t)sqlite3_value_bytes(v));
}

static bool functions_null(int n, sqlite3_value **v) {
  for (int i = 0; i < n; i++)
    if (sqlite3_value_type(v[i]) == SQLITE_NULL) return true;
  return false;
}

static void functions_give(sqlite3_context *c, struct str text) {
  sqlite3_result_text(c, text.p, (int)text.n, SQLITE_TRANSIENT);
}

static void functions_refuse(sqlite3_context *c, const struct err *err) {
  sqlite3_result_error(c, err->text, -1);
}

static void functions_give_time(sqlite3_context *c, int64_t ms) {
  char text[MOMENT_TEXT];
  moment_write(ms, text);
  functions_give(c, str_of(text));
}

// ---- times

// A number is seconds since 1970, or milli-, micro- or nanoseconds where it would otherwise lie beyond the year 5138.
static bool functions_moment(sqlite3_value *v, int64_t *ms) {
  int type = sqlite3_value_numeric_type(v);
  if (type != SQLITE_INTEGER && type != SQLITE_FLOAT) return moment_read(functions_text(v), ms);
  double number = sqlite3_value_double(v), size = fabs(number);
  double scale = size < 1e11 ? 1000 : size < 1e14 ? 1 : size < 1e17 ? 1e-3 : 1e-6;
  if (!isfinite(number) || size > 1e20) return false;
  *ms = type == SQLITE_INTEGER && scale >= 1 ? sqlite3_value_int64(v) * (int64_t)scale
                                             : (int64_t)floor(number * scale);
  return true;
}

static void functions_time_of(sqlite3_context *c, int n, sqlite3_value **v) {
  int64_t ms;
  (void)n;
  if (sqlite3_value_type(v[0]) != SQLITE_NULL && functions_moment(v[0], &ms)) functions_give_time(c, ms);
}

static bool functions_zone(sqlite3_context *c, int n, sqlite3_value **v, int at, const struct zone **out) {
  const struct table_set *set = sqlite3_user_data(c);
  struct err err;
  *out = set->clock.zone;
  if (n <= at || zone_find(functions_text(v[at]), out, &err)) return true;
  functions_refuse(c, &err);
  return false;
}

// "hour", "15 minutes"
static bool functions_unit(sqlite3_context *c, struct str text, enum zone_unit *unit, int *count) {
  uint64_t number = 1;
  struct str rest = text, first;
  if (str_find(text, ' ') > 0 && str_cut(&rest, ' ', &first) && !str_to_u64(first, &number)) number = 0;
  if (number >= 1 && number <= 1000 && zone_unit_read(rest, unit)) return *count = (int)number, true;
  sqlite3_result_error(
      c, "the bucket is minute, hour, day, week, month, quarter or year, or several: '15 minutes'", -1);
  return false;
}

static void functions_time_bucket(sqlite3_context *c, int n, sqlite3_value **v) {
  const struct table_set *set = sqlite3_user_data(c);
  const struct zone *zone;
  enum zone_unit unit;
  int64_t ms;
  int count;
  if (functions_null(n, v) || !functions_unit(c, functions_text(v[1]), &unit, &count) ||
      !functions_zone(c, n, v, 2, &zone) || !functions_moment(v[0], &ms))
    return;
  functions_give_time(c, zone_bucket(zone, ms, unit, count, set->clock.first_weekday));
}

static void functions_local_time(sqlite3_context *c, int n, sqlite3_value **v) {
  const struct zone *zone;
  int64_t ms;
  char text[MOMENT_TEXT];
  if (functions_null(n, v) || !functions_zone(c, n, v, 1, &zone) || !functions_moment(v[0], &ms)) return;
  moment_write(zone_local(zone, ms), text);
  text[10] = ' ';
  functions_give(c, str_make(text, 19));
}

// Times compare by the instant, however either side writes it; what is none by its bytes.
static int functions_instant(void *arg, int an, const void *a, int bn, const void *b) {
  struct str x = str_make(a, (size_t)an), y = str_make(b, (size_t)bn);
  int64_t xms, yms;
  (void)arg;
  bool plain = an == MOMENT_TEXT - 1 && bn == an && x.p[an - 1] == 'Z' && y.p[bn - 1] == 'Z';
  if (plain || !moment_read(x, &xms) || !moment_read(y, &yms)) return str_compare(x, y);
  return (xms > yms) - (xms < yms);
}

// ---- quantiles

struct functions_values { // of one group, kept by SQLite's allocator, which counts
  double *items, at;
  size_t n, cap;
};

static void functions_collect(sqlite3_context *c, int n, sqlite3_value **v) {
  struct functions_values *g = sqlite3_aggregate_context(c, sizeof *g);
  if (!g) return sqlite3_result_error_nomem(c);
  if (n > 1) g->at = sqlite3_value_double(v[1]) / 100;
  int type = sqlite3_value_numeric_type(v[0]);
  if (type != SQLITE_INTEGER && type != SQLITE_FLOAT) return;
  if (g->n == g->cap) {
    size_t cap = g->cap ? g->cap * 2 : 64;
    double *more = sqlite3_realloc64(g->items, cap * sizeof *more);
    if (!more) return sqlite3_result_error_nomem(c);
    g->items = more;
    g->cap = cap;
  }
  g->items[g->n++] = sqlite3_value_double(v[0]);
}

static int functions_order(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

// Between the two nearest, in proportion.
static void functions_quantile(sqlite3_context *c, double at) {
  struct functions_values *g = sqlite3_aggregate_context(c, 0);
  if (!g || !g->n) return;
  qsort(g->items, g->n, sizeof *g->items, functions_order);
  double place = at * (double)(g->n - 1), low = floor(place);
  size_t i = (size_t)low;
  double value = g->items[i];
  if (i + 1 < g->n) value += (g->items[i + 1] - value) * (place - low);
  sqlite3_free(g->items);
  sqlite3_result_double(c, value);
}

static void functions_median(sqlite3_context *c) {
  functions_quantile(c, 0.5);
}

static void functions_percentile(sqlite3_context *c) {
  struct functions_values *g = sqlite3_aggregate_context(c, 0);
  if (g && !(g->at >= 0 && g->at <= 1)) {
    sqlite3_free(g->items);
    sqlite3_result_error(c, "the second argument of percentile lies between 0 and 100", -1);
    return;
  }
  functions_quantile(c, g ? g->at : 0);
}

// ---- decimals

static bool functions_decimal(sqlite3_value *v, struct decimal *out) {
  return decimal_read(functions_text(v), out);
}

static void functions_give_decimal(sqlite3_context *c, const struct decimal *d) {
  char text[DECIMAL_TEXT];
  decimal_write(d, text);
  if (strlen(text) <= 15)
    sqlite3_result_double(c, strtod(text, NULL)); // which has all its digits
  else
    functions_give(c, str_of(text));
}

static void functions_dec_cmp(sqlite3_context *c, int n, sqlite3_value **v) {
  struct decimal a, b;
  if (!functions_null(n, v) && functions_decimal(v[0], &a) && functions_decimal(v[1], &b))
    sqlite3_result_int(c, decimal_compare(&a, &b));
}

static void functions_dec_add(sqlite3_context *c, int n, sqlite3_value **v) {
  struct decimal a, b;
  if (!functions_null(n, v) && functions_decimal(v[0], &a) && functions_decimal(v[1], &b) &&
      decimal_add(&a, &b))
    functions_give_decimal(c, &a);
}

struct functions_sum {
  struct decimal total;
  bool any, over;
};

static void functions_dec_sum_step(sqlite3_context *c, int n, sqlite3_value **v) {
  struct functions_sum *s = sqlite3_aggregate_context(c, sizeof *s);
  struct decimal d;
  if (!s) return sqlite3_result_error_nomem(c);
  if (functions_null(n, v) || !functions_decimal(v[0], &d)) return;
  if (!s->any) s->total = (struct decimal){0};
  s->any = true;
  s->over = s->over || !decimal_add(&s->total, &d);
}

static void functions_dec_sum(sqlite3_context *c) {
  struct functions_sum *s = sqlite3_aggregate_context(c, 0);
  if (!s || !s->any) return;
  if (s->over)
    sqlite3_result_error(c, "a sum of dec_sum has too many digits", -1);
  else
    functions_give_decimal(c, &s->total);
}

// ---- texts

static void functions_regexp(sqlite3_context *c, int n, sqlite3_value **v) {
  struct table_set *set = sqlite3_user_data(c);
  if (functions_null(n, v)) return;
  if (!set->patterns) set->patterns = schema_patterns_new();
  switch (schema_pattern_match(set->patterns, functions_text(v[0]), functions_text(v[1]), &set->regex_work)) {
  case SCHEMA_MATCHES:
    sqlite3_result_int(c, 1);
    return;
  case SCHEMA_DIFFERS:
    sqlite3_result_int(c, 0);
    return;
  case SCHEMA_UNDECIDED:
    sqlite3_result_error(c, "the pattern of regexp does not compile", -1);
    return;
  default:
    sqlite3_result_error(c, "the patterns of regexp take too much work", -1);
  }
}

static void functions_instr(sqlite3_context *c, int n, sqlite3_value **v) {
  if (functions_null(n, v)) return;
  struct str s = functions_text(v[0]), part = functions_text(v[1]);
  const char *found = part.n ? memmem(s.p, s.n, part.p, part.n) : s.p;
  int place = found != NULL;
  for (const char *p = s.p; found && p < found; p++)
    place += ((unsigned char)*p & 0xC0) != 0x80; // in characters
  sqlite3_result_int(c, place);
}

static void functions_replace(sqlite3_context *c, int n, sqlite3_value **v) {
  if (functions_null(n, v)) return;
  struct str s = functions_text(v[0]), part = functions_text(v[1]), by = functions_text(v[2]);
  struct buf out = BUF_MAX(TABLE_CELL_MOST);
  for (const char *found; part.n && (found = memmem(s.p, s.n, part.p, part.n));) {
    buf_add(&out, str_make(s.p, (size_t)(found - s.p)));
    buf_add(&out, by);
    s = str_from(s, (size_t)(found - s.p) + part.n);
    if (out.full) break;
  }
  buf_add(&out, s);
  if (out.full)
    sqlite3_result_error_toobig(c);
  else
    functions_give(c, buf_str(&out));
  buf_free(&out);
}

// What the name stands under: without its first label; null at the last.
static void functions_parent_domain(sqlite3_context *c, int n, sqlite3_value **v) {
  if (functions_null(n, v)) return;
  struct str name = functions_text(v[0]), label;
  if (str_cut(&name, '.', &label) && name.n) functions_give(c, name);
}

static void functions_in_domain(sqlite3_context *c, int n, sqlite3_value **v) {
  if (functions_null(n, v)) return;
  struct str host = functions_text(v[0]), zone = functions_text(v[1]);
  bool same = str_eq_nocase(host, zone);
  bool below = zone.n && host.n > zone.n && host.p[host.n - zone.n - 1] == '.' &&
               str_eq_nocase(str_from(host, host.n - zone.n), zone);
  sqlite3_result_int(c, same || below);
}

static bool functions_address(struct str s, unsigned char out[16], int *bits) {
  char z[64];
  snprintf(z, sizeof z, "%.*s", STR_ARG(s));
  *bits = 32;
  if (s.n < sizeof z && inet_pton(AF_INET, z, out) == 1) return true;
  *bits = 128;
  return s.n < sizeof z && inet_pton(AF_INET6, z, out) == 1;
}

static void functions_in_cidr(sqlite3_context *c, int n, sqlite3_value **v) {
  if (functions_null(n, v)) return;
  struct str range = functions_text(v[1]), net = STR_NONE;
  unsigned char a[16], b[16];
  int abits, bbits;
  str_cut(&range, '/', &net);
  uint64_t prefix;
  if (!functions_address(net, b, &bbits))
    return sqlite3_result_error(c, "the second argument of in_cidr is a network such as 10.0.0.0/8", -1);
  if (!range.n) prefix = (uint64_t)bbits;
  if (range.n && (!str_to_u64(range, &prefix) || prefix > (uint64_t)bbits))
    return sqlite3_result_error(c, "the second argument of in_cidr is a network such as 10.0.0.0/8", -1);
  if (!functions_address(functions_text(v[0]), a, &abits)) return;
  bool in = abits == bbits && memcmp(a, b, prefix / 8) == 0;
  if (in && prefix % 8) in = ((a[prefix / 8] ^ b[prefix / 8]) >> (8 - prefix % 8)) == 0;
  sqlite3_result_int(c, in);
}

static void functions_quote(sqlite3_context *c, int n, sqlite3_value **v, const char *before_quoted) {
  if (functions_null(n, v)) return;
  struct str s = functions_text(v[0]);
  struct buf out = BUF_MAX(TABLE_CELL_MOST);
  for (size_t i = 0; i < s.n; i++) {
    if (strchr(before_quoted, s.p[i]) && s.p[i]) buf_add_char(&out, '\\');
    buf_add_char(&out, s.p[i]);
  }
  functions_give(c, buf_str(&out));
  buf_free(&out);
}

static void functions_quote_lucene(sqlite3_context *c, int n, sqlite3_value **v) {
  functions_quote(c, n, v, "+-=&|><!(){}[]^\"~*?:\\/ ");
}

static void functions_quote_graphql(sqlite3_context *c, int n,
                                    sqlite3_value **v) { // GraphQL §2.9.4, as JSON's
  if (functions_null(n, v)) return;
  struct buf out = BUF_MAX(TABLE_CELL_MOST);
  json_add_string(&out, functions_text(v[0]));
  functions_give(c, buf_str(&out));
  buf_free(&out);
}

// ----

static const struct functions_row {
  const char *name;
  int arguments;
  void (*call)(sqlite3_context *, int, sqlite3_value **);
  void (*step)(sqlite3_context *, int, sqlite3_value **);
  void (*final)(sqlite3_context *);
} functions_rows[] = {
    {"time_of", 1, functions_time_of, NULL, NULL},
    {"time_bucket", 2, functions_time_bucket, NULL, NULL},
    {"time_bucket", 3, functions_time_bucket, NULL, NULL},
    {"local_time", 1, functions_local_time, NULL, NULL},
    {"local_time", 2, functions_local_time, NULL, NULL},
    {"median", 1, NULL, functions_collect, functions_median},
    {"percentile", 2, NULL, functions_collect, functions_percentile},
    {"dec_cmp", 2, functions_dec_cmp, NULL, NULL},
    {"dec_add", 2, functions_dec_add, NULL, NULL},
    {"dec_sum", 1, NULL, functions_dec_sum_step, functions_dec_sum},
    {"regexp", 2, functions_regexp, NULL, NULL},
    {"instr", 2, functions_instr, NULL, NULL},
    {"replace", 3, functions_replace, NULL, NULL},
    {"parent_domain", 1, functions_parent_domain, NULL, NULL},
    {"in_domain", 2, functions_in_domain, NULL, NULL},
    {"in_cidr", 2, functions_in_cidr, NULL, NULL},
    {"quote_lucene", 1, functions_quote_lucene, NULL, NULL},
    {"quote_graphql", 1, functions_quote_graphql, NULL, NULL},
};

bool table_functions(struct table_set *set) {
  bool ok = sqlite3_create_collation(set->db, "instant", SQLITE_UTF8, NULL, functions_instant) == SQLITE_OK;
  for (size_t i = 0; ok && i < sizeof functions_rows / sizeof *functions_rows; i++) {
    const struct functions_row *f = &functions_rows[i];
    ok = sqlite3_create_function(set->db, f->name, f->arguments,
                                 SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, set, f->call, f->step,
                                 f->final) == SQLITE_OK;
  }
  return ok;
}
