// SPDX-License-Identifier: Apache-2.0
// The URLs of a scoped MCP server over HTTP: each is made with a name, listed with its last use, revoked alone.
#include "admin/put.h"
#include "admin/route.h"
#include "base/clock.h"
#include "catalog/catalog.h"
#include "io/pool.h"

static void url_put(struct buf *out, const struct server_url *url, int64_t used_at) {
  put_text(out, "name", url->name);
  put_time(out, "last_used_at", used_at);
  put_time(out, "created_at", url->created_at);
}

void admin_put_url(struct admin_call *call, struct str token) {
  struct str base = admin_public_url(call);
  put_text(&call->out, "url", arena_printf(call->arena, "%.*s/mcp/%.*s", STR_ARG(base), STR_ARG(token)));
}

bool admin_list_urls(struct admin_call *call, struct err *err) {
  const struct catalog_server *v;
  if (!admin_find_server(call, &v, err)) return false;
  put_open(&call->out, NULL, '{');
  put_open(&call->out, "items", '[');
  for (size_t i = 0; i < v->server.urls.count; i++) {
    put_open(&call->out, NULL, '{');
    url_put(&call->out, v->urls[i].row, atomic_load(&v->urls[i].use->at));
    put_close(&call->out, '}');
  }
  put_close(&call->out, ']');
  put_close(&call->out, '}');
  return true;
}

// ---- changed

struct url_job {
  struct admin_call *call;
  struct server_url url;
  bool (*change)(const struct url_job *job, struct server_urls *urls, struct err *err);
};

static bool url_add(const struct url_job *job, struct server_urls *urls, struct err *err) {
  if (url_row_find(urls, job->url.name)) {
    err_at(err, ERR_CONFLICT, "name", "the server has a URL of this name");
    err_hint(err, "take another name, or revoke that one first");
    return false;
  }
  if (urls->count >= URL_ROW_MOST) {
    err_at(err, ERR_CONFLICT, "name", "the server has %d URLs, and may not have more", URL_ROW_MOST);
    err_hint(err, "revoke those that are used no more; the list says when each was last used");
    return false;
  }
  *urls = url_row_with(urls, &job->url, job->call->arena);
  return true;
}

static bool url_revoke(const struct url_job *job, struct server_urls *urls, struct err *err) {
  if (!url_row_find(urls, job->url.name)) {
    err_at(err, ERR_MISSING, "url", "the server has no URL \"%.*s\"", STR_MOST(job->url.name, 64));
    err_hint(err, "GET /mcp-server/{server_id}/url lists them");
    return false;
  }
  *urls = url_row_without(urls, job->url.name, job->call->arena);
  return true;
}

// Reads, changes and writes in one transaction, so that changes at the same time all last.
static bool url_change(struct store *store, void *arg, struct err *err) {
  struct url_job *job = arg;
  struct server *all;
  size_t count, i = 0;
  if (!server_row_load_all(store, job->call->arena, &all, &count, err)) return false;
  while (i < count && !str_eq(all[i].id, job->call->server_id)) i++;
  if (i == count) return err_at(err, ERR_MISSING, "server_id", "the server was deleted meanwhile");
  if (!job->change(job, &all[i].urls, err)) return false;
  all[i].updated_at = clock_now_ms();
  all[i].version++;
  return server_row_update(store, &all[i], err);
}

static bool url_change_job(void *arg, struct err *err) {
  struct url_job *job = arg;
  return store_transact(job->call->env->catalog->account->store, url_change, job, err);
}

bool admin_create_url(struct admin_call *call, struct err *err) {
  const struct catalog_server *v;
  struct url_job job = {
      .call = call,
      .url = {.name = str_trim(json_str(call->body, "name")), .created_at = clock_now_ms()},
      .change = url_add,
  };
  char token[TOKEN_TEXT], mark[AUDIT_MARK];
  if (str_starts(job.url.name, ".") || admin_mentions(job.url.name, STR("/"))) // it is a part of a path
    return err_at(err, ERR_INVALID, "name", "must not begin with a dot, nor have a slash in it");
  if (!admin_find_server(call, &v, err)) return false;
  token_new("pst", token);
  token_hash(str_of(token), job.url.hash);
  call->detail =
      arena_printf(call->arena, "%.*s: %s", STR_ARG(job.url.name), audit_mark_hash(job.url.hash, mark).p);
  bool ok = pool_run(url_change_job, &job, err);
  if (ok) {
    admin_publish(call);
    put_open(&call->out, NULL, '{');
    url_put(&call->out, &job.url, 0);
    admin_put_url(call, str_of(token));
    put_close(&call->out, '}');
  }
  secret_wipe(token, sizeof token);
  return ok;
}

bool admin_delete_url(struct admin_call *call, struct err *err) {
  const struct catalog_server *v;
  struct url_job job = {.call = call, .url.name = http_param(&call->params, "url"), .change = url_revoke};
  if (!admin_find_server(call, &v, err)) return false;
  const struct server_url *was = url_row_find(&v->server.urls, job.url.name);
  char mark[AUDIT_MARK] = "none";
  if (was) audit_mark_hash(was->hash, mark);
  call->detail = arena_printf(call->arena, "%.*s: %s", STR_ARG(job.url.name), mark);
  if (!pool_run(url_change_job, &job, err)) return false;
  admin_publish(call);
  return true;
}
