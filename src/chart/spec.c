// SPDX-License-Identifier: Apache-2.0
#include "chart/spec.h"

#include <math.h>
#include <stdio.h>

#include "base/plain.h"
#include "data/json.h"
#include "table/moment.h"

enum { SPEC_WIDTH = 480, SPEC_HEIGHT = 240 };

// ---- members and texts

static void spec_key(struct buf *out, const char *key) {
  char last = out->n ? out->p[out->n - 1] : '{';
  if (last != '{' && last != '[') buf_add_char(out, ',');
  json_add_string(out, str_of(key));
  buf_add_char(out, ':');
}

// At most so many characters, whole ones.
static void spec_text(struct buf *out, struct str text, size_t most) {
  size_t n = 0, at = 0;
  uint32_t c;
  for (; at < text.n && n < most - 1; n++) at += plain_next(str_from(text, at), &c);
  bool cut = at < text.n && at + plain_next(str_from(text, at), &c) < text.n;
  if (!cut) {
    json_add_string(out, text);
    return;
  }
  buf_add_char(out, '"');
  json_add_escaped(out, str_make(text.p, at));
  buf_add_z(out, "…\"");
}

static void spec_member(struct buf *out, const char *key, struct str text, size_t most) {
  if (!text.n) return;
  spec_key(out, key);
  spec_text(out, text, most);
}

static void spec_format(struct buf *out, enum chart_format format) {
  spec_member(out, "format", str_of(chart_format_text(format)), CHART_LABEL_MOST);
}

// ---- rows

static void spec_moment(struct buf *out, int64_t ms) {
  char text[MOMENT_TEXT];
  moment_write(ms, text);
  size_t n = memcmp(text + 19, ".000", 4) == 0 ? 19 : 23;
  buf_printf(out, "\"%.*sZ\"", (int)n, text);
}

static void spec_value(struct buf *out, const struct chart_value *v) {
  switch (v->kind) {
  case CHART_NULL:
    buf_add_z(out, "null");
    return;
  case CHART_NUMBER:
    chart_format_json(out, v->number);
    return;
  case CHART_MOMENT:
    spec_moment(out, v->ms);
    return;
  case CHART_FLAG:
    buf_add_z(out, v->flag ? "true" : "false");
    return;
  case CHART_WORD:
    spec_text(out, v->word, CHART_WORD_MOST);
  }
}

static void spec_rows(const struct chart *c, struct buf *out) {
  spec_key(out, "data");
  buf_add_z(out, "{\"values\":[");
  for (size_t row = 0; row < c->row_count; row++) {
    buf_add_z(out, row ? ",{" : "{");
    for (size_t f = 0; f < c->field_count; f++) {
      if (f) buf_add_char(out, ',');
      json_add_string(out, c->fields[f].name);
      buf_add_char(out, ':');
      spec_value(out, chart_at(c, row, (int)f));
    }
    buf_add_char(out, '}');
  }
  buf_add_z(out, "]}");
}

// ---- channels

static void spec_field(struct buf *out, const struct chart_field *f, bool type) {
  static const char *const types[] = {"quantitative", "temporal", "ordinal", "nominal"};
  spec_member(out, "field", f->name, CHART_FIELD_MOST);
  if (type) spec_member(out, "type", str_of(types[f->type]), CHART_LABEL_MOST);
}

// The grammar has no mark for a bucket that is not over: the axis says it.
static void spec_title(const struct chart *c, struct buf *out, const struct chart_field *f) {
  char title[4 * CHART_LABEL_MOST];
  bool last = c->unfinished && f->type != CHART_QUANTITATIVE;
  snprintf(title, sizeof title, "%.*s, the last not over", STR_ARG(f->title));
  spec_member(out, "title", last ? str_of(title) : f->title, CHART_LABEL_MOST);
}

static void spec_position(const struct chart *c, struct buf *out, enum chart_channel channel) {
  static const char *const names[] = {"x", "y"};
  if (c->channels[channel] < 0) return;
  const struct chart_field *f = &c->fields[c->channels[channel]];
  bool line = c->kind == CHART_LINE || c->kind == CHART_AREA;
  spec_key(out, names[channel]);
  buf_add_char(out, '{');
  spec_field(out, f, true);
  if (f->type == CHART_ORDINAL || f->type == CHART_NOMINAL) buf_add_z(out, ",\"sort\":null");
  if (f->type == CHART_TEMPORAL) buf_add_z(out, ",\"scale\":{\"type\":\"utc\"}");
  if (f->type == CHART_QUANTITATIVE && line)
    buf_printf(out, ",\"scale\":{\"zero\":%s}", c->from_zero ? "true" : "false");
  if (c->kind == CHART_BAR_STACKED && f->type == CHART_QUANTITATIVE) buf_add_z(out, ",\"stack\":\"zero\"");
  if (c->kind == CHART_HISTOGRAM && channel == CHART_X) {
    buf_add_z(out, ",\"bin\":{\"binned\":true,\"step\":");
    chart_format_json(out, chart_step_size(c->bin));
    buf_add_char(out, '}');
  }
  spec_title(c, out, f);
  if (f->type == CHART_QUANTITATIVE && f->format != CHART_AS_IS && c->kind != CHART_TIMELINE) {
    spec_key(out, "axis");
    buf_add_char(out, '{');
    spec_format(out, f->format);
    buf_add_char(out, '}');
  }
  buf_add_char(out, '}');
}

static void spec_series(const struct chart *c, struct buf *out) {
  const struct chart_field *f = &c->fields[c->channels[CHART_COLOR]];
  spec_key(out, "color");
  buf_add_char(out, '{');
  spec_field(out, f, true);
  if (f->type != CHART_QUANTITATIVE) buf_add_z(out, ",\"sort\":null");
  spec_member(out, "title", f->title, CHART_LABEL_MOST);
  buf_add_char(out, '}');
  if (c->kind != CHART_LINE) return;
  spec_key(out, "strokeDash");
  buf_add_char(out, '{');
  spec_field(out, f, true);
  buf_add_z(out, ",\"sort\":null}");
}

static void spec_encoding(const struct chart *c, struct buf *out) {
  spec_key(out, "encoding");
  buf_add_char(out, '{');
  spec_position(c, out, CHART_X);
  if (c->channels[CHART_X2] >= 0) {
    spec_key(out, "x2");
    buf_add_char(out, '{');
    spec_field(out, &c->fields[c->channels[CHART_X2]], false);
    buf_add_char(out, '}');
  }
  spec_position(c, out, CHART_Y);
  if (c->channels[CHART_COLOR] >= 0) spec_series(c, out);
  if (c->kind == CHART_KPI) {
    spec_key(out, "text");
    buf_add_char(out, '{');
    spec_field(out, &c->fields[0], true);
    spec_format(out, c->fields[0].format);
    buf_add_char(out, '}');
  }
  buf_add_char(out, '}');
}

// ---- what Vega-Lite has no word for

static void spec_kpi(const struct chart *c, struct buf *out) {
  spec_format(out, c->fields[0].format);
  if (c->delta && isfinite(c->delta->value)) {
    spec_key(out, "delta");
    buf_add_char(out, '{');
    spec_key(out, "value");
    chart_format_json(out, c->delta->value);
    spec_key(out, "from");
    spec_text(out, c->delta->from, CHART_LABEL_MOST);
    buf_add_char(out, '}');
  }
  if (!c->spark_count) return;
  size_t first = c->spark_count > CHART_SPARK_MOST ? c->spark_count - CHART_SPARK_MOST : 0;
  spec_key(out, "spark");
  buf_add_char(out, '[');
  for (size_t i = first; i < c->spark_count; i++) {
    if (i > first) buf_add_char(out, ',');
    chart_format_json(out, c->spark[i]); // null where it is none
  }
  buf_add_char(out, ']');
}

static void spec_columns(const struct chart *c, struct buf *out) {
  spec_key(out, "columns");
  buf_add_char(out, '[');
  for (size_t f = 0; f < c->field_count; f++) {
    buf_add_z(out, f ? ",{" : "{");
    spec_field(out, &c->fields[f], false);
    spec_member(out, "title", c->fields[f].title, CHART_LABEL_MOST);
    spec_format(out, c->fields[f].format);
    buf_add_char(out, '}');
  }
  buf_add_char(out, ']');
}

static void spec_usermeta(const struct chart *c, struct buf *out) {
  if (c->kind > CHART_TABLE) return;
  spec_key(out, "usermeta");
  buf_add_z(out, "{\"postern\":{");
  spec_member(out, "kind", c->kind == CHART_KPI ? STR("kpi") : STR("table"), CHART_LABEL_MOST);
  if (c->kind == CHART_KPI)
    spec_kpi(c, out);
  else
    spec_columns(c, out);
  buf_add_z(out, "}}");
}

void chart_write(const struct chart *c, struct buf *out) {
  static const char *const marks[CHART_KINDS] = {
      [CHART_EMPTY] = "text",      [CHART_KPI] = "text",      [CHART_CARD] = "text",
      [CHART_TABLE] = "text",      [CHART_BAR] = "bar",       [CHART_COLUMN] = "bar",
      [CHART_BAR_STACKED] = "bar", [CHART_LINE] = "line",     [CHART_AREA] = "area",
      [CHART_POINT] = "point",     [CHART_HISTOGRAM] = "bar", [CHART_HEATMAP] = "rect",
      [CHART_TIMELINE] = "tick"};
  buf_add_z(out, "{\"$schema\":\"https://vega.github.io/schema/vega-lite/v6.json\"");
  spec_member(out, "title", c->title, CHART_LABEL_MOST);
  spec_member(out, "description", c->description, CHART_WORDS_MOST);
  if (c->points) {
    spec_key(out, "mark");
    buf_printf(out, "{\"type\":\"%s\",\"point\":true}", marks[c->kind]);
  } else {
    spec_member(out, "mark", str_of(marks[c->kind]), CHART_LABEL_MOST);
  }
  spec_rows(c, out);
  spec_encoding(c, out);
  spec_usermeta(c, out);
  spec_key(out, "width");
  buf_printf(out, "%d", SPEC_WIDTH);
  spec_key(out, "height");
  buf_printf(out, "%d}", SPEC_HEIGHT);
}
