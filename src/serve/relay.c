// SPDX-License-Identifier: Apache-2.0
#include "serve/relay.h"

#include "base/log.h"
#include "base/mem.h"
#include "io/channel.h"
#include "io/share.h"
#include "mcp/feed.h"
#include "mcp/wire.h"
#include "serve/offer.h"
#include "serve/question.h"
#include "serve/rewrite.h"
#include "session/level.h"

enum { RELAY_EVENTS_MOST = 64, RELAY_MESSAGE_MOST = 4 << 20, RELAY_QUESTIONS_MOST = 16 };

// One vendor of one stream. Its fiber, the fibers that wait for the client's answers, and the relay hold it.
struct relay_feed {
  size_t refs;
  struct mcp_peer *peer;
  struct mcp_feed *feed; // NULL: closed
  struct channel *events;
  struct arena *arena; // of the texts below
  struct mcp_who who;
  struct str alias, id;
  struct str session_key, account_id;
  struct share *principal, *account; // of its fiber
  struct replay *replay;
  struct replay_place place;
  bool (*say)(struct replay *replay, const struct replay_place *place, struct str message);
  struct relay_question *questions[RELAY_QUESTIONS_MOST]; // that wait for the client
  size_t question_count;
};

struct relay_question { // among its feed's while its fiber runs
  struct relay_feed *feed;
  struct mcp_event *event;
  struct share *share; // of the account: its vendor asks
  struct fiber *fiber;
};

struct relay_member { // of the server, in its place
  struct relay_feed *feed;
  struct mcp_peer *peer;
  struct str alias, account_id;
};

struct relay {
  struct arena *arena;
  struct relay_options options; // without the URIs
  struct relay_member *members;
  size_t count;
};

static void relay_feed_unref(struct relay_feed *f) {
  if (--f->refs) return;
  channel_unref(f->events);
  mcp_peer_unref(f->peer);
  replay_unref(f->replay);
  arena_free(f->arena);
  mem_free(f);
}

// ---- news

static bool relay_wants(const struct relay_feed *f, const struct mcp_event *e) {
  if (str_is(e->method, "notifications/resources/updated")) return true;
  if (!f->replay) return false;
  if (str_is(e->method, "notifications/message")) {
    struct arena *a = arena_new();
    bool wanted = level_passes(replay_level(f->replay, a), json_str(e->params, "level"));
    arena_free(a);
    return wanted;
  }
  return str_is(e->method, "notifications/elicitation/complete");
}

static void relay_news(struct relay_feed *f, const struct mcp_event *e) {
  if (!relay_wants(f, e)) return;
  yyjson_mut_doc *doc = rewrite_params(e->params, f->alias);
  yyjson_mut_val *params = yyjson_mut_doc_get_root(doc), *meta = yyjson_mut_obj_get(params, "_meta");
  struct buf message = BUF_MAX(RELAY_MESSAGE_MOST);
  if (!f->replay) {
    if (!meta) meta = yyjson_mut_obj_add_obj(doc, params, "_meta");
    yyjson_mut_obj_put(meta, yyjson_mut_str(doc, WIRE_META_SUBSCRIPTION),
                       yyjson_mut_rawn(doc, f->id.p, f->id.n));
  }
  if (jsonrpc_request(&message, STR_NONE, e->method, params) && !message.full)
    (void)f->say(f->replay, &f->place, buf_str(&message));
  buf_free(&message);
  yyjson_mut_doc_free(doc);
}

// ---- questions

static bool relay_send(void *arg, struct str message, struct err *err) {
  struct relay_feed *f = arg;
  if (f->say(f->replay, &f->place, message)) return true;
  return err_set(err, ERR_CANCELED, "the client has no stream open");
}

static void relay_answer(struct relay_feed *f, const struct mcp_event *e, yyjson_doc *answer,
                         const struct err *why) {
  struct arena *a = arena_new();
  struct err err;
  struct question_answer said = question_answer(yyjson_doc_get_root(answer), why, a);
  if (f->feed && !mcp_feed_answer(f->feed, e->id, said.result, said.code, said.message, &err))
    log_debug("an answer for a vendor: %s", err.text);
  arena_free(a);
}

static void relay_drop_question(const struct relay_question *q) {
  struct relay_feed *f = q->feed;
  size_t i = 0;
  while (f->questions[i] != q) i++;
  f->questions[i] = f->questions[--f->question_count];
}

static void relay_question_free(struct relay_question *q) {
  if (q->event) mcp_event_release(q->event);
  share_give(q->share);
  relay_drop_question(q);
  relay_feed_unref(q->feed);
  mem_free(q);
}

static void relay_ask(void *arg) {
  struct relay_question *q = arg;
  struct relay_feed *f = q->feed;
  q->fiber = fiber_self();
  struct err err = {0};
  yyjson_doc *answer = NULL;
  struct question question = {.session_key = f->session_key,
                              .capabilities = f->who.capabilities,
                              .alias = f->alias,
                              .send = relay_send,
                              .arg = f,
                              .peer = f->peer,
                              .who = f->who};
  (void)!question_client(&question, q->event->method, q->event->params, &answer, &err);
  relay_answer(f, q->event, answer, &err);
  yyjson_doc_free(answer);
  relay_question_free(q);
}

// A fiber of its own, since the answer may take long. It takes the event over. False: the vendor is to be
// told why not.
static bool relay_question(struct relay_feed *f, struct mcp_event *e, struct err *err) {
  if (!f->replay || f->question_count == RELAY_QUESTIONS_MOST)
    return err_set(err, ERR_DENIED, "this client is asked nothing now");
  struct share *share = share_take(SHARE_ACCOUNT, f->account_id, FIBER_BACKGROUND, err);
  if (!share) return false;
  struct relay_question *q = MEM_NEW(struct relay_question);
  *q = (struct relay_question){.feed = f, .event = e, .share = share};
  f->refs++;
  f->questions[f->question_count++] = q;
  if (fiber_spawn_as(FIBER_BACKGROUND, loop_current(), "ask a client", relay_ask, q)) return true;
  q->event = NULL; // the caller's
  relay_question_free(q);
  return err_set(err, ERR_UNAVAILABLE, "too much is in progress to ask a client now");
}

// ---- one vendor

static void relay_give_shares(struct relay_feed *f) {
  share_give(f->principal);
  share_give(f->account);
  f->principal = f->account = NULL;
}

// Its fiber is the client's work, who opened the stream, and the vendor's, who has news.
static bool relay_take_shares(struct relay_feed *f, struct str holder, struct err *err) {
  f->principal = share_take(SHARE_PRINCIPAL, holder, FIBER_BACKGROUND, err);
  f->account = f->principal ? share_take(SHARE_ACCOUNT, f->account_id, FIBER_BACKGROUND, err) : NULL;
  return f->account != NULL;
}

static void relay_run(void *arg) {
  struct relay_feed *f = arg;
  struct err err;
  void *message;
  while (channel_receive(f->events, 0, &message, &err)) {
    struct mcp_event *e = message;
    if (e->kind == MCP_REQUEST) {
      if (relay_question(f, e, &err)) continue;
      relay_answer(f, e, NULL, &err);
    }
    if (e->kind == MCP_NOTIFICATION) relay_news(f, e);
    mcp_event_release(e);
  }
  relay_give_shares(f);
  relay_feed_unref(f);
}

// Nobody could take an answer to its vendor any more, so nobody waits for one.
static void relay_stop_feed(struct relay_feed *f) {
  if (!f) return;
  for (size_t i = 0; i < f->question_count; i++) fiber_cancel(f->questions[i]->fiber);
  if (f->feed) mcp_feed_close(f->feed);
  f->feed = NULL;
  channel_close(f->events);
  relay_feed_unref(f);
}

static struct relay_feed *relay_start_feed(const struct relay *relay, const struct relay_member *m,
                                           const struct str *uris, size_t count) {
  const struct relay_options *o = &relay->options;
  struct relay_feed *f = MEM_NEW(struct relay_feed);
  f->refs = 2; // the relay's, and the fiber's
  f->arena = arena_new();
  f->peer = mcp_peer_ref(m->peer);
  f->account_id = arena_dup(f->arena, m->account_id);
  f->events = channel_new(RELAY_EVENTS_MOST);
  f->who = (struct mcp_who){arena_dup(f->arena, o->who.principal), arena_dup(f->arena, o->who.capabilities),
                            o->who.prefer};
  f->alias = arena_dup(f->arena, m->alias);
  f->id = arena_dup(f->arena, o->id);
  f->place = o->place;
  f->say = o->say;
  if (o->replay) f->replay = replay_ref(o->replay);
  if (f->replay) f->session_key = arena_dup(f->arena, replay_key(f->replay));
  f->feed = mcp_feed_open(
      f->peer, &(struct mcp_feed_options){.who = f->who, .uris = uris, .uri_count = count}, f->events);
  struct err err;
  if (relay_take_shares(f, principal_holder(relay->options.principal), &err) &&
      fiber_spawn_as(FIBER_BACKGROUND, loop_current(), "news of a vendor", relay_run, f))
    return f;
  relay_give_shares(f);
  f->refs--;
  relay_stop_feed(f);
  return NULL;
}

// ---- all of a stream's

// The URIs that belong to this member, as it calls them.
static size_t relay_own_uris(const struct catalog_server *server, size_t member, const struct str *uris,
                             size_t count, struct arena *a, struct str **out) {
  size_t n = 0;
  struct str own;
  *out = ARENA_ARRAY(a, count + 1, struct str);
  for (size_t i = 0; i < count; i++)
    if (rewrite_find_uri(server, uris[i], a, &own) == &server->members[member]) (*out)[n++] = own;
  return n;
}

// A modern vendor is asked for what it is to tell; a legacy one says in its session what it likes.
static bool relay_has_use(const struct serve_request *r, const struct catalog_member *m, size_t uris) {
  return offer_peer(r, m) && (uris > 0 || (r->transport.era == MCP_LEGACY && offer_is_legacy(r, m)));
}

// The account at this place may be another by now, or have another address or consent: what is asked of it
// goes to nobody else.
static void relay_follow(struct relay *relay, struct relay_member *at, const struct serve_request *r,
                         const struct catalog_member *m) {
  struct mcp_peer *now = offer_peer(r, m);
  if (now == at->peer) return;
  if (at->peer) mcp_peer_unref(at->peer);
  at->peer = now ? mcp_peer_ref(now) : NULL;
  at->alias = arena_dup(relay->arena, m->alias);
  at->account_id = arena_dup(relay->arena, serve_account(r, m)->account->id);
}

// As much of a request of this client as it takes to see what was offered to it, and with which accounts.
static struct serve_request relay_request(const struct relay *relay, const struct catalog *c,
                                          const struct catalog_server *server) {
  return (struct serve_request){.catalog = (struct catalog *)(uintptr_t)c,
                                .server = server,
                                .client.principal = *relay->options.principal,
                                .transport.era = relay->options.who.prefer};
}

static void relay_begin(struct relay *relay, const struct catalog *c, const struct catalog_server *server,
                        const struct relay_options *o) {
  struct arena *scratch = arena_new();
  struct serve_request r = relay_request(relay, c, server);
  for (size_t i = 0; i < relay->count; i++) {
    struct relay_member *at = &relay->members[i];
    struct str *uris;
    size_t n = relay_own_uris(server, i, o->uris, o->uri_count, scratch, &uris);
    relay_follow(relay, at, &r, &server->members[i]);
    if (relay_has_use(&r, &server->members[i], n)) at->feed = relay_start_feed(relay, at, uris, n);
  }
  arena_free(scratch);
}

struct relay *relay_open(const struct relay_options *o) {
  struct catalog *c = catalog_acquire();
  const struct catalog_server *server = catalog_server_by_id(c, o->principal->server);
  struct relay *relay = NULL;
  if (server) {
    struct arena *a = arena_new();
    relay = ARENA_NEW(a, struct relay);
    *relay = (struct relay){.arena = a, .options = *o, .count = server->member_count};
    relay->options.uris = NULL;
    relay->members = ARENA_ARRAY(a, relay->count, struct relay_member);
    relay_begin(relay, c, server, o);
  }
  catalog_release(c);
  return relay;
}

bool relay_fits(const struct relay *relay, const struct catalog *c, const struct catalog_server *server) {
  struct serve_request r = relay_request(relay, c, server);
  bool fits = relay->count == server->member_count;
  for (size_t i = 0; fits && i < relay->count; i++)
    fits = relay->members[i].peer == offer_peer(&r, &server->members[i]);
  return fits;
}

void relay_close(struct relay *relay) {
  if (!relay) return;
  for (size_t i = 0; i < relay->count; i++) {
    relay_stop_feed(relay->members[i].feed);
    if (relay->members[i].peer) mcp_peer_unref(relay->members[i].peer);
  }
  arena_free(relay->arena);
}

void relay_subscribe(struct relay *relay, const struct str *uris, size_t count) {
  struct catalog *c = catalog_acquire();
  const struct catalog_server *server = catalog_server_by_id(c, relay->options.principal->server);
  struct serve_request r = relay_request(relay, c, server);
  struct arena *a = arena_new();
  for (size_t i = 0; server && i < relay->count && i < server->member_count; i++) {
    struct relay_member *at = &relay->members[i];
    struct str *own;
    size_t n = relay_own_uris(server, i, uris, count, a, &own);
    relay_follow(relay, at, &r, &server->members[i]);
    relay_stop_feed(at->feed);
    at->feed = at->peer ? relay_start_feed(relay, at, own, n) : NULL;
  }
  arena_free(a);
  catalog_release(c);
}
