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
  struct audit_entry *entries;
  size_t count;
};

static bool audit_job_read(void *arg, struct err *err) {
  struct audit_job *job = arg;
  return audit_read(job->call->env->catalog->account->store, &job->query, job->call->arena, &job->entries,
                    &job->count, err);
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
  static const char *const others[] = {"tools/call",    "token.recover", "token.expire",
                                       "server.expire", "link.expire",   AUDIT_REFUSE};
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
  for (size_t i = 0; i < call->catalog->server_count; i++) {
    const struct server *s = &call->catalog->servers[i]->server;
    for (size_t k = 0; k < s->urls.count && (!server_id.n || str_eq(server_id, s->id)); k++)
      audit_try(&w, s->urls.items[k].name);
  }
  if (!w.known && sight_is_whole(call->catalog) && !pool_run(audit_know_url, &job, err)) return false;
  w.known |= job.known;
  return audit_word_known(&w, "query.url", err);
}

bool admin_list_audit(struct admin_call *call, struct err *err) {
  if (!audit_check_outcome(call, err) || !audit_check_action(call, err) || !audit_check_url(call, err))
    return false;
  size_t limit = (size_t)admin_query_int(call, "limit", ADMIN_PAGE);
  struct audit_job job = {.call = call,
                          .query = {.since = audit_time(call, "since"),
                                    .until = audit_time(call, "until"),
                                    .actor = admin_query(call, "actor"),
                                    .client = admin_query(call, "client"),
                                    .address = admin_query(call, "address"),
                                    .action = admin_query(call, "action"),
                                    .server_id = admin_query(call, "server_id"),
                                    .url = admin_query(call, "url"),
                                    .account_id = admin_query(call, "account_id"),
                                    .tool = admin_query(call, "tool"),
                                    .outcome = admin_query(call, "outcome"),
                                    .values = admin_query(call, "values").n > 0,
                                    .before_id = admin_query(call, "before"),
                                    .seer = admin_manages(call) ? STR_NONE : call->who.token.id,
                                    .limit = limit}};
  if (!pool_run(audit_job_read, &job, err)) return false;
  put_open(&call->out, NULL, '{');
  put_open(&call->out, "items", '[');
  for (size_t i = 0; i < job.count; i++) audit_put(&call->out, &job.entries[i]);
  put_close(&call->out, ']');
  // A full page may be the last one; the next is then empty.
  admin_put_next(call, "before", job.count && job.count == limit ? job.entries[job.count - 1].id : STR_NONE);
  put_close(&call->out, '}');
  return true;
}
