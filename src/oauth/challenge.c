// SPDX-License-Identifier: Apache-2.0
#include "oauth/challenge.h"

#include "base/codec.h"

enum { CHALLENGE_MOST = 16 * 1024 };

static bool challenge_is_space(char c) {
  return c == ' ' || c == '\t';
}

static void challenge_skip(struct str *rest, const char *what) {
  while (rest->n && strchr(what, rest->p[0]) && rest->p[0]) *rest = str_from(*rest, 1);
}

static struct str challenge_token(struct str *rest) {
  size_t n = 0;
  while (n < rest->n && codec_is_token(str_make(rest->p + n, 1))) n++;
  struct str token = str_make(rest->p, n);
  *rest = str_from(*rest, n);
  return token;
}

// RFC 9110 §5.6.4, its escapes undone.
static bool challenge_quoted(struct str *rest, struct arena *a, struct str *out) {
  char *text = arena_alloc(a, rest->n + 1);
  size_t n = 0;
  for (size_t i = 1; i < rest->n; i++) {
    if (rest->p[i] == '"') {
      *out = str_make(text, n);
      *rest = str_from(*rest, i + 1);
      return true;
    }
    if (rest->p[i] == '\\' && ++i == rest->n) return false;
    text[n++] = rest->p[i];
  }
  return false;
}

// The one text behind a scheme that has no parameters: "Negotiate YII=".
static void challenge_skip_token68(struct str *rest) {
  struct str s = *rest;
  size_t n = 0;
  while (n < s.n && s.p[n] != ',' && s.p[n] != '=' && !challenge_is_space(s.p[n])) n++;
  while (n < s.n && s.p[n] == '=') n++;
  struct str behind = str_from(s, n);
  challenge_skip(&behind, " \t");
  if (n && (!behind.n || behind.p[0] == ',')) *rest = behind;
}

static bool challenge_value(struct str *rest, struct arena *a, struct str *out) {
  if (rest->n && rest->p[0] == '"') return challenge_quoted(rest, a, out);
  // A token; but many leave the quotes away around what is none, or write single ones.
  struct str s = *rest;
  size_t n = 0;
  while (n < s.n && s.p[n] != ',' && s.p[n] != '"' && !challenge_is_space(s.p[n])) n++;
  *rest = str_from(s, n);
  if (n > 1 && s.p[0] == '\'' && s.p[n - 1] == '\'') s.p++, n -= 2;
  *out = str_make(s.p, n);
  return n > 0;
}

static void challenge_take(struct challenge *c, struct str name, struct str value) {
  const struct {
    const char *name;
    struct str *to;
  } all[] = {{"resource_metadata", &c->resource_metadata},
             {"scope", &c->scope},
             {"error", &c->error},
             {"error_description", &c->error_description}};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (str_is_nocase(name, all[i].name) && !all[i].to->n) *all[i].to = value;
}

// A name with '=' behind it is a parameter of the challenge before; any other begins a challenge.
struct challenge challenge_read(struct str header, struct arena *a) {
  struct challenge c = {0};
  bool bearer = false, done = false;
  for (struct str rest = header.n > CHALLENGE_MOST ? STR_NONE : header;;) {
    challenge_skip(&rest, " \t,");
    struct str name = challenge_token(&rest), value;
    if (!name.n) return c;
    struct str behind = rest;
    challenge_skip(&behind, " \t");
    if (behind.n && behind.p[0] == '=') {
      rest = str_from(behind, 1);
      challenge_skip(&rest, " \t");
      if (!challenge_value(&rest, a, &value)) return c;
      if (bearer) challenge_take(&c, name, value);
      continue;
    }
    done = done || bearer;
    bearer = !done && str_is_nocase(name, "bearer");
    rest = behind;
    challenge_skip_token68(&rest);
  }
}

bool challenge_wants_scope(const struct challenge *c, int status) {
  return status == 403 && str_is(c->error, "insufficient_scope");
}
