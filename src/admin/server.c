// SPDX-License-Identifier: Apache-2.0
// Scoped MCP servers over HTTP.
#include "catalog/server_row.h"

#include <stdio.h>

#include "admin/admit.h"
#include "admin/body.h"
#include "admin/change.h"
#include "admin/filter.h"
#include "admin/held.h"
#include "admin/own.h"
#include "admin/paging.h"
#include "admin/preview.h"
#include "admin/put.h"
#include "admin/route.h"
#include "admin/used.h"
#include "admin/view.h"
#include "base/clock.h"
#include "catalog/shown.h"
#include "catalog/sight.h"
#include "io/pool.h"

enum { SERVER_ACCOUNTS_MOST = 50 };

// What is not granted (any more) is not told of.
static bool server_tells(const struct admin_call *call, const struct server_member *m) {
  return sight_is_whole(call->catalog) || catalog_account_by_id(call->catalog, m->account_id);
}

static struct str server_account(const struct admin_call *call, const struct server *s) {
  for (size_t i = 0; i < s->member_count; i++)
    if (server_tells(call, &s->members[i])) return s->members[i].account_id;
  return STR_NONE;
}

static void server_put_members(struct admin_call *call, const struct server *s) {
  put_open(&call->out, "accounts", '[');
  for (size_t i = 0; i < s->member_count; i++) {
    const struct catalog_account *v = catalog_account_by_id(call->catalog, s->members[i].account_id);
    if (!server_tells(call, &s->members[i])) continue;
    put_open(&call->out, NULL, '{');
    put_text(&call->out, "id", s->members[i].account_id);
    put_text_or_null(&call->out, "name", v ? v->account->name : STR_NONE);
    put_text(&call->out, "alias", s->members[i].alias);
    put_close(&call->out, '}');
  }
  put_close(&call->out, ']');
}

static void server_put(struct admin_call *call, const struct server *s, size_t tool_count, int64_t used_at) {
  struct buf *out = &call->out;
  put_text(out, "id", s->id);
  put_text(out, "name", s->name);
  put_text_or_null(out, "account_id", server_account(call, s));
  server_put_members(call, s);
  put_bool(out, "share", s->share);
  hold_put(call, s);
  held_put(call, s);
  admit_put(call, s);
  put_int(out, "tool_count", (int64_t)tool_count);
  put_time(out, "expires_at", s->expires_at);
  put_time(out, "last_used_at", used_at);
  put_time(out, "created_at", s->created_at);
  put_time(out, "updated_at", s->updated_at);
}

static void server_put_whole(struct admin_call *call, const struct server *s, size_t tool_count,
                             int64_t used_at) {
  put_open(&call->out, NULL, '{');
  server_put(call, s, tool_count, used_at);
  put_close(&call->out, '}');
}

// With the URL, for the one time that it is shown.
static void server_put_url(struct admin_call *call, const struct server *s, size_t tool_count,
                           struct str token, int64_t used_at) {
  put_open(&call->out, NULL, '{');
  server_put(call, s, tool_count, used_at);
  admin_put_url(call, token);
  put_close(&call->out, '}');
}

// ---- reading

static bool server_is_over(const struct catalog_server *v, const struct catalog_account *account) {
  size_t i = 0;
  while (i < v->member_count && !str_eq(v->members[i].account->account->id, account->account->id)) i++;
  return i < v->member_count;
}

static bool server_list(struct admin_call *call, const struct catalog_account *of) {
  struct paging page = paging_begin(call);
  struct catalog_rows rows = catalog_rows(call->catalog, of ? of->account->id : STR_NONE, page.after);
  const struct catalog_server **all = ARENA_ARRAY(call->arena, page.left + 1, const struct catalog_server *);
  struct str *ids = ARENA_ARRAY(call->arena, page.left + 1, struct str);
  size_t n = 0;
  for (const struct server *row; !page.full && (row = catalog_rows_next(&rows));) {
    const struct catalog_server *v = catalog_server_by_id(call->catalog, row->id);
    if (v && (!of || server_is_over(v, of)) && paging_takes(&page, row->id)) all[n] = v, ids[n++] = row->id;
  }
  const int64_t *used = used_read(call, ids, n);
  for (size_t i = 0; i < n; i++) server_put_whole(call, &all[i]->server, all[i]->tool_count, used[i]);
  paging_close(&page);
  paging_end(&page);
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

bool admin_find_server(struct admin_call *call, const struct catalog_server **out, struct err *err) {
  const struct catalog_account *of = NULL;
  if (http_param(&call->params, "id").n && !admin_find_account(call, &of, err)) return false;
  struct str id = http_param(&call->params, "server_id");
  const struct catalog_server *v = catalog_server_by_id(call->catalog, id);
  if (!v || (of && !server_is_over(v, of))) {
    err_fill(err, ERR_MISSING, WHY_NO_SERVER, "server_id", "%s has no MCP server \"%.*s\"",
             of ? "this account" : "Postern", STR_MOST(id, 64));
    err_hint(err, "GET /mcp-server lists the servers");
    return false;
  }
  call->server_id = arena_dup(call->arena, v->server.id);
  call->account_id = arena_dup(call->arena, server_account(call, &v->server));
  *out = v;
  return true;
}

bool admin_get_server(struct admin_call *call, struct err *err) {
  const struct catalog_server *v;
  if (!admin_find_server(call, &v, err)) return false;
  server_put_whole(call, &v->server, v->tool_count, used_last(call, v->server.id));
  return true;
}

// ---- writing

// A server that is to be, as the catalog would show it.
struct server_draft {
  struct admin_call *call;
  struct server *server;
  struct catalog_member *members;
  const struct catalog_server *before; // of one that is to be changed, as it is; NULL: it is to be made
  bool looks;                          // nothing comes of it: an account that is not granted is left out
};

static size_t server_count(const struct server_draft *d, const struct policy_filter *f) {
  struct catalog_server v = {.arena = d->call->arena,
                             .server = *d->server,
                             .members = d->members,
                             .member_count = d->server->member_count};
  v.server.filter = *f;
  shown_fill(&v);
  map_free(&v.by_name);
  return v.tool_count;
}

// A filter that lets nothing through is a mistake; the error names the member that took the last tools.
static bool server_explain_nothing(const struct server_draft *d, struct err *err) {
  static const char *const members[] = {"config.methods", "config.tags", "config.tools", "config.fence"};
  struct policy_filter whole = d->server->filter, f = {.classes = ~0u};
  size_t before = server_count(d, &f);
  f = whole;
  for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
    f.tag_count = i >= 1 ? whole.tag_count : 0;
    f.tool_count = i >= 2 ? whole.tool_count : 0;
    f.fences = i >= 3 ? whole.fences : (struct fences){0};
    size_t left = server_count(d, &f);
    if (left == 0 && before > 0) {
      err_fill(err, ERR_UNPROCESSABLE, WHY_NO_TOOL_LEFT, members[i],
               "no tool would be left: none of the %zu tools%s passes %s", before,
               i ? " that the members before it let through" : " of the account", members[i]);
      err_hint(err,
               i < 3
                   ? "GET /integrated-account/{id}/tools?methods=&tags= shows what a filter lets through"
                   : "a fence lets a tool through where each of its keys narrows it, or one within that key; "
                     "docs/fences.md says what narrows a tool");
      return false;
    }
    before = left;
  }
  err_at(err, ERR_UNPROCESSABLE, "config", "the account has no tools that may be served");
  err_hint(err, "'postern tools review' shows those that wait for you");
  return false;
}

// An MCP server may have prompts and resources alone, or be read for the first time later.
static bool server_may_be_empty(const struct server_draft *d) {
  const struct policy_filter *f = &d->server->filter, all = {.classes = ~0u};
  bool more = f->prompts == POLICY_ON || f->resources == POLICY_ON || (!f->tag_count && !f->tool_count);
  bool remote = false;
  for (size_t i = 0; i < d->server->member_count; i++)
    remote |= d->members[i].account->account->kind == CONNECTOR_MCP;
  return remote && more && server_count(d, &all) == 0;
}

static struct hold_about server_hold(const struct server_draft *d) {
  return (struct hold_about){d->call, d->members, d->server->member_count,
                             d->before ? &d->before->server.filter.fences : NULL};
}

// "config" as it is from now on, and in `patch` what was said of it, settled.
static bool server_read_config(const struct server_draft *d, yyjson_val *config, struct str *patch,
                               size_t *tool_count, struct err *err) {
  struct arena *a = d->call->arena;
  struct server *s = d->server;
  struct hold_about about = server_hold(d);
  const struct toolset **sets = ARENA_ARRAY(a, s->member_count, const struct toolset *);
  for (size_t i = 0; i < s->member_count; i++) sets[i] = d->members[i].account->tools;
  if (!filter_settle(&about, config, patch, err) ||
      !filter_apply(d->before ? &d->before->server.filter : NULL, s, *patch, a, &s->filter, err) ||
      !policy_check_tags(&s->filter, sets, s->member_count, a, err))
    return false;
  if (!d->before && !s->filter.programs && d->call->env->programs_default) s->filter.programs = POLICY_ON;
  *tool_count = server_count(d, &s->filter);
  if (*tool_count == 0 && !server_may_be_empty(d)) return server_explain_nothing(d, err);
  s->config = policy_filter_write(&s->filter, a);
  return true;
}

// ---- accounts and their aliases

static bool server_alias_is_free(const struct server_draft *d, struct str alias) {
  for (size_t i = 0; i < d->server->member_count; i++)
    if (d->members[i].alias.n && shown_aliases_clash(d->members[i].alias, alias)) return false;
  return true;
}

// From the account's name; where that would meet another, without '_', then with a number.
static struct str server_alias_make(const struct server_draft *d, struct str name) {
  struct arena *a = d->call->arena;
  struct str alias = shown_alias(name, a);
  if (server_alias_is_free(d, alias)) return alias;
  char *plain = arena_z(a, alias);
  size_t n = 0;
  for (size_t i = 0; i < alias.n; i++)
    if (alias.p[i] != '_') plain[n++] = alias.p[i];
  if (n > SHOWN_ALIAS_MOST - 2) n = SHOWN_ALIAS_MOST - 2;
  alias = str_make(plain, n);
  for (unsigned i = 2; !server_alias_is_free(d, alias); i++)
    alias = arena_printf(a, "%.*s%u", (int)n, plain, i);
  return alias;
}

static bool server_check_alias(const struct server_draft *d, struct str alias, const char *field,
                               struct err *err) {
  if (!shown_alias_is_good(alias))
    return err_at(err, ERR_INVALID, field,
                  "the alias is a lower-case letter, then letters, digits and single '_', at most %d",
                  SHOWN_ALIAS_MOST);
  return server_alias_is_free(d, alias) ||
         err_at(err, ERR_INVALID, field, "the alias \"%.*s\" is another account's, or begins one",
                STR_ARG(alias));
}

// The alias that an account has on a server that is to be changed.
static struct str server_alias_before(const struct server_draft *d, const struct catalog_account *account) {
  for (size_t i = 0; d->before && i < d->before->member_count; i++)
    if (str_eq(d->before->members[i].account->account->id, account->account->id))
      return d->before->members[i].alias;
  return STR_NONE;
}

// As far as whose server it is may use the account.
static bool server_add_member(struct server_draft *d, const struct catalog_account *account, struct str alias,
                              const char *field, struct err *err) {
  struct server *s = d->server;
  enum permit_access access = sight_access(d->call->catalog, s->owner, account->account->id);
  if (!access)
    return d->looks ||
           err_at(err, ERR_UNPROCESSABLE, field, "the account is not granted to the server's owner");
  d->members[s->member_count++] = (struct catalog_member){
      .alias = alias, .account = (struct catalog_account *)(uintptr_t)account, .access = access};
  return true;
}

// An element of "accounts": text, or {"account", "alias"}. Without an alias, that waits for those that have
// one.
static bool server_read_member(struct server_draft *d, yyjson_val *v, size_t at, struct err *err) {
  char field[64];
  snprintf(field, sizeof field, "accounts[%zu]", at);
  struct str named = yyjson_is_str(v) ? json_text(v) : json_str(v, "account");
  struct str alias = json_str(v, "alias");
  if (!named.n)
    return err_at(err, ERR_INVALID, field, "an account's id or name, or {\"account\", \"alias\"}");
  const struct catalog_account *account = admin_account_named(d->call->catalog, named);
  if (!account) {
    admin_no_account(field, named, err);
    err->code = ERR_UNPROCESSABLE;
    return false;
  }
  for (size_t i = 0; i < d->server->member_count; i++)
    if (d->members[i].account == account)
      return err_at(err, ERR_INVALID, field, "this account is there twice");
  if (!alias.n) alias = server_alias_before(d, account);
  if (alias.n && !server_check_alias(d, alias, field, err)) return false;
  return server_add_member(d, account, alias, field, err);
}

// The accounts of a server that stays over them.
static bool server_keep_members(struct server_draft *d, struct err *err) {
  const struct catalog_server *v = d->before;
  if (v->member_count != v->server.member_count) {
    err_at(err, ERR_UNPROCESSABLE, "share", "an account of the server cannot be used at present");
    err_hint(err, "give \"accounts\" as well");
    return false;
  }
  admin_own_behind(d->call, v, d->members);
  d->server->member_count = v->member_count;
  return true;
}

// The aliases that are still to be made, what goes before the names of tools, and all as the row has it.
static void server_settle_members(struct server_draft *d) {
  struct server *s = d->server;
  const struct catalog_server *v = d->before;
  struct shown_before before = {0};
  for (size_t i = 0; i < s->member_count; i++)
    if (!d->members[i].alias.n && s->member_count > 1) // of one, names stay the vendor's own
      d->members[i].alias = server_alias_make(d, d->members[i].account->account->name);
  if (v && v->server.share) before = (struct shown_before){v->members, v->member_count};
  shown_settle(d->members, s->member_count, s->share, before);
  for (size_t i = 0; i < s->member_count; i++) {
    const struct catalog_member *m = &d->members[i];
    s->members[i] = (struct server_member){arena_dup(d->call->arena, m->account->account->id),
                                           arena_dup(d->call->arena, m->alias), m->names};
  }
}

static void server_draft_room(struct server_draft *d, size_t count) {
  d->members = ARENA_ARRAY(d->call->arena, count + 1, struct catalog_member);
  d->server->members = ARENA_ARRAY(d->call->arena, count + 1, struct server_member);
}

static bool server_can_share(const struct server_draft *d) {
  for (size_t i = 0; i < d->server->member_count; i++)
    for (size_t k = 0; k < i; k++)
      if (d->members[i].account->connector == d->members[k].account->connector) return true;
  return false;
}

static bool server_read_accounts(struct server_draft *d, yyjson_val *list, struct err *err) {
  yyjson_val *v;
  size_t i, n;
  if (yyjson_arr_size(list) == 0 || yyjson_arr_size(list) > SERVER_ACCOUNTS_MOST)
    return err_at(err, ERR_INVALID, "accounts", "1 to %d accounts, not %zu", SERVER_ACCOUNTS_MOST,
                  yyjson_arr_size(list));
  server_draft_room(d, yyjson_arr_size(list));
  yyjson_arr_foreach (list, i, n, v)
    if (!server_read_member(d, v, i, err)) return false;
  return true;
}

// "accounts" and "share"; of a server that is to be changed, what is left out stays.
static bool server_read_members(struct server_draft *d, struct err *err) {
  yyjson_val *list = yyjson_obj_get(d->call->body, "accounts"),
             *share = yyjson_obj_get(d->call->body, "share");
  if (d->before && !list) server_draft_room(d, d->before->member_count);
  if (d->before && !list ? !server_keep_members(d, err) : !server_read_accounts(d, list, err)) return false;
  d->server->share = share ? yyjson_get_bool(share) : d->before && d->before->server.share;
  if (yyjson_get_bool(share) && !server_can_share(d))
    return err_at(err, ERR_UNPROCESSABLE, "share", "no two of these accounts are of the same connector");
  server_settle_members(d);
  return true;
}

struct server_job {
  struct admin_call *call;
  struct server before;         // once changed
  struct server server;         // to be inserted; or id, and what is to be changed
  const struct server_url *url; // in place of the one that has its name; NULL: all stay
  struct str patch;             // of its config; empty: that stays
  bool has_name, has_expiry, has_members, has_admission; // which of its members are new
};

static bool server_insert_job(void *arg, struct err *err) {
  struct server_job *job = arg;
  return server_row_insert(job->call->env->catalog->account->store, &job->server, err);
}

// `d` has its members.
static bool server_create(struct server_draft *d, struct err *err) {
  struct admin_call *call = d->call;
  struct server_job job = {.call = call};
  struct server *s = d->server;
  char id[TOKEN_ID], token[TOKEN_TEXT];
  size_t tool_count;
  struct str patch;
  int64_t now = clock_now_ms();
  if (!admin_body_read_expiry(call->body, now, &s->expires_at, err) ||
      !admit_read(call, NULL, &s->admission, err) ||
      !server_read_config(d, yyjson_obj_get(call->body, "config"), &patch, &tool_count, err))
    return false;
  struct server_url url = {.name = STR(URL_ROW_FIRST), .created_at = now};
  token_id("srv", id);
  token_new("pst", token);
  token_hash(str_of(token), url.hash);
  s->urls = (struct server_urls){&url, 1};
  s->id = call->server_id = arena_dup(call->arena, str_of(id));
  s->name = str_trim(json_str(call->body, "name"));
  s->created_at = s->updated_at = now;
  s->version = 1;
  job.server = *s;
  if (!pool_run(server_insert_job, &job, err)) return false;
  char mark[AUDIT_MARK];
  call->detail = arena_printf(call->arena, "url " URL_ROW_FIRST ": %.*s; config: %.*s", AUDIT_MARK - 1,
                              audit_mark_hash(s->urls.items[0].hash, mark).p, STR_ARG(s->config));
  admin_publish(call);
  server_put_url(call, s, tool_count, str_of(token), 0);
  secret_wipe(token, sizeof token);
  return true;
}

bool admin_create_server(struct admin_call *call, struct err *err) {
  const struct catalog_account *v;
  struct server server = {.owner = held_owner(call)};
  struct server_draft d = {.call = call, .server = &server};
  if (!admin_find_account(call, &v, err)) return false;
  server_draft_room(&d, 1);
  if (!server_add_member(&d, v, STR_NONE, "id", err)) return false;
  server_settle_members(&d);
  return server_create(&d, err);
}

bool admin_create_server_over(struct admin_call *call, struct err *err) {
  struct server server = {.owner = held_owner(call)};
  struct server_draft d = {.call = call, .server = &server};
  if (!server_read_members(&d, err)) return false;
  call->account_id = server.members[0].account_id;
  return server_create(&d, err);
}

bool admin_check_server(struct admin_call *call, struct err *err) {
  struct server server = {.owner = held_owner(call)};
  struct server_draft d = {.call = call, .server = &server};
  const struct catalog_server *of;
  size_t tool_count;
  struct str patch;
  if (!admin_view_server(call, &of, err)) return false;
  if (of) server.owner = of->server.owner;
  d.looks = of != NULL;
  if (!server_read_members(&d, err) ||
      !server_read_config(&d, yyjson_obj_get(call->body, "config"), &patch, &tool_count, err))
    return false;
  preview_put(call, &server, d.members);
  return true;
}

// Reads, changes and writes in one transaction, so that changes at the same time all last.
static bool server_change_row(struct store *store, void *arg, struct err *err) {
  struct server_job *job = arg;
  struct server *all;
  size_t count, i = 0;
  if (!server_row_load_all(store, job->call->arena, &all, &count, err)) return false;
  while (i < count && !str_eq(all[i].id, job->server.id)) i++;
  if (i == count) return err_at(err, ERR_MISSING, "server_id", "the server was deleted meanwhile");
  struct server next = all[i];
  if (job->has_name) next.name = job->server.name;
  if (job->has_expiry) next.expires_at = job->server.expires_at;
  if (job->has_admission) next.admission = job->server.admission;
  if (job->has_members) {
    next.members = job->server.members;
    next.member_count = job->server.member_count;
    next.share = job->server.share;
  }
  // What was set meanwhile stays.
  if (!filter_apply(&all[i].filter, &next, job->patch, job->call->arena, &next.filter, err)) return false;
  next.config = policy_filter_write(&next.filter, job->call->arena);
  if (job->url) next.urls = url_row_with(&next.urls, job->url, job->call->arena);
  next.updated_at = clock_now_ms();
  next.version++;
  if (!server_row_update(store, &next, err)) return false;
  job->before = all[i];
  job->server = next;
  return true;
}

static bool server_change_job(void *arg, struct err *err) {
  struct server_job *job = arg;
  return store_transact(job->call->env->catalog->account->store, server_change_row, job, err);
}

// By the path of an account, only a server over that account alone: what is over others is theirs as well.
static bool server_may_move(const struct admin_call *call, const struct catalog_server *v, struct err *err) {
  if (!http_param(&call->params, "id").n || v->server.member_count == 1) return true;
  err_at(err, ERR_UNPROCESSABLE, "accounts", "this server is over %zu accounts", v->server.member_count);
  err_hint(err, "PATCH /mcp-server/{server_id} changes its accounts");
  return false;
}

// What is new of accounts and filter. The filter is held against the accounts whichever of them changes.
static bool server_read_other(const struct catalog_server *v, struct server_job *job, size_t *tool_count,
                              struct err *err) {
  struct server as = v->server;
  struct server_draft d = {.call = job->call, .server = &as, .before = v};
  yyjson_val *config = yyjson_obj_get(job->call->body, "config");
  as.member_count = job->has_members ? 0 : v->member_count;
  d.members = ARENA_ARRAY(job->call->arena, v->member_count + 1, struct catalog_member);
  admin_own_behind(job->call, v, d.members);
  if (job->has_members && (!server_may_move(job->call, v, err) || !server_read_members(&d, err)))
    return false;
  if (config) {
    if (!server_read_config(&d, config, &job->patch, tool_count, err)) return false;
  } else {
    *tool_count = server_count(&d, &as.filter);
    if (*tool_count == 0 && !server_may_be_empty(&d)) return server_explain_nothing(&d, err);
  }
  as.id = job->server.id;
  as.name = job->server.name;
  as.expires_at = job->server.expires_at;
  as.admission = job->server.admission;
  job->server = as;
  return true;
}

bool admin_change_server(struct admin_call *call, struct err *err) {
  const struct catalog_server *v;
  if (!admin_find_server(call, &v, err)) return false;
  yyjson_val *body = call->body;
  size_t tool_count = v->tool_count;
  struct server_job job = {.call = call,
                           .server = {.id = call->server_id, .name = str_trim(json_str(body, "name"))},
                           .has_name = yyjson_obj_get(body, "name") != NULL,
                           .has_expiry = yyjson_obj_get(body, "expires_at") != NULL,
                           .has_admission = admit_is_given(call),
                           .has_members = yyjson_obj_get(body, "accounts") || yyjson_obj_get(body, "share")};
  if (job.has_name && !job.server.name.n) return err_at(err, ERR_INVALID, "name", "must not be empty");
  if (!admin_body_read_expiry(body, clock_now_ms(), &job.server.expires_at, err) ||
      !admit_read(call, &v->server.admission, &job.server.admission, err))
    return false;
  if ((yyjson_obj_get(body, "config") || job.has_members) && !server_read_other(v, &job, &tool_count, err))
    return false;
  if (!pool_run(server_change_job, &job, err)) return false;
  call->detail = change_server(&job.before, &job.server, call->arena);
  admin_publish(call);
  server_put_whole(call, &job.server, tool_count, used_last(call, job.server.id));
  return true;
}

bool admin_rotate_server(struct admin_call *call, struct err *err) {
  const struct catalog_server *v;
  if (!admin_find_server(call, &v, err)) return false;
  size_t tool_count = v->tool_count;
  struct server_url url = {.name = STR(URL_ROW_FIRST), .created_at = clock_now_ms()};
  struct server_job job = {.call = call, .server = {.id = call->server_id}, .url = &url};
  char token[TOKEN_TEXT];
  token_new("pst", token);
  token_hash(str_of(token), url.hash);
  if (!pool_run(server_change_job, &job, err)) return false;
  call->detail = change_server(&job.before, &job.server, call->arena);
  admin_publish(call);
  server_put_url(call, &job.server, tool_count, str_of(token), used_last(call, job.server.id));
  secret_wipe(token, sizeof token);
  return true;
}

static bool server_delete_job(void *arg, struct err *err) {
  struct server_job *job = arg;
  return server_row_delete(job->call->env->catalog->account->store, job->server.id, err);
}

bool admin_delete_server(struct admin_call *call, struct err *err) {
  const struct catalog_server *v;
  if (!admin_find_server(call, &v, err)) return false;
  struct server_job job = {.call = call, .server = {.id = call->server_id}};
  if (!pool_run(server_delete_job, &job, err)) return false;
  admin_publish(call);
  return true;
}
