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

struct derive_tool { // a tool that may become a thing
  const struct tool *tool;
  struct str id, noun, last;       // the last word of its name
  struct str argument, within;     // the one that it needs, and the thing whose rows give that; empty: none
  const struct derive_tool *giver; // that thing, where it is derived as well
};

struct derive_word { // a place where a word stands in the names
  const struct derive_word *next;
  size_t tool;
};

struct derive_index {
  struct derive_tool *tools;
  size_t count;
  struct map words; // by stem: struct derive_word *
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

static void derive_thing(const struct derive_tool *t, struct str gives, struct buf *out, struct arena *a) {
  derive_put(out, out->p && out->p[out->n - 1] != '{' ? "," : "", t->id,
             ":{\"derived\":true,\"weight\":-18,");
  derive_put(out, "\"names\":[", t->noun, "");
  if (t->last.n) derive_put(out, ",", t->last, "");
  buf_add_z(out, "]");
  if (t->within.n) derive_put(out, ",\"within\":", t->within, "");
  if (gives.n) {
    derive_put(out, ",\"key\":\"id\",\"gives\":{", gives, ":");
    json_add_string(out, arena_printf(a, "%.*s.id", STR_ARG(t->id)));
    derive_put(out, ",", t->noun, ":");
    json_add_string(out, arena_printf(a, "%.*s.id", STR_ARG(t->id)));
    buf_add_z(out, "}");
  }
  derive_put(out, ",\"steps\":[{\"id\":", t->id, "");
  derive_put(out, ",\"tool\":", t->tool->name, ",\"arguments\":{");
  if (t->within.n) {
    derive_put(out, "", t->argument, ":");
    derive_put(out, "{\"$\":", t->argument, "}");
  }
  buf_add_z(out, "}}]}");
}

// ---- the index

static void derive_index_words(struct derive_index *x, const struct derive_name *name, struct str vendor,
                               struct arena *a) {
  for (size_t i = 0; i < name->n; i++) {
    // What only says how, or whose tool it is, tells none from another.
    if (derive_is_verb(name->words[i]) || derive_is_vendor(name, name->words[i], vendor)) continue;
    struct str stem = ask_words_stem(name->words[i], a);
    struct derive_word *w = ARENA_NEW(a, struct derive_word);
    *w = (struct derive_word){.next = map_get(&x->words, stem), .tool = x->count};
    map_put(&x->words, stem, w);
  }
}

// "project_id" is given by the tool that lists projects and needs nothing itself.
static void derive_find_giver(struct derive_tool *t, const struct map *givers, yyjson_val *ask,
                              struct arena *a) {
  struct derive_name wanted;
  if (!t->argument.n) return;
  t->within = derive_worded_giver(ask, t->argument);
  derive_split(t->argument, a, &wanted);
  if (t->within.n || !wanted.n) return;
  t->giver = map_get(givers, ask_words_stem(wanted.words[0], a));
  if (t->giver) t->within = t->giver->id;
}

struct derive_index *derive_index_new(const struct derive *d, struct arena *a) {
  struct derive_index *x = ARENA_NEW(a, struct derive_index);
  struct map givers = {0};
  *x = (struct derive_index){.tools = ARENA_ARRAY(a, d->tools->count + 1, struct derive_tool)};
  for (size_t i = 0; i < d->tools->count; i++) {
    const struct tool *t = &d->tools->tools[i];
    struct derive_tool *to = &x->tools[x->count];
    struct derive_name name;
    struct str needs[4], stem;
    size_t n;
    if (!t->read_only || !t->served || !d->shows(d->arg, t) || !derive_requires(t, needs, &n) || n > 1)
      continue;
    derive_split(t->name, a, &name);
    *to = (struct derive_tool){.tool = t,
                               .id = arena_printf(a, "t%zu", i),
                               .noun = derive_noun(&name, d->tools->connector, a),
                               .last = name.n ? name.words[name.n - 1] : STR_NONE,
                               .argument = n ? needs[0] : STR_NONE};
    derive_index_words(x, &name, d->tools->connector, a);
    stem = to->last.n ? ask_words_stem(to->last, a) : STR_NONE;
    if (!n && stem.n && t->class == TOOL_LIST && !map_get(&givers, stem)) map_put(&givers, stem, to);
    x->count++;
  }
  for (size_t i = 0; i < x->count; i++) derive_find_giver(&x->tools[i], &givers, d->ask, a);
  map_free(&givers);
  return x;
}

void derive_index_free(struct derive_index *x) {
  map_free(&x->words);
}

// ---- the things that a question speaks of

void derive_stems(const struct ask_words *w, struct map *out, struct arena *a) {
  for (size_t i = 0; i < w->n; i++) {
    map_put(out, w->items[i].stem, (void *)w);
    map_put(out, ask_words_stem(ask_words_joined(&w->items[i], a), a), (void *)w);
  }
}

struct derive_taking {
  struct buf out;
  const struct derive_tool *taken[DERIVE_MOST + 1]; // a tool may bring its giver along
  size_t count;
};

static void derive_take(struct derive_taking *x, const struct derive_tool *t, struct str gives,
                        struct arena *a) {
  for (size_t i = 0; i < x->count; i++)
    if (x->taken[i] == t) return;
  x->taken[x->count++] = t;
  derive_thing(t, gives, &x->out, a);
}

yyjson_doc *derive_things(const struct derive_index *x, const struct map *stems, struct arena *a) {
  struct derive_taking taking = {.out = BUF_MAX(DERIVE_TEXT_MOST)};
  struct map_slot *slot;
  size_t best = 0, *fits = ARENA_ARRAY(a, x->count + 1, size_t);
  for (size_t i = 0; (slot = map_next(stems, &i));)
    for (const struct derive_word *w = map_get(&x->words, slot->key); w; w = w->next)
      if (++fits[w->tool] > best) best = fits[w->tool];
  if (!best) return NULL;
  buf_add_z(&taking.out, "{\"things\":{");
  for (size_t round = best; round > 0; round--)
    for (size_t i = 0; i < x->count && taking.count < DERIVE_MOST; i++) {
      const struct derive_tool *t = &x->tools[i];
      if (fits[i] != round || (t->argument.n && !t->within.n)) continue;
      if (t->giver) derive_take(&taking, t->giver, t->argument, a);
      derive_take(&taking, t, STR_NONE, a);
    }
  buf_add_z(&taking.out, "}}");
  yyjson_doc *doc = taking.count && !taking.out.full ? yyjson_read(taking.out.p, taking.out.n, 0) : NULL;
  buf_free(&taking.out);
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
