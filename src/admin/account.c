// SPDX-License-Identifier: Apache-2.0
// Accounts over HTTP. What is said of an account never holds its credential: struct account keeps that
// in secrets, which have no formatter.
#include "admin/change.h"
#include "admin/paging.h"
#include "admin/put.h"
#include "admin/route.h"
#include "catalog/watch.h"

// An object in any case, whatever a damaged row has there.
static void account_put_object(struct buf *out, const char *key, yyjson_doc *doc) {
  yyjson_val *root = yyjson_doc_get_root(doc);
  if (yyjson_is_obj(root))
    put_value(out, key, root);
  else
    put_json(out, key, STR("{}"));
}

static size_t account_tools(const struct admin_call *call, const struct catalog_account *v, bool served) {
  size_t n = 0;
  for (size_t i = 0; i < v->tools->count; i++) {
    const struct tool *t = &v->tools->tools[i];
    n += (t->served || !served) && admin_tool_is_there(call, v, t);
  }
  return n;
}

static void account_put_tools(const struct admin_call *call, struct buf *out,
                              const struct catalog_account *v) {
  if (v) {
    put_int(out, "tool_count", (int64_t)account_tools(call, v, false));
    put_int(out, "tools_served", (int64_t)account_tools(call, v, true));
  } else {
    put_json(out, "tool_count", STR_NONE);
    put_json(out, "tools_served", STR_NONE);
  }
}

static void account_put(struct admin_call *call, const struct account *a) {
  const struct catalog_account *v = catalog_account_by_id(call->catalog, a->id);
  struct pulse_day day = audit_day(call->env->run->audit, a->id);
  struct buf *out = &call->out;
  put_open(out, NULL, '{');
  put_text(out, "id", a->id);
  put_text(out, "name", a->name);
  put_text(out, "connector", a->connector);
  put_text(out, "way", a->way);
  // Many a vendor's address for one account has a secret in its path.
  put_text_or_null(out, "base_url", admin_manages(call) ? a->base_url : STR_NONE);
  put_text(out, "status", a->status);
  put_text_or_null(out, "status_text", a->status_text);
  account_put_object(out, "context", a->context);
  account_put_object(out, "choices", a->choices);
  account_put_tools(call, out, v);
  put_int(out, "calls_24h", day.calls);
  put_int(out, "errors_24h", day.errors);
  put_time(out, "last_call_at", day.last_at);
  put_time(out, "created_at", a->created_at);
  put_time(out, "updated_at", a->updated_at);
  put_time(out, "verified_at", a->verified_at);
  put_close(out, '}');
}

// The end of each change: in force, then told. Takes the account.
static bool account_changed(struct admin_call *call, struct account *a) {
  call->account_id = arena_dup(call->arena, a->id);
  admin_publish(call);
  account_put(call, a);
  account_free(a);
  return true;
}

bool admin_list_accounts(struct admin_call *call, struct err *err) {
  (void)err;
  const struct catalog *c = call->catalog;
  struct paging page = paging_begin(call);
  for (size_t i = 0; i < c->account_count && !page.full; i++) {
    const struct account *a = c->accounts[i]->account;
    if (paging_takes(&page, a->id)) account_put(call, a);
  }
  paging_close(&page);
  paging_end(&page);
  return true;
}

bool admin_get_account(struct admin_call *call, struct err *err) {
  const struct catalog_account *v;
  if (!admin_find_account(call, &v, err)) return false;
  account_put(call, v->account);
  return true;
}

static struct account_new account_read(yyjson_val *body) {
  return (struct account_new){
      .name = str_trim(json_str(body, "name")),
      .way = json_str(body, "way"),
      .base_url = json_str(body, "base_url"),
      .credential = yyjson_obj_get(body, "credential"),
      .context = yyjson_obj_get(body, "context"),
  };
}

// The tools of a new account. That they could not be read is told in its status, and the next sync tries
// again.
static void account_sync(struct admin_call *call) {
  struct remote_report report;
  struct err err;
  if (!watch_sync(call->env->catalog, call->account_id, &report, &err))
    call->detail = arena_printf(call->arena, "its tools could not be read: %s", err.text);
  catalog_release(call->catalog);
  call->catalog = catalog_acquire();
  const struct catalog_account *v = catalog_account_by_id(call->catalog, call->account_id);
  if (!v) return;
  buf_clear(&call->out);
  account_put(call, v->account);
}

bool admin_create_account(struct admin_call *call, struct err *err) {
  struct str name = json_str(call->body, "connector"), url = json_str(call->body, "url");
  if (!name.n && !url.n)
    return err_at(err, ERR_INVALID, "connector", "give a connector, or the url of an MCP server");
  if (!name.n) name = STR(CONNECTOR_ANY_MCP);
  const struct connector *connector = connector_named(call->env->catalog->library.connectors, name);
  if (!connector) return admin_no_connector("connector", name, err);
  struct account_new in = account_read(call->body);
  if (url.n) in.base_url = url;
  struct account *made;
  if (!account_create(call->env->catalog->account, connector, &in, &made, err)) return false;
  bool remote = made->kind == CONNECTOR_MCP;
  account_changed(call, made);
  if (remote) account_sync(call);
  return true;
}

// Its host alone: many a vendor's address for one account has a secret in its path.
static void account_moved(struct buf *out, struct str from, struct str to, struct arena *a) {
  const struct str urls[] = {from, to};
  struct str shown[2];
  if (str_eq(from, to)) return;
  for (int i = 0; i < 2; i++) {
    size_t slashes = 0, n = 0;
    while (n < urls[i].n && (urls[i].p[n] != '/' || ++slashes < 3) && urls[i].p[n] != '?') n++;
    shown[i] = arena_printf(a, "%.*s%s", (int)n, urls[i].n ? urls[i].p : "", n < urls[i].n ? "/…" : "");
  }
  if (str_eq(shown[0], shown[1])) shown[1] = STR("another path there");
  change_text(out, "base_url", shown[0], shown[1]);
}

// For the audit, what a change changed; of a credential, that one came.
static struct str account_changes(const struct account *from, const struct account *to, bool credential,
                                  struct arena *a) {
  struct buf out = BUF_MAX(CHANGE_MOST);
  change_text(&out, "name", from->name, to->name);
  change_text(&out, "way", from->way, to->way);
  account_moved(&out, from->base_url, to->base_url, a);
  change_members(&out, "context", yyjson_doc_get_root(from->context), yyjson_doc_get_root(to->context));
  if (credential) buf_printf(&out, "%scredential: replaced", out.n ? "; " : "");
  return change_end(&out, a);
}

bool admin_change_account(struct admin_call *call, struct err *err) {
  const struct catalog_account *v;
  if (!admin_find_account(call, &v, err)) return false;
  struct account_new in = account_read(call->body);
  if (yyjson_obj_get(call->body, "name") && !in.name.n)
    return err_at(err, ERR_INVALID, "name", "must not be empty");
  struct account *changed;
  if (!account_change(call->env->catalog->account, v->connector, call->account_id, &in, &changed, err))
    return false;
  call->detail = account_changes(v->account, changed, in.credential != NULL, call->arena);
  return account_changed(call, changed);
}

bool admin_verify_account(struct admin_call *call, struct err *err) {
  const struct catalog_account *v;
  if (!admin_find_account(call, &v, err)) return false;
  struct account *verified;
  if (account_verify(call->env->catalog->account, v->connector, call->account_id, &verified, err))
    return account_changed(call, verified);
  // A refusal is kept with the account as well.
  if (err->code == ERR_UNPROCESSABLE) admin_publish(call);
  return false;
}

bool admin_delete_account(struct admin_call *call, struct err *err) {
  const struct catalog_account *v;
  // One whose connector is gone is not in the catalog, and can still be deleted by its id.
  if (!admin_find_account(call, &v, err)) call->account_id = http_param(&call->params, "id");
  if (!account_delete(call->env->catalog->account, call->account_id, err)) return false;
  admin_publish(call);
  return true;
}
