// SPDX-License-Identifier: Apache-2.0
// Sections are of the October 2021 edition.
#include "call/graphql.h"

enum graphql_token { GRAPHQL_END, GRAPHQL_NAME, GRAPHQL_NUMBER, GRAPHQL_STRING, GRAPHQL_MARK, GRAPHQL_BAD };

struct graphql {
  struct str d;
  size_t at;                // behind the token at hand
  enum graphql_token token; // the one at hand
  struct str text;          // its bytes; of a mark one byte, '.' for "..."
  unsigned depth;
  bool loose;   // what stands in braces is skipped by its brackets
  bool queries; // a query was seen
  bool changes; // a mutation or subscription was seen
};

// ---- tokens (§2.1)

static bool graphql_is_digit(char c) {
  return c >= '0' && c <= '9';
}
static bool graphql_is_name(char c) {
  return c == '_' || graphql_is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Past what means nothing: blanks, line ends, commas, comments, byte order marks.
static size_t graphql_skip(struct str d, size_t at) {
  for (; at < d.n; at++) {
    char c = d.p[at];
    if (c == '#')
      while (at + 1 < d.n && d.p[at + 1] != '\n' && d.p[at + 1] != '\r') at++;
    else if (str_starts(str_from(d, at), "\xef\xbb\xbf"))
      at += 2;
    else if (c != ' ' && c != '\t' && c != '\n' && c != '\r' && c != ',')
      break;
  }
  return at;
}

// Behind a block string's end (§2.9.4); 0: it has none.
static size_t graphql_block_end(struct str d, size_t at) {
  for (at += 3; at < d.n; at++) {
    if (str_starts(str_from(d, at), "\\\"\"\""))
      at += 3;
    else if (str_starts(str_from(d, at), "\"\"\""))
      return at + 3;
  }
  return 0;
}

// Behind the end of a string; 0: it has none on its line, or an escape that is none.
static size_t graphql_string_end(struct str d, size_t at) {
  if (str_starts(str_from(d, at), "\"\"\"")) return graphql_block_end(d, at);
  for (at++; at < d.n && d.p[at] != '\n' && d.p[at] != '\r'; at++) {
    if (d.p[at] == '"') return at + 1;
    if (d.p[at] == '\\' && (++at == d.n || !strchr("\"\\/bfnrtu", d.p[at]) || !d.p[at])) return 0;
  }
  return 0;
}

static size_t graphql_number_end(struct str d, size_t at) {
  while (at < d.n && (graphql_is_name(d.p[at]) || strchr("+-.", d.p[at])) && d.p[at]) at++;
  return at;
}

static void graphql_next(struct graphql *g) {
  struct str d = g->d;
  size_t from = graphql_skip(d, g->at), end = from;
  char c = from < d.n ? d.p[from] : 0;
  g->token = GRAPHQL_BAD;
  if (from == d.n) {
    g->token = GRAPHQL_END;
  } else if (graphql_is_digit(c) || c == '-') {
    g->token = GRAPHQL_NUMBER;
    end = graphql_number_end(d, from);
  } else if (graphql_is_name(c)) {
    g->token = GRAPHQL_NAME;
    while (end < d.n && graphql_is_name(d.p[end])) end++;
  } else if (c == '"') {
    end = graphql_string_end(d, from);
    if (end) g->token = GRAPHQL_STRING;
  } else if (str_starts(str_from(d, from), "...")) {
    g->token = GRAPHQL_MARK;
    end = from + 3;
  } else if (c && strchr("!$&():=@[]{|}", c)) {
    g->token = GRAPHQL_MARK;
    end = from + 1;
  }
  bool open = c == '"' && !end; // a string without an end takes the rest
  g->text = open ? STR_NONE : str_make(d.p + from, end - from);
  g->at = open ? d.n : end + (end == from && from < d.n);
}

static bool graphql_at(const struct graphql *g, char mark) {
  return g->token == GRAPHQL_MARK && g->text.p[0] == mark;
}
static bool graphql_at_word(const struct graphql *g, const char *word) {
  return g->token == GRAPHQL_NAME && str_is(g->text, word);
}
static bool graphql_take(struct graphql *g, char mark) {
  if (!graphql_at(g, mark)) return false;
  graphql_next(g);
  return true;
}
static bool graphql_take_token(struct graphql *g, enum graphql_token token) {
  if (g->token != token) return false;
  graphql_next(g);
  return true;
}
static bool graphql_take_name(struct graphql *g) {
  return graphql_take_token(g, GRAPHQL_NAME);
}

// ---- grammar: each takes what it is named for; false: it is not there

static bool graphql_value(struct graphql *g);

static bool graphql_field(struct graphql *g) { // name: value
  return graphql_take_name(g) && graphql_take(g, ':') && graphql_value(g);
}

static bool graphql_value_within(struct graphql *g) { // §2.9
  if (graphql_take(g, '$')) return graphql_take_name(g);
  if (graphql_take(g, '[')) {
    while (!graphql_at(g, ']'))
      if (!graphql_value(g)) return false;
    return graphql_take(g, ']');
  }
  if (graphql_take(g, '{')) {
    while (!graphql_at(g, '}'))
      if (!graphql_field(g)) return false;
    return graphql_take(g, '}');
  }
  return graphql_take_name(g) || graphql_take_token(g, GRAPHQL_NUMBER) ||
         graphql_take_token(g, GRAPHQL_STRING);
}

static bool graphql_value(struct graphql *g) {
  if (++g->depth > GRAPHQL_DEEP_MOST || !graphql_value_within(g)) return false;
  g->depth--;
  return true;
}

static bool graphql_arguments(struct graphql *g) { // §2.6, may be absent
  if (!graphql_take(g, '(')) return true;
  do
    if (!graphql_field(g)) return false;
  while (!graphql_at(g, ')'));
  return graphql_take(g, ')');
}

static bool graphql_directives(struct graphql *g) { // §2.12, may be absent
  while (graphql_take(g, '@'))
    if (!graphql_take_name(g) || !graphql_arguments(g)) return false;
  return true;
}

static bool graphql_type(struct graphql *g) { // §2.11
  unsigned lists = 0;
  while (lists < GRAPHQL_DEEP_MOST && graphql_take(g, '[')) lists++;
  if (!graphql_take_name(g)) return false;
  for (graphql_take(g, '!'); lists; lists--, graphql_take(g, '!'))
    if (!graphql_take(g, ']')) return false;
  return true;
}

static bool graphql_variables(struct graphql *g) { // §2.10, may be absent
  if (!graphql_take(g, '(')) return true;
  do {
    if (!graphql_take(g, '$') || !graphql_take_name(g) || !graphql_take(g, ':') || !graphql_type(g))
      return false;
    if (graphql_take(g, '=') && !graphql_value(g)) return false;
    if (!graphql_directives(g)) return false;
  } while (!graphql_at(g, ')'));
  return graphql_take(g, ')');
}

static bool graphql_selections(struct graphql *g);

static bool graphql_selection(struct graphql *g) { // §2.5, §2.8
  if (!graphql_take(g, '.')) {
    if (!graphql_take_name(g) || (graphql_take(g, ':') && !graphql_take_name(g))) return false;
    if (!graphql_arguments(g) || !graphql_directives(g)) return false;
    return !graphql_at(g, '{') || graphql_selections(g);
  }
  if (graphql_at_word(g, "on")) {
    graphql_next(g);
    return graphql_take_name(g) && graphql_directives(g) && graphql_selections(g);
  }
  if (graphql_take_name(g)) return graphql_directives(g);
  return graphql_directives(g) && graphql_selections(g);
}

static bool graphql_skip_braces(struct graphql *g) {
  size_t open = 0;
  do {
    if (g->token == GRAPHQL_END) return false;
    open += graphql_at(g, '{');
    open -= graphql_at(g, '}');
    graphql_next(g);
  } while (open);
  return true;
}

static bool graphql_selections(struct graphql *g) { // §2.4
  if (!graphql_at(g, '{')) return false;
  if (g->loose) return graphql_skip_braces(g);
  if (++g->depth > GRAPHQL_DEEP_MOST) return false;
  graphql_next(g);
  do
    if (!graphql_selection(g)) return false;
  while (!graphql_at(g, '}'));
  g->depth--;
  return graphql_take(g, '}');
}

static bool graphql_fragment(struct graphql *g) { // §2.8; the one before 2018 could have variables
  if (graphql_at_word(g, "on") || !graphql_take_name(g) || !graphql_variables(g) || !graphql_at_word(g, "on"))
    return false;
  graphql_next(g);
  return graphql_take_name(g) && graphql_directives(g) && graphql_selections(g);
}

static bool graphql_definition(struct graphql *g) { // §2.2, §2.3
  graphql_take_token(g, GRAPHQL_STRING);
  if (graphql_at(g, '{')) {
    g->queries = true;
    return graphql_selections(g);
  }
  if (graphql_at_word(g, "fragment")) {
    graphql_next(g);
    return graphql_fragment(g);
  }
  bool query = graphql_at_word(g, "query");
  if (!query && !graphql_at_word(g, "mutation") && !graphql_at_word(g, "subscription")) return false;
  graphql_next(g);
  graphql_take_name(g);
  if (!graphql_variables(g) || !graphql_directives(g) || !graphql_at(g, '{')) return false;
  g->queries |= query;
  g->changes |= !query;
  return graphql_selections(g);
}

// As far as it can be read; true: to its end.
static bool graphql_document(struct graphql *g) {
  graphql_next(g);
  while (g->token != GRAPHQL_END)
    if (!graphql_definition(g)) return false;
  return true;
}

bool graphql_only_reads(struct str document) {
  struct graphql g = {.d = document};
  return graphql_document(&g) && g.queries && !g.changes;
}

bool graphql_may_change(struct str text) {
  struct graphql g = {.d = text, .loose = true};
  return (void)graphql_document(&g), g.changes;
}

// ---- names

static char graphql_lower(struct str s, size_t *at) {
  char c = s.p[*at];
  uint64_t high;
  if (c == '%' && *at + 2 < s.n && str_to_u64(str_make(s.p + *at + 1, 1), &high)) {
    char low = s.p[*at + 2] | 0x20;
    c = (char)(high * 16 + (uint64_t)(graphql_is_digit(s.p[*at + 2]) ? low - '0' : low - 'a' + 10));
    *at += 2;
  }
  return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool graphql_is_letter(char c) {
  return c >= 'a' && c <= 'z';
}

// A letter more; the oldest goes.
static void graphql_push(char *last, size_t n, char c) {
  memmove(last, last + 1, n - 1);
  last[n - 1] = c;
}

bool graphql_is_named_in(struct str text) {
  char joined[8] = {0}, plain[5] = {0}; // the last characters, without '-' and '_' and with them
  for (size_t i = 0; i <= text.n; i++) {
    char c = i < text.n ? graphql_lower(text, &i) : 0;
    graphql_push(plain, sizeof plain, c);
    if (c != '-' && c != '_') graphql_push(joined, sizeof joined, c);
    if (memcmp(joined + 1, "graphql", 7) == 0 || memcmp(joined, "graphiql", 8) == 0) return true;
    // A word of its own: not LogQL.
    if (memcmp(plain + 1, "gql", 3) == 0 && !graphql_is_letter(plain[0]) && !graphql_is_letter(plain[4]))
      return true;
  }
  return false;
}
