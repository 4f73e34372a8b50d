// SPDX-License-Identifier: Apache-2.0
#include "ask/derive.h"

#include <ctype.h>

#include "base/buf.h"
#include "data/json.h"

enum { DERIVE_NAME_WORDS = 10, DERIVE_TEXT_MOST = 256 * 1024, DERIVE_COLUMNS_MOST = 50 };

struct derive_name { // a tool's name, taken apart
  struct str words[DERIVE_NAME_WORDS];
  size_t n;
};

// Words of a name that say what is done, and not with what.
static bool derive_is_verb(struct str w) {
  static const char *const verbs[] = {"list", "get",   "all",    "search", "find",     "fetch",   "read",
                                      "show", "query", "single", "by",     "id",       "of",      "the",
                                      "for",  "in",    "a",      "many",   "retrieve", "describe"};
  for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
    if (str_is(w, verbs[i])) return true;
  return false;
}

static void derive_split(struct str name, struct arena *a, struct derive_name *out) {
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

// Does the word only say whose tool it is? Not where nothing else says what it gives.
static bool derive_is_vendor(const struct derive_name *name, struct str word, struct str vendor) {
  bool other = false;
  for (size_t i = 0; i < name->n; i++)
    other = other || (!derive_is_verb(name->words[i]) && !str_contains(vendor, name->words[i]));
  return other && str_contains(vendor, word);
}

// How many words of the question the name has; those that all tools of the account share say nothing.
static size_t derive_fits(const struct derive_name *name, const struct ask_words *w, struct str vendor,
                          struct arena *a) {
  size_t found = 0;
  for (size_t i = 0; i < name->n; i++) {
    if (derive_is_verb(name->words[i]) || derive_is_vendor(name, name->words[i], vendor)) continue;
    struct str stem = ask_words_stem(name->words[i], a);
    for (size_t k = 0; k < w->n; k++)
      if (str_eq(w->items[k].stem, stem) ||
          str_eq(ask_words_stem(ask_words_joined(&w->items[k], a), a), stem)) {
        found++;
        break;
      }
  }
  return found;
}

static bool derive_requires(const struct tool *t, struct str *arguments, size_t *n) {
  size_t i, count;
  yyjson_val *v;
  *n = 0;
  yyjson_arr_foreach (yyjson_obj_get(t->input, "required"), i, count, v) {
    if (*n == 4) return false;
    arguments[(*n)++] = json_text(v);
  }
  return true;
}

static struct str derive_noun(const struct derive_name *name, struct str vendor, struct arena *a) {
  struct buf out = BUF_MAX(200);
  for (size_t i = 0; i < name->n; i++)
    if (!derive_is_verb(name->words[i]) && !derive_is_vendor(name, name->words[i], vendor) &&
        !(i && str_eq(name->words[i], name->words[i - 1])))
      buf_printf(&out, "%s%.*s", out.n ? " " : "", STR_ARG(name->words[i]));
  struct str noun = arena_dup(a, buf_str(&out));
  buf_free(&out);
  if (noun.n > 3 && str_ends(noun, "ies")) return ARENA_JOIN(a, str_make(noun.p, noun.n - 3), STR("y"));
  return noun.n > 3 && str_ends(noun, "s") && !str_ends(noun, "ss") && !str_ends(noun, "us")
             ? str_make(noun.p, noun.n - 1)
             : noun;
}

// "project_id" is given by the tool that lists projects and needs nothing itself.
static const struct tool *derive_giver(const struct derive *d, struct str argument, struct arena *a) {
  struct derive_name wanted;
  derive_split(argument, a, &wanted);
  if (!wanted.n) return NULL;
  struct str stem = ask_words_stem(wanted.words[0], a);
  for (size_t i = 0; i < d->tools->count; i++) {
    const struct tool *t = &d->tools->tools[i];
    struct derive_name name;
    struct str needs[4];
    size_t n;
    if (!t->read_only || !d->shows(d->arg, t) || !derive_requires(t, needs, &n) || n) continue;
    derive_split(t->name, a, &name);
    if (name.n && str_eq(ask_words_stem(name.words[name.n - 1], a), stem) && t->class == TOOL_LIST) return t;
  }
  return NULL;
}

// The connector's own thing whose rows give that argument; empty: none.
static struct str derive_worded_giver(yyjson_val *ask, struct str argument) {
  size_t i, n;
  yyjson_val *key, *thing;
  yyjson_obj_foreach (yyjson_obj_get(ask, "things"), i, n, key, thing)
    if (yyjson_obj_getn(yyjson_obj_get(thing, "gives"), argument.p, argument.n)) return json_text(key);
  return STR_NONE;
}

static void derive_put(struct buf *out, const char *before, struct str text, const char *after) {
  buf_add_z(out, before);
  json_add_string(out, text);
  buf_add_z(out, after);
}

static struct str derive_id(const struct derive *d, const struct tool *t, struct arena *a) {
  return arena_printf(a, "t%zu", (size_t)(t - d->tools->tools));
}

static void derive_thing(const struct derive *d, const struct tool *t, struct str within, struct str argument,
                         bool gives, struct buf *out, struct arena *a) {
  struct derive_name name;
  struct str id = derive_id(d, t, a), noun;
  derive_split(t->name, a, &name);
  noun = derive_noun(&name, d->tools->connector, a);
  derive_put(out, out->p && out->p[out->n - 1] != '{' ? "," : "", id, ":{\"derived\":true,\"weight\":-18,");
  derive_put(out, "\"names\":[", noun, "");
  if (name.n) derive_put(out, ",", name.words[name.n - 1], "");
  buf_add_z(out, "]");
  if (within.n) derive_put(out, ",\"within\":", within, "");
  if (gives) {
    derive_put(out, ",\"key\":\"id\",\"gives\":{", argument, ":");
    json_add_string(out, arena_printf(a, "%.*s.id", STR_ARG(id)));
    derive_put(out, ",", noun, ":");
    json_add_string(out, arena_printf(a, "%.*s.id", STR_ARG(id)));
    buf_add_z(out, "}");
  }
  derive_put(out, ",\"steps\":[{\"id\":", id, "");
  derive_put(out, ",\"tool\":", t->name, ",\"arguments\":{");
  if (within.n) {
    derive_put(out, "", argument, ":");
    derive_put(out, "{\"$\":", argument, "}");
  }
  buf_add_z(out, "}}]}");
}

yyjson_doc *derive_things(const struct derive *d, struct str question, struct arena *a) {
  struct ask_words w;
  struct err err;
  struct buf out = BUF_MAX(DERIVE_TEXT_MOST);
  size_t made = 0, best = 0;
  if (!ask_words_read(question, a, &w, &err)) return NULL;
  size_t *fits = ARENA_ARRAY(a, d->tools->count + 1, size_t);
  for (size_t i = 0; i < d->tools->count; i++) {
    const struct tool *t = &d->tools->tools[i];
    struct derive_name name;
    if (!t->read_only || !t->served || !d->shows(d->arg, t)) continue;
    derive_split(t->name, a, &name);
    fits[i] = derive_fits(&name, &w, d->tools->connector, a);
    if (fits[i] > best) best = fits[i];
  }
  buf_add_z(&out, "{\"things\":{");
  for (size_t round = best; round > 0 && made < DERIVE_MOST; round--)
    for (size_t i = 0; i < d->tools->count && made < DERIVE_MOST; i++) {
      const struct tool *t = &d->tools->tools[i], *giver = NULL;
      struct str needs[4];
      size_t n;
      if (fits[i] != round || !derive_requires(t, needs, &n) || n > 1) continue;
      struct str within = n ? derive_worded_giver(d->ask, needs[0]) : STR_NONE;
      if (n && !within.n && !(giver = derive_giver(d, needs[0], a))) continue;
      if (giver) within = derive_id(d, giver, a);
      struct str key = ARENA_JOIN(a, STR("\""), within, STR("\":{"));
      if (giver && !str_contains(buf_str(&out), key))
        derive_thing(d, giver, STR_NONE, needs[0], true, &out, a), made++;
      key = ARENA_JOIN(a, STR("\""), derive_id(d, t, a), STR("\":{"));
      if (!str_contains(buf_str(&out), key))
        derive_thing(d, t, within, n ? needs[0] : STR_NONE, false, &out, a), made++;
    }
  buf_add_z(&out, "}}");
  yyjson_doc *doc = made && !out.full ? yyjson_read(out.p, out.n, 0) : NULL;
  buf_free(&out);
  return doc;
}

// ---- columns out of rows

static bool derive_is_number(enum table_type type) {
  return type == TABLE_INTEGER || type == TABLE_DECIMAL;
}

static bool derive_is_id(struct str name) {
  return str_is(name, "id") || str_ends(name, "_id") || str_ends(name, "Id") || str_ends(name, "uuid");
}

static void derive_column_names(struct str name, struct buf *out, struct arena *a) {
  struct derive_name words;
  derive_split(name, a, &words);
  buf_add_z(out, "\"names\":[");
  struct buf whole = BUF_MAX(200);
  for (size_t i = 0; i < words.n; i++) buf_printf(&whole, "%s%.*s", i ? " " : "", STR_ARG(words.words[i]));
  json_add_string(out, buf_str(&whole));
  if (words.n > 1 && words.words[words.n - 1].n > 2) derive_put(out, ",", words.words[words.n - 1], "");
  if (words.n > 1 && words.words[0].n > 3) derive_put(out, ",", words.words[0], "");
  buf_add_z(out, "]");
  buf_free(&whole);
}

// The few values that a column of text has are words for them.
static void derive_values(const struct table_result *rows, size_t column, struct buf *out) {
  struct str values[DERIVE_VALUES_MOST];
  size_t n = 0;
  for (size_t r = 0; r < rows->row_count; r++) {
    const struct table_cell *c = &rows->cells[r * rows->column_count + column];
    bool there = c->kind != TABLE_CELL_TEXT || !c->text.n;
    for (size_t i = 0; i < n && !there; i++) there = str_eq(values[i], c->text);
    if (there) continue;
    if (n == DERIVE_VALUES_MOST || c->text.n > 40) return;
    values[n++] = c->text;
  }
  if (n < 2 && rows->row_count > 1 && n * 2 > rows->row_count) return;
  buf_add_z(out, ",\"values\":{");
  for (size_t i = 0; i < n; i++) {
    derive_put(out, i ? "," : "", values[i], ":[");
    char word[64];
    for (size_t k = 0; k < values[i].n; k++)
      word[k] = values[i].p[k] == '_' || values[i].p[k] == '-' ? ' ' : values[i].p[k];
    json_add_string(out, str_make(word, values[i].n));
    buf_add_z(out, "]");
  }
  buf_add_z(out, "}");
}

static void derive_column(const struct table_result *rows, size_t i, struct str table, struct buf *out,
                          struct arena *a) {
  const struct table_column *c = &rows->columns[i];
  derive_put(out, ",", c->name, ":{");
  derive_put(out, "\"sql\":", arena_printf(a, "%.*s.\"%.*s\"", STR_ARG(table), STR_ARG(c->name)), ",");
  derive_column_names(c->name, out, a);
  if (c->type == TABLE_TIME) buf_add_z(out, ",\"time\":true");
  if (c->type == TABLE_JSON) buf_add_z(out, ",\"list\":true");
  if (derive_is_number(c->type) && !derive_is_id(c->name)) buf_add_z(out, ",\"kind\":\"gauge\"");
  if (c->type == TABLE_BOOLEAN) derive_put(out, ",\"yes\":[", c->name, "]");
  if (c->type == TABLE_TEXT) derive_values(rows, i, out);
  buf_add_char(out, '}');
}

static struct str derive_pick(const struct table_result *rows, const char *const *names, enum table_type type,
                              bool any) {
  for (; *names; names++)
    for (size_t i = 0; i < rows->column_count; i++)
      if (str_is(rows->columns[i].name, *names)) return rows->columns[i].name;
  for (size_t i = 0; i < rows->column_count && any; i++)
    if (rows->columns[i].type == type && !derive_is_id(rows->columns[i].name)) return rows->columns[i].name;
  return STR_NONE;
}

yyjson_doc *derive_columns(yyjson_val *thing, const struct table_result *rows, struct arena *a) {
  static const char *const labels[] = {"name",         "title",     "label", "subject",
                                       "display_name", "full_name", "key",   "email",
                                       "slug",         "summary",   NULL};
  static const char *const times[] = {"created_at", "created",   "timestamp",  "time", "date",
                                      "when",       "createdAt", "updated_at", NULL};
  struct buf out = BUF_MAX(DERIVE_TEXT_MOST);
  struct str table = json_str(yyjson_arr_get_last(yyjson_obj_get(thing, "steps")), "id"),
             old = json_to_text(a, thing);
  static const char *const ids[] = {"id", "uuid", "number", NULL};
  struct str label = derive_pick(rows, labels, TABLE_TEXT, false),
             time = derive_pick(rows, times, TABLE_TIME, true);
  bool happens = !label.n && time.n; // rows without names, at a time
  if (!label.n) label = derive_pick(rows, ids, TABLE_TEXT, true);
  buf_add(&out, str_make(old.p, old.n - 1));
  if (happens) buf_add_z(&out, ",\"events\":true");
  derive_put(&out, ",\"known\":true,\"label\":",
             label.n              ? label
             : rows->column_count ? rows->columns[0].name
                                  : STR(""),
             "");
  if (time.n) derive_put(&out, ",\"time\":", time, "");
  buf_add_z(&out, ",\"show\":[");
  for (size_t i = 0, n = 0; i < rows->column_count && n < 5; i++)
    if (!derive_is_id(rows->columns[i].name) && rows->columns[i].type != TABLE_JSON)
      derive_put(&out, n++ ? "," : "", rows->columns[i].name, "");
  buf_add_z(&out, "],\"columns\":{\"#\":{\"sql\":\"1\",\"hidden\":true}");
  for (size_t i = 0; i < rows->column_count && i < DERIVE_COLUMNS_MOST; i++)
    derive_column(rows, i, table, &out, a);
  buf_add_z(&out, "}}");
  yyjson_doc *doc = out.full ? NULL : yyjson_read(out.p, out.n, 0);
  buf_free(&out);
  return doc;
}
