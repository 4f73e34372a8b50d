// SPDX-License-Identifier: Apache-2.0
// What rows say of others: which row of another tool one belongs to, by an id, a code or a name, and what that one is
// known by. Of the same source by what columns are called, of another one only where the values that were seen are the
// same.
#include "data/json.h"
#include "model/derive_linking.h"

enum { // of a hundred values, how many have to be there
  LINK_MOST_SHARED = 50,
  LINK_SOME_SHARED = 5, // where not all rows of the other were seen
};

// ---- which row of what

static bool link_is_one_of(struct str w, const char *const *list) {
  for (; *list; list++)
    if (str_is(w, *list)) return true;
  return false;
}

// Words at the end of the name of a column that tells one row from all others.
static bool link_tells(struct str word) {
  static const char *const ends[] = {"id",   "uuid",     "guid",  "ref",    "reference", "key",    "code",
                                     "tag",  "number",   "no",    "nr",     "num",       "card",   "sku",
                                     "slug", "plate",    "name",  "login",  "email",     "handle", "serial",
                                     "isbn", "username", "title", "account"};
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
    if (str_is(word, ends[i])) return true;
  return false;
}

static bool link_is_id(struct str word) {
  static const char *const ids[] = {"id", "uuid", "guid", "ref", "reference", "key", NULL};
  return link_is_one_of(word, ids);
}

// The tool that lists what a word means: "customer", or "cust" before "no".
static const struct derive_tool *link_lists(const struct derive_index *x, struct str noun, bool short_one,
                                            struct arena *a) {
  const struct derive_tool *to = map_get(&x->givers, language_stem(noun, a));
  for (size_t i = 0; i < x->count && !to && short_one && noun.n > 3; i++) {
    const struct derive_tool *t = &x->tools[i];
    if (!t->need_count && t->many && t->last.n > noun.n && str_eq(str_make(t->last.p, noun.n), noun)) to = t;
  }
  return to;
}

// The column of the other rows that this one's values are of.
static const struct derive_column *link_key(const struct derive_shape *s, struct str column,
                                            const struct derive_name *name, struct str noun,
                                            struct arena *a) {
  struct str last = name->words[name->n - 1];
  if (name->n == 1) return derive_label(s, noun, a);
  for (size_t i = 0; i < s->count; i++)
    if (str_eq_nocase(s->columns[i].name, column)) return &s->columns[i];
  for (size_t i = 0; i < s->count; i++)
    if (str_eq_nocase(s->columns[i].name, last)) return &s->columns[i];
  return link_is_id(last) ? derive_key(s, column, noun) : NULL;
}

// How many of a hundred values stand among those of the other; -1: nobody has seen both.
static int link_shared(const struct derive_column *c, const struct derive_column *key) {
  size_t both = 0;
  if (!c->keys || !key->keys || !c->key_count) return -1;
  for (size_t i = 0, k = 0; i < c->key_count && k < key->key_count;) {
    both += c->keys[i] == key->keys[k];
    if (c->keys[i] <= key->keys[k])
      i++;
    else
      k++;
  }
  return (int)(100 * both / c->key_count);
}

// Where both were seen: the column that has most of the values, each once.
static const struct derive_column *link_key_seen(const struct derive_column *c,
                                                 const struct derive_shape *s) {
  const struct derive_column *best = NULL;
  int most = LINK_MOST_SHARED - 1;
  for (size_t i = 0; i < s->count; i++) {
    int shared = link_shared(c, &s->columns[i]);
    if (shared <= most || s->columns[i].type == TABLE_JSON ||
        s->columns[i].key_count != s->columns[i].row_count)
      continue;
    most = shared;
    best = &s->columns[i];
  }
  return best;
}

static bool link_holds(const struct derive_column *c, const struct derive_column *key, bool own, bool sure,
                       bool *pending) {
  int shared = link_shared(c, key);
  bool unique = !key->keys || key->key_count == key->row_count;
  *pending = shared < 0 && !(own && sure);
  if (shared < 0) return own && sure && unique;
  bool some = key->row_count == DERIVE_KEYS_MOST || (own && sure); // the first rows of both may hardly meet
  return unique && shared >= (some ? LINK_SOME_SHARED : LINK_MOST_SHARED);
}

// Has the row beside "company_id" a "company_name" of its own?
static bool link_names_itself(const struct derive_shape *s, struct str id, struct arena *a) {
  struct str stem = str_ends(id, "__id") ? str_make(id.p, id.n - 4) : STR_NONE;
  for (size_t k = 0; k < s->count && stem.n; k++)
    if (str_eq(s->columns[k].name, ARENA_JOIN(a, stem, STR("__name")))) return true;
  return false;
}

static bool link_is_found(const struct derive_shape *s, struct str noun, struct arena *a) {
  const struct derive_column *label = derive_label(s, noun, a);
  return label && label->found_count;
}

// "Who visited the most?": the rows that people are known by are asked for, though nobody is named.
static bool link_is_who(const struct derive_taking *x, struct str noun) {
  const struct language *en = language_find(STR("en"));
  struct word one = {.text = noun, .low = noun, .whole = noun, .stem = language_stem(noun, x->arena)};
  struct ask_words words = {&one, 1};
  return x->q->words.n && language_at(en, &x->q->words, 0, LANGUAGE_WHO, NULL) &&
         language_at(en, &words, 0, LANGUAGE_PEOPLE, NULL);
}

static void link_singular(struct str *word) {
  if (word->n > 2 && str_ends(*word, "s") && !str_ends(*word, "ss")) word->n--;
}

// A column called after what another tool lists.
static bool link_by_name(const struct derive_taking *x, const struct derive_tool *t,
                         const struct derive_column *c, const struct derive_index *of,
                         struct derive_ref *out) {
  struct derive_name name;
  bool seen, pending = true, own = of == x->x;
  derive_split(c->name, x->arena, &name);
  bool many = c->type == TABLE_JSON;
  if (many && name.n > 1) link_singular(&name.words[name.n - 1]); // "course_ids"
  bool key_like = name.n > 1 && link_tells(name.words[name.n - 1]);
  if (!name.n || (name.n > 1 && !key_like) || (name.n == 1 && c->type != TABLE_TEXT && !many)) return false;
  struct str noun = name.words[name.n > 1 ? name.n - 2 : 0];
  const struct derive_tool *to = link_lists(of, noun, key_like, x->arena);
  if (!to || to == t || to == t->giver) return false;
  if (!str_eq(language_stem(noun, x->arena), language_stem(to->last, x->arena))) { // "cust" is a customer
    struct derive_name whole;
    derive_split(to->noun, x->arena, &whole);
    if (whole.n) noun = whole.words[whole.n - 1];
  }
  const struct derive_shape *shape = derive_known(x, of, to, &seen);
  const struct derive_column *key = link_key(shape, c->name, &name, noun, x->arena);
  bool other = !key ? name.n > 1 || many : !link_holds(c, key, own, key_like, &pending) && !pending;
  if (other) key = link_key_seen(c, shape); // called after it, and by another of its columns: a code
  if (key && !link_holds(c, key, own, key_like, &pending) && !pending) return false;
  if (!key && shape->count) return false;
  *out = (struct derive_ref){.column = c->name,
                             .of = of,
                             .to = to,
                             .shape = shape,
                             .key = key && !pending ? key->name : STR_NONE,
                             .noun = noun,
                             .asked = derive_is_asked_for(x->q, noun, x->arena) || link_is_who(x, noun) ||
                                      (seen && link_is_found(shape, noun, x->arena)),
                             .by_name = key && !many && key == derive_label(shape, noun, x->arena),
                             .many = many};
  return true;
}

// Is it called as who has something in hand: "assignee", "owner"?
bool link_is_holder(struct str column, struct arena *a) {
  size_t i, n;
  yyjson_val *v;
  for (const struct language_kin *k = language_kin(language_stem(column, a)); k; k = k->next)
    yyjson_arr_foreach (k->words, i, n, v)
      if (str_is(json_text(v), "holder")) return true;
  return false;
}

static bool link_is_there(const struct derive_ref *refs, size_t n, const struct derive_tool *to) {
  for (size_t i = 0; i < n; i++)
    if (refs[i].to == to && refs[i].key.n) return true;
  return false;
}

// Is it called as what tells one row from all others? Clinics have a city each, and are not told by it.
static bool link_key_tells(const struct derive_column *key, struct arena *a) {
  struct derive_name name;
  derive_split(key->name, a, &name);
  return name.n && link_tells(name.words[name.n - 1]) && !derive_is_id(key->name);
}

// Names of a row that are names of others' rows: a depot is called as the town of a branch.
static bool link_by_values(const struct derive_taking *x, const struct derive_tool *t,
                           const struct derive_column *c, const struct derive_seen *seen,
                           struct derive_ref *out) {
  const struct derive_tool *to = NULL;
  for (size_t i = 0; i < seen->of->count && !to; i++)
    if (str_eq(seen->of->tools[i].id, seen->id)) to = &seen->of->tools[i];
  if (!to || to == t || to == t->giver || to->need_count || c->type != TABLE_TEXT || c->key_count < 3)
    return false;
  const struct derive_column *label = derive_label(seen->shape, to->noun, x->arena), *key = label;
  bool pending;
  if (!key || !link_holds(c, key, false, false, &pending)) {
    key = link_key_seen(c, seen->shape); // logins
    if (!key || !link_key_tells(key, x->arena)) return false;
  }
  *out = (struct derive_ref){.column = c->name,
                             .of = seen->of,
                             .to = to,
                             .shape = seen->shape,
                             .key = key->name,
                             .noun = to->last.n ? to->noun : STR("other"),
                             .asked = derive_is_asked_for(x->q, to->last, x->arena),
                             .by_name = key == label};
  return true;
}

size_t derive_refs(const struct derive_taking *x, const struct derive_tool *t, const struct derive_shape *s,
                   struct derive_ref *out) {
  size_t n = 0;
  for (int own = 1; own >= 0; own--)
    for (size_t i = 0; i < s->count; i++) {
      const struct derive_column *c = &s->columns[i];
      if (c->type == TABLE_TIME || c->type == TABLE_BOOLEAN || link_names_itself(s, c->name, x->arena))
        continue;
      if (own && n < DERIVE_REFS_MOST) n += link_by_name(x, t, c, x->x, &out[n]);
      for (size_t k = 0; k < x->q->all_count && !own && n < DERIVE_REFS_MOST; k++)
        if (x->q->all[k] != x->x) n += link_by_name(x, t, c, x->q->all[k], &out[n]);
    }
  for (size_t i = 0; i < s->count; i++)
    for (size_t k = 0; k < x->q->seen_count && n < DERIVE_REFS_MOST; k++)
      if (link_by_values(x, t, &s->columns[i], &x->q->seen[k], &out[n]) &&
          (!link_is_there(out, n, out[n].to) || link_is_holder(s->columns[i].name, x->arena)))
        n++;
  return n;
}

const struct derive_pointing *derive_points_of(const struct derive_taking *x, const struct derive_index *of,
                                               const struct derive_tool *t) {
  struct derive_pointing *p = map_get(x->pointing, t->id);
  struct derive_taking there = *x;
  bool seen;
  if (p) return p;
  p = ARENA_NEW(x->arena, struct derive_pointing);
  p->refs = ARENA_ARRAY(x->arena, DERIVE_REFS_MOST, struct derive_ref);
  there.x = of;
  p->n = derive_refs(&there, t, derive_known(&there, of, t, &seen), p->refs);
  map_put(x->pointing, t->id, p);
  return p;
}

// ---- columns of what is linked

struct str link_table(const struct linking *x, const struct derive_tool *t) {
  return ARENA_JOIN(x->arena, t->id, STR("_all"));
}

static struct str link_sql(const struct linking *x, const struct derive_column *c) {
  struct str sql = arena_printf(x->arena, "%.*s.\"%.*s\"", STR_ARG(x->w->t->id), STR_ARG(x->path[0]->column));
  for (size_t i = 0; i < x->depth; i++) {
    const struct derive_ref *r = x->path[i];
    struct str next = i + 1 < x->depth ? arena_printf(x->arena, "r.\"%.*s\"", STR_ARG(x->path[i + 1]->column))
                                       : derive_column_sql(c, STR("r"), x->arena);
    const char *low = r->by_name ? "lower(" : "", *end = r->by_name ? ")" : "";
    sql = arena_printf(x->arena, "(SELECT %.*s FROM %.*s r WHERE %sr.\"%.*s\"%s = %s%.*s%s)", STR_ARG(next),
                       STR_ARG(link_table(x, r->to)), low, STR_ARG(r->key), end, low, STR_ARG(sql), end);
  }
  return sql;
}

void link_step(const struct linking *x, const struct derive_index *of, const struct derive_tool *t,
               struct str column) {
  const struct derive_writing *w = x->w;
  yyjson_mut_val *step = yyjson_mut_obj(w->doc);
  derive_put(w, step, STR("id"), derive_text(w, link_table(x, t)));
  derive_put(w, step, STR("tool"), derive_text(w, t->tool->name));
  derive_put(w, step, STR("arguments"), yyjson_mut_obj(w->doc));
  derive_put(w, step, STR("for"), derive_text(w, column));
  if (of != w->taking->x) derive_put(w, step, STR("connector"), derive_text(w, of->connector));
  yyjson_mut_arr_prepend(x->steps, step);
}

// By which columns, so that it can be said.
static struct str link_joined(const struct linking *x) {
  struct buf out = BUF_MAX(400);
  struct str from = x->w->t->noun;
  for (size_t i = 0; i < x->depth; i++) {
    const struct derive_ref *r = x->path[i];
    buf_printf(&out, "%s%.*s.%.*s = %.*s.%.*s", i ? ", " : "", STR_ARG(from), STR_ARG(r->column),
               STR_ARG(r->to->noun), STR_ARG(r->key));
    from = r->to->noun;
  }
  struct str made = arena_dup(x->arena, buf_str(&out));
  buf_free(&out);
  return made;
}

// Is one of its columns called so, in whichever number?
static bool link_calls(const struct linking *x, struct str word) {
  struct str stem = language_stem(word, x->arena);
  yyjson_mut_val *key, *column, *v;
  size_t i, n, k, m;
  yyjson_mut_obj_foreach (x->columns, i, n, key, column)
    yyjson_mut_arr_foreach (yyjson_mut_obj_get(column, "names"), k, m, v)
      if (str_eq(language_stem(str_make(yyjson_mut_get_str(v), yyjson_mut_get_len(v)), x->arena), stem))
        return true;
  return false;
}

static void link_call(const struct linking *x, yyjson_mut_val *names, struct str noun, struct str word) {
  const struct derive_writing *w = x->w;
  if (!derive_calls(x->columns, word)) yyjson_mut_arr_append(names, derive_text(w, word));
  yyjson_mut_arr_append(names, derive_text(w, ARENA_JOIN(x->arena, noun, STR(" "), word)));
  yyjson_mut_arr_append(names, derive_text(w, ARENA_JOIN(x->arena, word, STR(" of "), noun)));
}

bool link_says_all(const struct derive_writing *w, struct str phrase) {
  struct derive_name words;
  derive_split(phrase, w->arena, &words);
  for (size_t i = 0; i < words.n; i++)
    if (!derive_is_said(w, words.words[i])) return false;
  return words.n > 0;
}

static bool link_says_value(const struct derive_writing *w, const struct derive_column *c) {
  for (size_t i = 0; i < c->value_count; i++)
    if (c->values[i].n > 2 && link_says_all(w, c->values[i])) return true;
  return c->found_count > 0;
}

static void link_add(struct linking *x, struct str key, yyjson_mut_val *names, const struct derive_column *c,
                     bool values) {
  const struct derive_writing *w = x->w;
  yyjson_mut_val *column = yyjson_mut_obj(w->doc);
  struct derive_name name;
  if (yyjson_mut_obj_getn(x->columns, key.p, key.n) || yyjson_mut_obj_size(x->columns) >= DERIVE_COLUMNS_MOST)
    return;
  derive_put(w, column, STR("sql"), derive_text(w, link_sql(x, c)));
  derive_put(w, column, STR("names"), names);
  derive_put(w, column, STR("joined"), derive_text(w, link_joined(x)));
  if (c->type == TABLE_TIME) derive_put(w, column, STR("time"), yyjson_mut_true(w->doc));
  if (c->type == TABLE_JSON) derive_put(w, column, STR("list"), yyjson_mut_true(w->doc));
  if (derive_is_number(c)) derive_put(w, column, STR("kind"), derive_text(w, STR("gauge")));
  derive_split(c->name, x->arena, &name);
  if (values && c->type == TABLE_BOOLEAN) derive_flag(w, &name, NULL, column);
  if (values && c->type == TABLE_TEXT) derive_values(w, c, column);
  derive_put(w, x->columns, key, column);
  for (size_t i = 0; i < x->depth; i++) link_step(x, x->path[i]->of, x->path[i]->to, key);
}

// What the question says of the other row: by the name of a column, or by one of its values where the other is named.
static void link_attribute(struct linking *x, const struct derive_column *c) {
  const struct derive_writing *w = x->w;
  const struct derive_ref *last = x->path[x->depth - 1];
  struct str word = derive_plainly(c, x->arena);
  yyjson_mut_val *names = yyjson_mut_arr(w->doc), *kin = yyjson_mut_arr(w->doc), *v;
  size_t i, n;
  if (derive_is_id(c->name) || !word.n || derive_is_asking(word, x->arena)) return;
  bool said = link_says_all(w, word), valued = last->asked && link_says_value(w, c);
  if (!memchr(word.p, ' ', word.n)) derive_noun_kin(w, word, kin);
  if (!said && !valued && !yyjson_mut_arr_size(kin)) return;
  yyjson_mut_arr_foreach (kin, i, n, v)
    if (!last->asked && !said && !valued &&
        (c->type != TABLE_TEXT || link_calls(x, str_make(yyjson_mut_get_str(v), yyjson_mut_get_len(v)))))
      return;
  struct derive_name name;
  derive_split(c->name, x->arena, &name);
  bool tells = name.n && link_tells(name.words[name.n - 1]);  // of which no word says whose it is
  if (!last->asked && (tells || link_calls(x, word))) return; // its own is meant, or that of what is nearer
  link_call(x, names, last->noun, word);
  yyjson_mut_arr_foreach (kin, i, n, v)
    link_call(x, names, last->noun, str_make(yyjson_mut_get_str(v), yyjson_mut_get_len(v)));
  struct str plain = c->name;
  bool there = yyjson_mut_obj_getn(x->columns, plain.p, plain.n) != NULL;
  struct str key = there ? ARENA_JOIN(x->arena, last->noun, STR(" "), plain) : plain;
  link_add(x, key, names, c, said || valued);
  yyjson_mut_val *made = yyjson_mut_obj_getn(x->columns, key.p, key.n);
  yyjson_mut_arr_foreach (kin, i, n, v) // a customer's company is the customer
    if (made && str_eq(language_stem(str_make(yyjson_mut_get_str(v), yyjson_mut_get_len(v)), x->arena),
                       language_stem(last->noun, x->arena)))
      yyjson_mut_obj_put(made, yyjson_mut_str(w->doc, "other"), yyjson_mut_true(w->doc));
}

// Words that stand in several names: "Carla" and "Grant" of guests, of their reservations.
static void link_found(const struct linking *x, struct str key, const struct derive_column *label) {
  const struct derive_writing *w = x->w;
  yyjson_mut_val *list = yyjson_mut_obj_get(x->thing, "conditions");
  if (!list) derive_put(w, x->thing, STR("conditions"), list = yyjson_mut_arr(w->doc));
  for (size_t i = 0; i < label->found_count; i++) {
    struct str word = label->found[i][0];
    if (label->found[i][1].n || memchr(word.p, '\'', word.n)) continue;
    yyjson_mut_val *one = yyjson_mut_arr_add_obj(w->doc, list), *names = yyjson_mut_arr(w->doc);
    yyjson_mut_arr_append(names, derive_text(w, word));
    derive_put(w, one, STR("names"), names);
    derive_put(w, one, STR("of"), derive_text(w, key));
    derive_put(w, one, STR("sql"),
               derive_text(w, arena_printf(x->arena, "instr(lower(%.*s), '%.*s') > 0",
                                           STR_ARG(link_sql(x, label)), STR_ARG(word))));
  }
}

// "company" of deals that hold a company's id: its name.
static void link_name(struct linking *x) {
  const struct derive_writing *w = x->w;
  const struct derive_ref *last = x->path[x->depth - 1];
  const struct derive_column *label = derive_label(last->shape, last->noun, x->arena);
  yyjson_mut_val *names = yyjson_mut_arr(w->doc);
  if (!label || !last->asked) return;
  // "zone: HT": the row's own column is called so, and has a code; what that is called stands beside it.
  struct str name = ARENA_JOIN(x->arena, last->noun, STR(" name")), key = last->noun;
  bool coded = yyjson_mut_obj_getn(x->columns, key.p, key.n) && str_eq(last->column, key) && !last->by_name;
  if (coded)
    key = name;
  else
    yyjson_mut_arr_append(names, derive_text(w, last->noun));
  yyjson_mut_arr_append(names, derive_text(w, name));
  derive_noun_kin(w, last->noun, names);
  struct str word = derive_plainly(label, x->arena);
  if (!derive_calls(x->columns, word)) yyjson_mut_arr_append(names, derive_text(w, word));
  if (!yyjson_mut_obj_getn(x->columns, key.p, key.n)) link_found(x, key, label);
  link_add(x, key, names, label, true);
  if (coded) return;
  yyjson_mut_val *made = yyjson_mut_obj_getn(x->columns, key.p, key.n);
  if (made && !yyjson_mut_obj_get(made, "other")) derive_put(w, made, STR("other"), yyjson_mut_true(w->doc));
}

// Without words that stand in its cells and name a thing: a note that says "customer" is not asked for by that.
static const struct derive_column *link_own_words(const struct linking *x, const struct derive_index *of,
                                                  const struct derive_column *c) {
  if (!c->found_count) return c;
  struct derive_column *own = ARENA_NEW(x->arena, struct derive_column);
  *own = *c;
  own->found_count = 0;
  for (size_t i = 0; i < c->found_count; i++) {
    if (map_get(&of->givers, language_stem(c->found[i][0], x->arena))) continue;
    own->found[own->found_count][0] = c->found[i][0];
    own->found[own->found_count++][1] = c->found[i][1];
  }
  return own;
}

// Deeper: what that row points at.
static void link_walk(struct linking *x);
static void link_on(struct linking *x) {
  const struct derive_ref *last = x->path[x->depth - 1];
  struct derive_ref *refs = ARENA_ARRAY(x->arena, DERIVE_REFS_MOST, struct derive_ref);
  struct derive_taking there = *x->w->taking;
  if (x->depth == LINK_DEPTH_MOST) return;
  there.x = last->of;
  size_t n = derive_refs(&there, last->to, last->shape, refs);
  for (size_t i = 0; i < n; i++) {
    if (!refs[i].key.n || refs[i].many || refs[i].to == x->w->t) continue;
    x->path[x->depth++] = &refs[i];
    link_walk(x);
    link_on(x);
    x->depth--;
  }
}

static void link_walk(struct linking *x) {
  const struct derive_ref *last = x->path[x->depth - 1];
  const struct derive_column *label = derive_label(last->shape, last->noun, x->arena);
  link_name(x);
  for (size_t i = 0; i < last->shape->count; i++)
    if (&last->shape->columns[i] != label || !last->asked)
      link_attribute(x, link_own_words(x, last->of, &last->shape->columns[i]));
}

void derive_link(const struct derive_writing *w, yyjson_mut_val *thing, yyjson_mut_val *steps) {
  struct linking x = {.w = w,
                      .thing = thing,
                      .columns = yyjson_mut_obj_get(thing, "columns"),
                      .steps = steps,
                      .arena = w->arena};
  if (!x.columns) return;
  for (int far = 0; far < 2; far++) // a visit's own hall comes before that of the member who made it
    for (size_t i = 0; i < w->ref_count; i++) {
      if (!w->refs[i].key.n || w->refs[i].many) continue;
      x.path[0] = &w->refs[i];
      x.depth = 1;
      if (far)
        link_on(&x);
      else
        link_walk(&x);
    }
  link_counts_all(&x);
}
