// SPDX-License-Identifier: Apache-2.0
// The definition of one thing, in the form of ask.yaml: names, the call with what the question may fill in of it, what
// others get of its rows, columns.
#include "data/json.h"
#include "data/meaning.h"
#include "language/deed.h"
#include "model/derive_writing.h"

yyjson_mut_val *derive_text(const struct derive_writing *w, struct str text) {
  return yyjson_mut_strncpy(w->doc, text.p ? text.p : "", text.n);
}

void derive_put(const struct derive_writing *w, yyjson_mut_val *object, struct str key,
                yyjson_mut_val *value) {
  yyjson_mut_obj_put(object, derive_text(w, key), value);
}

static yyjson_mut_val *derive_slot(const struct derive_writing *w, const char *kind, struct str of,
                                   const char *more, struct str value) {
  yyjson_mut_val *slot = yyjson_mut_obj(w->doc);
  derive_put(w, slot, str_of(kind), derive_text(w, of));
  if (value.n) derive_put(w, slot, str_of(more), derive_text(w, value));
  return slot;
}

// ---- arguments

static const char *const derive_lower[] = {"after", "since", "from", "start", "begin", "gte", "min", "gt"};
static const char *const derive_upper[] = {"before", "until", "to", "end", "till", "lte", "max", "lt"};

static bool derive_has_word(const char *const *list, size_t n, struct str w) {
  for (size_t i = 0; i < n; i++)
    if (str_is(w, list[i])) return true;
  return false;
}

// An argument that says from or until when: which end, and of which column where it names one.
static bool derive_is_span(const struct derive_writing *w, struct str argument, yyjson_val *schema,
                           bool *since, struct str *of) {
  struct derive_name name;
  bool lower = false, upper = false;
  struct str format = json_str(schema, "format"), rest = STR_NONE;
  derive_split(argument, w->arena, &name);
  for (size_t i = 0; i < name.n; i++) {
    struct str word = name.words[i];
    bool low = derive_has_word(derive_lower, sizeof derive_lower / sizeof *derive_lower, word),
         up = derive_has_word(derive_upper, sizeof derive_upper / sizeof *derive_upper, word);
    lower = lower || low;
    upper = upper || up;
    if (!low && !up && !str_is(word, "date") && !str_is(word, "time") && !str_is(word, "at") &&
        !str_is(word, "on"))
      rest = rest.n ? STR("?") : word;
  }
  struct str type = json_str(schema, "type");
  bool counted = (str_is(type, "integer") || str_is(type, "number")) && // program/bind knows its unit
                 meaning_is_instant(format, json_str(schema, "description"));
  if (lower == upper || !(str_is(type, "string") || !type.n || counted)) return false;
  if (format.n && !counted && !str_starts(format, "date")) return false;
  *since = lower;
  *of = rest;
  return true;
}

static const struct derive_column *derive_column_named(const struct derive_writing *w, struct str argument) {
  struct derive_name wanted, name;
  derive_split(argument, w->arena, &wanted);
  struct str key = derive_join(&wanted, 0, wanted.n, "_", w->arena);
  for (size_t i = 0; w->shape && i < w->shape->count; i++) {
    derive_split(w->shape->columns[i].name, w->arena, &name);
    if (str_eq(derive_join(&name, 0, name.n, "_", w->arena), key)) return &w->shape->columns[i];
  }
  return NULL;
}

// The column whose time an argument cuts: that of its name, else the one that a row's time is.
static struct str derive_span_column(const struct derive_writing *w, struct str of) {
  const struct derive_column *time = w->shape ? derive_time(w->shape, w->arena) : NULL;
  if (!of.n) return time ? time->name : STR_NONE;
  for (size_t i = 0; w->shape && i < w->shape->count; i++) {
    struct derive_name name;
    derive_split(w->shape->columns[i].name, w->arena, &name);
    if (w->shape->columns[i].type == TABLE_TIME && name.n && str_eq(name.words[0], of))
      return w->shape->columns[i].name;
  }
  return STR_NONE;
}

// "resolved" of rows with "resolved_at": whether they have that time.
static const struct derive_column *derive_ended(const struct derive_writing *w, struct str argument) {
  struct derive_name wanted, name;
  derive_split(argument, w->arena, &wanted);
  for (size_t i = 0; w->shape && wanted.n && i < w->shape->count; i++) {
    derive_split(w->shape->columns[i].name, w->arena, &name);
    if (w->shape->columns[i].type == TABLE_TIME && name.n &&
        str_eq(name.words[0], wanted.words[wanted.n - 1]))
      return &w->shape->columns[i];
  }
  return NULL;
}

// "after" alone, of which nothing says that it is a time, goes on from a row; so it does beside "day_from".
static bool derive_is_cursor(const struct derive_writing *w, struct str argument) {
  size_t i, n;
  yyjson_val *key, *schema, *own;
  bool since, mine;
  struct str of;
  yyjson_val *all = yyjson_obj_get(w->t->tool->input, "properties");
  if (!str_is(argument, "after") && !str_is(argument, "before")) return false;
  own = yyjson_obj_getn(all, argument.p, argument.n);
  if (json_str(own, "format").n || !derive_is_span(w, argument, own, &mine, &of)) return false;
  if (!meaning_is_instant(STR_NONE, json_str(own, "description")) &&
      !meaning_is_day(STR_NONE, json_str(own, "pattern"), json_str(own, "description")))
    return true;
  yyjson_obj_foreach (all, i, n, key, schema)
    if (!str_eq(json_text(key), argument) && derive_is_span(w, json_text(key), schema, &since, &of) &&
        since == mine)
      return true;
  return false;
}

// What the question says of a column goes into the argument of its name, as far as the vendor takes that.
static void derive_add_argument(const struct derive_writing *w, yyjson_mut_val *arguments,
                                struct str argument, yyjson_val *schema) {
  bool since;
  struct str of, type = json_str(schema, "type");
  if (derive_is_cursor(w, argument)) return;
  if (derive_is_span(w, argument, schema, &since, &of)) {
    struct str column = derive_span_column(w, of);
    bool day = meaning_is_day(json_str(schema, "format"), json_str(schema, "pattern"),
                              json_str(schema, "description"));
    if (column.n && (since || !day)) // the end of a day may be in it or not
      derive_put(w, arguments, argument,
                 derive_slot(w, "$param", since ? STR("since") : STR("until"), "of", column));
    return;
  }
  const struct derive_column *c = derive_column_named(w, argument);
  bool listed = yyjson_arr_size(yyjson_obj_get(schema, "enum")) > 0,
       words = c && c->type == TABLE_TEXT && str_is(type, "string") && (listed || w->seen),
       flag = c && c->type == TABLE_BOOLEAN && str_is(type, "boolean"),
       id = c && derive_is_id(c->name) && (str_is(type, "string") || str_is(type, "integer"));
  if (words || flag || id) {
    yyjson_mut_val *slot = derive_slot(w, "$filter", c->name, "as", type);
    if (words && !listed)
      derive_put(w, slot, STR("exact"), yyjson_mut_true(w->doc)); // as rows have it, or not at all
    derive_put(w, arguments, argument, slot);
  }
  const struct derive_column *ended = c || !str_is(type, "boolean") ? NULL : derive_ended(w, argument);
  if (ended) // the flag that derive_role.c makes of it
    derive_put(w, arguments, argument,
               derive_slot(w, "$filter", ARENA_JOIN(w->arena, argument, STR("?")), "as", type));
  if (c && c->codes.n && str_is(type, "integer")) {
    yyjson_mut_val *slot = derive_slot(w, "$filter", c->name, "as", type), *codes = yyjson_mut_obj(w->doc);
    struct str code, number;
    for (struct str rest = c->codes; str_cut(&rest, '|', &code);)
      if (str_cut(&code, '~', &number)) derive_put(w, codes, code, derive_text(w, number));
    derive_put(w, slot, STR("codes"), codes);
    derive_put(w, arguments, argument, slot);
  }
}

// "resolved: false", of what has no time when it was.
static void derive_add_ended(const struct derive_writing *w, yyjson_mut_val *columns,
                             yyjson_mut_val *arguments, struct str argument, yyjson_val *schema) {
  struct str key = ARENA_JOIN(w->arena, argument, STR("?"));
  if (str_is(json_str(schema, "type"), "boolean") && yyjson_mut_obj_getn(columns, key.p, key.n) &&
      !yyjson_mut_obj_getn(arguments, argument.p, argument.n))
    derive_put(w, arguments, argument, derive_slot(w, "$filter", key, "as", STR("boolean")));
}

static yyjson_mut_val *derive_arguments(const struct derive_writing *w, yyjson_mut_val *thing) {
  yyjson_mut_val *arguments = yyjson_mut_obj(w->doc);
  size_t i, n;
  yyjson_val *key, *schema;
  for (i = 0; i < w->t->need_count; i++)
    derive_put(w, arguments, w->t->needs[i], derive_slot(w, "$", w->t->needs[i], "", STR_NONE));
  yyjson_obj_foreach (yyjson_obj_get(w->t->tool->input, "properties"), i, n, key, schema)
    if (!yyjson_mut_obj_getn(arguments, json_text(key).p, json_text(key).n))
      derive_add_argument(w, arguments, json_text(key), schema);
  yyjson_obj_foreach (yyjson_obj_get(w->t->tool->input, "properties"), i, n, key, schema)
    derive_add_ended(w, yyjson_mut_obj_get(thing, "columns"), arguments, json_text(key), schema);
  return arguments;
}

// ---- what others get of its rows

static void derive_give(const struct derive_writing *w, yyjson_mut_val *gives, struct str name,
                        struct str column) {
  derive_put(w, gives, name,
             derive_text(w, arena_printf(w->arena, "%.*s.\"%.*s\"", STR_ARG(w->t->id), STR_ARG(column))));
}

static void derive_gives(const struct derive_writing *w, yyjson_mut_val *thing) {
  static const struct derive_column unknown = {.name = {"id", 2}};
  const struct derive_column *label = w->shape ? derive_label(w->shape, w->t->noun, w->arena) : NULL,
                             *id = w->shape ? derive_key(w->shape, STR_NONE, w->t->noun) : &unknown;
  struct derive_name noun;
  yyjson_mut_val *gives = yyjson_mut_obj(w->doc);
  if (id) derive_put(w, thing, STR("key"), derive_text(w, id->name));
  if (!id) id = &unknown;
  if (!w->t->give_count) return;
  for (size_t i = 0; i < w->t->give_count; i++) {
    const struct derive_column *key = w->shape ? derive_key(w->shape, w->t->gives[i], w->t->noun) : NULL;
    derive_give(w, gives, w->t->gives[i], key ? key->name : id->name);
  }
  for (size_t i = 0; i < w->t->need_count; i++)
    derive_give(w, gives, w->t->needs[i], w->t->needs[i]); // its own
  derive_split(w->t->noun, w->arena, &noun);
  derive_give(w, gives, derive_join(&noun, 0, noun.n, "_", w->arena), label ? label->name : id->name);
  derive_put(w, thing, STR("gives"), gives);
}

// A row that another tool gives by its id.
static void derive_one(const struct derive_writing *w, yyjson_mut_val *thing) {
  if (!w->t->one) return;
  yyjson_mut_val *one = yyjson_mut_obj(w->doc);
  derive_put(w, one, STR("tool"), derive_text(w, w->t->one->tool->name));
  derive_put(w, one, STR("argument"), derive_text(w, w->t->one->needs[0]));
  derive_put(w, thing, STR("one"), one);
}

// ---- steps, and those of what its columns point to

static yyjson_mut_val *derive_step(const struct derive_writing *w, const struct derive_tool *t,
                                   yyjson_mut_val *arguments) {
  yyjson_mut_val *step = yyjson_mut_obj(w->doc);
  derive_put(w, step, STR("id"), derive_text(w, t->id));
  derive_put(w, step, STR("tool"), derive_text(w, t->tool->name));
  derive_put(w, step, STR("arguments"), arguments);
  return step;
}

// Whose rows its ids are of.
static void derive_points(const struct derive_writing *w, yyjson_mut_val *thing) {
  yyjson_mut_val *points = yyjson_mut_arr(w->doc);
  for (size_t i = 0; i < w->ref_count; i++) yyjson_mut_arr_append(points, derive_text(w, w->refs[i].to->id));
  if (w->ref_count) derive_put(w, thing, STR("points"), points);
}

// ---- the whole

// Words of its description that the question has: they point to it.
static void derive_also(const struct derive_writing *w, yyjson_mut_val *thing) {
  struct ask_words words;
  struct err err;
  yyjson_mut_val *also = yyjson_mut_arr(w->doc), *does = yyjson_mut_arr(w->doc);
  struct str text = ARENA_JOIN(w->arena, w->t->tool->title, STR("\n"), w->t->tool->about, STR("\n"),
                               w->t->tool->description);
  if (!language_words(str_cut_utf8(text, DERIVE_TEXT_MOST), w->arena, &words, &err)) return;
  for (size_t i = 0; i < words.n; i++) {
    struct str low = language_joined(&words.items[i], w->arena); // "signups"
    if (words.items[i].kind == WORD_PLAIN && low.n > 1 && derive_is_said(w, low) &&
        !language_fills(language_find(STR("en")), &words, i))
      yyjson_mut_arr_append(also, derive_text(w, low));
  }
  derive_put(w, thing, STR("also"), also);
  derive_doings(w, w->t->last, DERIVE_DEEDS, does);
  derive_put(w, thing, STR("does"), does);
}

static void derive_names(const struct derive_writing *w, yyjson_mut_val *thing) {
  yyjson_mut_val *names = yyjson_mut_arr(w->doc);
  yyjson_mut_arr_append(names, derive_text(w, w->t->noun));
  bool only = w->weight <= DERIVE_WORDED &&
              memchr(w->t->noun.p, ' ', w->t->noun.n); // the connector's words come first
  if (w->t->last.n && !only) yyjson_mut_arr_append(names, derive_text(w, w->t->last));
  if (w->t->last.n && !only) derive_own_kin(w, w->taking->x, w->t, names);
  if (!only) derive_doings(w, w->t->last, DERIVE_DOERS, names);
  derive_put(w, thing, STR("names"), names);
  derive_also(w, thing);
}

static void derive_ranks(const struct derive_writing *w, yyjson_mut_val *thing) {
  static const char *const by[] = {"size",     "bytes", "amount",   "total", "value",   "price",
                                   "capacity", "count", "duration", "seats", "quantity"};
  for (size_t k = 0; k < sizeof by / sizeof *by; k++)
    for (size_t i = 0; i < w->shape->count; i++) {
      struct derive_name name;
      if (!derive_is_number(&w->shape->columns[i])) continue;
      derive_split(w->shape->columns[i].name, w->arena, &name);
      for (size_t n = 0; n < name.n; n++)
        if (str_is(name.words[n], by[k])) {
          derive_put(w, thing, STR("ranks"), derive_text(w, w->shape->columns[i].name));
          return;
        }
    }
}

// A row for each day that says how many there were: the one number is what is counted.
static void derive_counts(const struct derive_writing *w, yyjson_mut_val *thing) {
  static const char *const plain[] = {"count", "total", "number", "n", "visitors", "entries"};
  const struct derive_column *only = NULL;
  struct derive_name name;
  size_t numbers = 0;
  for (size_t i = 0; i < w->shape->count; i++)
    if (derive_is_number(&w->shape->columns[i])) only = &w->shape->columns[i], numbers++;
  if (numbers != 1 || only->type != TABLE_INTEGER) return;
  derive_split(only->name, w->arena, &name);
  struct str last = name.n ? name.words[name.n - 1] : STR_NONE;
  bool counts = name.n && (str_eq(language_stem(last, w->arena), language_stem(w->t->last, w->arena)) ||
                           language_is_deed(last, w->t->last, w->arena));
  for (size_t i = 0; i < sizeof plain / sizeof *plain && name.n == 1; i++)
    counts = counts || str_is(last, plain[i]);
  if (counts) derive_put(w, thing, STR("counts"), derive_text(w, only->name));
}

static void derive_show(const struct derive_writing *w, yyjson_mut_val *thing) {
  const struct derive_shape *s = w->shape;
  const struct derive_column *label = derive_label(s, w->t->noun, w->arena), *time = derive_time(s, w->arena),
                             *key = derive_key(s, STR_NONE, w->t->noun);
  yyjson_mut_val *show = yyjson_mut_arr(w->doc);
  if (!label && time)
    derive_put(w, thing, STR("events"), yyjson_mut_true(w->doc)); // rows without names, at a time
  if (!label && time) derive_counts(w, thing);
  if (!label) label = key;
  if (!label && s->count) label = &s->columns[0];
  if (label) derive_put(w, thing, STR("label"), derive_text(w, label->name));
  if (time) derive_put(w, thing, STR("time"), derive_text(w, time->name));
  for (size_t i = 0, n = 0; i < s->count && n < 5; i++)
    if (!derive_is_id(s->columns[i].name) && s->columns[i].type != TABLE_JSON)
      yyjson_mut_arr_append(show, derive_text(w, s->columns[i].name)), n++;
  derive_put(w, thing, STR("show"), show);
  derive_ranks(w, thing);
}

// How far back it knows anything, where its description says so.
static void derive_reach(const struct derive_writing *w, yyjson_mut_val *thing) {
  int64_t days = meaning_keeps(w->t->tool->description);
  yyjson_mut_val *reach = yyjson_mut_obj(w->doc);
  if (!days) return;
  derive_put(w, reach, STR("days"), yyjson_mut_sint(w->doc, days));
  derive_put(w, thing, STR("reach"), reach);
}

yyjson_mut_val *derive_write(const struct derive_writing *w) {
  yyjson_mut_val *thing = yyjson_mut_obj(w->doc), *steps = yyjson_mut_arr(w->doc);
  struct str within = w->t->giver ? w->t->giver->id : w->t->within;
  derive_put(w, thing, STR("derived"), yyjson_mut_true(w->doc));
  derive_put(w, thing, STR("weight"), yyjson_mut_sint(w->doc, w->weight));
  derive_names(w, thing);
  if (within.n) derive_put(w, thing, STR("within"), derive_text(w, within));
  derive_gives(w, thing);
  derive_one(w, thing);
  if (w->shape && w->shape->count) {
    derive_put(w, thing, STR("known"), yyjson_mut_true(w->doc));
    derive_show(w, thing);
    derive_write_columns(w, thing);
    derive_roles(w, thing);
    derive_states(w, thing);
  }
  if (w->seen) derive_put(w, thing, STR("seen"), yyjson_mut_true(w->doc));
  if (w->shape && !w->seen && derive_is_doubtful(w->shape, w->arena))
    derive_put(w, thing, STR("doubtful"), yyjson_mut_true(w->doc));
  derive_reach(w, thing);
  derive_points(w, thing);
  derive_link(w, thing, steps);
  yyjson_mut_arr_append(steps, derive_step(w, w->t, derive_arguments(w, thing)));
  derive_put(w, thing, STR("steps"), steps);
  return thing;
}

// ---- words that are akin to a thing's

void derive_doings(const struct derive_writing *w, struct str noun, enum derive_doing which,
                   yyjson_mut_val *list) {
  const struct ask_words *all = &w->taking->q->words;
  const struct language *en = language_find(STR("en"));
  for (size_t i = 0; i < all->n && noun.n; i++) {
    struct str low = all->items[i].low;
    if (all->items[i].kind == WORD_PLAIN && !language_fills(en, all, i) &&
        language_is_noun(low) == (which == DERIVE_DOERS) && language_is_deed(low, noun, w->arena))
      yyjson_mut_arr_append(list, derive_text(w, low));
  }
}

// "Vans" are the vehicles of that kind, where there is one.
static bool derive_has_value(const struct derive_shape *s, struct str stem, struct arena *a) {
  for (size_t i = 0; s && i < s->count; i++)
    for (size_t k = 0; k < s->columns[i].value_count; k++)
      if (str_eq(language_stem(s->columns[i].values[k], a), stem)) return true;
  return false;
}

void derive_own_kin(const struct derive_writing *w, const struct derive_index *of,
                    const struct derive_tool *c, yyjson_mut_val *names) {
  yyjson_mut_val *kin = yyjson_mut_arr(w->doc), *v;
  size_t i, n;
  bool seen;
  const struct derive_shape *shape = derive_known(w->taking, of, c, &seen);
  derive_noun_kin(w, c->last, kin);
  yyjson_mut_arr_foreach (kin, i, n, v) {
    struct str word = str_make(yyjson_mut_get_str(v), yyjson_mut_get_len(v)),
               stem = language_stem(word, w->arena);
    const struct derive_tool *other = map_get(&of->givers, stem);
    bool deed = str_eq(stem, language_stem(c->last, w->arena)); // "invoiced"
    if (derive_has_value(shape, stem, w->arena)) continue;
    if (!deed && (!other || other == c) && !derive_is_ranking(word, w->arena)) // "popular" ranks what is used
      yyjson_mut_arr_append(names, derive_text(w, word));
  }
}
