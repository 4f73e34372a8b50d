// SPDX-License-Identifier: Apache-2.0
// Scoped MCP servers over HTTP.
#include "tool/server.h"

#include "admin/body.h"
#include "admin/put.h"
#include "admin/route.h"
#include "base/clock.h"
#include "io/pool.h"

static size_t server_count_tools(const struct policy_filter *f, const struct toolset *set) {
  size_t count = 0;
  for (size_t i = 0; i < set->count; i++) count += policy_allows(f, &set->tools[i]);
  return count;
}

static void server_put(struct buf *out, const struct server *s, size_t tool_count) {
  put_text(out, "id", s->id);
  put_text(out, "name", s->name);
  put_text(out, "account_id", s->members[0].account_id);
  put_json(out, "config", s->config);
  put_int(out, "tool_count", (int64_t)tool_count);
  put_time(out, "expires_at", s->expires_at);
  put_time(out, "created_at", s->created_at);
  put_time(out, "updated_at", s->updated_at);
}

static void server_put_whole(struct buf *out, const struct server *s, size_t tool_count) {
  put_open(out, NULL, '{');
  server_put(out, s, tool_count);
  put_close(out, '}');
}

// With the URL, for the one time that it is shown.
static void server_put_url(struct admin_call *call, const struct server *s, size_t tool_count,
                           struct str token) {
  struct str base = admin_public_url(call);
  put_open(&call->out, NULL, '{');
  server_put(&call->out, s, tool_count);
  put_text(&call->out, "url", arena_printf(call->arena, "%.*s/mcp/%.*s", STR_ARG(base), STR_ARG(token)));
  put_close(&call->out, '}');
}

// ---- reading

static bool server_is_over(const struct catalog_server *v, const struct catalog_account *account) {
  size_t i = 0;
  while (i < v->member_count && v->members[i].account != account) i++;
  return i < v->member_count;
}

static bool server_list(struct admin_call *call, const struct catalog_account *of) {
  const struct catalog *c = call->catalog;
  struct str after = admin_query(call, "after"), last = STR_NONE;
  int64_t left = admin_query_int(call, "limit", ADMIN_PAGE);
  bool more = false;
  put_open(&call->out, NULL, '{');
  put_open(&call->out, "items", '[');
  for (size_t i = 0; i < c->server_count; i++) {
    const struct catalog_server *v = c->servers[i];
    if ((of && !server_is_over(v, of)) || str_compare(v->server.id, after) <= 0) continue;
    more = left-- <= 0;
    if (more) break;
    server_put_whole(&call->out, &v->server, v->tool_count);
    last = v->server.id;
  }
  put_close(&call->out, ']');
  admin_put_next(call, "after", more ? last : STR_NONE);
  put_close(&call->out, '}');
  return true;
}

bool admin_list_servers(struct admin_call *call, struct err *err) {
  (void)err;
  return server_list(call, NULL);
}

bool admin_list_account_servers(struct admin_call *call, struct err *err) {
  const struct catalog_account *v;
  return admin_find_account(call, &v, err) && server_list(call, v);
}

// The server that the path names, by itself or under its account.
static bool server_find(struct admin_call *call, const struct catalog_server **out, struct err *err) {
  const struct catalog_account *of = NULL;
  if (http_param(&call->params, "id").n && !admin_find_account(call, &of, err)) return false;
  struct str id = http_param(&call->params, "server_id");
  const struct catalog_server *v = catalog_server_by_id(call->catalog, id);
  if (!v || (of && !server_is_over(v, of))) {
    err_at(err, ERR_MISSING, "server_id", "%s has no MCP server \"%.*s\"", of ? "this account" : "Postern",
           (int)(id.n < 64 ? id.n : 64), id.p);
    err_hint(err, "GET /mcp-server lists the servers");
    return false;
  }
  call->server_id = arena_dup(call->arena, v->server.id);
  call->account_id = arena_dup(call->arena, v->server.members[0].account_id);
  *out = v;
  return true;
}

bool admin_get_server(struct admin_call *call, struct err *err) {
  const struct catalog_server *v;
  if (!server_find(call, &v, err)) return false;
  server_put_whole(&call->out, &v->server, v->tool_count);
  return true;
}

// ---- writing

// A filter that lets nothing through is a mistake; the error names the member that took the last tools.
static bool server_explain_nothing(const struct policy_filter *whole, const struct toolset *set,
                                   struct err *err) {
  static const char *const members[] = {"config.methods", "config.tags", "config.tools"};
  struct policy_filter f = *whole;
  size_t before = set->count;
  for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
    f.tag_count = i >= 1 ? whole->tag_count : 0;
    f.tool_count = i >= 2 ? whole->tool_count : 0;
    size_t left = server_count_tools(&f, set);
    if (left == 0 && before > 0) {
      err_at(err, ERR_UNPROCESSABLE, members[i], "no tool would be left: none of the %zu tools%s passes %s",
             before, i ? " that the members before it let through" : " of the account", members[i]);
      err_hint(err, "GET /integrated-account/{id}/tools?methods=&tags= shows what a filter lets through");
      return false;
    }
    before = left;
  }
  return err_at(err, ERR_UNPROCESSABLE, "config", "the account has no tools");
}

// Sets what follows from "config". `set` outlives the call.
static bool server_read_config(yyjson_val *config, const struct toolset *set, struct arena *a,
                               struct server *out, size_t *tool_count, struct err *err) {
  if (!policy_filter_read(config, set, a, &out->filter, err)) return false;
  *tool_count = server_count_tools(&out->filter, set);
  if (*tool_count == 0) return server_explain_nothing(&out->filter, set, err);
  out->config = policy_filter_write(&out->filter, a);
  return true;
}

struct server_job {
  struct admin_call *call;
  struct server server;                             // to be inserted; or id, and what is to be changed
  bool has_name, has_config, has_expiry, has_token; // which of its members are new
};

static bool server_insert_job(void *arg, struct err *err) {
  struct server_job *job = arg;
  return server_insert(job->call->env->catalog->account->store, &job->server, err);
}

bool admin_create_server(struct admin_call *call, struct err *err) {
  const struct catalog_account *v;
  struct server_job job = {.call = call};
  struct server *s = &job.server;
  char id[TOKEN_ID], token[TOKEN_TEXT];
  size_t tool_count;
  int64_t now = clock_now_ms();
  if (!admin_find_account(call, &v, err) || !body_read_expiry(call->body, now, &s->expires_at, err) ||
      !server_read_config(yyjson_obj_get(call->body, "config"), v->tools, call->arena, s, &tool_count, err))
    return false;
  token_id("srv", id);
  token_new("pst", token);
  token_hash(str_of(token), s->token_hash);
  s->id = call->server_id = arena_dup(call->arena, str_of(id));
  s->name = str_trim(json_str(call->body, "name"));
  s->members = &(struct server_member){call->account_id, v->connector->name};
  s->member_count = 1;
  s->created_at = s->updated_at = now;
  s->version = 1;
  if (!pool_run(server_insert_job, &job, err)) return false;
  call->detail = s->config;
  admin_publish(call);
  server_put_url(call, s, tool_count, str_of(token));
  secret_wipe(token, sizeof token);
  return true;
}

// Reads, changes and writes in one transaction, so that changes at the same time all last.
static bool server_change_row(struct store *store, void *arg, struct err *err) {
  struct server_job *job = arg;
  struct server *all;
  size_t count, i = 0;
  if (!server_load_all(store, job->call->arena, &all, &count, err)) return false;
  while (i < count && !str_eq(all[i].id, job->server.id)) i++;
  if (i == count) return err_at(err, ERR_MISSING, "server_id", "the server was deleted meanwhile");
  struct server next = all[i];
  if (job->has_name) next.name = job->server.name;
  if (job->has_expiry) next.expires_at = job->server.expires_at;
  if (job->has_config) {
    next.filter = job->server.filter;
    next.config = job->server.config;
  }
  if (job->has_token) memcpy(next.token_hash, job->server.token_hash, TOKEN_HASH);
  next.updated_at = clock_now_ms();
  next.version++;
  if (!server_update(store, &next, err)) return false;
  job->server = next;
  return true;
}

static bool server_change_job(void *arg, struct err *err) {
  struct server_job *job = arg;
  return store_transact(job->call->env->catalog->account->store, server_change_row, job, err);
}

bool admin_change_server(struct admin_call *call, struct err *err) {
  const struct catalog_server *v;
  if (!server_find(call, &v, err)) return false;
  size_t tool_count = v->tool_count;
  yyjson_val *config = yyjson_obj_get(call->body, "config");
  struct server_job job = {.call = call,
                           .server = {.id = call->server_id, .name = str_trim(json_str(call->body, "name"))},
                           .has_name = yyjson_obj_get(call->body, "name") != NULL,
                           .has_config = config != NULL,
                           .has_expiry = yyjson_obj_get(call->body, "expires_at") != NULL};
  if (job.has_name && !job.server.name.n) return err_at(err, ERR_INVALID, "name", "must not be empty");
  if (!body_read_expiry(call->body, clock_now_ms(), &job.server.expires_at, err)) return false;
  if (config &&
      !server_read_config(config, v->members[0].account->tools, call->arena, &job.server, &tool_count, err))
    return false;
  if (!pool_run(server_change_job, &job, err)) return false;
  call->detail = job.server.config;
  admin_publish(call);
  server_put_whole(&call->out, &job.server, tool_count);
  return true;
}

bool admin_rotate_server(struct admin_call *call, struct err *err) {
  const struct catalog_server *v;
  if (!server_find(call, &v, err)) return false;
  size_t tool_count = v->tool_count;
  struct server_job job = {.call = call, .server = {.id = call->server_id}, .has_token = true};
  char token[TOKEN_TEXT];
  token_new("pst", token);
  token_hash(str_of(token), job.server.token_hash);
  if (!pool_run(server_change_job, &job, err)) return false;
  admin_publish(call);
  server_put_url(call, &job.server, tool_count, str_of(token));
  secret_wipe(token, sizeof token);
  return true;
}

static bool server_delete_job(void *arg, struct err *err) {
  struct server_job *job = arg;
  return server_delete(job->call->env->catalog->account->store, job->server.id, err);
}

bool admin_delete_server(struct admin_call *call, struct err *err) {
  const struct catalog_server *v;
  if (!server_find(call, &v, err)) return false;
  struct server_job job = {.call = call, .server = {.id = call->server_id}};
  if (!pool_run(server_delete_job, &job, err)) return false;
  admin_publish(call);
  return true;
}
