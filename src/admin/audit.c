// SPDX-License-Identifier: Apache-2.0
// The audit log over HTTP.
#include "audit/audit.h"

#include "admin/put.h"
#include "admin/route.h"
#include "base/clock.h"
#include "catalog/sight.h"
#include "io/pool.h"

enum { AUDIT_NEAR = 3 };

struct audit_job {
  struct admin_call *call;
  struct audit_query query;
  struct audit_page page;
};

static bool audit_job_read(void *arg, struct err *err) {
  struct audit_job *job = arg;
  return audit_read(job->call->env->catalog->account->store, &job->query, job->call->arena, &job->page, err);
}

static int64_t audit_time(const struct admin_call *call, const char *name) {
  int64_t ms;
  return clock_parse_rfc3339(admin_query(call, name), &ms) ? ms : 0;
}

static void audit_put(struct buf *out, const struct audit_entry *e) {
  const struct audit_row *row = &e->row;
  put_open(out, NULL, '{');
  put_text(out, "id", e->id);
  put_time(out, "at", row->at);
  put_text_or_null(out, "actor", row->who.actor);
  put_text_or_null(out, "actor_name", row->who.actor_name);
  put_text_or_null(out, "client", row->who.client);
  put_text_or_null(out, "client_id", row->who.client_id);
  put_text_or_null(out, "sign_in", row->who.sign_in);
  put_text_or_null(out, "address", row->who.address);
  put_text(out, "action", row->action);
  put_text_or_null(out, "server_id", row->server_id);
  put_text_or_null(out, "server_name", row->server_name);
  put_text_or_null(out, "url", row->url);
  put_text_or_null(out, "account_id", row->account_id);
  put_text_or_null(out, "account_name", row->account_name);
  put_text_or_null(out, "tool", row->tool);
  put_json(out, "arguments", row->arguments);
  put_json(out, "values", row->values);
  put_text(out, "outcome", row->outcome);
  if (row->status)
    put_int(out, "status", row->status);
  else
    put_json(out, "status", STR_NONE);
  put_int(out, "elapsed_us", row->elapsed_us);
  put_int(out, "count", row->count);
  put_text_or_null(out, "request_id", row->request_id);
  put_text_or_null(out, "detail", row->detail);
  put_close(out, '}');
}

// A word that no row can have is a slip of the pen, not a question without an answer. Names of methods, which have a
// '/', and of whatever else acts are the client's.
struct audit_words {
  struct str given, near;
  unsigned best;
  bool known;
};

static void audit_try(struct audit_words *w, struct str word) {
  unsigned d = str_distance(w->given, word);
  if (str_eq(w->given, word)) w->known = true;
  if (d < w->best) w->best = d, w->near = word;
}

static void audit_try_word(struct audit_words *w, const char *word) {
  audit_try(w, str_of(word));
}

static bool audit_word_known(const struct audit_words *w, const char *field, struct err *err) {
  if (!w->given.n || w->known) return true;
  err_at(err, ERR_INVALID, field, "no row has \"%.*s\"", STR_MOST(w->given, 64));
  if (w->near.n) err_hint(err, "did you mean \"%.*s\"?", STR_ARG(w->near));
  return false;
}

static bool audit_check_outcome(const struct admin_call *call, struct err *err) {
  struct audit_words w = {.given = admin_query(call, "outcome"), .best = AUDIT_NEAR + 1};
  for (int i = ERR_OK; i <= ERR_INTERNAL; i++) audit_try_word(&w, err_name((enum err_code)i));
  for (int i = RUN_OK; i <= RUN_NEEDS_AUTHORIZING; i++)
    audit_try_word(&w, run_outcome_name((enum run_outcome)i));
  return audit_word_known(&w, "query.outcome", err);
}

static bool audit_check_action(const struct admin_call *call, struct err *err) {
  static const char *const others[] = {
      "tools/call",    "token.recover", "token.expire",      "server.expire",   "link.expire",
      "sign_in.reuse", "approval.ask",  "approval.withdraw", "approval.expire", AUDIT_REFUSE};
  struct audit_words w = {.given = admin_query(call, "action"), .best = AUDIT_NEAR + 1};
  if (str_find(w.given, '/') >= 0) return true;
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) audit_try_word(&w, others[i]);
  for (size_t i = 0; i < admin_router.count; i++) {
    const struct admin_route *route = admin_router.routes[i].doc;
    if (route->action) audit_try_word(&w, route->action);
  }
  return audit_word_known(&w, "query.action", err);
}

struct audit_url_job {
  struct store *store;
  struct str url;
  bool known;
};

static bool audit_know_url(void *arg, struct err *err) {
  struct audit_url_job *job = arg;
  return audit_has_url(job->store, job->url, &job->known, err);
}

// That of a server, of the one asked for if any; or of one that has gone, as long as it has rows.
static bool audit_check_url(const struct admin_call *call, struct err *err) {
  struct audit_words w = {.given = admin_query(call, "url"), .best = AUDIT_NEAR + 1};
  struct str server_id = admin_query(call, "server_id");
  struct audit_url_job job = {call->env->catalog->account->store, w.given, false};
  if (!w.given.n) return true;
  struct catalog_rows rows = catalog_rows(call->catalog, STR_NONE, STR_NONE);
  for (const struct server *s; (s = catalog_rows_next(&rows));) {
    for (size_t k = 0; k < s->urls.count && (!server_id.n || str_eq(server_id, s->id)); k++)
      audit_try(&w, s->urls.items[k].name);
  }
  if (!w.known && sight_is_whole(call->catalog) && !pool_run(audit_know_url, &job, err)) return false;
  w.known |= job.known;
  return audit_word_known(&w, "query.url", err);
}

// ---- names that rows have, and catalogs may have no more

struct audit_name_job {
  struct store *store;
  const struct audit_query *query;
  const char *unknown;
};

static bool audit_know_names(void *arg, struct err *err) {
  struct audit_name_job *job = arg;
  return audit_has_name(job->store, job->query, &job->unknown, err);
}

static void audit_try_names(const struct catalog *c, struct audit_words *w, const char *column) {
  struct catalog_rows rows = catalog_rows(c, STR_NONE, STR_NONE);
  if (strcmp(column, "account_name") == 0)
    for (size_t i = 0; i < c->account_count; i++) audit_try(w, c->accounts[i]->account->name);
  else if (strcmp(column, "server_name") == 0)
    for (const struct server *s; (s = catalog_rows_next(&rows));) audit_try(w, s->name);
}

// An editor is not told which names there were: a name that is none has no rows.
static bool audit_check_names(const struct admin_call *call, const struct audit_query *q, struct err *err) {
  struct audit_name_job job = {call->env->catalog->account->store, q, NULL};
  if (!sight_is_whole(call->catalog)) return true;
  if (!pool_run(audit_know_names, &job, err)) return false;
  if (!job.unknown) return true;
  struct audit_words w = {.best = AUDIT_NEAR + 1};
  const char *field = admin_query(call, "actor").n ? "query.actor" : "query.actor_name";
  w.given = q->actor_name;
  if (strcmp(job.unknown, "account_name") == 0)
    w.given = q->account, field = "query.account";
  else if (strcmp(job.unknown, "server_name") == 0)
    w.given = q->server, field = "query.server";
  audit_try_names(call->catalog, &w, job.unknown);
  if (audit_word_known(&w, field, err)) return true;
  if (str_is(str_of(job.unknown), "actor_name") && !w.near.n)
    err_hint(err, "give the id of who has no row under this name; an MCP client is client:%.*s",
             STR_MOST(w.given, 64));
  return false;
}

// An actor by name is found by the name it had; ids, and what nobody else calls itself ("client:…"), stand in the rows.
static bool audit_is_name(struct str actor) {
  static const char *const ids[] = {"tok_", "usr_", "srv_"};
  bool is_id = str_find(actor, ':') >= 0;
  for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) is_id = is_id || str_starts(actor, ids[i]);
  return actor.n && !is_id;
}

static bool audit_asked(struct admin_call *call, struct audit_query *q, struct err *err) {
  *q = (struct audit_query){.since = audit_time(call, "since"),
                            .until = audit_time(call, "until"),
                            .actor = admin_query(call, "actor"),
                            .actor_name = admin_query(call, "actor_name"),
                            .client = admin_query(call, "client"),
                            .client_id = admin_query(call, "client_id"),
                            .sign_in = admin_query(call, "sign_in"),
                            .address = admin_query(call, "address"),
                            .action = admin_query(call, "action"),
                            .server_id = admin_query(call, "server_id"),
                            .server = admin_query(call, "server"),
                            .url = admin_query(call, "url"),
                            .account_id = admin_query(call, "account_id"),
                            .account = admin_query(call, "account"),
                            .tool = admin_query(call, "tool"),
                            .outcome = admin_query(call, "outcome"),
                            .values = admin_query(call, "values").n > 0,
                            .oldest_first = str_is(admin_query(call, "order"), "oldest"),
                            .before_id = admin_query(call, "before"),
                            .after_id = admin_query(call, "after"),
                            .seer = admin_manages(call) ? STR_NONE : call->who.token.id,
                            .limit = (size_t)admin_query_int(call, "limit", ADMIN_PAGE)};
  if (audit_is_name(q->actor)) {
    if (q->actor_name.n && !str_eq(q->actor_name, q->actor))
      return err_at(err, ERR_INVALID, "query.actor", "is a name, and actor_name another; give one of them");
    q->actor_name = q->actor;
    q->actor = STR_NONE;
  }
  return audit_check_outcome(call, err) && audit_check_action(call, err) && audit_check_url(call, err) &&
         audit_check_names(call, q, err);
}

bool admin_list_audit(struct admin_call *call, struct err *err) {
  struct audit_job job = {.call = call};
  if (!audit_asked(call, &job.query, err) || !pool_run(audit_job_read, &job, err)) return false;
  put_open(&call->out, NULL, '{');
  put_open(&call->out, "items", '[');
  for (size_t i = 0; i < job.page.count; i++) audit_put(&call->out, &job.page.entries[i]);
  put_close(&call->out, ']');
  admin_put_next(call, job.query.oldest_first ? "after" : "before", job.page.next);
  put_close(&call->out, '}');
  return true;
}
