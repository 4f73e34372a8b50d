// SPDX-License-Identifier: Apache-2.0
#define PCRE2_CODE_UNIT_WIDTH 8
#include "data/schema_pattern.h"

#include <pcre2.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"
#include "data/schema_cost.h"

// A foreign pattern gets this much memory for one text; its work is paid for by the check.
enum { SCHEMA_MATCH_KIB = 32 * 1024, SCHEMA_PARENS_DEEP = 50 };

// In units of work. PCRE2's own match limit counts the steps from one starting position, of which a text has
// as many as characters, and no characters that a step runs over: so it is asked to call after each item of a
// pattern instead (PCRE2_AUTO_CALLOUT), and pays there.
enum {
  SCHEMA_COST_STEP = 16,    // one callout
  SCHEMA_COST_MATCH = 64,   // to begin a match
  SCHEMA_COST_FIRST = 8000, // to compile a pattern, beside the square of its length
  SCHEMA_FIRST_SHARE = 4,   // of that square, one in so many
  SCHEMA_SCAN_SHARE = 8,    // bytes of text for a unit, to find where a match may start
  SCHEMA_SIZE_SHARE = 64,   // bytes of a compiled pattern with wide classes that weigh as much as a step
  SCHEMA_GROUP_SHARE = 8,   // groups that do
  SCHEMA_COST_KIB = 200,    // to have filled a KiB of the memory for a match
};

struct schema_regex {
  struct str pattern;
  pcre2_code *code; // NULL: it does not compile
  struct schema_cost cost;
  unsigned users;
  struct schema_regex *older, *newer; // among those out of use
};

struct schema_patterns {
  struct map held; // pattern → struct schema_regex
  pcre2_match_data *data;
  pcre2_match_context *limits;
};

struct schema_meter {
  const struct schema_regex *regex;
  uint64_t left;
  size_t start, at; // of the match that is tried, and where it was at the last step
};

static pthread_mutex_t schema_lock = PTHREAD_MUTEX_INITIALIZER;
static struct map schema_regexes;
static struct schema_regex *schema_oldest,
    *schema_newest; // of those out of use, by when they were given back

static void schema_regex_weigh(struct schema_regex *r) {
  uint32_t groups = 0, behind = 0;
  size_t size = 0;
  pcre2_pattern_info(r->code, PCRE2_INFO_CAPTURECOUNT, &groups);
  pcre2_pattern_info(r->code, PCRE2_INFO_MAXLOOKBEHIND, &behind);
  pcre2_pattern_info(r->code, PCRE2_INFO_SIZE, &size);
  if (behind > r->cost.repeat) r->cost.repeat = behind;
  r->cost.weight += groups / SCHEMA_GROUP_SHARE;
  if (r->cost.wide) r->cost.weight += size / SCHEMA_SIZE_SHARE;
}

static void schema_regex_compile(struct schema_regex *r, struct str pattern) {
  int code;
  size_t at;
  if (pattern.n > SCHEMA_PATTERN_MOST || !schema_cost_read(pattern, &r->cost)) return;
  pcre2_compile_context *context = pcre2_compile_context_create(NULL);
  if (!context) abort();
  pcre2_set_parens_nest_limit(context, SCHEMA_PARENS_DEEP);
  pcre2_set_compile_extra_options(context, PCRE2_EXTRA_ALT_BSUX); // \u{…}
  // ECMA-262: `$` is the very end only, an unset group matches nothing, \u00e9 is a character.
  uint32_t options = PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_MATCH_UNSET_BACKREF | PCRE2_ALT_BSUX |
                     PCRE2_ALLOW_EMPTY_CLASS | PCRE2_NEVER_BACKSLASH_C | PCRE2_AUTO_CALLOUT;
  r->code = pcre2_compile((PCRE2_SPTR)(pattern.p ? pattern.p : ""), pattern.n, options, &code, &at, context);
  pcre2_compile_context_free(context);
  if (r->code) schema_regex_weigh(r);
}

static void schema_regex_free(struct schema_regex *r) {
  pcre2_code_free(r->code);
  mem_free((char *)(uintptr_t)r->pattern.p);
  mem_free(r);
}

static void schema_regex_use(struct schema_regex *r) {
  if (r->users++ || (r != schema_oldest && !r->older)) return; // it was in use, or is a new one
  *(r->older ? &r->older->newer : &schema_oldest) = r->newer;
  *(r->newer ? &r->newer->older : &schema_newest) = r->older;
  r->older = r->newer = NULL;
}

// Makes room by dropping the one that was longest out of use. Those in use stay: as many as checks under way
// can pay for.
static void schema_regex_give(struct schema_regex *r) {
  struct schema_regex *drop = NULL;
  pthread_mutex_lock(&schema_lock);
  if (--r->users == 0) {
    r->older = schema_newest;
    *(r->older ? &r->older->newer : &schema_oldest) = r;
    schema_newest = r;
    if (schema_regexes.count > SCHEMA_PATTERNS_KEPT) drop = schema_oldest;
  }
  if (drop) {
    schema_oldest = drop->newer;
    *(drop->newer ? &drop->newer->older : &schema_newest) = NULL;
    map_remove(&schema_regexes, drop->pattern);
  }
  pthread_mutex_unlock(&schema_lock);
  if (drop) schema_regex_free(drop);
}

// Compiled outside of the lock: other threads go on meanwhile. Who comes second takes the first one's.
static struct schema_regex *schema_regex_take(struct str pattern) {
  pthread_mutex_lock(&schema_lock);
  struct schema_regex *r = map_get(&schema_regexes, pattern), *made = NULL;
  if (r) schema_regex_use(r);
  pthread_mutex_unlock(&schema_lock);
  if (r) return r;
  made = MEM_NEW(struct schema_regex);
  made->pattern = str_make(mem_copy(pattern.p, pattern.n), pattern.n);
  schema_regex_compile(made, pattern);
  pthread_mutex_lock(&schema_lock);
  r = map_get(&schema_regexes, pattern);
  if (!r) map_put(&schema_regexes, made->pattern, r = made);
  schema_regex_use(r);
  pthread_mutex_unlock(&schema_lock);
  if (r != made) schema_regex_free(made);
  return r;
}

// ---- paying

static size_t schema_longest_group(const pcre2_callout_block *at) {
  size_t longest = 0;
  for (uint32_t i = 1; i < at->capture_top; i++) {
    size_t from = at->offset_vector[2 * i], to = at->offset_vector[2 * i + 1];
    if (from != PCRE2_UNSET && to != PCRE2_UNSET && to > from && to - from > longest) longest = to - from;
  }
  return longest;
}

// What the item that comes next may cost without being seen: how far it runs before it fails.
static uint64_t schema_unseen(const struct schema_regex *r, const pcre2_callout_block *at) {
  uint64_t most = at->subject_length, n = r->cost.repeat;
  if (r->cost.refers && r->pattern.p[at->pattern_position] == '\\')
    n = schema_longest_group(at) * (n ? n : 1);
  return n < most ? n : most;
}

// Called before each item of the pattern, at the end of each group and of the pattern. How far the last item
// ran where it did not fail is seen by the position; to go back costs nothing.
static int schema_meter_step(pcre2_callout_block *at, void *arg) {
  struct schema_meter *m = arg;
  if (at->start_match != m->start) m->start = m->at = at->start_match;
  size_t ran = at->current_position > m->at ? at->current_position - m->at : 0;
  m->at = at->current_position;
  uint64_t cost = (SCHEMA_COST_STEP + ran + schema_unseen(m->regex, at)) * m->regex->cost.weight;
  if (cost > m->left) {
    m->left = 0;
    return PCRE2_ERROR_CALLOUT;
  }
  m->left -= cost;
  return 0;
}

static bool schema_pay(uint64_t *work, uint64_t cost) {
  bool enough = *work >= cost;
  *work -= enough ? cost : *work;
  return enough;
}

// ---- one check

struct schema_patterns *schema_patterns_new(void) {
  struct schema_patterns *p = MEM_NEW(struct schema_patterns);
  p->limits = pcre2_match_context_create(NULL);
  p->data = pcre2_match_data_create(1, NULL);
  if (!p->limits || !p->data) abort();
  pcre2_set_heap_limit(p->limits, SCHEMA_MATCH_KIB);
  pcre2_set_match_limit(p->limits, UINT32_MAX); // work and memory are what is limited
  pcre2_set_depth_limit(p->limits, UINT32_MAX);
  return p;
}

void schema_patterns_free(struct schema_patterns *p) {
  if (!p) return;
  size_t at = 0;
  struct map held = p->held;
  for (struct map_slot *slot; (slot = map_next(&held, &at));) schema_regex_give(slot->value);
  map_free(&p->held);
  pcre2_match_data_free(p->data);
  pcre2_match_context_free(p->limits);
  mem_free(p);
}

// Charged for by the first use in a check, compiled now or before: what a check costs must not depend on
// others.
static struct schema_regex *schema_patterns_take(struct schema_patterns *p, struct str pattern,
                                                 uint64_t *work) {
  struct schema_regex *r = map_get(&p->held, pattern);
  if (r || pattern.n > SCHEMA_PATTERN_MOST ||
      !schema_pay(work, SCHEMA_COST_FIRST + pattern.n * pattern.n / SCHEMA_FIRST_SHARE))
    return r;
  r = schema_regex_take(pattern);
  map_put(&p->held, r->pattern, r);
  return r;
}

enum schema_match schema_pattern_match(struct schema_patterns *p, struct str pattern, struct str text,
                                       uint64_t *work) {
  struct schema_regex *r = schema_patterns_take(p, pattern, work);
  if (!schema_pay(work, SCHEMA_COST_MATCH + text.n / SCHEMA_SCAN_SHARE)) return SCHEMA_TOO_COSTLY;
  if (!r || !r->code) return SCHEMA_UNDECIDED;
  struct schema_meter meter = {.regex = r, .left = *work};
  pcre2_set_callout(p->limits, schema_meter_step, &meter);
  // Strings of a document that was read are valid UTF-8.
  int result = pcre2_match(r->code, (PCRE2_SPTR)(text.p ? text.p : ""), text.n, 0,
                           PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT, p->data, p->limits);
  *work = meter.left;
  if (result == PCRE2_ERROR_HEAPLIMIT) (void)schema_pay(work, (uint64_t)SCHEMA_COST_KIB * SCHEMA_MATCH_KIB);
  if (result >= 0) return SCHEMA_MATCHES;
  if (result == PCRE2_ERROR_NOMATCH) return SCHEMA_DIFFERS;
  return result == PCRE2_ERROR_CALLOUT ? SCHEMA_TOO_COSTLY : SCHEMA_UNDECIDED;
}

bool schema_pattern_compiles(struct str pattern) {
  struct schema_regex r = {.users = 0};
  schema_regex_compile(&r, pattern);
  pcre2_code_free(r.code);
  return r.code != NULL;
}
