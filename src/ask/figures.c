// SPDX-License-Identifier: Apache-2.0
#include "ask/figures.h"

#include <math.h>
#include <stdlib.h>

#include "ask/figure.h"
#include "chart/classes.h"
#include "data/json.h"
#include "table/moment.h"

struct figuring {
  const struct figures_ground *g;
  struct arena *arena;
  struct str text;
  struct chart_column *columns[PROGRAM_RESULTS_MOST];
  int64_t *moments;
  size_t moment_count, count, listed; // listed: the last number of a list that was counted off
  const struct outcome_result *found; // what the last number was found in; NULL: in no result
  size_t cell;                        // of it; SIZE_MAX: the number of its rows
};

// ---- what there is

static void figures_add_moment(struct figuring *x, int64_t ms) {
  if (x->moment_count < FIGURES_MOMENTS_MOST) x->moments[x->moment_count++] = ms;
}

static void figures_prepare(struct figuring *x) {
  size_t cells = 0;
  x->moments = ARENA_ARRAY(x->arena, FIGURES_MOMENTS_MOST, int64_t);
  for (size_t i = 0; i < x->g->moment_count; i++) figures_add_moment(x, x->g->moments[i]);
  for (size_t r = 0; r < x->g->result_count; r++) {
    const struct outcome_result *result = &x->g->results[r];
    struct chart_source from = {.rows = &result->rows,
                                .hints = result->asked ? result->asked->columns : NULL};
    x->columns[r] = chart_classify(&from, x->arena);
    for (size_t i = 0; i < result->rows.row_count * result->rows.column_count; i++) {
      int64_t ms;
      if (cells++ >= FIGURES_CELLS_MOST) return;
      if (result->rows.columns[i % result->rows.column_count].type == TABLE_TIME &&
          chart_cell_moment(&result->rows.cells[i], &ms))
        figures_add_moment(x, ms);
    }
  }
}

// ---- numbers

static bool figures_number(const struct table_cell *c, double *out) {
  if (c->kind != TABLE_CELL_TEXT) return chart_cell_number(c, out);
  char text[64], *end;
  if (!c->text.n || c->text.n >= sizeof text) return false;
  memcpy(text, c->text.p, c->text.n);
  text[c->text.n] = 0;
  for (size_t i = 0; i < c->text.n; i++)
    if (!strchr("0123456789.-", text[i])) return false;
  *out = strtod(text, &end);
  return end == text + c->text.n;
}

static double figures_unit_ms(enum chart_unit unit) {
  return unit == CHART_UNIT_MS ? 1 : unit == CHART_UNIT_SECONDS ? 1000 : 0;
}

// A percentage is of a share or of a number that says it is one.
static bool figures_cell_says(const struct figure *f, const struct chart_column *c, bool whole,
                              double value) {
  if (f->kind != FIGURE_PERCENT)
    return figure_says(f, value, figures_unit_ms(c->unit)) ||
           (c->unit == CHART_UNIT_RATIO && figure_says(f, value * 100, 0));
  if (c->unit == CHART_UNIT_PERCENT) return figure_says(f, value, 0);
  if (c->unit == CHART_UNIT_RATIO) return figure_says(f, value * 100, 0);
  if (whole) return false;
  return figure_says(f, value, 0) || (fabs(value) <= 1 && figure_says(f, value * 100, 0));
}

static bool figures_found(struct figuring *x, size_t result, size_t cell) {
  x->found = &x->g->results[result];
  x->cell = cell;
  return true;
}

static bool figures_in_cells(struct figuring *x, const struct figure *f) {
  size_t cells = 0;
  for (size_t r = 0; r < x->g->result_count; r++) {
    const struct table_result *rows = &x->g->results[r].rows;
    for (size_t i = 0; i < rows->row_count * rows->column_count; i++) {
      size_t c = i % rows->column_count;
      double value;
      if (cells++ >= FIGURES_CELLS_MOST) return false;
      if (rows->columns[c].type == TABLE_BOOLEAN || rows->columns[c].type == TABLE_TIME) continue;
      if (figures_number(&rows->cells[i], &value) &&
          figures_cell_says(f, &x->columns[r][c], rows->cells[i].kind == TABLE_CELL_INTEGER, value))
        return figures_found(x, r, i);
    }
  }
  return false;
}

static bool figures_counts_rows(struct figuring *x, const struct figure *f) {
  for (size_t r = 0; r < x->g->result_count && f->kind == FIGURE_PLAIN && !f->scaled; r++) {
    const struct outcome_result *result = &x->g->results[r];
    if (!result->rows.cut && !result->total && figure_says(f, (double)result->rows.row_count, 0))
      return figures_found(x, r, SIZE_MAX);
  }
  return false;
}

// The numbers of a question or a parameter: "now-7d" has a 7.
static bool figures_in_text(const struct figure *f, struct str text) {
  for (size_t i = 0; i < text.n;) {
    struct figure its;
    bool begins =
        (i == 0 || text.p[i - 1] < '0' || text.p[i - 1] > '9') && text.p[i] >= '0' && text.p[i] <= '9';
    size_t n = begins ? figure_read(str_from(text, i), &its) : 0;
    bool after_letter = i && figure_is_letter(text, i - 1);
    if (!n && !after_letter) n = figure_read_words(str_from(text, i), &its);
    for (size_t k = 0; n && k < its.count; k++)
      if (figure_says(f, its.readings[k].value, 0) || figure_says(f, its.readings[k].value * its.scale, 0))
        return true;
    i += n ? n : 1;
  }
  return false;
}

static bool figures_has_number(struct figuring *x, const struct figure *f) {
  if (figures_in_cells(x, f) || figures_counts_rows(x, f)) return true;
  for (size_t i = 0; i < x->g->text_count; i++)
    if (figures_in_text(f, x->g->texts[i])) return true;
  return false;
}

static void figures_link(struct figuring *x, size_t start, size_t end) {
  struct buf *out = x->g->numbers;
  if (!out || !x->found) return;
  const struct table_result *rows = &x->found->rows;
  buf_printf(out, "%s{\"start\":%zu,\"end\":%zu,\"result\":", out->n ? "," : "", start, end);
  json_add_string(out, x->found->name);
  if (x->cell == SIZE_MAX)
    buf_printf(out, ",\"rows\":[0,%zu]}", rows->row_count);
  else
    buf_printf(out, ",\"row\":%zu,\"column\":%zu}", x->cell / rows->column_count,
               x->cell % rows->column_count);
}

// ---- names

static bool figures_has_word(struct str text, struct str word) {
  for (size_t i = 0; i + word.n <= text.n; i++)
    if (str_eq_nocase(str_make(text.p + i, word.n), word) && (!i || !figure_is_letter(text, i - 1)) &&
        !figure_is_letter(text, i + word.n))
      return true;
  return false;
}

static bool figures_has_name(const struct figuring *x, struct str word) {
  size_t cells = 0;
  for (size_t i = 0; i < x->g->text_count; i++)
    if (figures_has_word(x->g->texts[i], word)) return true;
  for (size_t r = 0; r < x->g->result_count; r++) {
    const struct table_result *rows = &x->g->results[r].rows;
    for (size_t c = 0; c < rows->column_count; c++)
      if (figures_has_word(rows->columns[c].name, word)) return true;
    for (size_t i = 0; i < rows->row_count * rows->column_count && cells++ < FIGURES_CELLS_MOST; i++)
      if (rows->cells[i].kind == TABLE_CELL_TEXT && figures_has_word(rows->cells[i].text, word)) return true;
  }
  return false;
}

// "example2.com", "10.0.0.7", "p95": letters and digits, or more than one mark between digits.
static size_t figures_name(const struct figuring *x, size_t at, bool *plain) {
  struct str s = str_from(x->text, at);
  size_t n = 0, marks = 0;
  bool digit = false, letter = false;
  while (n < s.n && (figure_is_letter(s, n) || strchr("._:/@-", s.p[n]))) n++;
  while (n && strchr("._:/@-", s.p[n - 1])) n--;
  for (size_t i = 0; i < n; i++) {
    bool d = s.p[i] >= '0' && s.p[i] <= '9', l = figure_is_letter(s, i);
    digit = digit || d;
    letter = letter || (l && !d);
    marks += !l;
  }
  *plain = !digit || (!letter && marks < 2);
  return n;
}

// ---- times

static const char *const figures_months[12] = {"jan", "feb", "mar", "apr", "may", "jun",
                                               "jul", "aug", "sep", "oct", "nov", "dec"};

static int figures_month(struct str word) {
  for (int i = 0; i < 12; i++)
    if (word.n >= 3 && str_is_nocase(str_make(word.p, 3), figures_months[i])) return i + 1;
  return 0;
}

struct figures_when { // 0, or -1 of hours and minutes: not said
  int year, month, day, hour, minute;
};

static bool figures_is_when(const struct moment_civil *c, const struct figures_when *w) {
  return (!w->year || w->year == c->year) && (!w->month || w->month == c->month) &&
         (!w->day || w->day == c->day) && (w->hour < 0 || (w->hour == c->hour && w->minute == c->minute));
}

static bool figures_has_when(const struct figuring *x, const struct figures_when *w) {
  for (size_t i = 0; i < x->moment_count; i++) {
    struct moment_civil utc, local;
    moment_split(x->moments[i], &utc);
    moment_split(x->g->zone ? zone_local(x->g->zone, x->moments[i]) : x->moments[i], &local);
    if (figures_is_when(&utc, w) || figures_is_when(&local, w)) return true;
  }
  return false;
}

static size_t figures_digits(struct str s, int *out) {
  size_t n = 0;
  for (*out = 0; n < s.n && n < 5 && s.p[n] >= '0' && s.p[n] <= '9'; n++) *out = *out * 10 + (s.p[n] - '0');
  return n;
}

// "14:05", with seconds or without.
static size_t figures_clock(struct str s, struct figures_when *w) {
  int hour, minute, second;
  size_t n = figures_digits(s, &hour), m;
  if (!n || n > 2 || n >= s.n || s.p[n] != ':') return 0;
  m = figures_digits(str_from(s, n + 1), &minute);
  if (m != 2 || hour > 24 || minute > 59) return 0;
  n += 3;
  if (n < s.n && s.p[n] == ':' && figures_digits(str_from(s, n + 1), &second) == 2) n += 3;
  w->hour = hour;
  w->minute = minute;
  return n;
}

// "2026-11-28", "28.11.2026", "11/28/2026".
static size_t figures_date(struct str s, struct figures_when *w) {
  int v[3];
  size_t n[3], at = 0;
  char mark = 0;
  for (int i = 0; i < 3; i++) {
    n[i] = figures_digits(str_from(s, at), &v[i]);
    if (!n[i]) return 0;
    at += n[i];
    if (i == 2) break;
    if (at >= s.n || !strchr("-./", s.p[at]) || (mark && s.p[at] != mark)) return 0;
    mark = s.p[at++];
  }
  if (n[0] == 4 && n[1] <= 2 && n[2] <= 2)
    *w = (struct figures_when){v[0], v[1], v[2], -1, -1};
  else if (n[2] == 4 && n[0] <= 2 && n[1] <= 2)
    *w = mark == '/' && v[0] <= 12 ? (struct figures_when){v[2], v[0], v[1], -1, -1}
                                   : (struct figures_when){v[2], v[1], v[0], -1, -1};
  else
    return 0;
  return at;
}

static size_t figures_date_and_clock(struct str s, struct figures_when *w) {
  size_t n = figures_date(s, w);
  if (!n) return figures_clock(s, w);
  if (n + 1 < s.n && strchr("T ", s.p[n])) {
    size_t more = figures_clock(str_from(s, n + 1), w);
    if (more) n += 1 + more;
  }
  return n;
}

static struct str figures_word_before(struct str text, size_t at) {
  while (at && strchr(" .,", text.p[at - 1])) at--;
  size_t end = at;
  while (at && figure_is_letter(text, at - 1)) at--;
  return str_make(text.p + at, end - at);
}

static struct str figures_word_behind(struct str text, size_t at) {
  while (at < text.n && strchr(" .,", text.p[at])) at++;
  size_t end = at;
  while (figure_is_letter(text, end)) end++;
  return str_make(text.p + at, end - at);
}

// "28 November", "Nov 28th", and a year by itself.
static bool figures_is_day(const struct figuring *x, size_t at, size_t n, const struct figure *f) {
  struct figures_when w = {.hour = -1};
  if (f->kind != FIGURE_PLAIN || f->scaled || !f->count || f->readings[0].decimals || n > 4) return false;
  int value = (int)f->readings[0].value;
  w.month = figures_month(figures_word_before(x->text, at));
  if (!w.month) w.month = figures_month(figures_word_behind(x->text, at + n));
  if (value >= 1970 && value <= 2100)
    w.year = value;
  else if (w.month && value >= 1 && value <= 31)
    w.day = value;
  else
    return false;
  return figures_has_when(x, &w);
}

// ---- the text

// "1. …" at the beginning of a line, counted off from 1.
static bool figures_is_counted_off(struct figuring *x, size_t at, size_t n) {
  int value;
  bool line = at == 0 || x->text.p[at - 1] == '\n';
  bool mark = at + n < x->text.n && (x->text.p[at + n] == '.' || x->text.p[at + n] == ')');
  if (!line || !mark || figures_digits(str_from(x->text, at), &value) != n || value != (int)x->listed + 1)
    return false;
  x->listed++;
  return true;
}

// A number at `at`; how many bytes it takes, or 0: it is none that is known.
static size_t figures_judge(struct figuring *x, size_t at) {
  struct str s = str_from(x->text, at);
  struct figures_when w = {.hour = -1};
  struct figure f;
  size_t n = figures_date_and_clock(s, &w);
  if (n && (!figure_is_letter(s, n) || s.p[n] == 'Z')) return figures_has_when(x, &w) ? n : 0;
  n = figure_read(s, &f);
  if (!n) return 0;
  if (figures_has_number(x, &f) || figures_is_day(x, at, n, &f) || figures_is_counted_off(x, at, n)) return n;
  ptrdiff_t blank = str_find(str_make(s.p, n), ' '); // "5 100 zones" may be two numbers
  if (blank <= 0 || s.p[blank + 1] < '0' || s.p[blank + 1] > '9') return 0;
  n = figure_read(str_make(s.p, (size_t)blank), &f);
  return n && figures_has_number(x, &f) ? n : 0;
}

// The word at `at`: how far it goes, or 0: there is something odd in it.
static size_t figures_take(struct figuring *x, size_t at) {
  struct str s = str_from(x->text, at);
  struct figure f;
  bool plain;
  if (figure_is_foreign(s)) return 0;
  size_t n = figures_name(x, at, &plain);
  if (n && !plain && figures_has_name(x, str_make(s.p, n))) return n;
  if (s.p[0] >= '0' && s.p[0] <= '9') return x->count++ < FIGURES_MOST ? figures_judge(x, at) : 0;
  if ((n = figure_read_words(s, &f))) return x->count++ < FIGURES_MOST && figures_has_number(x, &f) ? n : 0;
  for (n = 0; n < s.n && figure_is_letter(s, n); n++)
    if ((s.p[n] >= '0' && s.p[n] <= '9') || figure_is_foreign(str_from(s, n))) return 0;
  if (n) return n;
  for (n = 1; n < s.n && (s.p[n] & 0xc0) == 0x80;) n++; // a mark, whole
  return n;
}

bool figures_hold(struct str text, const struct figures_ground *g, struct arena *a, struct str *odd) {
  struct figuring x = {.g = g, .arena = a, .text = text};
  *odd = str_cut_utf8(text, 40);
  if (text.n > FIGURES_TEXT_MOST || g->result_count > PROGRAM_RESULTS_MOST) return false;
  figures_prepare(&x);
  for (size_t at = 0; at < text.n;) {
    x.found = NULL;
    size_t n = figures_take(&x, at);
    if (!n) {
      bool plain;
      n = figures_name(&x, at, &plain);
      *odd = arena_dup(a, str_cut_utf8(str_make(text.p + at, n ? n : 1), 40));
      return false;
    }
    figures_link(&x, at, at + n);
    at += n;
  }
  return true;
}
