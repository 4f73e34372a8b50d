// SPDX-License-Identifier: Apache-2.0
// By what right something goes on, when the catalog has become another.
#include "../support/check.h"

#include "session/standing.h"

enum { NOW = 1000 };

static const struct {
  const char *what;
  bool by_token;                     // it began with an API token
  bool server_stays, guarded, token; // of the catalog now
  int64_t server_until, token_until;
  bool goes_on;
} rows[] = {
    {"all as it was, by URL", false, true, false, true, 0, 0, true},
    {"all as it was, by token", true, true, true, true, 0, 0, true},
    {"nobody asks for the token any more", true, true, false, false, 0, 0, true},
    {"before the server's end", false, true, false, true, NOW + 1, 0, true},
    {"before the token's end", true, true, true, true, 0, NOW + 1, true},
    {"deleted or rotated", false, false, false, true, 0, 0, false},
    {"the server has expired", false, true, false, true, NOW, 0, false},
    {"a token is asked for since, and none was shown", false, true, true, true, 0, 0, false},
    {"revoked", true, true, true, false, 0, 0, false},
    {"the token has expired", true, true, true, true, 0, NOW, false},
};

static struct catalog_url *opens; // what the catalog has of the hash; NULL: nothing

struct catalog_url *__wrap_catalog_url_by_hash(const struct catalog *c, const unsigned char *hash);
struct catalog_url *__wrap_catalog_url_by_hash(const struct catalog *c, const unsigned char *hash) {
  (void)c;
  return opens && memcmp(hash, opens->row->hash, TOKEN_HASH) == 0 ? opens : NULL;
}

static void it_ends_with_the_right(void **state) {
  (void)state;
  struct principal url = {.kind = PRINCIPAL_URL}, token = {.kind = PRINCIPAL_TOKEN};
  struct access_token live = {.id = STR("tok_1")};
  token_hash(STR("psk_1"), live.hash);
  memcpy(token.token.hash, live.hash, TOKEN_HASH);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct catalog_server server = {.ends_at = rows[i].server_until,
                                    .server.filter.require_api_token = rows[i].guarded};
    struct server_url row = {.name = STR("laptop")};
    struct catalog_url by = {.server = &server, .row = &row};
    token_hash(STR("pst_1"), row.hash);
    live.expires_at = rows[i].token_until;
    struct standing s = standing_of(&by, rows[i].by_token ? &token : &url);
    struct catalog c = {0};
    opens = rows[i].server_stays ? &by : NULL;
    if (rows[i].token) map_put(&c.tokens_by_hash, str_make((const char *)live.hash, TOKEN_HASH), &live);
    const struct catalog_server *found = standing_server(&s, &c, NOW);
    if (found != (rows[i].goes_on ? &server : NULL))
      fail_msg("%s: %s", rows[i].what, found ? "goes on" : "ended");
    map_free(&c.tokens_by_hash);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(it_ends_with_the_right)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
