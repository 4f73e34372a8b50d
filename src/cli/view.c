// SPDX-License-Identifier: Apache-2.0
#include "cli/view.h"

#include <stdarg.h>
#include <stdlib.h>

#include "cli/out.h"
#include "cli/table.h"
#include "cli/terminal.h"
#include "data/json.h"

enum { VIEW_MOST = 256 * 1024 * 1024, VIEW_DEEP = 5, VIEW_KEY = 128 };

void view_json(struct cli *c, yyjson_val *v) {
  (void)c;
  size_t n = 0;
  char *text =
      v ? yyjson_val_write(v, YYJSON_WRITE_PRETTY_TWO_SPACES | YYJSON_WRITE_NEWLINE_AT_END, &n) : NULL;
  if (text) out_json(str_make(text, n));
  free(text);
}

void view_text(struct cli *c, struct str text) {
  (void)c;
  out_text(text);
  if (!str_ends(text, "\n")) out_text(STR("\n"));
}

void view_note(struct cli *c, struct str text) {
  (void)c;
  out_note(text);
  if (!str_ends(text, "\n")) out_note(STR("\n"));
}

// The caller frees *line; NULL where there is no memory.
static struct str view_format(const char *format, va_list list, char **line) {
  int n = vasprintf(line, format, list);
  if (n < 0) *line = NULL;
  return str_make(*line, n < 0 ? 0 : (size_t)n);
}

void view_say(struct cli *c, const char *format, ...) {
  if (c->json) return;
  char *line;
  va_list list;
  va_start(list, format);
  view_text(c, view_format(format, list, &line));
  va_end(list);
  free(line);
}

void view_tell(struct cli *c, const char *format, ...) {
  char *line;
  va_list list;
  va_start(list, format);
  view_note(c, view_format(format, list, &line));
  va_end(list);
  free(line);
}

// Texts by commas, other things as JSON.
static struct str view_array(struct arena *a, yyjson_val *v) {
  struct buf text = BUF_MAX(TABLE_CELL_MOST);
  size_t i, n;
  yyjson_val *item;
  yyjson_arr_foreach (v, i, n, item) {
    struct str cell = view_cell(a, item);
    buf_printf(&text, "%s%.*s", i ? ", " : "", STR_ARG(cell));
  }
  struct str out = arena_dup(a, buf_str(&text));
  buf_free(&text);
  return out;
}

struct str view_cell(struct arena *a, yyjson_val *v) {
  if (!v || yyjson_is_null(v)) return STR("-");
  if (yyjson_is_str(v)) return json_text(v);
  if (yyjson_is_bool(v)) return yyjson_get_bool(v) ? STR("yes") : STR("no");
  if (yyjson_is_arr(v)) return yyjson_arr_size(v) ? view_array(a, v) : STR("-");
  return json_to_text(a, v);
}

void view_list(struct cli *c, yyjson_val *items, const struct view_column *columns, const char *none) {
  struct table t;
  size_t count = 0, i, n;
  yyjson_val *item;
  if (c->json) {
    view_json(c, items);
    return;
  }
  if (!yyjson_arr_size(items)) {
    view_say(c, "%s", none);
    return;
  }
  while (columns[count].head) count++;
  table_open(&t, c->arena, count);
  for (size_t j = 0; j < count; j++) table_cell(&t, str_of(columns[j].head));
  yyjson_arr_foreach (items, i, n, item)
    for (size_t j = 0; j < count; j++) {
      struct str text = view_cell(c->arena, yyjson_obj_get(item, columns[j].key));
      yyjson_val *name = columns[j].names ? map_get(columns[j].names, text) : NULL;
      table_cell(&t, name ? json_text(name) : text);
    }
  struct buf out = BUF_MAX(VIEW_MOST);
  table_print(&t, terminal_width(), &out);
  out_text(buf_str(&out));
  buf_free(&out);
  table_close(&t);
}

static void view_member(struct cli *c, struct table *t, const char *name, yyjson_val *v, unsigned deep);

// name.member of an object, name.0 of an array of objects.
static void view_members(struct cli *c, struct table *t, const char *prefix, yyjson_val *v, unsigned deep) {
  char name[VIEW_KEY];
  size_t i, n;
  yyjson_val *key, *item;
  yyjson_obj_foreach (v, i, n, key, item) {
    snprintf(name, sizeof name, "%s%.*s", prefix, STR_ARG(json_text(key)));
    view_member(c, t, name, item, deep);
  }
  yyjson_arr_foreach (v, i, n, item) {
    snprintf(name, sizeof name, "%s%zu", prefix, i);
    view_member(c, t, name, item, deep);
  }
}

static void view_member(struct cli *c, struct table *t, const char *name, yyjson_val *v, unsigned deep) {
  char prefix[VIEW_KEY + 1];
  bool object = yyjson_is_obj(v), rows = yyjson_is_arr(v) && yyjson_is_obj(yyjson_arr_get_first(v));
  if (deep < VIEW_DEEP && ((object && yyjson_obj_size(v)) || rows)) {
    snprintf(prefix, sizeof prefix, "%s.", name);
    view_members(c, t, prefix, v, deep + 1);
    return;
  }
  table_cell(t, str_of(name));
  table_cell(t, object && !yyjson_obj_size(v) ? STR("-") : view_cell(c->arena, v));
}

void view_object(struct cli *c, yyjson_val *object) {
  struct table t;
  if (c->json) {
    view_json(c, object);
    return;
  }
  table_open(&t, c->arena, 2);
  view_members(c, &t, "", object, 0);
  struct buf out = BUF_MAX(VIEW_MOST);
  table_print(&t, 0, &out);
  out_text(buf_str(&out));
  buf_free(&out);
  table_close(&t);
}
