// SPDX-License-Identifier: Apache-2.0
// What two columns say together, or one and the moment: late, overdue, expired, how long it took, how old it is, what is
// left. Which column begins, ends or is due, and which amounts are parts of which, is told by the words of their names.
#include "model/derive_role.h"
#include "data/json.h"
#include "model/model.h"

enum { ROLE_SOON_DAYS = 30 };

const char *const derive_role_begin[] = {
    "created",   "opened",     "started",    "start",        "starts",    "begin",     "begins",
    "began",     "issued",     "placed",     "ordered",      "reported",  "raised",    "occurred",
    "booked",    "since",      "borrowed",   "checked",      "submitted", "installed", "received",
    "request",   "registered", "built",      "born",         "birth",     "made",      "hired",
    "joined",    "signed",     "purchased",  "manufactured", "opening",   "lent",      "entered",
    "requested", "queued",     "dispatched", "sent",         "posted",    "published", NULL};
const char *const derive_role_end[] = {
    "closed",     "resolved", "finished", "completed", "delivered", "returned", "done",   "ended",
    "end",        "ends",     "paid",     "settled",   "fulfilled", "stopped",  "solved", "collected",
    "left",       "fixed",    "arrived",  "cancelled", "canceled",  "checkin",  "finish", "resolution",
    "completion", "closing",  "released", "cleared",   "answered",  "replied",  NULL};
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

static bool role_is_one_of(struct str w, const char *const *list) {
  for (; *list; list++)
    if (str_is(w, *list)) return true;
  return false;
}

bool derive_is_over(struct str value) {
  return role_is_one_of(value, role_over);
}

bool derive_role_has(const struct roles *x, const struct derive_column *c, const char *const *list) {
  struct derive_name name;
  derive_split(c->name, x->arena, &name);
  for (size_t i = 0; i < name.n; i++)
    if (role_is_one_of(name.words[i], list)) return true;
  return false;
}

// How many words of its name the question has.
int derive_role_said(const struct roles *x, const struct derive_column *c) {
  struct derive_name name;
  int n = 0;
  derive_split(c->name, x->arena, &name);
  for (size_t i = 0; i < name.n; i++)
    n += name.words[i].n > 2 && (derive_is_said(x->w, name.words[i]) ||
                                 map_get(x->w->stems, language_stem(name.words[i], x->arena)) != NULL);
  return n;
}

// The column of that role: of several, the one that the question speaks of, else the first.
const struct derive_column *derive_role_pick(const struct roles *x, const char *const *list) {
  const struct derive_column *best = NULL;
  int most = -1;
  for (size_t i = 0; i < x->w->shape->count; i++) {
    const struct derive_column *c = &x->w->shape->columns[i];
    if (c->type != TABLE_TIME || !derive_role_has(x, c, list)) continue;
    int said = derive_role_said(x, c);
    if (said > most) best = c, most = said;
  }
  return best;
}

bool derive_role_says(const struct roles *x, const char *const *words) {
  for (; *words; words++) {
    struct derive_name name;
    bool all = true;
    derive_split(str_of(*words), x->arena, &name);
    for (size_t i = 0; i < name.n; i++) all = all && derive_is_said(x->w, name.words[i]);
    if (all) return true;
  }
  return false;
}

yyjson_mut_val *derive_role_names(const struct roles *x, const char *const *words) {
  yyjson_mut_val *names = yyjson_mut_arr(x->w->doc);
  for (; *words; words++) yyjson_mut_arr_append(names, derive_text(x->w, str_of(*words)));
  return names;
}

struct str derive_role_sql(const struct roles *x, const struct derive_column *c) {
  return derive_column_sql(c, x->w->t->id, x->arena);
}

// ---- what is due

// A day that is not over is not past.
bool derive_role_is_day(const struct roles *x, const struct derive_column *c) {
  static const char *const ends[] = {"on", "date", "day", "until", NULL};
  struct derive_name name;
  derive_split(c->name, x->arena, &name);
  return !c->epoch && name.n && role_is_one_of(name.words[name.n - 1], ends);
}

static void role_condition(struct roles *x, const struct derive_column *of, const char *const *names,
                           struct str sql) {
  const struct derive_writing *w = x->w;
  if (derive_values_have(x->columns, str_of(names[0]))) return; // a state is called so
  yyjson_mut_val *one = yyjson_mut_arr_add_obj(w->doc, x->conditions);
  derive_put(w, one, STR("names"), derive_role_names(x, names));
  derive_put(w, one, STR("said"), derive_text(w, str_of(names[0])));
  derive_put(w, one, STR("of"), derive_text(w, of->name));
  derive_put(w, one, STR("sql"), derive_text(w, sql));
}

// States that say that it is over.
static void role_find_over(struct roles *x) {
  struct buf out = BUF_MAX(2000);
  for (size_t i = 0; i < x->w->shape->count; i++) {
    const struct derive_column *c = &x->w->shape->columns[i];
    static const char *const states[] = {"status", "state", "stage", "phase", NULL};
    if (c->type != TABLE_TEXT || !derive_role_has(x, c, states)) continue;
    size_t n = 0;
    for (size_t k = 0; k < c->value_count; k++) {
      if (!role_is_one_of(c->values[k], role_over)) continue;
      if (!n++) buf_printf(&out, "%.*s IN (", STR_ARG(derive_role_sql(x, c)));
      buf_printf(&out, "%s'%.*s'", n > 1 ? ", " : "", STR_ARG(c->values[k]));
    }
    if (n) buf_add_char(&out, ')');
    if (n) break;
  }
  if (out.n) x->over = arena_dup(x->arena, buf_str(&out));
  buf_free(&out);
}

static void role_find(struct roles *x) {
  x->begin = derive_role_pick(x, derive_role_begin);
  x->end = derive_role_pick(x, derive_role_end);
  x->due = derive_role_pick(x, role_due);
  const struct derive_column *expires = derive_role_pick(x, role_expires);
  if (expires && (!x->due || derive_role_said(x, expires) > derive_role_said(x, x->due))) {
    x->due = expires;
    x->expires = !derive_role_has(x, expires, role_due);
  }
  role_find_over(x);
}

// A day that is not over is not past.
static struct str role_past(const struct roles *x) {
  struct str now = derive_role_is_day(x, x->due) ? STR("strftime('%Y-%m-%dT00:00:00.000Z', 'now')")
                                                 : STR(MODEL_NOW),
             end = x->end ? derive_role_sql(x, x->end) : STR("NULL"),
             open = x->over.n ? arena_printf(x->arena, " AND NOT coalesce(%.*s, 0)", STR_ARG(x->over))
                              : STR_NONE;
  return arena_printf(x->arena, "%.*s IS NULL AND %.*s < %.*s%.*s", STR_ARG(end),
                      STR_ARG(derive_role_sql(x, x->due)), STR_ARG(now), STR_ARG(open));
}

struct str derive_past(const struct derive_writing *w) {
  struct roles x = {.w = w, .arena = w->arena};
  role_find(&x);
  return x.due ? role_past(&x) : STR_NONE;
}

// The condition of what is not over yet; empty: nothing says so.
struct str derive_unfinished(const struct derive_writing *w) {
  struct roles x = {.w = w, .arena = w->arena};
  role_find(&x);
  if (x.end) return arena_printf(w->arena, "%.*s IS NULL", STR_ARG(derive_role_sql(&x, x.end)));
  return x.over.n ? arena_printf(w->arena, "NOT coalesce(%.*s, 0)", STR_ARG(x.over)) : STR_NONE;
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
  bool day = derive_role_is_day(x, x->due);
  struct str due = derive_role_sql(x, x->due),
             now = day ? STR("strftime('%Y-%m-%dT00:00:00.000Z', 'now')") : STR(MODEL_NOW),
             end = x->end ? derive_role_sql(x, x->end) : STR("NULL"),
             open = x->over.n ? arena_printf(x->arena, " AND NOT coalesce(%.*s, 0)", STR_ARG(x->over))
                              : STR_NONE,
             past = role_past(x);
  struct str after =
      day ? arena_printf(x->arena, "substr(%.*s, 1, 10) > substr(%.*s, 1, 10)", STR_ARG(end), STR_ARG(due))
          : arena_printf(x->arena, "%.*s > %.*s", STR_ARG(end), STR_ARG(due));
  if (derive_role_says(x, overdue) || derive_role_says(x, late) ||
      derive_role_says(x, expired)) // "overdue for more than a week"
    derive_put(x->w, x->thing, STR("due"), derive_text(x->w, x->due->name));
  if (x->expires && derive_role_says(x, expired)) role_condition(x, x->due, expired, past);
  if (!x->expires && derive_role_says(x, overdue)) role_condition(x, x->due, overdue, past);
  if (!x->expires && derive_role_says(x, late))
    role_condition(x, x->due, late,
                   x->end ? arena_printf(x->arena, "(%.*s OR (%.*s))", STR_ARG(after), STR_ARG(past)) : past);
  if (!x->expires && x->end && derive_role_says(x, on_time))
    role_condition(x, x->due, on_time, arena_printf(x->arena, "NOT (%.*s)", STR_ARG(after)));
  if (derive_role_says(x, soon))
    role_condition(x, x->due, soon,
                   arena_printf(x->arena,
                                "%.*s IS NULL AND %.*s >= %.*s AND %.*s < "
                                "strftime('%%Y-%%m-%%dT%%H:%%M:%%fZ', 'now', '+%d days')%.*s",
                                STR_ARG(end), STR_ARG(due), STR_ARG(now), STR_ARG(due), ROLE_SOON_DAYS,
                                STR_ARG(open)));
}

// "under warranty", "still valid": what has an end that is not over; where only its name says that it is valid, none is no
// end.
static void role_valid(struct roles *x) {
  static const char *const small[] = {"under", "in", "within", "on"};
  struct derive_name name;
  const char *names[sizeof small / sizeof *small + 4] = {"valid", "still valid", "unexpired"};
  size_t n = 3;
  derive_split(x->due->name, x->arena, &name);
  bool valid = derive_role_has(x, x->due, (const char *const[]){"valid", NULL});
  for (size_t i = 0; i < sizeof small / sizeof *small && name.n > 1 && !valid; i++)
    names[n++] = arena_printf(x->arena, "%s %.*s", small[i], STR_ARG(name.words[0])).p;
  if (!derive_role_says(x, names)) return;
  struct str due = derive_role_sql(x, x->due), now = derive_role_is_day(x, x->due)
                                                         ? STR("strftime('%Y-%m-%dT00:00:00.000Z', 'now')")
                                                         : STR(MODEL_NOW);
  role_condition(x, x->due, names,
                 arena_printf(x->arena, "(%.*s >= %.*s%s%.*s%s)", STR_ARG(due), STR_ARG(now),
                              valid ? " OR " : "", STR_ARG(valid ? due : STR_NONE), valid ? " IS NULL" : ""));
}

// "still to come": what begins at a time that may lie ahead, and is no word for what happened.
static void role_ahead(struct roles *x) {
  static const char *const ahead[] = {"start",   "starts",    "begin",    "begins",  "scheduled",
                                      "departs", "departure", "premiere", "opening", "date",
                                      "when",    "slot",      NULL},
                           *const to_come[] = {"to come",    "upcoming",  "still to come", "yet to come",
                                               "coming up",  "in future", "in the future", "still ahead",
                                               "lies ahead", NULL};
  const struct derive_column *c = derive_role_pick(x, ahead);
  if (c && derive_role_says(x, to_come))
    role_condition(x, c, to_come,
                   arena_printf(x->arena, "%.*s > %s", STR_ARG(derive_role_sql(x, c)), MODEL_NOW));
}

// Has begun, and is not over: "which campaigns are running?"
static void role_running(struct roles *x) {
  static const char *const from[] = {"start",   "starts", "started", "begin",  "begins",
                                     "began",   "from",   "since",   "opened", "arrival",
                                     "checkin", "joined", "hired",   "valid",  NULL},
                           *const to[] = {"end",    "ends", "ended",  "until",     "to",
                                          "finish", "left", "closed", "departure", "checkout",
                                          "till",   "left", NULL},
                           *const running[] = {"running",  "under way",   "underway", "ongoing", "going on",
                                               "in force", "in effect",   "current",  "active",  "live",
                                               "on now",   "in progress", NULL};
  const struct derive_column *first = derive_role_pick(x, from), *last = derive_role_pick(x, to);
  if (!first || !last || first == last || !derive_role_says(x, running)) return;
  for (const char *const *n = running; *n; n++)
    if (derive_values_have(x->columns, str_of(*n))) return; // a state says it
  const char *now = MODEL_NOW, *today = "strftime('%Y-%m-%dT00:00:00.000Z', 'now')";
  struct str end = derive_role_sql(x, last);
  role_condition(x, first, running,
                 arena_printf(x->arena, "%.*s <= %s AND (%.*s IS NULL OR %.*s >= %s)",
                              STR_ARG(derive_role_sql(x, first)), now, STR_ARG(end), STR_ARG(end),
                              derive_role_is_day(x, last) ? today : now));
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
  derive_put(
      w, column, STR("sql"),
      derive_text(w, arena_printf(x->arena, "(%.*s IS NOT NULL)", STR_ARG(derive_role_sql(x, x->end)))));
  derive_put(w, column, STR("no"), names);
  derive_put(w, column, STR("hidden"), yyjson_mut_true(w->doc));
  derive_put(w, x->columns, key, column);
}

// ---- two numbers

// Of several the one with the word that comes first in the list.
static const struct derive_column *role_number(const struct roles *x, const char *const *list,
                                               const struct derive_column *but) {
  for (; *list; list++)
    for (size_t i = 0; i < x->w->shape->count; i++) {
      const struct derive_column *c = &x->w->shape->columns[i];
      const char *const one[] = {*list, NULL};
      if (c != but && derive_is_number(c) && derive_role_has(x, c, one)) return c;
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
  if (!derive_role_says(x, names) || derive_calls(x->columns, str_of(key)) ||
      derive_values_have(x->columns, str_of(key)))
    return;
  derive_put(w, column, STR("sql"), derive_text(w, sql));
  derive_put(w, column, STR("names"), derive_role_names(x, names));
  derive_put(w, column, STR("kind"), derive_text(w, STR("gauge")));
  if (unit.n) derive_put(w, column, STR("unit"), derive_text(w, unit));
  derive_put(w, x->columns, str_of(key), column);
}

static void role_difference(struct roles *x, const char *key, const char *const *names,
                            const struct derive_column *whole, const struct derive_column *part) {
  role_amount(x, key, names, whole,
              arena_printf(x->arena, "(%.*s - coalesce(%.*s, 0))", STR_ARG(derive_role_sql(x, whole)),
                           STR_ARG(derive_role_sql(x, part))));
}

// Where a state says what was paid: what was not is owed whole.
static void role_owed_by_state(struct roles *x, const char *const *names,
                               const struct derive_column *amount) {
  bool told = str_contains(x->over, STR("'paid'")) || str_contains(x->over, STR("'settled'"));
  if (!told || !amount) return;
  role_amount(x, "outstanding", names, amount,
              arena_printf(x->arena, "CASE WHEN %.*s THEN 0 ELSE %.*s END", STR_ARG(x->over),
                           STR_ARG(derive_role_sql(x, amount))));
}

// A hundred times the sum of the one over that of the other.
static void role_ratio(struct roles *x, struct str key, yyjson_mut_val *names,
                       const struct derive_column *whole, const struct derive_column *part) {
  const struct derive_writing *w = x->w;
  yyjson_mut_val *column = yyjson_mut_obj(w->doc);
  derive_put(
      w, column, STR("sql"),
      derive_text(w, arena_printf(x->arena, "round(100.0 * %.*s / nullif(%.*s, 0), 2)",
                                  STR_ARG(derive_role_sql(x, part)), STR_ARG(derive_role_sql(x, whole)))));
  derive_put(w, column, STR("part"), derive_text(w, derive_role_sql(x, part)));
  derive_put(w, column, STR("whole"), derive_text(w, derive_role_sql(x, whole)));
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
  if (!derive_role_says(x, rates)) return;
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
             *const capacity[] = {"capacity", "limit",  "quota", "max",  "maximum", "total", "size",
                                  "seats",    "places", "slots", "beds", "berths",  NULL},
             *const used[] = {"used",   "usage", "occupied",  "taken",    "reserved", "booked",   "consumed",
                              "filled", "sold",  "delivered", "redeemed", "enrolled", "attended", NULL},
             *const room[] = {"free", "spare", "room left", "remaining", "unused", "vacant", NULL},
             *const full[] = {"utilisation", "utilization", "occupancy", "full", "fullest", NULL};
  const struct derive_column *of = role_number(x, paid, NULL), *all = of ? role_number(x, amount, of) : NULL,
                             *in = role_number(x, used, NULL),
                             *most = in ? role_number(x, capacity, in) : NULL;
  if (of && all) role_difference(x, "outstanding", owed, all, of);
  if (!of) role_owed_by_state(x, owed, role_number(x, amount, NULL));
  if (in && most) role_difference(x, "free", room, most, in);
  if (in && most && derive_role_says(x, full))
    role_ratio(x, STR("utilisation"), derive_role_names(x, full), most, in);
}

void derive_roles(const struct derive_writing *w, yyjson_mut_val *thing) {
  struct roles x = {
      .w = w, .thing = thing, .columns = yyjson_mut_obj_get(thing, "columns"), .arena = w->arena};
  role_find(&x);
  x.conditions = yyjson_mut_obj_get(thing, "conditions");
  if (!x.conditions) derive_put(w, thing, STR("conditions"), x.conditions = yyjson_mut_arr(w->doc));
  if (x.due) role_due_conditions(&x);
  if (x.due && x.expires) role_valid(&x);
  role_ahead(&x);
  role_running(&x);
  if (x.end && !derive_values_have(x.columns, STR("open"))) role_open(&x);
  derive_lasting(&x);
  role_amounts(&x);
  role_rate(&x);
}
