// SPDX-License-Identifier: Apache-2.0
// What changed between the rows of the last whole run and those of this one: told apart by key columns, which stay as the
// first run chose them.
#include "alert/judge.h"
#include "base/codec.h"
#include "base/map.h"
#include "crypto/token.h"
#include "data/json.h"

enum { CHANGES_KEY_MOST = 64 * 1024, CHANGES_HASH = 12 /* bytes of it */ };

struct changes_index {
  struct map rows;  // by key
  struct str *keys; // of each row, in order
};

struct changes {
  const struct alert_condition *condition;
  struct arena *arena;
  yyjson_doc *doc; // the baseline
  struct str keys[ALERT_KEYS_MOST];
  size_t key_count;
  yyjson_val *columns, *rows;         // now
  yyjson_val *was_columns, *was_rows; // then
  struct changes_index then, now;
  struct map gone; // hashes of keys
  struct alert_row shown[ALERT_PROOF_ROWS];
  size_t shown_count, total;
};

static int changes_column(yyjson_val *columns, struct str name) {
  yyjson_val *column;
  size_t i, n;
  yyjson_arr_foreach (columns, i, n, column)
    if (str_eq_nocase(yyjson_is_str(column) ? json_text(column) : json_str(column, "name"), name))
      return (int)i;
  return -1;
}

static struct str changes_key(const struct changes *c, yyjson_val *columns, yyjson_val *row) {
  struct buf out = BUF_MAX(CHANGES_KEY_MOST);
  for (size_t i = 0; i < c->key_count; i++) {
    int at = changes_column(columns, c->keys[i]);
    json_write(&out, at < 0 ? NULL : yyjson_arr_get(row, (size_t)at));
    buf_add_char(&out, '\n');
  }
  struct str key = arena_dup(c->arena, buf_str(&out));
  buf_free(&out);
  return key;
}

// Rows that keys do not tell apart are counted: the second of them is another one. False: there are such.
static bool changes_index(const struct changes *c, yyjson_val *columns, yyjson_val *rows,
                          struct changes_index *out) {
  yyjson_val *row;
  size_t i, n;
  struct map counts = {0};
  bool apart = true;
  out->keys = ARENA_ARRAY(c->arena, yyjson_arr_size(rows) + 1, struct str);
  yyjson_arr_foreach (rows, i, n, row) {
    struct str key = changes_key(c, columns, row);
    uintptr_t count = (uintptr_t)map_get(&counts, key) + 1;
    map_put(&counts, key, (void *)count);
    out->keys[i] = count == 1 ? key : arena_printf(c->arena, "%.*s#%zu", STR_ARG(key), (size_t)count);
    map_put(&out->rows, out->keys[i], row);
    apart = apart && count == 1;
  }
  map_free(&counts);
  return apart;
}

// ---- which columns tell rows apart

static bool changes_is_id(struct str name) {
  return str_is_nocase(name, "id") || str_is_nocase(name, "uuid") || str_ends(name, "_id") ||
         str_ends(name, "Id") || str_ends(name, "_uuid");
}

static size_t changes_take(struct changes *c, bool ids) {
  yyjson_val *column;
  size_t i, n;
  c->key_count = 0;
  yyjson_arr_foreach (c->columns, i, n, column) {
    struct str name = json_str(column, "name"), type = json_str(column, "type");
    bool suits = ids ? changes_is_id(name) : str_is(type, "text") || str_is(type, "time");
    if (suits && c->key_count < ALERT_KEYS_MOST) c->keys[c->key_count++] = name;
  }
  return c->key_count;
}

// Those that are named; else its ids where they differ in each row; else its texts and times.
static void changes_choose(struct changes *c) {
  c->key_count = c->condition->key_count;
  for (size_t i = 0; i < c->key_count; i++) c->keys[i] = c->condition->keys[i];
  if (c->key_count) return;
  struct changes_index seen = {0};
  bool apart = changes_take(c, true) && changes_index(c, c->columns, c->rows, &seen);
  map_free(&seen.rows);
  if (!apart) (void)changes_take(c, false);
}

static void changes_keys_of(struct changes *c, yyjson_val *root) {
  yyjson_val *key;
  size_t i, n;
  yyjson_arr_foreach (yyjson_obj_get(root, "key"), i, n, key)
    if (c->key_count < ALERT_KEYS_MOST) c->keys[c->key_count++] = json_text(key);
}

// ---- what is another than before

static struct str changes_hash(const struct changes *c, struct str key) {
  unsigned char hash[TOKEN_HASH];
  char text[2 * CHANGES_HASH + 1];
  token_hash(key, hash);
  codec_hex(hash, CHANGES_HASH, text);
  return arena_dup(c->arena, str_of(text));
}

static void changes_add(struct changes *c, unsigned change, yyjson_val *cells, yyjson_val *before) {
  if (!(c->condition->changes & change)) return;
  if (c->shown_count < ALERT_PROOF_ROWS)
    c->shown[c->shown_count++] = (struct alert_row){change, cells, before};
  c->total++;
}

// Where a column of now stood then; names may come twice. -1: nowhere.
static int changes_stood(const struct changes *c, size_t column) {
  struct str name = json_str(yyjson_arr_get(c->columns, column), "name");
  yyjson_val *same = yyjson_arr_get(c->was_columns, column);
  if (same && str_eq_nocase(json_text(same), name)) return (int)column;
  return changes_column(c->was_columns, name);
}

// Of the columns that both have.
static bool changes_differ(const struct changes *c, yyjson_val *now, yyjson_val *then) {
  yyjson_val *column;
  size_t i, n;
  bool differ = false;
  struct buf a = BUF_MAX(ALERT_BASELINE_MOST), b = BUF_MAX(ALERT_BASELINE_MOST);
  yyjson_arr_foreach (c->columns, i, n, column) {
    int at = changes_stood(c, i);
    if (at < 0) continue;
    buf_clear(&a);
    buf_clear(&b);
    json_write(&a, yyjson_arr_get(now, i));
    json_write(&b, yyjson_arr_get(then, (size_t)at));
    differ = differ || !str_eq(buf_str(&a), buf_str(&b));
  }
  buf_free(&a);
  buf_free(&b);
  return differ;
}

static void changes_compare(struct changes *c) {
  yyjson_val *row;
  size_t i, n;
  yyjson_arr_foreach (c->rows, i, n, row) {
    yyjson_val *then = map_get(&c->then.rows, c->now.keys[i]);
    if (then && changes_differ(c, row, then))
      changes_add(c, ALERT_CHANGED, row, then);
    else if (!then && !map_get(&c->gone, changes_hash(c, c->now.keys[i])))
      changes_add(c, ALERT_NEW, row, NULL);
  }
  yyjson_arr_foreach (c->was_rows, i, n, row)
    if (!map_get(&c->now.rows, c->then.keys[i])) changes_add(c, ALERT_REMOVED, row, NULL);
}

// ---- kept for the next run

static void changes_write_gone(const struct changes *c, yyjson_val *before, struct buf *out) {
  yyjson_val *hash;
  size_t count = 0, i, n = yyjson_arr_size(c->was_rows);
  buf_add_z(out, "],\"gone\":[");
  for (i = 0; i < n && count < ALERT_GONE_MOST; i++) {
    if (map_get(&c->now.rows, c->then.keys[i])) continue;
    if (count++) buf_add_char(out, ',');
    json_add_string(out, changes_hash(c, c->then.keys[i]));
  }
  yyjson_arr_foreach (before, i, n, hash) { // the latest first
    if (count >= ALERT_GONE_MOST) break;
    if (count++) buf_add_char(out, ',');
    json_write(out, hash);
  }
}

static bool changes_write(const struct changes *c, struct str *out) {
  struct buf text = BUF_MAX(ALERT_BASELINE_MOST);
  yyjson_val *v;
  size_t i, n;
  buf_add_z(&text, "{\"key\":[");
  for (i = 0; i < c->key_count; i++) {
    if (i) buf_add_char(&text, ',');
    json_add_string(&text, c->keys[i]);
  }
  buf_add_z(&text, "],\"columns\":[");
  yyjson_arr_foreach (c->columns, i, n, v) {
    if (i) buf_add_char(&text, ',');
    json_add_string(&text, json_str(v, "name"));
  }
  buf_add_z(&text, "],\"rows\":[");
  yyjson_arr_foreach (c->rows, i, n, v) {
    if (i) buf_add_char(&text, ',');
    json_write(&text, v);
  }
  changes_write_gone(c, yyjson_obj_get(yyjson_doc_get_root(c->doc), "gone"), &text);
  buf_add_z(&text, "]}");
  bool fits = !text.full;
  if (fits) *out = arena_dup(c->arena, buf_str(&text));
  buf_free(&text);
  return fits;
}

static void changes_then(struct changes *c) {
  yyjson_val *root = yyjson_doc_get_root(c->doc), *hash;
  size_t i, n;
  c->was_columns = yyjson_obj_get(root, "columns");
  c->was_rows = yyjson_obj_get(root, "rows");
  changes_keys_of(c, root);
  (void)changes_index(c, c->was_columns, c->was_rows, &c->then);
  yyjson_arr_foreach (yyjson_obj_get(root, "gone"), i, n, hash) map_put(&c->gone, json_text(hash), hash);
}

static bool changes_keys_missing(const struct changes *c, struct arena *a, struct str *why) {
  for (size_t i = 0; i < c->key_count; i++)
    if (changes_column(c->columns, c->keys[i]) < 0) {
      *why =
          arena_printf(a, "the column '%.*s', which tells its rows apart, is gone", STR_MOST(c->keys[i], 64));
      return true;
    }
  return false;
}

void alert_changes_judge(const struct alert_condition *condition, const struct alert_state *was,
                         const struct alert_sight *sight, struct arena *a, struct alert_verdict *out) {
  struct changes c = {.condition = condition,
                      .arena = a,
                      .columns = yyjson_obj_get(sight->result, "columns"),
                      .rows = yyjson_obj_get(sight->result, "rows"),
                      .doc = was->baseline.n
                                 ? yyjson_read(was->baseline.p, was->baseline.n, YYJSON_READ_NUMBER_AS_RAW)
                                 : NULL};
  struct str baseline;
  if (c.doc)
    changes_then(&c);
  else
    changes_choose(&c);
  if (!changes_keys_missing(&c, a, &out->why)) {
    (void)changes_index(&c, c.columns, c.rows, &c.now);
    if (c.doc) changes_compare(&c);
    if (!changes_write(&c, &baseline)) {
      out->why = STR("it gives more than can be compared; have its query give fewer rows or columns");
    } else {
      out->state.baseline = baseline;
      out->baseline_anew = true;
      if (c.total) out->event = ALERT_HAPPENED;
      if (c.total) out->proof = alert_proof_write(c.columns, c.shown, c.shown_count, c.total, NULL, a);
    }
  }
  map_free(&c.then.rows);
  map_free(&c.now.rows);
  map_free(&c.gone);
  yyjson_doc_free(c.doc);
}
