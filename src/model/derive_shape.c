// SPDX-License-Identifier: Apache-2.0
// What a row of a tool has: by its definition, or by the rows that were seen.
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "data/json.h"
#include "data/meaning.h"
#include "language/deed.h"
#include "model/derive_parts.h"

void derive_split(struct str name, struct arena *a, struct derive_name *out) {
  char *low = arena_z(a, name);
  *out = (struct derive_name){.n = 0};
  for (size_t i = 0; i < name.n && out->n < DERIVE_NAME_WORDS;) {
    if (!isalnum((unsigned char)name.p[i])) {
      i++;
      continue;
    }
    size_t end = i;
    while (end < name.n && isalnum((unsigned char)name.p[end]) &&
           !(end > i && isupper((unsigned char)name.p[end]) && islower((unsigned char)name.p[end - 1]))) {
      low[end] = (char)tolower((unsigned char)name.p[end]);
      end++;
    }
    out->words[out->n++] = str_make(low + i, end - i);
    i = end;
  }
}

struct str derive_join(const struct derive_name *n, size_t first, size_t end, const char *between,
                       struct arena *a) {
  struct buf out = BUF_MAX(1000);
  for (size_t i = first; i < end && i < n->n; i++)
    buf_printf(&out, "%s%.*s", i > first ? between : "", STR_ARG(n->words[i]));
  struct str made = arena_dup(a, buf_str(&out));
  buf_free(&out);
  return made;
}

bool derive_is_id(struct str name) {
  return str_is(name, "id") || str_ends(name, "_id") || str_ends(name, "Id") || str_ends(name, "ID") ||
         str_ends(name, "uuid") || str_ends(name, "Uuid");
}

// "clientNo", "room_number": what tells rows apart is a number that nobody adds up.
static bool derive_is_counter(struct str name) {
  static const char *const ends[] = {"No",   "_no",    "Nr",      "_nr",  "Num",
                                     "_num", "Number", "_number", "Code", "_code"};
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
    if (str_ends(name, ends[i])) return true;
  return false;
}

bool derive_is_number(const struct derive_column *c) {
  return (c->type == TABLE_INTEGER || c->type == TABLE_DECIMAL) && !derive_is_id(c->name) &&
         !derive_is_counter(c->name);
}

// ---- by its definition

// A name is the vendor's and stands in SQL between double quotes: one that would end them cannot be asked about.
static struct derive_column *derive_more(struct derive_shape *s, struct str name, enum table_type type) {
  if (s->count == DERIVE_COLUMNS_MOST || !name.n || memchr(name.p, '"', name.n) ||
      memchr(name.p, '\0', name.n))
    return NULL;
  struct derive_column *c = &s->columns[s->count++];
  c->name = name;
  c->type = type;
  c->value_count = c->found_count = 0;
  c->epoch = c->written = false;
  c->codes = c->said = STR_NONE;
  c->keys = NULL;
  c->spaced = false;
  c->key_count = c->row_count = 0;
  return c;
}

static void derive_add_value(struct derive_column *c, struct str value) {
  for (size_t i = 0; i < c->value_count; i++)
    if (str_eq(c->values[i], value)) return;
  if (c->value_count < DERIVE_VALUES_MOST) c->values[c->value_count++] = value;
}

static enum table_type derive_type_of(struct str said) {
  static const struct {
    const char *said;
    enum table_type type;
  } types[] = {{"integer", TABLE_INTEGER}, {"decimal", TABLE_DECIMAL}, {"boolean", TABLE_BOOLEAN},
               {"time", TABLE_TIME},       {"epoch", TABLE_TIME},      {"list", TABLE_JSON}};
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (str_is(said, types[i].said)) return types[i].type;
  return TABLE_TEXT;
}

// "id:integer status:text=open|closed", as openapi/row writes it.
static void derive_shape_of_text(struct str text, struct derive_shape *out) {
  for (struct str rest = text, item; str_cut(&rest, ' ', &item);) {
    struct str name = STR_NONE, type = STR_NONE, word;
    struct str tail = item;
    if (!str_cut(&tail, ':', &name) || !str_cut(&tail, '=', &type)) continue;
    struct str kind = STR_NONE;
    if (!str_cut(&type, '#', &kind)) continue;
    struct derive_column *c = derive_more(out, name, derive_type_of(kind));
    if (c) c->said = type;
    type = kind;
    if (c && str_is(type, "epoch")) derive_take_instant(c);
    if (c && str_is(type, "coded")) {
      derive_take_codes(c, tail);
      continue;
    }
    while (c && str_cut(&tail, '|', &word))
      if (word.n) derive_add_value(c, word);
  }
}

static bool derive_schema_is(yyjson_val *schema, const char *name) {
  yyjson_val *type = yyjson_obj_get(schema, "type"), *v;
  size_t i, n;
  yyjson_arr_foreach (type, i, n, v)
    if (str_is(json_text(v), name)) return true;
  return str_is(json_text(type), name);
}

static void derive_shape_of_schema(yyjson_val *row, struct str prefix, int depth, struct arena *a,
                                   struct derive_shape *out) {
  size_t i, n, k, m;
  yyjson_val *key, *v, *word;
  yyjson_obj_foreach (yyjson_obj_get(row, "properties"), i, n, key, v) {
    struct str name =
        prefix.n ? arena_printf(a, "%.*s__%.*s", STR_ARG(prefix), STR_ARG(json_text(key))) : json_text(key);
    struct str format = json_str(v, "format");
    if (yyjson_obj_get(v, "properties")) {
      if (depth < 3) derive_shape_of_schema(v, name, depth + 1, a, out);
      continue;
    }
    enum table_type type = derive_schema_is(v, "integer")   ? TABLE_INTEGER
                           : derive_schema_is(v, "number")  ? TABLE_DECIMAL
                           : derive_schema_is(v, "boolean") ? TABLE_BOOLEAN
                           : derive_schema_is(v, "array")   ? TABLE_JSON
                           : str_starts(format, "date") ||
                                   meaning_is_day(format, json_str(v, "pattern"), json_str(v, "description"))
                               ? TABLE_TIME
                               : TABLE_TEXT;
    struct derive_column *c = derive_more(out, name, type);
    if (!c) continue;
    struct buf said = BUF_MAX(400);
    meaning_words(json_str(v, "description"), &said);
    c->said = arena_dup(a, buf_str(&said));
    buf_free(&said);
    if (derive_is_number(c) && meaning_is_instant(format, json_str(v, "description"))) derive_take_instant(c);
    derive_codes_of(c, json_str(v, "description"), a);
    yyjson_arr_foreach (yyjson_obj_get(v, "enum"), k, m, word)
      if (json_text(word).n) derive_add_value(c, json_text(word));
  }
}

// The rows' schema of what an MCP server says that its tool gives: the one list of objects.
static yyjson_val *derive_rows_of(yyjson_val *output) {
  for (int depth = 0; output && depth < 4; depth++) {
    if (derive_schema_is(output, "array")) return yyjson_obj_get(output, "items");
    size_t i, n, lists = 0;
    yyjson_val *key, *v, *list = NULL;
    yyjson_obj_foreach (yyjson_obj_get(output, "properties"), i, n, key, v)
      if (derive_schema_is(v, "array") && yyjson_obj_get(yyjson_obj_get(v, "items"), "properties"))
        lists++, list = v;
    if (lists != 1) return NULL;
    output = list;
  }
  return NULL;
}

// What an argument of a column's name may be, the column may be.
static void derive_shape_arguments(const struct tool *t, struct arena *a, struct derive_shape *out) {
  size_t i, n, k, m;
  yyjson_val *key, *schema, *v;
  yyjson_obj_foreach (yyjson_obj_get(t->input, "properties"), i, n, key, schema) {
    struct derive_name wanted, name;
    derive_split(json_text(key), a, &wanted);
    for (size_t c = 0; c < out->count; c++) {
      if (out->columns[c].value_count) continue;
      derive_split(out->columns[c].name, a, &name);
      if (!str_eq(derive_join(&name, 0, name.n, "_", a), derive_join(&wanted, 0, wanted.n, "_", a))) continue;
      derive_codes_of(&out->columns[c], json_str(schema, "description"), a);
      if (out->columns[c].type != TABLE_TEXT) continue;
      yyjson_arr_foreach (yyjson_obj_get(schema, "enum"), k, m, v)
        if (json_text(v).n) derive_add_value(&out->columns[c], json_text(v));
    }
  }
}

void derive_shape_said(const struct tool *t, struct arena *a, struct derive_shape *out) {
  out->count = 0;
  if (t->columns.n)
    derive_shape_of_text(t->columns, out);
  else if (t->definition)
    derive_shape_of_schema(derive_rows_of(yyjson_obj_get(t->definition, "outputSchema")), STR_NONE, 0, a,
                           out);
  for (size_t i = 0; i < out->count; i++) derive_number_said(&out->columns[i], a);
  derive_shape_arguments(t, a, out);
}

// ---- by rows

// The few values that a column of text has.
static void derive_see_values(const struct table_result *rows, size_t column, struct derive_column *c) {
  for (size_t r = 0; r < rows->row_count; r++) {
    const struct table_cell *cell = &rows->cells[r * rows->column_count + column];
    if (cell->kind != TABLE_CELL_TEXT || !cell->text.n) continue;
    bool there = false;
    for (size_t i = 0; i < c->value_count && !there; i++) there = str_eq(c->values[i], cell->text);
    if (there) continue;
    if (c->value_count == DERIVE_VALUES_MOST || cell->text.n > DERIVE_VALUE_BYTES) {
      c->value_count = 0;
      return;
    }
    c->values[c->value_count++] = cell->text;
  }
}

static bool derive_cell_has(struct str cell, struct str word) {
  for (size_t i = 0; i < cell.n;) {
    size_t end = i;
    while (end < cell.n && (isalnum((unsigned char)cell.p[end]) || (unsigned char)cell.p[end] > 127)) end++;
    if (str_eq_nocase(str_make(cell.p + i, end - i), word)) return true;
    i = end + 1;
  }
  return false;
}

// "room" in "Room 3" of a column of that name says nothing.
static bool derive_is_called(struct str column, struct str stem, struct arena *a) {
  struct derive_name name;
  derive_split(column, a, &name);
  for (size_t i = 0; i < name.n; i++)
    if (str_eq(language_stem(name.words[i], a), stem)) return true;
  return false;
}

// Words of the question that stand in cells of a column whose values are too many to be words themselves.
// "sold" of "SOLD_OUT" where another column is "seatsSold": the column is called so, the cell only has it.
static bool derive_calls_any(const struct table_result *rows, struct str stem, struct arena *a) {
  for (size_t i = 0; i < rows->column_count; i++)
    if (derive_is_called(rows->columns[i].name, stem, a)) return true;
  return false;
}

static void derive_see_words(const struct table_result *rows, size_t column, const struct ask_words *question,
                             struct derive_column *c, struct arena *a) {
  for (size_t w = 0; w < question->n && c->found_count < DERIVE_FOUND_MOST; w++) {
    const struct word *word = &question->items[w];
    if (word->kind == WORD_NUMBER || word->low.n < 3 ||
        language_fills(language_guess(question), question, w) || derive_is_called(c->name, word->stem, a))
      continue;
    struct str one = STR_NONE; // a sentence has verbs of its own: "put" of a note is none of the question's
    size_t cells = 0;
    for (size_t r = 0; r < rows->row_count; r++) {
      const struct table_cell *cell = &rows->cells[r * rows->column_count + column];
      if (cell->kind != TABLE_CELL_TEXT || !derive_cell_has(cell->text, word->low)) continue;
      cells += !cells || !str_eq(cell->text, one);
      one = cell->text;
    }
    bool verb = one.n > DERIVE_VALUE_BYTES && language_is_verb(word->low);
    if (!cells || verb || (!str_eq_nocase(one, word->low) && derive_calls_any(rows, word->stem, a))) continue;
    c->found[c->found_count][0] = word->low;
    c->found[c->found_count++][1] =
        cells == 1 && c->type == TABLE_TEXT ? one : STR_NONE; // a list has it among others
  }
}

static int derive_by_key(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return x < y ? -1 : x > y;
}

static void derive_add_key(struct derive_column *c, const struct table_cell *cell, size_t *n) {
  char low[64];
  size_t most = 0;
  if (cell->kind == TABLE_CELL_INTEGER)
    most = (size_t)snprintf(low, sizeof low, "%lld", (long long)cell->integer);
  for (; cell->kind == TABLE_CELL_TEXT && most < cell->text.n && most < sizeof low; most++)
    low[most] = (char)tolower((unsigned char)cell->text.p[most]);
  c->spaced = c->spaced || (cell->kind == TABLE_CELL_TEXT && memchr(cell->text.p, ' ', cell->text.n));
  if (most && *n < DERIVE_KEYS_MOST) c->keys[(*n)++] = map_hash(str_make(low, most));
}

// A list has one for each of what is in it.
static void derive_add_keys(struct derive_column *c, const struct table_cell *cell, size_t *n) {
  yyjson_doc *doc = yyjson_read(cell->text.p, cell->text.n, 0);
  size_t i, count;
  yyjson_val *v;
  yyjson_arr_foreach (yyjson_doc_get_root(doc), i, count, v) {
    struct table_cell one = {.kind = TABLE_CELL_TEXT, .text = json_text(v)};
    if (yyjson_is_int(v))
      one = (struct table_cell){.kind = TABLE_CELL_INTEGER, .integer = yyjson_get_sint(v)};
    derive_add_key(c, &one, n);
  }
  yyjson_doc_free(doc);
}

// What the values are, so that they can be held against those of other rows.
static void derive_see_keys(const struct table_result *rows, size_t column, struct derive_column *c,
                            struct arena *a) {
  size_t n = 0, kept = 0;
  c->keys = ARENA_ARRAY(a, DERIVE_KEYS_MOST, uint64_t);
  for (size_t r = 0; r < rows->row_count && n < DERIVE_KEYS_MOST; r++) {
    const struct table_cell *cell = &rows->cells[r * rows->column_count + column];
    if (c->type == TABLE_JSON && cell->kind == TABLE_CELL_TEXT)
      derive_add_keys(c, cell, &n);
    else
      derive_add_key(c, cell, &n);
  }
  qsort(c->keys, n, sizeof *c->keys, derive_by_key);
  for (size_t i = 0; i < n; i++)
    if (!i || c->keys[i] != c->keys[i - 1]) c->keys[kept++] = c->keys[i];
  c->key_count = kept;
  c->row_count = n;
}

// The rows go, and with them their texts.
static void derive_keep(struct derive_column *c, struct arena *a) {
  c->name = arena_dup(a, c->name);
  for (size_t i = 0; i < c->value_count; i++) c->values[i] = arena_dup(a, c->values[i]);
  for (size_t i = 0; i < c->found_count; i++) {
    c->found[i][0] = arena_dup(a, c->found[i][0]);
    if (c->found[i][1].n) c->found[i][1] = arena_dup(a, c->found[i][1]);
  }
}

static bool derive_is_value(const struct derive_shape *s, struct str word) {
  for (size_t i = 0; i < s->count; i++)
    for (size_t k = 0; k < s->columns[i].value_count; k++)
      if (str_eq_nocase(s->columns[i].values[k], word)) return true;
  return false;
}

// "card" is a method, and not the expired card of a reason: a word that is a whole value says no more in others.
static void derive_leave_exact(const struct derive_shape *s, struct derive_column *c) {
  size_t kept = 0;
  for (size_t i = 0; i < c->found_count; i++) {
    bool whole = str_eq_nocase(c->found[i][0], c->found[i][1]) || !derive_is_value(s, c->found[i][0]);
    if (!whole) continue;
    c->found[kept][0] = c->found[i][0];
    c->found[kept++][1] = c->found[i][1];
  }
  c->found_count = kept;
}

const struct derive_shape *derive_see(const struct table_result *rows, const struct ask_words *question,
                                      struct arena *a) {
  struct derive_shape *out = ARENA_NEW(a, struct derive_shape);
  for (size_t i = 0; i < rows->column_count; i++) {
    struct derive_column *c = derive_more(out, rows->columns[i].name, rows->columns[i].type);
    if (!c) continue;
    derive_number_seen(rows, i, c, a);
    derive_written_seen(rows, i, c, a);
    derive_see_keys(rows, i, c, a);
    if (c->type == TABLE_TEXT) derive_see_values(rows, i, c);
    if ((c->type == TABLE_TEXT || c->type == TABLE_JSON) && !derive_is_id(c->name))
      derive_see_words(rows, i, question, c, a);
    derive_keep(c, a);
  }
  for (size_t i = 0; i < out->count; i++) derive_leave_exact(out, &out->columns[i]);
  return out;
}

// ---- what people mean by a row

static const struct derive_column *derive_pick(const struct derive_shape *s, const char *const *names,
                                               enum table_type type, struct arena *a) {
  for (; *names; names++)
    for (size_t i = 0; i < s->count; i++) {
      struct derive_name words;
      if (s->columns[i].type != type) continue;
      derive_split(s->columns[i].name, a, &words);
      if (str_is(derive_join(&words, 0, words.n, "_", a), *names)) return &s->columns[i];
    }
  return NULL;
}

// Where nothing is called so: the first text of more than one word, or a word, that no two rows have alike.
static const struct derive_column *derive_label_seen(const struct derive_shape *s, struct arena *a) {
  static const char *const codes[] = {"no",   "nr",     "number", "code",  "ref",   "reference", "key",
                                      "tag",  "plate",  "id",     "email", "phone", "url",       "vat",
                                      "iban", "serial", "note",   "card",  NULL};
  for (size_t i = 0; i < s->count; i++) {
    const struct derive_column *c = &s->columns[i];
    struct derive_name name;
    bool code = derive_is_id(c->name);
    derive_split(c->name, a, &name);
    for (size_t k = 0; k < name.n; k++)
      for (const char *const *w = codes; *w; w++) code = code || str_is(name.words[k], *w);
    if (!code && c->type == TABLE_TEXT && c->row_count > 9 && c->key_count == c->row_count && c->spaced)
      return c;
  }
  return NULL;
}

const struct derive_column *derive_label(const struct derive_shape *s, struct str noun, struct arena *a) {
  static const char *const labels[] = {"name",     "title", "display_name", "full_name", "label", "subject",
                                       "hostname", "login", "username",     "email",     "slug",  "summary",
                                       "headline", "topic", "question",     "key",       NULL};
  const struct derive_column *c = derive_pick(s, labels, TABLE_TEXT, a);
  struct derive_name words, name;
  derive_split(noun, a, &words);
  for (size_t i = 0; !c && words.n && i < s->count; i++) { // "vehicle", "vehicle_name"
    derive_split(s->columns[i].name, a, &name);
    bool named =
        name.n == 1 || (name.n == 2 && (str_is(name.words[1], "name") || str_is(name.words[1], "title")));
    if (s->columns[i].type == TABLE_TEXT && named && str_eq(name.words[0], words.words[words.n - 1]))
      c = &s->columns[i];
  }
  return c ? c : derive_label_seen(s, a);
}

const struct derive_column *derive_time(const struct derive_shape *s, struct arena *a) {
  static const char *const times[] = {
      "created_at",   "created",       "started_at", "start_time",  "start",      "opened_at", "placed_at",
      "occurred_at",  "timestamp",     "time",       "date",        "at",         "when",      "created_on",
      "date_created", "creation_date", "issued_at",  "received_at", "updated_at", "updated",   NULL};
  const struct derive_column *c = derive_pick(s, times, TABLE_TIME, a);
  for (size_t i = 0; !c && i < s->count; i++) { // "createdTs"
    struct derive_name words;
    derive_split(s->columns[i].name, a, &words);
    for (const char *const *name = times; !c && *name && words.n == 2 && s->columns[i].epoch; name++)
      if (str_is(derive_join(&words, 0, 1, "_", a), *name)) c = &s->columns[i];
  }
  for (size_t i = 0; !c && i < s->count; i++)
    if (s->columns[i].type == TABLE_TIME) c = &s->columns[i];
  return c;
}

// "invNo" of an invoice, "order_number" of an order.
static bool derive_numbers(struct str column, struct str noun) {
  static const char *const ends[] = {"no", "nr", "num", "number", "ref", "reference", "code", "key"};
  while (str_find(noun, ' ') >= 0) noun = str_from(noun, (size_t)str_find(noun, ' ') + 1);
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
    size_t n = strlen(ends[i]);
    if (column.n < n + 3 || !str_is_nocase(str_from(column, column.n - n), ends[i])) continue;
    size_t stem = column.n - n;
    if (strchr("_-", column.p[stem - 1])) stem--;
    if (stem >= 3 && stem <= noun.n && str_eq_nocase(str_make(column.p, stem), str_make(noun.p, stem)))
      return true;
  }
  return false;
}

// "project_id" is given by a column of that name, or by the id of a project.
const struct derive_column *derive_key(const struct derive_shape *s, struct str argument, struct str noun) {
  static const char *const ids[] = {"id", NULL, "uuid", "number", "key", "sku", "code", "slug", "name"};
  for (size_t i = 0; i < s->count; i++)
    if (argument.n && str_eq_nocase(s->columns[i].name, argument)) return &s->columns[i];
  for (size_t k = 0; k < sizeof ids / sizeof *ids; k++)
    for (size_t i = 0; i < s->count; i++) {
      struct str name = s->columns[i].name;
      bool own = noun.n &&
                 ((name.n > noun.n && str_eq_nocase(str_make(name.p, noun.n), noun) && derive_is_id(name)) ||
                  derive_numbers(name, noun));
      if (ids[k] ? str_is_nocase(name, ids[k]) : own) return &s->columns[i]; // "contactId"
    }
  return NULL;
}
