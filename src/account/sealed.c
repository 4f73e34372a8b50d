// SPDX-License-Identifier: Apache-2.0
#include "account/sealed.h"

#include <string.h>

#include "account/account_row.h"

// By another key than the one whose texts begin with $1. No LIKE: to it letters are alike, and `_`, which an id may have,
// is any.
#define OTHER(column) "substr(" column ", 1, length($1)) <> $1"
#define SEALED(table, id, column, bound)                                                                     \
  "SELECT " id ", " column ", " bound " FROM " table " WHERE " column " <> '' ORDER BY " id,                 \
      "UPDATE " table " SET " column " = $1 WHERE " id " = $2",                                              \
      "SELECT DISTINCT " column " FROM " table " WHERE " column " <> '' AND " OTHER(column)
#define LARGE(table, id, column, bound)                                                                      \
  "SELECT " id ", " column ", " bound " FROM " table " WHERE " column                                        \
  " <> '' AND " OTHER(column) " AND " id " > $2 ORDER BY " id " LIMIT 32",                                   \
      "UPDATE " table " SET " column " = $1 WHERE " id " = $2",                                              \
      "SELECT DISTINCT substr(" column ", 1, 64) FROM " table " WHERE " column " <> '' AND " OTHER(column)
#define STAMPED(table, id, bound)                                                                            \
  "SELECT " id ", stamp, " bound " FROM " table " WHERE " OTHER("stamp") " ORDER BY " id,                    \
      "UPDATE " table " SET stamp = $1 WHERE " id " = $2",                                                   \
      "SELECT DISTINCT stamp FROM " table " WHERE stamp <> '' AND " OTHER("stamp")

// clang-format off
// A person's limits as they stand in her stamp (access/user.c): " 60 -"; without any nothing.
#define SEALED_LIMITS                                                                                        \
  "CASE WHEN calls_per_minute IS NULL AND writes_per_day IS NULL THEN '' ELSE "                              \
  "' ' || COALESCE(CAST(calls_per_minute AS TEXT), '-') || ' ' || "                                          \
  "COALESCE(CAST(writes_per_day AS TEXT), '-') END"

const struct sealed_column sealed_columns[SEALED_KINDS] = {
    [SEALED_CREDENTIAL] = {"account", "credential",
                           SEALED("account", "id", "credential", "connector, way, " ACCOUNT_ROW_HOME("")), 3},
    [SEALED_TOKENS] = {"grant", "tokens",
                       "SELECT g.account_id, g.tokens, a.connector, " ACCOUNT_ROW_HOME("a.") ", g.client, g.site "
                       "FROM oauth_grant g JOIN account a ON a.id = g.account_id "
                       "WHERE g.tokens <> '' ORDER BY g.account_id",
                       "UPDATE oauth_grant SET tokens = $1 WHERE account_id = $2",
                       "SELECT DISTINCT tokens FROM oauth_grant WHERE tokens <> '' AND " OTHER("tokens"), 4},
    [SEALED_SECRET] = {"client", "secret",
                       SEALED("oauth_client", "id", "secret", "issuer, redirect_uri, client_id, method"), 4},
    [SEALED_VERIFIER] = {"flow", "verifier",
                         SEALED("oauth_flow", "id", "verifier",
                                "connector, account_id, url, principal, client, site, scope, link_hash, cookie_hash"),
                         9},
    [SEALED_PROGRAM] = {"program", "document", SEALED("program", "id", "document", "name, owner, visibility"), 3},
    [SEALED_PUBLISHED] = {"program_tool", "description",
                          SEALED("program_tool", "server_id || '/' || name", "description",
                                 "program_id, published_by"), 2},
    [SEALED_QUESTION] = {"answer", "asked", NULL, NULL, NULL, 7},
    [SEALED_TOLD] = {"answer", "told", NULL, NULL, NULL, 3},
    [SEALED_ENGINE] = {"engine", "key", SEALED("engine", "id", "key", "kind, base_url, key_header"), 3},
    [SEALED_TILE] = {"tile", "document", SEALED("tile", "id", "document", "dashboard_id, owner"), 2},
    [SEALED_OUTCOME] = {"tile_outcome", "outcome", LARGE("tile_outcome", "tile_id", "outcome", "at"), 1, true},
    [SEALED_VALUES] = {"tile_values", "points", LARGE("tile_outcome", "tile_id", "points", "values_at"), 1, true},
    [SEALED_FAULT] = {"tile_try", "why", LARGE("tile_try", "tile_id", "why", "at, state"), 2, true},
    [SEALED_PART] = {"share_part", "document",
                     LARGE("share_part", "share_id || '/' || place", "document", "tile_id"), 1, true},
    [SEALED_WATCH] = {"watch", "document", SEALED("watch", "id", "document", "tile_id, owner"), 2},
    [SEALED_BASELINE] = {"watch_baseline", "rows", LARGE("watch_baseline", "watch_id", "rows", "tile_id, at"), 2, true},
    [SEALED_PROOF] = {"watch_proof", "document", LARGE("watch_proof", "event_id", "document", "tile_id"), 1, true},
    [SEALED_CLIENT_SECRET] = {"identity_provider", "secret",
                              SEALED("identity_provider", "id", "secret", "issuer, client_id"), 2},
    [SEALED_HINT] = {"console_session", "hint", SEALED("console_session", "id", "hint", "user_id, provider_id"), 2},
    [SEALED_LEASE] = {"lease", "secret",
                      SEALED("authority_lease", "id", "secret",
                             "user_id, client_id, server_id, ends_at, generation, turned_at"), 6},
    [SEALED_APPROVAL] = {"approval", "document",
                         SEALED("approval", "id", "document",
                                "asker, asked_by, server_id, account_id, tool, digest, state, decided_by, expires_at"),
                         9},
    [STAMPED_TOKEN] = {"token", "stamp", STAMPED("api_token", "id", "name, role, hash, expires_at"), 4},
    [STAMPED_SERVER] = {"server", "stamp",
                        STAMPED("server", "id",
                                "name, share, config || owner || admission, require_api_token, token_hash, expires_at"), 6},
    [STAMPED_MEMBER] = {"member", "stamp",
                        STAMPED("server_account", "server_id || '/' || account_id", "alias, names, place"), 3},
    [STAMPED_URL] = {"url", "stamp", STAMPED("server_url", "server_id || '/' || name", "token_hash"), 1},
    [STAMPED_REMOTE] = {"tool", "stamp",
                        STAMPED("remote_tool", "account_id || '/' || name",
                                "definition, pinned, trust, was, decision"), 5},
    [STAMPED_CONNECTOR] = {"connector", "stamp", STAMPED("connector", "name", "definition, document"), 2},
    [STAMPED_TOOLSET] = {"toolset", "stamp", STAMPED("toolset", "connector", "digest, body"), 2},
    [STAMPED_ALIAS] = {"alias", "stamp",
                       STAMPED("alias", "id", "name, value, coalesce(account_id, ''), made_by"), 4},
    [STAMPED_ENGINE] = {"engine", "stamp",
                        STAMPED("engine", "id",
                                "name, kind, model, base_url, key_header, dialect, effort, "
                                "tokens || '/' || output || '/' || seconds, is_default"), 9},
    [STAMPED_DASHBOARD] = {"dashboard", "stamp",
                           STAMPED("dashboard", "id", "name, owner, visibility, since, until"), 5},
    [STAMPED_SHARE] = {"share", "stamp",
                       STAMPED("share", "id",
                               "dashboard_id, coalesce(tile_id, ''), mode, owner, token_hash, expires_at"), 6},
    [STAMPED_USER] = {"user", "stamp", STAMPED("console_user", "id", "name, role || " SEALED_LIMITS " || group_names"), 2},
    [STAMPED_LINK] = {"sign_in_link", "stamp", STAMPED("console_link", "id", "user_id, hash, expires_at"), 3},
    [STAMPED_SIGNIN] = {"console_session", "stamp",
                        STAMPED("console_session", "id", "user_id, hash, created_at, expires_at"), 4},
    [STAMPED_PASSWORD] = {"password", "stamp", STAMPED("console_password", "user_id", "hash"), 1},
    [STAMPED_PERMIT] = {"permit", "stamp",
                        STAMPED("account_permit", "holder || '/' || account_id", "access, granted_by"), 2},
    [STAMPED_PROVIDER] = {"identity_provider", "stamp",
                          STAMPED("identity_provider", "id",
                                  "name, issuer, client_id, scope, groups_claim, group_prefix, rules, links_email"), 8},
    [STAMPED_IDENTITY] = {"identity", "stamp",
                          STAMPED("console_identity", "user_id",
                                  "provider_id, issuer, subject, made, email, email_verified, confirmed_at, barred_at"), 8},
    [STAMPED_CLIENT] = {"authority_client", "stamp", STAMPED("authority_client", "id", "name, redirects, kind"), 3},
    [STAMPED_CODE] = {"authority_code", "stamp",
                      STAMPED("authority_code", "hash",
                              "user_id, client_id, server_id, redirect_uri, challenge, expires_at"), 6},
    [STAMPED_ACCESS] = {"authority_access", "stamp",
                        STAMPED("authority_access", "hash", "lease_id, generation, expires_at"), 3},
};
// clang-format on

// ---- places. By hand: they are made for every server and token at each rebuild of the catalog.

enum { SEALED_DIGITS = 20 };

static size_t sealed_put(char *out, struct str text) {
  if (text.n) memcpy(out, text.p, text.n);
  return text.n;
}

static size_t sealed_put_number(char *out, uint64_t v) {
  char digits[SEALED_DIGITS];
  size_t n = 0;
  do digits[n++] = (char)('0' + v % 10);
  while (v /= 10);
  for (size_t i = 0; i < n; i++) out[i] = digits[n - 1 - i];
  return n;
}

// Lengths go before the texts, so that no two lists of texts give one place.
static size_t sealed_put_part(char *out, char before, struct str text) {
  size_t n = 0;
  out[n++] = before;
  n += sealed_put_number(out + n, text.n);
  out[n++] = ':';
  return n + sealed_put(out + n, text);
}

// "2/<kind>/<id>/<column>" and a line for each part.
struct str sealed_place(const struct sealed_at *at, struct arena *a) {
  const struct sealed_column *c = &sealed_columns[at->what];
  struct str kind = str_of(c->kind), column = str_of(c->column);
  size_t most = 3 + kind.n + column.n + at->id.n + (2 + SEALED_DIGITS) * (1 + c->bound), n = 0;
  for (size_t i = 0; i < c->bound; i++) most += at->bound[i].n;
  char *out = arena_alloc(a, most);
  n += sealed_put(out + n, STR("2/"));
  n += sealed_put(out + n, kind);
  n += sealed_put_part(out + n, '/', at->id);
  out[n++] = '/';
  n += sealed_put(out + n, column);
  for (size_t i = 0; i < c->bound; i++) n += sealed_put_part(out + n, '\n', at->bound[i]);
  return str_make(out, n);
}

struct str sealed_place_before(const struct sealed_at *at, struct arena *a) {
  const struct sealed_column *c = &sealed_columns[at->what];
  return arena_printf(a, "%s/%.*s/%s", c->kind, STR_ARG(at->id), c->column);
}

bool sealed_close(struct seal_ring *ring, const struct sealed_at *at, struct str plain, struct arena *a,
                  struct str *blob, struct err *err) {
  return seal_ring_follow(ring, err) && seal_close(ring, sealed_place(at, a), plain, a, blob, err);
}

bool sealed_renew(struct seal_ring *ring, const struct sealed_at *at, struct arena *a, struct str *blob,
                  struct err *err) {
  return seal_ring_follow(ring, err) && seal_renew(ring, sealed_place(at, a), a, blob, err);
}

bool sealed_open(struct seal_ring *ring, const struct sealed_at *at, struct str blob, struct secret **plain,
                 struct err *err) {
  struct arena *a = arena_new();
  struct str place = sealed_place(at, a);
  struct err late;
  bool ok = seal_open(ring, place, blob, plain, err);
  if (!ok && err->code == ERR_MISSING && seal_ring_follow(ring, &late)) // another program's new key
    ok = seal_open(ring, place, blob, plain, err);
  arena_free(a);
  return ok;
}

struct str sealed_number(struct arena *a, int64_t number) {
  char *out = arena_alloc(a, 1 + SEALED_DIGITS);
  size_t n = number < 0;
  *out = '-';
  n += sealed_put_number(out + n, number < 0 ? -(uint64_t)number : (uint64_t)number);
  return str_make(out, n);
}

bool sealed_stamp(struct store *s, const struct sealed_at *at, struct arena *a, struct str *stamp,
                  struct err *err) {
  if (store_ring(s)) return sealed_close(store_ring(s), at, STR(""), a, stamp, err);
  *stamp = STR("");
  return true;
}

bool sealed_is_ours(struct store *s, const struct sealed_at *at, struct str stamp, struct err *err) {
  struct secret *nothing;
  if (!store_ring(s)) return true;
  if (!stamp.n || !sealed_open(store_ring(s), at, stamp, &nothing, err))
    return err_set(err, ERR_DENIED, "somebody wrote it to the database, without Postern");
  secret_free(nothing);
  return true;
}
