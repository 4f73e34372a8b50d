// SPDX-License-Identifier: Apache-2.0
#include "remote/trust_words.h"

// clang-format off
static const char *const joints[] = {"and", "or", "then", NULL};
static const char *const fillers[] = {"a", "all", "an", "at", "by", "for", "from", "id", "ids", "in", "me", "my", "of", "on",
                                      "the", "to", "using", "with", NULL};
static const char *const tails[] = {"activity", "count", "details", "history", "info", "information", "log", "logs", "metadata",
                                    "overview", "results", "schema", "stats", "status", "summary", "templates", "types", NULL};
static const char *const secrets[] = {"apikey", "apikeys", "credential", "credentials", "key", "keys", "passphrase",
                                      "passphrases", "passwd", "password", "passwords", "secret", "secrets", "token", "tokens",
                                      NULL};
static const char *const open_before[] = {"attribute", "design", "dimension", "field", "foreign", "idempotency", "index",
                                          "locale", "metadata", "observability", "partition", "primary", "property", "public",
                                          "shortcut", "sort", "translation", NULL};
static const char *const about[] = {"alert", "alerts", "balance", "balances", "count", "counts", "expiry", "holders", "limit",
                                    "limits", "metrics", "names", "permissions", "policies", "policy", "price", "prices",
                                    "scanning", "schema", "scopes", "statistics", "stats", "status", "types", "usage", NULL};
static const char *const programs[] = {"cmd", "code", "command", "commands", "javascript", "mutation", "python", "script",
                                       "shell", "sql", "statement", "statements", NULL};
// clang-format on

static bool trust_in(const char *const *list, struct str word) {
  while (*list && !str_is(word, *list)) list++;
  return *list != NULL;
}

bool trust_is_joint(struct str word) {
  return trust_in(joints, word);
}
bool trust_is_filler(struct str word) {
  return trust_in(fillers, word);
}
bool trust_is_tail(struct str word) {
  return trust_in(tails, word);
}
bool trust_is_secret(struct str word) {
  return trust_in(secrets, word);
}
bool trust_is_open_before(struct str word) {
  return trust_in(open_before, word);
}
bool trust_is_about(struct str word) {
  return trust_in(about, word);
}
bool trust_is_program(struct str argument) {
  return trust_in(programs, argument);
}
