// SPDX-License-Identifier: Apache-2.0
// Connectors over HTTP: shown, imported, removed.
#include "connector/dashboard.h"
#include "connector/search.h"

#include "admin/outline.h"
#include "admin/paging.h"
#include "admin/put.h"
#include "admin/route.h"
#include "catalog/sight.h"
#include "data/uri.h"
#include "data/yaml.h"
#include "io/pool.h"
#include "model/vet.h"

enum { CONNECTOR_NOTES_MOST = 500 };

static const char *const connector_auths[] = {"fields", "oauth", "open", "client_credentials"};
static const char *const connector_trusts[] = {"allow", "review", "deny"};

// Kinds of its ways, each once, in their order.
static void connector_put_auth(struct buf *out, const struct connector *c) {
  bool seen[sizeof connector_auths / sizeof *connector_auths] = {false};
  put_open(out, "auth", '[');
  for (size_t i = 0; i < c->way_count; i++) {
    if (seen[c->ways[i].auth]) continue;
    seen[c->ways[i].auth] = true;
    put_text(out, NULL, str_of(connector_auths[c->ways[i].auth]));
  }
  put_close(out, ']');
}

static const char *const connector_kinds[] = {[CONNECTOR_REST] = "rest", [CONNECTOR_MCP] = "mcp"};

static void connector_put_head(struct buf *out, const struct connector *c) {
  put_text(out, "name", c->name);
  put_text(out, "label", c->label);
  put_text(out, "kind", str_of(connector_kinds[c->kind]));
  put_text_or_null(out, "category", c->category);
  put_text_or_null(out, "blurb", c->blurb);
  put_text_or_null(out, "docs", c->docs);
  put_texts(out, "tags", c->tags, c->tag_count);
  connector_put_auth(out, c);
  put_bool(out, "imported", c->imported);
}

void admin_put_way(struct buf *out, const struct connector_way *way) {
  put_open(out, NULL, '{');
  put_text(out, "id", way->id);
  put_text(out, "label", way->label);
  put_text(out, "auth", str_of(connector_auths[way->auth]));
  put_open(out, "fields", '[');
  for (size_t i = 0; i < way->field_count; i++) {
    put_open(out, NULL, '{');
    put_text(out, "name", way->fields[i].name);
    put_text(out, "label", way->fields[i].label);
    put_bool(out, "secret", way->fields[i].secret);
    put_close(out, '}');
  }
  put_close(out, ']');
  put_text_or_null(out, "scope", way->oauth.scope);
  put_text_or_null(out, "token_url", way->client.token_url);
  put_text_or_null(out, "method", way->client.method);
  put_text_or_null(out, "audience", way->client.audience);
  put_text_or_null(out, "resource", way->client.resource);
  put_text_or_null(out, "register_at", way->oauth.register_at);
  put_bool(out, "refreshes", !way->oauth.no_refresh);
  put_close(out, '}');
}

static void connector_put_contexts(struct buf *out, const struct connector *c) {
  put_open(out, "context", '[');
  for (size_t i = 0; i < c->context_count; i++) {
    // Other ways to ask for the same default follow it under the same name.
    if (i > 0 && str_eq(c->contexts[i].name, c->contexts[i - 1].name)) continue;
    put_open(out, NULL, '{');
    put_text(out, "name", c->contexts[i].name);
    put_text(out, "label", c->contexts[i].label);
    put_bool(out, "discovered", c->contexts[i].list.path.n > 0);
    put_close(out, '}');
  }
  put_close(out, ']');
}

static void connector_put_words(struct buf *out, const struct connector *c) {
  put_open(out, "words", '[');
  for (size_t i = 0; i < c->word_count; i++) {
    const struct connector_word *word = &c->words[i];
    put_open(out, NULL, '{');
    put_text(out, "tools", word->glob);
    put_text(out, "trust", str_of(connector_trusts[word->trust]));
    put_text_or_null(out, "class", word->class);
    put_texts(out, "tags", word->tags, word->tag_count);
    put_text_or_null(out, "why", word->why);
    put_close(out, '}');
  }
  put_close(out, ']');
}

static void connector_put_trouble(struct buf *out, const struct connector_trouble *t) {
  put_open(out, NULL, '{');
  put_text_or_null(out, "check", t->id);
  put_text(out, "symptom", t->symptom);
  put_text(out, "remedy", t->remedy);
  put_close(out, '}');
}

// Its own, then what "mcp" says of all servers and it does not say itself.
static void connector_put_troubles(struct buf *out, const struct connector_set *set,
                                   const struct connector *c) {
  const struct connector *any = c->kind == CONNECTOR_MCP ? connector_find(set, STR(CONNECTOR_ANY_MCP)) : NULL;
  put_open(out, "troubles", '[');
  for (size_t i = 0; i < c->trouble_count; i++) connector_put_trouble(out, &c->troubles[i]);
  for (size_t i = 0; any && any != c && i < any->trouble_count; i++) {
    const struct connector_trouble *t = &any->troubles[i];
    if (connector_trouble_find(set, c, t->id) == t) connector_put_trouble(out, t);
  }
  put_close(out, ']');
}

// Where the page behind `after` begins. Of a connector that has gone meanwhile only its name tells.
static size_t connector_page(const struct connector_found *found, struct str after, bool by_name) {
  for (size_t i = 0; i < found->count; i++) {
    int order = str_compare(found->items[i]->name, after);
    if (!order) return i + 1;
    if (by_name && order > 0) return i;
  }
  return after.n ? found->count : 0;
}

// An editor is told of those that an account of hers is of.
static bool connector_is_there(const struct admin_call *call, const struct connector *c) {
  for (size_t i = 0; i < call->catalog->account_count; i++)
    if (call->catalog->accounts[i]->connector == c) return true;
  return sight_is_whole(call->catalog);
}

bool admin_list_connectors(struct admin_call *call, struct err *err) {
  (void)err;
  struct str text = str_trim(admin_query(call, "q"));
  struct connector_found found;
  connector_search(call->env->catalog->library.connectors, text, call->arena, &found);
  struct paging page = paging_begin(call);
  size_t at = connector_page(&found, page.after, !text.n);
  page.after = STR_NONE; // found is sorted by what fits best
  for (; at < found.count && !page.full; at++) {
    if (!connector_is_there(call, found.items[at]) || !paging_takes(&page, found.items[at]->name)) continue;
    put_open(&call->out, NULL, '{');
    connector_put_head(&call->out, found.items[at]);
    put_close(&call->out, '}');
  }
  paging_close(&page);
  put_text_or_null(&call->out, "suggestion", sight_is_whole(call->catalog) ? found.suggestion : STR_NONE);
  paging_end(&page);
  return true;
}

struct connector_job {
  struct admin_call *call;
  const struct connector *connector;
  struct library_import import;
  struct outline outline;
  struct openapi_result report;
  struct account_follow follow;
  struct str name, kind;
  struct str left[CONNECTOR_WAYS_MOST]; // token endpoints that the document may not lead to
  size_t left_count;
  size_t tools;
};

static bool connector_count_tools(void *arg, struct err *err) {
  struct connector_job *job = arg;
  struct toolset *set;
  if (!library_toolset(&job->call->env->catalog->library, job->connector, &set, err)) return false;
  job->tools = set->count;
  toolset_unref(set);
  return true;
}

bool admin_get_connector(struct admin_call *call, struct err *err) {
  struct str name = http_param(&call->params, "name");
  const struct connector_set *set = call->env->catalog->library.connectors;
  const struct connector *c = connector_named(set, name);
  struct connector_job job = {.call = call, .connector = c};
  if (!c || !connector_is_there(call, c)) return admin_no_connector("name", name, err);
  // Tools of a hosted MCP server are known only through an account.
  if (c->kind == CONNECTOR_REST && !pool_run(connector_count_tools, &job, err)) return false;
  put_open(&call->out, NULL, '{');
  connector_put_head(&call->out, c);
  put_text_or_null(&call->out, "base_url", c->base_url);
  put_text(&call->out, "alias", c->alias);
  put_text_or_null(&call->out, "reads", c->reads);
  put_int(&call->out, "tool_count", (int64_t)job.tools);
  put_open(&call->out, "ways", '[');
  for (size_t i = 0; i < c->way_count; i++) admin_put_way(&call->out, &c->ways[i]);
  put_close(&call->out, ']');
  connector_put_contexts(&call->out, c);
  connector_put_words(&call->out, c);
  connector_put_troubles(&call->out, set, c);
  put_texts(&call->out, "questions", c->questions, c->question_count);
  put_text_or_null(&call->out, "dashboard", c->dashboard ? c->dashboard->title : STR_NONE);
  put_close(&call->out, '}');
  return true;
}

// Text as it is, an object as JSON, which YAML's reader takes too.
static struct str connector_text(struct admin_call *call, const char *member) {
  yyjson_val *v = yyjson_obj_get(call->body, member);
  if (!v) return STR_NONE;
  return yyjson_is_str(v) ? json_text(v) : json_to_text(call->arena, v);
}

// Those of kind mcp have sessions and grants, which are for one server only.
static bool connector_follow(struct connector_job *job, const struct connector *before, struct err *err) {
  const struct library_env *library = &job->call->env->catalog->library;
  const struct connector *now = connector_find(library->connectors, job->name);
  if (!before || !now || now->kind != CONNECTOR_REST) return true;
  job->follow = (struct account_follow){
      .connector = job->name,
      .from = before->base_url,
      .to = now->base_url,
      .any_host = !job->outline.says_where && !str_is(json_str(job->call->body, "follow"), "origin"),
      .origins = library->origins,
      .origin_count = library->origin_count,
  };
  return account_follow(job->call->env->catalog->account, &job->follow, err);
}

// ---- where a document may send client secrets

static bool connector_same_origin(struct str a, struct str b) {
  struct uri x, y;
  struct err none;
  return uri_parse_http(a, &x, &none) && uri_parse_http(b, &y, &none) && uri_same_origin(&x, &y);
}

static bool connector_token_url_may(const struct connector_job *job, struct str base_url, struct str url) {
  const struct library_env *library = &job->call->env->catalog->library;
  bool may = connector_same_origin(base_url, url);
  for (size_t i = 0; i < library->origin_count; i++) may |= connector_same_origin(url, library->origins[i]);
  return may;
}

static bool connector_no_way_left(const struct connector_job *job, struct err *err) {
  err_set(err, ERR_UNPROCESSABLE,
          "the document would have client secrets sent to %.*s, which is another host than the API's, and "
          "names no "
          "other way to authenticate",
          STR_MOST(job->left[0], 200));
  err_hint(err,
           "if that is the vendor's: --token-url %.*s; or the setting upstream_origins allows its origin",
           STR_MOST(job->left[0], 200));
  return false;
}

// Of ways that a document says, and by the word "token_url":"origin", which whoever takes the definition from one says:
// those whose token endpoint is elsewhere leave the definition.
static bool connector_hold_token_urls(struct connector_job *job, yyjson_val *root, struct err *err) {
  struct str base_url = json_str(root, "base_url");
  yyjson_val *ways = yyjson_obj_get(root, "auth"), *way;
  size_t i, n, kept = 0;
  bool held = job->outline.says_how || str_is(json_str(job->call->body, "token_url"), "origin");
  if (!held || !yyjson_is_arr(ways)) return true;
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *definition = yyjson_val_mut_copy(doc, root), *list = yyjson_mut_arr(doc);
  yyjson_arr_foreach (ways, i, n, way) {
    struct str url = json_str(yyjson_obj_get(way, "client_credentials"), "token_url");
    if (!url.n || connector_token_url_may(job, base_url, url)) {
      yyjson_mut_arr_append(list, yyjson_val_mut_copy(doc, way));
      kept++;
    } else if (job->left_count < CONNECTOR_WAYS_MOST) {
      job->left[job->left_count++] = arena_dup(job->call->arena, url);
    }
  }
  bool ok = kept > 0 || !job->left_count || connector_no_way_left(job, err);
  yyjson_mut_obj_put(definition, yyjson_mut_str(doc, "auth"), list);
  size_t length = 0;
  char *text = ok && job->left_count ? yyjson_mut_val_write(definition, 0, &length) : NULL;
  if (text) job->import.definition = arena_dup(job->call->arena, str_make(text, length));
  free(text);
  yyjson_mut_doc_free(doc);
  return ok;
}

static bool connector_has_tool(void *arg, struct str tool) {
  return map_get(arg, tool);
}

static bool connector_vet(const struct connector *c, const struct vet_tools *tools, struct err *err) {
  struct err why = {0};
  for (size_t i = 0; c->dashboard && i < c->dashboard->count; i++)
    if (!model_vet_program(c->dashboard->tiles[i].program, tools, &why)) {
      char at[sizeof err->field];
      snprintf(at, sizeof at, "/dashboard/tiles/%zu/program%.60s", i, why.field);
      return err_at(err, ERR_INVALID, at, "%s", why.text);
    }
  return model_vet(c->ask, tools, err);
}

// Its words for asking and its tiles, against the tools that its document gave; those of an MCP server nobody knows yet.
static bool connector_judge(const struct connector *c, struct str toolset, struct err *err) {
  struct map names = {0};
  size_t i, n;
  yyjson_val *tool;
  if (c->kind == CONNECTOR_MCP) return connector_vet(c, NULL, err);
  yyjson_doc *doc = yyjson_read(toolset.p, toolset.n, 0);
  yyjson_arr_foreach (yyjson_obj_get(yyjson_doc_get_root(doc), "tools"), i, n, tool)
    map_put(&names, json_str(tool, "name"), tool);
  bool ok = connector_vet(c, &(struct vet_tools){.has = connector_has_tool, .arg = &names}, err);
  map_free(&names);
  yyjson_doc_free(doc);
  return ok;
}

static bool connector_import(void *arg, struct err *err) {
  struct connector_job *job = arg;
  struct arena *a = job->call->arena;
  struct yaml_doc *definition;
  if (!outline_complete(job->import.definition, job->import.document, a, &job->outline, err)) return false;
  job->import.definition = job->outline.text;
  if (!yaml_read(job->import.definition, &definition, err)) return false;
  job->name = arena_dup(a, json_str(yaml_root(definition), "name"));
  job->kind = arena_dup(a, json_str(yaml_root(definition), "kind"));
  bool ok = connector_hold_token_urls(job, yaml_root(definition), err);
  yaml_close(definition);
  if (!ok) return false;
  const struct library_env *library = &job->call->env->catalog->library;
  const struct connector *before = connector_find(library->connectors, job->name);
  job->import.judge = connector_judge;
  return library_add(library, &job->import, a, &job->report, err) &&
         (job->import.trial || connector_follow(job, before, err));
}

// Skipped operations before warnings, which may be many.
static size_t connector_put_notes(struct buf *out, const struct openapi_result *r,
                                  enum openapi_note_kind kind, size_t room) {
  size_t put = 0;
  for (size_t i = 0; i < r->note_count && put < room; i++) {
    const struct openapi_note *note = &r->notes[i];
    if (note->kind != kind) continue;
    put_open(out, NULL, '{');
    put_text(out, "kind", kind == OPENAPI_SKIPPED ? STR("skipped") : STR("warning"));
    put_text_or_null(out, "operation", note->operation);
    if (note->line)
      put_int(out, "line", note->line);
    else
      put_json(out, "line", STR_NONE);
    put_text(out, "reason", note->reason);
    put_close(out, '}');
    put++;
  }
  return put;
}

// As it is kept, and what was read otherwise in making it.
static void connector_put_definition(struct buf *out, const struct connector_job *job) {
  struct yaml_doc *doc;
  struct err ignored;
  bool ok = yaml_read(job->import.definition, &doc, &ignored);
  put_value(out, "definition", ok ? yaml_root(doc) : NULL);
  if (ok) yaml_close(doc);
  put_open(out, "remarks", '[');
  for (struct str rest = buf_str(&job->outline.remarks), line; str_cut(&rest, '\n', &line);)
    if (line.n) put_text(out, NULL, line);
  put_close(out, ']');
}

static void connector_put_report(struct buf *out, const struct connector_job *job) {
  const struct openapi_result *r = &job->report;
  put_open(out, NULL, '{');
  put_text(out, "name", job->name);
  put_text(out, "kind", job->kind);
  put_int(out, "operations", (int64_t)r->operations);
  put_int(out, "tools", (int64_t)r->tools);
  put_int(out, "skipped", (int64_t)r->skipped);
  put_int(out, "folded", (int64_t)r->folded);
  put_int(out, "renamed", (int64_t)r->renamed);
  put_open(out, "notes", '[');
  size_t put = connector_put_notes(out, r, OPENAPI_SKIPPED, CONNECTOR_NOTES_MOST);
  put += connector_put_notes(out, r, OPENAPI_WARNING, CONNECTOR_NOTES_MOST - put);
  put_close(out, ']');
  put_int(out, "notes_left_out", (int64_t)(r->note_count - put));
  put_int(out, "accounts_moved", (int64_t)job->follow.moved);
  put_int(out, "accounts_kept", (int64_t)job->follow.stayed);
  put_texts(out, "token_urls_left", job->left, job->left_count);
  connector_put_definition(out, job);
  put_close(out, '}');
}

// For the audit: its name, and whom client secrets are shown to.
static struct str connector_detail(const struct connector_job *job) {
  const struct connector *c = connector_find(job->call->env->catalog->library.connectors, job->name);
  struct str detail = job->name;
  for (size_t i = 0; c && i < c->way_count; i++) {
    struct str url = c->ways[i].client.token_url;
    if (url.n)
      detail = arena_printf(job->call->arena, "%.*s; client secrets go to %.*s", STR_ARG(detail),
                            STR_MOST(url, 200));
  }
  return detail;
}

static bool connector_take(struct admin_call *call, bool trial, struct err *err) {
  struct connector_job job = {
      .call = call,
      .import = {.definition = connector_text(call, "definition"),
                 .document = connector_text(call, "document"),
                 .trial = trial},
  };
  bool ok = pool_run(connector_import, &job, err);
  if (ok && !trial) {
    call->detail = connector_detail(&job);
    admin_publish_connector(call);
  }
  if (ok) connector_put_report(&call->out, &job);
  buf_free(&job.outline.remarks);
  return ok;
}

bool admin_add_connector(struct admin_call *call, struct err *err) {
  return connector_take(call, false, err);
}

bool admin_check_connector(struct admin_call *call, struct err *err) {
  return connector_take(call, true, err);
}

static bool connector_remove(void *arg, struct err *err) {
  struct connector_job *job = arg;
  return library_remove(&job->call->env->catalog->library, http_param(&job->call->params, "name"), err);
}

bool admin_delete_connector(struct admin_call *call, struct err *err) {
  struct connector_job job = {.call = call};
  call->detail = http_param(&call->params, "name");
  if (!pool_run(connector_remove, &job, err)) return false;
  admin_publish_connector(call);
  return true;
}
