// SPDX-License-Identifier: Apache-2.0
#include "language/language.h"

#include <pthread.h>
#include <stdlib.h>

#include "data/json.h"

static const char *const ask_intent_names[ASK_INTENTS] = {
    "list",    "count",  "total",  "share",   "top",        "bottom",  "trend", "heat",
    "weekday", "clock",  "mean",   "median",  "percentile", "compare", "lacks", "growth",
    "fall",    "oldest", "newest", "soonest", "check",      "distinct"};

const char *language_intent_name(enum ask_intent intent) {
  return ask_intent_names[intent];
}

// ---- lists of phrases, and maps from a phrase to what it stands for

static void language_add_all(struct language *l, yyjson_val *list, enum language_role role, int number,
                             const void *means) {
  size_t i, n;
  yyjson_val *v;
  if (yyjson_is_str(list)) { // words with blanks between
    struct str rest = json_text(list), word;
    while (str_cut(&rest, ' ', &word))
      if (str_trim(word).n) phrases_add(&l->phrases, str_trim(word), (int)role, means, number);
    return;
  }
  yyjson_arr_foreach (list, i, n, v) phrases_add(&l->phrases, json_text(v), (int)role, means, number);
}

static int language_number_of(yyjson_val *v) {
  struct str raw = json_raw_number(v);
  int64_t n = 0;
  if (raw.n) return str_to_i64(raw, &n) ? (int)n : 0;
  return (int)yyjson_get_sint(v);
}

// {"january": 1}
static void language_add_numbers(struct language *l, yyjson_val *map, enum language_role role) {
  size_t i, n;
  yyjson_val *key, *v;
  yyjson_obj_foreach (map, i, n, key, v)
    phrases_add(&l->phrases, json_text(key), (int)role, NULL, language_number_of(v));
}

// {"h": ["hour", "hours"]}
static void language_add_letters(struct language *l, yyjson_val *map, enum language_role role) {
  size_t i, n;
  yyjson_val *key, *v;
  yyjson_obj_foreach (map, i, n, key, v) language_add_all(l, v, role, yyjson_get_str(key)[0], NULL);
}

static void language_add_intents(struct language *l, yyjson_val *list) {
  size_t i, n;
  yyjson_val *v;
  yyjson_arr_foreach (list, i, n, v)
    for (int k = 0; k < ASK_INTENTS; k++)
      if (str_is(json_str(v, "intent"), ask_intent_names[k])) {
        l->intent_order[k] = (int)i;
        language_add_all(l, yyjson_obj_get(v, "say"), LANGUAGE_INTENT, k, NULL);
      }
}

static void language_add_comparisons(struct language *l, struct arena *a, yyjson_val *list,
                                     enum language_role role) {
  size_t i, n;
  yyjson_val *v;
  yyjson_arr_foreach (list, i, n, v)
    language_add_all(l, yyjson_obj_get(v, "say"), role, 0, arena_z(a, json_str(v, "op")));
}

static void language_add_forms(struct language *l, struct arena *a, yyjson_val *map) {
  size_t i, n;
  yyjson_val *key, *v;
  yyjson_obj_foreach (map, i, n, key, v) language_add_all(l, v, LANGUAGE_FORM, 0, arena_z(a, json_text(key)));
}

// ---- time rules

static bool language_part_read(struct language *l, struct str text, struct arena *a,
                               struct language_part *out) {
  static const struct {
    const char *name;
    char slot;
  } slots[] = {{"{n}", 'n'},   {"{u}", 'u'},    {"{date}", 't'}, {"{month}", 'm'}, {"{weekday}", 'w'},
               {"{dom}", 'd'}, {"{year}", 'y'}, {"{hour}", 'h'}, {"{clock}", 'c'}};
  (void)l;
  if (text.n > 1 && text.p[text.n - 1] == '?') out->optional = true, text.n--;
  for (size_t i = 0; i < sizeof slots / sizeof *slots; i++)
    if (str_is(text, slots[i].name)) return out->slot = slots[i].slot, true;
  for (struct str rest = text, way; str_cut(&rest, '|', &way);) {
    if (out->way_count == LANGUAGE_WAYS_MOST) return false;
    out->ways[out->way_count++] = language_stem(way, a);
  }
  return true;
}

static bool language_rule_read(struct language *l, yyjson_val *v, struct arena *a, struct err *err) {
  struct str rest = json_str(v, "when"), part;
  if (l->rule_count == LANGUAGE_RULES_MOST)
    return err_set(err, ERR_LIMIT, "a language has at most %d times", LANGUAGE_RULES_MOST);
  struct language_rule *r = &l->rules[l->rule_count++];
  *r = (struct language_rule){.since = json_str(v, "since"),
                              .until = json_str(v, "until"),
                              .prior = json_bool(v, "prior", false),
                              .around = json_bool(v, "around", false),
                              .same = json_bool(v, "same", false)};
  while (str_cut(&rest, ' ', &part)) {
    if (!part.n) continue;
    if (r->count == LANGUAGE_PARTS_MOST || !language_part_read(l, part, a, &r->parts[r->count++]))
      return err_at(err, ERR_INVALID, "times", "the time '%.*s' has too many words",
                    STR_MOST(json_str(v, "when"), 100));
  }
  return true;
}

// Members that are lists of words, each of one role.
static const struct {
  const char *key;
  enum language_role role;
} language_lists[] = {{"fillers", LANGUAGE_FILLER},
                      {"not", LANGUAGE_NOT},
                      {"missing", LANGUAGE_MISSING},
                      {"per", LANGUAGE_PER},
                      {"refers", LANGUAGE_REFERS},
                      {"why", LANGUAGE_WHY},
                      {"cut", LANGUAGE_CUT},
                      {"relates", LANGUAGE_RELATES},
                      {"again", LANGUAGE_AGAIN},
                      {"joint", LANGUAGE_JOINT},
                      {"orders", LANGUAGE_ORDER},
                      {"polite", LANGUAGE_POLITE},
                      {"hands", LANGUAGE_HANDS},
                      {"onwards", LANGUAGE_ONWARDS},
                      {"ofs", LANGUAGE_OF},
                      {"divides", LANGUAGE_DIVIDES},
                      {"nobodies", LANGUAGE_NOBODY},
                      {"oughts", LANGUAGE_OUGHT},
                      {"wishes", LANGUAGE_WISH},
                      {"orders_late", LANGUAGE_LATE},
                      {"looks", LANGUAGE_LOOKS},
                      {"reads", LANGUAGE_READS},
                      {"replies", LANGUAGE_REPLIES},
                      {"nothing", LANGUAGE_NOTHING},
                      {"states", LANGUAGE_STATE},
                      {"determiners", LANGUAGE_DETERMINER},
                      {"whether", LANGUAGE_WHETHER},
                      {"or", LANGUAGE_OR},
                      {"but", LANGUAGE_BUT},
                      {"how_often", LANGUAGE_HOW_OFTEN},
                      {"fresh", LANGUAGE_FRESH},
                      {"invokes", LANGUAGE_INVOKES},
                      {"more", LANGUAGE_MORE},
                      {"and", LANGUAGE_AND},
                      {"ids", LANGUAGE_ID},
                      {"who", LANGUAGE_WHO},
                      {"people", LANGUAGE_PEOPLE},
                      {"amounts", LANGUAGE_AMOUNT},
                      {"every", LANGUAGE_EVERY},
                      {"rivals", LANGUAGE_RIVAL},
                      {"soles", LANGUAGE_SOLE},
                      {"sizes", LANGUAGE_SIZE},
                      {"levels", LANGUAGE_LEVEL},
                      {"nexts", LANGUAGE_NEXT},
                      {"pronouns", LANGUAGE_PRONOUN},
                      {"equals", LANGUAGE_EQUALS},
                      {"bytes", LANGUAGE_BYTES},
                      {"sameness", LANGUAGE_SAMENESS},
                      {"hows", LANGUAGE_HOW},
                      {"ability", LANGUAGE_ABILITY},
                      {"et_cetera", LANGUAGE_ET_CETERA},
                      {"ours", LANGUAGE_OURS},
                      {"offers", LANGUAGE_OFFERS},
                      {"avails", LANGUAGE_AVAILS},
                      {"currencies", LANGUAGE_CURRENCY},
                      {"carriers", LANGUAGE_CARRIER},
                      {"awaits", LANGUAGE_AWAITS},
                      {"somebodies", LANGUAGE_SOMEBODY},
                      {"yets", LANGUAGE_YET},
                      {"still_has", LANGUAGE_STILL_HAS},
                      {"shoulds", LANGUAGE_SHOULD},
                      {"overdues", LANGUAGE_OVERDUE},
                      {"short", LANGUAGE_SHORT},
                      {"beyond", LANGUAGE_BEYOND},
                      {"overdone", LANGUAGE_OVERDONE},
                      {"full", LANGUAGE_FULL},
                      {"roomy", LANGUAGE_ROOMY},
                      {"froms", LANGUAGE_FROM},
                      {"untils", LANGUAGE_UNTIL},
                      {"lastings", LANGUAGE_LASTING},
                      {"tenures", LANGUAGE_TENURE},
                      {"serves", LANGUAGE_SERVE},
                      {"heres", LANGUAGE_HERE},
                      {"sums", LANGUAGE_SUM},
                      {"charges", LANGUAGE_CHARGES},
                      {"joins", LANGUAGE_JOINS},
                      {"narrows", LANGUAGE_NARROWS},
                      {"begins", LANGUAGE_BEGINS},
                      {"relatives", LANGUAGE_RELATIVE},
                      {"having", LANGUAGE_HAVING},
                      {"prepositions", LANGUAGE_PREPOSITION},
                      {"helpers", LANGUAGE_HELPER},
                      {"bears", LANGUAGE_BEARS},
                      {"gives", LANGUAGE_GIVES},
                      {"tells", LANGUAGE_TELLS},
                      {"destined", LANGUAGE_DESTINED},
                      {"changes", LANGUAGE_CHANGES},
                      {"idioms", LANGUAGE_FILLER},
                      {"interrogatives", LANGUAGE_INTERROGATIVE},
                      {"present", LANGUAGE_PRESENT},
                      {"standing", LANGUAGE_STANDING},
                      {"stands_off", LANGUAGE_STANDS_OFF},
                      {"times_over", LANGUAGE_TIMES},
                      {"foresees", LANGUAGE_FORESEES},
                      {"sorts", LANGUAGE_SORTS},
                      {"ascends", LANGUAGE_ASCENDS},
                      {"shared", LANGUAGE_SHARED}};

bool language_read(struct str yaml, struct arena *a, struct language *out, struct err *err) {
  struct yaml_doc *y;
  if (!yaml_read(yaml, &y, err)) return false;
  yyjson_val *root = yaml_root(y), *v;
  *out = (struct language){.name = json_str(root, "language"),
                           .doc = y,
                           .phrases = {.arena = a},
                           .top = json_int(root, "top", 10)};
  for (size_t i = 0; i < sizeof language_lists / sizeof *language_lists; i++)
    language_add_all(out, yyjson_obj_get(root, language_lists[i].key), language_lists[i].role, 0, NULL);
  language_add_intents(out, yyjson_obj_get(root, "intents"));
  language_add_comparisons(out, a, yyjson_obj_get(root, "comparisons"), LANGUAGE_COMPARISON);
  language_add_comparisons(out, a, yyjson_obj_get(root, "bounds"), LANGUAGE_BOUND);
  language_add_forms(out, a, yyjson_obj_get(root, "forms"));
  language_add_numbers(out, yyjson_obj_get(root, "numbers"), LANGUAGE_NUMBER);
  language_add_numbers(out, yyjson_obj_get(root, "scales"), LANGUAGE_SCALE);
  language_add_numbers(out, yyjson_obj_get(root, "weights"), LANGUAGE_WEIGHT);
  language_add_numbers(out, yyjson_obj_get(root, "months"), LANGUAGE_MONTH);
  language_add_numbers(out, yyjson_obj_get(root, "weekdays"), LANGUAGE_WEEKDAY);
  language_add_numbers(out, yyjson_obj_get(root, "halves"), LANGUAGE_HALF);
  language_add_numbers(out, yyjson_obj_get(root, "often"), LANGUAGE_OFTEN);
  language_add_numbers(out, yyjson_obj_get(root, "fractions"), LANGUAGE_FRACTION);
  language_add_letters(out, yyjson_obj_get(root, "units"), LANGUAGE_UNIT);
  language_add_letters(out, yyjson_obj_get(root, "buckets"), LANGUAGE_BUCKET);
  size_t i, n;
  yyjson_arr_foreach (yyjson_obj_get(root, "times"), i, n, v)
    if (!language_rule_read(out, v, a, err)) return false;
  return true;
}

// ---- the languages there are

enum { LANGUAGES_MOST = 16 };
static struct language languages[LANGUAGES_MOST];
static size_t language_count;
static pthread_once_t language_once = PTHREAD_ONCE_INIT;

static struct map language_kins; // stem → struct language_kin
static struct arena *language_kin_arena;

static void language_add_kin(yyjson_val *groups, enum language_kinship how) {
  size_t i, n, k, m;
  yyjson_val *group, *word;
  yyjson_arr_foreach (groups, i, n, group)
    yyjson_arr_foreach (group, k, m, word) {
      if (how != LANGUAGE_SAME && memchr(yyjson_get_str(word), ' ', yyjson_get_len(word)))
        continue; // said of it, and never a column's; a value may have several words
      struct str stem = language_stem(json_text(word), language_kin_arena);
      struct language_kin *kin = ARENA_NEW(language_kin_arena, struct language_kin);
      *kin = (struct language_kin){.next = map_get(&language_kins, stem), .words = group, .how = how};
      map_put(&language_kins, stem, kin);
    }
}

static void language_load(void) {
  language_kin_arena = arena_new();
  for (size_t i = 0; i < language_texts_count && language_count < LANGUAGES_MOST; i++) {
    struct err err;
    struct language *l = &languages[language_count];
    if (!language_read(str_of(language_texts[i].text), arena_new(), l, &err)) continue;
    language_count++;
    language_add_kin(yyjson_obj_get(yaml_root(l->doc), "alike"), LANGUAGE_ALIKE);
    language_add_kin(yyjson_obj_get(yaml_root(l->doc), "same"), LANGUAGE_SAME);
    language_add_kin(yyjson_obj_get(yaml_root(l->doc), "opposite"), LANGUAGE_OPPOSITE);
  }
}

const struct language_kin *language_kin(struct str stem) {
  pthread_once(&language_once, language_load);
  return map_get(&language_kins, stem);
}

struct str language_kin_near(struct str low, unsigned *far) {
  struct map_slot *slot;
  struct str best = STR_NONE;
  size_t i, n;
  yyjson_val *v;
  pthread_once(&language_once, language_load);
  for (size_t at = 0; (slot = map_next(&language_kins, &at));)
    for (const struct language_kin *k = slot->value; k; k = k->next)
      yyjson_arr_foreach (k->words, i, n, v) {
        unsigned by = phrases_slip(json_text(v), low);
        if (!by || by > *far || (by == *far && (!best.n || str_compare(json_text(v), best) >= 0))) continue;
        best = json_text(v);
        *far = by;
      }
  return best;
}

struct str language_denied(struct str low) {
  pthread_once(&language_once, language_load);
  for (size_t k = 0; k < language_count; k++) {
    size_t i, n;
    yyjson_val *v;
    yyjson_arr_foreach (yyjson_obj_get(yaml_root(languages[k].doc), "denying"), i, n, v)
      if (str_starts(low, yyjson_get_str(v)) && low.n > yyjson_get_len(v) + 2)
        return str_from(low, yyjson_get_len(v));
  }
  return STR_NONE;
}

const struct language *language_find(struct str name) {
  pthread_once(&language_once, language_load);
  for (size_t i = 0; i < language_count; i++)
    if (str_eq(languages[i].name, name)) return &languages[i];
  return NULL;
}

const struct language *language_guess(const struct ask_words *w) {
  pthread_once(&language_once, language_load);
  const struct language *best = &languages[0];
  size_t most = 0;
  for (size_t k = 0; k < language_count; k++) {
    size_t known = 0;
    for (size_t i = 0; i < w->n; i++) {
      struct phrase_hit hit;
      known += w->items[i].kind == WORD_PLAIN && phrases_at(&languages[k].phrases, w, i, &hit, 1) > 0;
    }
    if (known > most) most = known, best = &languages[k];
  }
  return best;
}

size_t language_at(const struct language *l, const struct ask_words *w, size_t at, enum language_role role,
                   const struct phrase **out) {
  struct phrase_hit hits[PHRASE_HITS_MOST];
  size_t n = phrases_at(&l->phrases, w, at, hits, PHRASE_HITS_MOST);
  for (size_t i = 0; i < n; i++)
    if (hits[i].phrase->role == (int)role) {
      if (out) *out = hits[i].phrase;
      return hits[i].n;
    }
  return 0;
}

bool language_times_know(const struct language *l, struct str stem) {
  for (size_t i = 0; i < l->rule_count; i++)
    for (size_t k = 0; k < l->rules[i].count; k++)
      for (size_t w = 0; w < l->rules[i].parts[k].way_count; w++)
        if (str_eq(l->rules[i].parts[k].ways[w], stem)) return true;
  return false;
}

struct str language_times_near(const struct language *l, struct str low, unsigned *far) {
  struct str best = STR_NONE;
  for (size_t i = 0; i < l->rule_count; i++)
    for (size_t k = 0; k < l->rules[i].count; k++)
      for (size_t w = 0; w < l->rules[i].parts[k].way_count; w++) {
        struct str way = l->rules[i].parts[k].ways[w];
        unsigned by = phrases_slip(way, low);
        if (!by || by > *far || (by == *far && (!best.n || str_compare(way, best) >= 0))) continue;
        best = way;
        *far = by;
      }
  return best;
}

// Roles whose words are of things as well: "called" narrows, and "calls" are counted.
static bool language_is_plain(int role) {
  return role == LANGUAGE_ORDER || role == LANGUAGE_STATE || role == LANGUAGE_PEOPLE ||
         role == LANGUAGE_NARROWS || role == LANGUAGE_BEGINS || role == LANGUAGE_ID ||
         role == LANGUAGE_READS || role == LANGUAGE_REPLIES || role == LANGUAGE_BEARS ||
         role == LANGUAGE_GIVES || role == LANGUAGE_DESTINED || role == LANGUAGE_CHANGES ||
         role == LANGUAGE_STANDING || role == LANGUAGE_RIVAL || role == LANGUAGE_SOLE ||
         role == LANGUAGE_SIZE || role == LANGUAGE_LEVEL || role == LANGUAGE_OURS ||
         role == LANGUAGE_OFFERS || role == LANGUAGE_AVAILS || role == LANGUAGE_EVERY ||
         role == LANGUAGE_NEXT || role == LANGUAGE_STANDS_OFF || role == LANGUAGE_TIMES ||
         role == LANGUAGE_SHARED || role == LANGUAGE_OFTEN || role == LANGUAGE_CARRIER ||
         role == LANGUAGE_HANDS || role == LANGUAGE_ONWARDS || role == LANGUAGE_OUGHT ||
         role == LANGUAGE_WISH || role == LANGUAGE_LATE || role == LANGUAGE_FRACTION ||
         role == LANGUAGE_DIVIDES || role == LANGUAGE_FRESH || role == LANGUAGE_INVOKES ||
         (role >= LANGUAGE_AWAITS && role <= LANGUAGE_CHARGES);
}

// "lately" fills, and "late" says something; "ordered by", and no order.
static bool language_is_form(const struct phrase *p, struct str low) {
  if (p->role == LANGUAGE_SORTS && !str_ends(low, "ed")) return false;
  return str_ends(p->first, "ly") == str_ends(low, "ly");
}

bool language_divides(const struct language *l, const struct ask_words *w, size_t at) {
  const struct phrase *verb;
  if (!language_at(l, w, at, LANGUAGE_DIVIDES, &verb) || !str_eq(verb->first, w->items[at].low)) return false;
  for (size_t i = at + 1; i + 1 < w->n && w->items[i].clause == w->items[at].clause; i++)
    if (language_at(l, w, i, LANGUAGE_PER, NULL) && w->items[i + 1].kind == WORD_PLAIN) return true;
  return false;
}

size_t language_fills(const struct language *l, const struct ask_words *w, size_t at) {
  struct phrase_hit hits[PHRASE_HITS_MOST];
  size_t n = phrases_at(&l->phrases, w, at, hits, PHRASE_HITS_MOST);
  for (size_t i = 0; i < n; i++)
    if (!language_is_plain(hits[i].phrase->role) &&
        (hits[i].n > 1 || language_is_form(hits[i].phrase, w->items[at].low)))
      return hits[i].n;
  return 0;
}
