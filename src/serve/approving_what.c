// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"
#include "base/codec.h"
#include "catalog/find.h"
#include "crypto/secret.h"
#include "serve/approving.h"
#include "session/standing.h"

enum { WHAT_ABOUT_MOST = 2000, WHAT_URL = 8 };

// ---- marks: a digest over texts, each with its length

static void what_add(struct buf *out, struct str text) {
  buf_printf(out, "%zu:", text.n);
  buf_add(out, text);
}

static struct str what_mark(struct buf *of, struct arena *a) {
  char hex[TOKEN_HASH_HEX];
  token_hash_hex(buf_str(of), hex);
  buf_free(of);
  return arena_dup(a, str_of(hex));
}

static struct str what_mark_server(const struct server *s, struct arena *a) {
  struct buf of = BUF_MAX(16 << 20);
  what_add(&of, s->config);
  what_add(&of, s->owner);
  return what_mark(&of, a);
}

// Its credential too: another one may be of another company.
static struct str what_mark_account(const struct account *v, struct arena *a) {
  struct buf of = BUF_MAX(16 << 20);
  what_add(&of, v->connector);
  what_add(&of, v->way);
  what_add(&of, v->base_url);
  what_add(&of, json_to_text(a, yyjson_doc_get_root(v->context)));
  for (size_t i = 0; i < v->send_count; i++) {
    what_add(&of, v->sends[i].name);
    what_add(&of, secret_reveal(v->sends[i].value));
  }
  return what_mark(&of, a);
}

static struct str what_mark_tool(const struct tool *t, struct arena *a) {
  struct buf of = BUF_MAX(64 << 20);
  const struct str texts[] = {t->name,     t->method,    t->path,
                              t->base_url, t->base_path, str_of(tool_class_names[t->class])};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) what_add(&of, texts[i]);
  json_write(&of, t->input);
  if (t->definition) json_write(&of, t->definition);
  return what_mark(&of, a);
}

static struct approval_marks what_marks(const struct catalog_server *s, const struct catalog_account *v,
                                        const struct tool *t, struct arena *a) {
  return (struct approval_marks){what_mark_server(&s->server, a), what_mark_account(v->account, a),
                                 what_mark_tool(t, a)};
}

// ---- the row

// Who asks, and by which URL: a URL that takes the place of another one is another asker. Of a person the holder has her
// and her sign-in.
static struct str what_asker(const struct serve_request *r) {
  char url[TOKEN_HASH_HEX] = "";
  if (r->url) codec_hex(r->url->row->hash, WHAT_URL, url);
  return arena_printf(r->arena, "%.*s#%s", STR_ARG(principal_holder(&r->client.principal)), url);
}

static struct str what_fence(const struct catalog_server *s, struct str account_id, struct arena *a) {
  const struct fence *f = fence_of(&s->server.filter.fences, account_id);
  struct buf out = BUF_MAX(1 << 20);
  if (!f) return STR("{}");
  fence_write(&(struct fences){(struct fence *)(uintptr_t)f, 1}, &out);
  struct str text = arena_dup(a, buf_str(&out));
  buf_free(&out);
  return text;
}

bool approving_describe(const struct approving *p, const struct call_answer *n, struct arena *a,
                        struct approval *out) {
  const struct serve_request *r = p->bridge->r;
  const struct server *s = &r->server->server;
  const struct principal *who = &r->client.principal;
  if (run_outcome_is_error(n->outcome)) return false;
  if (!policy_waits(&s->filter, n->tool, find_reach(n->tool) == CATALOG_DESTROYS)) return false;
  struct audit_who by = serve_audit_row(r).who;
  int64_t now = clock_now_ms();
  struct approval row = {.asker = what_asker(r),
                         .asked_by = who->token.id.n ? who->token.id : s->owner,
                         .server_id = s->id,
                         .account_id = n->account->account->id,
                         .tool = p->call->tool->name,
                         .arguments = call_arguments_text(n, a),
                         .created_at = now,
                         .expires_at = now + (int64_t)r->env->approval_lives_ms,
                         .asker_name = by.actor_name.n ? by.actor_name : by.actor,
                         .client = by.client,
                         .address = by.address,
                         .url = serve_audit_row(r).url,
                         .server_name = s->name,
                         .account_name = n->account->account->name,
                         .title = n->tool->title,
                         .about = str_cut_utf8(n->tool->description, WHAT_ABOUT_MOST),
                         .class = str_of(tool_class_names[n->tool->class]),
                         .method = n->tool->method,
                         .path = n->tool->path,
                         .fence = what_fence(r->server, n->account->account->id, a),
                         .marks = what_marks(r->server, n->account, n->tool, a)};
  row.digest = approval_digest(row.tool, row.arguments, a);
  *out = row;
  return true;
}

// ---- what is there now

static bool what_find(const struct catalog_server *s, const struct approval *row,
                      const struct catalog_account **v, const struct tool **t) {
  const struct catalog_tool *shown = map_get(&s->by_name, row->tool);
  if (!shown) return false;
  *v = shown->account;
  *t = shown->tool;
  for (size_t i = 0; i < shown->choice_count; i++) {
    if (!str_eq(shown->choices[i].account->account->id, row->account_id)) continue;
    *v = shown->choices[i].account;
    *t = shown->choices[i].tool;
  }
  return str_eq((*v)->account->id, row->account_id);
}

const char *approving_changed(const struct approving *p, struct arena *a) {
  const struct serve_request *r = p->bridge->r;
  struct standing standing = standing_of(r->url, &r->client.principal);
  struct catalog *now = catalog_acquire();
  const struct catalog_server *s = standing_server(&standing, now, clock_now_ms());
  const struct catalog_account *v;
  const struct tool *t;
  const char *what = "what this client may use";
  if (s && s->server.filter.paused != POLICY_ON) what = "the tool";
  if (s && s->server.filter.paused != POLICY_ON && what_find(s, &p->row, &v, &t)) {
    struct approval_marks marks = what_marks(s, v, t, a);
    what = approval_names_change(&p->row.marks, &marks);
  }
  catalog_release(now);
  return what;
}
