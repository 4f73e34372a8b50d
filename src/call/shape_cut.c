// SPDX-License-Identifier: Apache-2.0
// A result beyond the ceiling is cut between elements of its rows, never inside JSON. The rows are
// found by walking down from the root, always into the largest child, to the first array whose
// elements are not too large themselves.
#include "call/shape_parts.h"

#include "data/json.h"

enum {
  CUT_PATH_MOST = 32,
  CUT_SHAPE_LINES = 40,
  CUT_CHILDREN_MOST = 20,
  CUT_NOTE_MOST = 8 * 1024,
  CUT_NAMES_MOST = 12
};

struct cut {
  struct shaping *s;
  yyjson_val *path[CUT_PATH_MOST]; // containers from the root down to the rows, without them
  size_t depth;
  yyjson_val *rows;
  struct buf pointer; // of the rows
  size_t total, shown;
  struct str shown_text; // the elements that fit, joined
};

// About as many bytes as it takes as text. Values of one document lie in one array in the order of the
// text, so a container's values are the stretch up to the next.
static size_t cut_bytes(yyjson_val *v) {
  size_t n = 0;
  for (yyjson_val *end = unsafe_yyjson_get_next(v); v < end; v++) {
    bool text = yyjson_is_str(v) || yyjson_is_raw(v);
    n += text ? yyjson_get_len(v) + 3 : yyjson_is_ctn(v) ? 3 : 5;
  }
  return n;
}

struct cut_child {
  yyjson_val *value;
  struct str key; // empty: an array's
  size_t index, bytes;
};

typedef void (*cut_visit)(struct cut_child child, void *arg);

static void cut_each(yyjson_val *container, cut_visit visit, void *arg) {
  size_t i, n;
  yyjson_val *key, *v;
  if (yyjson_is_arr(container)) {
    yyjson_arr_foreach (container, i, n, v) visit((struct cut_child){v, STR_NONE, i, cut_bytes(v)}, arg);
  } else {
    yyjson_obj_foreach (container, i, n, key, v)
      visit((struct cut_child){v, json_text(key), i, cut_bytes(v)}, arg);
  }
}

static void cut_keep_largest(struct cut_child child, void *arg) {
  struct cut_child *best = arg;
  if (!best->value || child.bytes > best->bytes) *best = child;
}

static void cut_push(struct buf *pointer, yyjson_val *container, struct cut_child child, struct arena *a) {
  json_pointer_push(pointer, yyjson_is_arr(container) ? arena_printf(a, "%zu", child.index) : child.key);
}

static void cut_find_rows(struct cut *c, yyjson_val *root) {
  yyjson_val *v = root;
  while (yyjson_is_ctn(v) && c->depth < CUT_PATH_MOST) {
    struct cut_child largest = {0};
    cut_each(v, cut_keep_largest, &largest);
    if (!largest.value) return;
    if (yyjson_is_arr(v) && largest.bytes < c->s->most) {
      c->rows = v;
      return;
    }
    c->path[c->depth++] = v;
    cut_push(&c->pointer, v, largest, c->s->arena);
    v = largest.value;
  }
}

// ---- writing with the rows cut

static void cut_write(const struct cut *c, yyjson_val *v, size_t level, struct buf *out) {
  size_t i, n;
  yyjson_val *key, *item;
  if (v == c->rows) {
    buf_add_char(out, '[');
    buf_add(out, c->shown_text);
    buf_add_char(out, ']');
  } else if (level >= c->depth || v != c->path[level]) {
    json_write(out, v);
  } else if (yyjson_is_arr(v)) {
    buf_add_char(out, '[');
    yyjson_arr_foreach (v, i, n, item) {
      if (i) buf_add_char(out, ',');
      cut_write(c, item, level + 1, out);
    }
    buf_add_char(out, ']');
  } else {
    buf_add_char(out, '{');
    yyjson_obj_foreach (v, i, n, key, item) {
      if (i) buf_add_char(out, ',');
      json_add_string(out, json_text(key));
      buf_add_char(out, ':');
      cut_write(c, item, level + 1, out);
    }
    buf_add_char(out, '}');
  }
}

// As many leading elements as fit beside all the rest; at most the whole of them.
static void cut_fill(struct cut *c, yyjson_val *root, struct buf *rows) {
  struct buf frame = BUF_MAX(c->s->most);
  cut_write(c, root, 0, &frame);
  size_t i, n, room = frame.full ? 0 : c->s->most - frame.n;
  yyjson_val *item;
  buf_free(&frame);
  rows->max = room;
  yyjson_arr_foreach (c->rows, i, n, item) {
    size_t before = rows->n;
    if (i) buf_add_char(rows, ',');
    json_write(rows, item);
    if (rows->full) {
      rows->n = before;
      break;
    }
    c->shown++;
  }
  c->total = yyjson_arr_size(c->rows);
  c->shown_text = buf_str(rows);
}

// ---- how to get the next: from the tool's paging and the arguments used

// A whole number from the arguments; anything so large that sums could overflow counts as not given.
static int64_t cut_argument(const struct cut *c, struct str name, int64_t otherwise) {
  yyjson_mut_val *v = yyjson_mut_obj_getn(c->s->n->arguments, name.p, name.n);
  int64_t n = -1;
  if (yyjson_mut_is_int(v)) n = yyjson_mut_get_sint(v);
  if (yyjson_mut_is_raw(v) && !str_to_i64(str_make(yyjson_mut_get_raw(v), yyjson_mut_get_len(v)), &n)) n = -1;
  return n >= 0 && n <= INT32_MAX ? n : otherwise;
}

static int64_t cut_bound(const struct cut *c, struct str name, const char *bound, int64_t otherwise) {
  yyjson_val *property = yyjson_obj_getn(yyjson_obj_get(c->s->n->tool->input, "properties"), name.p, name.n);
  return json_int(property, bound, otherwise);
}

// As many as fitted, if the tool takes such a size; else 0.
static int64_t cut_size(const struct cut *c, struct str size) {
  int64_t shown = (int64_t)c->shown, most = cut_bound(c, size, "maximum", shown);
  if (!size.n || shown < cut_bound(c, size, "minimum", 1)) return 0;
  return shown < most ? shown : most;
}

static void cut_add_narrow(const struct cut *c, struct buf *out) {
  const struct tool *t = c->s->n->tool;
  size_t named = 0;
  buf_add_z(out, "narrow the call");
  for (size_t i = 0; i < t->param_count && named < CUT_NAMES_MOST; i++) {
    const struct tool_param *p = &t->params[i];
    bool pages = false;
    yyjson_obj_iter it = yyjson_obj_iter_with(t->paging);
    for (yyjson_val *key; (key = yyjson_obj_iter_next(&it));)
      pages |= str_eq(json_text(yyjson_obj_iter_get_val(key)), p->arg);
    if (p->in != TOOL_IN_QUERY || pages) continue;
    buf_printf(out, "%s%.*s", named++ ? ", " : " with ", STR_ARG(p->arg));
  }
  buf_add_z(out, named ? ", or ask for single things" : ", or ask for single things with another tool");
}

static void cut_add_next(const struct cut *c, struct buf *out) {
  yyjson_val *paging = c->s->n->tool->paging;
  struct str page = json_str(paging, "page"), size = json_str(paging, "size");
  struct str offset = json_str(paging, "offset"), cursor = json_str(paging, "cursor");
  if (!size.n) size = json_str(paging, "limit");
  int64_t shown = (int64_t)c->shown, fits = cut_size(c, size);
  if (page.n && fits > 0) {
    // The page of the new size that holds the first row left out; it may repeat some, and misses none.
    int64_t first = cut_bound(c, page, "minimum", 1) == 0 ? 0 : 1;
    int64_t used = cut_argument(c, size, (int64_t)c->total);
    int64_t before = (cut_argument(c, page, first) - first) * used, done = (before > 0 ? before : 0) + shown;
    buf_printf(out, "call again with %.*s=%lld and %.*s=%lld", STR_ARG(page),
               (long long)(done / fits + first), STR_ARG(size), (long long)fits);
    return;
  }
  if (offset.n) {
    buf_printf(out, "call again with %.*s=%lld", STR_ARG(offset),
               (long long)(cut_argument(c, offset, 0) + shown));
    if (fits > 0) buf_printf(out, " and %.*s=%lld", STR_ARG(size), (long long)fits);
    return;
  }
  if (cursor.n && fits > 0) {
    buf_printf(out, "make this call again with %.*s=%lld", STR_ARG(size), (long long)fits);
    if (yyjson_mut_obj_getn(c->s->n->arguments, cursor.p, cursor.n))
      buf_printf(out, " and the same %.*s", STR_ARG(cursor));
    buf_add_z(out, ", then follow the cursor in its answer");
    return;
  }
  cut_add_narrow(c, out);
}

static void cut_add_note(const struct cut *c) {
  struct buf note = BUF_MAX(CUT_NOTE_MOST);
  buf_printf(&note, "[postern] %zu of %zu items", c->shown, c->total);
  if (c->depth > 1) buf_printf(&note, " of %.*s", STR_ARG(buf_str(&c->pointer)));
  buf_printf(&note, " shown; %zu left out because the result passes %zu bytes. Next: ", c->total - c->shown,
             c->s->most);
  cut_add_next(c, &note);
  buf_add_char(&note, '.');
  shape_add_text(c->s, buf_str(&note));
  buf_free(&note);
}

// ---- where nothing whole fits: the shape of the result in place of it

struct cut_lines {
  const struct cut *c;
  struct buf *out;
  struct str at; // pointer of the container
  yyjson_val *container;
  size_t lines, children;
};

static void cut_add_line(struct cut_child child, void *arg) {
  struct cut_lines *l = arg;
  if (l->children++ >= CUT_CHILDREN_MOST || l->lines >= CUT_SHAPE_LINES) return;
  struct buf pointer = BUF_MAX(1024);
  buf_add(&pointer, l->at);
  cut_push(&pointer, l->container, child, l->c->s->arena);
  buf_printf(l->out, "\n%.*s: %s", STR_ARG(buf_str(&pointer)),
             yyjson_is_raw(child.value) ? "number" : yyjson_get_type_desc(child.value));
  if (yyjson_is_ctn(child.value)) buf_printf(l->out, " of %zu", yyjson_get_len(child.value));
  buf_printf(l->out, ", about %zu bytes", child.bytes);
  buf_free(&pointer);
  l->lines++;
}

static void cut_add_shape(struct cut *c, yyjson_val *root, size_t bytes) {
  struct buf text = BUF_MAX(CUT_SHAPE_LINES * 1200 + CUT_NOTE_MOST), pointer = BUF_MAX(4096);
  struct cut_lines l = {.c = c, .out = &text};
  buf_printf(&text,
             "[postern] The call worked, but its result of %zu bytes passes %zu and no whole item of it "
             "fits. Its shape:",
             bytes, c->s->most);
  yyjson_val *v = root;
  for (size_t level = 0; yyjson_is_ctn(v); level++) {
    struct cut_child largest = {0};
    l.at = buf_str(&pointer), l.container = v, l.children = 0;
    cut_each(v, cut_add_line, &l);
    if (l.children > CUT_CHILDREN_MOST) buf_printf(&text, "\n… and %zu more", l.children - CUT_CHILDREN_MOST);
    cut_each(v, cut_keep_largest, &largest);
    if (!largest.value || level >= CUT_PATH_MOST || l.lines >= CUT_SHAPE_LINES) break;
    l.at = STR("");
    cut_push(&pointer, v, largest, c->s->arena);
    v = largest.value;
  }
  buf_add_z(&text, "\nNext: ");
  cut_add_narrow(c, &text);
  buf_add_char(&text, '.');
  shape_add_text(c->s, buf_str(&text));
  buf_free(&pointer);
  buf_free(&text);
}

// ---- the whole

void shape_add_cut_json(struct shaping *s, yyjson_val *root, size_t came) {
  struct cut c = {.s = s, .pointer = BUF_MAX(4096)};
  struct buf whole = BUF_MAX(s->most), rows = {0};
  bool may_fit = cut_bytes(root) / 2 < s->most;
  if (may_fit) json_write(&whole, root); // white space alone may have been too much
  if (may_fit && !whole.full) {
    shape_add_text(s, buf_str(&whole));
  } else {
    cut_find_rows(&c, root);
    if (c.rows) cut_fill(&c, root, &rows);
    if (c.shown == 0) {
      cut_add_shape(&c, root, came);
    } else {
      buf_clear(&whole);
      cut_write(&c, root, 0, &whole);
      shape_add_text(s, buf_str(&whole));
      cut_add_note(&c);
    }
  }
  buf_free(&rows);
  buf_free(&whole);
  buf_free(&c.pointer);
}

void shape_add_cut_text(struct shaping *s, struct str text) {
  struct str shown = str_cut_utf8(text, s->most);
  const char *peering_end = memrchr(shown.p, '\n', shown.n);
  bool at_line = peering_end && (size_t)(peering_end - shown.p) >= shown.n / 2;
  if (at_line) shown.n = (size_t)(peering_end - shown.p) + 1;
  struct cut c = {.s = s};
  struct buf note = BUF_MAX(CUT_NOTE_MOST);
  buf_printf(
      &note,
      "[postern] %zu of %zu bytes of text shown, cut %s; the rest is left out because the result passes "
      "%zu bytes. Next: ",
      shown.n, text.n, at_line ? "at the end of a line" : "between characters", s->most);
  cut_add_narrow(&c, &note);
  buf_add_char(&note, '.');
  shape_add_text(s, shown);
  shape_add_text(s, buf_str(&note));
  buf_free(&note);
}
