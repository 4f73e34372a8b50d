// SPDX-License-Identifier: Apache-2.0
// Rows that are meant by their number or id, and what is asked of such a one. Of things without words: where a connector
// has words, it says how its rows are asked for.
#include "ask/part_filling.h"
#include "data/json.h"
#include "language/deed.h"

static bool part_has_digit(struct str s) {
  for (size_t i = 0; i < s.n; i++)
    if (s.p[i] >= '0' && s.p[i] <= '9') return true;
  return false;
}

// The thing whose name stands right before or behind the mention.
static const struct model_thing *part_id_of(const struct filling *f, size_t i) {
  for (int by = -1; by <= 1; by += 2) {
    const struct mention *m = part_mention(f, i, by);
    if (m && by < 0 && part_is(f, m, LANGUAGE_ID)) m = part_mention(f, i, -2); // "ticket number 12"
    if (!m || (by > 0 && f->words->items[f->list[i].first].kind == WORD_NUMBER)) continue;
    if (m->what == MENTION_NAME && m->number == 0) return f->part->thing;
    if (m->what == MENTION_PARENT) return m->parent;
  }
  return NULL;
}

// A number that says how many, or how long, names no row.
static bool part_measures(const struct filling *f, size_t i) {
  const struct word *w = &f->words->items[f->list[i].first];
  size_t at = f->list[i].first + 1;
  if (w->kind != WORD_NUMBER) return false;
  if (w->number != (double)(int64_t)w->number || memchr(w->text.p, ',', w->text.n)) return true;
  if (part_before(f, i, LANGUAGE_INTENT, 1) || part_before(f, i, LANGUAGE_COMPARISON, 1)) return true;
  return at < f->words->n && (language_at(f->language, f->words, at, LANGUAGE_UNIT, NULL) ||
                              language_at(f->language, f->words, at, LANGUAGE_SCALE, NULL));
}

bool part_take_id(struct filling *f, size_t i) {
  const struct mention *m = &f->list[i];
  const struct word *w = &f->words->items[m->first];
  struct reading_part *p = f->part;
  bool number = m->what == MENTION_FILLER && w->kind == WORD_NUMBER && !f->in->mentions->timed[m->first];
  if (!number && m->what != MENTION_UNKNOWN) return false;
  const struct model_thing *of = part_has_digit(w->whole) ? part_id_of(f, i) : NULL;
  struct str key = of ? json_str(of->def, "key") : STR_NONE, id = w->kind == WORD_NUMBER ? w->text : w->whole;
  if (!key.n || part_measures(f, i)) return false;
  if (id.p[0] == '#') id = str_from(id, 1);
  for (size_t k = i + 1; k < f->count && f->words->items[f->list[k].first].whole.p == w->whole.p; k++)
    f->list[k].what = MENTION_FILLER; // the rest of "SO-5200"
  int column = of == p->thing && !yyjson_obj_get(of->def, "one") ? model_column_find(of, key) : -1;
  if (column >= 0) {
    part_add_filter(p, (struct reading_filter){
                           .op = READING_LIKE, .value = -1, .column = column, .text = id, .at = m->first});
    return true;
  }
  part_add_name(p->ids, &p->id_count, id);
  p->named = of;
  return true;
}

bool part_take_equal(struct filling *f, size_t i) {
  const struct mention *m = &f->list[i], *before = part_mention(f, i, -1);
  const struct word *w = &f->words->items[m->first];
  if (m->what != MENTION_FILLER || w->kind != WORD_NUMBER || f->in->mentions->timed[m->first] ||
      part_measures(f, i))
    return false;
  if (!before || before->what != MENTION_COLUMN || !part_is_measure(&f->part->thing->columns[before->number]))
    return false;
  if (f->part->measure == before->number) f->part->measure = -1;
  part_add_filter(f->part, (struct reading_filter){.op = READING_COMPARES,
                                                   .value = -1,
                                                   .column = before->number,
                                                   .sign = "=",
                                                   .text = w->text,
                                                   .at = m->first});
  return true;
}

// One row is named, and a value asked about: the row is shown whatever it has.
void part_settle_whether(struct filling *f) {
  struct reading_part *p = f->part;
  size_t first = f->in->segment_count ? f->in->segments[0].first : 0;
  p->whether = language_at(f->language, f->words, first, LANGUAGE_WHETHER, NULL) > 0;
  bool one = p->id_count == 1 && p->named == p->thing;
  if (!p->thing->derived || !one || p->filter_count != 1 || p->filters[0].op != READING_IS ||
      p->filters[0].column < 0)
    return;
  if (!p->whether) return;
  p->expects = p->filters[0].value;
  p->expects_not = p->filters[0].negated;
  if (p->asked_count < READING_GROUPS_MOST) p->asked[p->asked_count++] = p->filters[0].column;
  p->filter_count = 0;
}

// "interviewer" of interviews: who does what the rows are.
static int part_doer(const struct filling *f) {
  const struct model_thing *t = f->part->thing;
  for (size_t c = 0; c < t->column_count; c++) {
    struct str name = t->columns[c].name;
    bool doer = str_ends(name, "er") || str_ends(name, "or");
    if (doer && !t->columns[c].time && !part_is_measure(&t->columns[c]) &&
        (str_eq(language_stem(name, f->arena), language_stem(t->label_noun, f->arena)) ||
         language_is_deed(name, t->label_noun, f->arena)))
      return (int)c;
  }
  return -1;
}

// Is it called as who has something in hand: "assignee", "owner"?
static bool part_is_holder(const struct filling *f, int column) {
  size_t i, n;
  yyjson_val *v;
  struct str stem = language_stem(f->part->thing->columns[column].name, f->arena);
  for (const struct language_kin *k = language_kin(stem); k; k = k->next)
    yyjson_arr_foreach (k->words, i, n, v)
      if (str_is(json_text(v), "holder")) return true;
  return false;
}

// The column that names people; -1: none. Of several the one that the language names first.
static int part_people(const struct filling *f) {
  const struct model_thing *t = f->part->thing;
  int doer = part_doer(f);
  if (doer >= 0) return doer;
  for (size_t c = 0; c < t->column_count && f->part->filter_count; c++) // who had what was done to it in hand
    if (part_is_holder(f, (int)c) && !t->columns[c].time && !part_is_measure(&t->columns[c])) return (int)c;
  for (size_t c = 0; c < t->column_count; c++) {
    struct ask_words words;
    struct err err;
    if (t->columns[c].time || part_is_measure(&t->columns[c]) || str_ends(t->columns[c].name, "id")) continue;
    size_t i, n;
    yyjson_val *v, *names = yyjson_obj_get(yyjson_obj_getn(yyjson_obj_get(t->def, "columns"),
                                                           t->columns[c].name.p, t->columns[c].name.n),
                                           "names");
    yyjson_arr_foreach (names, i, n, v)
      if (language_words(json_text(v), f->arena, &words, &err))
        for (size_t k = 0; k < words.n; k++)
          if (language_at(f->language, &words, k, LANGUAGE_PEOPLE, NULL)) return (int)c;
  }
  return -1;
}

// "Open issues per person": by those who have them, where rows name such; else by the people they name.
void part_settle_per_person(struct filling *f) {
  struct reading_part *p = f->part;
  int people = -1;
  bool per = false;
  for (size_t i = 1; i < f->count; i++)
    per = per || (f->list[i].what == MENTION_FILLER && part_before(f, i, LANGUAGE_PER, 1) &&
                  language_at(f->language, f->words, f->list[i].first, LANGUAGE_PEOPLE, NULL));
  if (!per || !p->thing->derived || p->group_count) return;
  for (size_t c = 0; c < p->thing->column_count && people < 0; c++)
    if (part_is_holder(f, (int)c) && !p->thing->columns[c].time) people = (int)c;
  if (people < 0) people = part_people(f);
  if (people < 0) return;
  p->grouped = true;
  part_add_column(p->groups, &p->group_count, people);
}

// "How many people have shipped a release?"
static bool part_counts_people(const struct filling *f) {
  for (size_t i = 0; i < f->count && f->part->thing->derived; i++)
    if (f->list[i].what == MENTION_FILLER && part_counts_at(f, f->list[i].first) &&
        language_at(f->language, f->words, f->list[i].first, LANGUAGE_PEOPLE, NULL))
      return true;
  return false;
}

// Are the rows people themselves: employees, users?
static bool part_is_people(const struct filling *f) {
  struct ask_words words;
  struct err err;
  if (!language_words(f->part->thing->label_noun, f->arena, &words, &err)) return false;
  for (size_t k = 0; k < words.n; k++)
    if (language_at(f->language, &words, k, LANGUAGE_PEOPLE, NULL)) return true;
  return false;
}

// "Who …" asks for people: where rows are of something else, for those that they name.
void part_settle_who(struct filling *f) {
  struct reading_part *p = f->part;
  size_t first = f->in->segment_count ? f->in->segments[0].first : 0;
  p->who = language_at(f->language, f->words, first, LANGUAGE_WHO, NULL) > 0;
  if (p->thing->counts < 0 && part_counts_people(f) && !part_is_people(f) && part_people(f) >= 0) {
    p->who = true;
    p->intents |= 1u << ASK_DISTINCT;
  }
  int people = p->who && p->thing->derived ? part_people(f) : -1;
  if (people < 0 || p->group_count) return;
  for (size_t i = 0; i < p->filter_count; i++)
    if (p->filters[i].column == people) return;
  if (part_has(p, ASK_TOP) || part_has(p, ASK_BOTTOM) || part_has(p, ASK_COUNT))
    part_add_column(p->groups, &p->group_count, people);
  else
    part_add_column(p->asked, &p->asked_count, people);
}

bool part_lacks_people(const struct reading_part *p) {
  const struct language *en = language_find(STR("en"));
  struct ask_words words;
  struct err err;
  struct arena *a = arena_new();
  bool people = !p->who || (p->thing->derived && !p->thing->known);
  bool ranks = part_has(p, ASK_TOP) || part_has(p, ASK_BOTTOM) || part_has(p, ASK_COUNT);
  for (size_t c = 0; c < p->thing->column_count && !people; c++)
    people =
        p->thing->columns[c].entity == WORD_EMAIL || str_contains(p->thing->columns[c].name, STR("email"));
  if (!people && language_words(p->thing->label_noun, a, &words, &err))
    for (size_t k = 0; k < words.n; k++) people = people || language_at(en, &words, k, LANGUAGE_PEOPLE, NULL);
  arena_free(a);
  return !people && ranks && !p->group_count;
}
