// SPDX-License-Identifier: Apache-2.0
#include "session/session.h"

#include "base/clock.h"
#include "base/codec.h"
#include "crypto/token.h"
#include "data/json.h"

enum {
  SESSION_RANDOM = 16,
  SESSION_HEAD_MOST = 512 + JSON_ESCAPED_MOST * SESSION_CLIENT_MOST,
  SESSION_PLAIN_MOST = SESSION_HEAD_MOST + SESSION_CAPABILITIES_MOST
};
_Static_assert(SESSION_TEXT_MOST > (SESSION_PLAIN_MOST + 256) * 4 / 3,
               "what is sealed must be ours when it comes back");

// The place that an id is sealed for.
static struct str session_place(struct str holder, struct arena *a) {
  return arena_printf(a, "session/%.*s", STR_ARG(holder));
}

static void session_add(struct buf *b, const char *key, struct str value) {
  buf_printf(b, ",\"%s\":", key);
  json_add_string(b, value);
}

bool session_seal(const struct seal_ring *ring, struct str holder, struct session *s, struct arena *a,
                  struct str *id, struct err *err) {
  unsigned char random[SESSION_RANDOM];
  token_random(random, sizeof random);
  s->key = codec_base64_url(a, str_make((const char *)random, sizeof random));
  s->created_at = clock_now_ms();
  s->client = str_cut_utf8(s->client, SESSION_CLIENT_MOST);
  struct buf plain = BUF_MAX(SESSION_PLAIN_MOST);
  buf_printf(&plain, "{\"at\":%lld,\"pair\":%s", (long long)s->created_at, s->pair ? "true" : "false");
  session_add(&plain, "key", s->key);
  session_add(&plain, "version", s->version);
  session_add(&plain, "client", s->client);
  if (s->node.n) session_add(&plain, "node", s->node);
  buf_add_z(&plain, "}\n"); // the capabilities as they are: quoted, each backslash would count twice
  buf_add(&plain, s->capabilities);
  bool ok = plain.full ? err_set(err, ERR_LIMIT, "the client's capabilities do not fit a session id")
                       : seal_close(ring, session_place(holder, a), buf_str(&plain), a, id, err);
  buf_free(&plain);
  return ok;
}

static bool session_read(struct str plain, struct arena *a, struct session *out) {
  yyjson_doc *doc;
  struct err err;
  struct str head = STR_NONE;
  str_cut(&plain, '\n', &head);
  if (!json_read(head, &JSON_LIMITS, &doc, &err)) return false;
  yyjson_val *v = yyjson_doc_get_root(doc);
  *out = (struct session){.key = arena_dup(a, json_str(v, "key")),
                          .version = arena_dup(a, json_str(v, "version")),
                          .client = arena_dup(a, json_str(v, "client")),
                          .node = arena_dup(a, json_str(v, "node")),
                          // A member in ids that version 0.1.0 made.
                          .capabilities = arena_dup(a, plain.p ? plain : json_str(v, "capabilities")),
                          .created_at = json_int(v, "at", 0),
                          .pair = json_bool(v, "pair", false)};
  yyjson_doc_free(doc);
  return out->key.n == SESSION_KEY && out->version.n;
}

bool session_unseal(const struct seal_ring *ring, struct str holder, struct str id, struct arena *a,
                    struct session *out, struct err *err) {
  struct secret *plain;
  struct session s;
  bool ok = id.n <= SESSION_TEXT_MOST && seal_open(ring, session_place(holder, a), id, &plain, err);
  if (ok) {
    ok = session_read(secret_reveal(plain), a, &s);
    secret_free(plain);
  }
  if (!ok || clock_now_ms() - s.created_at > SESSION_LIVES_MS)
    return err_set(err, ERR_MISSING, "no session of this server has this id: initialize again");
  *out = s;
  return true;
}
