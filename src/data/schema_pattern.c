// SPDX-License-Identifier: Apache-2.0
#define PCRE2_CODE_UNIT_WIDTH 8
#include "data/schema_pattern.h"

#include <pcre2.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"

// A foreign pattern gets this much work and memory for one text, whatever it is.
enum {
  SCHEMA_MATCH_STEPS = 200000,
  SCHEMA_MATCH_DEPTH = 2000,
  SCHEMA_MATCH_KIB = 4096,
  SCHEMA_PARENS_DEEP = 50
};

struct schema_regex {
  char *pattern;
  pcre2_code *code; // NULL: it does not compile
  uint64_t used;    // when last
  unsigned users;
};

static pthread_mutex_t schema_lock = PTHREAD_MUTEX_INITIALIZER;
static struct map schema_regexes;
static uint64_t schema_clock;

static pcre2_code *schema_regex_compile(struct str pattern) {
  int code;
  size_t at;
  if (pattern.n > SCHEMA_PATTERN_MOST) return NULL;
  pcre2_compile_context *context = pcre2_compile_context_create(NULL);
  if (!context) abort();
  pcre2_set_parens_nest_limit(context, SCHEMA_PARENS_DEEP);
  pcre2_set_compile_extra_options(context, PCRE2_EXTRA_ALT_BSUX); // \u{…}
  // ECMA-262: `$` is the very end only, an unset group matches nothing, \u00e9 is a character.
  uint32_t options = PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_MATCH_UNSET_BACKREF | PCRE2_ALT_BSUX |
                     PCRE2_ALLOW_EMPTY_CLASS | PCRE2_NEVER_BACKSLASH_C;
  pcre2_code *compiled =
      pcre2_compile((PCRE2_SPTR)(pattern.p ? pattern.p : ""), pattern.n, options, &code, &at, context);
  pcre2_compile_context_free(context);
  return compiled;
}

static void schema_regex_free(struct schema_regex *r) {
  pcre2_code_free(r->code);
  mem_free(r->pattern);
  mem_free(r);
}

// Makes room by dropping the one that was longest out of use. Those in use stay: as many as threads at most.
static void schema_regex_evict(void) {
  struct map_slot *oldest = NULL;
  size_t at = 0;
  for (struct map_slot *slot; (slot = map_next(&schema_regexes, &at));) {
    struct schema_regex *r = slot->value;
    if (r->users == 0 && (!oldest || r->used < ((struct schema_regex *)oldest->value)->used)) oldest = slot;
  }
  if (oldest) schema_regex_free(map_remove(&schema_regexes, oldest->key));
}

static struct schema_regex *schema_regex_take(struct str pattern) {
  pthread_mutex_lock(&schema_lock);
  struct schema_regex *r = map_get(&schema_regexes, pattern);
  if (!r) {
    if (schema_regexes.count >= SCHEMA_PATTERNS_KEPT) schema_regex_evict();
    r = MEM_NEW(struct schema_regex);
    r->pattern = mem_copy(pattern.p, pattern.n);
    r->code = schema_regex_compile(pattern);
    map_put(&schema_regexes, str_make(r->pattern, pattern.n), r);
  }
  r->used = ++schema_clock;
  r->users++;
  pthread_mutex_unlock(&schema_lock);
  return r;
}

static void schema_regex_give(struct schema_regex *r) {
  pthread_mutex_lock(&schema_lock);
  r->users--;
  pthread_mutex_unlock(&schema_lock);
}

static enum schema_match schema_regex_match(const pcre2_code *code, struct str text) {
  pcre2_match_context *limits = pcre2_match_context_create(NULL);
  pcre2_match_data *data = pcre2_match_data_create(1, NULL);
  if (!limits || !data) abort();
  pcre2_set_match_limit(limits, SCHEMA_MATCH_STEPS);
  pcre2_set_depth_limit(limits, SCHEMA_MATCH_DEPTH);
  pcre2_set_heap_limit(limits, SCHEMA_MATCH_KIB);
  // Strings of a document that was read are valid UTF-8.
  int result = pcre2_match(code, (PCRE2_SPTR)(text.p ? text.p : ""), text.n, 0,
                           PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT, data, limits);
  pcre2_match_data_free(data);
  pcre2_match_context_free(limits);
  if (result == PCRE2_ERROR_NOMATCH) return SCHEMA_DIFFERS;
  return result >= 0 ? SCHEMA_MATCHES : SCHEMA_UNDECIDED;
}

enum schema_match schema_pattern_match(struct str pattern, struct str text) {
  struct schema_regex *r = schema_regex_take(pattern);
  enum schema_match match = r->code ? schema_regex_match(r->code, text) : SCHEMA_UNDECIDED;
  schema_regex_give(r);
  return match;
}

bool schema_pattern_compiles(struct str pattern) {
  pcre2_code *code = schema_regex_compile(pattern);
  pcre2_code_free(code);
  return code != NULL;
}
