// SPDX-License-Identifier: Apache-2.0
#include <math.h>

#include "base/mem.h"
#include "chart/draw_parts.h"

enum { GRID_MOST = 64, CELL_MOST = 8, CELL_NAMED = 3, POINTS_HIGH = 12, POINTS_LEAST = 8 };

// ---- a heatmap: places in the order they first come in

struct heat {
  const struct draw *t;
  struct str across[GRID_MOST], down[GRID_MOST];
  size_t across_count, down_count, label_width, cell;
  double low, high;
  const struct chart_value *places[GRID_MOST][GRID_MOST]; // down, across
};

static size_t heat_place(struct str *names, size_t *count, const struct chart_value *v) {
  struct str name = v->kind == CHART_WORD ? v->word : STR("");
  for (size_t i = 0; i < *count; i++)
    if (str_eq(names[i], name)) return i;
  if (*count == GRID_MOST) return GRID_MOST;
  names[*count] = name;
  return (*count)++;
}

static bool heat_read(struct heat *h) {
  const struct draw *t = h->t;
  h->low = INFINITY;
  h->high = -INFINITY;
  for (size_t row = 0; row < t->chart->row_count; row++) {
    size_t x = heat_place(h->across, &h->across_count, draw_at(t, row, CHART_X)),
           y = heat_place(h->down, &h->down_count, draw_at(t, row, CHART_Y));
    if (x == GRID_MOST || y == GRID_MOST) return false;
    const struct chart_value *v = draw_at(t, row, CHART_COLOR);
    if (v->kind != CHART_NUMBER) continue;
    h->places[y][x] = v;
    h->low = fmin(h->low, v->number);
    h->high = fmax(h->high, v->number);
  }
  for (size_t i = 0; i < h->down_count; i++)
    if (fit_width(h->down[i]) > h->label_width) h->label_width = fit_width(h->down[i]);
  if (h->label_width > t->width / 3) h->label_width = t->width / 3;
  size_t room = t->width > h->label_width + 1 ? t->width - h->label_width - 1 : 0;
  h->cell = h->across_count ? room / h->across_count : 0;
  if (h->cell > CELL_MOST) h->cell = CELL_MOST;
  return h->cell > 0 && h->low <= h->high;
}

static size_t heat_shade(const struct heat *h, double value) {
  double part = h->high > h->low ? (value - h->low) / (h->high - h->low) : 1;
  return (size_t)fmin(fmax(floor(part * DRAW_SHADES), 0), DRAW_SHADES - 1);
}

static void heat_head(const struct heat *h) {
  const struct draw *t = h->t;
  if (h->cell < CELL_NAMED) return;
  fit_pad(t->out, h->label_width + 1);
  for (size_t x = 0; x < h->across_count; x++) {
    size_t used = fit_add(t->out, h->across[x], h->cell - 1, t->ascii);
    fit_pad(t->out, h->cell - used);
  }
  buf_add_char(t->out, '\n');
}

static void heat_legend(const struct heat *h) {
  const struct draw *t = h->t;
  const struct chart_field *f = draw_field(t, CHART_COLOR);
  struct buf text = BUF_MAX(1 << 16);
  if (h->cell < CELL_NAMED) {
    buf_add_z(&text, "across: ");
    buf_add(&text, h->across[0]);
    buf_add_z(&text, " to ");
    buf_add(&text, h->across[h->across_count - 1]);
    draw_line(t, buf_str(&text));
    buf_clear(&text);
  }
  buf_printf(&text, "%s ", t->marks->shades[0]);
  chart_format_measure(&text, h->low, f->unit, f->unit_word);
  buf_printf(&text, "  %s ", t->marks->shades[DRAW_SHADES - 1]);
  chart_format_measure(&text, h->high, f->unit, f->unit_word);
  buf_add_z(&text, "  ");
  buf_add(&text, f->title);
  draw_line(t, buf_str(&text));
  buf_free(&text);
}

bool draw_heatmap(const struct draw *t) {
  struct heat *h = MEM_NEW(struct heat);
  h->t = t;
  bool fits = heat_read(h);
  if (fits) heat_head(h);
  for (size_t y = 0; fits && y < h->down_count; y++) {
    size_t used = fit_add(t->out, h->down[y], h->label_width, t->ascii);
    fit_pad(t->out, h->label_width + 1 - used);
    draw_color(t, 0);
    for (size_t x = 0; x < h->across_count; x++) {
      const struct chart_value *v = h->places[y][x];
      fit_repeat(t->out, v ? t->marks->shades[heat_shade(h, v->number)] : " ", h->cell);
    }
    draw_plain(t);
    buf_add_char(t->out, '\n');
  }
  if (fits) heat_legend(h);
  mem_free(h);
  return fits;
}

// ---- a cloud of points

struct cloud {
  const struct draw *t;
  struct chart_range across, up;
  size_t label_width, columns;
  bool *dots;
};

static struct chart_range cloud_range(const struct draw *t, enum chart_channel channel) {
  double low = draw_at(t, 0, channel)->number, high = low;
  for (size_t row = 1; row < t->chart->row_count; row++) {
    low = fmin(low, draw_at(t, row, channel)->number);
    high = fmax(high, draw_at(t, row, channel)->number);
  }
  return chart_domain(low, high, true);
}

static size_t cloud_place(struct chart_range r, double value, size_t places) {
  double part = r.high > r.low ? (value - r.low) / (r.high - r.low) : 0;
  return (size_t)fmin(fmax(floor(part * (double)(places - 1) + 0.5), 0), (double)places - 1);
}

static void cloud_label(struct buf *text, const struct chart_field *f, double value) {
  buf_clear(text);
  chart_format_measure(text, value, f->unit, f->unit_word);
}

static void cloud_foot(const struct cloud *c, struct buf *text) {
  const struct draw *t = c->t;
  const struct chart_field *x = draw_field(t, CHART_X), *y = draw_field(t, CHART_Y);
  cloud_label(text, x, c->across.low);
  buf_add_z(text, " to ");
  chart_format_measure(text, c->across.high, x->unit, x->unit_word);
  buf_add_z(text, ", ");
  buf_add(text, x->title);
  buf_add_z(text, "; up: ");
  buf_add(text, y->title);
  draw_wrapped(t, buf_str(text));
}

bool draw_points(const struct draw *t) {
  struct cloud c = {.t = t};
  struct buf text = BUF_MAX(1 << 16);
  const struct chart_field *y = draw_field(t, CHART_Y);
  if (!t->chart->row_count) return false;
  c.across = cloud_range(t, CHART_X);
  c.up = cloud_range(t, CHART_Y);
  cloud_label(&text, y, c.up.low);
  c.label_width = fit_width(buf_str(&text));
  cloud_label(&text, y, c.up.high);
  if (fit_width(buf_str(&text)) > c.label_width) c.label_width = fit_width(buf_str(&text));
  bool fits = t->width >= c.label_width + 1 + POINTS_LEAST;
  if (fits) {
    c.columns = t->width - c.label_width - 1;
    c.dots = mem_array(c.columns * POINTS_HIGH, sizeof(bool));
    for (size_t row = 0; row < t->chart->row_count; row++)
      c.dots[cloud_place(c.up, draw_at(t, row, CHART_Y)->number, POINTS_HIGH) * c.columns +
             cloud_place(c.across, draw_at(t, row, CHART_X)->number, c.columns)] = true;
    for (size_t line = POINTS_HIGH; line-- > 0;) {
      buf_clear(&text);
      if (line == 0 || line == POINTS_HIGH - 1) cloud_label(&text, y, line ? c.up.high : c.up.low);
      fit_pad(t->out, c.label_width - fit_width(buf_str(&text)));
      fit_add(t->out, buf_str(&text), c.label_width, t->ascii);
      buf_add_z(t->out, t->ascii ? "|" : "│");
      draw_color(t, 0);
      for (size_t x = 0; x < c.columns; x++)
        buf_add_z(t->out, c.dots[line * c.columns + x] ? t->marks->dot : " ");
      draw_plain(t);
      buf_add_char(t->out, '\n');
    }
    mem_free(c.dots);
    cloud_foot(&c, &text);
  }
  buf_free(&text);
  return fits;
}
