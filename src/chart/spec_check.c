// SPDX-License-Identifier: Apache-2.0
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "chart/spec.h"
#include "data/json.h"

enum { SPEC_SIDE_LEAST = 40, SPEC_SIDE_MOST = 4000, SPEC_POINTER_MOST = 4096 };

struct spec_at {
  struct buf pointer;
  struct err *err;
};
typedef bool (*spec_rule)(struct spec_at *at, yyjson_val *v);

struct spec_member {
  const char *name;
  spec_rule rule;
  bool needed;
};

static bool spec_fail(struct spec_at *at, const char *format, ...) PRINTF_LIKE(2, 3);
static bool spec_fail(struct spec_at *at, const char *format, ...) {
  char text[256];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  char where[sizeof at->err->field];
  snprintf(where, sizeof where, "%.*s", STR_ARG(buf_str(&at->pointer)));
  return err_at(at->err, ERR_INVALID, where, "%s", text);
}

static const char *spec_kind(yyjson_val *v) {
  return yyjson_is_obj(v)    ? "an object"
         : yyjson_is_arr(v)  ? "an array"
         : yyjson_is_str(v)  ? "a text"
         : yyjson_is_null(v) ? "null"
         : yyjson_is_bool(v) ? "true or false"
                             : "a number";
}

// ---- what charts elsewhere have, and these do not

static const struct {
  const char *word, *why;
} spec_refused[] = {
    {"url", "rows stand in the chart itself; nothing is fetched"},
    {"params", "a chart computes nothing: no parameters or expressions"},
    {"expr", "a chart computes nothing: no parameters or expressions"},
    {"labelExpr", "a chart computes nothing: no parameters or expressions"},
    {"transform", "rows come as they are drawn: no transforms"},
    {"aggregate", "rows come summed and binned: nothing is aggregated in the chart"},
    {"timeUnit", "rows come summed and binned: nothing is aggregated in the chart"},
    {"href", "a chart has no links"},
    {"condition", "a chart has no conditions"},
    {"layer", "a chart is one chart: no layers or parts"},
    {"hconcat", "a chart is one chart: no layers or parts"},
    {"vconcat", "a chart is one chart: no layers or parts"},
    {"concat", "a chart is one chart: no layers or parts"},
    {"facet", "a chart is one chart: no layers or parts"},
    {"repeat", "a chart is one chart: no layers or parts"},
    {"resolve", "there are never two axes for one direction"},
    {"color", "colours are the view's"},
    {"config", "how it looks is the view's"},
    {"autosize", "how it looks is the view's"},
    {"background", "how it looks is the view's"},
};

static bool spec_unknown(struct spec_at *at, struct str name) {
  for (size_t i = 0; i < sizeof spec_refused / sizeof *spec_refused; i++)
    if (str_is(name, spec_refused[i].word)) return spec_fail(at, "%s", spec_refused[i].why);
  return spec_fail(at, "there is no '%.*s' here", STR_ARG(name));
}

// ---- shapes

static bool spec_push(struct spec_at *at, struct str key, yyjson_val *v, spec_rule rule) {
  size_t n = at->pointer.n;
  json_pointer_push(&at->pointer, key);
  bool ok = rule(at, v);
  if (ok) at->pointer.n = n;
  return ok;
}

static bool spec_object(struct spec_at *at, yyjson_val *v, const struct spec_member *members, size_t count) {
  yyjson_val *key, *value;
  size_t i, most;
  if (!yyjson_is_obj(v)) return spec_fail(at, "an object stands here, not %s", spec_kind(v));
  yyjson_obj_foreach (v, i, most, key, value) {
    struct str name = json_text(key);
    size_t m = 0;
    while (m < count && !str_is(name, members[m].name)) m++;
    if (m == count) {
      json_pointer_push(&at->pointer, name);
      return spec_unknown(at, name);
    }
    if (!spec_push(at, name, value, members[m].rule)) return false;
  }
  for (size_t m = 0; m < count; m++)
    if (members[m].needed && !yyjson_obj_get(v, members[m].name))
      return spec_fail(at, "'%s' is missing", members[m].name);
  return true;
}
#define SPEC_OBJECT(at, v, ...)                                                                              \
  spec_object((at), (v), (const struct spec_member[])__VA_ARGS__,                                            \
              sizeof((const struct spec_member[])__VA_ARGS__) / sizeof(struct spec_member))

static bool spec_array(struct spec_at *at, yyjson_val *v, size_t items_most, spec_rule rule) {
  yyjson_val *item;
  size_t i, most;
  if (!yyjson_is_arr(v)) return spec_fail(at, "an array stands here, not %s", spec_kind(v));
  if (yyjson_arr_size(v) > items_most)
    return spec_fail(at, "at most %zu stand here, not %zu", items_most, yyjson_arr_size(v));
  yyjson_arr_foreach (v, i, most, item) {
    char number[24];
    snprintf(number, sizeof number, "%zu", i);
    if (!spec_push(at, str_of(number), item, rule)) return false;
  }
  return true;
}

static size_t spec_characters(struct str s) {
  size_t n = 0;
  for (size_t i = 0; i < s.n; i++) n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
  return n;
}

static bool spec_text_of(struct spec_at *at, yyjson_val *v, size_t most) {
  if (!yyjson_is_str(v)) return spec_fail(at, "a text stands here, not %s", spec_kind(v));
  size_t n = spec_characters(json_text(v));
  return n <= most || spec_fail(at, "a text of at most %zu characters stands here, not %zu", most, n);
}

static bool spec_one_of(struct spec_at *at, yyjson_val *v, const char *const *words) {
  char list[200] = "";
  size_t n = 0;
  if (yyjson_is_str(v))
    for (size_t i = 0; words[i]; i++)
      if (str_is(json_text(v), words[i])) return true;
  for (size_t i = 0; words[i] && n < sizeof list; i++)
    n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", i ? ", " : "", words[i]);
  if (yyjson_is_str(v))
    return spec_fail(at, "'%.*s' is none of %s", (int)(yyjson_get_len(v) < 60 ? yyjson_get_len(v) : 60),
                     yyjson_get_str(v), list);
  return spec_fail(at, "one of %s stands here, not %s", list, spec_kind(v));
}
#define SPEC_ONE_OF(at, v, ...) spec_one_of((at), (v), (const char *const[]){__VA_ARGS__, NULL})

// ---- values

static bool spec_is_label(struct spec_at *at, yyjson_val *v) {
  return spec_text_of(at, v, CHART_LABEL_MOST);
}
static bool spec_is_description(struct spec_at *at, yyjson_val *v) {
  return spec_text_of(at, v, CHART_WORDS_MOST);
}
static bool spec_is_schema(struct spec_at *at, yyjson_val *v) {
  return SPEC_ONE_OF(at, v, "https://vega.github.io/schema/vega-lite/v6.json");
}
static bool spec_is_true(struct spec_at *at, yyjson_val *v) {
  return yyjson_is_true(v) || spec_fail(at, "true stands here, or nothing");
}
static bool spec_is_bool(struct spec_at *at, yyjson_val *v) {
  return yyjson_is_bool(v) || spec_fail(at, "true or false stands here, not %s", spec_kind(v));
}
static bool spec_is_null(struct spec_at *at, yyjson_val *v) {
  return yyjson_is_null(v) ||
         spec_fail(at, "rows come in their order: null stands here, not %s", spec_kind(v));
}
static bool spec_is_number(struct spec_at *at, yyjson_val *v) {
  return yyjson_is_num(v) || spec_fail(at, "a number stands here, not %s", spec_kind(v));
}
static bool spec_is_number_or_null(struct spec_at *at, yyjson_val *v) {
  return yyjson_is_null(v) || spec_is_number(at, v);
}
static bool spec_is_step(struct spec_at *at, yyjson_val *v) {
  return spec_is_number(at, v) && (yyjson_get_num(v) > 0 || spec_fail(at, "a step is above zero"));
}
static bool spec_is_side(struct spec_at *at, yyjson_val *v) {
  double n = yyjson_get_num(v);
  return (yyjson_is_num(v) && n >= SPEC_SIDE_LEAST && n <= SPEC_SIDE_MOST && n == floor(n)) ||
         spec_fail(at, "a whole number from %d to %d stands here", SPEC_SIDE_LEAST, SPEC_SIDE_MOST);
}
static bool spec_is_type(struct spec_at *at, yyjson_val *v) {
  return SPEC_ONE_OF(at, v, "quantitative", "temporal", "ordinal", "nominal");
}
static bool spec_is_utc(struct spec_at *at, yyjson_val *v) {
  return SPEC_ONE_OF(at, v, "utc");
}
static bool spec_is_zero(struct spec_at *at, yyjson_val *v) {
  return SPEC_ONE_OF(at, v, "zero");
}

static bool spec_format_up_to(struct spec_at *at, yyjson_val *v, enum chart_format last) {
  const char *words[CHART_FORMAT_COUNT] = {0};
  for (int f = CHART_AS_IS + 1; f <= (int)last; f++) words[f - 1] = chart_format_text((enum chart_format)f);
  return spec_one_of(at, v, words);
}
static bool spec_is_format(struct spec_at *at, yyjson_val *v) {
  return spec_format_up_to(at, v, CHART_MONEY);
}
static bool spec_is_column_format(struct spec_at *at, yyjson_val *v) {
  return spec_format_up_to(at, v, CHART_DURATION);
}

static bool spec_field_name(struct spec_at *at, struct str name) {
  size_t characters = spec_characters(name);
  bool path = str_find(name, '.') >= 0 || str_find(name, '[') >= 0 || str_find(name, ']') >= 0 ||
              str_find(name, '\\') >= 0;
  if (path) return spec_fail(at, "a field is a plain name, no path: without . [ ] and \\");
  if (characters == 0 || characters > CHART_FIELD_MOST)
    return spec_fail(at, "a field's name has 1 to %d characters", CHART_FIELD_MOST);
  return true;
}
static bool spec_is_field(struct spec_at *at, yyjson_val *v) {
  if (!yyjson_is_str(v)) return spec_fail(at, "a field's name stands here, not %s", spec_kind(v));
  return spec_field_name(at, json_text(v));
}

// ---- data

static bool spec_is_row(struct spec_at *at, yyjson_val *v) {
  yyjson_val *key, *value;
  size_t i, most;
  if (!yyjson_is_obj(v)) return spec_fail(at, "a row is an object, not %s", spec_kind(v));
  if (yyjson_obj_size(v) > CHART_FIELDS_MOST)
    return spec_fail(at, "a row has at most %d fields", CHART_FIELDS_MOST);
  yyjson_obj_foreach (v, i, most, key, value) {
    size_t n = at->pointer.n;
    json_pointer_push(&at->pointer, json_text(key));
    if (!spec_field_name(at, json_text(key))) return false;
    if (yyjson_is_ctn(value))
      return spec_fail(at, "rows are flat: a text, a number, true, false or null stands here, not %s",
                       spec_kind(value));
    at->pointer.n = n;
  }
  return true;
}
static bool spec_is_rows(struct spec_at *at, yyjson_val *v) {
  return spec_array(at, v, CHART_ROWS_MOST, spec_is_row);
}
static bool spec_is_data(struct spec_at *at, yyjson_val *v) {
  return SPEC_OBJECT(at, v, {{"values", spec_is_rows, true}});
}

// ---- mark and encoding

static bool spec_is_pointed(struct spec_at *at, yyjson_val *v) {
  return SPEC_ONE_OF(at, v, "line", "area");
}
static bool spec_is_mark(struct spec_at *at, yyjson_val *v) {
  if (!yyjson_is_obj(v)) return SPEC_ONE_OF(at, v, "bar", "line", "area", "point", "rect", "tick", "text");
  return SPEC_OBJECT(at, v, {{"type", spec_is_pointed, true}, {"point", spec_is_true, false}});
}
static bool spec_is_axis(struct spec_at *at, yyjson_val *v) {
  return SPEC_OBJECT(at, v, {{"format", spec_is_format, false}});
}
static bool spec_is_scale(struct spec_at *at, yyjson_val *v) {
  if (yyjson_obj_size(v) > 1) return spec_fail(at, "a scale is of time or begins at zero, not both");
  return SPEC_OBJECT(at, v, {{"zero", spec_is_bool, false}, {"type", spec_is_utc, false}});
}
static bool spec_is_bin(struct spec_at *at, yyjson_val *v) {
  return SPEC_OBJECT(at, v, {{"binned", spec_is_true, true}, {"step", spec_is_step, true}});
}
static bool spec_is_position(struct spec_at *at, yyjson_val *v) {
  return SPEC_OBJECT(at, v,
                     {{"field", spec_is_field, true},
                      {"type", spec_is_type, true},
                      {"title", spec_is_label, false},
                      {"sort", spec_is_null, false},
                      {"stack", spec_is_zero, false},
                      {"axis", spec_is_axis, false},
                      {"scale", spec_is_scale, false},
                      {"bin", spec_is_bin, false}});
}
static bool spec_is_end(struct spec_at *at, yyjson_val *v) {
  return SPEC_OBJECT(at, v, {{"field", spec_is_field, true}});
}
static bool spec_is_series(struct spec_at *at, yyjson_val *v) {
  return SPEC_OBJECT(at, v,
                     {{"field", spec_is_field, true},
                      {"type", spec_is_type, true},
                      {"title", spec_is_label, false},
                      {"sort", spec_is_null, false}});
}
static bool spec_is_words(struct spec_at *at, yyjson_val *v) {
  return SPEC_OBJECT(
      at, v,
      {{"field", spec_is_field, true}, {"type", spec_is_type, true}, {"format", spec_is_format, false}});
}
static bool spec_is_encoding(struct spec_at *at, yyjson_val *v) {
  return SPEC_OBJECT(at, v,
                     {{"x", spec_is_position, false},
                      {"y", spec_is_position, false},
                      {"x2", spec_is_end, false},
                      {"color", spec_is_series, false},
                      {"strokeDash", spec_is_series, false},
                      {"text", spec_is_words, false}});
}

// ---- ours

static bool spec_is_kind(struct spec_at *at, yyjson_val *v) {
  return SPEC_ONE_OF(at, v, "kpi", "table");
}
static bool spec_is_delta(struct spec_at *at, yyjson_val *v) {
  return SPEC_OBJECT(at, v, {{"value", spec_is_number, true}, {"from", spec_is_label, true}});
}
static bool spec_is_spark(struct spec_at *at, yyjson_val *v) {
  return spec_array(at, v, CHART_SPARK_MOST, spec_is_number_or_null);
}
static bool spec_is_column(struct spec_at *at, yyjson_val *v) {
  return SPEC_OBJECT(at, v,
                     {{"field", spec_is_field, true},
                      {"title", spec_is_label, false},
                      {"format", spec_is_column_format, false}});
}
static bool spec_is_columns(struct spec_at *at, yyjson_val *v) {
  return spec_array(at, v, CHART_FIELDS_MOST, spec_is_column);
}
static bool spec_is_ours(struct spec_at *at, yyjson_val *v) {
  return SPEC_OBJECT(at, v,
                     {{"kind", spec_is_kind, true},
                      {"format", spec_is_format, false},
                      {"delta", spec_is_delta, false},
                      {"spark", spec_is_spark, false},
                      {"columns", spec_is_columns, false}});
}
static bool spec_is_usermeta(struct spec_at *at, yyjson_val *v) {
  return SPEC_OBJECT(at, v, {{"postern", spec_is_ours, true}});
}

bool chart_check(yyjson_val *spec, struct err *err) {
  struct spec_at at = {.pointer = BUF_MAX(SPEC_POINTER_MOST), .err = err};
  bool ok = SPEC_OBJECT(&at, spec,
                        {{"$schema", spec_is_schema, false},
                         {"title", spec_is_label, false},
                         {"description", spec_is_description, false},
                         {"width", spec_is_side, false},
                         {"height", spec_is_side, false},
                         {"mark", spec_is_mark, true},
                         {"data", spec_is_data, true},
                         {"encoding", spec_is_encoding, true},
                         {"usermeta", spec_is_usermeta, false}});
  buf_free(&at.pointer);
  return ok;
}
