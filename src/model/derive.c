// SPDX-License-Identifier: Apache-2.0
#include "model/derive.h"

#include "data/json.h"
#include "language/deed.h"
#include "language/language.h"
#include "model/derive_writing.h"

// Words of a name that say what is done, and not with what.
static bool derive_is_verb(struct str w) {
  static const char *const verbs[] = {
      "list",   "get",    "all",      "search",   "find",   "fetch",  "read", "show",
      "query",  "single", "by",       "id",       "of",     "the",    "for",  "in",
      "a",      "many",   "retrieve", "describe", "lookup", "browse", "view", "load",
      "export", "my",     "current",  "details",  "detail", "info",   "on",   "to"};
  for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
    if (str_is(w, verbs[i])) return true;
  return false;
}

// Does the word only say whose tool it is? Not where nothing else says what it gives.
static bool derive_is_vendor(const struct derive_name *name, struct str word, struct str vendor) {
  bool other = false;
  for (size_t i = 0; i < name->n; i++)
    other = other || (!derive_is_verb(name->words[i]) && !str_contains(vendor, name->words[i]));
  return other && str_contains(vendor, word);
}

static struct str derive_singular(struct str noun, struct arena *a) {
  if (noun.n > 3 && str_ends(noun, "ies")) return ARENA_JOIN(a, str_make(noun.p, noun.n - 3), STR("y"));
  bool es = noun.n > 4 && (str_ends(noun, "sses") || str_ends(noun, "ches") || str_ends(noun, "shes") ||
                           str_ends(noun, "xes"));
  if (es) return str_make(noun.p, noun.n - 2);
  bool s = noun.n > 3 && str_ends(noun, "s") && !str_ends(noun, "ss") && !str_ends(noun, "us") &&
           !str_ends(noun, "is");
  return s ? str_make(noun.p, noun.n - 1) : noun;
}

// "energy_by_month": what stands behind "by" is what it is told by, and no noun of it.
static size_t derive_noun_end(const struct derive_name *name) {
  bool any = false;
  for (size_t i = 0; i < name->n; i++) {
    if (any && str_is(name->words[i], "by")) return i;
    any = any || !derive_is_verb(name->words[i]);
  }
  return name->n;
}

static struct str derive_noun(const struct derive_name *name, struct str vendor, struct arena *a) {
  struct buf out = BUF_MAX(200);
  struct str last = STR_NONE; // the word before, where it is taken
  for (size_t i = 0, end = derive_noun_end(name); i < end; i++) {
    bool said = !derive_is_verb(name->words[i]) && !derive_is_vendor(name, name->words[i], vendor) &&
                !(last.n && str_eq(language_stem(name->words[i], a), language_stem(last, a)));
    if (said) buf_printf(&out, "%s%.*s", out.n ? " " : "", STR_ARG(name->words[i]));
    last = said ? name->words[i] : STR_NONE;
  }
  struct str noun = arena_dup(a, buf_str(&out));
  buf_free(&out);
  return derive_singular(noun, a);
}

static struct str derive_last(const struct derive_name *name) {
  for (size_t i = derive_noun_end(name); i-- > 0;)
    if (!derive_is_verb(name->words[i])) return name->words[i];
  return STR_NONE;
}

// The connector's own thing whose rows give that argument; empty: none.
static struct str derive_worded_giver(yyjson_val *ask, struct str argument) {
  size_t i, n;
  yyjson_val *key, *thing;
  yyjson_obj_foreach (yyjson_obj_get(ask, "things"), i, n, key, thing)
    if (yyjson_obj_getn(yyjson_obj_get(thing, "gives"), argument.p, argument.n)) return json_text(key);
  return STR_NONE;
}

// ---- the index

static bool derive_requires(const struct tool *t, struct derive_tool *out) {
  size_t i, count;
  yyjson_val *v;
  yyjson_arr_foreach (yyjson_obj_get(t->input, "required"), i, count, v) {
    if (out->need_count == DERIVE_NEEDS_MOST) return false;
    out->needs[out->need_count++] = json_text(v);
  }
  return true;
}

static void derive_note(struct derive_index *x, struct str word, int counts, struct arena *a) {
  struct str stem = language_stem(word, a);
  const struct derive_word *first = map_get(&x->words, stem);
  if (word.n < 2 || (first && first->tool == x->count)) return; // what counts more is noted first
  struct derive_word *w = ARENA_NEW(a, struct derive_word);
  *w = (struct derive_word){.next = first, .tool = x->count, .counts = counts};
  map_put(&x->words, stem, w);
  if (counts > DERIVE_BY_TEXT) map_put(&x->lows, arena_dup(a, word), w);
}

static void derive_note_text(struct derive_index *x, struct str text, struct arena *a) {
  struct ask_words words;
  struct err err;
  struct str cut = str_cut_utf8(text, DERIVE_TEXT_MOST);
  if (!cut.n || !language_words(cut, a, &words, &err)) return;
  for (size_t i = 0; i < words.n; i++)
    if (words.items[i].kind == WORD_PLAIN && words.items[i].low.n > 3)
      derive_note(x, words.items[i].low, DERIVE_BY_TEXT, a);
}

static void derive_note_columns(struct derive_index *x, const struct tool *t, struct arena *a) {
  struct derive_shape *shape = ARENA_NEW(a, struct derive_shape);
  struct derive_name name;
  derive_shape_said(t, a, shape);
  for (size_t i = 0; i < shape->count; i++) {
    derive_split(shape->columns[i].name, a, &name);
    for (size_t k = 0; k < name.n; k++) derive_note(x, name.words[k], DERIVE_BY_COLUMN, a);
    for (size_t k = 0; k < shape->columns[i].value_count; k++)
      derive_note(x, shape->columns[i].values[k], DERIVE_BY_COLUMN, a);
  }
  for (size_t i = 0; i < shape->count; i++)
    for (struct str rest = shape->columns[i].said, word; str_cut(&rest, ',', &word);)
      derive_note(x, arena_dup(a, word), DERIVE_BY_TEXT, a);
}

// Under the verb that a name comes of, too: "ship" finds shipments.
static void derive_note_verbs(struct derive_index *x, struct derive_tool *to, struct arena *a) {
  struct str verbs[DEED_VERBS_MOST];
  size_t n = to->last.n ? language_verbs(to->last, a, verbs) : 0;
  for (size_t i = 0; i < n; i++) {
    struct str stem = language_stem(verbs[i], a);
    derive_note(x, verbs[i], DERIVE_BY_TEXT, a);
    if (!to->need_count && to->many && !map_get(&x->doings, stem)) map_put(&x->doings, stem, to);
  }
}

static void derive_note_all(struct derive_index *x, const struct tool *t, const struct derive_name *name,
                            struct str vendor, struct arena *a) {
  for (size_t i = 0; i < name->n; i++) // what only says how, or whose tool it is, tells none from another
    if (!derive_is_verb(name->words[i]) && !derive_is_vendor(name, name->words[i], vendor))
      derive_note(x, name->words[i], DERIVE_BY_NAME, a);
  if (t->columns.n || t->definition) {
    derive_note_columns(x, t, a);
    derive_note_text(x, t->title, a);
    derive_note_text(x, t->about, a);
    derive_note_text(x, t->description, a);
  }
}

// "project_id" is given by the tool that the document says, or by the one that lists projects and needs nothing itself.
static struct derive_tool *derive_giver_of(const struct derive_index *x, const struct map *by_name,
                                           const struct derive_tool *t, struct str argument,
                                           struct arena *a) {
  struct derive_name wanted;
  struct str said = STR_NONE;
  yyjson_val *source = yyjson_obj_getn(t->tool->sources, argument.p, argument.n);
  if (source) said = json_text(source);
  struct derive_tool *giver = said.n ? map_get(by_name, said) : NULL;
  if (giver && giver != t) return giver;
  derive_split(argument, a, &wanted);
  giver = wanted.n ? map_get(&x->givers, language_stem(wanted.words[0], a)) : NULL;
  return giver != t ? giver : NULL;
}

static void derive_relate(struct derive_index *x, struct derive_tool *t, const struct map *by_name,
                          yyjson_val *ask, struct arena *a) {
  if (!t->need_count) return;
  struct str last = t->needs[t->need_count - 1];
  t->within = t->need_count == 1 ? derive_worded_giver(ask, last) : STR_NONE;
  if (t->within.n) return;
  struct derive_tool *giver = derive_giver_of(x, by_name, t, last, a);
  if (!giver) return;
  bool same = str_eq(language_stem(giver->last, a), language_stem(t->last, a)) &&
              t->tool->class == TOOL_GET && !t->many;
  if (same && t->need_count == giver->need_count + 1) { // a row of what the other lists
    if (!giver->one && !giver->need_count) giver->one = t;
    t->is_one = true;
    return;
  }
  if (t->need_count != 1 + giver->need_count) return; // what else it needs the giver was called with
  t->giver = giver;
  bool there = giver->give_count == DERIVE_NEEDS_MOST;
  for (size_t i = 0; i < giver->give_count; i++) there = there || str_eq(giver->gives[i], last);
  if (!there) giver->gives[giver->give_count++] = last;
}

struct derive_index *derive_index_new(const struct derive *d, struct arena *a) {
  struct derive_index *x = ARENA_NEW(a, struct derive_index);
  struct map by_name = {0};
  *x = (struct derive_index){.tools = ARENA_ARRAY(a, d->tools->count + 1, struct derive_tool),
                             .connector = d->tools->connector,
                             .weight = d->ask ? DERIVE_WORDED : DERIVE_ALONE};
  for (size_t i = 0; i < d->tools->count; i++) {
    const struct tool *t = &d->tools->tools[i];
    struct derive_tool *to = &x->tools[x->count];
    struct derive_name name;
    if (!t->read_only || !t->served || !d->shows(d->arg, t)) continue;
    *to = (struct derive_tool){.tool = t, .id = arena_printf(a, "t%zu", d->first + i)};
    if (!derive_requires(t, to)) continue;
    derive_split(t->name, a, &name);
    to->noun = derive_noun(&name, d->tools->connector, a);
    to->last = derive_last(&name);
    to->many = t->class == TOOL_LIST || str_ends(to->last, "s");
    derive_note_all(x, t, &name, d->tools->connector, a);
    struct str stem = to->last.n ? language_stem(to->last, a) : STR_NONE;
    if (!to->need_count && stem.n && to->many && !map_get(&x->givers, stem)) map_put(&x->givers, stem, to);
    derive_note_verbs(x, to, a);
    map_put(&by_name, t->name, to);
    x->count++;
  }
  for (size_t i = 0; i < x->count; i++) derive_relate(x, &x->tools[i], &by_name, d->ask, a);
  map_free(&by_name);
  return x;
}

void derive_index_free(struct derive_index *x) {
  map_free(&x->words);
  map_free(&x->lows);
  map_free(&x->givers);
  map_free(&x->doings);
}

void derive_about(struct str text, struct arena *a, struct map *out) {
  struct ask_words words;
  struct err err;
  if (!language_words(str_cut_utf8(text, DERIVE_ABOUT_MOST), a, &words, &err)) return;
  for (size_t i = 0; i < words.n; i++)
    if (words.items[i].kind == WORD_PLAIN && language_is_noun(words.items[i].low))
      map_put(out, words.items[i].stem, out);
}

bool derive_index_knows(const struct derive_index *x, struct str stem) {
  return map_get(&x->words, stem) != NULL;
}

struct str derive_index_near(const struct derive_index *x, struct str low, unsigned *far) {
  struct map_slot *slot;
  struct str best = STR_NONE;
  for (size_t i = 0; (slot = map_next(&x->lows, &i));) {
    unsigned n = phrases_slip(slot->key, low);
    if (!n && str_ends(low, "s")) n = phrases_slip(slot->key, str_make(low.p, low.n - 1)); // one of them
    if (!n || n > *far || (n == *far && best.n && str_compare(slot->key, best) > 0)) continue;
    best = slot->key;
    *far = n;
  }
  return best;
}

// ---- the words of a question

static void derive_ask_kin(struct derive_asked *q, struct str stem, struct arena *a) {
  size_t i, n;
  yyjson_val *v;
  for (const struct language_kin *k = language_kin(stem); k; k = k->next)
    yyjson_arr_foreach (k->words, i, n, v) map_put(&q->kin, language_stem(json_text(v), a), q);
}

static void derive_ask_verbs(struct derive_asked *q, struct str low, struct arena *a) {
  struct str verbs[DEED_VERBS_MOST];
  size_t n = language_verbs(low, a, verbs);
  for (size_t i = 0; i < n; i++) map_put(&q->kin, language_stem(verbs[i], a), q);
}

enum { DERIVE_NONE_REACH = 5 }; // words from "not" to "a single"

// "don't have a single order" is none at all, be there orders that are called single.
static bool derive_is_none(const struct ask_words *w, size_t at) {
  const struct language *en = language_find(STR("en"));
  if (!str_is(w->items[at].low, "single") || !at || !str_is(w->items[at - 1].low, "a")) return false;
  for (size_t by = 2; by <= DERIVE_NONE_REACH && by <= at; by++)
    if (language_at(en, w, at - by, LANGUAGE_NOT, NULL)) return true;
  return false;
}

void derive_ask(const struct ask_words *w, struct derive_asked *out, struct arena *a) {
  *out = (struct derive_asked){.words = *w};
  for (size_t i = 0; i < w->n; i++) {
    struct str joined = language_stem(language_joined(&w->items[i], a), a),
               left = language_denied(w->items[i].low);
    map_put(&out->stems, w->items[i].stem, out);
    if (w->items[i].kind == WORD_PLAIN)
      map_put(&out->stems, w->items[i].low, out); // "unresolved", as it stands
    if (!derive_is_none(w, i)) {
      map_put(&out->said, w->items[i].low, out);
      map_put(&out->said, language_joined(&w->items[i], a), out);
    }
    map_put(&out->stems, joined, out);
    if (i + 1 < w->n)
      map_put(&out->kin, ARENA_JOIN(a, w->items[i].stem, w->items[i + 1].stem),
              out); // "signed up", "sign ups"
    derive_ask_kin(out, w->items[i].stem, a);
    if (w->items[i].kind == WORD_PLAIN) derive_ask_verbs(out, w->items[i].low, a);
    if (left.n) map_put(&out->kin, language_stem(left, a), out);
  }
}

void derive_asked_free(struct derive_asked *q) {
  map_free(&q->stems);
  map_free(&q->said);
  map_free(&q->kin);
}

// ---- the things that a question speaks of

bool derive_is_asked_for(const struct derive_asked *q, struct str word, struct arena *a) {
  struct str stem = language_stem(word, a);
  return map_get(&q->stems, stem) || map_get(&q->kin, stem);
}

// Rows of which one was seen say more than the definition; numbers that stand for something else are what that says.
static const struct derive_shape *derive_know(const struct derive_taking *x, const struct derive_index *of,
                                              const struct derive_tool *t, bool *seen) {
  struct derive_shape *said = ARENA_NEW(x->arena, struct derive_shape), *known;
  derive_shape_said(t->tool, x->arena, said);
  *seen = true;
  for (size_t i = 0; i < x->q->seen_count; i++) {
    if (x->q->seen[i].of != of || !str_eq(x->q->seen[i].id, t->id)) continue;
    known = ARENA_NEW(x->arena, struct derive_shape);
    *known = *x->q->seen[i].shape;
    derive_number_known(known, said);
    return known;
  }
  *seen = false;
  return said;
}

struct derive_knowing {
  const struct derive_shape *shape;
  bool seen;
};

const struct derive_shape *derive_known(const struct derive_taking *x, const struct derive_index *of,
                                        const struct derive_tool *t, bool *seen) {
  struct derive_knowing *k = map_get(x->known, t->id);
  if (!k) {
    k = ARENA_NEW(x->arena, struct derive_knowing);
    k->shape = derive_know(x, of, t, &k->seen);
    map_put(x->known, t->id, k);
  }
  *seen = k->seen;
  return k->shape;
}

static void derive_take(struct derive_taking *x, const struct derive_tool *t, int depth);

// Those whose rows may point at it.
static void derive_take_sought(struct derive_taking *x, yyjson_mut_val *thing, int depth) {
  size_t i, n;
  yyjson_mut_val *v;
  yyjson_mut_arr_foreach (yyjson_mut_obj_get(thing, "seeks"), i, n, v)
    for (size_t k = 0; k < x->x->count; k++)
      if (str_is(x->x->tools[k].id, yyjson_mut_get_str(v))) derive_take(x, &x->x->tools[k], depth);
}

// What others are given comes first, so that a thing within it finds it.
static void derive_take(struct derive_taking *x, const struct derive_tool *t, int depth) {
  bool seen;
  if (yyjson_mut_obj_getn(x->things, t->id.p, t->id.n)) return;
  if (t->giver) derive_take(x, t->giver, depth);
  const struct derive_shape *shape = derive_known(x, x->x, t, &seen);
  struct derive_ref refs[DERIVE_REFS_MOST];
  size_t n = derive_refs(x, t, shape, refs);
  struct derive_writing w = {.taking = x,
                             .t = t,
                             .shape = shape->count ? shape : NULL,
                             .stems = &x->q->stems,
                             .said = &x->q->said,
                             .refs = refs,
                             .ref_count = n,
                             .seen = seen,
                             .weight = x->x->weight,
                             .doc = x->doc,
                             .arena = x->arena};
  yyjson_mut_val *thing = derive_write(&w);
  derive_put(&w, x->things, t->id, thing);
  for (size_t i = 0; i < n && depth < 1; i++)
    if (refs[i].of == x->x) derive_take(x, refs[i].to, depth + 1); // their rows may have to be looked at
  if (depth < 1) derive_take_sought(x, thing, depth + 1);
}

static void derive_count(const struct derive_index *x, const struct map *stems, bool kin, int *fits,
                         int *best) {
  struct map_slot *slot;
  for (size_t i = 0; (slot = map_next(stems, &i));)
    for (const struct derive_word *w = map_get(&x->words, slot->key); w; w = w->next) {
      fits[w->tool] += kin ? (w->counts + 1) / 2 : w->counts;
      if (fits[w->tool] > *best) *best = fits[w->tool];
    }
}

// Is all that it needs given by something?
static bool derive_is_reachable(const struct derive_tool *t) {
  for (int depth = 0; depth < DERIVE_NEEDS_MOST && !t->is_one; depth++) {
    if (!t->need_count || t->within.n) return true;
    if (!t->giver) return false;
    t = t->giver;
  }
  return false;
}

yyjson_doc *derive_things(const struct derive_index *x, const struct derive_asked *q, struct arena *a) {
  int best = 0, *fits = ARENA_ARRAY(a, x->count + 1, int);
  const struct derive_tool *taken[DERIVE_MOST];
  size_t n = 0;
  derive_count(x, &q->stems, false, fits, &best);
  derive_count(x, &q->kin, true, fits, &best);
  for (int round = best; round > 0 && n < DERIVE_MOST; round--)
    for (size_t i = 0; i < x->count && n < DERIVE_MOST; i++) {
      const struct derive_tool *t = &x->tools[i];
      if (fits[i] == round && derive_is_reachable(t)) taken[n++] = t;
    }
  if (!n) return NULL;
  struct map known = {0}, pointing = {0};
  struct derive_taking taking = {
      .x = x, .q = q, .known = &known, .pointing = &pointing, .doc = yyjson_mut_doc_new(NULL), .arena = a};
  yyjson_mut_val *root = yyjson_mut_obj(taking.doc);
  yyjson_mut_doc_set_root(taking.doc, root);
  taking.things = yyjson_mut_obj_add_obj(taking.doc, root, "things");
  for (size_t i = 0; i < n; i++) derive_take(&taking, taken[i], 0);
  yyjson_doc *doc = yyjson_mut_doc_imut_copy(taking.doc, NULL);
  yyjson_mut_doc_free(taking.doc);
  map_free(&known);
  map_free(&pointing);
  return doc;
}
