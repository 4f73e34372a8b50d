// SPDX-License-Identifier: Apache-2.0
// AI clients that people let in, and what each was let in to: listed, ended. An administrator sees and ends all; anybody
// else her own.
#include "admin/oauth.h"
#include "admin/paging.h"
#include "admin/put.h"
#include "authority/live.h"
#include "io/pool.h"

static struct store *visit_store(const struct admin_call *call) {
  return call->env->catalog->account->store;
}

// ---- clients

struct visit_clients {
  struct admin_call *call;
  struct authority_client *all;
  size_t count;
};

static bool visit_list_clients(void *arg, struct err *err) {
  struct visit_clients *j = arg;
  return authority_client_list(visit_store(j->call), j->call->arena, &j->all, &j->count, err);
}

bool admin_list_clients(struct admin_call *call, struct err *err) {
  struct visit_clients j = {.call = call};
  if (!pool_run(visit_list_clients, &j, err)) return false;
  struct paging page = paging_begin(call);
  for (size_t i = 0; i < j.count && !page.full; i++) {
    const struct authority_client *c = &j.all[i];
    if (!paging_takes(&page, c->id)) continue;
    put_open(&call->out, NULL, '{');
    put_text(&call->out, "id", c->id);
    put_text(&call->out, "name", c->name);
    put_text(&call->out, "kind", str_of(authority_client_kind_name(c->kind)));
    put_texts(&call->out, "redirect_uris", c->redirects, c->redirect_count);
    put_text_or_null(&call->out, "address", c->address);
    put_time(&call->out, "created_at", c->created_at);
    put_time(&call->out, "last_used_at", c->used_at);
    put_close(&call->out, '}');
  }
  paging_close(&page);
  paging_end(&page);
  return true;
}

struct visit_ending {
  struct admin_call *call;
  struct str id, user_id; // user_id empty: whose it is does not matter
  struct lease *all;
  size_t count;
};

static bool visit_list_leases(void *arg, struct err *err) {
  struct visit_ending *j = arg;
  return lease_row_list(visit_store(j->call), j->user_id, j->call->arena, &j->all, &j->count, err);
}

static bool visit_delete_client(void *arg, struct err *err) {
  struct visit_ending *j = arg;
  return visit_list_leases(j, err) && authority_client_delete(visit_store(j->call), j->id, err);
}

bool admin_delete_client(struct admin_call *call, struct err *err) {
  struct visit_ending j = {.call = call, .id = http_param(&call->params, "client")};
  call->detail = j.id;
  if (!pool_run(visit_delete_client, &j, err)) return false;
  for (size_t i = 0; i < j.count; i++)
    if (str_eq(j.all[i].client_id, j.id)) live_end(j.all[i].id);
  admin_publish(call); // what is open by it ends
  return true;
}

// ---- sign-ins

bool admin_list_client_signins(struct admin_call *call, struct err *err) {
  struct visit_ending j = {.call = call, .user_id = admin_manages(call) ? STR("") : call->who.token.id};
  if (!pool_run(visit_list_leases, &j, err)) return false;
  struct paging page = paging_begin(call);
  for (size_t i = 0; i < j.count && !page.full; i++) {
    const struct lease *v = &j.all[i];
    int64_t used_at = live_use(v->id).at;
    if (!paging_takes(&page, v->id)) continue;
    const struct access_user *user = catalog_user_by_id(call->catalog, v->user_id);
    const struct catalog_server *server = catalog_server_by_id(call->before, v->server_id);
    put_open(&call->out, NULL, '{');
    put_text(&call->out, "id", v->id);
    put_text(&call->out, "user_id", v->user_id);
    put_text_or_null(&call->out, "user", user ? user->self.name : STR_NONE);
    put_text(&call->out, "client_id", v->client_id);
    put_text(&call->out, "client", v->client_name);
    put_text(&call->out, "server_id", v->server_id);
    put_text_or_null(&call->out, "server", server ? server->server.name : STR_NONE);
    put_text(&call->out, "sent_to", v->redirect_to);
    put_time(&call->out, "created_at", v->created_at);
    put_time(&call->out, "last_used_at", used_at > v->used_at ? used_at : v->used_at);
    put_time(&call->out, "ends_at", v->ends_at);
    put_close(&call->out, '}');
  }
  paging_close(&page);
  paging_end(&page);
  return true;
}

// Another's looks like none to who may not see it.
static bool visit_end_job(void *arg, struct err *err) {
  struct visit_ending *j = arg;
  if (!visit_list_leases(j, err)) return false;
  for (size_t i = 0; i < j->count; i++)
    if (str_eq(j->all[i].id, j->id)) return lease_row_delete(visit_store(j->call), j->id, err);
  return err_set(err, ERR_MISSING, "there is no sign-in '%.*s'", STR_MOST(j->id, 64));
}

bool admin_end_client_signin(struct admin_call *call, struct err *err) {
  struct visit_ending j = {.call = call,
                           .id = http_param(&call->params, "sign_in"),
                           .user_id = admin_manages(call) ? STR("") : call->who.token.id};
  call->detail = j.id;
  if (!pool_run(visit_end_job, &j, err)) return false;
  live_end(j.id);
  admin_publish(call);
  return true;
}
