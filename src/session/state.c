// SPDX-License-Identifier: Apache-2.0
#include "session/state.h"

#include "base/clock.h"
#include "base/codec.h"
#include "crypto/token.h"
#include "data/json.h"

enum { STATE_PARAMS_MOST = 64 * 1024 * 1024 };

// The place that a state is sealed for: what it is bound to, with a digest of the params.
static struct str state_place(const struct state_bound *b, struct arena *a) {
  struct buf text = BUF_MAX(STATE_PARAMS_MOST);
  struct arena *scratch = arena_new();
  static const char *const round[] = {"inputResponses", "requestState", "_meta", NULL};
  if (b->params) json_write_sorted(&text, b->params, round, scratch);
  char digest[TOKEN_HASH_HEX];
  token_hash_hex(buf_str(&text), digest);
  buf_free(&text);
  arena_free(scratch);
  return arena_printf(a, "request-state/%.*s/%.*s/%.*s/%s", STR_ARG(b->server_id), STR_ARG(b->principal),
                      STR_ARG(b->method), digest);
}

bool state_close(const struct seal_ring *ring, const struct state_bound *bound, const struct state *s,
                 struct arena *a, struct str *out, struct err *err) {
  if (s->text.n > STATE_VENDOR_MOST)
    return err_set(err, ERR_LIMIT, "the vendor's requestState passes %d bytes", STATE_VENDOR_MOST);
  struct str head = arena_printf(a, "%d %lld ", (int)s->kind, (long long)(clock_now_ms() + STATE_LIVES_MS));
  struct str plain = ARENA_JOIN(a, head, s->text);
  return seal_close(ring, state_place(bound, a), plain, a, out, err);
}

static bool state_read(struct str plain, struct arena *a, struct state *out, int64_t *until) {
  struct str kind, at, rest = plain;
  uint64_t number;
  if (!str_cut(&rest, ' ', &kind) || !str_to_u64(kind, &number) || number > STATE_LINK ||
      !str_cut(&rest, ' ', &at) || !str_to_i64(at, until))
    return false;
  *out = (struct state){(enum state_kind)number, arena_dup(a, rest)};
  return true;
}

bool state_open(const struct seal_ring *ring, const struct state_bound *bound, struct str text,
                struct arena *a, struct state *out, struct err *err) {
  struct secret *plain;
  struct state s;
  int64_t until = 0;
  bool ok = text.n <= STATE_TEXT_MOST && seal_open(ring, state_place(bound, a), text, &plain, err);
  if (ok) {
    ok = state_read(secret_reveal(plain), a, &s, &until);
    secret_free(plain);
  }
  if (!ok)
    return err_at(err, ERR_INVALID, "/params/requestState",
                  "requestState is not one that was given for this request");
  if (clock_now_ms() > until)
    return err_at(err, ERR_INVALID, "/params/requestState",
                  "requestState has expired: send the request again without it");
  *out = s;
  return true;
}
