// SPDX-License-Identifier: Apache-2.0
// How many rows of other tools belong to one: of those that the question speaks of, all or those in a state that it names.
#include "data/json.h"
#include "language/deed.h"
#include "model/derive_linking.h"

enum {
  LINK_TOOLS_MOST = 200, // a source of more is not searched for rows that nothing names
  LINK_SHORT_MOST = 3,   // letters of a value that is said as it stands alone
  LINK_DENIED_MOST = 5,  // words from what denies to its verb
};

// "visited" of visits
static bool link_is_done(const struct derive_writing *w, struct str last) {
  const struct ask_words *all = &w->taking->q->words;
  struct str stem = language_stem(last, w->arena);
  for (size_t i = 0; i < all->n; i++)
    if (str_eq(all->items[i].stem, stem) && str_ends(all->items[i].low, "ed")) return true;
  return false;
}

static bool link_is_named(const struct derive_writing *w, const struct derive_tool *c) {
  struct derive_name noun;
  derive_split(c->noun, w->arena, &noun);
  struct str one = noun.n ? noun.words[noun.n - 1] : STR_NONE;
  return map_get(w->said, c->last) || (one.n && map_get(w->said, one)) ||
         map_get(w->said, ARENA_JOIN(w->arena, c->last, STR("s"))) || link_is_done(w, c->last);
}

// ---- one column

struct counting { // rows of one tool that belong to a row of the thing
  const struct derive_index *of;
  const struct derive_tool *c;
  const struct derive_shape *shape;
  struct str what;   // what is counted
  struct str holds;  // the condition by which they belong to it
  struct str joined; // the same, so that it can be said
};

static struct str link_holds_of(const struct linking *x, const struct derive_ref *r) {
  struct str own = arena_printf(x->arena, "%.*s.\"%.*s\"", STR_ARG(x->w->t->id), STR_ARG(r->key));
  if (r->many)
    return arena_printf(x->arena, "%.*s IN (SELECT value FROM json_each(c.\"%.*s\"))", STR_ARG(own),
                        STR_ARG(r->column));
  const char *low = r->by_name ? "lower(" : "", *end = r->by_name ? ")" : "";
  return arena_printf(x->arena, "%sc.\"%.*s\"%s = %s%.*s%s", low, STR_ARG(r->column), end, low, STR_ARG(own),
                      end);
}

static struct str link_says_ref(const struct linking *x, const struct derive_tool *from,
                                const struct derive_ref *r) {
  return arena_printf(x->arena, "%.*s.%.*s %s %.*s.%.*s", STR_ARG(from->noun), STR_ARG(r->column),
                      r->many ? "has" : "=", STR_ARG(r->to->noun), STR_ARG(r->key));
}

static struct counting link_counting(const struct linking *x, const struct derive_index *of,
                                     const struct derive_tool *c, const struct derive_ref *r) {
  bool seen;
  return (struct counting){.of = of,
                           .c = c,
                           .shape = derive_known(x->w->taking, of, c, &seen),
                           .what = STR("*"),
                           .holds = link_holds_of(x, r),
                           .joined = link_says_ref(x, c, r)};
}

static void link_count_time(const struct linking *x, const struct counting *k, struct str sql,
                            yyjson_mut_val *column) {
  const struct derive_column *time = k->shape->count ? derive_time(k->shape, x->arena) : NULL;
  if (!time) return;
  struct str at = derive_column_sql(time, STR("c"), x->arena);
  derive_put(x->w, column, STR("spanned"),
             derive_text(x->w, arena_printf(x->arena, "(%.*s AND %.*s >= :since AND %.*s < :until)",
                                            STR_ARG(sql), STR_ARG(at), STR_ARG(at))));
}

// Under that key and those names; NULL: there is one already, or no room.
static yyjson_mut_val *link_count_as(struct linking *x, const struct counting *k, struct str key,
                                     yyjson_mut_val *names, struct str test) {
  const struct derive_writing *w = x->w;
  yyjson_mut_val *column = yyjson_mut_obj(w->doc);
  if (yyjson_mut_obj_getn(x->columns, key.p, key.n) || yyjson_mut_obj_size(x->columns) >= DERIVE_COLUMNS_MOST)
    return NULL;
  struct str sql = arena_printf(x->arena, "SELECT count(%.*s) FROM %.*s c WHERE %.*s%.*s", STR_ARG(k->what),
                                STR_ARG(link_table(x, k->c)), STR_ARG(k->holds), STR_ARG(test));
  derive_put(w, column, STR("sql"), derive_text(w, arena_printf(x->arena, "(%.*s)", STR_ARG(sql))));
  link_count_time(x, k, sql, column);
  derive_put(w, column, STR("names"), names);
  derive_put(w, column, STR("kind"), derive_text(w, STR("count")));
  derive_put(w, column, STR("counted"), yyjson_mut_true(w->doc));
  derive_put(w, column, STR("joined"), derive_text(w, k->joined));
  derive_put(w, x->columns, key, column);
  link_step(x, k->of, k->c, key);
  return column;
}

// Those that are meant by a word of the question, "open invoices"; without one, all.
static void link_count(struct linking *x, const struct counting *k, struct str word, struct str test) {
  const struct derive_writing *w = x->w;
  const struct derive_tool *c = k->c;
  yyjson_mut_val *names = yyjson_mut_arr(w->doc);
  struct str before = word.n ? ARENA_JOIN(x->arena, word, STR(" ")) : STR_NONE,
             key = ARENA_JOIN(x->arena, before, c->last);
  yyjson_mut_arr_append(names, derive_text(w, ARENA_JOIN(x->arena, before, c->noun)));
  yyjson_mut_arr_append(names, derive_text(w, key));
  if (!word.n) derive_own_kin(w, k->of, c, names);
  for (int which = 0; !word.n && which < DERIVE_DOINGS; which++)
    derive_doings(w, c->last, (enum derive_doing)which, names);
  if (!word.n && derive_is_said(w, STR("popular")))
    yyjson_mut_arr_append(names, derive_text(w, STR("popular")));
  link_count_as(x, k, key, names, test);
}

// ---- in which state

// "ANS" is not said by "an".
static bool link_says_short(const struct derive_writing *w, struct str value) {
  struct derive_name name;
  derive_split(value, w->arena, &name);
  return name.n == 1 && map_get(w->said, name.words[0]);
}

static void link_count_values(struct linking *x, const struct counting *k, const struct derive_column *in) {
  const struct derive_writing *w = x->w;
  struct str sql = derive_column_sql(in, STR("c"), x->arena);
  struct buf over = BUF_MAX(2000);
  for (size_t v = 0; v < in->value_count; v++)
    if (derive_is_over(in->values[v]))
      buf_printf(&over, "%s'%.*s'", over.n ? ", " : "", STR_ARG(in->values[v]));
  for (size_t v = 0; v < in->value_count; v++) {
    struct str value = in->values[v];
    struct map_slot *slot;
    if (value.n < 3 || memchr(value.p, '\'', value.n)) continue;
    bool said = value.n > LINK_SHORT_MOST ? link_says_all(w, value) : link_says_short(w, value);
    if (said)
      link_count(x, k, value, arena_printf(x->arena, " AND %.*s = '%.*s'", STR_ARG(sql), STR_ARG(value)));
    for (size_t i = 0; derive_is_over(value) && (slot = map_next(w->said, &i));) { // "unpaid"
      struct str left = language_denied(slot->key);
      if (left.n && str_eq_nocase(left, value))
        link_count(x, k, slot->key,
                   arena_printf(x->arena, " AND %.*s NOT IN (%.*s)", STR_ARG(sql), STR_ARG(buf_str(&over))));
    }
  }
  buf_free(&over);
}

// By what two of their columns say together: overdue, and open where no state is called so.
static void link_count_roles(struct linking *x, const struct counting *k) {
  struct derive_tool alias = *k->c;
  struct derive_writing w = *x->w;
  alias.id = STR("c");
  w.t = &alias;
  w.shape = k->shape;
  struct str past = map_get(w.said, STR("overdue")) ? derive_past(&w) : STR_NONE,
             open = map_get(w.said, STR("open")) ? derive_unfinished(&w) : STR_NONE;
  if (past.n) link_count(x, k, STR("overdue"), arena_printf(x->arena, " AND (%.*s)", STR_ARG(past)));
  if (open.n) link_count(x, k, STR("open"), arena_printf(x->arena, " AND (%.*s)", STR_ARG(open)));
}

static void link_count_all(struct linking *x, const struct counting *k) {
  if (k->shape->count) {
    for (size_t i = 0; i < k->shape->count; i++) link_count_values(x, k, &k->shape->columns[i]);
    link_count_roles(x, k);
  }
  link_count(x, k, STR_NONE, STR_NONE);
}

// ---- whose rows they are

// Of several columns that point at the thing the one that the question names, else that of who has it in hand.
static const struct derive_ref *link_ref_to(const struct linking *x, const struct derive_pointing *p,
                                            const struct derive_tool *to) {
  const struct derive_ref *best = NULL;
  int most = -1;
  for (size_t i = 0; i < p->n; i++) {
    const struct derive_ref *r = &p->refs[i];
    if (r->to != to || !r->key.n) continue;
    int mine = derive_is_said(x->w, r->column) ? 2 : link_is_holder(r->column, x->arena);
    if (mine > most) best = r, most = mine;
  }
  return best;
}

// ---- over rows between: the students of a teacher are those who are enrolled in the courses that he gives

struct through {
  const struct derive_tool *k; // whose rows tell of both
  const struct derive_ref *what, *own,
      *over; // what is counted; the way to the thing, over another one; NULL: none
};

// The way from rows of `k` to the thing, in one step or two.
static bool link_way(const struct linking *x, const struct derive_index *of, struct through *out) {
  const struct derive_pointing *p = derive_points_of(x->w->taking, of, out->k);
  out->over = NULL;
  if ((out->own = link_ref_to(x, p, x->w->t))) return !out->own->many;
  for (size_t i = 0; i < p->n; i++) {
    const struct derive_ref *r = &p->refs[i];
    if (!r->key.n || r->many || r->of != of || r->to == x->w->t) continue;
    const struct derive_ref *own = link_ref_to(x, derive_points_of(x->w->taking, of, r->to), x->w->t);
    if (!own || own->many) continue;
    if (out->own) return false; // two ways
    out->own = own;
    out->over = r;
  }
  return out->own != NULL;
}

static void link_count_over(struct linking *x, const struct derive_index *of, const struct derive_tool *c,
                            const struct through *t) {
  struct counting k = {.of = of, .c = t->k};
  struct str own = arena_printf(x->arena, "%.*s.\"%.*s\"", STR_ARG(x->w->t->id), STR_ARG(t->own->key)),
             at = arena_printf(x->arena, "c.\"%.*s\"", STR_ARG(t->over ? t->over->column : t->own->column));
  bool seen;
  k.shape = derive_known(x->w->taking, of, t->k, &seen);
  k.what = arena_printf(x->arena, "DISTINCT c.\"%.*s\"", STR_ARG(t->what->column));
  if (t->over)
    k.holds = arena_printf(x->arena, "%.*s IN (SELECT r.\"%.*s\" FROM %.*s r WHERE r.\"%.*s\" = %.*s)",
                           STR_ARG(at), STR_ARG(t->over->key), STR_ARG(link_table(x, t->over->to)),
                           STR_ARG(t->own->column), STR_ARG(own));
  else
    k.holds = arena_printf(x->arena, "%.*s = %.*s", STR_ARG(at), STR_ARG(own));
  struct str last = link_says_ref(x, t->over ? t->over->to : t->k, t->own);
  k.joined = ARENA_JOIN(x->arena, link_says_ref(x, t->k, t->what), STR(", "), last);
  if (t->over)
    k.joined = ARENA_JOIN(x->arena, link_says_ref(x, t->k, t->what), STR(", "),
                          link_says_ref(x, t->k, t->over), STR(", "), last);
  yyjson_mut_val *names = yyjson_mut_arr(x->w->doc);
  yyjson_mut_arr_append(names, derive_text(x->w, c->noun));
  yyjson_mut_arr_append(names, derive_text(x->w, c->last));
  derive_own_kin(x->w, of, c, names);
  if (link_count_as(x, &k, c->last, names, STR_NONE) && t->over) link_step(x, of, t->over->to, c->last);
}

// Where one tool alone tells of both, the nearest way.
static void link_counts_through(struct linking *x, const struct derive_index *of,
                                const struct derive_tool *c) {
  struct through best = {0};
  size_t direct = 0, far = 0;
  if (of != x->w->taking->x || of->count > LINK_TOOLS_MOST || !link_is_named(x->w, x->w->t)) return;
  for (size_t i = 0; i < x->w->ref_count; i++)
    if (x->w->refs[i].to == c) return; // it belongs to one itself
  for (size_t i = 0; i < of->count; i++) {
    struct through one = {.k = &of->tools[i]};
    if (one.k == c || one.k == x->w->t || one.k->need_count || !one.k->many) continue;
    one.what = link_ref_to(x, derive_points_of(x->w->taking, of, one.k), c);
    if (!one.what || one.what->many || !link_way(x, of, &one)) continue;
    if (one.over ? !direct && !far++ : !direct++) best = one;
  }
  if (direct == 1 || (!direct && far == 1)) link_count_over(x, of, c, &best);
}

// Whether its rows point at the thing is not known before some of both were looked at.
static void link_seek(const struct linking *x, const struct derive_index *of, const struct derive_tool *c) {
  const struct derive_pointing *p = derive_points_of(x->w->taking, of, c);
  bool seen, pending = !derive_known(x->w->taking, of, c, &seen)->count;
  for (size_t i = 0; i < p->n; i++) pending = pending || (p->refs[i].to == x->w->t && !p->refs[i].key.n);
  if (!pending || (seen && x->w->seen)) return;
  yyjson_mut_val *list = yyjson_mut_obj_get(x->thing, "seeks");
  if (!list) derive_put(x->w, x->thing, STR("seeks"), list = yyjson_mut_arr(x->w->doc));
  yyjson_mut_arr_append(list, derive_text(x->w, c->id));
}

static void link_counts(struct linking *x, const struct derive_index *of, const struct derive_tool *c) {
  const struct derive_writing *w = x->w;
  yyjson_mut_val *kin = yyjson_mut_arr(w->doc);
  if (c == w->t) return;
  derive_own_kin(w, of, c, kin);
  for (int which = 0; which < DERIVE_DOINGS; which++)
    derive_doings(w, c->last, (enum derive_doing)which, kin);
  if (!link_is_named(w, c) && !yyjson_mut_arr_size(kin)) return;
  const struct derive_ref *ref = link_ref_to(x, derive_points_of(w->taking, of, c), w->t);
  if (!ref) link_seek(x, of, c);
  if (ref && ref->many && !link_is_named(w, c)) return; // "we teach" is not said of the branches of teachers
  if (ref) {
    struct counting k = link_counting(x, of, c, ref);
    link_count_all(x, &k);
  } else {
    link_counts_through(x, of, c);
  }
}

// "The most popular plan" has the most of what is done with plans: of the tools whose rows point at it, the one that is called
// by a deed, such as bookings; of several, one that points at others too, who did it.
static void link_counts_popular(struct linking *x) {
  const struct derive_index *of = x->w->taking->x;
  const struct derive_ref *by = NULL;
  const struct derive_tool *best = NULL;
  struct str verbs[DEED_VERBS_MOST];
  size_t most = 0, equal = 0;
  if (!derive_is_said(x->w, STR("popular")) || derive_calls(x->columns, STR("popular"))) return;
  for (size_t i = 0; i < of->count; i++) {
    const struct derive_tool *c = &of->tools[i];
    if (c == x->w->t || c->need_count || !c->many || !language_verbs(c->last, x->arena, verbs)) continue;
    const struct derive_pointing *p = derive_points_of(x->w->taking, of, c);
    const struct derive_ref *own = link_ref_to(x, p, x->w->t);
    if (!own || p->n < most) continue;
    equal = p->n == most ? equal + 1 : 1;
    most = p->n;
    best = c;
    by = own;
  }
  if (!best || equal != 1) return;
  struct counting k = link_counting(x, of, best, by);
  link_count(x, &k, STR_NONE, STR_NONE);
}

// Of those that the question speaks of.
static void link_counts_said(struct linking *x, const struct derive_index *of, const struct map *stems) {
  struct map_slot *slot;
  for (size_t i = 0; (slot = map_next(stems, &i));) {
    const struct derive_tool *c = map_get(&of->givers, slot->key), *done = map_get(&of->doings, slot->key);
    if (c) link_counts(x, of, c);
    if (done && done != c) link_counts(x, of, done);
  }
}

// ---- what nobody ever did with it

static bool link_avails(struct str verb, struct arena *a) {
  struct word one = {.text = verb, .low = verb, .whole = verb, .stem = language_stem(verb, a)};
  struct ask_words words = {&one, 1};
  return language_at(language_find(STR("en")), &words, 0, LANGUAGE_AVAILS, NULL) > 0;
}

// The verb of taking or using something that stands behind what denies it: "nobody has ever ordered".
static struct str link_denied_verb(const struct linking *x) {
  const struct ask_words *all = &x->w->taking->q->words;
  const struct language *en = language_find(STR("en"));
  struct str verbs[DEED_VERBS_MOST];
  size_t denied = all->n;
  for (size_t i = 0; i < all->n; i++) {
    struct str low = all->items[i].low;
    if (language_at(en, all, i, LANGUAGE_NOT, NULL) || language_at(en, all, i, LANGUAGE_NOTHING, NULL))
      denied = i;
    if (denied >= i || i > denied + LINK_DENIED_MOST || language_is_noun(low) || str_ends(low, "ing"))
      continue; // "no running subscription" says how it stands
    for (size_t k = language_verbs(low, x->arena, verbs); k-- > 0;)
      if (!str_eq(verbs[k], low) && link_avails(verbs[k], x->arena)) return low;
  }
  return STR_NONE;
}

// Whatever it was done by: no row of any tool that points at it.
static void link_counts_denied(struct linking *x) {
  const struct derive_index *of = x->w->taking->x;
  struct str verb = link_denied_verb(x);
  struct buf sql = BUF_MAX(4000), joined = BUF_MAX(1000);
  const struct derive_tool *by[DERIVE_REFS_MOST];
  size_t n = 0;
  if (!verb.n || derive_calls(x->columns, verb) || derive_values_have(x->columns, verb)) return;
  for (size_t i = 0; i < of->count && n < DERIVE_REFS_MOST; i++) {
    const struct derive_tool *c = &of->tools[i];
    if (c == x->w->t || c->need_count || !c->many) continue;
    const struct derive_ref *ref = link_ref_to(x, derive_points_of(x->w->taking, of, c), x->w->t);
    if (!ref && derive_points_of(x->w->taking, of, c)->n) link_seek(x, of, c);
    if (!ref) continue;
    buf_printf(&sql, "%s(SELECT count(*) FROM %.*s c WHERE %.*s)", n ? " + " : "", STR_ARG(link_table(x, c)),
               STR_ARG(link_holds_of(x, ref)));
    buf_printf(&joined, "%s%.*s", n ? ", " : "", STR_ARG(link_says_ref(x, c, ref)));
    by[n++] = c;
  }
  yyjson_mut_val *column = yyjson_mut_obj(x->w->doc), *names = yyjson_mut_arr(x->w->doc);
  yyjson_mut_arr_append(names, derive_text(x->w, verb));
  derive_put(x->w, column, STR("sql"),
             derive_text(x->w, arena_printf(x->arena, "(%.*s)", STR_ARG(buf_str(&sql)))));
  derive_put(x->w, column, STR("names"), names);
  derive_put(x->w, column, STR("kind"), derive_text(x->w, STR("count")));
  derive_put(x->w, column, STR("counted"), yyjson_mut_true(x->w->doc));
  derive_put(x->w, column, STR("joined"), derive_text(x->w, buf_str(&joined)));
  if (n) derive_put(x->w, x->columns, verb, column);
  for (size_t i = 0; i < n; i++) link_step(x, of, by[i], verb);
  buf_free(&sql);
  buf_free(&joined);
}

// Of its own source those that the question speaks of in words that are not a name's: "signed up" of enrolments.
static void link_counts_own(struct linking *x) {
  const struct derive_index *of = x->w->taking->x;
  if (of->count > LINK_TOOLS_MOST || !link_is_named(x->w, x->w->t)) return;
  for (size_t i = 0; i < of->count; i++)
    if (of->tools[i].many && !of->tools[i].need_count) link_counts(x, of, &of->tools[i]);
  link_counts_denied(x);
}

void link_counts_all(struct linking *x) {
  link_counts_popular(x);
  const struct derive_asked *q = x->w->taking->q;
  for (size_t k = 0; k <= q->all_count; k++) { // its own source first
    const struct derive_index *of = k ? q->all[k - 1] : x->w->taking->x;
    if (k && of == x->w->taking->x) continue;
    link_counts_said(x, of, &q->stems);
    link_counts_said(x, of, &q->kin);
  }
  link_counts_own(x);
}
