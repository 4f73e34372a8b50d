// SPDX-License-Identifier: Apache-2.0
// What clients carry back to the endpoint: session ids, request states, cursors, event ids, URIs and names of
// members. Any bytes are refused or understood; nothing opens that we did not seal, and what is understood is
// written back as it came.
#include "fuzz.h"

#include "data/json.h"
#include "serve/merge.h"
#include "serve/rewrite.h"
#include "session/capability.h"
#include "session/replay.h"
#include "session/session.h"
#include "session/state.h"

static struct seal_ring *ring;

static void check_sealed(struct arena *a, struct str text) {
  struct state_bound bound = {STR("srv_1/"), STR("srv_1"), STR("tools/call"), NULL};
  struct session session;
  struct state state;
  struct err err;
  fuzz_check(!session_unseal(ring, STR("srv_1/"), text, a, &session, &err), "a session id of nobody opens");
  fuzz_check(!state_open(ring, &bound, text, a, &state, &err), "a request state of nobody opens");
}

// Sealed with the right key, but of any content: taken only where all of it is sound.
static void check_opened(struct arena *a, struct str plain) {
  struct session s;
  struct err err;
  struct str id;
  if (!seal_close(ring, STR("session/srv_1/"), plain, a, &id, &err)) return;
  if (session_unseal(ring, STR("srv_1/"), id, a, &s, &err))
    fuzz_check(s.key.n == SESSION_KEY && s.version.n, "a session without a key or version");
}

static void check_state(struct arena *a, struct str vendor) {
  struct state_bound bound = {STR("p"), STR("s"), STR("m"), NULL};
  struct state in = {STATE_VENDOR, vendor}, out;
  struct err err;
  struct str text;
  if (!state_close(ring, &bound, &in, a, &text, &err)) return;
  fuzz_check(state_open(ring, &bound, text, a, &out, &err) && str_eq(out.text, vendor),
             "a vendor's state came back changed");
}

static void check_cursor(struct arena *a, struct str text) {
  struct str alias, own;
  bool begun;
  if (merge_read_cursor(a, text, &alias, &begun, &own))
    fuzz_check(str_eq(merge_cursor(a, alias, begun, own), text), "a cursor is not the one it was");
}

static void check_names(struct arena *a, struct str text) {
  struct catalog_member members[] = {{.alias = STR("a")}, {.alias = STR("ab")}, {.alias = STR("ui")}};
  const struct catalog_server server = {.members = members, .member_count = 3};
  struct str own;
  const struct catalog_member *m = rewrite_find_uri(&server, text, a, &own);
  if (m) fuzz_check(str_eq(rewrite_uri(a, m->alias, own), text), "a URI is not the one it was");
  m = rewrite_find_name(&server, text, &own);
  if (m) fuzz_check(str_eq(rewrite_name(a, m->alias, own), text), "a name is not the one it was");
}

static void check_json(struct arena *a, struct str text) {
  yyjson_doc *doc;
  struct err err;
  if (!json_read(text, &JSON_LIMITS, &doc, &err)) return;
  struct str kept = capability_filter(yyjson_doc_get_root(doc), a);
  yyjson_mut_doc *copy = yyjson_doc_mut_copy(doc, NULL);
  rewrite_result(copy, yyjson_mut_doc_get_root(copy), STR("a"));
  yyjson_mut_doc_free(copy);
  yyjson_doc_free(doc);
  fuzz_check(kept.n <= SESSION_CAPABILITIES_MOST && json_read(kept, &JSON_LIMITS, &doc, &err),
             "kept capabilities are no JSON");
  yyjson_doc_free(doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct str text = {(const char *)data, size};
  struct replay_resumed resumed;
  struct err err;
  if (!ring && !seal_ring_from_text(
                   STR("a 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"), &ring, &err))
    abort();
  struct arena *a = arena_new();
  struct replay *m = replay_get(STR("fuzz"), true);
  check_sealed(a, text);
  check_opened(a, text);
  check_state(a, text);
  check_cursor(a, text);
  check_names(a, text);
  check_json(a, text);
  fuzz_check(!replay_find_event(m, text, &resumed), "an event is found where there was none");
  replay_unref(m);
  arena_free(a);
  return 0;
}
