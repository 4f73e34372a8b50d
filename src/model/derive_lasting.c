// SPDX-License-Identifier: Apache-2.0
// How long something took, from one time of a row to another, how old it is, how long it is until it is due. Between which
// two, the question says by what was done ("from the arrival until it is reported"), or the names of the columns do.
#include "data/json.h"
#include "model/derive_role.h"

enum {
  ROLE_ALIKE = 5,     // letters that two words of one deed have in common: "resolution", "resolved"
  ROLE_SIDE_MOST = 4, // words from "until" to what was done
};

struct role_unit {
  const char *name, *of_days; // of_days: what makes it of days, in SQL
};

static const struct role_unit role_years = {"years", "/ 365.2425"};

// The unit that the question asks for.
static struct role_unit role_unit(const struct roles *x, struct role_unit otherwise) {
  static const struct {
    const char *word;
    struct role_unit unit;
  } units[] = {{"minute", {"minutes", "* 1440"}},
               {"hour", {"hours", "* 24"}},
               {"day", {"days", "* 1"}},
               {"year", {"years", "/ 365.2425"}}};
  for (size_t i = 0; i < sizeof units / sizeof *units; i++)
    if (derive_is_said(x->w, str_of(units[i].word))) return units[i].unit;
  return otherwise;
}

static struct role_unit role_short(const struct roles *x, bool days) {
  return role_unit(x, days ? (struct role_unit){"days", "* 1"} : (struct role_unit){"hours", "* 24"});
}

static void role_put(struct roles *x, const char *key, yyjson_mut_val *names, const char *unit,
                     struct str sql, struct str note) {
  const struct derive_writing *w = x->w;
  yyjson_mut_val *column = yyjson_mut_obj(w->doc);
  if (yyjson_mut_obj_get(x->columns, key)) return;
  derive_put(w, column, STR("sql"), derive_text(w, sql));
  derive_put(w, column, STR("names"), names);
  derive_put(w, column, STR("kind"), derive_text(w, STR("gauge")));
  derive_put(w, column, STR("unit"), derive_text(w, str_of(unit)));
  if (note.n) derive_put(w, column, STR("note"), derive_text(w, note));
  derive_put(w, x->columns, str_of(key), column);
}

static void role_measure(struct roles *x, const char *key, yyjson_mut_val *names, struct role_unit unit,
                         struct str from, struct str to, struct str note) {
  role_put(x, key, names, unit.name,
           arena_printf(x->arena, "round((julianday(%.*s) - julianday(%.*s)) %s, 2)", STR_ARG(to),
                        STR_ARG(from), unit.of_days),
           note);
}

// Has a row a number that says how long it took already?
static bool role_lasts(const struct roles *x) {
  static const char *const words[] = {"duration", "minutes", "seconds", "hours",
                                      "elapsed",  "length",  "ms",      NULL};
  for (size_t i = 0; i < x->w->shape->count; i++)
    if (derive_is_number(&x->w->shape->columns[i]) && derive_role_has(x, &x->w->shape->columns[i], words))
      return true;
  return false;
}

// "resolution time", "time to resolve", of what was resolved: the question's own word; NULL: it has none.
static yyjson_mut_val *role_time_of(const struct roles *x, struct str word) {
  struct map_slot *slot;
  if (!derive_is_said(x->w, STR("time"))) return NULL;
  for (size_t i = 0; word.n >= ROLE_ALIKE && (slot = map_next(x->w->said, &i));)
    if (slot->key.n >= ROLE_ALIKE &&
        (str_eq(str_make(slot->key.p, ROLE_ALIKE), str_make(word.p, ROLE_ALIKE)) ||
         str_eq(language_stem(slot->key, x->arena), language_stem(word, x->arena))))
      return derive_text(x->w, ARENA_JOIN(x->arena, slot->key, STR(" time")));
  return NULL;
}

// "How long until we reply?": the end is what the question says was done, be it called an end or not.
static const struct derive_column *role_said_end(const struct roles *x) {
  for (size_t i = 0; i < x->w->shape->count; i++) {
    const struct derive_column *c = &x->w->shape->columns[i];
    struct str word = derive_plainly(c, x->arena);
    if (c->type == TABLE_TIME && str_ends(word, "ed") && !derive_role_has(x, c, derive_role_begin) &&
        derive_role_said(x, c))
      return c;
  }
  return NULL;
}

static const struct derive_column *role_begin_but(const struct roles *x, const struct derive_column *end) {
  for (size_t i = 0; i < x->w->shape->count; i++) {
    const struct derive_column *c = &x->w->shape->columns[i];
    if (c != end && c->type == TABLE_TIME && derive_role_has(x, c, derive_role_begin)) return c;
  }
  return NULL;
}

// ---- between which two

struct role_pair {
  const struct derive_column *begin, *end;
  bool said; // by the question, both
};

static size_t role_at(const struct roles *x, size_t at, enum language_role role) {
  return language_at(language_find(STR("en")), &x->w->taking->q->words, at, role, NULL);
}

// "from the sample's arrival until it is reported": behind which word a deed stands.
static void role_find_sides(const struct roles *x, struct role_pair *out) {
  const struct ask_words *words = &x->w->taking->q->words;
  for (size_t at = 0; at < words->n; at++) {
    bool from = role_at(x, at, LANGUAGE_FROM), until = !from && role_at(x, at, LANGUAGE_UNTIL);
    const struct derive_column *c = NULL;
    for (size_t i = at + 1; (from || until) && !c && i <= at + ROLE_SIDE_MOST && i < words->n; i++) {
      if (words->items[i - 1].end || role_at(x, i, LANGUAGE_FROM) || role_at(x, i, LANGUAGE_UNTIL)) break;
      c = derive_told_at(x->w, i, TABLE_TIME);
    }
    if (c && from && !out->begin) out->begin = c;
    if (c && until && !out->end) out->end = c;
  }
  out->said = out->begin && out->end && out->begin != out->end;
}

// What changes all the time ends nothing.
static bool role_ends(const struct roles *x, const struct derive_column *c) {
  static const char *const often[] = {"updated", "modified", "changed", "edited", "seen",
                                      "last",    "synced",   "viewed",  "due",    NULL};
  return c->type == TABLE_TIME && derive_says_done(x->w, c) && !derive_role_has(x, c, often);
}

static const struct derive_column *role_last_end(const struct roles *x, const struct derive_column *begin) {
  for (size_t i = x->w->shape->count; i-- > 0;) {
    const struct derive_column *c = &x->w->shape->columns[i];
    if (c == begin) return NULL;
    if (role_ends(x, c)) return c;
  }
  return NULL;
}

// What the question does not say, the names of the columns do; an end that stands before the beginning is none.
static struct role_pair role_between(const struct roles *x) {
  struct role_pair p = {0};
  role_find_sides(x, &p);
  if (p.said) return p;
  const struct derive_column *said = role_said_end(x);
  if (!p.end) p.end = said ? said : x->end;
  if (!p.begin) p.begin = x->begin;
  if (p.end && p.end == p.begin) p.begin = role_begin_but(x, p.end);
  if (p.begin && !said && (!p.end || p.end < p.begin)) p.end = role_last_end(x, p.begin);
  return p;
}

// The nouns and adverbs of the question for how long it takes: "turnaround", "quicker".
static bool role_names_span(const struct roles *x, yyjson_mut_val *names) {
  const struct ask_words *words = &x->w->taking->q->words;
  bool any = false;
  for (size_t at = 0; at < words->n; at++) {
    size_t n = role_at(x, at, LANGUAGE_LASTING);
    struct str said = STR_NONE;
    for (size_t i = at; i < at + n; i++)
      said = ARENA_JOIN(x->arena, said, said.n ? STR(" ") : STR_NONE, words->items[i].low);
    if (!n || derive_calls(x->columns, said)) continue;
    yyjson_mut_arr_append(names, derive_text(x->w, said));
    any = true;
  }
  return any;
}

static void role_duration(struct roles *x) {
  static const char *const said[] = {"long",    "longest",  "longer",   "take",    "takes",  "took",
                                     "taken",   "duration", "shortest", "lasted",  "kept",   "quick",
                                     "quickly", "fast",     "fastest",  "slowest", "length", NULL},
                           *const always[] = {"duration", "long",  "time taken", "take", "takes",
                                              "took",     "taken", "lasted",     NULL};
  yyjson_mut_val *names = derive_role_names(x, always);
  bool span = role_names_span(x, names), asked = span || derive_role_says(x, said);
  if (!asked && !derive_is_said(x->w, STR("time"))) return;
  struct role_pair p = role_between(x);
  if (!p.begin || !p.end) return;
  struct str word = derive_plainly(p.end, x->arena);
  yyjson_mut_val *named = role_time_of(x, word);
  bool until = role_said_end(x);
  if (!named && !p.said && (!asked || (role_lasts(x) && !until))) return;
  for (size_t i = 0; said[i]; i++)
    if (derive_is_said(x->w, str_of(said[i])))
      yyjson_mut_arr_append(names, derive_text(x->w, str_of(said[i])));
  if (named) yyjson_mut_arr_append(names, named);
  if (p.said) yyjson_mut_arr_append(names, derive_text(x->w, STR("time")));
  if (until) { // and no number of the row that lasts otherwise
    yyjson_mut_arr_append(names, derive_text(x->w, STR("long until")));
    yyjson_mut_arr_append(names, derive_text(x->w, STR("long before")));
  }
  yyjson_mut_arr_append(names, derive_text(x->w, ARENA_JOIN(x->arena, word, STR(" time"))));
  yyjson_mut_arr_append(names, derive_text(x->w, ARENA_JOIN(x->arena, STR("time to "), word)));
  yyjson_mut_arr_append(names, derive_text(x->w, ARENA_JOIN(x->arena, STR("time until "), word)));
  struct str note = span || p.said ? arena_printf(x->arena, "The time from %.*s to %.*s.",
                                                  STR_ARG(p.begin->name), STR_ARG(p.end->name))
                                   : STR_NONE;
  role_measure(x, "duration", names, role_short(x, derive_role_is_day(x, p.end)), derive_role_sql(x, p.begin),
               derive_role_sql(x, p.end), note);
}

// "How many days ahead do people book?": from what was done to what begins later.
static void role_ahead_of(struct roles *x) {
  static const char *const ahead[] = {"ahead", "in advance", "beforehand", "lead time", NULL},
                           *const starts[] = {"arrival", "start",   "starts", "begin",     "begins",
                                              "checkin", "departs", "event",  "scheduled", NULL};
  const struct derive_column *later = derive_role_pick(x, starts);
  if (!x->begin || !later || later == x->begin || !derive_role_says(x, ahead)) return;
  role_measure(x, "ahead", derive_role_names(x, ahead), role_short(x, true), derive_role_sql(x, x->begin),
               derive_role_sql(x, later), STR_NONE);
}

static struct str role_last_word(struct str noun) {
  size_t at = noun.n;
  while (at && noun.p[at - 1] != ' ') at--;
  return str_from(noun, at);
}

static const char *const role_born[] = {"birth", "born", "dob", "birthday", "birthdate", NULL},
                         *const role_joined[] = {"hired",   "joined",      "employed", "founded",
                                                 "since",   "established", "built",    "started",
                                                 "engaged", "appointed",   NULL};

// "patient__birth_year"
static const struct derive_column *role_birth_year(const struct roles *x) {
  static const char *const year[] = {"year", NULL};
  for (size_t i = 0; i < x->w->shape->count; i++) {
    const struct derive_column *c = &x->w->shape->columns[i];
    if (derive_is_number(c) && derive_role_has(x, c, role_born) && derive_role_has(x, c, year)) return c;
  }
  return NULL;
}

static void role_age(struct roles *x) {
  static const char *const age[] = {"age", "old", "older", "younger", NULL};
  struct str noun = role_last_word(x->w->t->noun); // nobody's age is that of a ticket
  const struct derive_column *born = derive_role_pick(x, role_born), *begin = born ? born : x->begin,
                             *year = born ? NULL : role_birth_year(x);
  bool named = derive_is_said(x->w, noun) || derive_is_said(x->w, x->w->t->last);
  if (!derive_role_says(x, age) || derive_calls(x->columns, STR("age"))) return;
  if (year)
    role_put(x, "age", derive_role_names(x, age), "years",
             arena_printf(x->arena, "(CAST(strftime('%%Y', 'now') AS INTEGER) - %.*s)",
                          STR_ARG(derive_role_sql(x, year))),
             arena_printf(x->arena, "Ages are of this year's end, from %.*s.", STR_ARG(year->name)));
  else if (begin && (named || born))
    role_measure(x, "age", derive_role_names(x, age), born ? role_unit(x, role_years) : role_short(x, true),
                 derive_role_sql(x, begin), STR("'now'"), STR_NONE);
}

static void role_left(struct roles *x) {
  static const char *const left[] = {"left",       "remaining",   "long until", "time until",
                                     "days until", "weeks until", NULL};
  if (x->due && derive_role_says(x, left) && !derive_calls(x->columns, STR("remaining")))
    role_measure(x, "remaining", derive_role_names(x, left), role_short(x, true), STR("'now'"),
                 derive_role_sql(x, x->due), STR_NONE);
}

// Does the question ask for a length of time? "How many people work for us" asks for none.
static bool role_asks_length(const struct roles *x) {
  static const char *const lengths[] = {"long", "longest", "longer", "short", "shortest", "shorter"};
  const struct ask_words *words = &x->w->taking->q->words;
  for (size_t at = 0; at < words->n; at++) {
    if (role_at(x, at, LANGUAGE_UNIT)) return true;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
      if (str_is(words->items[at].low, lengths[i])) return true;
  }
  return false;
}

// "Been teaching here", "been with us", "tenure": since when, of who is still there.
static void role_tenure(struct roles *x) {
  static const char *const left[] = {"left", "ended", "end", "until", "leaving", "terminated", NULL};
  const struct ask_words *words = &x->w->taking->q->words;
  const struct derive_column *begin = derive_role_pick(x, role_joined), *end = derive_role_pick(x, left);
  yyjson_mut_val *names = yyjson_mut_arr(x->w->doc);
  bool length = role_asks_length(x);
  for (size_t at = 0; begin && at < words->n; at++) {
    size_t n = role_at(x, at, LANGUAGE_TENURE), more = 0;
    if (!n && length) n = role_at(x, at, LANGUAGE_SERVE);
    if (n && at + n + 1 < words->n && str_ends(words->items[at + n].low, "ing"))
      more = 1; // "been teaching here"
    bool here = n && at + n + more < words->n && role_at(x, at + n + more, LANGUAGE_HERE);
    if (here) n += more + role_at(x, at + n + more, LANGUAGE_HERE);
    if (!n || (!here && str_is(words->items[at].low, "been"))) continue;
    struct str said = STR_NONE;
    for (size_t i = at; i < at + n; i++)
      said = ARENA_JOIN(x->arena, said, said.n ? STR(" ") : STR_NONE, words->items[i].low);
    yyjson_mut_arr_append(names, derive_text(x->w, said));
  }
  if (!yyjson_mut_arr_size(names)) return;
  struct str from = derive_role_sql(x, begin);
  if (end && end != begin)
    from = arena_printf(x->arena, "CASE WHEN %.*s IS NULL THEN %.*s END", STR_ARG(derive_role_sql(x, end)),
                        STR_ARG(from));
  role_measure(x, "tenure", names, role_unit(x, role_years), from, STR("'now'"),
               arena_printf(x->arena, "The time since %.*s%s.", STR_ARG(begin->name),
                            end && end != begin ? ", of those who are still there" : ""));
}

// "Average delay", "how late": from when it was due to when it came.
static void role_delay(struct roles *x) {
  static const char *const delay[] = {"delay", "how late", "lateness", NULL};
  if (!x->due || !x->end || x->due == x->end || x->expires || !derive_role_says(x, delay) ||
      derive_calls(x->columns, STR("delay")))
    return;
  role_measure(
      x, "delay", derive_role_names(x, delay), role_short(x, derive_role_is_day(x, x->due)),
      derive_role_sql(x, x->due), derive_role_sql(x, x->end),
      arena_printf(x->arena, "The time from %.*s to %.*s.", STR_ARG(x->due->name), STR_ARG(x->end->name)));
}

void derive_lasting(struct roles *x) {
  role_duration(x);
  role_ahead_of(x);
  role_age(x);
  role_left(x);
  role_tenure(x);
  role_delay(x);
}
