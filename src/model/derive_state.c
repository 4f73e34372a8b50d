// SPDX-License-Identifier: Apache-2.0
// States that a question says in words of its own: what a row still waits for ("waiting for somebody to validate them"),
// what nobody did ("that nobody picked up"), what should have come by now, and how a number stands to the one that it is
// held to ("running low", "over budget", "booked up"). The very words become the name of a condition, where the row has
// the columns; where it has not, they stay what they were.

#include <string.h>

#include "data/json.h"
#include "language/deed.h"
#include "model/derive_role.h"
#include "model/model.h"

enum { STATE_BETWEEN_MOST = 4 }; // words from what waits to what it waits for

enum state_fit { STATE_NONE, STATE_NEAR, STATE_NAMED };

struct states {
  const struct derive_writing *w;
  const struct ask_words *words;
  const struct language *en;
  yyjson_mut_val *columns, *conditions;
  struct arena *arena;
};

static bool state_is_one_of(struct str w, const char *const *list) {
  for (; *list; list++)
    if (str_is(w, *list)) return true;
  return false;
}

static size_t state_at(const struct states *x, size_t at, enum language_role role) {
  return at < x->words->n ? language_at(x->en, x->words, at, role, NULL) : 0;
}

static bool state_goes_on(const struct states *x, size_t from, size_t to) { // in one clause
  return to < x->words->n && x->words->items[from].clause == x->words->items[to].clause;
}

static struct str state_words(const struct states *x, size_t first, size_t end) {
  struct buf out = BUF_MAX(400);
  if (end - first > PHRASE_WORDS_MOST) first = end - PHRASE_WORDS_MOST;
  for (size_t i = first; i < end; i++)
    buf_printf(&out, "%s%.*s", i > first ? " " : "", STR_ARG(x->words->items[i].low));
  struct str made = arena_dup(x->arena, buf_str(&out));
  buf_free(&out);
  return made;
}

static void state_add(struct states *x, size_t first, size_t end, const struct derive_column *of,
                      struct str said, struct str sql) {
  struct str name = state_words(x, first, end);
  if (derive_values_have(x->columns, name)) return; // a state of the row is called so
  yyjson_mut_val *one = yyjson_mut_arr_add_obj(x->w->doc, x->conditions), *names = yyjson_mut_arr(x->w->doc);
  yyjson_mut_arr_append(names, derive_text(x->w, name));
  derive_put(x->w, one, STR("names"), names);
  derive_put(x->w, one, STR("said"), derive_text(x->w, said));
  if (of) derive_put(x->w, one, STR("of"), derive_text(x->w, of->name));
  derive_put(x->w, one, STR("sql"), derive_text(x->w, sql));
}

static struct str state_sql(const struct states *x, const struct derive_column *c) {
  return derive_column_sql(c, x->w->t->id, x->arena);
}

// ---- what a column says was done

static const char *const state_small[] = {"at",   "on", "by", "to",        "date",
                                          "time", "ts", "id", "timestamp", NULL};

static bool state_is_person(const struct states *x, struct str word) {
  struct word one = {.text = word, .low = word, .whole = word, .stem = language_stem(word, x->arena)};
  struct ask_words words = {&one, 1};
  return language_at(x->en, &words, 0, LANGUAGE_PEOPLE, NULL) > 0;
}

// The word of a column that says what was done to a row, or who has it: "validated" of "validated_by", "assignee".
static struct str state_deed(const struct states *x, const struct derive_column *c) {
  struct derive_name name;
  derive_split(c->name, x->arena, &name);
  bool by = name.n > 1 && str_is(name.words[name.n - 1], "by");
  for (size_t i = 0; i < name.n; i++) {
    struct str word = name.words[i];
    if (state_is_one_of(word, state_small)) continue;
    bool when = c->type == TABLE_TIME || c->type == TABLE_BOOLEAN || by;
    if (when && language_is_done(word)) return word;
    if (str_ends(word, "ee") && state_is_person(x, word)) return word;
  }
  return STR_NONE;
}

// ---- what the question says was done

// "picked up", "given back": with what belongs to the verb.
static bool state_has_particle(const struct states *x, size_t at) {
  static const char *const more[] = {"back", "away", "out", "down", NULL};
  return at + 1 < x->words->n && !x->words->items[at].end &&
         (state_at(x, at + 1, LANGUAGE_JOINS) || state_is_one_of(x->words->items[at + 1].low, more));
}

static bool state_is_kin(const struct states *x, struct str deed, size_t at, size_t *n) {
  size_t i, count;
  yyjson_val *v;
  struct str low = x->words->items[at].low;
  for (const struct language_kin *k = language_kin(language_stem(deed, x->arena)); k; k = k->next)
    yyjson_arr_foreach (k->words, i, count, v) {
      struct ask_words said;
      struct err err;
      struct str word = json_text(v);
      if (k->how == LANGUAGE_OPPOSITE || word.n < 2 || low.n < 2 ||
          memcmp(word.p, low.p, 2) != 0 || // cheap first
          !language_words(word, x->arena, &said, &err) || !said.n || at + said.n > x->words->n ||
          (said.n == 1 && *n == 2))
        continue;
      bool same = true;
      for (size_t w = 0; w < said.n; w++)
        same = same && str_eq(said.items[w].stem, x->words->items[at + w].stem);
      if (same) return *n = said.n, true;
    }
  return false;
}

// Does the question say at that word what this column tells? `n`: with how many words.
static enum state_fit state_fits(const struct states *x, struct str deed, size_t at, size_t *n) {
  struct str low = x->words->items[at].low;
  bool particle = state_has_particle(x, at);
  *n = 2;
  if (particle && state_is_kin(x, deed, at, n)) return STATE_NEAR;
  *n = 1;
  if (str_eq(x->words->items[at].stem, language_stem(deed, x->arena)) ||
      language_is_deed(low, deed, x->arena))
    return STATE_NAMED;
  return state_is_kin(x, deed, at, n) || (!particle && language_is_same_deed(low, deed)) ? STATE_NEAR
                                                                                         : STATE_NONE;
}

struct state_done {
  const struct derive_column *column;
  struct str deed;
  enum state_fit fit;
  size_t n;
};

// The column that tells best whether that was done.
static bool state_find(const struct states *x, size_t at, struct state_done *out) {
  *out = (struct state_done){0};
  if (x->words->items[at].kind != WORD_PLAIN) return false;
  for (size_t i = 0; i < x->w->shape->count; i++) {
    const struct derive_column *c = &x->w->shape->columns[i];
    struct str deed = state_deed(x, c);
    size_t n;
    enum state_fit fit = deed.n ? state_fits(x, deed, at, &n) : STATE_NONE;
    if (fit > out->fit) *out = (struct state_done){c, deed, fit, n};
  }
  return out->fit != STATE_NONE;
}

static struct states state_of(const struct derive_writing *w) {
  return (struct states){
      .w = w, .words = &w->taking->q->words, .en = language_find(STR("en")), .arena = w->arena};
}

const struct derive_column *derive_told_at(const struct derive_writing *w, size_t at, enum table_type type) {
  struct states x = state_of(w);
  const struct derive_column *best = NULL;
  enum state_fit most = STATE_NONE;
  if (x.words->items[at].kind != WORD_PLAIN) return NULL;
  for (size_t i = 0; i < w->shape->count; i++) {
    const struct derive_column *c = &w->shape->columns[i];
    struct str deed = c->type == type ? state_deed(&x, c) : STR_NONE;
    size_t n;
    enum state_fit fit = deed.n ? state_fits(&x, deed, at, &n) : STATE_NONE;
    if (fit > most) best = c, most = fit;
  }
  return best;
}

bool derive_says_done(const struct derive_writing *w, const struct derive_column *c) {
  struct states x = state_of(w);
  return state_deed(&x, c).n > 0;
}

// What was called off waits for nothing.
static struct str state_not_off(const struct states *x) {
  static const char *const off[] = {"cancelled", "canceled",    "void",   "voided",
                                    "withdrawn", "rejected",    "waived", "forgiven",
                                    "excused",   "written_off", NULL},
                           *const states[] = {"status", "state", "stage", "phase", NULL};
  for (size_t i = 0; i < x->w->shape->count; i++) {
    const struct derive_column *c = &x->w->shape->columns[i];
    struct derive_name name;
    struct buf out = BUF_MAX(1000);
    derive_split(c->name, x->arena, &name);
    if (c->type != TABLE_TEXT || !name.n || !state_is_one_of(name.words[name.n - 1], states)) continue;
    for (size_t k = 0; k < c->value_count; k++)
      if (state_is_one_of(c->values[k], off))
        buf_printf(&out, "%s'%.*s'", out.n ? ", " : "", STR_ARG(c->values[k]));
    struct str list = arena_dup(x->arena, buf_str(&out));
    buf_free(&out);
    if (list.n)
      return arena_printf(x->arena, " AND NOT coalesce(%.*s IN (%.*s), 0)", STR_ARG(state_sql(x, c)),
                          STR_ARG(list));
  }
  return STR_NONE;
}

static struct str state_undone(const struct states *x, const struct derive_column *c) {
  struct str sql = state_sql(x, c);
  if (c->type == TABLE_BOOLEAN) return arena_printf(x->arena, "coalesce(%.*s, 0) = 0", STR_ARG(sql));
  return arena_printf(x->arena, "(%.*s IS NULL%s%.*s%s)%.*s", STR_ARG(sql),
                      c->type == TABLE_TEXT ? " OR " : "", STR_ARG(c->type == TABLE_TEXT ? sql : STR_NONE),
                      c->type == TABLE_TEXT ? " = ''" : "", STR_ARG(state_not_off(x)));
}

// What begins a row is always there: "ordered" is near "received", and no row waits for being received.
static bool state_begins(const struct states *x, const struct state_done *done) {
  struct derive_name name;
  derive_split(done->column->name, x->arena, &name);
  for (size_t i = 0; i < name.n && done->fit == STATE_NEAR; i++)
    if (state_is_one_of(name.words[i], derive_role_begin)) return true;
  return false;
}

// A state of its own says it: "to_clean", of what has to be cleaned.
static bool state_is_to_do(const struct states *x, const struct state_done *done) {
  struct str stem = language_stem(done->deed, x->arena);
  for (size_t i = 0; i < x->w->shape->count; i++)
    for (size_t k = 0; k < x->w->shape->columns[i].value_count; k++) {
      struct derive_name name;
      derive_split(x->w->shape->columns[i].values[k], x->arena, &name);
      if (name.n == 2 && str_is(name.words[0], "to") && str_eq(language_stem(name.words[1], x->arena), stem))
        return true;
    }
  return false;
}

static void state_add_undone(struct states *x, size_t first, size_t end, const struct state_done *done) {
  if (state_begins(x, done) || state_is_to_do(x, done)) return;
  struct str said = language_is_done(done->deed) ? ARENA_JOIN(x->arena, STR("not "), done->deed)
                                                 : ARENA_JOIN(x->arena, STR("no "), done->deed);
  state_add(x, first, end, done->column, said, state_undone(x, done->column));
}

// ---- what is not yet so

// Between what waits and what it waits for: "for somebody to …", "to be …", "its …".
static bool state_is_between(const struct states *x, size_t at) {
  return state_at(x, at, LANGUAGE_PREPOSITION) || state_at(x, at, LANGUAGE_HELPER) ||
         state_at(x, at, LANGUAGE_DETERMINER) || state_at(x, at, LANGUAGE_SOMEBODY);
}

// "waiting for somebody to validate them", "awaiting validation", "still to be paid"
static void state_waits(struct states *x, size_t at) {
  size_t n = state_at(x, at, LANGUAGE_AWAITS);
  struct state_done done;
  for (size_t i = at + n; n && i <= at + n + STATE_BETWEEN_MOST && state_goes_on(x, at, i); i++) {
    if (state_find(x, i, &done)) return state_add_undone(x, at, i + done.n, &done);
    if (!state_is_between(x, i)) return;
  }
}

// "that nobody picked up", "has nobody given back yet": where the column has another name than the deed. One that is called
// so is told by the words around it.
static void state_denied(struct states *x, size_t at) {
  bool nobody = state_at(x, at, LANGUAGE_NOTHING) && !state_at(x, at, LANGUAGE_MISSING);
  size_t n = nobody ? 1 : state_at(x, at, LANGUAGE_NOT);
  struct state_done done;
  for (size_t i = at + n; n && i <= at + n + STATE_BETWEEN_MOST && state_goes_on(x, at, i); i++) {
    struct str low = x->words->items[i].low;
    if (derive_values_have(x->columns, low)) return; // how it stands, and no deed: "not open"
    if (state_find(x, i, &done)) {
      if (done.fit == STATE_NEAR && (nobody || language_is_done(low)))
        state_add_undone(x, at, i + done.n, &done);
      return;
    }
    bool small = state_at(x, i, LANGUAGE_HELPER) || state_at(x, i, LANGUAGE_YET);
    if (!small) return;
  }
}

// "unsolved", of what has a time when it was resolved.
static void state_undoes(struct states *x, size_t at) {
  struct str left = language_denied(x->words->items[at].low);
  struct word one = x->words->items[at];
  struct ask_words alone = {&one, 1};
  struct states y = *x;
  struct state_done done;
  if (!left.n || derive_values_have(x->columns, one.low)) return;
  one.low = one.text = one.whole = left;
  one.stem = language_stem(left, x->arena);
  y.words = &alone;
  if (!language_is_done(left) || !state_find(&y, 0, &done)) return;
  state_add_undone(x, at, at + 1, &done);
}

// "who still has", of what is to be given back.
static void state_kept(struct states *x, size_t at) {
  static const char *const back[] = {"returned", "back", "checkin", "return", NULL};
  size_t n = state_at(x, at, LANGUAGE_STILL_HAS);
  for (size_t i = 0; n && i < x->w->shape->count; i++) {
    const struct derive_column *c = &x->w->shape->columns[i];
    struct derive_name name;
    derive_split(c->name, x->arena, &name);
    if ((c->type != TABLE_TIME && c->type != TABLE_BOOLEAN) || !name.n ||
        !state_is_one_of(name.words[0], back))
      continue;
    state_add(x, at, at + n, c, STR("not returned"), state_undone(x, c));
    return;
  }
}

// The condition of rows whose state is called so; empty: there is none.
static struct str state_called(const struct states *x, const char *word) {
  for (size_t i = 0; i < x->w->shape->count; i++)
    for (size_t k = 0; k < x->w->shape->columns[i].value_count; k++)
      if (str_is(x->w->shape->columns[i].values[k], word))
        return arena_printf(x->arena, "%.*s = '%s'", STR_ARG(state_sql(x, &x->w->shape->columns[i])), word);
  return STR_NONE;
}

// "should have been paid long ago", "due back by now": it was due, and has not come.
static void state_overdue(struct states *x, size_t at) {
  size_t n = state_at(x, at, LANGUAGE_SHOULD), should = n, end = at;
  const struct derive_column *of = NULL;
  struct state_done done;
  for (size_t i = at + n; n && !of && i <= at + n + 2 && state_goes_on(x, at, i); i++) {
    if (state_find(x, i, &done))
      of = done.column, end = i + done.n;
    else if (!state_at(x, i, LANGUAGE_HELPER))
      break;
  }
  if (!should && (n = state_at(x, at, LANGUAGE_OVERDUE))) end = at + n;
  if (end == at) return;
  struct str past = state_called(x, "overdue");
  if (!past.n) past = derive_past(x->w);
  if (past.n) state_add(x, at, end, NULL, STR("overdue"), past);
}

// ---- a number and the one that it is held to

static const char *const state_least[] = {"min", "minimum", "reorder", "threshold", "safety", "least", NULL},
                         *const state_most[] = {"max",   "maximum", "limit",     "capacity", "budget",
                                                "quota", "cap",     "allowance", NULL},
                         *const state_stock[] = {"stock", "quantity",  "qty",   "units",
                                                 "left",  "available", "level", "remaining",
                                                 "count", "inventory", "hand",  NULL},
                         *const state_used[] = {"used",     "spent",    "usage",    "booked",
                                                "enrolled", "sold",     "spend",    "taken",
                                                "consumed", "reserved", "occupied", "filled",
                                                "actual",   "cost",     "balance",  NULL};

static bool state_name_has(const struct states *x, const struct derive_column *c, const char *const *list) {
  struct derive_name name;
  derive_split(c->name, x->arena, &name);
  for (size_t i = 0; i < name.n; i++)
    if (state_is_one_of(name.words[i], list)) return true;
  return false;
}

// "units_left" and "min_units" are of the same.
static bool state_shares(const struct states *x, const struct derive_column *a,
                         const struct derive_column *b) {
  struct derive_name one, other;
  derive_split(a->name, x->arena, &one);
  derive_split(b->name, x->arena, &other);
  for (size_t i = 0; i < one.n; i++)
    for (size_t k = 0; k < other.n; k++)
      if (str_eq(language_stem(one.words[i], x->arena), language_stem(other.words[k], x->arena))) return true;
  return false;
}

struct state_pair {
  const struct derive_column *amount, *bound;
};

// The bound, and the number that is of the same; else the one number that its name says to be held to it.
static bool state_pairs(const struct states *x, const char *const *bounds, const char *const *amounts,
                        struct state_pair *out) {
  *out = (struct state_pair){0};
  for (size_t i = 0; i < x->w->shape->count; i++) {
    const struct derive_column *b = &x->w->shape->columns[i];
    if (!derive_is_number(b) || !state_name_has(x, b, bounds)) continue;
    const struct derive_column *other = NULL, *same = NULL;
    size_t others = 0;
    for (size_t k = 0; k < x->w->shape->count; k++) {
      const struct derive_column *a = &x->w->shape->columns[k];
      if (a == b || !derive_is_number(a) || state_name_has(x, a, state_least) ||
          state_name_has(x, a, state_most))
        continue;
      if (!same && state_shares(x, a, b)) same = a;
      if (state_name_has(x, a, amounts)) other = a, others++;
    }
    if (same || others == 1) return *out = (struct state_pair){same ? same : other, b}, true;
  }
  return false;
}

static void state_add_held(struct states *x, size_t first, size_t end, const struct state_pair *p,
                           const char *sign, const char *said) {
  state_add(x, first, end, p->amount, str_of(said),
            arena_printf(x->arena, "%.*s %s %.*s", STR_ARG(state_sql(x, p->amount)), sign,
                         STR_ARG(state_sql(x, p->bound))));
}

// "over the budget", "beyond their credit limit": behind what says more, the name of the bound.
static size_t state_beyond(const struct states *x, size_t at, const struct derive_column *bound) {
  size_t n = state_at(x, at, LANGUAGE_BEYOND), end = 0;
  struct derive_name name;
  derive_split(bound->name, x->arena, &name);
  for (size_t i = at + n; n && i <= at + n + 2 && state_goes_on(x, at, i); i++) {
    bool named = false;
    for (size_t k = 0; k < name.n; k++)
      named = named || str_eq(language_stem(name.words[k], x->arena), x->words->items[i].stem);
    if (named)
      end = i + 1;
    else if (end || !state_at(x, i, LANGUAGE_DETERMINER))
      break;
  }
  return end;
}

// The first of the roles that stands there, and with how many words.
static enum language_role state_bound_at(const struct states *x, size_t at, size_t *n) {
  static const enum language_role roles[] = {LANGUAGE_SHORT, LANGUAGE_OVERDONE, LANGUAGE_FULL, LANGUAGE_ROOMY,
                                             LANGUAGE_BEYOND};
  for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
    if ((*n = state_at(x, at, roles[i]))) return roles[i];
  return LANGUAGE_ROLES;
}

static void state_held(struct states *x, size_t at) {
  struct state_pair p;
  size_t n;
  enum language_role role = state_bound_at(x, at, &n);
  bool least = role == LANGUAGE_SHORT;
  if (role == LANGUAGE_ROLES ||
      !state_pairs(x, least ? state_least : state_most, least ? state_stock : state_used, &p))
    return;
  size_t end = role == LANGUAGE_BEYOND ? state_beyond(x, at, p.bound) : at + n;
  if (!end) return;
  if (least)
    state_add_held(x, at, end, &p, "<", "below the least there should be");
  else if (role == LANGUAGE_FULL)
    state_add_held(x, at, end, &p, ">=", "full");
  else if (role == LANGUAGE_ROOMY)
    state_add_held(x, at, end, &p, "<", "not full");
  else
    state_add_held(x, at, end, &p, ">", "over the limit");
}

void derive_states(const struct derive_writing *w, yyjson_mut_val *thing) {
  struct states x = state_of(w);
  x.columns = yyjson_mut_obj_get(thing, "columns");
  x.conditions = yyjson_mut_obj_get(thing, "conditions");
  if (!x.conditions) derive_put(w, thing, STR("conditions"), x.conditions = yyjson_mut_arr(w->doc));
  for (size_t at = 0; at < x.words->n; at++) {
    state_waits(&x, at);
    state_denied(&x, at);
    state_undoes(&x, at);
    state_kept(&x, at);
    state_overdue(&x, at);
    state_held(&x, at);
  }
}
