// SPDX-License-Identifier: Apache-2.0
#include "mcp/refusal.h"

#include <ctype.h>
#include <string.h>

// As vendors say it, in lower case and with one space for whatever stands between two words.
static const char *const refusal_of_token[] = {
    "missing token",          "token missing",
    "token is missing",       "missing access token",
    "missing bearer",         "no token",
    "no access token",        "token required",
    "token is required",      "token expired",
    "token has expired",      "token is expired",
    "expired token",          "expired access token",
    "expired_token",          "token_expired",
    "invalid token",          "invalid_token",
    "invalid access token",   "invalid bearer",
    "token is invalid",       "token is not valid",
    "token not valid",        "token revoked",
    "token has been revoked", NULL,
};
// Of whoever asks. With 403 these speak of a permission.
static const char *const refusal_of_anybody[] = {
    "unauthorized",
    "unauthori"
    "sed",
    "unauthenticated",
    "not authenticated",
    "authentication failed",
    "authentication required",
    "authorization required",
    "authorization header",
    "missing authorization",
    NULL,
};

static bool refusal_has(struct str words, const char *phrase) {
  size_t n = strlen(phrase);
  for (const char *at; (at = memmem(words.p, words.n, phrase, n));
       words = str_from(words, (size_t)(at - words.p) + 1)) {
    char before = at == words.p ? ' ' : at[-1], behind = at + n == words.p + words.n ? ' ' : at[n];
    if (!isalnum((unsigned char)before) && !isalnum((unsigned char)behind)) return true;
  }
  return false;
}

static bool refusal_says(struct str words, const char *const *phrases) {
  while (*phrases && !refusal_has(words, *phrases)) phrases++;
  return *phrases;
}

bool refusal_is_of_token(const struct refusal *r) {
  char text[REFUSAL_WORDS_MOST];
  size_t n = 0;
  if (r->status == 401) return true;
  bool may =
      (r->status >= 200 && r->status < 300) || r->status == 400 || r->status == 403 || r->status == 404;
  if (!may) return false;
  // RFC 6750 §3.1: invalid_token is said of the token, whatever the status.
  if (str_contains(r->www_authenticate, STR("invalid_token"))) return true;
  if (r->words.n > REFUSAL_WORDS_MOST) return false;
  for (size_t i = 0; i < r->words.n; i++) {
    char c = (char)tolower((unsigned char)r->words.p[i]);
    bool gap = isspace((unsigned char)c) || c == '-';
    if (!gap || (n && text[n - 1] != ' ')) text[n++] = gap ? ' ' : c;
  }
  struct str words = str_make(text, n);
  return refusal_says(words, refusal_of_token) ||
         (r->status != 403 && refusal_says(words, refusal_of_anybody));
}
