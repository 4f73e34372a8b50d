// SPDX-License-Identifier: Apache-2.0
// What two columns say together, or one and the moment: late, overdue, expired, how long it took, how old it is, what is
// left. Which column begins, ends or is due, and which amounts are parts of which, is told by the words of their names.
#include "data/json.h"
#include "model/derive_writing.h"

enum {
  ROLE_SOON_DAYS = 30,
  ROLE_ALIKE = 5, // letters that two words of one deed have in common: "resolution", "resolved"
};

static const char *const role_begin[] = {
    "created",  "opened",  "started",   "start",     "starts",   "begin",      "begins",     "began",
    "issued",   "placed",  "ordered",   "reported",  "raised",   "occurred",   "booked",     "since",
    "borrowed", "checked", "submitted", "installed", "received", "request",    "registered", "built",
    "born",     "birth",   "made",      "hired",     "joined",   "signed",     "purchased",  "manufactured",
    "opening",  "lent",    "entered",   "requested", "queued",   "dispatched", NULL};
static const char *const role_end[] = {
    "closed",  "resolved",  "finished",   "completed",  "delivered", "returned",  "done",
    "ended",   "end",       "ends",       "paid",       "settled",   "fulfilled", "stopped",
    "solved",  "collected", "left",       "fixed",      "arrived",   "cancelled", "canceled",
    "checkin", "finish",    "resolution", "completion", "closing",   "released",  NULL};
static const char *const role_due[] = {"due",    "deadline", "promised", "next", "expected",
                                       "target", "planned",  "eta",      NULL};
static const char *const role_expires[] = {"expires", "expiry", "expire",  "expiration", "until",
                                           "valid",   "lapses", "renewal", "renews",     NULL};
// Of a state: it is over, and nothing more is due.
static const char *const role_over[] = {
    "closed",   "done",   "resolved",  "completed", "complete",      "finished",  "cancelled",
    "canceled", "paid",   "void",      "voided",    "returned",      "delivered", "archived",
    "retired",  "ended",  "refunded",  "rejected",  "solved",        "fulfilled", "collected",
    "settled",  "waived", "withdrawn", "draft",     "uncollectible", "waived",    NULL};

struct roles {
  const struct derive_writing *w;
  yyjson_mut_val *columns, *conditions;
  struct arena *arena;
  const struct derive_column *begin, *end, *due;
  bool expires;    // the one that is due is the end of something that is valid
  struct str over; // the condition of rows that are over by their state; empty: none says
};

static bool role_is_one_of(struct str w, const char *const *list) {
  for (; *list; list++)
    if (str_is(w, *list)) return true;
  return false;
}

bool derive_is_over(struct str value) {
  return role_is_one_of(value, role_over);
}

static bool role_has(const struct roles *x, const struct derive_column *c, const char *const *list) {
  struct derive_name name;
  derive_split(c->name, x->arena, &name);
  for (size_t i = 0; i < name.n; i++)
    if (role_is_one_of(name.words[i], list)) return true;
  return false;
}

// How many words of its name the question has.
static int role_said(const struct roles *x, const struct derive_column *c) {
  struct derive_name name;
  int n = 0;
  derive_split(c->name, x->arena, &name);
  for (size_t i = 0; i < name.n; i++)
    n += name.words[i].n > 2 && (derive_is_said(x->w, name.words[i]) ||
                                 map_get(x->w->stems, language_stem(name.words[i], x->arena)) != NULL);
  return n;
}

// The column of that role: of several, the one that the question speaks of, else the first.
static const struct derive_column *role_pick(const struct roles *x, const char *const *list) {
  const struct derive_column *best = NULL;
  int most = -1;
  for (size_t i = 0; i < x->w->shape->count; i++) {
    const struct derive_column *c = &x->w->shape->columns[i];
    if (c->type != TABLE_TIME || !role_has(x, c, list)) continue;
    int said = role_said(x, c);
    if (said > most) best = c, most = said;
  }
  return best;
}

static bool role_says(const struct roles *x, const char *const *words) {
  for (; *words; words++) {
    struct derive_name name;
    bool all = true;
    derive_split(str_of(*words), x->arena, &name);
    for (size_t i = 0; i < name.n; i++) all = all && derive_is_said(x->w, name.words[i]);
    if (all) return true;
  }
  return false;
}

static yyjson_mut_val *role_names(const struct roles *x, const char *const *words) {
  yyjson_mut_val *names = yyjson_mut_arr(x->w->doc);
  for (; *words; words++) yyjson_mut_arr_append(names, derive_text(x->w, str_of(*words)));
  return names;
}

static struct str role_sql(const struct roles *x, const struct derive_column *c) {
  return derive_column_sql(c, x->w->t->id, x->arena);
}

// ---- what is due

// A day that is not over is not past.
static bool role_is_day(const struct roles *x, const struct derive_column *c) {
  static const char *const ends[] = {"on", "date", "day", "until", NULL};
  struct derive_name name;
  derive_split(c->name, x->arena, &name);
  return !c->epoch && name.n && role_is_one_of(name.words[name.n - 1], ends);
}

static void role_condition(struct roles *x, const char *said, const char *const *names, struct str sql) {
  const struct derive_writing *w = x->w;
  if (derive_values_have(x->columns, str_of(names[0]))) return; // a state is called so
  yyjson_mut_val *one = yyjson_mut_arr_add_obj(w->doc, x->conditions);
  derive_put(w, one, STR("names"), role_names(x, names));
  derive_put(w, one, STR("said"), derive_text(w, str_of(said)));
  derive_put(w, one, STR("of"), derive_text(w, x->due->name));
  derive_put(w, one, STR("sql"), derive_text(w, sql));
}

// States that say that it is over.
static void role_find_over(struct roles *x) {
  struct buf out = BUF_MAX(2000);
  for (size_t i = 0; i < x->w->shape->count; i++) {
    const struct derive_column *c = &x->w->shape->columns[i];
    static const char *const states[] = {"status", "state", "stage", "phase", NULL};
    if (c->type != TABLE_TEXT || !role_has(x, c, states)) continue;
    size_t n = 0;
    for (size_t k = 0; k < c->value_count; k++) {
      if (!role_is_one_of(c->values[k], role_over)) continue;
      if (!n++) buf_printf(&out, "%.*s IN (", STR_ARG(role_sql(x, c)));
      buf_printf(&out, "%s'%.*s'", n > 1 ? ", " : "", STR_ARG(c->values[k]));
    }
    if (n) buf_add_char(&out, ')');
    if (n) break;
  }
  if (out.n) x->over = arena_dup(x->arena, buf_str(&out));
  buf_free(&out);
}

static void role_find(struct roles *x) {
  x->begin = role_pick(x, role_begin);
  x->end = role_pick(x, role_end);
  x->due = role_pick(x, role_due);
  const struct derive_column *expires = role_pick(x, role_expires);
  if (expires && (!x->due || role_said(x, expires) > role_said(x, x->due))) {
    x->due = expires;
    x->expires = !role_has(x, expires, role_due);
  }
  role_find_over(x);
}

// A day that is not over is not past.
static struct str role_past(const struct roles *x) {
  struct str now = role_is_day(x, x->due) ? STR("strftime('%Y-%m-%dT00:00:00.000Z', 'now')")
                                          : STR("strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"),
             end = x->end ? role_sql(x, x->end) : STR("NULL"),
             open = x->over.n ? arena_printf(x->arena, " AND NOT coalesce(%.*s, 0)", STR_ARG(x->over))
                              : STR_NONE;
  return arena_printf(x->arena, "%.*s IS NULL AND %.*s < %.*s%.*s", STR_ARG(end),
                      STR_ARG(role_sql(x, x->due)), STR_ARG(now), STR_ARG(open));
}

struct str derive_past(const struct derive_writing *w) {
  struct roles x = {.w = w, .arena = w->arena};
  role_find(&x);
  return x.due ? role_past(&x) : STR_NONE;
}

static void role_due_conditions(struct roles *x) {
  static const char *const overdue[] = {"overdue",     "past due", "past its due date", "past their due date",
                                        "out of date", NULL},
                           *const late[] = {"late",        "delayed", "missed", "too late", "behind schedule",
                                            "not on time", NULL},
                           *const on_time[] = {"on time", "in time", "punctual", "punctually", NULL},
                           *const expired[] = {"expired", "lapsed",          "run out",
                                               "overdue", "no longer valid", NULL},
                           *const soon[] = {"due soon",   "expiring soon", "soon due", "expire soon",
                                            "coming due", "run out soon",  "soon",     NULL};
  bool day = role_is_day(x, x->due);
  struct str due = role_sql(x, x->due),
             now = day ? STR("strftime('%Y-%m-%dT00:00:00.000Z', 'now')")
                       : STR("strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"),
             end = x->end ? role_sql(x, x->end) : STR("NULL"),
             open = x->over.n ? arena_printf(x->arena, " AND NOT coalesce(%.*s, 0)", STR_ARG(x->over))
                              : STR_NONE,
             past = role_past(x);
  struct str after =
      day ? arena_printf(x->arena, "substr(%.*s, 1, 10) > substr(%.*s, 1, 10)", STR_ARG(end), STR_ARG(due))
          : arena_printf(x->arena, "%.*s > %.*s", STR_ARG(end), STR_ARG(due));
  if (x->expires && role_says(x, expired)) role_condition(x, "expired", expired, past);
  if (!x->expires && role_says(x, overdue)) role_condition(x, "overdue", overdue, past);
  if (!x->expires && role_says(x, late))
    role_condition(x, "late", late,
                   x->end ? arena_printf(x->arena, "(%.*s OR (%.*s))", STR_ARG(after), STR_ARG(past)) : past);
  if (!x->expires && x->end && role_says(x, on_time))
    role_condition(x, "on time", on_time, arena_printf(x->arena, "NOT (%.*s)", STR_ARG(after)));
  if (role_says(x, soon))
    role_condition(x, "due within 30 days", soon,
                   arena_printf(x->arena,
                                "%.*s IS NULL AND %.*s >= %.*s AND %.*s < "
                                "strftime('%%Y-%%m-%%dT%%H:%%M:%%fZ', 'now', '+%d days')%.*s",
                                STR_ARG(end), STR_ARG(due), STR_ARG(now), STR_ARG(due), ROLE_SOON_DAYS,
                                STR_ARG(open)));
}

// "still open": what has no end yet.
static void role_open(struct roles *x) {
  static const char *const open[] = {"open", "still open", "ongoing", "unfinished", "pending", NULL};
  const struct derive_writing *w = x->w;
  struct str word = derive_plainly(x->end, x->arena), key = ARENA_JOIN(x->arena, word, STR("?"));
  yyjson_mut_val *column = yyjson_mut_obj(w->doc), *names = yyjson_mut_arr(w->doc);
  for (const char *const *n = open; *n; n++)
    if (!derive_values_have(x->columns, str_of(*n))) yyjson_mut_arr_append(names, derive_text(w, str_of(*n)));
  yyjson_mut_arr_append(names, derive_text(w, ARENA_JOIN(x->arena, STR("un"), word)));
  derive_put(w, column, STR("sql"),
             derive_text(w, arena_printf(x->arena, "(%.*s IS NOT NULL)", STR_ARG(role_sql(x, x->end)))));
  derive_put(w, column, STR("no"), names);
  derive_put(w, column, STR("hidden"), yyjson_mut_true(w->doc));
  derive_put(w, x->columns, key, column);
}

// ---- how long

struct role_unit {
  const char *name;
  int a_day;
};

// The unit that the question asks for.
static struct role_unit role_unit(const struct roles *x, bool days) {
  static const struct {
    const char *word;
    struct role_unit unit;
  } units[] = {{"minute", {"minutes", 1440}}, {"hour", {"hours", 24}}, {"day", {"days", 1}}};
  for (size_t i = 0; i < sizeof units / sizeof *units; i++)
    if (derive_is_said(x->w, str_of(units[i].word))) return units[i].unit;
  return days ? (struct role_unit){"days", 1} : (struct role_unit){"hours", 24};
}

static void role_measure(struct roles *x, const char *key, yyjson_mut_val *names, struct role_unit unit,
                         struct str from, struct str to) {
  const struct derive_writing *w = x->w;
  yyjson_mut_val *column = yyjson_mut_obj(w->doc);
  if (yyjson_mut_obj_get(x->columns, key)) return;
  derive_put(w, column, STR("sql"),
             derive_text(w, arena_printf(x->arena, "round((julianday(%.*s) - julianday(%.*s)) * %d, 2)",
                                         STR_ARG(to), STR_ARG(from), unit.a_day)));
  derive_put(w, column, STR("names"), names);
  derive_put(w, column, STR("kind"), derive_text(w, STR("gauge")));
  derive_put(w, column, STR("unit"), derive_text(w, str_of(unit.name)));
  derive_put(w, x->columns, str_of(key), column);
}

// Has a row a number that says how long it took already?
static bool role_lasts(const struct roles *x) {
  static const char *const words[] = {"duration", "minutes", "seconds", "hours",
                                      "elapsed",  "length",  "ms",      NULL};
  for (size_t i = 0; i < x->w->shape->count; i++)
    if (derive_is_number(&x->w->shape->columns[i]) && role_has(x, &x->w->shape->columns[i], words))
      return true;
  return false;
}

// "resolution time", "time to resolve", of what was resolved: the question's own word; NULL: it has none.
static yyjson_mut_val *role_time_of(const struct roles *x, struct str word) {
  struct map_slot *slot;
  if (!derive_is_said(x->w, STR("time"))) return NULL;
  for (size_t i = 0; word.n >= ROLE_ALIKE && (slot = map_next(x->w->said, &i));)
    if (slot->key.n >= ROLE_ALIKE && str_eq(str_make(slot->key.p, ROLE_ALIKE), str_make(word.p, ROLE_ALIKE)))
      return derive_text(x->w, ARENA_JOIN(x->arena, slot->key, STR(" time")));
  return NULL;
}

static void role_duration(struct roles *x) {
  static const char *const said[] = {"long",    "longest",  "longer",   "take",    "takes", "took",
                                     "taken",   "duration", "shortest", "lasted",  "kept",  "quick",
                                     "quickly", "fast",     "fastest",  "slowest", NULL},
                           *const always[] = {"duration", "long",  "time taken", "take", "takes",
                                              "took",     "taken", "lasted",     NULL};
  if (!x->begin || !x->end || x->begin == x->end) return;
  struct str word = derive_plainly(x->end, x->arena);
  yyjson_mut_val *named = role_time_of(x, word);
  if (!named && (!role_says(x, said) || role_lasts(x))) return;
  yyjson_mut_val *names = role_names(x, always);
  for (size_t i = 0; said[i]; i++)
    if (derive_is_said(x->w, str_of(said[i])))
      yyjson_mut_arr_append(names, derive_text(x->w, str_of(said[i])));
  if (named) yyjson_mut_arr_append(names, named);
  yyjson_mut_arr_append(names, derive_text(x->w, ARENA_JOIN(x->arena, word, STR(" time"))));
  yyjson_mut_arr_append(names, derive_text(x->w, ARENA_JOIN(x->arena, STR("time to "), word)));
  yyjson_mut_arr_append(names, derive_text(x->w, ARENA_JOIN(x->arena, STR("time until "), word)));
  role_measure(x, "duration", names, role_unit(x, role_is_day(x, x->end)), role_sql(x, x->begin),
               role_sql(x, x->end));
}

static struct str role_last_word(struct str noun) {
  size_t at = noun.n;
  while (at && noun.p[at - 1] != ' ') at--;
  return str_from(noun, at);
}

static void role_age(struct roles *x) {
  static const char *const age[] = {"age", "old", "older", NULL}, *const left[] = {"left", "remaining", NULL};
  struct str noun = role_last_word(x->w->t->noun); // nobody's age is that of a ticket
  bool named = derive_is_said(x->w, noun) || derive_is_said(x->w, x->w->t->last);
  if (x->begin && named && role_says(x, age) && !derive_calls(x->columns, STR("age")))
    role_measure(x, "age", role_names(x, age), role_unit(x, true), role_sql(x, x->begin), STR("'now'"));
  if (x->due && role_says(x, left) && !derive_calls(x->columns, STR("remaining")))
    role_measure(x, "remaining", role_names(x, left), role_unit(x, true), STR("'now'"), role_sql(x, x->due));
}

// ---- two numbers

// Of several the one with the word that comes first in the list.
static const struct derive_column *role_number(const struct roles *x, const char *const *list,
                                               const struct derive_column *but) {
  for (; *list; list++)
    for (size_t i = 0; i < x->w->shape->count; i++) {
      const struct derive_column *c = &x->w->shape->columns[i];
      const char *const one[] = {*list, NULL};
      if (c != but && derive_is_number(c) && role_has(x, c, one)) return c;
    }
  return NULL;
}

static struct str role_unit_of(const struct roles *x, const struct derive_column *c) {
  size_t n;
  yyjson_mut_val *column = yyjson_mut_obj_getn(x->columns, c->name.p, c->name.n),
                 *unit = yyjson_mut_obj_get(column, "unit");
  n = unit ? yyjson_mut_get_len(unit) : 0;
  return n ? str_make(yyjson_mut_get_str(unit), n) : STR_NONE;
}

static void role_amount(struct roles *x, const char *key, const char *const *names,
                        const struct derive_column *of, struct str sql) {
  const struct derive_writing *w = x->w;
  yyjson_mut_val *column = yyjson_mut_obj(w->doc);
  struct str unit = role_unit_of(x, of);
  if (!role_says(x, names) || derive_calls(x->columns, str_of(key)) ||
      derive_values_have(x->columns, str_of(key)))
    return;
  derive_put(w, column, STR("sql"), derive_text(w, sql));
  derive_put(w, column, STR("names"), role_names(x, names));
  derive_put(w, column, STR("kind"), derive_text(w, STR("gauge")));
  if (unit.n) derive_put(w, column, STR("unit"), derive_text(w, unit));
  derive_put(w, x->columns, str_of(key), column);
}

static void role_difference(struct roles *x, const char *key, const char *const *names,
                            const struct derive_column *whole, const struct derive_column *part) {
  role_amount(x, key, names, whole,
              arena_printf(x->arena, "(%.*s - coalesce(%.*s, 0))", STR_ARG(role_sql(x, whole)),
                           STR_ARG(role_sql(x, part))));
}

// Where a state says what was paid: what was not is owed whole.
static void role_owed_by_state(struct roles *x, const char *const *names,
                               const struct derive_column *amount) {
  bool told = str_contains(x->over, STR("'paid'")) || str_contains(x->over, STR("'settled'"));
  if (!told || !amount) return;
  role_amount(x, "outstanding", names, amount,
              arena_printf(x->arena, "CASE WHEN %.*s THEN 0 ELSE %.*s END", STR_ARG(x->over),
                           STR_ARG(role_sql(x, amount))));
}

// A hundred times the sum of the one over that of the other.
static void role_ratio(struct roles *x, struct str key, yyjson_mut_val *names,
                       const struct derive_column *whole, const struct derive_column *part) {
  const struct derive_writing *w = x->w;
  yyjson_mut_val *column = yyjson_mut_obj(w->doc);
  derive_put(w, column, STR("sql"),
             derive_text(w, arena_printf(x->arena, "round(100.0 * %.*s / nullif(%.*s, 0), 2)",
                                         STR_ARG(role_sql(x, part)), STR_ARG(role_sql(x, whole)))));
  derive_put(w, column, STR("part"), derive_text(w, role_sql(x, part)));
  derive_put(w, column, STR("whole"), derive_text(w, role_sql(x, whole)));
  derive_put(w, column, STR("names"), names);
  derive_put(w, column, STR("kind"), derive_text(w, STR("ratio")));
  derive_put(w, column, STR("unit"), derive_text(w, STR("percent")));
  derive_put(w, x->columns, key, column);
}

// "on-time rate", where a row has how many were on time and one other number, of how many.
static void role_rate(struct roles *x) {
  static const char *const rates[] = {"rate", "percentage", "share", "proportion", "percent", NULL};
  const struct derive_column *part = NULL, *whole = NULL;
  size_t numbers = 0;
  if (!role_says(x, rates)) return;
  for (size_t i = 0; i < x->w->shape->count; i++) {
    const struct derive_column *c = &x->w->shape->columns[i];
    if (!derive_is_number(c)) continue;
    numbers++;
    struct derive_name name;
    derive_split(c->name, x->arena, &name);
    bool said = name.n > 0;
    for (size_t k = 0; k < name.n; k++) said = said && derive_is_said(x->w, name.words[k]);
    if (said && !part)
      part = c;
    else
      whole = c;
  }
  if (numbers != 2 || !part || !whole || part->type != TABLE_INTEGER || whole->type != TABLE_INTEGER) return;
  yyjson_mut_val *names = yyjson_mut_arr(x->w->doc);
  struct derive_name name;
  derive_split(part->name, x->arena, &name);
  struct str word = derive_join(&name, 0, name.n, " ", x->arena);
  for (const char *const *r = rates; *r; r++) {
    yyjson_mut_arr_append(names, derive_text(x->w, ARENA_JOIN(x->arena, word, STR(" "), str_of(*r))));
    yyjson_mut_arr_append(names, derive_text(x->w, ARENA_JOIN(x->arena, str_of(*r), STR(" "), word)));
    yyjson_mut_arr_append(names, derive_text(x->w, ARENA_JOIN(x->arena, str_of(*r), STR(" of "), word)));
  }
  role_ratio(x, ARENA_JOIN(x->arena, word, STR(" rate")), names, whole, part);
}

static void role_amounts(struct roles *x) {
  static const char
      *const amount[] = {"total", "amount", "sum", "price", "gross", "fee", NULL},
             *const paid[] = {"paid", "received", "settled", NULL}, *const owed[] = {"outstanding", "owed",
                                                                                     "owing",       "owe",
                                                                                     "unpaid",      "balance",
                                                                                     "still open",  NULL},
             *const capacity[] = {"capacity", "limit", "quota", "max", "maximum", "total", "size", NULL},
             *const used[] = {"used",   "usage",    "occupied", "taken", "reserved",
                              "booked", "consumed", "filled",   NULL},
             *const room[] = {"free", "spare", "room left", "remaining", "unused", "vacant", NULL},
             *const full[] = {"utilisation", "utilization", "occupancy", "full", "fullest", NULL};
  const struct derive_column *of = role_number(x, paid, NULL), *all = of ? role_number(x, amount, of) : NULL,
                             *in = role_number(x, used, NULL),
                             *most = in ? role_number(x, capacity, in) : NULL;
  if (of && all) role_difference(x, "outstanding", owed, all, of);
  if (!of) role_owed_by_state(x, owed, role_number(x, amount, NULL));
  if (in && most) role_difference(x, "free", room, most, in);
  if (in && most && role_says(x, full)) role_ratio(x, STR("utilisation"), role_names(x, full), most, in);
}

void derive_roles(const struct derive_writing *w, yyjson_mut_val *thing) {
  struct roles x = {.w = w, .columns = yyjson_mut_obj_get(thing, "columns"), .arena = w->arena};
  role_find(&x);
  x.conditions = yyjson_mut_obj_get(thing, "conditions");
  if (!x.conditions) derive_put(w, thing, STR("conditions"), x.conditions = yyjson_mut_arr(w->doc));
  if (x.due) role_due_conditions(&x);
  if (x.end && !derive_values_have(x.columns, STR("open"))) role_open(&x);
  role_duration(&x);
  role_age(&x);
  role_amounts(&x);
  role_rate(&x);
}
