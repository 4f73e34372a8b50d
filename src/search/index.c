// SPDX-License-Identifier: Apache-2.0
// Robertson, Zaragoza: "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), 3.6 "BM25F".
#include "search/index.h"

#include <math.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/mem.h"
#include "search/terms.h"

#define INDEX_K1 1.2f // how soon a word that comes again adds nothing

// What a word in a field counts, how far longer fields count less, and how many words count as usual.
static const struct {
  float weight, b, usual;
} index_weights[INDEX_FIELDS] = {
    [INDEX_NAME] = {3.0f, 0.5f, 5},        [INDEX_SYNONYMS] = {1.5f, 0.0f, 5},
    [INDEX_TAGS] = {0.8f, 0.0f, 3},        [INDEX_DESCRIPTION] = {1.0f, 0.3f, 15},
    [INDEX_PARAMETERS] = {0.3f, 0.3f, 40}, [INDEX_CONNECTOR] = {0.6f, 0.0f, 2},
};

struct index_posting {
  uint32_t document;
  uint32_t fields;
  float weight; // over all fields; from index_finish on what it adds at an idf of 1
};

struct index_term {
  struct index_posting *postings; // by document
  size_t count, cap;
  size_t seen; // while it is built: the field it was last seen in, over all documents
};

struct index {
  struct arena *arena;    // of the terms
  struct map terms;       // stem → struct index_term *
  struct map words;       // while it is built: word → struct index_term *, so that each is stemmed once
  struct terms *splitter; // likewise
  struct index_posting *postings; // of all terms, from index_finish on
  float *weights;                 // of documents
  size_t count, cap;
};

struct index *index_new(void) {
  struct index *x = MEM_NEW(struct index);
  x->arena = arena_new();
  x->splitter = terms_new();
  return x;
}

size_t index_count(const struct index *x) {
  return x->count;
}

// ---- building

static struct index_term *index_term(struct index *x, struct term term) {
  struct index_term *t = map_get(&x->words, term.word);
  if (t) return t;
  t = map_get(&x->terms, term.stem);
  if (!t) {
    t = ARENA_NEW(x->arena, struct index_term);
    map_put(&x->terms, arena_dup(x->arena, term.stem), t);
  }
  map_put(&x->words, arena_dup(x->arena, term.word), t);
  return t;
}

static void index_note(struct index_term *t, size_t document, enum index_field field, float weight) {
  struct index_posting *last = t->count ? &t->postings[t->count - 1] : NULL;
  if (!last || last->document != document) {
    if (t->count == t->cap) {
      t->cap = t->cap ? 2 * t->cap : 2;
      t->postings = mem_resize(t->postings, t->cap * sizeof *t->postings);
    }
    last = &t->postings[t->count++];
    *last = (struct index_posting){.document = (uint32_t)document};
  }
  last->fields |= 1u << field;
  last->weight += weight;
}

bool index_add(struct index *x, const struct str fields[INDEX_FIELDS]) {
  struct index_term *found[INDEX_FIELD_TERMS_MOST];
  if (x->count == INDEX_DOCUMENTS_MOST) return false;
  for (enum index_field f = 0; f < INDEX_FIELDS; f++) {
    size_t n = 0;
    terms_start(x->splitter, fields[f]);
    // A word that a field repeats says no more by it: names that stutter would come first.
    for (struct term term; n < INDEX_FIELD_TERMS_MOST && terms_next(x->splitter, &term);) {
      struct index_term *t = index_term(x, term);
      size_t here = x->count * INDEX_FIELDS + f + 1;
      if (t->seen != here) found[n++] = t;
      t->seen = here;
    }
    float length = (float)n / index_weights[f].usual;
    float weight = index_weights[f].weight / (1 - index_weights[f].b + index_weights[f].b * length);
    for (size_t i = 0; i < n; i++) index_note(found[i], x->count, f, weight);
  }
  if (x->count == x->cap) {
    x->cap = x->cap ? 2 * x->cap : 64;
    x->weights = mem_resize(x->weights, x->cap * sizeof *x->weights);
  }
  x->weights[x->count++] = 1;
  return true;
}

void index_weigh(struct index *x, float weight) {
  if (x->count) x->weights[x->count - 1] = weight;
}

void index_finish(struct index *x) {
  size_t total = 0, at = 0, next = 0;
  for (struct map_slot *slot; (slot = map_next(&x->terms, &at));)
    total += ((struct index_term *)slot->value)->count;
  x->postings = mem_array(total + 1, sizeof *x->postings);
  at = 0;
  for (struct map_slot *slot; (slot = map_next(&x->terms, &at));) {
    struct index_term *t = slot->value;
    struct index_posting *grown = t->postings;
    t->postings = x->postings + next;
    for (size_t i = 0; i < t->count; i++) {
      t->postings[i] = grown[i];
      t->postings[i].weight = grown[i].weight / (INDEX_K1 + grown[i].weight);
    }
    next += t->count;
    mem_free(grown);
  }
  terms_free(x->splitter);
  x->splitter = NULL;
  map_free(&x->words);
}

void index_free(struct index *x) {
  if (!x) return;
  if (x->splitter) index_finish(x);
  mem_free(x->postings);
  mem_free(x->weights);
  map_free(&x->terms);
  arena_free(x->arena);
  mem_free(x);
}

// ---- searching

static bool index_shows(const struct index_part *part, size_t document) {
  return !part->shown || (part->shown[document / 64] >> (document % 64) & 1);
}

static size_t index_count_shown(const struct index_part *part) {
  size_t n = 0;
  if (!part->shown) return part->index->count;
  for (size_t i = 0; i < INDEX_BITS(part->index->count); i++)
    n += (size_t)__builtin_popcountll(part->shown[i]);
  return n;
}

struct index_query {
  char bytes[2 * INDEX_QUERY_MOST][TERM_BYTES_MOST + 1];
  struct str stems[2 * INDEX_QUERY_MOST]; // each once
  size_t count;
};

static void index_query_add(struct index_query *q, struct str stem) {
  for (size_t i = 0; i < q->count; i++)
    if (str_eq(q->stems[i], stem)) return;
  if (q->count == 2 * INDEX_QUERY_MOST || stem.n > TERM_BYTES_MOST) return;
  memcpy(q->bytes[q->count], stem.p, stem.n);
  q->stems[q->count] = str_make(q->bytes[q->count], stem.n);
  q->count++;
}

// A host, an address, a number: which one is meant, not what.
static bool index_is_value(struct str word) {
  bool digits = word.n > 0;
  for (size_t i = 0; i < word.n; i++) {
    bool inner = i > 0 && i + 1 < word.n && word.p[i + 1] != ' ';
    if (word.p[i] == '@' || ((word.p[i] == '.' || word.p[i] == ':') && inner)) return true;
    digits = digits && word.p[i] >= '0' && word.p[i] <= '9';
  }
  return digits;
}

// The words, and each two neighbours as one: "rule sets" finds "rulesets".
static void index_read_words(struct terms *t, struct str text, struct index_query *q) {
  char before[TERM_BYTES_MOST * 2 + 1];
  size_t n = 0;
  terms_start(t, text);
  struct term term;
  for (size_t i = 0; q->count < INDEX_QUERY_MOST && i < INDEX_QUERY_MOST && terms_next(t, &term); i++) {
    index_query_add(q, term.stem);
    memcpy(before + n, term.word.p, term.word.n);
    size_t joined = n + term.word.n, last = term.word.n;
    if (n && joined <= TERM_BYTES_MOST) index_query_add(q, terms_stem(t, str_make(before, joined)));
    memmove(before, before + n, last);
    n = last;
  }
}

// Stretches of words between values; a query of values alone is searched as it is.
static void index_read_query(struct str text, struct index_query *q) {
  struct terms *t = terms_new();
  struct str rest = text, word, stretch = {text.p, 0};
  q->count = 0;
  while (str_cut(&rest, ' ', &word)) {
    if (!index_is_value(str_trim_end(str_trim(word), '.'))) {
      stretch.n = (size_t)(word.p + word.n - stretch.p);
      continue;
    }
    index_read_words(t, stretch, q);
    stretch = (struct str){word.p + word.n, 0};
  }
  index_read_words(t, stretch, q);
  if (!q->count) index_read_words(t, text, q);
  terms_free(t);
}

struct index_cell { // what a document has gathered
  float score;
  uint32_t fields;
};

struct index_run {
  const struct index_part *parts;
  size_t part_count, shown; // documents that are shown, in all parts
  struct index_cell *cells; // of all parts, one after the other
};

static float index_rarity(const struct index_run *run, struct str stem) {
  size_t with = 0;
  for (size_t p = 0; p < run->part_count; p++) {
    const struct index_term *t = map_get(&run->parts[p].index->terms, stem);
    for (size_t i = 0; t && i < t->count; i++) with += index_shows(&run->parts[p], t->postings[i].document);
  }
  return with ? logf(1 + ((float)(run->shown - with) + 0.5f) / ((float)with + 0.5f)) : 0;
}

static void index_score(struct index_run *run, struct str stem) {
  float rarity = index_rarity(run, stem);
  struct index_cell *cells = run->cells;
  for (size_t p = 0; p < run->part_count; p++) {
    const struct index_part *part = &run->parts[p];
    const struct index_term *t = map_get(&part->index->terms, stem);
    for (size_t i = 0; t && i < t->count; i++) {
      if (!index_shows(part, t->postings[i].document)) continue;
      struct index_cell *cell = &cells[t->postings[i].document];
      cell->score += rarity * t->postings[i].weight;
      cell->fields |= t->postings[i].fields;
    }
    cells += part->index->count;
  }
}

// Into a list that is kept in order; what comes later stands behind its equals.
static void index_rank(struct index_hit *hits, size_t *count, size_t limit, struct index_hit hit) {
  if (!limit || (*count == limit && hits[limit - 1].score >= hit.score)) return;
  size_t at = *count < limit ? (*count)++ : limit - 1;
  for (; at && hits[at - 1].score < hit.score; at--) hits[at] = hits[at - 1];
  hits[at] = hit;
}

size_t index_search(const struct index_part *parts, size_t part_count, struct str query,
                    struct index_hit *hits, size_t limit) {
  struct index_run run = {.parts = parts, .part_count = part_count};
  struct index_query q;
  size_t total = 0, count = 0;
  index_read_query(query, &q);
  for (size_t p = 0; p < part_count; p++) {
    total += parts[p].index->count;
    run.shown += index_count_shown(&parts[p]);
  }
  run.cells = mem_array(total + 1, sizeof *run.cells);
  for (size_t i = 0; i < q.count; i++) index_score(&run, q.stems[i]);
  const struct index_cell *cell = run.cells;
  for (size_t p = 0; p < part_count; p++)
    for (size_t d = 0; d < parts[p].index->count; d++, cell++)
      if (cell->fields)
        index_rank(hits, &count, limit,
                   (struct index_hit){p, d, cell->score * parts[p].index->weights[d], cell->fields});
  mem_free(run.cells);
  return count;
}
