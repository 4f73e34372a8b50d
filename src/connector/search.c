// SPDX-License-Identifier: Apache-2.0
#include "connector/search.h"

#include <stdlib.h>

#include "base/buf.h"

// How a word lies in a text, best first. A field adds to it; the sum over the words ranks a connector.
enum search_match {
  SEARCH_SAME,
  SEARCH_START,
  SEARCH_WORD,
  SEARCH_WORD_START,
  SEARCH_INSIDE,
  SEARCH_NONE = 99
};
enum { SEARCH_OF_TAGS = 3, SEARCH_OF_TEXTS = 5 };

struct search_hit {
  const struct connector *connector;
  unsigned rank;
};

struct search_query {
  struct str words[SEARCH_WORDS_MOST];
  size_t count;
};

static bool search_in_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c & 0x80);
}

static enum search_match search_at(struct str text, size_t at, size_t n) {
  bool starts = !at || !search_in_word(text.p[at - 1]);
  bool ends = at + n == text.n || !search_in_word(text.p[at + n]);
  if (!at && at + n == text.n) return SEARCH_SAME;
  if (!at) return SEARCH_START;
  return starts && ends ? SEARCH_WORD : starts ? SEARCH_WORD_START : SEARCH_INSIDE;
}

static enum search_match search_match(struct str text, struct str word) {
  enum search_match best = SEARCH_NONE;
  for (size_t at = 0; at + word.n <= text.n; at++)
    if (str_eq_nocase(str_make(text.p + at, word.n), word)) {
      enum search_match match = search_at(text, at, word.n);
      if (match < best) best = match;
    }
  return best;
}

static unsigned search_rank(const struct connector *c, struct str word) {
  const struct {
    struct str text;
    unsigned of;
  } fields[] = {{c->name, 0},
                {c->label, 0},
                {c->category, SEARCH_OF_TAGS},
                {c->blurb, SEARCH_OF_TEXTS},
                {c->reads, SEARCH_OF_TEXTS}};
  unsigned best = SEARCH_NONE;
  for (size_t i = 0; i < sizeof fields / sizeof *fields + c->tag_count; i++) {
    bool tag = i >= sizeof fields / sizeof *fields;
    struct str text = tag ? c->tags[i - sizeof fields / sizeof *fields] : fields[i].text;
    enum search_match match = search_match(text, word);
    unsigned rank = match + (tag ? SEARCH_OF_TAGS : fields[i].of);
    if (match != SEARCH_NONE && rank < best) best = rank;
  }
  return best;
}

static struct search_query search_split(struct str text) {
  struct search_query q = {.count = 0};
  for (struct str rest = text, word; q.count < SEARCH_WORDS_MOST && str_cut(&rest, ' ', &word);)
    if ((word = str_trim(word)).n) q.words[q.count++] = word;
  return q;
}

static bool search_hits(const struct search_query *q, const struct connector *c, struct search_hit *out) {
  out->connector = c;
  out->rank = 0;
  for (size_t i = 0; i < q->count; i++) {
    unsigned rank = search_rank(c, q->words[i]);
    if (rank == SEARCH_NONE) return false;
    out->rank += rank;
  }
  return true;
}

static int search_compare(const void *a, const void *b) {
  const struct search_hit *x = a, *y = b;
  if (x->rank != y->rank) return x->rank < y->rank ? -1 : 1;
  return str_compare(x->connector->name, y->connector->name);
}

// ---- nothing found

struct search_near {
  struct str word, is;
  unsigned distance;
};

static void search_near_word(struct search_near *near, struct str is) {
  unsigned distance = str_distance(near->word, is);
  if (distance >= near->distance) return;
  near->distance = distance;
  near->is = is;
}

// Names and tags as they stand, and each word of a label or name.
static void search_near_connector(struct search_near *near, const struct connector *c) {
  const struct str texts[] = {c->name, c->label, c->category};
  for (size_t i = 0; i < c->tag_count; i++) search_near_word(near, c->tags[i]);
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    search_near_word(near, texts[i]);
    for (size_t at = 0, end; at < texts[i].n; at = end + 1) {
      for (end = at; end < texts[i].n && search_in_word(texts[i].p[end]);) end++;
      if (end > at) search_near_word(near, str_make(texts[i].p + at, end - at));
    }
  }
}

// A third of the word may be wrong, and something must stay of it.
static struct str search_nearest(const struct connector_set *set, struct str word, struct arena *a) {
  char *lower = arena_z(a, word);
  for (char *p = lower; *p; p++)
    if (*p >= 'A' && *p <= 'Z') *p = (char)(*p + 'a' - 'A');
  struct search_near near = {.word = str_of(lower),
                             .distance = (unsigned)(word.n < 60 ? word.n : 60) / 3 + 1};
  size_t at = 0;
  for (const struct connector *c; (c = connector_next(set, &at));) search_near_connector(&near, c);
  return near.is;
}

static bool search_knows(const struct connector_set *set, struct str word) {
  size_t at = 0;
  for (const struct connector *c; (c = connector_next(set, &at));)
    if (search_rank(c, word) != SEARCH_NONE) return true;
  return false;
}

static struct str search_suggest(const struct connector_set *set, const struct search_query *q,
                                 struct arena *a) {
  struct str suggestion = STR_NONE;
  bool changed = false;
  for (size_t i = 0; i < q->count; i++) {
    struct str word = q->words[i];
    if (!search_knows(set, word)) {
      word = search_nearest(set, word, a);
      if (!word.n) return STR_NONE;
      changed = true;
    }
    suggestion = arena_printf(a, "%.*s%s%.*s", STR_ARG(suggestion), i ? " " : "", STR_ARG(word));
  }
  return changed ? suggestion : STR_NONE;
}

void connector_search(const struct connector_set *set, struct str query, struct arena *a,
                      struct connector_found *out) {
  struct search_query q = search_split(query);
  struct search_hit *hits = ARENA_ARRAY(a, CONNECTORS_MOST, struct search_hit);
  size_t at = 0, count = 0;
  for (const struct connector *c; count < CONNECTORS_MOST && (c = connector_next(set, &at));)
    count += search_hits(&q, c, &hits[count]);
  qsort(hits, count, sizeof *hits, search_compare);
  const struct connector **items = ARENA_ARRAY(a, count + 1, const struct connector *);
  for (size_t i = 0; i < count; i++) items[i] = hits[i].connector;
  *out = (struct connector_found){.items = items, .count = count};
  if (!count) out->suggestion = search_suggest(set, &q, a);
}
