// SPDX-License-Identifier: Apache-2.0
// Words for the columns of a row: what their names say, without what only says how they are written, and what people
// call such things else. A word that several columns have goes to the one that is called so and no more.
#include "data/json.h"
#include "data/meaning.h"
#include "language/deed.h"
#include "model/derive_writing.h"

enum derive_rank { DERIVE_WHOLE, DERIVE_PART, DERIVE_KIN, DERIVE_SAID, DERIVE_RANKS };

struct derive_called { // who is called by a word
  size_t column;
  enum derive_rank rank;
};

struct wording {
  const struct derive_writing *w;
  struct map taken; // word → struct derive_called
  struct derive_name names[DERIVE_COLUMNS_MOST];
  size_t plain[DERIVE_COLUMNS_MOST]; // how many of the words are left without those of the kind
  yyjson_mut_val *lists[DERIVE_COLUMNS_MOST];
  yyjson_mut_val *said[DERIVE_COLUMNS_MOST]; // words of its description
};

static bool derive_is_one_of(struct str w, const char *const *list) {
  for (; *list; list++)
    if (str_is(w, *list)) return true;
  return false;
}

static const char *const derive_time_ends[] = {"at", "on", "date", "time", "timestamp", "ts", NULL};
static const char *const derive_unit_ends[] = {"bytes",  "seconds",      "secs",    "sec",   "s",     "ms",
                                               "millis", "milliseconds", "minutes", "mins",  "hours", "days",
                                               "cents",  "percent",      "pct",     "grams", "kg",    "km",
                                               "usd",    "eur",          "count",   NULL};
static const char *const derive_name_ends[] = {"name", "title", "label", "url", "text", NULL};
static const char *const derive_flags[] = {"is", "has", "was", "are", "can", NULL};

// The words that say what it is, without those that say of which kind: "first response" of "first_response_minutes".
static size_t derive_plain(const struct derive_column *c, const struct derive_name *name) {
  if (name->n < 2) return name->n;
  struct str last = name->words[name->n - 1];
  bool drops = c->type == TABLE_TIME ? derive_is_one_of(last, derive_time_ends)
               : derive_is_number(c) ? derive_is_one_of(last, derive_unit_ends)
                                     : derive_is_one_of(last, derive_name_ends) || str_is(last, "id");
  return name->n - drops;
}

struct str derive_plainly(const struct derive_column *c, struct arena *a) {
  struct derive_name name;
  derive_split(c->name, a, &name);
  return derive_join(&name, 0, derive_plain(c, &name), " ", a);
}

// "total" of "total_cents" asks for a sum, "by" for groups: such a word is a column's only where that is all it is called.
bool derive_is_asking(struct str word, struct arena *a) {
  struct ask_words words;
  struct phrase_hit hits[PHRASE_HITS_MOST];
  struct err err;
  if (!language_words(word, a, &words, &err) || words.n != 1) return false;
  size_t n = phrases_at(&language_find(STR("en"))->phrases, &words, 0, hits, PHRASE_HITS_MOST);
  for (size_t i = 0; i < n; i++) {
    const struct phrase *p = hits[i].phrase;
    bool ranks = p->number == ASK_TOP || p->number == ASK_BOTTOM; // "heaviest" is a weight
    if (((p->role == LANGUAGE_INTENT && !ranks) || p->role == LANGUAGE_PER) && str_eq(p->first, word))
      return true;
  }
  return false;
}

bool derive_is_ranking(struct str word, struct arena *a) {
  struct ask_words words;
  const struct phrase *p;
  struct err err;
  return language_words(word, a, &words, &err) && words.n == 1 &&
         language_at(language_find(STR("en")), &words, 0, LANGUAGE_INTENT, &p) &&
         (p->number == ASK_TOP || p->number == ASK_BOTTOM);
}

// Nobody means a column by "per".
static bool derive_is_per(struct str word) {
  struct word w = {.text = word, .low = word, .stem = word};
  struct ask_words one = {&w, 1};
  return language_at(language_find(STR("en")), &one, 0, LANGUAGE_PER, NULL) > 0;
}

static void derive_call(struct wording *x, size_t column, struct str word, enum derive_rank rank) {
  if (word.n < 3 || derive_is_per(word) || (rank != DERIVE_WHOLE && derive_is_asking(word, x->w->arena)))
    return;
  struct derive_called *by = map_get(&x->taken, word);
  if (by && (by->rank < rank || by->column == column || by->rank == rank)) return;
  if (!by) {
    by = ARENA_NEW(x->w->arena, struct derive_called);
    map_put(&x->taken, word, by);
  }
  *by = (struct derive_called){column, rank};
}

bool derive_is_said(const struct derive_writing *w, struct str low) {
  static const char *const ends[] = {"s", "es", "d", "ed"};
  if (map_get(w->said, low)) return true;
  if (str_ends(low, "y") && map_get(w->said, ARENA_JOIN(w->arena, str_make(low.p, low.n - 1), STR("ies"))))
    return true; // "deliveries"
  if (str_ends(low, "ed") && map_get(w->said, ARENA_JOIN(w->arena, str_make(low.p, low.n - 2), STR("ing"))))
    return true; // "advertising"
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
    if (map_get(w->said, ARENA_JOIN(w->arena, low, str_of(ends[i])))) return true;
    if (str_ends(low, ends[i]) && map_get(w->said, str_make(low.p, low.n - strlen(ends[i])))) return true;
  }
  return false;
}

static bool derive_is_asked(const struct wording *x, struct str phrase) {
  struct ask_words words;
  struct err err;
  if (!language_words(phrase, x->w->arena, &words, &err)) return false;
  for (size_t i = 0; i < words.n; i++)
    if (!derive_is_said(x->w, words.items[i].low)) return false;
  return words.n > 0;
}

// "Issued" has the stem of issues, and is no ticket: of a participle only what is alike to that form.
static bool derive_is_of_form(yyjson_val *words, struct str word) {
  size_t i, n;
  yyjson_val *v;
  bool any = !language_is_done(word);
  yyjson_arr_foreach (words, i, n, v) any = any || str_eq(json_text(v), word);
  return any;
}

static void derive_call_kin(struct wording *x, size_t column, struct str word) {
  size_t i, n;
  yyjson_val *v;
  for (const struct language_kin *k = language_kin(language_stem(word, x->w->arena)); k; k = k->next)
    if (derive_is_of_form(k->words, word))
      yyjson_arr_foreach (k->words, i, n, v)
        if (k->how == LANGUAGE_ALIKE && derive_is_asked(x, json_text(v)))
          derive_call(x, column, json_text(v), DERIVE_KIN);
}

// A column of ids whose rows' names are looked up leaves its word to those.
static bool derive_is_referred(const struct wording *x, size_t i) {
  for (size_t k = 0; k < x->w->ref_count; k++) {
    const struct derive_ref *r = &x->w->refs[k];
    if (r->asked && r->key.n && !r->many && str_eq(r->column, x->w->shape->columns[i].name) &&
        derive_label(r->shape, r->noun, x->w->arena))
      return true;
  }
  return false;
}

static void derive_call_column(struct wording *x, size_t i) {
  const struct derive_column *c = &x->w->shape->columns[i];
  struct derive_name *name = &x->names[i];
  struct arena *a = x->w->arena;
  size_t first = c->type == TABLE_BOOLEAN && name->n > 1 && derive_is_one_of(name->words[0], derive_flags),
         end = x->plain[i];
  derive_call(x, i, derive_join(name, 0, name->n, " ", a), DERIVE_WHOLE);
  if (derive_is_referred(x, i)) return;
  derive_call(x, i, derive_join(name, first, end, " ", a), end == name->n ? DERIVE_WHOLE : DERIVE_PART);
  if (c->type == TABLE_TIME && end)
    derive_call(x, i, ARENA_JOIN(a, derive_join(name, first, end, " ", a), STR(" date")), DERIVE_PART);
  bool lasts = derive_is_number(c) && end < name->n && !str_is(name->words[name->n - 1], "bytes") &&
               !str_is(name->words[name->n - 1], "cents");
  if (lasts)
    derive_call(x, i, ARENA_JOIN(a, derive_join(name, first, end, " ", a), STR(" time")), DERIVE_PART);
  if (name->words[name->n - 1].n > 2 && !derive_is_id(c->name))
    derive_call(x, i, name->words[name->n - 1], DERIVE_PART);
  if (end > first + 1 && name->words[end - 1].n > 2) derive_call(x, i, name->words[end - 1], DERIVE_PART);
  if (end > first + 1 && name->words[first].n > 2 &&
      !str_is(name->words[first], "work")) // "people who work part time"
    derive_call(x, i, name->words[first], DERIVE_PART);
}

// "pagesTotal": a total of pages is no revenue.
static bool derive_is_total_of(const struct derive_name *name, size_t k) {
  return k && str_is(name->words[k], "total") && str_ends(name->words[k - 1], "s") &&
         !str_ends(name->words[k - 1], "ss");
}

// Ids come last, so that "assignee" is rather the one who is called so.
static void derive_call_all(struct wording *x) {
  const struct derive_shape *s = x->w->shape;
  for (int ids = 0; ids < 2; ids++)
    for (size_t i = 0; i < s->count; i++)
      if (derive_is_id(s->columns[i].name) == (ids == 1)) derive_call_column(x, i);
  for (int pass = 0; pass < 4;
       pass++) // what it is before in what it is counted: the amount is a total, not any cents
    for (size_t i = 0; i < s->count; i++) {
      if (derive_is_id(s->columns[i].name) != (pass >= 2) || derive_is_referred(x, i)) continue;
      for (size_t k = 0; k < x->names[i].n; k++)
        if ((k >= x->plain[i]) == (pass % 2 == 1) && !derive_is_total_of(&x->names[i], k))
          derive_call_kin(x, i, x->names[i].words[k]);
    }
}

// ---- what its definition says of it

// Is it a word that tools or columns are called by? Then it is theirs.
static bool derive_is_name(const struct wording *x, struct str stem) {
  for (const struct derive_word *d = map_get(&x->w->taking->x->words, stem); d; d = d->next)
    if (d->counts > DERIVE_BY_TEXT) return true;
  return false;
}

// The words of a column's description that the question has, and that say anything.
static size_t derive_said_asked(const struct wording *x, size_t column, struct str *out) {
  size_t n = 0;
  for (struct str rest = x->w->shape->columns[column].said, word; str_cut(&rest, ',', &word);) {
    struct word one = {.text = word, .low = word, .whole = word, .stem = language_stem(word, x->w->arena)};
    struct ask_words words = {&one, 1};
    bool asked = map_get(x->w->stems, one.stem) && !derive_is_name(x, one.stem) &&
                 !language_fills(language_find(STR("en")), &words, 0) && !derive_is_asking(word, x->w->arena);
    if (asked && n < MEANING_WORDS_MOST) out[n++] = word;
  }
  return n;
}

// "What was charged" of a fee: its words are the column's, where nothing is called so. Of several columns the one of which
// the question says most comes first.
static void derive_call_said(struct wording *x) {
  struct str words[MEANING_WORDS_MOST];
  for (size_t most = MEANING_WORDS_MOST; most > 0; most--)
    for (size_t i = 0; i < x->w->shape->count; i++) {
      if (derive_is_id(x->w->shape->columns[i].name) || derive_said_asked(x, i, words) != most) continue;
      for (size_t k = 0; k < most; k++) {
        if (map_get(&x->taken, words[k])) continue;
        derive_call(x, i, words[k], DERIVE_SAID);
        yyjson_mut_arr_append(x->said[i], derive_text(x->w, words[k]));
      }
    }
}

// ---- units

static struct str derive_unit(const struct derive_column *c, const struct derive_name *name) {
  static const struct {
    const char *end, *unit;
  } units[] = {{"bytes", "bytes"},     {"s", "seconds"},    {"seconds", "seconds"}, {"secs", "seconds"},
               {"ms", "ms"},           {"millis", "ms"},    {"percent", "percent"}, {"pct", "percent"},
               {"minutes", "minutes"}, {"mins", "minutes"}, {"hours", "hours"},     {"days", "days"},
               {"cents", "cents"},     {"grams", "g"},      {"kg", "kg"},           {"km", "km"}};
  struct str last = name->n ? name->words[name->n - 1] : STR_NONE;
  if (!derive_is_number(c)) return STR_NONE;
  for (size_t i = 0; i < sizeof units / sizeof *units; i++)
    if (str_is(last, units[i].end)) return str_of(units[i].unit);
  return STR_NONE;
}

// ---- values

static struct str derive_spoken(struct str value, struct arena *a) {
  char *low = arena_z(a, value);
  for (size_t i = 0; i < value.n; i++)
    if (low[i] == '_' || low[i] == '-') low[i] = ' ';
  return str_make(low, value.n);
}

static struct str derive_low(struct str s, struct arena *a) {
  char *low = arena_z(a, s);
  for (size_t i = 0; i < s.n; i++)
    if (low[i] >= 'A' && low[i] <= 'Z') low[i] = (char)(low[i] - 'A' + 'a');
  return str_make(low, s.n);
}

// A noun is no verb of its stem: "file" is not "filed".
static bool derive_has_noun(yyjson_val *words, struct str noun, struct arena *a) {
  size_t i, n;
  yyjson_val *v;
  yyjson_arr_foreach (words, i, n, v) {
    struct str word = json_text(v);
    if (str_eq(word, noun) || str_eq(word, ARENA_JOIN(a, noun, STR("s"))) ||
        str_eq(noun, ARENA_JOIN(a, word, STR("s"))))
      return true;
  }
  return false;
}

// Those words of a group that the question has; but not those of this stem.
static void derive_add_asked(const struct derive_writing *w, yyjson_val *words, struct str but,
                             yyjson_mut_val *list) {
  struct wording x = {.w = w};
  size_t i, n;
  yyjson_val *v;
  yyjson_arr_foreach (words, i, n, v)
    if (derive_is_asked(&x, json_text(v)) && !(but.n && str_eq(language_stem(json_text(v), w->arena), but)))
      yyjson_mut_arr_append(list, derive_text(w, json_text(v)));
}

void derive_noun_kin(const struct derive_writing *w, struct str noun, yyjson_mut_val *list) {
  for (const struct language_kin *k = language_kin(language_stem(noun, w->arena)); k; k = k->next)
    if (k->how == LANGUAGE_ALIKE && derive_has_noun(k->words, noun, w->arena))
      derive_add_asked(w, k->words, STR_NONE, list);
}

void derive_kin(const struct derive_writing *w, struct str word, enum language_kinship how,
                yyjson_mut_val *list) {
  struct str stem = language_stem(word, w->arena);
  for (const struct language_kin *k = language_kin(stem); k; k = k->next)
    if (k->how == how) derive_add_asked(w, k->words, how == LANGUAGE_OPPOSITE ? stem : STR_NONE, list);
}

// "unresolved", where the question has it.
static void derive_denied(const struct derive_writing *w, struct str word, yyjson_mut_val *list) {
  struct map_slot *slot;
  struct str stem = language_stem(word, w->arena);
  for (size_t i = 0; (slot = map_next(w->said, &i));) { // as it is typed: "unresolved"
    struct str left = language_denied(slot->key);
    if (left.n && str_eq(language_stem(left, w->arena), stem))
      yyjson_mut_arr_append(list, derive_text(w, slot->key));
  }
}

// "to_clean": what needs cleaning, or has to be cleaned.
static void derive_to_do(const struct derive_writing *w, struct str said, yyjson_mut_val *list) {
  static const char *const before[] = {"need", "needs", "needing", "be", "awaiting", "waiting for"};
  if (!str_starts(said, "to ")) return;
  for (size_t i = 0; i < sizeof before / sizeof *before; i++)
    yyjson_mut_arr_append(
        list, derive_text(w, ARENA_JOIN(w->arena, str_of(before[i]), STR(" "), str_from(said, 3))));
}

// "Open", of a state that others call so as well, is that state where there is such a one.
static void derive_leave_others(const struct derive_column *c, size_t own, yyjson_mut_val *list,
                                struct arena *a) {
  for (size_t i = yyjson_mut_arr_size(list); i-- > 1;) { // the first is what it is called itself
    yyjson_mut_val *word = yyjson_mut_arr_get(list, i);
    struct str said = str_make(yyjson_mut_get_str(word), yyjson_mut_get_len(word));
    for (size_t k = 0; k < c->value_count; k++)
      if (k != own && str_eq_nocase(derive_spoken(c->values[k], a), said)) {
        yyjson_mut_arr_remove(list, i);
        break;
      }
  }
}

void derive_values(const struct derive_writing *w, const struct derive_column *c, yyjson_mut_val *column) {
  yyjson_mut_val *values = yyjson_mut_obj(w->doc);
  for (size_t i = 0; i < c->value_count; i++) {
    struct str said = derive_spoken(c->values[i], w->arena);
    yyjson_mut_val *list = yyjson_mut_arr(w->doc);
    yyjson_mut_arr_append(list, derive_text(w, said));
    derive_kin(w, derive_low(said, w->arena), LANGUAGE_SAME, list);
    derive_to_do(w, derive_low(said, w->arena), list);
    derive_leave_others(c, i, list, w->arena);
    derive_put(w, values, c->values[i], list);
  }
  for (size_t i = 0; i < c->found_count; i++) {
    if (!c->found[i][1].n) continue;
    yyjson_mut_val *list = yyjson_mut_obj_getn(values, c->found[i][1].p, c->found[i][1].n);
    if (!list) {
      list = yyjson_mut_arr(w->doc);
      yyjson_mut_arr_append(list, derive_text(w, c->found[i][1]));
      derive_put(w, values, c->found[i][1], list);
    }
    yyjson_mut_arr_append(list, derive_text(w, c->found[i][0]));
  }
  if (yyjson_mut_obj_size(values)) derive_put(w, column, STR("values"), values);
}

// A flag is said by its name; what denies it by what the language has for that.
void derive_flag(const struct derive_writing *w, const struct derive_name *name, yyjson_mut_val *words,
                 yyjson_mut_val *column) {
  size_t first = name->n > 1 && derive_is_one_of(name->words[0], derive_flags);
  yyjson_mut_val *yes = yyjson_mut_arr(w->doc), *no = yyjson_mut_arr(w->doc);
  struct str said = derive_join(name, first, name->n, " ", w->arena);
  yyjson_mut_arr_append(yes, derive_text(w, said));
  if (name->n - first > 1 && str_is(name->words[name->n - 1], "now"))
    yyjson_mut_arr_append(yes, derive_text(w, derive_join(name, first, name->n - 1, " ", w->arena)));
  yyjson_mut_arr_append(no, derive_text(w, ARENA_JOIN(w->arena, STR("not "), said)));
  for (size_t i = first; i < name->n; i++) {
    if (name->n - first == 1) {
      derive_kin(w, name->words[i], LANGUAGE_ALIKE, yes);
      derive_kin(w, name->words[i], LANGUAGE_SAME, yes);
    }
    derive_kin(w, name->words[i], LANGUAGE_OPPOSITE, no);
    derive_denied(w, name->words[i], no);
  }
  size_t k, m;
  yyjson_mut_val *word;
  yyjson_mut_arr_foreach (words, k, m, word)
    yyjson_mut_arr_append(yes, yyjson_mut_val_mut_copy(w->doc, word));
  derive_put(w, column, STR("yes"), yes);
  derive_put(w, column, STR("no"), no);
}

// Not paid is what is neither paid nor void: what is over by another state is not what "unpaid" means.
static struct str derive_other_than(const struct derive_writing *w, const struct derive_column *c,
                                    struct str value, struct str sql) {
  struct buf out = BUF_MAX(2000);
  buf_printf(&out, "%.*s NOT IN ('%.*s'", STR_ARG(sql), STR_ARG(value));
  for (size_t i = 0; i < c->value_count && derive_is_over(value); i++)
    if (derive_is_over(c->values[i]) && !str_eq(c->values[i], value))
      buf_printf(&out, ", '%.*s'", STR_ARG(c->values[i]));
  buf_add_char(&out, ')');
  struct str made = arena_dup(w->arena, buf_str(&out));
  buf_free(&out);
  return made;
}

// Words of several cells, and what denies a value: conditions of their own.
static void derive_conditions(const struct derive_writing *w, struct str table, yyjson_mut_val *thing) {
  yyjson_mut_val *list = yyjson_mut_arr(w->doc);
  for (size_t i = 0; i < w->shape->count; i++) {
    const struct derive_column *c = &w->shape->columns[i];
    struct str sql = derive_column_sql(c, table, w->arena);
    for (size_t k = 0; k < c->found_count + c->value_count; k++) {
      yyjson_mut_val *names = yyjson_mut_arr(w->doc), *one;
      struct str word = k < c->found_count ? c->found[k][0] : c->values[k - c->found_count], test;
      if (k < c->found_count) {
        if (c->found[k][1].n || memchr(word.p, '\'', word.n)) continue;
        yyjson_mut_arr_append(names, derive_text(w, word));
        test = arena_printf(w->arena, "instr(lower(%.*s), '%.*s') > 0", STR_ARG(sql), STR_ARG(word));
      } else {
        derive_denied(w, derive_spoken(word, w->arena), names);
        if (derive_is_over(word) && derive_is_said(w, STR("not")))
          yyjson_mut_arr_append(
              names, derive_text(w, ARENA_JOIN(w->arena, STR("not "), derive_spoken(word, w->arena))));
        test = derive_other_than(w, c, word, sql);
        if (memchr(word.p, '\'', word.n)) continue;
      }
      if (!yyjson_mut_arr_size(names)) continue;
      one = yyjson_mut_arr_add_obj(w->doc, list);
      derive_put(w, one, STR("names"), names);
      derive_put(w, one, STR("of"), derive_text(w, c->name));
      derive_put(w, one, STR("sql"), derive_text(w, test));
    }
  }
  if (yyjson_mut_arr_size(list)) derive_put(w, thing, STR("conditions"), list);
}

// ---- all columns

static yyjson_mut_val *derive_column(struct wording *x, size_t i, struct str table) {
  const struct derive_writing *w = x->w;
  const struct derive_column *c = &w->shape->columns[i];
  yyjson_mut_val *column = yyjson_mut_obj(w->doc);
  struct str unit = derive_unit(c, &x->names[i]);
  derive_put(w, column, STR("sql"), derive_text(w, derive_column_sql(c, table, w->arena)));
  derive_put(w, column, STR("names"), x->lists[i]);
  if (c->type == TABLE_TIME) derive_put(w, column, STR("time"), yyjson_mut_true(w->doc));
  if (c->type == TABLE_JSON) derive_put(w, column, STR("list"), yyjson_mut_true(w->doc));
  if (derive_is_number(c)) derive_put(w, column, STR("kind"), derive_text(w, STR("gauge")));
  if (unit.n) derive_put(w, column, STR("unit"), derive_text(w, unit));
  if (c->type == TABLE_BOOLEAN) derive_flag(w, &x->names[i], x->said[i], column);
  if (c->type == TABLE_TEXT) derive_values(w, c, column);
  return column;
}

void derive_write_columns(const struct derive_writing *w, yyjson_mut_val *thing) {
  struct wording *x = ARENA_NEW(w->arena, struct wording);
  struct map_slot *slot;
  yyjson_mut_val *columns = yyjson_mut_obj(w->doc), *none = yyjson_mut_obj(w->doc);
  x->w = w;
  for (size_t i = 0; i < w->shape->count; i++) {
    derive_split(w->shape->columns[i].name, w->arena, &x->names[i]);
    x->plain[i] = derive_plain(&w->shape->columns[i], &x->names[i]);
    x->lists[i] = yyjson_mut_arr(w->doc);
    x->said[i] = yyjson_mut_arr(w->doc);
  }
  derive_call_all(x);
  derive_call_said(x);
  for (size_t i = 0; (slot = map_next(&x->taken, &i));) {
    const struct derive_called *by = slot->value;
    yyjson_mut_arr_append(x->lists[by->column], derive_text(w, slot->key));
  }
  map_free(&x->taken);
  derive_put(w, none, STR("sql"), derive_text(w, STR("1")));
  derive_put(w, none, STR("hidden"), yyjson_mut_true(w->doc));
  derive_put(w, columns, STR("#"), none);
  for (size_t i = 0; i < w->shape->count; i++)
    derive_put(w, columns, w->shape->columns[i].name, derive_column(x, i, w->t->id));
  derive_put(w, thing, STR("columns"), columns);
  derive_conditions(w, w->t->id, thing);
}

static bool derive_list_has(yyjson_mut_val *names, struct str word) {
  size_t i, n;
  yyjson_mut_val *v;
  yyjson_mut_arr_foreach (names, i, n, v)
    if (str_eq(str_make(yyjson_mut_get_str(v), yyjson_mut_get_len(v)), word)) return true;
  return false;
}

bool derive_calls(yyjson_mut_val *columns, struct str word) {
  size_t i, n;
  yyjson_mut_val *key, *column;
  yyjson_mut_obj_foreach (columns, i, n, key, column)
    if (derive_list_has(yyjson_mut_obj_get(column, "names"), word)) return true;
  return false;
}

bool derive_values_have(yyjson_mut_val *columns, struct str word) {
  size_t i, n, k, m;
  yyjson_mut_val *key, *column, *value, *names;
  yyjson_mut_obj_foreach (columns, i, n, key, column) {
    yyjson_mut_obj_foreach (yyjson_mut_obj_get(column, "values"), k, m, value, names)
      if (derive_list_has(names, word)) return true;
    if (derive_list_has(yyjson_mut_obj_get(column, "yes"), word)) return true;
  }
  return false;
}
